//! The contract of [`crate::IdentitySealer`].
#![expect(clippy::expect_used, reason = "a suite fails by panicking")]

use minsu_domain::{HouseId, IdentityNumber, OccupantList, OrderId, RealName, RegisteredOccupant, UserId};

use crate::{Identity, IdentitySealer, SealError, SealedIdentity, SealedText};

const NAME: &str = "韩梅梅";
const NUMBER: &str = "11010519491231002X";

fn user(id: i64) -> UserId {
    UserId::new(id).expect("a positive id")
}

fn sealed_for(sealer: &dyn IdentitySealer, owner: UserId) -> SealedIdentity {
    let today = minsu_domain::parse_day("2026-11-21").expect("a day");
    let number = IdentityNumber::new(NUMBER, today).expect("the standard's sample");
    sealer.seal(owner, &RealName::new(NAME).expect("a name"), &number).expect("sealed data")
}

/// The owner gets the sealed data back.
pub fn what_is_sealed_opens(sealer: &dyn IdentitySealer) {
    let sealed = sealed_for(sealer, user(7));
    let expected = Identity { real_name: NAME.to_owned(), id_card: NUMBER.to_owned() };
    assert_eq!(sealer.open(user(7), &sealed), Ok(expected));
}

/// The digest of a number is the same for every account, that of another number another one, and neither tells it.
pub fn a_number_has_one_digest(sealer: &dyn IdentitySealer) {
    let digests = sealer.digests(NUMBER);
    assert_eq!(digests, sealer.digests(NUMBER));
    assert_eq!(digests.key_id, sealer.current_key());
    assert_eq!(digests.current.len(), 64);
    assert!(digests.current != sealer.digests("110105194912310039").current && !digests.current.contains("1101051949"));
}

/// Resealing keeps the data, with the current key, for the same user only.
pub fn sealing_anew_changes_the_bytes_only(sealer: &dyn IdentitySealer) {
    let sealed = sealed_for(sealer, user(7));
    let again = sealer.reseal(user(7), &sealed).expect("sealed data");
    assert!(again.sealed != sealed.sealed && again.key_id == sealer.current_key());
    assert_eq!(sealer.open(user(7), &again), sealer.open(user(7), &sealed));
    assert_eq!(sealer.reseal(user(8), &sealed), Err(SealError::NotAuthentic));
}

/// The sealed bytes show nothing, and sealing the same again gives others.
pub fn sealed_bytes_tell_nothing(sealer: &dyn IdentitySealer) {
    let (first, second) = (sealed_for(sealer, user(7)), sealed_for(sealer, user(7)));
    assert!(first.sealed != second.sealed);
    for part in [NAME.as_bytes(), NUMBER.as_bytes(), &NUMBER.as_bytes()[6..14]] {
        assert!(!first.sealed.windows(part.len()).any(|window| window == part));
    }
}

/// Data of one user do not open under another's id.
pub fn data_do_not_open_for_another_user(sealer: &dyn IdentitySealer) {
    let sealed = sealed_for(sealer, user(7));
    assert_eq!(sealer.open(user(8), &sealed), Err(SealError::NotAuthentic));
}

/// Not one bit can be changed, nothing can be cut off or added.
pub fn changed_data_do_not_open(sealer: &dyn IdentitySealer) {
    let SealedIdentity { key_id, sealed } = sealed_for(sealer, user(7));
    let opened = |sealed: Vec<u8>| sealer.open(user(7), &SealedIdentity { key_id: key_id.clone(), sealed });
    for bit in 0..sealed.len() * 8 {
        let mut changed = sealed.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(opened(changed), Err(SealError::NotAuthentic), "bit {bit}");
    }
    for length in 0..sealed.len() {
        assert_eq!(opened(sealed[..length].to_vec()), Err(SealError::NotAuthentic), "{length} bytes");
    }
    assert_eq!(opened([sealed.as_slice(), &[0]].concat()), Err(SealError::NotAuthentic));
}

