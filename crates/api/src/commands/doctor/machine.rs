//! What the machine gives: the time, and how many files the process may open.

use minsu_store::database_time;

use super::{Finding, remedy};
use crate::settings::{Profile, Settings};

/// How far apart the clocks of this machine and of the database may be. Sessions and codes live by the
/// cache's clock, orders are dated by this one: further apart, people are told odd times.
const SECONDS_APART: u64 = 5;
/// Every visitor is a file, every connection to a backend another.
const FILES: u64 = 4096;

/// This machine's clock beside the database's.
pub async fn clock(settings: &Settings, app: &minsu_application::App) -> Finding {
    let theirs = database_time(settings.database.url.expose())
        .await
        .map_err(|error| remedy(&error, "start the database, or mend database.url"))?;
    let now = app.clock.now();
    let apart = (now - theirs).num_seconds().unsigned_abs();
    if apart <= SECONDS_APART {
        Ok(format!("{} in {}, as the database has it", app.local(now), app.policy.time_zone))
    } else {
        Err(format!("{apart} seconds apart from the database's; let both machines follow NTP (timedatectl)"))
    }
}

/// How many files the process may open. Development needs few.
pub fn files(settings: &Settings) -> Finding {
    let text = std::fs::read_to_string("/proc/self/limits")
        .map_err(|error| remedy(&error, "look at `ulimit -n` where the process is started"))?;
    match soft_limit(&text) {
        Some(limit) if limit >= FILES || settings.profile == Profile::Dev => Ok(format!("{limit} may be open")),
        Some(limit) => Err(format!("{limit} may be open, fewer than {FILES}; set LimitNOFILE=65536 in the unit")),
        None => Err("the limit cannot be read; look at `ulimit -n` where the process is started".to_owned()),
    }
}

fn soft_limit(limits: &str) -> Option<u64> {
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    match line.split_whitespace().next()? {
        "unlimited" => Some(u64::MAX),
        number => number.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_soft_limit_stands_first() {
        let limits = "Limit                     Soft Limit           Hard Limit           Units\n\
             Max processes             31000                31000                processes\n\
             Max open files            1024                 524288               files\n";
        assert_eq!(soft_limit(limits), Some(1024));
        assert_eq!(soft_limit(&limits.replace("1024 ", "unlimited ")), Some(u64::MAX));
        assert_eq!(soft_limit("Max processes 1 1"), None);
    }
}
