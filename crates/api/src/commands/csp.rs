//! `minsu csp`: the Content-Security-Policy of a folder of pages, as a line for nginx.

use std::{fs, io, path::Path};

use super::{CommandError, print};
use crate::page_policy::PagePolicy;

/// Prints the line that `site-*.conf` of nginx needs; what weakens it is told in comments above.
///
/// # Errors
/// When the folder cannot be read or has no page.
pub fn csp(folder: &Path, eval: bool) -> Result<(), CommandError> {
    let mut policy = PagePolicy::default();
    let pages = read_folder(folder, &mut policy)?;
    if pages == 0 {
        return Err(format!("{} has no .html file", folder.display()).into());
    }
    for address in policy.foreign() {
        print(format_args!("# {address} may run here: better serve a copy of it."))?;
    }
    print(format_args!("set $minsu_page_policy \"{}\";", policy.value(eval)))?;
    Ok(())
}

/// Reads every page below a folder and says how many there were. Links are not followed.
fn read_folder(folder: &Path, policy: &mut PagePolicy) -> io::Result<usize> {
    let mut pages = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let (kind, path) = (entry.file_type()?, entry.path());
        let extension = path.extension().map(|it| it.to_string_lossy().to_ascii_lowercase());
        if kind.is_dir() {
            pages += read_folder(&path, policy)?;
        } else if kind.is_file() && matches!(extension.as_deref(), Some("html" | "htm")) {
            policy.read(&String::from_utf8_lossy(&fs::read(&path)?));
            pages += 1;
        }
    }
    Ok(pages)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_all_folders_are_read_and_a_folder_without_pages_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        assert!(csp(folder.path(), true).unwrap_err().to_string().contains("has no .html file"));
        fs::create_dir(folder.path().join("more")).unwrap();
        fs::write(folder.path().join("index.html"), "<p>").unwrap();
        fs::write(folder.path().join("more/my.HTM"), "<script>a()</script>").unwrap();
        fs::write(folder.path().join("more/a.js"), "<script>b()</script>").unwrap();
        let mut policy = PagePolicy::default();
        assert_eq!(read_folder(folder.path(), &mut policy).unwrap(), 2);
        assert_eq!(policy.value(true).matches("sha256-").count(), 1);
    }
}
