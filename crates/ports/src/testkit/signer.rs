//! What every signer must do.

use crate::Signer;

/// A signature is good for its text and its purpose, whole or shortened to 16 bytes.
pub fn a_signature_is_good_for_its_text_and_purpose(signer: &dyn Signer) {
    let signature = signer.sign("cursor", b"n1-1");
    assert_eq!(signature, signer.sign("cursor", b"n1-1"), "the same text has the same signature");
    assert!(signer.verify("cursor", b"n1-1", &signature));
    assert!(signer.verify("cursor", b"n1-1", &signature[..16]));
    assert!(!signer.verify("cursor", b"n1-2", &signature), "another text");
    assert!(!signer.verify("quote", b"n1-1", &signature), "another purpose");
    // Purpose and text do not run into each other.
    assert_ne!(signer.sign("ab", b"c"), signer.sign("a", b"bc"));
}

/// No change of a signature is accepted, and none that is shorter than 16 bytes.
pub fn a_changed_signature_is_refused(signer: &dyn Signer) {
    let signature = signer.sign("cursor", b"n1-1");
    for place in 0..16 {
        let mut changed = signature;
        changed[place] ^= 1;
        assert!(!signer.verify("cursor", b"n1-1", &changed[..16]), "byte {place}");
    }
    for length in 0..16 {
        assert!(!signer.verify("cursor", b"n1-1", &signature[..length]), "{length} bytes");
    }
    assert!(!signer.verify("cursor", b"n1-1", &[signature.as_slice(), &[0]].concat()), "too long");
}

/// Old signatures stay good while their key is kept: `new` has the key of `old` behind its own.
pub fn signatures_outlive_a_new_key(old: &dyn Signer, new: &dyn Signer) {
    let before = old.sign("cursor", b"n1-1");
    assert!(new.verify("cursor", b"n1-1", &before));
    let after = new.sign("cursor", b"n1-1");
    assert_ne!(before, after);
    assert!(!old.verify("cursor", b"n1-1", &after));
}
