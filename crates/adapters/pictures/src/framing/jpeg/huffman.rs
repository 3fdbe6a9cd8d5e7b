//! Huffman codes of a JPEG (ITU-T T.81, annex C).

/// A table of codes of at most 16 bits.
#[derive(Debug, Clone)]
pub(super) struct Huffman {
    /// For each length, the first code of 16 bits that is longer: shorter codes are smaller.
    limits: [u32; 16],
    /// For each length, the first code and the place of its symbol.
    first: [(u32, usize); 16],
    symbols: Vec<u8>,
}

impl Huffman {
    /// A table by its number of codes of each length and their symbols in order.
    pub(super) fn new(counts: &[u8], symbols: &[u8]) -> Option<Self> {
        let (mut limits, mut first) = ([0; 16], [(0, 0); 16]);
        let (mut code, mut index) = (0_u32, 0);
        for (place, &count) in counts.get(..16)?.iter().enumerate() {
            first[place] = (code, index);
            code += u32::from(count);
            index += usize::from(count);
            limits[place] = code << (15 - place);
            if limits[place] > 1 << 16 {
                return None;
            }
            code <<= 1;
        }
        Some(Self { limits, first, symbols: symbols.get(..index)?.to_vec() })
    }

    /// The symbol at the start of 16 bits, and the length of its code.
    pub(super) fn symbol(&self, bits: u32) -> Option<(u8, u32)> {
        let place = self.limits.iter().position(|&limit| bits < limit)?;
        let (code, index) = self.first[place];
        let symbol = self.symbols.get(index + ((bits >> (15 - place)) - code) as usize)?;
        Some((*symbol, place as u32 + 1))
    }

    /// The code of a symbol, and its length.
    pub(super) fn code(&self, symbol: u8) -> Option<(u32, u32)> {
        let at = self.symbols.iter().position(|&known| known == symbol)?;
        let place = self.first.iter().rposition(|&(_, index)| index <= at)?;
        let (code, index) = self.first[place];
        Some((code + (at - index) as u32, place as u32 + 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Table K.3: the differences of the first coefficient, for luminance.
    const COUNTS: [u8; 16] = [0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0];

    #[test]
    fn the_codes_of_the_standard() {
        let table = Huffman::new(&COUNTS, &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]).unwrap();
        for (symbol, code, length) in [(0, 0b00, 2), (1, 0b010, 3), (5, 0b110, 3), (6, 0b1110, 4), (11, 0x1FE, 9)] {
            assert_eq!(table.code(symbol), Some((code, length)));
            assert_eq!(table.symbol(code << (16 - length) | 1), Some((symbol, length)));
        }
        assert_eq!(table.symbol(0xFFFF), None);
        assert_eq!(table.code(12), None);
    }

    #[test]
    fn refuses_more_codes_than_there_are() {
        assert!(Huffman::new(&[3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], &[1, 2, 3]).is_none());
        assert!(Huffman::new(&COUNTS, &[0, 1]).is_none());
    }
}
