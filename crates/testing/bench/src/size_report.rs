//! The report of searches at size.

use crate::{
    cli::Size,
    machine::Machine,
    stats::Spread,
    table::{cells, table},
    terminal::command_line,
};

/// One question with both answers. Times are in milliseconds; their spreads are over the measurements.
#[derive(Debug, Clone, PartialEq)]
pub struct Answered {
    /// The question.
    pub name: &'static str,
    /// Half of the answers took at most so long, in the small and in the large database.
    pub median: [Spread; 2],
    /// All but one in a hundred.
    pub p99: [Spread; 2],
    /// The median of the large one divided by that of the small one just before it.
    pub ratio: Spread,
}

/// The report as Markdown.
pub fn markdown(options: &Size, machine: &Machine, database: &str, rows: &[Answered], load_after: &str) -> String {
    let Size { small, houses, orders_per_house, rate, seconds, .. } = options;
    let machine = machine.described(&command_line(), "generator, server and database share all cores", load_after);
    format!(
        "{machine}- {database}; {small} and {houses} houses, {orders_per_house} orders each\n\
         - {rate} requests a second for {seconds} s, {} pairs; milliseconds over HTTP from when a request was due\n\n{}",
        options.common.pairs,
        answers(rows, [*small, *houses]),
    )
}

fn answers(rows: &[Answered], [small, large]: [u64; 2]) -> String {
    let mut lines = vec![cells([
        "search",
        &format!("p50, {small}"),
        &format!("p50, {large}"),
        "ratio: min",
        "median",
        "max",
        &format!("p99, {small}"),
        &format!("p99, {large}"),
        "p99, worst",
    ])];
    lines.extend(rows.iter().map(|row| {
        let cell = |value: f64| format!("{value:.2}");
        cells([
            row.name,
            &cell(row.median[0].median),
            &cell(row.median[1].median),
            &cell(row.ratio.min),
            &cell(row.ratio.median),
            &cell(row.ratio.max),
            &cell(row.p99[0].median),
            &cell(row.p99[1].median),
            &cell(row.p99[1].max),
        ])
    }));
    table(&lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_shows_both_sizes_and_what_one_costs_more() {
        let spread = |min, median, max| Spread { min, median, max };
        let row = Answered {
            name: "page 1",
            median: [spread(1.0, 2.0, 3.0), spread(2.0, 3.0, 4.0)],
            p99: [spread(5.0, 6.0, 7.0), spread(6.0, 7.0, 8.125)],
            ratio: spread(1.2, 1.5, 1.9),
        };
        let text = answers(&[row], [10, 1000]);
        let cells: Vec<_> = text.lines().nth(2).unwrap().split('|').map(str::trim).collect();
        assert_eq!(cells, ["", "page 1", "2.00", "3.00", "1.20", "1.50", "1.90", "6.00", "7.00", "8.12", ""]);
    }
}
