//! What stops a run.

use std::{error::Error, io, path::PathBuf, time::Duration};

use thiserror::Error;

use crate::http::HttpError;

/// What stops a run.
#[derive(Debug, Error)]
pub enum BenchError {
    /// An operation on a file or a process of this machine.
    #[error("cannot {what}")]
    Io {
        /// What was tried.
        what: String,
        /// Why it failed.
        #[source]
        source: io::Error,
    },
    /// A program ended with a failure, or before it was ready.
    #[error("{name} ended early; the end of its log:\n{log}")]
    Ended {
        /// The program.
        name: &'static str,
        /// The end of what it wrote.
        log: String,
    },
    /// A program or a measurement took too long.
    #[error("{name} took longer than {limit:?}")]
    TooLong {
        /// What took so long.
        name: String,
        /// The bound.
        limit: Duration,
    },
    /// No answer, or one that is not HTTP.
    #[error("no answer while {doing}")]
    Http {
        /// What was going on.
        doing: String,
        /// Why.
        #[source]
        source: HttpError,
    },
    /// An answer that is not the expected one.
    #[error("unexpected answer to {request}: {answer}")]
    Unexpected {
        /// The request.
        request: String,
        /// The beginning of the answer.
        answer: String,
    },
    /// A file of /proc or the output of a program reads otherwise than expected.
    #[error("cannot understand {0}")]
    Unreadable(String),
    /// The document has no place for the measurements.
    #[error("{0} has no section between the markers")]
    NoMarkers(PathBuf),
    /// A program that is measured or measured with.
    #[error("{program} is not installed: apt-get install {package}")]
    NotInstalled {
        /// The program.
        program: &'static str,
        /// The Debian package that has it.
        package: &'static str,
    },
    /// More than can be measured.
    #[error("{0}")]
    TooMuch(&'static str),
    /// Recorded traffic that cannot be sent.
    #[error("line {line} of the recorded traffic: {why}")]
    Traffic {
        /// The line, counted from 1.
        line: usize,
        /// What is wrong with it.
        why: String,
    },
    /// A URL that nothing can be sent to.
    #[error("{0} is no URL such as http://127.0.0.1:8080")]
    Unusable(String),
    /// Nothing to do.
    #[error("no scenario has such a name; there are: {0}")]
    NoScenario(String),
    /// What must be the same is not.
    #[error("{0} differ")]
    Differs(&'static str),
    /// Ctrl-C or SIGTERM.
    #[error("interrupted")]
    Interrupted,
}

impl BenchError {
    /// For `map_err`: an I/O error with what was tried.
    pub fn io(what: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let what = what.into();
        move |source| Self::Io { what, source }
    }

    /// For `map_err`: an HTTP error with what was going on.
    pub fn http(doing: impl Into<String>) -> impl FnOnce(HttpError) -> Self {
        let doing = doing.into();
        move |source| Self::Http { doing, source }
    }

    /// Prints it with its causes on standard error.
    pub fn print(&self) {
        use std::io::Write;
        let mut stderr = io::stderr().lock();
        // A closed standard error is ignored.
        let _ = writeln!(stderr, "minsu-bench: {self}");
        let mut cause = self.source();
        while let Some(inner) = cause {
            let _ = writeln!(stderr, "  because: {inner}");
            cause = inner.source();
        }
    }
}
