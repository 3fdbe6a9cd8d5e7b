//! The people who stay under an order, as a landlord has to report them (入住人登记).

use std::collections::BTreeSet;

use chrono::NaiveDate;

use crate::{Field, IdentityNumber, Invalid, Order, OrderStatus, RealName, TransitionRefused, UserId};

/// A person who stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisteredOccupant {
    /// The real name.
    pub name: RealName,
    /// The identity number.
    pub number: IdentityNumber,
}

impl RegisteredOccupant {
    /// A stored name as it is shown: its first character and one asterisk, however long it is.
    pub fn masked_name(stored: &str) -> String {
        stored.chars().take(1).chain(['*']).collect()
    }
}

/// The people who stay under one order, each identity number once. It may be empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OccupantList(Vec<RegisteredOccupant>);

impl OccupantList {
    /// Takes the people in the order in which the guest named them.
    ///
    /// # Errors
    /// [`Field::Occupants`] for an identity number that is there twice.
    pub fn new(occupants: Vec<RegisteredOccupant>) -> Result<Self, Invalid> {
        let numbers: BTreeSet<_> = occupants.iter().map(|occupant| occupant.number.reveal()).collect();
        if numbers.len() < occupants.len() { Err(Invalid::format(Field::Occupants)) } else { Ok(Self(occupants)) }
    }

    /// The people.
    pub fn people(&self) -> &[RegisteredOccupant] {
        &self.0
    }

    /// Whether it names no person.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Holds the list against an order for so many guests, on a site that may demand at least one of them.
    ///
    /// # Errors
    /// [`Field::Occupants`] for more people than guests, or for none where one is demanded.
    pub fn demand_fit(&self, guests: u32, is_demanded: bool) -> Result<(), Invalid> {
        let least = usize::from(is_demanded);
        let most = guests as usize;
        if (least..=most).contains(&self.0.len()) { Ok(()) } else { Err(Invalid::range(Field::Occupants)) }
    }
}

impl Order {
    /// The guest names the people who stay, until the order is final or the stay is over; `today` is the date in the
    /// site's time zone.
    ///
    /// # Errors
    /// [`TransitionRefused::WrongParty`], [`TransitionRefused::WrongState`], [`TransitionRefused::StayOver`].
    pub fn demand_registers(&self, by: UserId, today: NaiveDate) -> Result<(), TransitionRefused> {
        if by != self.guest {
            Err(TransitionRefused::WrongParty)
        } else if self.status.is_final() {
            Err(TransitionRefused::WrongState)
        } else if self.is_over(today) {
            Err(TransitionRefused::StayOver)
        } else {
            Ok(())
        }
    }

    /// The guest sees the people who stay at any time, the landlord from the acceptance on.
    ///
    /// # Errors
    /// [`TransitionRefused::WrongParty`], [`TransitionRefused::WrongState`].
    pub fn demand_sees_occupants(&self, by: UserId) -> Result<(), TransitionRefused> {
        if by == self.guest { Ok(()) } else { self.demand_reports_occupants(by) }
    }

    /// The landlord reports the people who stay, from the acceptance on.
    ///
    /// # Errors
    /// [`TransitionRefused::WrongParty`], [`TransitionRefused::WrongState`].
    pub fn demand_reports_occupants(&self, by: UserId) -> Result<(), TransitionRefused> {
        let is_accepted = self.status.holds_days() && self.status != OrderStatus::WaitAccept;
        match by == self.landlord {
            true if is_accepted => Ok(()),
            true => Err(TransitionRefused::WrongState),
            false => Err(TransitionRefused::WrongParty),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CancellationPreset, HouseId, Money, OrderId, Quote, QuoteLine, parse_day};
    use chrono::DateTime;

    fn person(name: &str, number: &str) -> RegisteredOccupant {
        let today = parse_day("2026-11-21").unwrap();
        RegisteredOccupant { name: RealName::new(name).unwrap(), number: IdentityNumber::new(number, today).unwrap() }
    }

    #[test]
    fn a_name_shows_its_first_character() {
        for (name, masked) in [("张三", "张*"), ("欧阳娜娜", "欧*"), ("Li Lei", "L*")] {
            assert_eq!(RegisteredOccupant::masked_name(name), masked);
        }
    }

    #[test]
    fn a_person_is_named_once_and_no_more_than_guests() {
        let (one, other) = (person("张三", "11010519491231002X"), person("李四", "440524188001010014"));
        assert!(OccupantList::new(vec![one.clone(), person("王五", "11010519491231002x")]).is_err());
        let two = OccupantList::new(vec![one, other]).unwrap();
        let empty = OccupantList::default();
        assert_eq!(two.people().len(), 2);
        for (list, guests, is_demanded, fits) in [
            (&two, 2, false, true),
            (&two, 3, true, true),
            (&two, 1, false, false),
            (&empty, 1, false, true),
            (&empty, 1, true, false),
        ] {
            assert_eq!(list.demand_fit(guests, is_demanded).is_ok(), fits, "{guests} {is_demanded}");
        }
        assert!(!format!("{two:?}").contains('张'));
    }

    fn order(status: OrderStatus) -> Order {
        let (start, price) = (parse_day("2026-12-01").unwrap(), Money::from_fen(100).unwrap());
        Order {
            id: OrderId::new(1).unwrap(),
            house: HouseId::new(1).unwrap(),
            landlord: UserId::new(1).unwrap(),
            guest: UserId::new(2).unwrap(),
            start,
            end: start,
            guests: 2,
            quote: Quote::of_lines(vec![QuoteLine::days(start, 2, price).unwrap()]).unwrap(),
            status,
            created_at: DateTime::UNIX_EPOCH,
            expires_at: None,
            cancellation: CancellationPreset::default(),
        }
    }

    #[test]
    fn the_landlord_sees_them_from_the_acceptance_on_and_only_the_guest_names_them() {
        let [landlord, guest, stranger] = [1, 2, 3].map(|id| UserId::new(id).unwrap());
        let today = parse_day("2026-12-02").unwrap();
        let wrong_party = Err(TransitionRefused::WrongParty);
        for status in OrderStatus::ALL {
            let order = order(status);
            let accepted = matches!(
                status,
                OrderStatus::WaitPayment | OrderStatus::Paid | OrderStatus::WaitComment | OrderStatus::Complete
            );
            let of_state = |fine: bool| if fine { Ok(()) } else { Err(TransitionRefused::WrongState) };
            assert_eq!(order.demand_sees_occupants(guest), Ok(()));
            assert_eq!(order.demand_sees_occupants(landlord), of_state(accepted), "{status:?}");
            assert_eq!(order.demand_reports_occupants(landlord), of_state(accepted), "{status:?}");
            assert_eq!(order.demand_registers(guest, today), of_state(!status.is_final()), "{status:?}");
            assert_eq!(order.demand_registers(landlord, today), wrong_party);
            assert_eq!(order.demand_reports_occupants(guest), wrong_party);
            assert_eq!(order.demand_sees_occupants(stranger), wrong_party);
            assert_eq!(order.demand_registers(stranger, today), wrong_party);
        }
        let after = parse_day("2026-12-03").unwrap();
        let late = order(OrderStatus::WaitComment).demand_registers(guest, after);
        assert_eq!(late, Err(TransitionRefused::StayOver));
    }
}
