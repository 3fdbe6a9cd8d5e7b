//! The hash that Qiniu gives an object.

use base64::{Engine, engine::general_purpose::URL_SAFE};
use sha1::{Digest, Sha1};

/// Files are hashed in blocks of this size.
const BLOCK: usize = 4 << 20;

/// Of one block its SHA-1, of several the SHA-1 of their SHA-1s, after a byte that tells the two apart.
pub(super) fn hash_of(content: &[u8]) -> String {
    let (kind, digest) = if content.len() <= BLOCK {
        (0x16, Sha1::digest(content))
    } else {
        let mut blocks = Sha1::new();
        content.chunks(BLOCK).for_each(|block| blocks.update(Sha1::digest(block)));
        (0x96, blocks.finalize())
    };
    let mut bytes = [kind; 21];
    bytes[1..].copy_from_slice(&digest);
    URL_SAFE.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_as_the_documentation_does() {
        assert_eq!(hash_of(b""), "Fto5o-5ea0sNMlW_75VgGJCv2AcJ");
    }

    #[test]
    fn more_than_one_block_is_hashed_by_blocks() {
        let content = vec![0; BLOCK + 1];
        let blocks = [Sha1::digest(&content[..BLOCK]), Sha1::digest([0])].concat();
        let mut bytes = vec![0x96];
        bytes.extend(Sha1::digest(blocks));
        assert_eq!(hash_of(&content), URL_SAFE.encode(bytes));
        assert!(hash_of(&content[..BLOCK]).starts_with('F'));
    }
}
