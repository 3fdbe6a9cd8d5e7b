//! The report: tables that read well on a terminal and as Markdown.

use std::{fmt::Write, time::Duration};

use crate::{
    machine::Machine,
    measure::Row,
    stats::{Spread, ratio},
    table::{cells, table},
    under_load::{PEOPLE, UnderLoad},
};

/// Everything that was measured.
#[derive(Debug, Clone)]
pub struct Report {
    /// Date and machine.
    pub machine: Machine,
    /// The command line.
    pub command: String,
    /// How the machine was shared between generator and server.
    pub cores: String,
    /// The seeded data.
    pub filling: String,
    /// From the start of the process to its first good answer, on an empty folder.
    pub first_start: Duration,
    /// The same on a database that is there, several times.
    pub starts: Spread,
    /// Memory of a server that has done nothing yet, in KiB.
    pub idle_kib: Spread,
    /// Whether peaks are those of their scenario alone.
    pub peaks_are_reset: bool,
    /// The rows of each cache.
    pub tables: Vec<(&'static str, Vec<Row>)>,
    /// Lists under the load of logins, and the hashes a second of which the machine is capable.
    pub logins: Option<(Vec<UnderLoad>, f64)>,
    /// Load averages after the run.
    pub load_after: String,
}

impl Report {
    /// The report as Markdown.
    pub fn markdown(&self) -> String {
        let mut out = self.machine.described(&self.command, &self.cores, &self.load_after);
        line(&mut out, &format!("- {}", self.filling));
        line(&mut out, "");
        out.push_str(&table(&[
            cells(["start and idle memory", "min", "median", "max"]),
            self.first_row(),
            spread_row("start to ready, ms", self.starts, 1.0),
            spread_row("idle memory, MiB", self.idle_kib, 1024.0),
            self.most_row(),
        ]));
        for (cache, rows) in &self.tables {
            line(&mut out, &format!("\nCache: {cache}.\n"));
            out.push_str(&measured(rows));
            out.push_str(&notes(rows));
        }
        if let Some((runs, hashes)) = &self.logins {
            line(
                &mut out,
                &format!("\nA cached list 500 times a second, in quiet and under_load {PEOPLE} people who log in.\n"),
            );
            out.push_str(&under_logins(runs, *hashes));
        }
        if !self.peaks_are_reset {
            line(&mut out, "\nThis kernel resets no peaks: each is the most since the start of the server.");
        }
        out
    }

