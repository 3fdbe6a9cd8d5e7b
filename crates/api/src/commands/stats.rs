//! `minsu stats`: numbers of houses and orders, the occupancy of the houses, and what a booked day costs.

mod chart;

use std::{collections::BTreeMap, path::Path, time::Duration};

use chrono::{Days, NaiveDate};
use minsu_application::houses::{self, BookedMonth};
use minsu_domain::AreaId;
use minsu_ports::{Clock as _, Store as _};
use minsu_store::{AreaStatistics, SqlStore, Statistics};
use minsu_system::SystemClock;

use super::{CommandError, migrate, print};
use crate::wiring;
use minsu_settings::Settings;

/// How many days ahead are looked at, today included.
const AHEAD: u64 = 90;
/// Counting all orders of a large site takes longer than a visitor may wait.
const PATIENCE: Duration = Duration::from_secs(300);

/// Prints houses, orders and occupancy by district, occupancy and average price by month, and draws the occupancy of the coming days.
///
/// # Errors
/// When the database does not answer, the schema does not fit, or the file cannot be written.
pub async fn stats(settings: &Settings, svg: Option<&Path>) -> Result<(), CommandError> {
    migrate::demand_current(settings).await?;
    let store = wiring::store_with(settings, PATIENCE).await?;
    let today = SystemClock.now().with_timezone(&settings.site.time_zone).date_naive();
    let last = today + Days::new(AHEAD - 1);
    let statistics = store.statistics(today..=last).await?;
    for line in table(&statistics, &names(&store).await?) {
        print(line)?;
    }
    let houses = statistics.areas.values().map(|area| area.houses).sum();
    for line in by_month(&houses::booked_months(&store, today, houses).await?) {
        print(line)?;
    }
    if let Some(file) = svg {
        chart::draw(file, &occupancy(&statistics, today)).map_err(|error| format!("{}: {error}", file.display()))?;
    }
    Ok(())
}

async fn names(store: &SqlStore) -> Result<BTreeMap<AreaId, String>, CommandError> {
    let areas = store.read_own().await?.reference().areas().await?;
    Ok(areas.into_iter().map(|area| (area.id, area.name)).collect())
}

/// A line for each district and one for all.
fn table(statistics: &Statistics, names: &BTreeMap<AreaId, String>) -> Vec<String> {
    let line = |name: &str, numbers: &AreaStatistics| {
        let occupied = percent(numbers.held_days, numbers.houses * AHEAD);
        format!("{:>9}  {:>10}  {occupied:>11.1} %  {name}", numbers.houses, numbers.orders)
    };
    let mut lines = vec![format!("{:>9}  {:>10}  {:>13}  district", "houses", "orders", format!("next {AHEAD} days"))];
    let mut all = AreaStatistics::default();
    for (id, numbers) in &statistics.areas {
        lines.push(line(names.get(id).map_or("", String::as_str), numbers));
        all.houses += numbers.houses;
        all.orders += numbers.orders;
        all.held_days += numbers.held_days;
    }
    lines.push(line("all", &all));
    lines
}

/// A line for each month: the share of all days that orders hold, and the average price of such a day in 元.
fn by_month(months: &[BookedMonth]) -> Vec<String> {
    let line = |month: &BookedMonth| {
        let permille = month.permille();
        let occupied = format!("{}.{}", permille / 10, permille % 10);
        let average = month
            .average()
            .map_or_else(|| "-".to_owned(), |average| format!("{}.{:02}", average.fen() / 100, average.fen() % 100));
        format!("{:>9}  {occupied:>8} %  {average:>13}  {}", month.booked, month.first.format("%Y-%m"))
    };
    let head = [String::new(), format!("{:>9}  {:>10}  {:>13}  month", "booked", "of all", "average price")];
    head.into_iter().chain(months.iter().map(line)).collect()
}

/// How much of all houses is taken on each day, in percent.
fn occupancy(statistics: &Statistics, first: NaiveDate) -> Vec<(NaiveDate, f64)> {
    let houses = statistics.areas.values().map(|area| area.houses).sum();
    let days = first.iter_days().take(AHEAD as usize);
    days.map(|day| (day, percent(statistics.days.get(&day).copied().unwrap_or(0), houses))).collect()
}

fn percent(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { 100.0 * part as f64 / whole as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statistics() -> (Statistics, NaiveDate) {
        let first = NaiveDate::from_ymd_opt(2026, 11, 21).unwrap();
        let area = |id| AreaId::new(id).unwrap();
        let areas = [
            (area(1), AreaStatistics { houses: 3, orders: 7, held_days: 27 }),
            (area(2), AreaStatistics { houses: 1, orders: 0, held_days: 0 }),
        ];
        (Statistics { areas: areas.into(), days: [(first, 1), (first + Days::new(2), 4)].into() }, first)
    }

    #[test]
    fn districts_stand_above_their_sum() {
        let lines = table(&statistics().0, &[(AreaId::new(1).unwrap(), "东城区".to_owned())].into());
        assert_eq!(lines.len(), 4);
        assert_eq!(lines[1], "        3           7         10.0 %  东城区");
        assert_eq!(lines[3], "        4           7          7.5 %  all");
        let empty = table(&Statistics::default(), &BTreeMap::new());
        assert_eq!(empty.last().unwrap(), "        0           0          0.0 %  all");
    }

    #[test]
    fn months_have_their_share_and_their_average() {
        let first = NaiveDate::from_ymd_opt(2026, 11, 1).unwrap();
        let month = |booked, fen| BookedMonth { first, days: 120, booked, fen };
        let lines = by_month(&[month(9, 9 * 19_990), month(0, 0)]);
        assert_eq!(lines[2], "        9       7.5 %         199.90  2026-11");
        assert_eq!(lines[3], "        0       0.0 %              -  2026-11");
    }

    #[test]
    fn days_without_a_booking_are_empty_and_not_left_out() {
        let (statistics, first) = statistics();
        let days = occupancy(&statistics, first);
        assert_eq!(days.len(), 90);
        assert_eq!(days[..4].iter().map(|(_, percent)| *percent).collect::<Vec<_>>(), [25.0, 0.0, 100.0, 0.0]);
    }
}
