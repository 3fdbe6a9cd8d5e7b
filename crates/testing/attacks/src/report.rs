//! What an attack measured.

use std::fmt;

/// What a measurement must be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Bound {
    /// It may be no larger.
    AtMost(f64),
    /// It may be no smaller.
    AtLeast(f64),
    /// It is told and not compared.
    Free,
}

impl Bound {
    fn admits(self, value: f64) -> bool {
        match self {
            Self::AtMost(most) => value <= most,
            Self::AtLeast(least) => value >= least,
            Self::Free => true,
        }
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AtMost(most) => write!(f, "≤ {most}"),
            Self::AtLeast(least) => write!(f, "≥ {least}"),
            Self::Free => f.write_str("–"),
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
struct Measurement {
    what: String,
    value: f64,
    unit: &'static str,
    bound: Bound,
}

/// The measurements of one attack.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    attack: &'static str,
    measurements: Vec<Measurement>,
}

impl Report {
    /// A report without measurements yet.
    pub fn of(attack: &'static str) -> Self {
        Self { attack, measurements: Vec::new() }
    }

    /// Adds a measurement in a unit (`%`, `ms`, `SMS`).
    pub fn measured(&mut self, what: impl Into<String>, value: f64, unit: &'static str, bound: Bound) {
        self.measurements.push(Measurement { what: what.into(), value, unit, bound });
    }

    /// Adds how many of so many it was, in percent.
    pub fn share(&mut self, what: impl Into<String>, part: usize, of: usize, bound: Bound) {
        let what = format!("{} ({part} of {of})", what.into());
        self.measured(what, 100.0 * part as f64 / of.max(1) as f64, "%", bound);
    }

    /// Adds something that must be so.
    pub fn holds(&mut self, what: impl Into<String>, is_so: bool) {
        self.measured(what, f64::from(u8::from(is_so)), "yes/no", Bound::AtLeast(1.0));
    }

    /// The measurements that break their bounds, in words.
    pub fn broken(&self) -> Vec<String> {
        let broken = self.measurements.iter().filter(|it| !it.bound.admits(it.value));
        broken.map(|it| format!("{}: {} {}, must be {}", it.what, it.value, it.unit, it.bound)).collect()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n\n| measured | value | bound |\n|---|---|---|", self.attack)?;
        for Measurement { what, value, unit, bound } in &self.measurements {
            writeln!(f, "| {what} | {value:.1} {unit} | {bound} |")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_bound_is_told_and_a_free_one_is_not() {
        let mut report = Report::of("x");
        report.share("honest logins", 9, 10, Bound::AtLeast(90.0));
        report.measured("wait", 1_000.0, "ms", Bound::Free);
        assert_eq!(report.broken(), Vec::<String>::new());
        report.share("stolen", 1, 2, Bound::AtMost(20.0));
        report.holds("it is refused", false);
        assert_eq!(report.broken(), ["stolen (1 of 2): 50 %, must be ≤ 20", "it is refused: 0 yes/no, must be ≥ 1"]);
        assert!(report.to_string().contains("| honest logins (9 of 10) | 90.0 % | ≥ 90 |"));
    }
}
