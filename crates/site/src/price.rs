//! What a stay costs, in lines that add up.

use minsu_domain::{Quote, QuoteLine, QuoteLineKind};
use minsu_web::language::Language;

use crate::{format, language::say};

/// A line of a price.
pub struct Line {
    /// What it is for.
    pub words: String,
    pub amount: String,
}

/// What a stay costs.
pub struct Price {
    /// The lines, of which each day has one.
    pub lines: Vec<Line>,
    /// How many days are charged.
    pub days: String,
    pub total: String,
    /// In 分, as the form gives it back.
    pub fen: i64,
}

impl Price {
    /// Of a quote.
    pub fn new(language: Language, quote: &Quote) -> Self {
        let runs = quote.lines().iter().filter(|line| line.kind() == QuoteLineKind::Days).count();
        let line =
            |line: &QuoteLine| Line { words: words(language, line, runs > 1), amount: format::signed(line.amount()) };
        Self {
            lines: quote.lines().iter().map(line).collect(),
            days: format::days(language, quote.days()),
            total: format::money(quote.total()),
            fen: quote.total().fen(),
        }
    }
}

/// What a line is for; `dated` names the dates of days, which matters where they have several prices.
fn words(language: Language, line: &QuoteLine, dated: bool) -> String {
    let unit = format::signed(line.unit_price());
    match line.kind() {
        QuoteLineKind::Days => {
            let dates = if !dated {
                String::new()
            } else if line.first() == line.last() {
                format!("{} · ", line.first())
            } else {
                format!("{} – {} · ", line.first(), line.last())
            };
            format!("{dates}{unit} × {}", format::days(language, line.quantity()))
        }
        QuoteLineKind::Discount => say(language, "连住优惠", "Discount for the length").to_owned(),
        QuoteLineKind::Cleaning => say(language, "清洁费", "Cleaning fee").to_owned(),
        QuoteLineKind::ExtraGuests => {
            let name = say(language, "加人费", "Further guests");
            format!("{name} · {unit} × {}", line.quantity())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use minsu_domain::{Money, Stay, StayRule, parse_day};

    #[test]
    fn every_line_says_what_it_is_for() {
        let day = |text| parse_day(text).unwrap();
        let fen = |fen| Money::from_fen(fen).unwrap();
        let stay = Stay::new(day("2026-12-01"), day("2026-12-03"), StayRule::Days).unwrap();
        let quote = Quote::of_lines(vec![
            QuoteLine::days(day("2026-12-01"), 2, fen(10_000)).unwrap(),
            QuoteLine::days(day("2026-12-03"), 1, fen(25_000)).unwrap(),
            QuoteLine::discount(&stay, fen(4500)),
            QuoteLine::fee(QuoteLineKind::Cleaning, &stay, 1, fen(3000)).unwrap(),
            QuoteLine::fee(QuoteLineKind::ExtraGuests, &stay, 3, fen(700)).unwrap(),
        ])
        .unwrap();
        let price = Price::new(Language::English, &quote);
        let lines: Vec<_> = price.lines.iter().map(|line| (line.words.as_str(), line.amount.as_str())).collect();
        let expected = [
            ("2026-12-01 – 2026-12-02 · ¥100 × 2 days", "¥200"),
            ("2026-12-03 · ¥250 × 1 day", "¥250"),
            ("Discount for the length", "−¥45"),
            ("Cleaning fee", "¥30"),
            ("Further guests · ¥7 × 3", "¥21"),
        ];
        assert_eq!(lines, expected);
        assert_eq!((price.total.as_str(), price.fen, price.days.as_str()), ("¥456", 45_600, "3 days"));
        let plain = Quote::at_one_price(&stay, fen(10_000)).unwrap();
        assert_eq!(Price::new(Language::Chinese, &plain).lines[0].words, "¥100 × 3 天");
    }
}
