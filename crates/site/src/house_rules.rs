//! What a guest should know of the rules of a house.

use minsu_domain::{HouseRules, Weekdays};
use minsu_web::language::Language;

use crate::{calendar, format, host, language::say};

/// A rule in words.
#[derive(Debug, PartialEq, Eq)]
pub struct Fact {
    pub name: &'static str,
    pub text: String,
}

/// The rules that matter to guests; what costs nothing and limits nothing is left out. How many days ahead a stay can
/// begin shows in the calendar.
pub fn facts(language: Language, rules: &HouseRules) -> Vec<Fact> {
    let fact = |chinese, english, text: String| Fact { name: say(language, chinese, english), text };
    let percent = |points: u16| format!("{}%", f64::from(points) / 100.0);
    let mut facts = vec![];
    if rules.arrival_days != Weekdays::ALL {
        facts.push(fact("可入住", "Arrivals on", names(language, rules.arrival_days)));
    }
    if rules.departure_days != Weekdays::ALL {
        facts.push(fact("可离店", "Departures on", names(language, rules.departure_days)));
    }
    if rules.cleaning_fee.fen() > 0 {
        facts.push(fact("清洁费", "Cleaning fee", format::money(rules.cleaning_fee)));
    }
    if rules.extra_guest_fee.fen() > 0 {
        let (fee, included) = (format::money(rules.extra_guest_fee), rules.guests_included);
        let text = match language {
            Language::Chinese => format!("{fee} / 人 / 天，{included} 人以内不收"),
            Language::English => format!("{fee} a day for each beyond {included}"),
        };
        facts.push(fact("加人费", "Further guests", text));
    }
    for (days, discount) in [(HouseRules::WEEK, rules.weekly_discount), (HouseRules::MONTH, rules.monthly_discount)] {
        if discount.get() > 0 {
            let text = match language {
                Language::Chinese => format!("{days} 天以上减 {}", percent(discount.get())),
                Language::English => format!("{} off from {days} days on", percent(discount.get())),
            };
            facts.push(fact("连住优惠", "Discount", text));
        }
    }
    if rules.instant {
        facts.push(fact("即时预订", "Instant booking", say(language, "订单无需确认", "no answer needed").to_owned()));
    }
    facts.push(fact("取消政策", "Cancellation", host::rules::policy(language, rules.cancellation).to_owned()));
    facts
}

/// Weekdays by their short names.
pub fn names(language: Language, days: Weekdays) -> String {
    let all = calendar::weekdays(language);
    let short = days.numbers().filter_map(|number| all.get(usize::from(number) - 1));
    short.map(|(short, _)| *short).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use minsu_domain::RulesDraft;

    #[test]
    fn a_house_without_rules_has_its_policy_alone() {
        let plain = facts(Language::English, &HouseRules::default());
        assert_eq!(plain.len(), 1);
        let draft = RulesDraft {
            arrival_days: Some(vec![6, 7]),
            departure_days: Some(vec![1]),
            cleaning_fee: 5000,
            guests_included: 2,
            extra_guest_fee: 3000,
            weekly_discount: 1000,
            monthly_discount: 2550,
            instant: true,
            ..RulesDraft::default()
        };
        let known = facts(Language::English, &HouseRules::of(&draft).unwrap());
        let texts: Vec<_> = known.iter().map(|fact| fact.text.as_str()).collect();
        let expected = [
            "Sa Su",
            "Mo",
            "¥50",
            "¥30 a day for each beyond 2",
            "10% off from 7 days on",
            "25.5% off from 28 days on",
        ];
        assert_eq!(texts[..6], expected);
        assert_eq!(texts.len(), 8);
    }
}
