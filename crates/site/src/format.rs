//! How values are written on pages.

use chrono::NaiveDate;
use minsu_domain::{CancellationPreset, ChangedBy, Money, OrderStatus, SignedMoney};
use minsu_web::language::Language;

use crate::language::say;

/// An amount in 元: `¥1,299` or `¥199.90`.
pub fn money(money: Money) -> String {
    let (yuan, fen) = (money.fen() / 100, money.fen() % 100);
    let digits = yuan.to_string();
    let mut grouped = String::new();
    for (place, digit) in digits.char_indices() {
        if place > 0 && (digits.len() - place) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    if fen == 0 { format!("¥{grouped}") } else { format!("¥{grouped}.{fen:02}") }
}

/// An amount that may be below zero: `−¥45`.
pub fn signed(amount: SignedMoney) -> String {
    let size = Money::from_fen(amount.fen().abs()).map(money).unwrap_or_default();
    if amount.fen() < 0 { format!("−{size}") } else { size }
}

/// An amount in 元 as forms take it: `199.9` is `199.90`, `199` stays.
pub fn yuan(money: Money) -> String {
    let (yuan, fen) = (money.fen() / 100, money.fen() % 100);
    if fen == 0 { yuan.to_string() } else { format!("{yuan}.{fen:02}") }
}

/// A number of days.
pub fn days(language: Language, days: u32) -> String {
    match language {
        Language::Chinese => format!("{days} 天"),
        Language::English if days == 1 => "1 day".to_owned(),
        Language::English => format!("{days} days"),
    }
}

/// A month: `2026年12月`, `December 2026`.
pub fn month(language: Language, first: NaiveDate) -> String {
    match language {
        Language::Chinese => first.format("%Y年%-m月").to_string(),
        Language::English => first.format("%B %Y").to_string(),
    }
}

/// The state of an order, and the class of its label.
pub const fn status(language: Language, status: OrderStatus) -> (&'static str, &'static str) {
    match status {
        OrderStatus::WaitAccept => (say(language, "待接单", "Waiting for the landlord"), "waiting"),
        OrderStatus::WaitPayment => (say(language, "待支付", "Waiting for payment"), "waiting"),
        OrderStatus::Paid => (say(language, "已支付", "Paid"), "good"),
        OrderStatus::WaitComment => (say(language, "已接单，待评价", "Accepted"), "good"),
        OrderStatus::Complete => (say(language, "已完成", "Completed"), "over"),
        OrderStatus::Canceled => (say(language, "已取消", "Cancelled"), "over"),
        OrderStatus::Rejected => (say(language, "已拒单", "Rejected"), "bad"),
    }
}

/// A cancellation policy in a sentence.
pub const fn policy(language: Language, preset: CancellationPreset) -> &'static str {
    match preset {
        CancellationPreset::Flexible => {
            say(language, "灵活：入住前 24 小时可全额退款", "Flexible: all back until 24 hours before")
        }
        CancellationPreset::Moderate => say(
            language,
            "适中：入住前 5 天可全额退款，之后退一半",
            "Moderate: all back until 5 days before, then half",
        ),
        CancellationPreset::Strict => {
            say(language, "严格：入住前 7 天退一半，之后不退", "Strict: half back until 7 days before, then nothing")
        }
    }
}

/// Who changed an order.
pub const fn changed_by(language: Language, by: ChangedBy) -> &'static str {
    match by {
        ChangedBy::Guest => say(language, "房客", "Guest"),
        ChangedBy::Landlord => say(language, "房东", "Landlord"),
        ChangedBy::Site => say(language, "本站", "The site"),
        ChangedBy::Clock => say(language, "到期自动", "A deadline"),
        ChangedBy::Payment => say(language, "付款", "A payment"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_in_yuan() {
        for (fen, shown, typed) in [
            (0, "¥0", "0"),
            (5, "¥0.05", "0.05"),
            (19_990, "¥199.90", "199.90"),
            (100_000, "¥1,000", "1000"),
            (123_456_789, "¥1,234,567.89", "1234567.89"),
        ] {
            let amount = Money::from_fen(fen).unwrap();
            assert_eq!((money(amount), yuan(amount)), (shown.to_owned(), typed.to_owned()));
            assert_eq!(Money::from_yuan_text(&yuan(amount)), Ok(amount));
        }
    }

    #[test]
    fn months_are_named() {
        let first = NaiveDate::from_ymd_opt(2026, 3, 1).unwrap();
        assert_eq!(month(Language::Chinese, first), "2026年3月");
        assert_eq!(month(Language::English, first), "March 2026");
        assert_eq!(days(Language::English, 1), "1 day");
    }
}
