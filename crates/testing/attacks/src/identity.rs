//! Identities: reading the number in an open session, taking an account by its mobile that was given out again, one
//! number for many accounts, passwords and names that invite.

use serde_json::json;

use crate::{Bound, PASSWORD, Report, Setup, Site, Visitor, identity_number};

const VICTIM: &str = "13900000001";

/// The attacks of an afternoon with the settings of production.
///
/// # Panics
/// When the site does not serve its honest visitors.
pub async fn run(setup: &Setup) -> Report {
    let settings = [
        ("MINSU_IDENTITY__ACCOUNTS_PER_NUMBER", "1"),
        ("MINSU_LIMITS__SMS_PER_MOBILE_MINUTE", "0"),
        ("MINSU_LIMITS__SMS_PER_MOBILE_HOUR", "0"),
        ("MINSU_LIMITS__SMS_PER_MOBILE_DAY", "0"),
    ];
    let site = Site::start(setup, &settings).await;
    let mut report = Report::of("Identities");
    let number = identity_number(7);
    let victim = Visitor::from(&site, "192.0.2.1".parse().unwrap());
    victim.register(VICTIM).await.ok();
    victim.verify(&number).await.ok();

    let mut shown = 0;
    for path in ["/api/v1.0/user/auth", "/api/profile/auth", "/api/v1.0/user/export"] {
        let answer = victim.get(path).await;
        assert!(answer.is_ok(), "{path}: {}", answer.json);
        shown += usize::from(answer.json.to_string().contains(&number[6..14]));
    }
    report.measured("calls of an open session that show the whole number", shown as f64, "", Bound::AtMost(0.0));

    let next_owner = Visitor::from(&site, "198.51.100.1".parse().unwrap());
    let guesses = setup.effort.of(20, 200);
    let mut opened = 0;
    for guess in 0..guesses {
        next_owner.ask_for_code("password", VICTIM).await;
        let code = next_owner.code(VICTIM).unwrap_or_default();
        let mut body = json!({"mobile": VICTIM, "sms_code": code, "password": "taken over"});
        if guess > 0 {
            body["id_last4"] = json!(format!("{:04}", guess * 37 % 10_000));
        }
        opened += usize::from(next_owner.post("/api/v1.0/user/password/reset", &body).await.is_ok());
    }
    report.share("resets by the next owner of the mobile", opened, guesses, Bound::AtMost(1.0));
    report.holds("the victim still logs in", victim.log_in(VICTIM, PASSWORD).await.is_ok());

    let mut verified = 0;
    for account in 2..7_u32 {
        let other = Visitor::from(&site, format!("203.0.113.{account}").parse().unwrap());
        other.register(&format!("1390000000{account}")).await.ok();
        verified += usize::from(other.verify(&number).await.is_ok());
        if account == 2 {
            names(&other, &mut report).await;
        }
    }
    report.measured("further accounts with the same number", f64::from(verified as u8), "", Bound::AtMost(0.0));

    let mobile = "13900000077";
    next_owner.ask_for_code("register", mobile).await;
    let body = json!({"mobile": mobile, "sms_code": next_owner.code(mobile), "password": mobile});
    report.holds("the mobile is no password", next_owner.post("/api/v1.0/users", &body).await.code() == "4103");
    report
}

/// Names that look like another one, or like the site's own.
async fn names(visitor: &Visitor, report: &mut Report) {
    visitor.put("/api/v1.0/user/name", &json!({"name": "Paypal"})).await.ok();
    let other = Visitor::clone(visitor);
    let taken = ["Admin", "\u{430}dmin", "ADMIN 1", "官方客服", "Min\u{200b}su"];
    let mut got = 0;
    for name in taken {
        got += usize::from(other.put("/api/v1.0/user/name", &json!({"name": name})).await.is_ok());
    }
    report.share("reserved names that were given", got, taken.len(), Bound::AtMost(0.0));
}
