//! One network with a reader of captchas asks for as many codes as it can: the SMS of a day were gone in 1.4
//! hours, and sign-up and reset refused every client.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::{Bound, Report, Setup, Site, Visitor, production::production};

/// An address of one /56.
fn of_the_customer(number: u128) -> IpAddr {
    let customer = Ipv6Addr::new(0x2001, 0xdb8, 1, 0xaa00, 0, 0, 0, 1).to_bits();
    Ipv6Addr::from_bits(customer | (number % 256) << 64).into()
}

fn elsewhere(number: u8) -> IpAddr {
    Ipv4Addr::new(198, 51, number, 1).into()
}

/// Full: 10,000 tries from one IPv6 /56. At least 90 % of honest sign-ups and all resets must work after it.
pub async fn run(setup: &Setup) -> Report {
    // Those who sign up here ask for a reset in the same minute.
    let site = Site::start(setup, &production(&[("MINSU_LIMITS__SMS_PER_MOBILE_MINUTE", "0")])).await;
    let (tries, honest) = setup.effort.of((40, 6), (10_000, 40));
    let mut report = Report::of("SMS: one IPv6 /56 asks for codes");

    let owner = Visitor::from(&site, elsewhere(250));
    owner.register("13700000000").await.ok();

    let mut sent = 0;
    for number in 0..tries {
        let attacker = Visitor::from(&site, of_the_customer(number));
        sent += usize::from(attacker.ask_for_code("register", &format!("139{number:08}")).await.is_ok());
    }
    report.measured("SMS sent for the attacker", sent as f64, "SMS", Bound::AtMost(20.0));

    let (mut signed_up, mut reset) = (0, 0);
    for number in 0..honest {
        let visitor = Visitor::from(&site, elsewhere(number));
        let mobile = format!("136{number:08}");
        signed_up += usize::from(visitor.register(&mobile).await.is_ok());
        // Half from the address that they are known from, half from another one.
        let asker = Visitor::from(&site, elsewhere(if number % 2 == 0 { number } else { 100 + number }));
        reset += usize::from(asker.ask_for_code("password", &mobile).await.is_ok());
    }
    report.share("honest sign-ups", signed_up, honest.into(), Bound::AtLeast(90.0));
    report.share("honest resets", reset, honest.into(), Bound::AtLeast(100.0));
    report.holds("a reset from a known address", owner.ask_for_code("password", "13700000000").await.is_ok());
    report
}