/// The people of an order open in their order, for that order alone; those of a user with the same number are
/// something else.
pub fn occupants_open_for_their_order_alone(sealer: &dyn IdentitySealer) {
    let today = minsu_domain::parse_day("2026-11-21").expect("a day");
    let people = [(NAME, NUMBER), ("Li Lei", "440524188001010014")];
    let person = |(name, number)| RegisteredOccupant {
        name: RealName::new(name).expect("a name"),
        number: IdentityNumber::new(number, today).expect("a sample"),
    };
    let order = |id| OrderId::new(id).expect("a positive id");
    for count in 0..=people.len() {
        let list = OccupantList::new(people[..count].iter().copied().map(person).collect()).expect("a list");
        let sealed = sealer.seal_occupants(order(7), &list).expect("sealed data");
        let expected: Vec<_> = people[..count]
            .iter()
            .map(|(name, number)| Identity { real_name: (*name).to_owned(), id_card: (*number).to_owned() })
            .collect();
        assert_eq!(sealer.open_occupants(order(7), &sealed), Ok(expected.clone()));
        let again = sealer.reseal_occupants(order(7), &sealed).expect("sealed data");
        assert!(again.sealed != sealed.sealed && again.key_id == sealer.current_key());
        assert_eq!(sealer.open_occupants(order(7), &again), Ok(expected));
        assert_eq!(sealer.open_occupants(order(8), &sealed), Err(SealError::NotAuthentic));
        assert_eq!(sealer.reseal_occupants(order(8), &sealed), Err(SealError::NotAuthentic));
        assert_eq!(sealer.open(user(7), &sealed), Err(SealError::NotAuthentic));
        assert!(!sealed.sealed.windows(NUMBER.len()).any(|window| window == NUMBER.as_bytes()));
    }
    assert_eq!(sealer.open_occupants(order(7), &sealed_for(sealer, user(7))), Err(SealError::NotAuthentic));
}

/// Data sealed by an unknown key are told from changed ones.
pub fn an_unknown_key_is_named(sealer: &dyn IdentitySealer) {
    let sealed = SealedIdentity { key_id: "no such key".to_owned(), ..sealed_for(sealer, user(7)) };
    assert_eq!(sealer.open(user(7), &sealed), Err(SealError::UnknownKey));
}

/// A text opens as what it was sealed as, for its owner alone, and tells nothing; real-name data of the same person are
/// something else.
pub fn texts_open_for_their_owner_alone(sealer: &dyn IdentitySealer) {
    const TEXT: &str = "https://receiver.example/hooks/8f1e\nwhsec_c2VjcmV0";
    let house = |id| HouseId::new(id).expect("a positive id");
    let identity = sealed_for(sealer, user(7));
    for (text, others) in [
        (SealedText::Webhook(user(7)), [SealedText::Webhook(user(8)), SealedText::CalendarUrl(house(7))]),
        (SealedText::CalendarUrl(house(7)), [SealedText::CalendarUrl(house(8)), SealedText::Webhook(user(7))]),
    ] {
        let sealed = sealer.seal_text(text, TEXT).expect("sealed data");
        assert_eq!(sealer.open_text(text, &sealed), Ok(TEXT.to_owned()));
        let again = sealer.reseal_text(text, &sealed).expect("sealed data");
        assert!(again.sealed != sealed.sealed && again.key_id == sealer.current_key());
        assert_eq!(sealer.open_text(text, &again), Ok(TEXT.to_owned()));
        for other in others {
            assert_eq!(sealer.open_text(other, &sealed), Err(SealError::NotAuthentic));
            assert_eq!(sealer.reseal_text(other, &sealed), Err(SealError::NotAuthentic));
        }
        assert_eq!(sealer.open(user(7), &sealed), Err(SealError::NotAuthentic));
        assert_eq!(sealer.open_text(text, &identity), Err(SealError::NotAuthentic));
        assert!(!sealed.sealed.windows(8).any(|window| window == b"receiver"));
    }
}
