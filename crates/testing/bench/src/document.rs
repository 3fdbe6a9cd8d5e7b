//! The measured sections of a document.

use std::{fs, path::Path};

use crate::error::BenchError;

/// Replaces the text between the markers `<!-- NAME: begin -->` and `<!-- NAME: end -->` of a
/// document.
///
/// # Errors
/// [`BenchError::NoMarkers`]; [`BenchError::Io`].
pub fn write(path: &Path, name: &str, section: &str) -> Result<(), BenchError> {
    let text = fs::read_to_string(path).map_err(BenchError::io(format!("read {}", path.display())))?;
    let text = replaced(&text, name, section).ok_or_else(|| BenchError::NoMarkers(path.to_owned()))?;
    fs::write(path, text).map_err(BenchError::io(format!("write {}", path.display())))
}

fn replaced(text: &str, name: &str, section: &str) -> Option<String> {
    let [begin, end] = markers(name);
    let (before, rest) = text.split_once(&begin)?;
    let (_, after) = rest.split_once(&end)?;
    Some(format!("{before}{begin}\n\n{}\n\n{end}{after}", section.trim()))
}

fn markers(name: &str) -> [String; 2] {
    ["begin", "end"].map(|end| format!("<!-- {name}: {end} -->"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_stands_between_the_markers_changes() {
        let other = markers("others").join("kept");
        let [begin, end] = markers("measured");
        let text = format!("# Title\n{other}\n{begin}\nold {begin}\n{end}\nrest\n");
        let once = replaced(&text, "measured", "new\n").unwrap();
        assert_eq!(once, format!("# Title\n{other}\n{begin}\n\nnew\n\n{end}\nrest\n"));
        assert_eq!(replaced(&once, "measured", "new").unwrap(), once);
    }

    #[test]
    fn a_document_without_markers_stays_as_it_is() {
        let [begin, end] = markers("measured");
        assert_eq!(replaced("# Title\n", "measured", "new"), None);
        assert_eq!(replaced(&format!("{end} {begin}"), "measured", "new"), None);
        assert_eq!(replaced(&format!("{begin} {end}"), "others", "new"), None);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.md");
        fs::write(&path, "# Title\n").unwrap();
        assert!(matches!(write(&path, "measured", "new"), Err(BenchError::NoMarkers(_))));
        assert_eq!(fs::read_to_string(path).unwrap(), "# Title\n");
    }
}
