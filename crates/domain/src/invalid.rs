//! The one error of every constructor: the field, and the rule that its value broke.

use thiserror::Error;

macro_rules! fields {
    ($($field:ident,)*) => {
        /// The input field that a value was made from.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[expect(missing_docs, reason = "the variants are named after the values")]
        pub enum Field {
            $($field,)*
        }

        impl Field {
            /// Every field, in the order of the documents.
            pub const ALL: &[Self] = &[$(Self::$field,)*];
        }
    };
}

fields! {
    Id,
    Mobile,
    UserName,
    Password,
    RealName,
    IdentityNumber,
    Money,
    Day,
    Stay,
    Listing,
    Title,
    Address,
    Description,
    Price,
    Deposit,
    RoomCount,
    Acreage,
    Unit,
    Capacity,
    Beds,
    MinDays,
    MaxDays,
    Facility,
    Caption,
    Comment,
    RejectReason,
    DateRange,
    Page,
    Words,
    Cursor,
    PictureKey,
    IdempotencyKey,
    TokenName,
    TokenScopes,
    TokenExpiry,
    Version,
    From,
    To,
    WeekdayPrices,
    ArrivalDays,
    DepartureDays,
    NoticeDays,
    WindowDays,
    PreparationDays,
    CleaningFee,
    GuestsIncluded,
    ExtraGuestFee,
    WeeklyDiscount,
    MonthlyDiscount,
    Seasons,
    Changes,
    Note,
    Occupants,
    FeedOffset,
    CalendarName,
    Url,
    Events,
    Sms,
}

/// The rule that a value broke.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error)]
pub enum Rule {
    /// Not of the format that the field has.
    #[error("has the wrong format")]
    Format,
    /// Too short, too long, too small or too large.
    #[error("is out of range")]
    Range,
    /// On the list of common passwords.
    #[error("is too common")]
    Common,
    /// A password that holds the mobile of its account.
    #[error("holds the mobile")]
    HasMobile,
    /// The check digit does not fit.
    #[error("has a wrong check digit")]
    CheckDigit,
}

/// A value could not be made. It never carries the value itself: that may be a secret, and it
/// must not reach an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error)]
#[error("{field:?} {rule}")]
pub struct Invalid {
    /// The field at fault.
    pub field: Field,
    /// The rule it broke.
    pub rule: Rule,
}

impl Invalid {
    /// Of the wrong shape.
    pub const fn format(field: Field) -> Self {
        Self { field, rule: Rule::Format }
    }

    /// Out of its range.
    pub const fn range(field: Field) -> Self {
        Self { field, rule: Rule::Range }
    }
}
