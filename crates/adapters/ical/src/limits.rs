//! How much of a calendar is read.

/// The most bytes of a calendar.
pub(crate) const BYTES: usize = 5 << 20;
/// The most events.
pub(crate) const EVENTS: usize = 10_000;
/// The most rules of series.
pub(crate) const RULES: usize = 200;
/// The most parts that are within each other.
pub(crate) const DEPTH: usize = 8;
/// The most occurrences of one rule: more than a daily one has since 1900.
pub(crate) const OCCURRENCES: usize = 50_000;
/// The most values of one part of a rule, and of times a day.
pub(crate) const RULE_VALUES: usize = 366;
/// The most times of a day at which a rule repeats.
pub(crate) const TIMES_A_DAY: usize = 24;
