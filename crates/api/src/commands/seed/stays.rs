//! When people travel: no two orders of one house meet, whatever was made before them, because each
//! takes a week of its own.

use chrono::{Days, NaiveDate};
use minsu_domain::{HouseId, Stay, StayLimits, StayRule};

use super::plausible::Plausible;

/// Weeks in which orders lie, from tomorrow.
const WEEKS: u64 = 52;
/// The week in which nearly every house is taken: a holiday.
const HOLIDAY: u64 = 10;
/// Steps through the weeks that come by each of them once: they share no divisor with 52.
const STEPS: [u64; 12] = [1, 3, 5, 7, 9, 11, 15, 17, 19, 21, 23, 25];

/// The stay of a house's n-th order; none when its year is full or it takes only longer ones.
pub fn stay(
    seed: u64,
    house: HouseId,
    nth: u64,
    limits: &StayLimits,
    today: NaiveDate,
    rule: StayRule,
) -> Option<Stay> {
    if nth >= WEEKS {
        return None;
    }
    let mut of_house = Plausible::new(seed, house.get().unsigned_abs());
    let in_holiday = of_house.below(20) > 0;
    let (begin, step) = (of_house.below(WEEKS), STEPS[usize::try_from(of_house.below(12)).ok()?]);
    let week = match nth {
        0 if in_holiday => HOLIDAY,
        // A stay that would overlap the first one goes behind the last week.
        _ => match (begin + nth * step) % WEEKS {
            HOLIDAY if in_holiday => WEEKS,
            week => week,
        },
    };
    let mut of_order = Plausible::new(seed ^ nth, house.get().unsigned_abs());
    let length = (1 + of_order.below(3)).max(u64::from(limits.min_days()));
    let start = today.checked_add_days(Days::new(1 + 7 * week + of_order.below(4)))?;
    // Three days from the fourth of a week end with it.
    let last = start.checked_add_days(Days::new(length.min(3) - 1))?;
    let end = if rule == StayRule::Nights { last.succ_opt()? } else { last };
    Stay::new(start, end, rule).ok().filter(|_| length <= 3)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn stays_of_a_house_never_meet() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 21).unwrap();
        for rule in [StayRule::Days, StayRule::Nights] {
            let limits = StayLimits::new(2, 0).unwrap();
            for house in (1..200).map(|id| HouseId::new(id).unwrap()) {
                let mut days = HashSet::new();
                for nth in 0..60 {
                    let stay = stay(1, house, nth, &limits, today, rule);
                    assert_eq!(stay.is_some(), nth < 52);
                    for day in stay.iter().flat_map(Stay::occupied) {
                        assert!(day > today && days.insert(day), "{house} {nth}");
                    }
                }
            }
        }
    }

    #[test]
    fn most_houses_are_taken_in_the_holiday() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 21).unwrap();
        let holiday = today + Days::new(71)..=today + Days::new(77);
        let limits = StayLimits::new(1, 0).unwrap();
        let first = |id| stay(1, HouseId::new(id).unwrap(), 0, &limits, today, StayRule::Days).unwrap();
        let taken = (1..=1000).filter(|id| holiday.contains(&first(*id).start())).count();
        assert!((930..=980).contains(&taken), "{taken}");
        assert!(stay(1, HouseId::new(1).unwrap(), 0, &StayLimits::new(4, 0).unwrap(), today, StayRule::Days).is_none());
    }
}
