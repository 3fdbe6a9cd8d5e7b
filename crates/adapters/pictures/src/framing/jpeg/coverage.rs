//! How much of its picture a JPEG without an end contains: the coded data is read without decoding
//! it to pixels (ITU-T T.81, annexes F and G).

use super::{Frame, SOS, be16, bits::Bits, huffman::Huffman, next_segment};

/// Of so many units, one may be missing: a strip of twelve lines in a photograph of three thousand.
const MISSING: usize = 256;
/// A coefficient that no scan has brought.
const NOTHING: u8 = u8::MAX;

/// The file as far as it goes, with an end, when its picture is there but for a corner that is hardly
/// seen (one unit of coding, or one in 256). `None` when a visible part is missing.
pub(in crate::framing) fn close(bytes: &[u8], frame: &Frame) -> Option<Vec<u8>> {
    let mut tables = Tables::default();
    let mut parts = Parts::new(frame);
    let mut at = 2;
    while let Ok((marker, segment)) = next_segment(bytes, &mut at) {
        match marker {
            0xC4 => tables.read(segment)?,
            0xDD => tables.restart = usize::from(be16(segment, 0)?),
            SOS => {
                let scan = Scan::read(segment, frame, &tables)?;
                let mut bits = Bits::new(bytes, at);
                let found = scan.run(&mut bits, &mut parts);
                if found.units == scan.units {
                    at = bits.at();
                } else if scan.units - found.units > (scan.units / MISSING).max(1) || !parts.is_complete() {
                    return None;
                } else {
                    // Decoders of progressive files stop where the data does, and keep what came before.
                    return if frame.progressive { Some(bytes.to_vec()) } else { scan.filled(&found) };
                }
            }
            _ => {}
        }
    }
    parts.is_complete().then(|| [bytes, &[0xFF, 0xD9]].concat())
}

/// The tables before a scan that apply to it.
#[derive(Debug, Default)]
struct Tables {
    first: [Option<Huffman>; 4],
    rest: [Option<Huffman>; 4],
    /// Units between two restart markers; none when 0.
    restart: usize,
}

impl Tables {
    fn read(&mut self, mut segment: &[u8]) -> Option<()> {
        while let Some((&place, rest)) = segment.split_first() {
            let counts = rest.get(..16)?;
            let length: usize = counts.iter().map(|&count| usize::from(count)).sum();
            let table = Huffman::new(counts, rest.get(16..)?)?;
            let tables = if place >> 4 == 0 { &mut self.first } else { &mut self.rest };
            *tables.get_mut(usize::from(place & 15))? = Some(table);
            segment = rest.get(16 + length..)?;
        }
        Some(())
    }
}

/// The coefficients that the scans have brought so far.
struct Parts {
    /// For each component and coefficient, how many bits are still missing.
    missing: Vec<[u8; 64]>,
    /// For each component of a progressive frame, and each block, the coefficients that are not zero.
    set: Vec<Vec<u64>>,
}

impl Parts {
    fn new(frame: &Frame) -> Self {
        let blocks = |component: &super::Component| {
            let (width, height) = frame.grid();
            if frame.progressive { width * component.across * height * component.down } else { 0 }
        };
        Self {
            missing: vec![[NOTHING; 64]; frame.components.len()],
            set: frame.components.iter().map(|component| vec![0; blocks(component)]).collect(),
        }
    }

    fn is_complete(&self) -> bool {
        self.missing.iter().flatten().all(|&bits| bits == 0)
    }
}

impl Frame {
    /// Units of all components, across and down.
    fn grid(&self) -> (usize, usize) {
        let (across, down) = self.most();
        (usize::from(self.width).div_ceil(8 * across), usize::from(self.height).div_ceil(8 * down))
    }
}

/// A component in a scan.
struct Part<'a> {
    component: usize,
    /// Blocks in a unit, across and down.
    blocks: (usize, usize),
    /// Blocks in a row of the component.
    stride: usize,
    first: Option<&'a Huffman>,
    rest: Option<&'a Huffman>,
}

/// A scan, and the tables that it uses.
struct Scan<'a> {
    parts: Vec<Part<'a>>,
    /// Units of coding in a row, and in the scan.
    across: usize,
    units: usize,
    restart: usize,
    progressive: bool,
    coefficients: std::ops::RangeInclusive<u32>,
    /// Whether earlier scans brought the same coefficients with fewer bits.
    refines: bool,
    /// Bits that later scans bring.
    later: u8,
}

/// How far a scan goes.
struct Found<'a> {
    /// Units that are there.
    units: usize,
    /// Behind the last of them.
    end: Bits<'a>,
}

