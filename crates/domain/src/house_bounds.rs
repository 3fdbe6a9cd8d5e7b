//! The bounds of the fields of a listing, each once: rules, searches and the schemas of the API derive from them.

use crate::HouseDraft;

impl HouseDraft {
    /// The most characters of a title.
    pub const MAX_TITLE_CHARS: usize = 64;
    /// The most characters of an address.
    pub const MAX_ADDRESS_CHARS: usize = 512;
    /// The most characters of a description.
    pub const MAX_DESCRIPTION_CHARS: usize = 2000;
    /// The most characters of a layout.
    pub const MAX_UNIT_CHARS: usize = 32;
    /// The most characters about beds.
    pub const MAX_BEDS_CHARS: usize = 64;
    /// The highest price of a day and the highest deposit, in 分.
    pub const MAX_PRICE_FEN: i64 = 10_000_000_000;
    /// The most characters of an amount.
    pub(crate) const MAX_AMOUNT_CHARS: u64 = 24;
    /// The most rooms; the fewest is one.
    pub const MAX_ROOM_COUNT: i64 = 100;
    /// The most square metres; the fewest is one.
    pub const MAX_ACREAGE: i64 = 100_000;
    /// The most guests; the fewest is one.
    pub const MAX_CAPACITY: i64 = 1000;
    /// The most days that a shortest or a longest stay can have.
    pub const MAX_STAY_DAYS: i64 = 3650;
    /// The most ids of facilities, doubles included.
    pub const MAX_FACILITIES: usize = 100;
}
