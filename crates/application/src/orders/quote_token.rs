//! Tokens of quotes: a price that the site keeps for a quarter of an hour, signed and given to the guest. Nothing is
//! stored.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, Duration, NaiveDate, Utc};
use minsu_domain::{Quote, QuoteLine, QuoteLineKind, SignedMoney, Stay, format_day};

use super::stay_to_book::StayToBook;
use crate::{App, OrderError};

/// Separates signatures of quotes from those of anything else.
const PURPOSE: &str = "quote";
/// Bytes of the signature.
const SIGNED: usize = 32;
/// The longest token that is read, in bytes: a stay of the site with a price of its own for each day fits.
const LONGEST: usize = 64 * 1024;

/// How long a quote is valid.
pub(super) fn valid_until(now: DateTime<Utc>) -> DateTime<Utc> {
    // Whole seconds, as the token has it.
    DateTime::from_timestamp(now.timestamp(), 0).unwrap_or(now) + Duration::minutes(15)
}

/// Makes a token of what a stay costs: `instant|house|start|end|guests|lines`.
pub(super) fn sealed(app: &App, asked: &StayToBook, quote: &Quote, until: DateTime<Utc>) -> String {
    let line = |line: &QuoteLine| format!("{}*{}*{}", letter(line.kind()), line.quantity(), line.unit_price().fen());
    let lines: Vec<_> = quote.lines().iter().map(line).collect();
    let text = format!("{}|{}|{}", until.timestamp(), place(asked), lines.join(","));
    let signature = app.signer.sign(PURPOSE, text.as_bytes());
    BASE64_URL_SAFE_NO_PAD.encode([&signature[..], text.as_bytes()].concat())
}

/// The price that a token of this site keeps for this stay.
///
/// # Errors
/// [`OrderError::QuoteExpired`] for one that is over or was not made here, [`OrderError::QuoteMismatch`] for one of
/// another listing, of other days or for other guests.
pub(super) fn opened(app: &App, token: &str, asked: &StayToBook, stay: &Stay) -> Result<Quote, OrderError> {
    let text = signed(app, token).ok_or(OrderError::QuoteExpired)?;
    let (until, rest) = text.split_once('|').ok_or(OrderError::QuoteExpired)?;
    let until = until.parse::<i64>().map_err(|_| OrderError::QuoteExpired)?;
    if app.clock.now().timestamp() >= until {
        return Err(OrderError::QuoteExpired);
    }
    let (of, lines) = rest.rsplit_once('|').ok_or(OrderError::QuoteExpired)?;
    if of != place(asked) {
        return Err(OrderError::QuoteMismatch);
    }
    // The site's stay rule may be another one by now.
    let quote = read(lines, stay).filter(|quote| quote.days() == stay.days());
    quote.ok_or(OrderError::QuoteMismatch)
}

fn signed(app: &App, token: &str) -> Option<String> {
    if token.len() > LONGEST {
        return None;
    }
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(token).ok()?;
    let (signature, text) = bytes.split_at_checked(SIGNED)?;
    if !app.signer.verify(PURPOSE, text, signature) {
        return None;
    }
    String::from_utf8(text.to_vec()).ok()
}

/// What the quote is for.
fn place(asked: &StayToBook) -> String {
    let StayToBook { house, start, end, guests } = asked;
    format!("{house}|{}|{}|{guests}", format_day(*start), format_day(*end))
}

fn read(lines: &str, stay: &Stay) -> Option<Quote> {
    let mut next = stay.start();
    let mut read = vec![];
    for line in lines.split(',') {
        let mut parts = line.split('*');
        let kind = of_letter(parts.next()?)?;
        let quantity: u32 = parts.next()?.parse().ok()?;
        let unit_price = SignedMoney::from_fen(parts.next()?.parse().ok()?).ok()?;
        let days: (NaiveDate, NaiveDate) = match kind {
            QuoteLineKind::Days => {
                let more = chrono::Days::new(u64::from(quantity.checked_sub(1)?));
                (next, next.checked_add_days(more)?)
            }
            QuoteLineKind::Discount | QuoteLineKind::Cleaning | QuoteLineKind::ExtraGuests => {
                (stay.start(), stay.last())
            }
        };
        if kind == QuoteLineKind::Days {
            next = days.1.succ_opt()?;
        }
        read.push(QuoteLine::new(kind, days, quantity, unit_price).ok()?);
    }
    Quote::of_lines(read).ok()
}

