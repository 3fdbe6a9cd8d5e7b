//! The people who stay, in a body.

use chrono::NaiveDate;
use minsu_domain::{HouseDraft, IdentityNumber, OccupantList, RealName, RegisteredOccupant};
use minsu_web::native_fault::FieldRule;

use crate::fields::{Fields, text};

/// The people of a body, whose field `occupants` must be there; its faults lie at `/occupants/0/name`.
pub(crate) fn read(body: &mut Fields, today: NaiveDate) -> Option<OccupantList> {
    let people = body.each("occupants", |person| {
        let name = person.need("name", text(RealName::new));
        let number = person.need("id_number", text(|typed| IdentityNumber::new(typed, today)));
        Some(RegisteredOccupant { name: name?, number: number? })
    })?;
    if people.len() as u64 > HouseDraft::MAX_CAPACITY.unsigned_abs() {
        body.fault("occupants", FieldRule::Range);
        return None;
    }
    OccupantList::new(people).map_err(|_| body.fault("occupants", FieldRule::Repeated)).ok()
}
