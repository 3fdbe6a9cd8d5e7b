//! The markers of a JPEG (ITU-T T.81, annex B).

mod bits;
mod coverage;
mod huffman;

pub(in crate::framing) use self::coverage::close;

/// More scans than any encoder writes; each costs a pass over the whole picture.
const MAX_SCANS: usize = 64;

/// Start of scan.
const SOS: u8 = 0xDA;

/// The frame header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Frame {
    pub(super) width: u16,
    pub(super) height: u16,
    pub(super) progressive: bool,
    pub(super) components: Vec<Component>,
    /// How often the picture is coded at least: once for the components together, or once for each.
    interleaved: bool,
}

/// A component of the frame, with its share of the samples: horizontal and vertical, 1 to 4.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Component {
    pub(super) id: u8,
    pub(super) across: usize,
    pub(super) down: usize,
}

impl Frame {
    fn read(marker: u8, segment: &[u8]) -> Option<Self> {
        let (height, width) = (be16(segment, 1)?, be16(segment, 3)?);
        let count = usize::from(*segment.get(5)?);
        let components = segment.get(6..6 + count * 3)?.chunks_exact(3).map(|component| {
            let (across, down) = (usize::from(component[1] >> 4), usize::from(component[1] & 15));
            let fine = (1..=4).contains(&across) && (1..=4).contains(&down);
            fine.then_some(Component { id: component[0], across, down })
        });
        let components: Vec<_> = components.collect::<Option<_>>()?;
        let known = matches!(components.len(), 1 | 3 | 4);
        known.then_some(Self { width, height, progressive: marker == 0xC2, components, interleaved: true })
    }

    /// The largest share that a component has of the samples, across and down.
    pub(super) fn most(&self) -> (usize, usize) {
        let most = |share: fn(&Component) -> usize| self.components.iter().map(share).max().unwrap_or(1);
        (most(|component| component.across), most(|component| component.down))
    }

    /// The bytes that a decoder needs for pixels and, where it must keep them, coefficients of 16 bits.
    pub(super) fn memory(&self) -> u64 {
        let pixels = u64::from(self.width) * u64::from(self.height);
        let (across, down) = self.most();
        let samples: usize = self.components.iter().map(|component| component.across * component.down).sum();
        let kept = if self.progressive || !self.interleaved { pixels * 2 * samples as u64 } else { 0 };
        pixels * self.components.len() as u64 + kept / (across * down).max(1) as u64
    }
}

/// The result of walking over a file that begins like a JPEG.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Walked {
    /// With an end.
    Whole(Frame),
    /// Without, but with coded pixels.
    Open(Frame),
    /// Ends before the first pixel.
    Headless,
}

/// Walks over the markers to the end of the picture. `None` when there is not exactly one frame, no scan
/// or far too many. Bytes after the end are ignored: no decoder gets that far.
pub(super) fn walk(bytes: &[u8]) -> Option<Walked> {
    let mut at = 2;
    let mut frame: Option<Frame> = None;
    let (mut scans, mut segments) = (0, 0);
    loop {
        let (marker, segment) = match next_segment(bytes, &mut at) {
            Ok(next) => next,
            Err(Stop::Malformed) => return None,
            Err(Stop::EndOfFile) => {
                return match frame {
                    Some(frame) if scans > 0 => Some(Walked::Open(frame)),
                    // A few bytes that happen to begin so are no JPEG that was cut.
                    _ => (segments > 0).then_some(Walked::Headless),
                };
            }
        };
        match marker {
            // End of image.
            0xD9 => return frame.filter(|_| scans > 0).map(Walked::Whole),
            // A second picture begins inside the first.
            0xD8 => return None,
            // Start of frame, sequential or progressive, of Huffman codes and 8 bits: what browsers show.
            0xC0..=0xC2 if segment.first() == Some(&8) && frame.is_none() => {
                frame = Some(Frame::read(marker, segment)?);
            }
            // A second frame, or one of any other coding; the three that look like it are tables.
            0xC0..=0xCF if !matches!(marker, 0xC4 | 0xC8 | 0xCC) => return None,
            SOS => {
                scans += 1;
                let frame = frame.as_mut()?;
                frame.interleaved &= usize::from(*segment.first()?) == frame.components.len();
                if scans > MAX_SCANS {
                    return None;
                }
            }
            _ => {}
        }
        segments += 1;
    }
}

/// Why there is no next segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stop {
    EndOfFile,
    Malformed,
}

