//! QR codes, drawn on the server.

use std::fmt::Write;

use qrcodegen::{QrCode, QrCodeEcc};

/// The light border that readers need, in modules.
const QUIET: i32 = 4;

/// The path of the dark modules of a code, and the side of its square with the border; none for a text that is too long
/// for a code.
pub fn code(text: &str) -> Option<Code> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
    let size = code.size();
    let mut path = String::new();
    for y in 0..size {
        let mut x = 0;
        while x < size {
            let run = (x..size).take_while(|x| code.get_module(*x, y)).count();
            let run = i32::try_from(run).unwrap_or_default();
            if run > 0 {
                // Writing to a text does not fail.
                let _ = write!(path, "M{} {}h{run}v1h-{run}z", x + QUIET, y + QUIET);
            }
            x += run.max(1);
        }
    }
    Some(Code { side: size + 2 * QUIET, path })
}

/// A QR code as the parts of an SVG.
pub struct Code {
    /// The side of its square.
    pub side: i32,
    /// Its dark modules.
    pub path: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// The dark modules that a path fills.
    fn filled(path: &str) -> BTreeSet<(i32, i32)> {
        let mut dark = BTreeSet::new();
        for run in path.split('M').skip(1) {
            let (corner, rest) = run.split_once('h').unwrap();
            let (x, y) = corner.split_once(' ').unwrap();
            let (x, y): (i32, i32) = (x.parse().unwrap(), y.parse().unwrap());
            let length: i32 = rest.split_once('v').unwrap().0.parse().unwrap();
            assert_eq!(rest, format!("{length}v1h-{length}z"));
            dark.extend((x..x + length).map(|x| (x, y)));
        }
        dark
    }

    #[test]
    fn the_path_fills_exactly_the_dark_modules() {
        let text = "weixin://wxpay/bizpayurl?pr=p4lpSuKzz";
        let (drawn, made) = (code(text).unwrap(), QrCode::encode_text(text, QrCodeEcc::Medium).unwrap());
        assert_eq!(drawn.side, made.size() + 8);
        let dark = filled(&drawn.path);
        for y in -QUIET..made.size() + QUIET {
            for x in -QUIET..made.size() + QUIET {
                assert_eq!(dark.contains(&(x + QUIET, y + QUIET)), made.get_module(x, y), "{x} {y}");
            }
        }
        assert!(code(&"x".repeat(4000)).is_none());
    }
}
