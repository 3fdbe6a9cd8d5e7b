//! The facilities of a house as bits of one number: the bit of a facility is its id.

use minsu_domain::FacilityId;

/// The last id that has a bit; the sign is none.
const LAST: i64 = 62;

/// The bits of these facilities. Those with ids above 62 have none: see [`without_bit`].
pub(crate) fn mask(facilities: &[FacilityId]) -> i64 {
    facilities.iter().map(|id| id.get()).filter(|id| (1..=LAST).contains(id)).fold(0, |mask, id| mask | 1 << id)
}

/// The facilities of which only the rows of a house tell.
pub(crate) fn without_bit(facilities: &[FacilityId]) -> impl Iterator<Item = FacilityId> + '_ {
    facilities.iter().copied().filter(|id| id.get() > LAST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_facility_has_its_bit_once() {
        let ids = [1, 23, 23, 62, 63, i64::MAX].map(|id| FacilityId::new(id).unwrap());
        assert_eq!(mask(&ids), 1 << 1 | 1 << 23 | 1 << 62);
        assert_eq!(without_bit(&ids).map(|id| id.get()).collect::<Vec<_>>(), [63, i64::MAX]);
    }
}
