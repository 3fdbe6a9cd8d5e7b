//! What people read while and after something is measured.

use std::io::{Write, stderr, stdout};

use crate::error::BenchError;

/// What is going on, on standard error.
pub fn say(what: &str) {
    // Where standard error is closed nobody reads it.
    let _ = writeln!(stderr().lock(), "{what}");
}

/// The result, on standard output.
///
/// # Errors
/// When it is closed.
pub fn print(result: &str) -> Result<(), BenchError> {
    stdout().lock().write_all(result.as_bytes()).map_err(BenchError::io("print the report"))
}

/// The command as one could type it again.
pub fn command_line() -> String {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    ["minsu-bench".to_owned()].into_iter().chain(arguments).collect::<Vec<_>>().join(" ")
}