impl<'a> Scan<'a> {
    fn read(segment: &[u8], frame: &Frame, tables: &'a Tables) -> Option<Self> {
        let count = usize::from(*segment.first()?);
        let (across, down) = frame.grid();
        let (most_across, most_down) = frame.most();
        let (mut grid, alone) = ((across, down), count == 1);
        let mut parts = Vec::new();
        for selector in segment.get(1..1 + count * 2)?.chunks_exact(2) {
            let component = frame.components.iter().position(|component| component.id == selector[0])?;
            let found = frame.components[component];
            if alone {
                let blocks = |side: u16, share: usize, most: usize| (usize::from(side) * share).div_ceil(most * 8);
                grid = (blocks(frame.width, found.across, most_across), blocks(frame.height, found.down, most_down));
            }
            parts.push(Part {
                component,
                blocks: if alone { (1, 1) } else { (found.across, found.down) },
                stride: across * found.across,
                first: tables.first.get(usize::from(selector[1] >> 4))?.as_ref(),
                rest: tables.rest.get(usize::from(selector[1] & 15))?.as_ref(),
            });
        }
        let &[from, to, bits] = segment.get(1 + count * 2..)?.first_chunk::<3>()?;
        let (from, to, bits) = if frame.progressive { (from, to.min(63), bits) } else { (0, 63, 0) };
        Some(Self {
            parts,
            across: grid.0,
            units: grid.0 * grid.1,
            restart: tables.restart,
            progressive: frame.progressive,
            coefficients: u32::from(from)..=u32::from(to),
            refines: bits >> 4 != 0,
            later: bits & 15,
        })
    }

    /// Reads the scan as far as it goes, and notes what it brings.
    fn run<'b>(&self, bits: &mut Bits<'b>, parts: &mut Parts) -> Found<'b> {
        for part in &self.parts {
            for coefficient in self.coefficients.clone() {
                parts.missing[part.component][coefficient as usize] = self.later;
            }
        }
        let mut end = bits.clone();
        let mut zeros = 0;
        for unit in 0..self.units {
            if self.restart > 0 && unit > 0 && unit % self.restart == 0 {
                if bits.restart().is_none() {
                    return Found { units: unit, end };
                }
                zeros = 0;
            }
            if self.unit(unit, bits, parts, &mut zeros).is_none() {
                return Found { units: unit, end };
            }
            end = bits.clone();
        }
        Found { units: self.units, end }
    }

    fn unit(&self, unit: usize, bits: &mut Bits<'_>, parts: &mut Parts, zeros: &mut u32) -> Option<()> {
        for part in &self.parts {
            let (across, down) = part.blocks;
            let corner = (unit / self.across * down, unit % self.across * across);
            for (row, column) in (0..down).flat_map(|row| (0..across).map(move |column| (row, column))) {
                let place = (corner.0 + row) * part.stride + corner.1 + column;
                let mut none = 0;
                let set = parts.set[part.component].get_mut(place).unwrap_or(&mut none);
                self.block(part, bits, set, zeros)?;
            }
        }
        Some(())
    }

    /// Reads a block. `zeros` blocks from here bring no new coefficients.
    fn block(&self, part: &Part<'_>, bits: &mut Bits<'_>, set: &mut u64, zeros: &mut u32) -> Option<()> {
        let (mut next, last) = (*self.coefficients.start(), *self.coefficients.end());
        if next == 0 {
            if self.refines {
                bits.skip(1)?;
            } else {
                let size = bits.symbol(part.first?)?;
                bits.skip(u32::from(size))?;
            }
            next = 1;
        }
        while next <= last && *zeros == 0 {
            let symbol = bits.symbol(part.rest?)?;
            let (run, size) = (u32::from(symbol >> 4), u32::from(symbol & 15));
            match (size, run) {
                (0, 15) => next = self.pass(next, last, 15, bits, *set)? + 1,
                (0, _) if self.progressive => *zeros = (1 << run) + bits.take(run)?,
                (0, _) => return Some(()),
                _ => {
                    bits.skip(size)?;
                    next = self.pass(next, last, run, bits, *set)?;
                    *set |= 1_u64.checked_shl(next).unwrap_or(0);
                    next += 1;
                }
            }
        }
        if *zeros > 0 && next <= last {
            self.pass(next, last, u32::MAX, bits, *set)?;
        }
        // A run that began in this block counts it; a block of the first coefficient alone does not.
        if last > 0 {
            *zeros = zeros.saturating_sub(1);
        }
        Some(())
    }

    /// Passes over a run of coefficients that stay zero. One that was set before brings a bit more and
    /// does not count. Returns the place behind the run.
    fn pass(&self, mut next: u32, last: u32, mut run: u32, bits: &mut Bits<'_>, set: u64) -> Option<u32> {
        if !self.refines {
            return Some(next.saturating_add(run));
        }
        while next <= last {
            if set >> next & 1 == 1 {
                bits.skip(1)?;
            } else if run == 0 {
                break;
            } else {
                run -= 1;
            }
            next += 1;
        }
        Some(next)
    }

    /// The file with the units that are missing as a continuation of the last one: no difference to
    /// it, and no details.
    fn filled(&self, found: &Found<'_>) -> Option<Vec<u8>> {
        if self.restart > 0 && found.units / self.restart != (self.units - 1) / self.restart {
            return None;
        }
        let mut writer = found.end.written();
        for _ in found.units..self.units {
            for part in &self.parts {
                for _ in 0..part.blocks.0 * part.blocks.1 {
                    for (code, length) in [part.first?.code(0)?, part.rest?.code(0)?] {
                        writer.put(code, length);
                    }
                }
            }
        }
        Some(writer.end())
    }
}
