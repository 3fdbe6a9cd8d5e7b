//! Output on the terminal: progress and results.

use std::io::{Write, stderr, stdout};

use crate::error::BenchError;

/// Prints the progress to standard error.
pub fn say(what: &str) {
    // A closed standard error is ignored.
    let _ = writeln!(stderr().lock(), "{what}");
}

/// Prints the result to standard output.
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
