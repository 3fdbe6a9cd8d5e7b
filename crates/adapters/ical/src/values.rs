//! Values of properties: dates, times, durations, offsets, texts. Strict: a value that is cut or has something behind
//! it is none.

use chrono::{Days, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};

/// A date or a time as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    Date(NaiveDate),
    /// In a zone that is named elsewhere.
    Local(NaiveDateTime),
    Utc(NaiveDateTime),
}

impl Moment {
    /// `20261205`, `20261205T150000` or `20261205T150000Z`.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let Some((day, time)) = text.split_once(['T', 't']) else { return date(text).map(Self::Date) };
        let (time, is_utc) = match time.strip_suffix(['Z', 'z']) {
            Some(time) => (time, true),
            None => (time, false),
        };
        let at = at(date(day)?, digits(time, 6)?)?;
        Some(if is_utc { Self::Utc(at) } else { Self::Local(at) })
    }
}

fn digits(text: &str, count: usize) -> Option<&str> {
    (text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())).then_some(text)
}

fn number(text: &str) -> Option<u32> {
    text.parse().ok()
}

fn date(text: &str) -> Option<NaiveDate> {
    let text = digits(text, 8)?;
    let year = i32::try_from(number(&text[..4])?).ok().filter(|year| *year > 0)?;
    NaiveDate::from_ymd_opt(year, number(&text[4..6])?, number(&text[6..])?)
}

/// A day and a time of six digits: a leap second is the second before it, 24:00 is the next day.
fn at(day: NaiveDate, time: &str) -> Option<NaiveDateTime> {
    let (hour, minute, second) = (number(&time[..2])?, number(&time[2..4])?, number(&time[4..])?);
    if (hour, minute, second) == (24, 0, 0) {
        return day.checked_add_days(Days::new(1))?.and_hms_opt(0, 0, 0);
    }
    NaiveTime::from_hms_opt(hour, minute, if second == 60 { 59 } else { second }).map(|time| day.and_time(time))
}

/// A duration such as `P3D`, `P1W`, `PT36H` or `P1DT2H`, at most about 10,000 years.
pub(crate) fn duration(text: &str) -> Option<TimeDelta> {
    let text = text.trim().to_ascii_uppercase();
    let (text, is_negative) = match text.strip_prefix('-') {
        Some(rest) => (rest, true),
        None => (text.strip_prefix('+').unwrap_or(&text), false),
    };
    let (mut seconds, mut number, mut is_time, mut has_part) = (0i64, None::<i64>, false, false);
    for c in text.strip_prefix('P')?.chars() {
        let unit = match (c, is_time) {
            ('0'..='9', _) => {
                let digit = i64::from(c.to_digit(10)?);
                number = Some(number.unwrap_or(0).checked_mul(10)?.checked_add(digit)?);
                continue;
            }
            ('T', false) if number.is_none() => {
                is_time = true;
                continue;
            }
            ('W', false) => 7 * 86_400,
            ('D', false) => 86_400,
            ('H', true) => 3600,
            ('M', true) => 60,
            ('S', true) => 1,
            _ => return None,
        };
        seconds = seconds.checked_add(number.take()?.checked_mul(unit)?)?;
        has_part = true;
    }
    let is_whole = has_part && number.is_none() && seconds <= 3_660_000 * 86_400;
    is_whole.then(|| TimeDelta::seconds(if is_negative { -seconds } else { seconds }))
}

/// An offset from UTC: `+0800`, `-033000`.
pub(crate) fn offset(text: &str) -> Option<FixedOffset> {
    let text = text.trim();
    let (sign, text) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+')?),
    };
    let text = digits(text, 4).or_else(|| digits(text, 6))?;
    let part = |range: std::ops::Range<usize>| text.get(range).map_or(Some(0), |part| part.parse::<i32>().ok());
    let seconds = part(0..2)? * 3600 + part(2..4)? * 60 + part(4..6)?;
    FixedOffset::east_opt(sign * seconds)
}

/// A text without its escapes.
pub(crate) fn text(value: &str) -> String {
    let mut plain = String::with_capacity(value.len());
    let mut signs = value.chars();
    while let Some(sign) = signs.next() {
        match sign {
            '\\' => match signs.next() {
                Some('n' | 'N') => plain.push('\n'),
                Some(other) => plain.push(other),
                None => {}
            },
            sign => plain.push(sign),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_whole_or_none() {
        let day = NaiveDate::from_ymd_opt(2026, 12, 5).unwrap();
        let at = |hour, minute, second| day.and_hms_opt(hour, minute, second).unwrap();
        assert_eq!(Moment::parse(" 20261205 "), Some(Moment::Date(day)));
        assert_eq!(Moment::parse("20261205t150001"), Some(Moment::Local(at(15, 0, 1))));
        assert_eq!(Moment::parse("20261205T150001z"), Some(Moment::Utc(at(15, 0, 1))));
        assert_eq!(Moment::parse("20261204T240000"), Some(Moment::Local(at(0, 0, 0))));
        assert_eq!(Moment::parse("20261205T235960"), Some(Moment::Local(at(23, 59, 59))));
        for bad in [
            "",
            "2026",
            "2026120",
            "20261301",
            "20260230",
            "00000101",
            "202612051",
            "20261205T",
            "20261205T1500",
            "20261205T250000",
            "20261205X",
            "2026-12-05",
            "20261205T150000+0800",
            "２０２６1205",
            "20261205T150000ZZ",
            "+2026120",
        ] {
            assert_eq!(Moment::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn durations_have_units_in_their_places() {
        for (text, seconds) in [
            ("P3D", 3 * 86_400),
            ("P1W", 7 * 86_400),
            ("p1dt2h3m4s", 86_400 + 7384),
            ("+PT36H", 36 * 3600),
            ("-PT15M", -900),
            ("PT0S", 0),
        ] {
            assert_eq!(duration(text), Some(TimeDelta::seconds(seconds)), "{text}");
        }
        for bad in
            ["", "P", "PT", "3D", "P3", "P3H", "PT3D", "P3DX", "P-3D", "P99999999999999999999D", "P4000000D", "PDT1H"]
        {
            assert_eq!(duration(bad), None, "{bad}");
        }
    }

    #[test]
    fn offsets_have_signs_and_texts_escapes() {
        assert_eq!(offset("+0800"), FixedOffset::east_opt(8 * 3600));
        assert_eq!(offset("-033015"), FixedOffset::west_opt(3 * 3600 + 30 * 60 + 15));
        for bad in ["", "0800", "+08", "+9900", "+08:00", "+-800"] {
            assert_eq!(offset(bad), None, "{bad}");
        }
        assert_eq!(text("a\\, b\\nc\\\\d\\"), "a, b\nc\\d");
    }
}
