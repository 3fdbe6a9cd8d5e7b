//! The bits of entropy-coded data (ITU-T T.81, F.2.2.5).

use super::huffman::Huffman;

/// Reads bits up to the next marker or the end of the file, and never beyond.
#[derive(Debug, Clone)]
pub(super) struct Bits<'a> {
    bytes: &'a [u8],
    /// Behind the last byte that was taken into the buffer.
    at: usize,
    /// Its lowest `count` bits are the next ones.
    buffer: u64,
    count: u32,
}

impl<'a> Bits<'a> {
    pub(super) fn new(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at, buffer: 0, count: 0 }
    }

    /// The place behind the last byte that was looked at.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    fn fill(&mut self) {
        while self.count <= 48 {
            let step = match (self.bytes.get(self.at), self.bytes.get(self.at + 1)) {
                (Some(0xFF), Some(0)) => 2,
                (Some(0xFF), _) | (None, _) => return,
                (Some(_), _) => 1,
            };
            self.buffer = self.buffer << 8 | u64::from(self.bytes[self.at]);
            self.count += 8;
            self.at += step;
        }
    }

    /// The next bits, at most 16. `None` when there are fewer.
    pub(super) fn take(&mut self, count: u32) -> Option<u32> {
        if self.count < count {
            self.fill();
        }
        self.count = self.count.checked_sub(count)?;
        Some((self.buffer >> self.count) as u32 & ((1 << count) - 1))
    }

    /// Passes over so many bits.
    pub(super) fn skip(&mut self, mut count: u32) -> Option<()> {
        while count > 0 {
            let part = count.min(16);
            self.take(part)?;
            count -= part;
        }
        Some(())
    }

    /// The next symbol. `None` when the bits end before, or are no code of the table.
    pub(super) fn symbol(&mut self, table: &Huffman) -> Option<u8> {
        if self.count < 16 {
            self.fill();
        }
        // Zeros follow the last bit: a code that needs them is longer than the bits that are left.
        let missing = 16_u32.saturating_sub(self.count);
        let next = (self.buffer << missing >> (self.count + missing - 16)) as u32 & 0xFFFF;
        let (symbol, length) = table.symbol(next)?;
        self.count = self.count.checked_sub(length)?;
        Some(symbol)
    }

    /// Passes over a restart marker and the padding before it. `None` when none is next.
    pub(super) fn restart(&mut self) -> Option<()> {
        self.fill();
        // Fewer than eight bits of padding belong before the marker; more is data that nothing reads.
        if self.count >= 8 {
            return None;
        }
        while self.bytes.get(self.at + 1) == Some(&0xFF) {
            self.at += 1;
        }
        let marker = self.bytes.get(self.at..self.at + 2)?;
        if marker[0] != 0xFF || !matches!(marker[1], 0xD0..=0xD7) {
            return None;
        }
        (self.at, self.buffer, self.count) = (self.at + 2, 0, 0);
        Some(())
    }

    /// The file up to here, as a start to write on: its whole bytes, and the bits behind them.
    pub(super) fn written(&self) -> Writer {
        let (mut bytes, mut unread) = (self.bytes[..self.at].to_vec(), self.count);
        let mut last = 0;
        while unread > 0 {
            last = bytes.pop().unwrap_or_default();
            // A coded FF has a zero behind it.
            if last == 0 && bytes.last() == Some(&0xFF) {
                last = 0xFF;
                bytes.pop();
            }
            unread = unread.saturating_sub(8);
        }
        let kept = (8 - self.count % 8) % 8;
        let mut writer = Writer { bytes, buffer: 0, count: 0 };
        writer.put(u32::from(last) >> (8 - kept), kept);
        writer
    }
}

/// Writes bits behind those of a file.
#[derive(Debug)]
pub(super) struct Writer {
    bytes: Vec<u8>,
    buffer: u32,
    count: u32,
}

impl Writer {
    /// Appends the lowest bits of a value, at most 16.
    pub(super) fn put(&mut self, value: u32, count: u32) {
        self.buffer = self.buffer << count | value & ((1 << count) - 1);
        self.count += count;
        while self.count >= 8 {
            self.count -= 8;
            let byte = (self.buffer >> self.count) as u8;
            self.bytes.push(byte);
            if byte == 0xFF {
                self.bytes.push(0);
            }
        }
    }

    /// Pads the last byte with ones and ends the picture.
    pub(super) fn end(mut self) -> Vec<u8> {
        self.put(0xFF, (8 - self.count % 8) % 8);
        self.bytes.extend([0xFF, 0xD9]);
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stuffing_is_passed_over_and_markers_end_the_bits() {
        let mut bits = Bits::new(&[0xA5, 0xFF, 0x00, 0x0F, 0xFF, 0xD9, 0x11], 0);
        assert_eq!(bits.take(4), Some(0xA));
        assert_eq!(bits.take(12), Some(0x5FF));
        assert_eq!(bits.take(9), None);
        let mut bits = Bits::new(&[0xA5, 0xFF, 0x00, 0x0F, 0xFF, 0xD9, 0x11], 0);
        assert_eq!((bits.skip(24), bits.take(1)), (Some(()), None));
    }

    #[test]
    fn restarts_stand_behind_padding_only() {
        let mut bits = Bits::new(&[0xA7, 0xFF, 0xFF, 0xD3, 0x80], 0);
        assert_eq!((bits.take(5), bits.restart(), bits.take(1)), (Some(0b10100), Some(()), Some(1)));
        let mut bits = Bits::new(&[0xA7, 0xA7, 0xFF, 0xD3], 0);
        assert_eq!((bits.take(5), bits.restart()), (Some(0b10100), None));
    }

    #[test]
    fn writing_on_keeps_what_was_read() {
        let file = [0x12, 0xFF, 0x00, 0xFF, 0x00, 0x34, 0x56];
        for count in 0..40_u32 {
            let mut bits = Bits::new(&file, 0);
            bits.skip(count).unwrap();
            let mut writer = bits.written();
            writer.put(0b01, 2);
            let out = writer.end();
            let (mut old, mut new) = (Bits::new(&file, 0), Bits::new(&out, 0));
            for _ in 0..count {
                assert_eq!(old.take(1), new.take(1), "{count}");
            }
            assert_eq!(new.take(2), Some(0b01), "{count}");
            assert!(out.ends_with(&[0xFF, 0xD9]), "{count}");
        }
    }
}
