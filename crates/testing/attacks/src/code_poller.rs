//! A machine tries one code a second against a mobile: it killed every code, and knew when one was on its way.

use std::{collections::HashSet, net::Ipv4Addr, time::Duration};

use serde_json::json;
use tokio::time::sleep;

use crate::{Bound, PASSWORD, Report, Setup, Site, Visitor, production::production};

/// Of the owners' codes at least 95 % must work, and the answers to the machine must all be one.
pub async fn run(setup: &Setup) -> Report {
    let site = Site::start(setup, &production(&[])).await;
    let (owners, polls, pause) = setup.effort.of((3, 8, 10), (8, 60, 1_000));
    let mut report = Report::of("A machine tries codes against a mobile");
    let poller = Visitor::from(&site, Ipv4Addr::new(203, 0, 113, 1).into());

    let (mut worked, mut answers) = (0, HashSet::new());
    for number in 0..owners {
        let mobile = format!("138{number:08}");
        let body = |code: &str| json!({"mobile": mobile, "sms_code": code, "password": PASSWORD});
        let owner = Visitor::from(&site, Ipv4Addr::new(198, 51, number, 1).into());
        answers.insert(poller.post("/api/v1.0/users", &body("000000")).await.bytes);
        owner.ask_for_code("register", &mobile).await.ok();
        for _ in 0..polls {
            answers.insert(poller.post("/api/v1.0/users", &body("000000")).await.bytes);
            sleep(Duration::from_millis(pause)).await;
        }
        let code = site_code(&owner, &mobile);
        worked += usize::from(owner.post("/api/v1.0/users", &body(&code)).await.is_ok());
    }
    report.share("codes that work for their owners", worked, owners.into(), Bound::AtLeast(95.0));
    report.measured("different answers to the machine", answers.len() as f64, "answers", Bound::AtMost(1.0));
    report
}

fn site_code(owner: &Visitor, mobile: &str) -> String {
    owner.code(mobile).unwrap_or_default()
}
