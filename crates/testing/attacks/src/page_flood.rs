//! A visitor asks for ever new pages: they filled the Redis that keeps the sessions, and every login failed.

use std::{
    net::Ipv4Addr,
    time::{Duration, Instant},
};

use minsu_testservers::redis::RedisServer;

use crate::{Bound, PASSWORD, Report, Setup, Site, Visitor, production::production};

/// Full: 10 minutes against a Redis of 16 MB that forgets nothing. No login may fail.
pub async fn run(setup: &Setup) -> Report {
    let redis = RedisServer::start();
    redis.command(&["CONFIG", "SET", "maxmemory", "16mb"]);
    redis.command(&["CONFIG", "SET", "maxmemory-policy", "noeviction"]);
    let url = redis.url();
    let settings = [("MINSU_CACHE__URL", url.as_str()), ("MINSU_CACHE__PAGE_SHARED_BYTES", "4194304")];
    let site = Site::start(setup, &production(&settings)).await;
    let flood = Duration::from_secs(setup.effort.of(5, 600));
    let mut report = Report::of("Pages: ever new ones, in the Redis of the sessions");
    let mobile = "13800000000";
    Visitor::from(&site, Ipv4Addr::new(192, 0, 2, 1).into()).register(mobile).await.ok();

    let begun = Instant::now();
    let (mut asked, mut logins, mut failed) = (0u32, 0usize, 0usize);
    while begun.elapsed() < flood {
        let attacker = Visitor::from(&site, Ipv4Addr::new(203, 0, 113, (asked % 250) as u8).into());
        for _ in 0..20 {
            // Days that can be booked, each with another area and order.
            let (first, days, area) = (1 + asked % 300, asked / 300 % 14, 1 + asked % 16);
            let day = |ahead: u32| {
                let day = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs() / 86_400 + u64::from(ahead);
                date(day)
            };
            let path = format!("/api/v1.0/houses?aid={area}&sd={}&ed={}&p=1", day(first), day(first + days));
            attacker.get(&path).await;
            // Asked for again, when it is no longer in the process.
            if asked % 3 == 0 {
                attacker.get(&path).await;
            }
            asked += 1;
        }
        // Elsewhere each time: one address is shown sixty captchas a minute.
        let owner = Visitor::from(&site, Ipv4Addr::new(198, 51, 100, (logins % 250) as u8).into());
        logins += 1;
        failed += usize::from(!owner.log_in(mobile, PASSWORD).await.is_ok());
        failed += usize::from(owner.captcha().await.is_none());
    }
    report.measured("pages asked for", f64::from(asked), "pages", Bound::Free);
    report.share("logins and captchas that failed", failed, logins, Bound::AtMost(0.0));
    report
}

/// A day since the epoch as `YYYY-MM-DD` (the civil-from-days algorithm of Howard Hinnant).
fn date(day: u64) -> String {
    let z = day + 719_468;
    let (era, of_era) = (z / 146_097, z % 146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    format!("{year}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::date;

    #[test]
    fn days_are_dates() {
        assert_eq!([date(0), date(59), date(20_783)], ["1970-01-01", "1970-03-01", "2026-11-26"]);
        assert_eq!(date(19_782), "2024-02-29");
    }
}
