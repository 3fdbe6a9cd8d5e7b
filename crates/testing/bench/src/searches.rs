//! The searches that are asked of databases of different sizes.

use chrono::{Days, NaiveDate};

use crate::{error::BenchError, http::get, load::Expect};

/// Districts.
const AREAS: usize = 16;
/// Days on which ordinary stays begin: all before the peak, whose week is nearly full.
const ARRIVALS: usize = 58;
/// The shortest ordinary stay, and how many lengths there are.
const LENGTHS: (usize, usize) = (3, 5);
/// A prime that divides none of the counts here: multiplying by it mixes numbers and keeps each.
const STRIDE: usize = 7919;
/// Days ahead on which the peak begins and ends: `minsu seed` gives 19 houses of 20 a stay that holds
/// one of them.
const PEAK: (u64, u64) = (71, 76);
/// The order in which the number of matches is counted first, and those that are measured then.
const FIRST_ORDER: &str = "new";
const OTHER_ORDERS: [&str; 3] = ["booking", "price-inc", "price-des"];

/// A measured search.
#[derive(Debug, Clone, Copy)]
pub struct Question {
    /// Its name in the report.
    pub name: &'static str,
    /// What is asked, for people.
    pub what: &'static str,
    /// What every answer must be.
    pub expect: Expect,
    /// It is asked so many times more seldom than the rate says: what takes a tenth of a second of
    /// processor time each time cannot be asked for fifty times a second on few cores.
    pub rarer: u32,
    kind: Kind,
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    /// Whose pages no cache has, while the number of its matches is kept: the same houses and days were
    /// asked for in another order before.
    Kept { page: usize },
    /// Of the call whose answers no cache has, nor their number.
    Paid { page: usize, peak: bool },
    /// Of the native API, cheapest stay first, with a filter: no cache keeps such pages, and nothing is counted.
    Totals,
    /// The days of a listing, more than caches keep.
    Calendar,
}

/// The most days that the calendar call tells at once.
const CALENDAR_DAYS: u64 = 400;
/// The houses whose calendars are asked for have the first ids.
const CALENDARS: usize = 8000;