/// The next marker with its segment, which those without one have empty.
fn next_segment<'a>(bytes: &'a [u8], at: &mut usize) -> Result<(u8, &'a [u8]), Stop> {
    loop {
        match next_marker(bytes, at).ok_or(Stop::EndOfFile)? {
            // Restart markers, and one of the arithmetic coder: nothing follows them.
            0xD0..=0xD7 | 0x01 => {}
            marker @ (0xD8 | 0xD9) => return Ok((marker, &[])),
            marker => {
                let length = usize::from(be16(bytes, *at).ok_or(Stop::EndOfFile)?);
                if length < 2 {
                    return Err(Stop::Malformed);
                }
                let segment = bytes.get(*at + 2..*at + length).ok_or(Stop::EndOfFile)?;
                *at += length;
                return Ok((marker, segment));
            }
        }
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
    const SCAN: &[u8] = &[0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0];
    const DATA: &[u8] = &[0x12, 0xFF, 0x00, 0xFF, 0xD0, 0x34];
    const EOI: &[u8] = &[0xFF, 0xD9];

    fn is_whole(bytes: &[&[u8]]) -> bool {
        matches!(walk(&bytes.concat()), Some(Walked::Whole(frame)) if (frame.width, frame.height) == (5, 3))
    }

    #[test]
    fn finds_the_size_and_the_end() {
        assert!(is_whole(&[SOI, SOF, SCAN, DATA, EOI]));
        assert!(is_whole(&[SOI, SOF, SCAN, DATA, EOI, b"<?php"]));
        assert!(is_whole(&[SOI, SOF, SCAN, DATA, SCAN, DATA, &[0xFF, 0xFF], EOI]));
    }

    #[test]
    fn tells_files_without_an_end_from_those_without_pixels() {
        assert!(matches!(walk(&[SOI, SOF, SCAN, DATA].concat()), Some(Walked::Open(_))));
        assert!(matches!(walk(&[SOI, SOF, SCAN, DATA, &[0xFF, 0xC4, 0, 9, 1]].concat()), Some(Walked::Open(_))));
        let thumbnail = [&[0xFF, 0xE1, 0, 4], EOI].concat();
        assert!(matches!(walk(&[SOI, &thumbnail, SOF, SCAN, DATA].concat()), Some(Walked::Open(_))));
        assert_eq!(walk(&[SOI, SOF].concat()), Some(Walked::Headless));
        assert_eq!(walk(&[SOI, SOF, &[0xFF, 0xE1, 0xFF, 0xFF], SCAN, DATA].concat()), Some(Walked::Headless));
    }

    #[test]
    fn refuses_what_has_no_frame_or_two() {
        for bad in [
            vec![],
            [SOI].concat(),
            [SOI, EOI].concat(),
            [SOI, SOF, EOI].concat(),
            [SOI, SCAN, DATA, EOI].concat(),
            [SOI, SOF, SOF, SCAN, DATA, EOI].concat(),
            [SOI, SOF, SCAN, DATA, SOF, EOI].concat(),
            [SOI, SOF, SOI, SCAN, DATA, EOI].concat(),
            [SOI, &[0xFF, 0xE1, 0xFF, 0xFF], SOF, SCAN, DATA, EOI].concat(),
            [SOI, SOF, &[0xFF, 0xE1, 0, 0], SCAN, DATA, EOI].concat(),
            [SOI, &[0xFF, 0xC0, 0, 2], SCAN, DATA, EOI].concat(),
        ] {
            assert_eq!(walk(&bad), None, "{bad:02x?}");
        }
    }

    #[test]
    fn refuses_more_scans_than_encoders_write() {
        let scans = |count| [SOI, SOF, &[SCAN, DATA].concat().repeat(count), EOI].concat();
        assert!(walk(&scans(MAX_SCANS)).is_some());
        assert!(walk(&scans(MAX_SCANS + 1)).is_none());
    }

    #[test]
    fn memory_is_counted_by_the_coding() {
        let frame = |progressive, interleaved, shares: &[(usize, usize)]| Frame {
            width: 1000,
            height: 1000,
            progressive,
            interleaved,
            components: shares.iter().map(|&(across, down)| Component { id: 1, across, down }).collect(),
        };
        let halved = [(2, 2), (1, 1), (1, 1)];
        assert_eq!(frame(false, true, &halved).memory(), 3_000_000);
        assert_eq!(frame(false, false, &halved).memory(), 6_000_000);
        assert_eq!(frame(true, true, &halved).memory(), 6_000_000);
        assert_eq!(frame(true, true, &[(1, 1); 3]).memory(), 9_000_000);
        assert_eq!(frame(true, true, &[(1, 1); 4]).memory(), 12_000_000);
    }
}
