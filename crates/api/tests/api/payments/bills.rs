//! The provider's bills, compared by the clock.

use chrono::{Days, TimeDelta};
use minsu_ports::{Clock as _, Job};
use serde_json::json;

use super::site::{Paying, with_every_provider};

/// A payment that no message told of is on the bill and not here, until it is asked for; then the same bill agrees.
async fn a_bill_differs_until_the_lost_message_is_made_up_for(url: &str, kind: &str) {
    let site = Paying::with(url, kind).await;
    site.paid().await;
    let order = site.accepted().await;
    let started = site.start(order).await;
    site.pay(&started);
    let known = async || {
        let since = site.clock.now().date_naive() - Days::new(10);
        site.app.store.read_own().await.unwrap().payments().count_differences(since).await.unwrap()
    };
    // A bill is complete some time after its day, and compared every six hours.
    let mut steps = 0;
    while site.work(Job::CompareBills).await == 0 {
        assert_eq!(known().await, 0, "{kind}");
        site.clock.forward(TimeDelta::hours(6));
        steps += 1;
        assert!(steps < 12, "{kind}: it is not found");
    }
    assert!(steps > 1, "{kind}: before the bill is complete");
    assert_eq!(known().await, 1, "{kind}");
    assert_eq!(site.work(Job::SettlePayments).await, 1, "{kind}");
    site.clock.forward(TimeDelta::hours(6));
    assert_eq!((site.work(Job::CompareBills).await, known().await), (0, 0), "{kind}");
    assert_eq!(site.order(order).await["payments"][0]["state"], json!("paid"), "{kind}");
    site.demand_agreement().await;
}

with_every_provider!(a_bill_differs_until_the_lost_message_is_made_up_for);
