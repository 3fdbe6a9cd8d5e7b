//! The contract of [`crate::PasswordHasher`].
#![expect(clippy::expect_used, reason = "a suite fails by panicking")]

use minsu_domain::{Password, PasswordPolicy};

use crate::{HashError, PasswordHash, PasswordHasher, Verdict};

fn password(text: &str) -> Password {
    Password::new(text.to_owned(), PasswordPolicy::default()).expect("a password by the rules")
}

/// The hashed password is right, any other text is wrong, and nothing is cut or trimmed.
pub async fn only_the_password_itself_is_right(hasher: &dyn PasswordHasher) {
    let long = "长".repeat(300);
    for text in ["correct horse", "  spaces  ", "密码密码密码密码", "nul\0nul\0nul", long.as_str()] {
        let hash = hasher.hash(&password(text)).await.expect("a hash");
        assert_eq!(hasher.verify(text, Some(&hash)).await, Ok(Verdict::Right), "{text:?}");
        for other in [format!("{text} "), text.to_uppercase() + "x", text[..text.len() - 3].to_owned(), String::new()] {
            assert_eq!(hasher.verify(&other, Some(&hash)).await, Ok(Verdict::Wrong), "{other:?} for {text:?}");
        }
    }
}

/// The same password never has the same hash twice, and the hash does not show it.
pub async fn hashes_are_salted(hasher: &dyn PasswordHasher) {
    let first = hasher.hash(&password("correct horse")).await.expect("a hash");
    let second = hasher.hash(&password("correct horse")).await.expect("a hash");
    assert!(first != second);
    assert!(first.0.starts_with('$') && !first.0.contains("correct"), "not a phc string: {}", first.0);
}

/// Without a hash every text is wrong, the empty one included.
pub async fn without_a_hash_every_text_is_wrong(hasher: &dyn PasswordHasher) {
    assert_eq!(hasher.verify("correct horse", None).await, Ok(Verdict::Wrong));
    assert_eq!(hasher.verify("", None).await, Ok(Verdict::Wrong));
}

/// A text that no password can be is wrong, also against a hash that cannot be read: the hash is not
/// read at all.
pub async fn a_text_that_is_too_long_is_wrong_without_work(hasher: &dyn PasswordHasher) {
    let unreadable = PasswordHash("no hash".to_owned());
    for length in [Password::MAX_BYTES + 1, 1_000_000] {
        let text = "x".repeat(length);
        assert_eq!(hasher.verify(&text, Some(&unreadable)).await, Ok(Verdict::Wrong), "{length} bytes");
    }
}

/// A hash that cannot be read is an error, never a verdict.
pub async fn an_unreadable_hash_is_unusable(hasher: &dyn PasswordHasher) {
    for text in ["", "no hash", "$argon2id$v=19$m=64,t=1,p=1", "$md5$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c"] {
        let hash = PasswordHash(text.to_owned());
        assert_eq!(hasher.verify("correct horse", Some(&hash)).await, Err(HashError::Unusable), "{text:?}");
    }
}

/// The right password under the parameters of `old` is right for `new`, and outdated; a wrong
/// one is wrong.
pub async fn other_parameters_are_outdated(old: &dyn PasswordHasher, new: &dyn PasswordHasher) {
    let hash = old.hash(&password("correct horse")).await.expect("a hash");
    assert_eq!(new.verify("correct horse", Some(&hash)).await, Ok(Verdict::RightButOutdated));
    assert_eq!(new.verify("wrong horse", Some(&hash)).await, Ok(Verdict::Wrong));
    let fresh = new.hash(&password("correct horse")).await.expect("a hash");
    assert_eq!(new.verify("correct horse", Some(&fresh)).await, Ok(Verdict::Right));
}