/// Houses, and an answer that is a success.
const FOUND: Expect = Expect::Words(r#""house_id""#);

/// Whether there are so many different searches that no page of a run is asked for twice.
pub fn suffice(pairs: usize, count: usize) -> bool {
    (pairs + 1) * count.div_ceil(OTHER_ORDERS.len()) <= AREAS * ARRIVALS * LENGTHS.1
}

/// Everything that is asked whose name contains one of the parts; everything without parts.
///
/// # Errors
/// [`BenchError::NoScenario`] when that is nothing.
pub fn chosen(parts: &[String]) -> Result<Vec<Question>, BenchError> {
    let names = all().iter().map(|question| question.name).collect::<Vec<_>>().join(", ");
    let wanted =
        |question: &Question| parts.is_empty() || parts.iter().any(|part| question.name.contains(part.as_str()));
    let chosen: Vec<_> = all().into_iter().filter(wanted).collect();
    if chosen.is_empty() { Err(BenchError::NoScenario(names)) } else { Ok(chosen) }
}

/// Everything that is asked.
fn all() -> Vec<Question> {
    let question = |name, what, kind| Question { name, what, expect: FOUND, rarer: 1, kind };
    vec![
        question(
            "page 1",
            "/api/v1.0/houses, a district and some days, counted before but in no cache",
            Kind::Kept { page: 1 },
        ),
        question(
            "page 1 and its count",
            "/api/house/list, a district and some days, which no cache ever has",
            Kind::Paid { page: 1, peak: false },
        ),
        question("page 10", "as page 1", Kind::Kept { page: 10 }),
        question("page 10 and its count", "as page 1 and its count", Kind::Paid { page: 10, peak: false }),
        Question {
            rarer: 10,
            ..question(
                "peak week, page 1 and its count",
                "/api/house/list, a district in the week in which 95 % of the houses are taken",
                Kind::Paid { page: 1, peak: true },
            )
        },
        Question {
            expect: Expect::Words(r#""items":[{"#),
            ..question("by total", "/api/v2/listings, a district and some days, cheapest stay first", Kind::Totals)
        },
        Question {
            expect: Expect::Words(r#""items":[{"#),
            ..question("calendar", "/api/v2/listings/{id}/calendar, 400 days", Kind::Calendar)
        },
    ]
}

impl Question {
    /// The requests that go before a round, not measured, and those of the round. Of pages that a cache
    /// could have, none comes twice in a run.
    pub fn requests(&self, today: NaiveDate, round: usize, count: usize) -> (Vec<Vec<u8>>, Vec<Vec<u8>>) {
        match self.kind {
            Kind::Kept { page } => {
                let searches = count.div_ceil(OTHER_ORDERS.len());
                let ordinary = |number: usize| ordinary(today, round * searches + number);
                let path =
                    |search: &str, order, page| get(&format!("/api/v1.0/houses?{search}&sk={order}&p={page}"), None);
                let before = (0..searches).map(|number| path(&ordinary(number), FIRST_ORDER, 1)).collect();
                let round =
                    (0..count).map(|number| path(&ordinary(number % searches), OTHER_ORDERS[number / searches], page));
                (before, round.collect())
            }
            Kind::Paid { page, peak } => {
                let search = |number: usize| {
                    if peak { peak_week(today, number) } else { ordinary(today, round * count + number) }
                };
                let path = |number| get(&format!("/api/house/list?{}&sk={FIRST_ORDER}&p={page}", search(number)), None);
                (Vec::new(), (0..count).map(path).collect())
            }
            Kind::Totals => {
                let path = |number: usize| {
                    let (area, first, last) = ordinary_days(today, round * count + number);
                    let days = format!("area={area}&start={first}&end={last}");
                    get(&format!("/api/v2/listings?{days}&guests=2&sort=price"), None)
                };
                (Vec::new(), (0..count).map(path).collect())
            }
            Kind::Calendar => {
                let path = |number: usize| {
                    let house = 1 + (round * count + number) * STRIDE % CALENDARS;
                    let last = today + Days::new(CALENDAR_DAYS - 1);
                    get(&format!("/api/v2/listings/{house}/calendar?from={today}&to={last}"), None)
                };
                (Vec::new(), (0..count).map(path).collect())
            }
        }
    }
}

/// A district and days before the peak, in mixed order.
fn ordinary(today: NaiveDate, number: usize) -> String {
    let (area, first, last) = ordinary_days(today, number);
    format!("aid={area}&sd={first}&ed={last}")
}

fn ordinary_days(today: NaiveDate, number: usize) -> (usize, NaiveDate, NaiveDate) {
    let number = number * STRIDE % (AREAS * ARRIVALS * LENGTHS.1);
    let (area, number) = (1 + number % AREAS, number / AREAS);
    let (arrival, length) = (2 + number % ARRIVALS, LENGTHS.0 + number / ARRIVALS);
    let day = |ahead: usize| today + Days::new(ahead as u64);
    (area, day(arrival), day(arrival + length))
}

fn peak_week(today: NaiveDate, number: usize) -> String {
    let (first, last) = (today + Days::new(PEAK.0), today + Days::new(PEAK.1));
    format!("aid={}&sd={first}&ed={last}", 1 + number % AREAS)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn today() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, 21).unwrap()
    }

    #[test]
    fn no_page_that_a_cache_could_have_comes_twice() {
        for question in all().iter().filter(|question| matches!(question.kind, Kind::Kept { .. })) {
            let (mut seen, mut total) = (BTreeSet::new(), 0);
            assert!(suffice(20, 600) && !suffice(20, 1000));
            for round in 0..=20 {
                let (before, requests) = question.requests(today(), round, 600);
                let orders = |request: &Vec<u8>| String::from_utf8_lossy(request).contains("sk=new");
                assert!(before.len() == 200 && before.iter().all(orders) && !requests.iter().any(orders));
                total += requests.len();
                seen.extend(requests);
            }
            assert_eq!((seen.len(), total), (total, 21 * 600));
        }
    }

    #[test]
    fn a_part_of_the_name_chooses() {
        let names = |part: &str| {
            let chosen = chosen(&[part.to_owned()]);
            chosen.map(|chosen| chosen.iter().map(|question| question.name).collect::<Vec<_>>())
        };
        assert_eq!(names("peak").unwrap(), ["peak week, page 1 and its count"]);
        assert!(matches!(names("flights"), Err(BenchError::NoScenario(_))));
        assert_eq!(chosen(&[]).unwrap().len(), all().len());
    }

    #[test]
    fn every_measured_search_was_counted_before() {
        let search = |request: &[u8]| {
            let text = String::from_utf8_lossy(request).into_owned();
            text.split_once("&sk=").unwrap().0.to_owned()
        };
        let (before, requests) = all()[0].requests(today(), 3, 100);
        let before: BTreeSet<_> = before.iter().map(|request| search(request)).collect();
        assert!(requests.iter().all(|request| before.contains(&search(request))));
    }

    #[test]
    fn ordinary_days_end_before_the_peak() {
        let (first, last) = (today() + Days::new(2), today() + Days::new(PEAK.0));
        for number in 0..AREAS * ARRIVALS * LENGTHS.1 {
            let text = ordinary(today(), number);
            let days: Vec<_> = text.split('&').skip(1).map(|part| part[3..].parse::<NaiveDate>().unwrap()).collect();
            assert!(first <= days[0] && days[0] < days[1] && days[1] < last, "{text}");
        }
        assert_eq!(peak_week(today(), 16), "aid=1&sd=2027-01-31&ed=2027-02-05");
    }
}
