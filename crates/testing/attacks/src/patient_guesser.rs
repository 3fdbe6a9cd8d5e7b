//! A guesser of one password with many addresses that waits for the end of every delay.

use serde_json::json;

use crate::{Bound, PASSWORD, Report, Setup, Site, Visitor};

const VICTIM: &str = "13900000001";

/// The guesses of a day, without the hours between them: the site has no delays, so each guess is one that every
/// delay would have let through.
///
/// # Panics
/// When the site does not serve its honest visitors.
pub async fn run(setup: &Setup) -> Report {
    let settings = [("MINSU_LIMITS__LOGIN_FAILURES", "0"), ("MINSU_LIMITS__SMS_PER_MOBILE_MINUTE", "0")];
    let site = Site::start(setup, &settings).await;
    let mut report = Report::of("A patient guesser");
    let owner = Visitor::from(&site, "192.0.2.1".parse().unwrap());
    owner.register(VICTIM).await.ok();
    let guesses = setup.effort.of(40, 200);
    let mut compared = 0;
    for guess in 0..guesses {
        let address = format!("198.51.{}.{}", guess / 250, 1 + guess % 250);
        let attacker = Visitor::from(&site, address.parse().unwrap());
        let answer = attacker.log_in(VICTIM, &format!("guess number {guess}")).await;
        assert!(["4004", "4201"].contains(&answer.code().as_str()), "{} {}", answer.status, answer.json);
        compared += usize::from(answer.code() == "4004");
        // A login of the owner gives the guesser nothing back.
        if guess % 10 == 5 {
            owner.log_in(VICTIM, PASSWORD).await.ok();
        }
    }
    report.share("guesses of a day that were compared", compared, guesses, Bound::Free);
    report.measured("guesses of a day that were compared", compared as f64, "guesses", Bound::AtMost(15.0));
    report.holds("the owner logs in from a known address", owner.log_in(VICTIM, PASSWORD).await.is_ok());
    let away = Visitor::from(&site, "203.0.113.9".parse().unwrap());
    report.holds("not from a new one", !away.log_in(VICTIM, PASSWORD).await.is_ok());
    away.ask_for_code("password", VICTIM).await.ok();
    let body = json!({"mobile": VICTIM, "sms_code": away.code(VICTIM), "password": "another untold secret"});
    report.holds("where a code by SMS helps", away.post("/api/v1.0/user/password/reset", &body).await.is_ok());
    report.holds("and makes it a known one", away.log_in(VICTIM, "another untold secret").await.is_ok());
    report
}