    fn first_row(&self) -> Vec<String> {
        let first = format!("{:.0}", self.first_start.as_secs_f64() * 1000.0);
        cells(["first start on an empty folder, ms", &first, &first, &first])
    }
    /// The most memory in any scenario.
    fn most_row(&self) -> Vec<String> {
        let rows = self.tables.iter().flat_map(|(_, rows)| rows).map(|row| row.peak_kib);
        let logins = self.logins.iter().flat_map(|(runs, _)| runs).map(|run| run.peak_kib);
        let most = Spread::of(rows.chain(logins).map(|kib| kib as f64));
        let cell =
            |value: fn(Spread) -> f64| most.map_or_else(String::new, |most| format!("{:.0}", value(most) / 1024.0));
        vec![
            "peaks of all scenarios, MiB".to_owned(),
            cell(|most| most.min),
            cell(|most| most.median),
            cell(|most| most.max),
        ]
    }
}

fn under_logins(runs: &[UnderLoad], hashes: f64) -> String {
    let row = |name: &str, value: &dyn Fn(&UnderLoad) -> f64, digits: usize| {
        let spread = Spread::of(runs.iter().map(value)).unwrap_or(Spread { min: 0.0, median: 0.0, max: 0.0 });
        let cell = |value: f64| format!("{value:.digits$}");
        cells([name, &cell(spread.min), &cell(spread.median), &cell(spread.max)])
    };
    table(&[
        cells(["under_load logins", "min", "median", "max"]),
        row("median in quiet, µs", &|run| run.quiet_median, 0),
        row("median under_load logins, µs", &|run| run.busy_median, 0),
        row("p99 in quiet, µs", &|run| run.quiet_p99, 0),
        row("p99 under_load logins, µs", &|run| run.busy_p99, 0),
        row("p99 under_load logins / in quiet", &|run| ratio(run.busy_p99, run.quiet_p99), 1),
        row("lists a second at full speed, in quiet", &|run| run.quiet_rate, 0),
        row("lists a second at full speed, under_load logins", &|run| run.busy_rate, 0),
        row("full speed under_load logins / in quiet", &|run| ratio(run.busy_rate, run.quiet_rate), 2),
        row("logins a second under_load lists at full speed", &|run| run.logins_at_full_speed, 1),
        row("logins a second", &|run| run.logins, 1),
        row("logins / hashes that the cores make at all", &|run| ratio(run.logins, hashes), 2),
        row("turned away, share of attempts", &|run| run.refused, 2),
        row("peak, MiB", &|run| run.peak_kib as f64 / 1024.0, 0),
    ])
}

fn spread_row(name: &str, spread: Spread, unit: f64) -> Vec<String> {
    let cell = |value: f64| format!("{:.0}", value / unit);
    cells([name, &cell(spread.min), &cell(spread.median), &cell(spread.max)])
}

fn measured(rows: &[Row]) -> String {
    let mut lines = vec![cells([
        "scenario",
        "body, bytes",
        "bare, /s",
        "minsu, /s",
        "share: min",
        "median",
        "max",
        "bare, µs",
        "minsu, µs",
        "µs ratio",
        "peak, MiB",
    ])];
    lines.extend(rows.iter().map(|row| {
        vec![
            row.name.to_owned(),
            row.body.to_string(),
            format!("{:.0}", row.bare_rate.median),
            format!("{:.0}", row.rate.median),
            share(row.share.min),
            share(row.share.median),
            share(row.share.max),
            micros(row.bare_micros),
            micros(row.micros),
            format!("{:.1}", ratio(row.micros, row.bare_micros)),
            format!("{:.0}", row.peak_kib as f64 / 1024.0),
        ]
    }));
    table(&lines)
}

/// Three digits that mean something.
fn share(value: f64) -> String {
    if value < 0.1 { format!("{value:.4}") } else { format!("{value:.2}") }
}

fn micros(value: f64) -> String {
    if value < 100.0 { format!("{value:.1}") } else { format!("{value:.0}") }
}

/// A line for each scenario with answers that were not the expected ones.
fn notes(rows: &[Row]) -> String {
    let mut out = String::new();
    for row in rows.iter().filter(|row| row.unexpected > 0) {
        let sample = row.sample.as_deref().unwrap_or_default();
        line(
            &mut out,
            &format!("\n{}: {} of {} answers were others: `{sample}`", row.name, row.unexpected, row.requests),
        );
    }
    out
}

fn line(out: &mut String, text: &str) {
    // Writing to a string does not fail.
    let _ = writeln!(out, "{text}");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row() -> Row {
        let spread = |min, median, max| Spread { min, median, max };
        Row {
            name: "list",
            requests: 40_000,
            body: 5120,
            bare_rate: spread(99_000.0, 100_000.4, 101_000.0),
            rate: spread(1.0, 2000.0, 3.0),
            share: spread(0.0123, 0.02, 0.3),
            bare_micros: 8.04,
            micros: 402.4,
            peak_kib: 64 * 1024,
            unexpected: 0,
            sample: None,
        }
    }

    #[test]
    fn a_row_shows_medians_and_the_spread_of_the_shares() {
        let text = measured(&[row()]);
        let cells: Vec<_> = text.lines().nth(2).unwrap().split('|').map(str::trim).collect();
        let expected =
            ["", "list", "5120", "100000", "2000", "0.0123", "0.0200", "0.30", "8.0", "402", "50.0", "64", ""];
        assert_eq!(cells, expected);
    }

    #[test]
    fn answers_that_were_others_are_told() {
        assert_eq!(notes(&[row()]), "");
        let other = Row { unexpected: 3, sample: Some("503 busy".to_owned()), ..row() };
        assert_eq!(notes(&[row(), other]), "\nlist: 3 of 40000 answers were others: `503 busy`\n");
    }
}
