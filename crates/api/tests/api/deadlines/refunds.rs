//! The refunds of every preset at the moments around its borders, as `docs/explanation/refunds.md` has them: computed
//! by the use case, in the time zone of the site, also over a change to summer time.

use std::fmt::Write as _;

use chrono::{DateTime, Days, NaiveDate, SecondsFormat, TimeDelta, Utc};
use chrono_tz::Tz;
use minsu_application::orders::{self, AgreedPrice, CancellationPreview, Decision, PlaceOrder, StayToBook};
use minsu_domain::{CancellationPreset, HouseId, Means, OccupantList, OrderId, Principal, Role, UserId};
use minsu_ports::Clock as _;
use reqwest::Method;
use serde_json::json;

use super::site::Site;
use crate::{
    docs::{compare, generated},
    support::Client,
};

const PAGE: &str = "docs/explanation/refunds.md";

/// The first of January 2027, 10 o'clock in UTC: the order is accepted then.
const BEGUN: i64 = 1_798_797_600;

/// Around each border: the moments before it, itself, and behind it, in seconds.
const AROUND: [i64; 5] = [-3600, -1, 0, 1, 3600];

/// An order of four days, and the site that it is on.
struct Sample {
    zone: Tz,
    start: NaiveDate,
    about: &'static str,
}

fn samples() -> [Sample; 2] {
    let day = |month, day| NaiveDate::from_ymd_opt(2027, month, day).unwrap();
    [
        Sample { zone: chrono_tz::Asia::Shanghai, start: day(3, 10), about: "There is no summer time." },
        Sample {
            zone: chrono_tz::Europe::Berlin,
            start: day(3, 28),
            about: "The clocks go forward in the night before the first day, from 2 to 3 o'clock: 24 hours before \
                    14:00 it is 13:00.",
        },
    ]
}

