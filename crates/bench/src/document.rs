//! The measured section of a document.

use std::{fs, path::Path};

use crate::error::BenchError;

const BEGIN: &str = "<!-- measured: begin -->";
const END: &str = "<!-- measured: end -->";

/// Replaces what stands between the markers of a document.
///
/// # Errors
/// [`BenchError::NoMarkers`]; [`BenchError::Io`].
pub fn write(path: &Path, section: &str) -> Result<(), BenchError> {
    let text = fs::read_to_string(path).map_err(BenchError::io(format!("read {}", path.display())))?;
    let text = replaced(&text, section).ok_or_else(|| BenchError::NoMarkers(path.to_owned()))?;
    fs::write(path, text).map_err(BenchError::io(format!("write {}", path.display())))
}

fn replaced(text: &str, section: &str) -> Option<String> {
    let (before, rest) = text.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}\n\n{}\n\n{END}{after}", section.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_stands_between_the_markers_changes() {
        let text = format!("# Title\n{BEGIN}\nold {BEGIN}\n{END}\nrest\n");
        let once = replaced(&text, "new\n").unwrap();
        assert_eq!(once, format!("# Title\n{BEGIN}\n\nnew\n\n{END}\nrest\n"));
        assert_eq!(replaced(&once, "new").unwrap(), once);
    }

    #[test]
    fn a_document_without_markers_stays_as_it_is() {
        assert_eq!(replaced("# Title\n", "new"), None);
        assert_eq!(replaced(&format!("{END} {BEGIN}"), "new"), None);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.md");
        fs::write(&path, "# Title\n").unwrap();
        assert!(matches!(write(&path, "new"), Err(BenchError::NoMarkers(_))));
        assert_eq!(fs::read_to_string(path).unwrap(), "# Title\n");
    }
}
