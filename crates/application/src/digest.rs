//! Digests, so that no secret and no client text becomes part of a key.

use minsu_domain::PictureKey;
use sha2::{Digest, Sha256};

use crate::AppError;

/// SHA-256 of some bytes.
pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// The content-addressed key of a picture below a folder of our own: the first 128 bits of its
/// SHA-256 are plenty against accidents, and an attacker gains nothing from collisions in the own folder.
pub(crate) fn picture_key(folder: std::fmt::Arguments<'_>, jpeg: &[u8]) -> Result<PictureKey, AppError> {
    use std::fmt::Write;
    let mut key = format!("{folder}/");
    for byte in &sha256(jpeg)[..16] {
        // Writing to a String cannot fail.
        let _ = write!(key, "{byte:02x}");
    }
    key.push_str(".jpg");
    Ok(PictureKey::new(&key)?)
}

/// As [`picture_key`], with 64 random bits behind the digest: no two uploads share an object.
pub(crate) fn unique_picture_key(
    folder: std::fmt::Arguments<'_>,
    jpeg: &[u8],
    random: [u8; 8],
) -> Result<PictureKey, AppError> {
    let key = picture_key(folder, jpeg)?;
    let stem = key.as_str().trim_end_matches(".jpg");
    Ok(PictureKey::new(&format!("{stem}-{:016x}.jpg", u64::from_be_bytes(random)))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_follows_from_folder_and_content() {
        let key = |bytes: &[u8]| picture_key(format_args!("houses/{}", 7), bytes).unwrap();
        assert_eq!(key(b"").as_str(), "houses/7/e3b0c44298fc1c149afbf4c8996fb924.jpg");
        assert_ne!(key(b"a"), key(b"b"));
        let unique = unique_picture_key(format_args!("avatars/7"), b"", [0, 0, 0, 0, 0, 0, 0, 10]).unwrap();
        assert_eq!(unique.as_str(), "avatars/7/e3b0c44298fc1c149afbf4c8996fb924-000000000000000a.jpg");
    }
}