/// The instants at which a refund may shrink, by name, in their order.
fn borders(
    sample: &Sample,
    preset: CancellationPreset,
    confirmed: DateTime<Utc>,
) -> [(&'static str, DateTime<Utc>); 6] {
    let begin = |after: u64| {
        let day = sample.start + Days::new(after);
        let local = day.and_hms_opt(14, 0, 0).unwrap().and_local_timezone(sample.zone).unwrap();
        local.to_utc()
    };
    let (name, hours) = match preset {
        CancellationPreset::Flexible => ("24 hours before", 24),
        CancellationPreset::Moderate => ("5 days before", 5 * 24),
        CancellationPreset::Strict => ("7 days before", 7 * 24),
    };
    [
        ("a day after the confirmation", confirmed + TimeDelta::hours(24)),
        (name, begin(0) - TimeDelta::hours(hours)),
        ("the first day begins", begin(0)),
        ("the second day begins", begin(1)),
        ("the third day begins", begin(2)),
        ("the last day begins", begin(3)),
    ]
}

/// A site with a house of 100 元 a day, its last day dearer, with a weekly discount that does not apply, a cleaning fee and
/// an extra guest.
async fn site(sample: &Sample, folder: &std::path::Path) -> (Site, [Principal; 2]) {
    let zone = sample.zone;
    let name = zone.name().replace('/', "-");
    let url = format!("sqlite://{}/{name}.sqlite3", folder.display());
    let site = Site::at(&url, BEGUN, |policy| policy.time_zone = zone).await;
    let me = async |client: &Client| client.get("/api/v2/me").await.done(200)["id"].as_i64().unwrap();
    let parties = [me(&site.world.guest).await, me(&site.world.landlord).await].map(|id| Principal {
        user: UserId::new(id).unwrap(),
        role: Role::User,
        means: Means::Session { confirmed: true },
    });
    let listing = format!("/api/v2/listings/{}", site.world.house);
    let version = site.world.landlord.get(&listing).await.version();
    site.world.landlord.patch(&listing, &json!({"price": 10_000}), &version).await.done(200);
    let last = sample.start + Days::new(3);
    put(&site, "schedule", &json!({"changes": [{"from": last, "to": last, "price": 20_001}]})).await;
    (site, parties)
}

async fn put(site: &Site, what: &str, body: &serde_json::Value) {
    let (landlord, path) = (&site.world.landlord, format!("/api/v2/listings/{}", site.world.house));
    let version = landlord.get(&path).await.version();
    let request = landlord.request(Method::PUT, &format!("{path}/{what}")).header("if-match", version);
    landlord.send(request.json(body)).await.done(200);
}

/// An accepted order under this policy; the days are those of the order of the policy before, which is canceled.
async fn accepted(site: &Site, [guest, landlord]: [Principal; 2], start: NaiveDate) -> OrderId {
    let house = HouseId::new(site.world.house).unwrap();
    let stay = StayToBook { house, start, end: start + Days::new(3), guests: 2 };
    let occupants = OccupantList::default();
    let command = PlaceOrder { stay, price: AgreedPrice::Rules, total: None, occupants };
    let id = orders::place(&site.app, guest, &command).await.unwrap();
    orders::decide(&site.app, landlord, id, &Decision::Accept { despite_conflict: false }).await.unwrap();
    id
}

/// The rows of a preset: each border with the moments around it.
async fn rows(site: &Site, sample: &Sample, preset: CancellationPreset, parties: [Principal; 2]) -> String {
    put(
        site,
        "rules",
        &json!({
            "cancellation": preset.name(), "cleaning_fee": 5_000, "guests_included": 1, "extra_guest_fee": 1_000,
        }),
    )
    .await;
    let confirmed = site.clock.now();
    let id = accepted(site, parties, sample.start).await;
    let mut text = String::from("| border | moment | refunded | kept |\n|---|---|---|---|\n");
    let mut before = i64::MAX;
    for (name, border) in borders(sample, preset, confirmed) {
        for seconds in AROUND {
            let at = border + TimeDelta::seconds(seconds);
            site.clock.forward(at - site.clock.now());
            let local = at.with_timezone(&sample.zone).to_rfc3339_opts(SecondsFormat::Secs, false);
            // From the beginning of the last day on nothing can be canceled any more.
            let told = match orders::preview_cancellation(&site.app, parties[0], id).await {
                Ok(CancellationPreview { refunded, kept, .. }) => {
                    assert!(refunded.fen() <= before, "a refund grows at {local}");
                    before = refunded.fen();
                    assert_eq!(refunded.fen() + kept.fen(), 50_001 + 5_000 + 4_000, "{local}");
                    format!("{} | {}", refunded.fen(), kept.fen())
                }
                Err(_) => "too late | ".to_owned(),
            };
            writeln!(text, "| {} | {local} | {told} |", if seconds == 0 { name } else { "" }).unwrap();
        }
    }
    // Back, and free for the next policy.
    site.clock.forward(confirmed - site.clock.now());
    orders::cancel(&site.app, parties[1], id, None).await.unwrap();
    text
}

#[tokio::test]
async fn refunds_page() {
    let folder = tempfile::tempdir().unwrap();
    let mut text = format!(
        "{}\n# Refunds, moment by moment\n\nAn order of four days from its check-in at 14:00: three of 10000 分 and the \
         last of 20001, a cleaning fee of 5000 and an extra guest for 1000 a day; 59001 分 in all. The landlord accepted it \
         on the first of January. Each table has, for each instant at which a refund may shrink, the moments an hour and a second \
         before it, itself, and a second and an hour behind it, in the time zone of the site. [Booking](booking.md) \
         says the rules.\n",
        generated("deadlines::refunds")
    );
    for sample in samples() {
        let (site, parties) = site(&sample, folder.path()).await;
        writeln!(text, "\n## {}\n\n{}", sample.zone, sample.about).unwrap();
        for preset in CancellationPreset::ALL {
            let rows = rows(&site, &sample, preset, parties).await;
            assert_eq!(rows.lines().count(), 32);
            writeln!(text, "\n### {} ({})\n\n{}", preset.name(), sample.zone, rows.trim_end()).unwrap();
        }
    }
    compare(PAGE, &text);
}
