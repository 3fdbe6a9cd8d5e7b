//! A client behind an address acts against the others behind it: calls with captchas that never were, wrong
//! logins.

use std::net::Ipv4Addr;

use serde_json::json;

use crate::{Bound, PASSWORD, Report, Setup, Site, Visitor, production::production};

/// Of the neighbours at least 95 % must sign up, reset their password and log in.
pub async fn run(setup: &Setup) -> Report {
    let site = Site::start(setup, &production(&[("MINSU_LIMITS__SMS_PER_MOBILE_MINUTE", "0")])).await;
    let (calls, honest) = setup.effort.of((60, 4), (2_000, 20));
    let home = Ipv4Addr::new(192, 0, 2, 7).into();
    let mut report = Report::of("A neighbour behind the same address");

    for number in 0..honest {
        let moved = Visitor::from(&site, Ipv4Addr::new(198, 51, 100, number).into());
        moved.register(&format!("137{number:08}")).await.ok();
    }
    let attacker = Visitor::from(&site, home);
    for number in 0..calls {
        let id = uuid::Uuid::new_v4();
        attacker.get(&format!("/api/v1.0/smscode/138{number:08}?text=abcd&id={id}")).await;
        attacker.get(&format!("/api/v1.0/imagecode/{id}/audio")).await;
    }
    for number in 0..20 {
        let wrong = json!({"mobile": format!("139{number:08}"), "password": "not the password"});
        attacker.post("/api/v1.0/sessions", &wrong).await;
    }
    let (mut signed_up, mut reset, mut logged_in) = (0, 0, 0);
    for number in 0..honest {
        let mobile = format!("136{number:08}");
        signed_up += usize::from(Visitor::from(&site, home).register(&mobile).await.is_ok());
        reset += usize::from(Visitor::from(&site, home).ask_for_code("password", &mobile).await.is_ok());
        let login = Visitor::from(&site, home).log_in(&format!("137{number:08}"), PASSWORD).await;
        logged_in += usize::from(login.is_ok());
    }
    report.share("sign-ups of neighbours", signed_up, honest.into(), Bound::AtLeast(95.0));
    report.share("resets of neighbours", reset, honest.into(), Bound::AtLeast(95.0));
    report.share("first logins of neighbours", logged_in, honest.into(), Bound::AtLeast(95.0));
    report
}
