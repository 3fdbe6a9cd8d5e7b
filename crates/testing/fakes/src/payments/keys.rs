//! RSA keys for tests.

use std::sync::LazyLock;

use base64::{Engine, engine::general_purpose::STANDARD};
use ring::{
    rand::SystemRandom,
    rsa::KeyPair,
    signature::{RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, UnparsedPublicKey},
};

/// The key that plays merchant and provider, as bare Base64 of PKCS#8.
pub(super) const KEY: &str = include_str!("key.txt");
/// Another one, for changes of keys and for forgeries.
pub(super) const OTHER_KEY: &str = include_str!("other_key.txt");

/// The keys as they are used: reading one takes longer than signing.
static PAIRS: LazyLock<[(&str, KeyPair); 2]> = LazyLock::new(|| {
    [KEY, OTHER_KEY].map(|key| (key, KeyPair::from_pkcs8(&STANDARD.decode(key.trim()).unwrap()).unwrap()))
});

fn pair(key: &str) -> &'static KeyPair {
    PAIRS.iter().find(|(known, _)| *known == key).map(|(_, pair)| pair).unwrap()
}

/// The public key of a private one, as bare Base64 of `SubjectPublicKeyInfo`.
pub(super) fn public(key: &str) -> String {
    let pair = pair(key);
    let bits = pair.public().as_ref();
    // A key of 2048 bits has 270 bytes, so every length here takes two bytes.
    let length = |length: usize| [0x82, (length >> 8) as u8, length as u8];
    let algorithm = [0x30, 13, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1, 5, 0];
    let bit_string = [&[0x03][..], &length(bits.len() + 1), &[0], bits].concat();
    let content = [&algorithm[..], &bit_string].concat();
    STANDARD.encode([&[0x30][..], &length(content.len()), &content].concat())
}

/// A signature in Base64.
pub(super) fn sign(key: &str, text: &[u8]) -> String {
    let pair = pair(key);
    let mut signature = vec![0; pair.public().modulus_len()];
    pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text, &mut signature).unwrap();
    STANDARD.encode(signature)
}

/// Whether the merchant signed this.
pub(super) fn is_of_merchant(text: &[u8], signature: &str) -> bool {
    let pair = pair(KEY);
    let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, pair.public().as_ref());
    STANDARD.decode(signature).is_ok_and(|signature| key.verify(text, &signature).is_ok())
}
