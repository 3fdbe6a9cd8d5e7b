//! Checks of the machine: clock, limit of open files, data folder.

use chrono::{DateTime, Datelike, Utc};
use minsu_ports::Clock;
use minsu_system::SystemClock;
use rustix::process::{Resource, getrlimit};

use super::finding::Finding;
use minsu_settings::Settings;

/// No clock that runs is behind the year in which this was written.
const EARLIEST: i32 = 2026;
/// Files that a process has open besides connections: libraries, logs, the database's own.
const OTHERS: u64 = 64;
/// Connections of clients that a small site has at the same time, roughly.
const CLIENTS: u64 = 1024;

/// The time as the site sees it.
pub(super) fn clock(settings: &Settings) -> Finding {
    at(SystemClock.now(), settings)
}

fn at(now: DateTime<Utc>, settings: &Settings) -> Finding {
    let zone = settings.site.time_zone;
    let local = now.with_timezone(&zone);
    if now.year() < EARLIEST {
        return Err(format!("it is {local} in {zone}; set the clock and let NTP keep it"));
    }
    Ok(format!("{} in {zone}", local.format("%Y-%m-%d %H:%M:%S")))
}

/// Whether the process may have as many connections open as a site needs.
pub(super) fn open_files(settings: &Settings) -> Finding {
    enough(getrlimit(Resource::Nofile).current, settings)
}

fn enough(limit: Option<u64>, settings: &Settings) -> Finding {
    let needed = CLIENTS + OTHERS + u64::from(settings.database.max_connections);
    match limit {
        None => Ok("no limit".to_owned()),
        Some(limit) if limit >= needed => Ok(format!("{limit} may be open")),
        Some(limit) => {
            Err(format!("only {limit} may be open, {needed} are needed; set LimitNOFILE= in the unit, or ulimit -n"))
        }
    }
}

/// Whether the data folder can be written to; what is under it comes and goes.
pub(super) fn data_folder(settings: &Settings) -> Finding {
    let folder = &settings.data_dir;
    let probe = folder.join(format!(".doctor-{}", std::process::id()));
    let tried = std::fs::write(&probe, b"probe").and_then(|()| std::fs::remove_file(&probe));
    match tried {
        Ok(()) => Ok(format!("{} can be written to", folder.display())),
        Err(error) => Err(format!("{}: {error}; make it, and let the server's user write into it", folder.display())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_stopped_is_told() {
        let settings = Settings::default();
        assert!(at(DateTime::UNIX_EPOCH, &settings).unwrap_err().contains("NTP"));
        let good = at(DateTime::from_timestamp(1_795_000_000, 0).unwrap(), &settings).unwrap();
        assert!(good.ends_with("in Asia/Shanghai"), "{good}");
    }

    #[test]
    fn few_open_files_are_told_with_the_number_needed() {
        let settings = Settings::default();
        assert!(enough(None, &settings).is_ok() && enough(Some(65_536), &settings).is_ok());
        assert!(enough(Some(1024), &settings).unwrap_err().contains("1104 are needed"));
    }

    #[test]
    fn a_folder_that_is_a_file_is_told_and_a_good_one_left_empty() {
        let folder = tempfile::tempdir().unwrap();
        let good = Settings { data_dir: folder.path().into(), ..Settings::default() };
        assert!(data_folder(&good).is_ok());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        let bad = Settings { data_dir: folder.path().join("absent"), ..Settings::default() };
        assert!(data_folder(&bad).unwrap_err().contains("make it"));
    }
}
