//! The chunks of a WebP (RFC 9649).

/// The sizes of the frames, still and animated. `None` when the file is shorter than it says, or
/// a chunk longer than the file.
pub(super) fn walk(bytes: &[u8]) -> Option<Vec<(u32, u32)>> {
    let end = usize::try_from(le32(bytes, 4)?).ok()?.checked_add(8)?;
    let mut frames = Vec::new();
    frames_of(bytes.get(12..end)?, &mut frames, Depth::File)?;
    Some(frames)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Depth {
    File,
    Frame,
}

fn frames_of(mut chunks: &[u8], frames: &mut Vec<(u32, u32)>, depth: Depth) -> Option<()> {
    // Fewer bytes than a header are padding.
    while chunks.len() >= 8 {
        let (header, rest) = chunks.split_at(8);
        let length = usize::try_from(le32(header, 4)?).ok()?;
        let body = rest.get(..length)?;
        match &header[..4] {
            b"VP8 " => frames.push((u32::from(le16(body, 6)? & 0x3FFF), u32::from(le16(body, 8)? & 0x3FFF))),
            b"VP8L" => {
                let bits = le32(body, 1)?;
                frames.push(((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1));
            }
            b"ANMF" if depth == Depth::File => frames_of(body.get(16..)?, frames, Depth::Frame)?,
            _ => {}
        }
        // Chunks of odd length have a byte of padding, which some writers leave out at the end.
        chunks = rest.get(length + length % 2..).unwrap_or_default();
    }
    Some(())
}

fn le16(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn le32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunk(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
        let mut chunk = [name.as_slice(), &u32::try_from(body.len()).unwrap().to_le_bytes(), body].concat();
        if body.len() % 2 == 1 {
            chunk.push(0);
        }
        chunk
    }

    fn file(chunks: &[u8]) -> Vec<u8> {
        chunk(b"RIFF", &[b"WEBP", chunks].concat())
    }

    /// 16,383 × 2 pixels, lossy.
    const VP8: [u8; 10] = [0, 0, 0, 0x9d, 1, 0x2a, 0xff, 0x3f, 2, 0];
    /// 16,384 × 1 pixels, lossless.
    const VP8L: [u8; 5] = [0x2f, 0xff, 0x3f, 0, 0];

    #[test]
    fn finds_the_frames_wherever_they_are() {
        assert_eq!(walk(&file(&chunk(b"VP8 ", &VP8))), Some(vec![(16_383, 2)]));
        assert_eq!(walk(&file(&chunk(b"VP8L", &VP8L))), Some(vec![(16_384, 1)]));
        let frame = chunk(b"ANMF", &[&[0; 16], chunk(b"VP8L", &VP8L).as_slice()].concat());
        assert_eq!(walk(&file(&[chunk(b"VP8X", &[0; 10]), frame].concat())), Some(vec![(16_384, 1)]));
    }

    #[test]
    fn refuses_a_file_or_a_chunk_that_ends_too_early() {
        let whole = file(&chunk(b"VP8 ", &VP8));
        assert!(walk(&whole[..whole.len() - 1]).is_none());
        assert!(walk(b"RIFF").is_none());
        assert!(walk(b"RIFF\xff\xff\xff\xffWEBPVP8 ").is_none());
        let mut long = file(&chunk(b"EXIF", b"12"));
        long[16] = 200;
        assert!(walk(&long).is_none());
    }
}
