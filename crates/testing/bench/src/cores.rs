//! The processors of the load generator, and those of the measured servers.

use std::{
    ffi::OsStr,
    process::{Command, Stdio},
};

use crate::{error::BenchError, proc};

/// The shares of the machine. Generator and server do not take time from each other when each has
/// processors of its own; without that, a server that is fast looks slow beside a hungry client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cores {
    generator: Vec<u32>,
    server: Vec<u32>,
    pinned: bool,
}

impl Cores {
    /// Splits the processors and moves this process to its share. With one processor, or without `taskset`, all
    /// processes share all processors.
    ///
    /// # Errors
    /// When /proc does not tell the processors.
    pub fn split() -> Result<Self, BenchError> {
        let all = proc::allowed_processors()?;
        let (generator, server) = halves(&all);
        let own = std::process::id().to_string();
        let pinned = generator != server && quiet("taskset", &["-a", "-c", "-p", &list(&generator), &own]);
        if pinned { Ok(Self { generator, server, pinned }) } else { Ok(Self::shared(all)) }
    }

    /// All processes on all processors: where databases take part, only the kernel can share them well.
    ///
    /// # Errors
    /// When /proc does not tell the processors.
    pub fn together() -> Result<Self, BenchError> {
        Ok(Self::shared(proc::allowed_processors()?))
    }

    fn shared(all: Vec<u32>) -> Self {
        Self { generator: all.clone(), server: all, pinned: false }
    }

    /// Worker threads of a measured server: one for each of its processors.
    pub fn workers(&self) -> u16 {
        u16::try_from(self.server.len()).unwrap_or(u16::MAX)
    }

    /// Threads of the generator.
    pub fn threads(&self) -> usize {
        if self.pinned { self.generator.len() } else { self.generator.len().div_ceil(2) }
    }

    /// A program that runs on the share of the measured servers.
    pub fn on_server_share(&self, program: impl AsRef<OsStr>) -> Command {
        if self.pinned { taskset(&self.server, program.as_ref()) } else { Command::new(program) }
    }

    /// How the machine is shared, for people.
    pub fn describe(&self) -> String {
        if self.pinned {
            let cores = self.generator.len() + self.server.len();
            let (generator, server) = (list(&self.generator), list(&self.server));
            format!("{cores} cores: generator and Redis on {generator}, server on {server}")
        } else {
            format!("{} cores, shared by generator and server", self.server.len())
        }
    }
}

/// The server gets the larger half.
fn halves(all: &[u32]) -> (Vec<u32>, Vec<u32>) {
    if all.len() < 2 {
        return (all.to_vec(), all.to_vec());
    }
    let (generator, server) = all.split_at(all.len() / 2);
    (generator.to_vec(), server.to_vec())
}

fn list(processors: &[u32]) -> String {
    processors.iter().map(u32::to_string).collect::<Vec<_>>().join(",")
}

/// `taskset` replaces itself with the program: the process id is the program's.
fn taskset(processors: &[u32], program: &OsStr) -> Command {
    let mut command = Command::new("taskset");
    command.args(["-c", &list(processors)]).arg(program);
    command
}

/// Runs a program without any output; tells whether it succeeded.
fn quiet(program: &str, arguments: &[&str]) -> bool {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_server_has_the_larger_half_and_one_processor_is_shared() {
        assert_eq!(halves(&[0, 1]), (vec![0], vec![1]));
        assert_eq!(halves(&[0, 1, 4]), (vec![0], vec![1, 4]));
        assert_eq!(halves(&[7]), (vec![7], vec![7]));
    }

    #[test]
    fn a_pinned_program_is_started_by_taskset() {
        let pinned = Cores { generator: vec![0], server: vec![1, 2], pinned: true };
        let command = pinned.on_server_share("minsu");
        let arguments: Vec<_> = command.get_args().collect();
        assert_eq!(
            (command.get_program(), arguments),
            (OsStr::new("taskset"), vec![OsStr::new("-c"), OsStr::new("1,2"), OsStr::new("minsu")])
        );
        assert_eq!((pinned.workers(), pinned.threads()), (2, 1));
        let shared = Cores::shared(vec![0, 1, 2]);
        assert_eq!(shared.on_server_share("minsu").get_program(), "minsu");
        assert_eq!((shared.workers(), shared.threads()), (3, 2));
        assert_eq!(shared.describe(), "3 cores, shared by generator and server");
        assert_eq!(pinned.describe(), "3 cores: generator and Redis on 0, server on 1,2");
    }
}
