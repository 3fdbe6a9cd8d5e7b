//! Processor time and memory of a process, from `/proc/PID`.

use std::{fs, time::Duration};

use crate::error::BenchError;

/// The unit of the times in `stat`: a hundredth of a second on every architecture that Rust's
/// Linux targets of tier 1 and 2 run on.
const TICK: Duration = Duration::from_millis(10);

/// Memory of a process in KiB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Memory {
    /// Resident now.
    pub resident: u64,
    /// The most that was resident since the start, or since [`reset_peak`].
    pub peak: u64,
}

/// Processor time of all threads of a process, dead ones included, in user and kernel mode.
///
/// # Errors
/// When the process is gone.
pub fn processor_time(pid: u32) -> Result<Duration, BenchError> {
    let path = format!("/proc/{pid}/stat");
    ticks(&read(&path)?).map(|ticks| TICK * ticks).ok_or(BenchError::Unreadable(path))
}

/// Memory of a process.
///
/// # Errors
/// When the process is gone.
pub fn memory(pid: u32) -> Result<Memory, BenchError> {
    let path = format!("/proc/{pid}/status");
    let text = read(&path)?;
    let kib = |name| line(&text, name)?.strip_suffix("kB")?.trim().parse().ok();
    match (kib("VmRSS"), kib("VmHWM")) {
        (Some(resident), Some(peak)) => Ok(Memory { resident, peak }),
        _ => Err(BenchError::Unreadable(path)),
    }
}

/// Lets the peak begin anew; tells whether the kernel does that here.
pub fn reset_peak(pid: u32) -> bool {
    fs::write(format!("/proc/{pid}/clear_refs"), "5").is_ok()
}

/// The processors that this process may run on.
///
/// # Errors
/// When /proc does not say.
pub fn allowed_processors() -> Result<Vec<u32>, BenchError> {
    let text = read("/proc/self/status")?;
    let list = line(&text, "Cpus_allowed_list").and_then(processor_list);
    list.ok_or_else(|| BenchError::Unreadable("the allowed processors in /proc/self/status".to_owned()))
}

/// The value of a line `name: value`.
pub fn line<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        (key.trim() == name).then(|| value.trim())
    })
}

fn read(path: &str) -> Result<String, BenchError> {
    fs::read_to_string(path).map_err(BenchError::io(format!("read {path}")))
}

/// `utime + stime`. The name of the program, in parentheses, may hold anything.
fn ticks(stat: &str) -> Option<u32> {
    let (_, behind) = stat.rsplit_once(')')?;
    let mut fields = behind.split_ascii_whitespace().skip(11);
    let user: u32 = fields.next()?.parse().ok()?;
    let system: u32 = fields.next()?.parse().ok()?;
    user.checked_add(system)
}

/// `0-2,5`.
fn processor_list(text: &str) -> Option<Vec<u32>> {
    let mut all = Vec::new();
    for part in text.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        all.extend(first.trim().parse::<u32>().ok()?..=last.trim().parse().ok()?);
    }
    Some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_stand_behind_the_name_whatever_the_name_is() {
        let stat = "42 (a) b (c) S 1 42 42 0 -1 4194560 900 0 3 0 120 35 7 8 20 0 4 0 100 1000 200";
        assert_eq!(ticks(stat), Some(155));
        assert_eq!(ticks("42 (minsu) S 1 42"), None);
        assert_eq!(ticks(""), None);
    }

    #[test]
    fn processors_are_a_list_of_ranges() {
        assert_eq!(processor_list("0-2,5"), Some(vec![0, 1, 2, 5]));
        assert_eq!(processor_list("3"), Some(vec![3]));
        assert_eq!(processor_list("0-x"), None);
        assert_eq!(processor_list(""), None);
        assert!(!allowed_processors().unwrap().is_empty());
    }

    #[test]
    fn a_line_is_found_by_its_whole_name() {
        assert_eq!(line("VmRSSx: 1\nVmRSS:\t  12 kB\n", "VmRSS"), Some("12 kB"));
        assert_eq!(line("model name\t: A CPU @ 2:1\n", "model name"), Some("A CPU @ 2:1"));
        assert_eq!(line("VmRSS 12", "VmRSS"), None);
    }

    #[test]
    fn work_of_this_process_shows() {
        let pid = std::process::id();
        let before = processor_time(pid).unwrap();
        let mut sum = 0_u64;
        while processor_time(pid).unwrap() < before + 2 * TICK {
            sum = (0..1_000_000_u64).fold(sum, |sum, number| std::hint::black_box(sum ^ number));
        }
        let memory = memory(pid).unwrap();
        assert!(memory.resident > 0 && memory.peak >= memory.resident, "{memory:?}");
        assert!(processor_time(u32::MAX).is_err());
    }
}
