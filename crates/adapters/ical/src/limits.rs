//! How much of a calendar is read.

/// The most bytes of a calendar.
pub(crate) const BYTES: usize = 5 << 20;
/// The most events.
pub(crate) const EVENTS: usize = 10_000;
/// The most rules of series.
pub(crate) const RULES: usize = 200;
/// The most definitions of zones.
pub(crate) const ZONES: usize = 500;
/// The most observances of all zones, and the most rules in them.
pub(crate) const OBSERVANCES: usize = 2_000;
/// The most bytes of the name of a zone.
pub(crate) const ZONE_NAME: usize = 255;
/// The most changes of the clock in one zone: twice a year since 1601 are 862.
pub(crate) const ONSETS: usize = 2_000;
/// The most parts that are within each other.
pub(crate) const DEPTH: usize = 8;
/// The most occurrences of one rule: more than a daily one has since 1900.
pub(crate) const OCCURRENCES: usize = 50_000;
/// The most occurrences of all rules of a file, changes of the clock and additional dates included.
pub(crate) const FILE_OCCURRENCES: usize = 500_000;
/// After how many occurrences the time is looked at.
pub(crate) const OCCURRENCES_BETWEEN_LOOKS: usize = 1_000;
/// The most values of one part of a rule, and of times a day.
pub(crate) const RULE_VALUES: usize = 366;
/// The most times of a day at which a rule repeats.
pub(crate) const TIMES_A_DAY: usize = 24;
