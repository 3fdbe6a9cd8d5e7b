//! Calendars of other sites.

use chrono::TimeDelta;
use minsu_ports::{Clock as _, FailingFeeds, FeedHealth, Store as _, StoreError};
use minsu_settings::Settings;
use minsu_system::SystemClock;

use super::finding::{Finding, with_causes};
use crate::wiring;

/// So many bad answers in a row are no accident.
const FAILURES: u32 = 3;
/// No calendar is so late where the job runs.
const LATE: TimeDelta = TimeDelta::hours(1);
/// The most hosts that are named.
const NAMED: usize = 5;
/// The code of an address that no key opens.
const SEALED: &str = "sealed";

/// Whether calendars are read at all, and which ones fail.
pub(super) async fn health(settings: &Settings) -> Finding {
    let store = wiring::store(settings).await.map_err(|error| with_causes(&error))?;
    let late = SystemClock.now() - LATE;
    let health = async { store.read_own().await?.feeds().health(FAILURES, late).await };
    judged(&health.await.map_err(|error: StoreError| with_causes(&error))?)
}

/// A landlord sees what is wrong with a single calendar. Where most of them fail, it is the site that cannot reach
/// others.
fn judged(health: &FeedHealth) -> Finding {
    let FeedHealth { read, late, failing } = health;
    let failed: u64 = failing.iter().map(|of_host| of_host.feeds).sum();
    let named = |of_host: &FailingFeeds| format!("{} of {} ({})", of_host.feeds, of_host.host, of_host.error);
    let named = failing.iter().take(NAMED).map(named).collect::<Vec<_>>().join(", ");
    if *late > 0 {
        return Err(format!("{late} of {read} were due an hour ago; start `minsu serve` or `minsu worker`"));
    }
    if failing.iter().any(|of_host| of_host.error == SEALED) {
        return Err(format!("no key opens some addresses: {named}; set identity.keys back"));
    }
    match failed {
        0 => Ok(format!("{read} of other sites are read")),
        _ if failed * 2 >= *read => {
            Err(format!("{failed} of {read} fail: {named}; let the server call other sites by https"))
        }
        _ => Ok(format!("{read} of other sites are read, {failed} of them fail, as their landlords see: {named}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn health(read: u64, late: u64, failing: &[(&str, u64)]) -> FeedHealth {
        let failing = failing.iter().map(|(error, feeds)| FailingFeeds {
            host: "a.example".to_owned(),
            error: (*error).to_owned(),
            feeds: *feeds,
        });
        FeedHealth { read, late, failing: failing.collect() }
    }

    #[test]
    fn a_few_that_fail_are_told_and_most_of_them_are_a_fault_of_the_site() {
        assert_eq!(judged(&health(0, 0, &[])).unwrap(), "0 of other sites are read");
        let few = judged(&health(9, 0, &[("http_403", 3), ("timeout", 1)])).unwrap();
        assert!(
            few.ends_with(
                "4 of them fail, as their landlords see: 3 of a.example (http_403), 1 of a.example (timeout)"
            )
        );
        let most = judged(&health(8, 0, &[("no_connection", 4)])).unwrap_err();
        assert!(most.starts_with("4 of 8 fail: 4 of a.example (no_connection); "), "{most}");
        assert!(judged(&health(8, 1, &[])).unwrap_err().contains("`minsu worker`"));
        assert!(judged(&health(8, 0, &[(SEALED, 1)])).unwrap_err().contains("identity.keys"));
    }
}