const fn letter(kind: QuoteLineKind) -> &'static str {
    match kind {
        QuoteLineKind::Days => "d",
        QuoteLineKind::Discount => "o",
        QuoteLineKind::Cleaning => "c",
        QuoteLineKind::ExtraGuests => "g",
    }
}

fn of_letter(text: &str) -> Option<QuoteLineKind> {
    QuoteLineKind::ALL.into_iter().find(|kind| letter(*kind) == text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::{TestApp, now};
    use minsu_domain::{HouseId, Money, StayRule, parse_day};
    use minsu_ports::testkit::MockSigner;

    fn day(text: &str) -> NaiveDate {
        parse_day(text).unwrap()
    }

    fn asked() -> StayToBook {
        StayToBook { house: HouseId::new(7).unwrap(), start: day("2026-12-01"), end: day("2026-12-03"), guests: 2 }
    }

    fn stay() -> Stay {
        Stay::new(asked().start, asked().end, StayRule::Days).unwrap()
    }

    fn quote() -> Quote {
        let fen = |fen| Money::from_fen(fen).unwrap();
        let lines = vec![
            QuoteLine::days(day("2026-12-01"), 2, fen(100)).unwrap(),
            QuoteLine::days(day("2026-12-03"), 1, fen(250)).unwrap(),
            QuoteLine::discount(&stay(), fen(45)),
            QuoteLine::fee(QuoteLineKind::Cleaning, &stay(), 1, fen(30)).unwrap(),
            QuoteLine::fee(QuoteLineKind::ExtraGuests, &stay(), 3, fen(7)).unwrap(),
        ];
        Quote::of_lines(lines).unwrap()
    }

    /// A signature is the length of the text, everywhere.
    fn app() -> App {
        let mut signer = MockSigner::new();
        signer.expect_sign().returning(|_, text| [u8::try_from(text.len() % 251).unwrap(); 32]);
        signer.expect_verify().returning(|purpose, text, signature| {
            purpose == PURPOSE && *signature == [u8::try_from(text.len() % 251).unwrap(); 32]
        });
        let mut app = TestApp::default().build();
        app.signer = std::sync::Arc::new(signer);
        app
    }

    #[test]
    fn a_token_keeps_its_price_for_its_stay_alone() {
        let app = app();
        let token = sealed(&app, &asked(), &quote(), valid_until(now()));
        assert_eq!(opened(&app, &token, &asked(), &stay()).unwrap(), quote());
        for other in [
            StayToBook { house: HouseId::new(8).unwrap(), ..asked() },
            StayToBook { start: day("2026-12-02"), ..asked() },
            StayToBook { end: day("2026-12-04"), ..asked() },
            StayToBook { guests: 3, ..asked() },
        ] {
            assert!(matches!(opened(&app, &token, &other, &stay()), Err(OrderError::QuoteMismatch)));
        }
        let nights = Stay::new(asked().start, asked().end, StayRule::Nights).unwrap();
        assert!(matches!(opened(&app, &token, &asked(), &nights), Err(OrderError::QuoteMismatch)));
    }

    #[test]
    fn a_token_that_is_over_or_was_made_elsewhere_is_none() {
        let app = app();
        let over = sealed(&app, &asked(), &quote(), now());
        assert!(matches!(opened(&app, &over, &asked(), &stay()), Err(OrderError::QuoteExpired)));
        let token = sealed(&app, &asked(), &quote(), valid_until(now()));
        for bad in ["", "x", &token[2..], &format!("{token}AAAA"), &"A".repeat(70_000)] {
            assert!(matches!(opened(&app, bad, &asked(), &stay()), Err(OrderError::QuoteExpired)), "{bad:.20}");
        }
    }
}
