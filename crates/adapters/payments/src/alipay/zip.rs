//! The archive in which Alipay's bills come.

use miniz_oxide::inflate::decompress_to_vec_with_limit;

use crate::failure::MAX_BILL;

/// The end of the directory of an archive, without a comment.
const END: usize = 22;

/// The files of an archive: raw names and contents. None for what is no archive, or is too large unpacked.
pub(super) fn files(archive: &[u8]) -> Option<Vec<(Vec<u8>, Vec<u8>)>> {
    let end = (0..=archive.len().checked_sub(END)?).rev().find(|at| archive[*at..].starts_with(b"PK\x05\x06"))?;
    let count = short(archive, end + 10)?;
    let mut entry = long(archive, end + 16)?;
    let mut found = Vec::new();
    let mut left = MAX_BILL;
    for _ in 0..count {
        if !archive.get(entry..)?.starts_with(b"PK\x01\x02") {
            return None;
        }
        let (packed, unpacked) = (long(archive, entry + 20)?, long(archive, entry + 24)?);
        let [name, extra, comment] =
            [short(archive, entry + 28)?, short(archive, entry + 30)?, short(archive, entry + 32)?];
        let name = archive.get(entry + 46..entry + 46 + name)?;
        let data = data(archive, long(archive, entry + 42)?, packed)?;
        let content = match short(archive, entry + 10)? {
            0 => data.to_vec(),
            8 => decompress_to_vec_with_limit(data, unpacked.min(left)).ok()?,
            _ => return None,
        };
        left = left.checked_sub(content.len())?;
        if content.len() != unpacked {
            return None;
        }
        found.push((name.to_vec(), content));
        entry += 46 + name.len() + extra + comment;
    }
    Some(found)
}

/// The packed bytes of the file whose local header is at this place.
fn data(archive: &[u8], header: usize, packed: usize) -> Option<&[u8]> {
    if !archive.get(header..)?.starts_with(b"PK\x03\x04") {
        return None;
    }
    let begin = header + 30 + short(archive, header + 26)? + short(archive, header + 28)?;
    archive.get(begin..begin.checked_add(packed)?)
}

fn short(bytes: &[u8], at: usize) -> Option<usize> {
    let bytes = bytes.get(at..at.checked_add(2)?)?;
    Some(usize::from(bytes[0]) | usize::from(bytes[1]) << 8)
}

fn long(bytes: &[u8], at: usize) -> Option<usize> {
    Some(short(bytes, at)? | short(bytes, at + 2)? << 16)
}

#[cfg(test)]
mod tests {
    use base64::{Engine, engine::general_purpose::STANDARD};

    use super::*;

    /// Made by Python's zipfile: `a.csv` packed, `b.csv` as it is.
    const ARCHIVE: &str = include_str!("../../tests/archive.txt");

    #[test]
    fn packed_and_plain_files_are_read() {
        let archive = STANDARD.decode(ARCHIVE.trim()).unwrap();
        let found = files(&archive).unwrap();
        assert_eq!(found.len(), 2);
        assert_eq!((&found[0].0[..], &found[0].1[..]), (&b"a.csv"[..], &b"one,two\n".repeat(40)[..]));
        assert_eq!((&found[1].0[..], &found[1].1[..]), (&b"b.csv"[..], &b"three\n"[..]));
    }

    #[test]
    fn a_cut_or_changed_archive_is_refused_without_a_panic() {
        let archive = STANDARD.decode(ARCHIVE.trim()).unwrap();
        for length in 0..archive.len() {
            assert!(files(&archive[..length]).is_none(), "{length}");
        }
        for at in 0..archive.len() {
            let mut changed = archive.clone();
            changed[at] ^= 0xff;
            let _ = files(&changed);
        }
    }
}
