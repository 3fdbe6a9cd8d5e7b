//! The head of a report: date, machine, commit.

use std::{fs, process::Command};

use chrono::NaiveDate;

use crate::{error::BenchError, proc};

/// Facts about the machine and the moment.
#[derive(Debug, Clone)]
pub struct Machine {
    /// Today, by `date`.
    pub date: NaiveDate,
    /// The model of the first processor.
    pub processor: String,
    /// Load averages before the run: how busy the machine was with other things.
    pub load_before: String,
    /// The commit, with a mark when files were changed.
    pub commit: String,
}

impl Machine {
    /// Asks `date`, `git` and /proc.
    ///
    /// # Errors
    /// Without `date` or /proc; an unknown commit is no error.
    pub fn ask() -> Result<Self, BenchError> {
        let date = output("date", &["+%Y-%m-%d"]).ok_or_else(|| BenchError::Unreadable("what date prints".into()))?;
        let cpuinfo = fs::read_to_string("/proc/cpuinfo").map_err(BenchError::io("read /proc/cpuinfo"))?;
        Ok(Self {
            date: date.parse().map_err(|_| BenchError::Unreadable(format!("the date {date}")))?,
            processor: proc::line(&cpuinfo, "model name").unwrap_or("unknown").to_owned(),
            load_before: load_average(),
            commit: output("git", &["describe", "--always", "--dirty"]).unwrap_or_else(|| "unknown".to_owned()),
        })
    }

    /// The head of every report, as Markdown: date, commit, command, machine and its load.
    pub fn described(&self, command: &str, cores: &str, load_after: &str) -> String {
        format!(
            "- {}, commit {}, `{command}`\n- {}; {cores}\n- load averages before {}, after {load_after}\n",
            self.date, self.commit, self.processor, self.load_before
        )
    }
}

/// The load averages of the last 1, 5 and 15 minutes.
pub fn load_average() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').take(3).collect::<Vec<_>>().join(" ")
}

fn output(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_fails_has_no_output() {
        assert_eq!(output("sh", &["-c", "echo ' a '"]), Some("a".to_owned()));
        assert_eq!(output("sh", &["-c", "echo a; exit 1"]), None);
        assert_eq!(output("there-is-no-such-program", &[]), None);
    }
}
