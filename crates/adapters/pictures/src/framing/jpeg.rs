//! The markers of a JPEG (ITU-T T.81, annex B).

/// More scans than any encoder writes; each costs a pass over the whole picture.
const MAX_SCANS: usize = 64;

/// Walks over the markers to the end of the picture. `None` when there is no end (a truncated
/// file), not exactly one frame, no scan or far too many. What stands behind the end does not
/// matter: no decoder gets that far.
pub(super) fn walk(bytes: &[u8]) -> Option<(u16, u16)> {
    let mut at = 2;
    let mut size = None;
    let mut scans = 0;
    loop {
        let marker = next_marker(bytes, &mut at)?;
        match marker {
            // End of image.
            0xD9 => return size.filter(|_| scans > 0),
            // Restart markers, and one of the arithmetic coder: nothing follows them.
            0xD0..=0xD7 | 0x01 => continue,
            // A second picture begins inside the first.
            0xD8 => return None,
            _ => {}
        }
        let length = usize::from(be16(bytes, at)?);
        let segment = bytes.get(at + 2..at + length)?;
        match marker {
            // Start of frame, of any coding; the three that look like it are tables.
            0xC0..=0xCF if !matches!(marker, 0xC4 | 0xC8 | 0xCC) => {
                let frame = (be16(segment, 3)?, be16(segment, 1)?);
                if size.replace(frame).is_some() {
                    return None;
                }
            }
            // Start of scan; its coded data is skipped by the search for the next marker.
            0xDA => {
                scans += 1;
                if scans > MAX_SCANS {
                    return None;
                }
            }
            _ => {}
        }
        at += length;
    }
}

/// The next marker, and the place behind it. `FF 00` is a coded `FF`, `FF FF` is padding.
fn next_marker(bytes: &[u8], at: &mut usize) -> Option<u8> {
    loop {
        let found = bytes.get(*at..)?.iter().position(|&byte| byte == 0xFF)?;
        *at += found + 1;
        match bytes.get(*at)? {
            0x00 | 0xFF => {}
            &marker => {
                *at += 1;
                return Some(marker);
            }
        }
    }
}

fn be16(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOI: &[u8] = &[0xFF, 0xD8];
    const SOF: &[u8] = &[0xFF, 0xC0, 0, 11, 8, 0, 3, 0, 5, 1, 1, 0x11, 0];
    const SOS: &[u8] = &[0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0];
    const DATA: &[u8] = &[0x12, 0xFF, 0x00, 0xFF, 0xD0, 0x34];
    const EOI: &[u8] = &[0xFF, 0xD9];

    #[test]
    fn finds_the_size_and_the_end() {
        assert_eq!(walk(&[SOI, SOF, SOS, DATA, EOI].concat()), Some((5, 3)));
        assert_eq!(walk(&[SOI, SOF, SOS, DATA, EOI, b"<?php".as_slice()].concat()), Some((5, 3)));
        assert_eq!(walk(&[SOI, SOF, SOS, DATA, SOS, DATA, &[0xFF, 0xFF], EOI].concat()), Some((5, 3)));
    }

    #[test]
    fn refuses_what_has_no_end_no_frame_or_two() {
        for bad in [
            vec![],
            [SOI].concat(),
            [SOI, EOI].concat(),
            [SOI, SOF, EOI].concat(),
            [SOI, SOS, DATA, EOI].concat(),
            [SOI, SOF, SOS, DATA].concat(),
            [SOI, SOF, SOF, SOS, DATA, EOI].concat(),
            [SOI, SOF, SOS, DATA, SOF, EOI].concat(),
            [SOI, SOF, SOI, SOS, DATA, EOI].concat(),
            [SOI, &[0xFF, 0xE1, 0xFF, 0xFF], SOF, SOS, DATA, EOI].concat(),
            [SOI, &[0xFF, 0xE1, 0, 0], SOF, SOS, DATA, EOI].concat(),
            [SOI, &[0xFF, 0xC0, 0, 2], SOS, DATA, EOI].concat(),
        ] {
            assert_eq!(walk(&bad), None, "{bad:02x?}");
        }
    }

    #[test]
    fn an_end_inside_a_segment_is_not_the_end() {
        let thumbnail = [&[0xFF, 0xE1, 0, 4], EOI].concat();
        assert_eq!(walk(&[SOI, &thumbnail, SOF, SOS, DATA].concat()), None);
    }

    #[test]
    fn refuses_more_scans_than_encoders_write() {
        let scans = |count| [SOI, SOF, &[SOS, DATA].concat().repeat(count), EOI].concat();
        assert!(walk(&scans(MAX_SCANS)).is_some());
        assert!(walk(&scans(MAX_SCANS + 1)).is_none());
    }
}
