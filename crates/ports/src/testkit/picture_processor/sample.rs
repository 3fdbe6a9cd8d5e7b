//! Pictures made without an encoder, so that the suite depends on none.

use bytes::Bytes;

/// A true-colour PNG with a gradient, its pixels stored without compression.
pub fn png(width: u32, height: u32) -> Bytes {
    png_of(width, height, &[(0, 0, 1, 1)], 0)
}

/// The same picture in the seven passes of Adam7.
pub fn png_interlaced(width: u32, height: u32) -> Bytes {
    let passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];
    png_of(width, height, &passes, 1)
}

/// In passes of this first column and row, and these distances of columns and rows.
fn png_of(width: u32, height: u32, passes: &[(usize, usize, usize, usize)], interlace: u8) -> Bytes {
    let mut rows = Vec::new();
    for &(column, row, columns, distance) in passes {
        for y in (0..height).skip(row).step_by(distance) {
            let pixels = (0..width).skip(column).step_by(columns);
            if pixels.len() > 0 {
                // Every row begins with its filter: none.
                rows.push(0);
                pixels.for_each(|x| rows.extend([(x % 256) as u8, (y % 256) as u8, ((x + y) % 256) as u8]));
            }
        }
    }
    let mut file = png_start(width, height, interlace);
    png_chunk(&mut file, b"IDAT", &zlib_stored(&rows));
    png_chunk(&mut file, b"IEND", &[]);
    file.into()
}

/// A PNG that promises this many pixels and brings none.
pub fn png_header(width: u32, height: u32) -> Bytes {
    let mut file = png_start(width, height, 0);
    png_chunk(&mut file, b"IDAT", &zlib_stored(&[0; 16]));
    png_chunk(&mut file, b"IEND", &[]);
    file.into()
}

/// A grey JPEG that promises this many pixels and brings none.
pub fn jpeg_header(width: u16, height: u16) -> Bytes {
    let mut file = vec![0xFF, 0xD8];
    // A quantisation table of ones.
    file.extend([0xFF, 0xDB, 0, 67, 0]);
    file.extend([1; 64]);
    file.extend([0xFF, 0xC0, 0, 11, 8]);
    file.extend(height.to_be_bytes());
    file.extend(width.to_be_bytes());
    file.extend([1, 1, 0x11, 0]);
    // Huffman tables, direct and alternating, of one code each.
    for class in [0x00, 0x10] {
        file.extend([0xFF, 0xC4, 0, 20, class, 1]);
        file.extend([0; 16]);
    }
    file.extend([0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0]);
    file.extend([0; 16]);
    file.extend([0xFF, 0xD9]);
    file.into()
}

/// Width and height of a JPEG by its frame header.
pub fn jpeg_size(file: &[u8]) -> Option<(u16, u16)> {
    let be16 = |at: usize| Some(u16::from_be_bytes(file.get(at..at + 2)?.try_into().ok()?));
    let mut at = file.starts_with(&[0xFF, 0xD8]).then_some(2)?;
    loop {
        match (*file.get(at)?, *file.get(at + 1)?) {
            (0xFF, 0xC0..=0xC2) => return Some((be16(at + 7)?, be16(at + 5)?)),
            (0xFF, _) => at += 2 + usize::from(be16(at + 2)?),
            _ => return None,
        }
    }
}

fn png_start(width: u32, height: u32, interlace: u8) -> Vec<u8> {
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut header = [width.to_be_bytes(), height.to_be_bytes()].concat();
    // Eight bits a channel, true colour, and the only compression and filter there is.
    header.extend([8, 2, 0, 0, interlace]);
    png_chunk(&mut file, b"IHDR", &header);
    file
}

fn png_chunk(file: &mut Vec<u8>, name: &[u8; 4], body: &[u8]) {
    file.extend((body.len() as u32).to_be_bytes());
    let start = file.len();
    file.extend(name);
    file.extend(body);
    let check = crc32(&file[start..]);
    file.extend(check.to_be_bytes());
}

/// A zlib stream of stored blocks (RFC 1950 and 1951).
fn zlib_stored(data: &[u8]) -> Vec<u8> {
    let mut out = vec![0x78, 0x01];
    let mut blocks = data.chunks(0xFFFF).peekable();
    while let Some(block) = blocks.next() {
        let length = block.len() as u16;
        out.push(u8::from(blocks.peek().is_none()));
        out.extend(length.to_le_bytes());
        out.extend((!length).to_le_bytes());
        out.extend(block);
    }
    let (a, b) = data.iter().fold((1u32, 0u32), |(a, b), &byte| {
        let a = (a + u32::from(byte)) % 65_521;
        (a, (a + b) % 65_521)
    });
    out.extend((b << 16 | a).to_be_bytes());
    out
}

fn crc32(data: &[u8]) -> u32 {
    !data.iter().fold(u32::MAX, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 })
    })
}
