//! Every number that shapes a picture, each with its purpose. Lengths are pixels of the
//! picture, angles turns (1 is the whole circle), unless said otherwise.
//!
//! After a change of any of them, run `scripts/captcha-report` again: the reading rates of people and of
//! programs are measured there, not guessed.

use std::ops::Range;

/// Width of the picture: a row of three symbols, still small on a telephone.
pub const WIDTH: u32 = 176;
/// Height of the picture: three rows, and room for two to stand anywhere.
pub const HEIGHT: u32 = 96;
/// Fine pixels along a side of a pixel: makes edges smooth, which people need and programs mind.
pub(crate) const FINE: u32 = 4;
/// JPEG quality: the lowest at which edges stay clean to the eye; keeps a picture below 4 KB.
pub(crate) const JPEG_QUALITY: u8 = 42;

/// Brightness (0 to 255) of the foreground in the middle of the picture. With [`LIGHT`] and [`SHADE`] the
/// contrast never falls below 4.5 : 1 (WCAG 2, 1.4.3).
pub(crate) const DARK: Range<f32> = 0.0..62.0;
/// Brightness of the background in the middle of the picture.
pub(crate) const LIGHT: Range<f32> = 226.0..246.0;
/// How far both drift from one edge of the picture to the other: one threshold does not fit all.
pub(crate) const SHADE: Range<f32> = -16.0..16.0;

/// No symbol comes nearer to an edge of the picture.
pub(crate) const MARGIN: f32 = 2.0;
/// Free space between two symbols, as a part of their size: people must tell them apart.
pub(crate) const CLEARANCE: f32 = 0.12;
/// A symbol wider than this (in its heights) is squeezed: W and M of wide fonts fill no row.
pub(crate) const WIDEST: f32 = 1.15;
/// Symbols lean each on its own: against templates, and against learning a letter in one pose.
pub(crate) const TURN: Range<f32> = -0.09..0.09;
/// Symbols are slanted each on its own (shift of the top in heights), for the same reason.
pub(crate) const SLANT: Range<f32> = -0.15..0.15;
/// Symbols are stretched each on its own (width times this), for the same reason.
pub(crate) const STRETCH: Range<f32> = 0.88..1.16;
/// Symbols grow or shrink from top to bottom, each on its own, by this part of their width: the
/// same letter of the same font has no two shapes, so training a network takes more samples.
pub(crate) const TAPER: Range<f32> = -0.2..0.2;
/// Symbols bow, each on its own: the ends of a level stroke hang below or stand above its middle by
/// this times the square of their distance from it, in heights; for the same reason.
pub(crate) const ARCH: Range<f32> = -0.15..0.15;
/// A wave bends all outlines by up to this much: no stroke is straight, no two letters congruent.
pub(crate) const WARP: Range<f32> = 0.5..1.6;
/// Length of that wave: long against a stroke, so that people do not notice it.
pub(crate) const WARP_LENGTH: Range<f32> = 34.0..70.0;

/// Heights of symbols in two level rows: different sizes defeat a fixed grid of cells, and small ones
/// may stand anywhere.
pub(crate) const LEVEL_HEIGHT: Range<f32> = 23.0..30.0;
/// Heights where rows slope, bend or reach into each other, and need more room.
pub(crate) const CROWDED_HEIGHT: Range<f32> = 23.5..27.5;
/// Heights where there are three rows: low enough for them to stand apart.
pub(crate) const LOW_HEIGHT: Range<f32> = 22.0..26.0;
/// Distance of each two of three rows. More rows are more orders to read in, and a network has to learn from
/// pictures something that people know: which symbol is the third.
pub(crate) const LOW_DISTANCE: Range<f32> = 26.0..31.0;
/// The same where one reaches into the gap of the other.
pub(crate) const NESTED_LOW_DISTANCE: Range<f32> = 23.0..26.0;
/// How the free width of a row is shared out before, between and behind its symbols: so unevenly that
/// they may stand close together at any side.
pub(crate) const SHARE: Range<f32> = 0.03..1.0;
/// Distance of two rows that do not reach into each other: another one in each picture, so that no
/// cut fits them all.
pub(crate) const ROW_DISTANCE: Range<f32> = 29.0..46.0;
/// How far the rows as a whole stand above or below the middle of the picture, for the same reason.
pub(crate) const LIFT: Range<f32> = -12.0..12.0;
/// A symbol stands at least so far right of the one before it in its row, so that people see the
/// order.
pub(crate) const ABREAST: f32 = 17.0;
/// Two neighbours in a row differ in height by so much at most, so that people see a row.
pub(crate) const UNEVEN: f32 = 13.0;
/// Every symbol stands at least so far below those of the row before, so that people see two rows.
pub(crate) const BELOW: f32 = 17.0;
/// [`UNEVEN`] in three rows, which must not be taken for two that slope.
pub(crate) const UNEVEN_LOW: f32 = 8.0;
/// [`BELOW`] in three rows: no symbol stands at the height of one of another row.
pub(crate) const BELOW_LOW: f32 = 21.0;
/// Symbols leave the line of their row by up to this much: against cutting rows along a line.
pub(crate) const HOP: Range<f32> = -5.0..5.0;
/// Slope of tilted rows (pixels down a pixel to the right): no horizontal cut parts the rows.
pub(crate) const SLOPE: Range<f32> = 0.09..0.18;
/// How far the ends of bent rows hang below or above their middle: no straight cut parts them.
pub(crate) const BOW: Range<f32> = 6.0..10.0;
/// Distance of the rows where one reaches into the gap of the other.
pub(crate) const NESTED_DISTANCE: Range<f32> = 24.0..28.0;

/// Width of the stripes of waves and rings. Shapes that invert what they cross are the defence
/// against everything that first looks for dark strokes on light ground: stripes are wider than a
/// stroke, so that people see symbol and stripe as two things, and narrower than a symbol, so that
/// none is left whole.
pub(crate) const STRIPE: Range<f32> = 8.8..12.3;
/// How far waves swing from side to side: against removing them as straight lines.
pub(crate) const SWING: Range<f32> = 4.0..9.0;
/// Length of that swing.
pub(crate) const SWING_LENGTH: Range<f32> = 60.0..120.0;
/// How far rings are from round, as a part of their radius.
pub(crate) const RING_DENT: Range<f32> = 0.03..0.1;
/// Distance of blobs: about a symbol's, so that edges pass through every symbol.
pub(crate) const BLOB_CELL: Range<f32> = 29.0..34.0;
/// Radius of a blob, in distances.
pub(crate) const BLOB_RADIUS: Range<f32> = 0.28..0.43;
/// How far a blob is from round, as a part of its radius.
pub(crate) const BLOB_DENT: Range<f32> = 0.05..0.22;
/// How far a blob stands from its place in the grid, in distances: against finding the grid.
pub(crate) const BLOB_DRIFT: Range<f32> = -0.2..0.2;
/// Size of the patches that invert like the spots of a cow: less than that of a symbol, so that
/// edges pass through every one.
pub(crate) const PATCH: Range<f32> = 9.0..11.5;
