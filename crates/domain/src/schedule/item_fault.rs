//! What is wrong with a list that a landlord gave.

use crate::{Field, HouseDraft, Invalid};

/// A field at fault of an item of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ItemFault {
    /// The place of the item in the list, from 0.
    pub place: usize,
    /// The field at fault.
    pub fault: Invalid,
}

/// The value, if it has no fault.
pub(super) fn kept<T>(faults: &mut Vec<Invalid>, value: Option<Result<T, Invalid>>) -> Option<T> {
    value.and_then(|value| value.map_err(|fault| faults.push(fault)).ok())
}

/// A length of stays, from `least` days on.
pub(super) fn stay_days(days: i64, least: i64, field: Field) -> Result<u32, Invalid> {
    match u32::try_from(days) {
        Ok(number) if (least..=HouseDraft::MAX_STAY_DAYS).contains(&days) => Ok(number),
        _ => Err(Invalid::range(field)),
    }
}
