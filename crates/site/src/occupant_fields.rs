//! The fields of a form in which a guest names the people who stay.

use chrono::NaiveDate;
use minsu_domain::{HouseDraft, IdentityNumber, OccupantList, RealName, RegisteredOccupant};
use minsu_web::api_error::ApiError;

use crate::form::Fields;

/// The fields of one person, as they were typed.
pub struct OccupantField {
    /// Which of them, from 1 on.
    pub place: u32,
    /// The name.
    pub name: String,
    /// The identity number.
    pub number: String,
}

/// The fields for so many guests; of a form that is shown again, as they were typed.
pub fn fields(guests: u32, typed: Option<&Fields>) -> Vec<OccupantField> {
    let text = |name: String| typed.map(|typed| typed.get(&name).to_owned()).unwrap_or_default();
    let most = u32::try_from(HouseDraft::MAX_CAPACITY).unwrap_or(u32::MAX);
    let field =
        |place| OccupantField { place, name: text(format!("name-{place}")), number: text(format!("number-{place}")) };
    (1..=guests.min(most)).map(field).collect()
}

/// The people of a form; a person of whom neither field is filled is left out.
///
/// # Errors
/// [`minsu_domain::Field::RealName`], [`minsu_domain::Field::IdentityNumber`], [`minsu_domain::Field::Occupants`].
pub fn read(guests: u32, typed: &Fields, today: NaiveDate) -> Result<OccupantList, ApiError> {
    let mut people = Vec::new();
    for OccupantField { name, number, .. } in fields(guests, Some(typed)) {
        if name.trim().is_empty() && number.trim().is_empty() {
            continue;
        }
        people.push(RegisteredOccupant { name: RealName::new(&name)?, number: IdentityNumber::new(&number, today)? });
    }
    Ok(OccupantList::new(people)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_rows_are_left_out_and_half_ones_refused() {
        let today = minsu_domain::parse_day("2026-11-21").unwrap();
        let typed = |fields: &[(&'static str, &str)]| {
            Fields::known(fields.iter().map(|(name, value)| (*name, (*value).to_owned())).collect())
        };
        let number = "11010519491231002X";
        let one = typed(&[("name-2", "张三"), ("number-2", number), ("name-1", " ")]);
        assert_eq!(read(2, &one, today).unwrap().people().len(), 1);
        // A row beyond the guests is none of the form.
        assert!(read(1, &one, today).unwrap().is_empty());
        assert_eq!(fields(2, Some(&one))[1].number, number);
        assert!(read(2, &typed(&[("name-1", "张三")]), today).is_err());
        let twice = typed(&[("name-1", "张三"), ("number-1", number), ("name-2", "李四"), ("number-2", number)]);
        assert!(read(2, &twice, today).is_err());
    }
}
