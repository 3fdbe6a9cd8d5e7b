//! Erasing people, and what is done to the store now and then.

use minsu_domain::{
    OrderStatus::{Canceled, Rejected, WaitAccept, WaitComment},
    SortKey, UserId,
};

use super::fixtures::{
    add_picture, add_user, advance, comment, day, filter, found, house, instant, mobile, name, new_user, picture,
    place, stay, try_place, user,
};
use crate::{NewOrder, OrderNote, PasswordHash, SealedIdentity, Store, StoreError, WithdrawnHouse};

async fn erase(store: &dyn Store, id: UserId, nobody: &str) -> bool {
    let mut unit = store.begin().await.unwrap();
    let erased = unit.users().erase(id, &name(nobody)).await.unwrap();
    unit.commit().await.unwrap();
    erased
}

/// Nothing of an erased person is left, nobody changes them, and the number is free again.
pub async fn an_erased_person_is_nobody(store: &dyn Store) {
    let (anna, berta) = (user(store, 1).await, user(store, 2).await);
    let sealed = SealedIdentity { key_id: "k".to_owned(), sealed: vec![1] };
    let mut unit = store.begin().await.unwrap();
    unit.users().set_identity_once(anna, &sealed).await.unwrap();
    unit.users().set_avatar(anna, &picture("a.jpg")).await.unwrap();
    unit.commit().await.unwrap();
    assert!(erase(store, anna, "nobody 1").await);
    assert!(!erase(store, anna, "nobody 2").await);
    let mut unit = store.begin().await.unwrap();
    let users = unit.users();
    assert_eq!(users.find(anna).await.unwrap(), None);
    assert_eq!(users.credentials_of(anna).await.unwrap(), None);
    assert_eq!(users.credentials(&mobile(1)).await.unwrap(), None);
    assert_eq!(users.identity(anna).await.unwrap(), None);
    assert!(!users.set_password_hash(anna, &PasswordHash("h".to_owned())).await.unwrap());
    assert!(!users.rename(anna, &name("Anna")).await.unwrap());
    assert!(users.hold(&[berta]).await.unwrap());
    assert!(!users.hold(&[anna]).await.unwrap() && !users.hold(&[anna, berta]).await.unwrap());
    assert!(!users.set_identity_once(anna, &sealed).await.unwrap());
    assert!(users.find(berta).await.unwrap().is_some());
    drop(unit);
    add_user(store, &new_user(1, "person 1")).await.unwrap();
    assert!(erase(store, berta, "nobody 2").await);
}

/// A hash is replaced only where it is still the one that somebody looked at.
pub async fn a_hash_that_changed_meanwhile_is_not_replaced(store: &dyn Store) {
    let anna = user(store, 1).await;
    let hash = |text: &str| PasswordHash(text.to_owned());
    let first = store.read().await.unwrap().users().credentials_of(anna).await.unwrap().unwrap().password_hash;
    let mut unit = store.begin().await.unwrap();
    assert!(unit.users().replace_password_hash(anna, &first, &hash("second")).await.unwrap());
    assert!(!unit.users().replace_password_hash(anna, &first, &hash("third")).await.unwrap());
    assert_eq!(unit.users().credentials_of(anna).await.unwrap().unwrap().password_hash, hash("second"));
}

/// Withdrawn houses are neither found nor read nor shown; other landlords' are.
pub async fn withdrawn_houses_are_gone_for_everybody(store: &dyn Store) {
    let (landlord, other, guest) = (user(store, 1).await, user(store, 2).await, user(store, 3).await);
    let (gone, plain, stays) =
        (house(store, landlord, 2).await, house(store, landlord, 1).await, house(store, other, 0).await);
    add_picture(store, gone, "houses/1/a.jpg").await;
    add_picture(store, stays, "houses/2/a.jpg").await;
    place(store, gone, guest, stay(1, 1)).await;
    let mut unit = store.begin().await.unwrap();
    let mut withdrawn = unit.houses().withdraw_all(landlord, instant(9)).await.unwrap();
    assert_eq!(unit.houses().withdraw_all(landlord, instant(9)).await.unwrap(), []);
    unit.commit().await.unwrap();
    withdrawn.sort_by_key(|house| house.id);
    let with = |id, pictures| WithdrawnHouse { id, pictures };
    assert_eq!(withdrawn, [with(gone, vec![picture("houses/1/a.jpg")]), with(plain, vec![])]);
    for sort in [SortKey::New, SortKey::Booking, SortKey::PriceAscending, SortKey::PriceDescending] {
        assert_eq!(found(store, &filter(sort)).await, [stays]);
    }
    let mut session = store.read().await.unwrap();
    assert_eq!(session.houses().count(&filter(SortKey::New), 10).await.unwrap(), 1);
    assert_eq!(session.houses().terms(gone).await.unwrap(), None);
    assert_eq!(session.houses().detail(gone, 30).await.unwrap(), None);
    let slides: Vec<_> = session.houses().most_booked(5).await.unwrap().into_iter().map(|house| house.id).collect();
    assert_eq!(slides, [stays]);
    // The guest still has the order, without what the landlord wrote.
    let orders = session.orders().of_guest(guest, 10).await.unwrap();
    assert_eq!(orders.len(), 1);
    assert!(!orders[0].title.contains("house"), "{}", orders[0].title);
}

/// Open is what is live and not over, on either side.
pub async fn open_orders_are_counted_on_both_sides(store: &dyn Store) {
    let (landlord, guest) = (user(store, 1).await, user(store, 2).await);
    let house = house(store, landlord, 0).await;
    place(store, house, guest, stay(1, 4)).await;
    let accepted = place(store, house, guest, stay(5, 6)).await;
    advance(store, accepted, WaitAccept, WaitComment, &OrderNote::None).await;
    let rejected = place(store, house, guest, stay(7, 9)).await;
    advance(store, rejected, WaitAccept, Rejected, &OrderNote::None).await;
    let mut session = store.read_own().await.unwrap();
    for (today, open) in [(0, 2), (4, 2), (5, 1), (6, 1), (7, 0)] {
        for party in [landlord, guest] {
            assert_eq!(session.orders().count_open(party, day(today)).await.unwrap(), open, "day {today}");
        }
    }
    let stranger = user(store, 3).await;
    assert_eq!(store.read_own().await.unwrap().orders().count_open(stranger, day(0)).await.unwrap(), 0);
}

/// Many landlords and many guests leave while the guests order from the landlords: of a departure and
/// an order that knows nothing of it exactly one comes about, whoever leaves.
pub async fn nobody_leaves_while_an_order_is_on_its_way(store: &dyn Store) {
    let mut scenes = Vec::new();
    for number in 0..16u32 {
        let (landlord, guest) = (user(store, 100 + number).await, user(store, 200 + number).await);
        scenes.push((house(store, landlord, 0).await, landlord, guest, number % 2 == 0));
    }
    let races = scenes.into_iter().enumerate().map(async |(number, (house, landlord, guest, of_landlord))| {
        let order = super::fixtures::new_order(house, guest, stay(1, 2));
        let leaver = if of_landlord { landlord } else { guest };
        let leaving = until_settled(async || {
            let mut unit = store.begin().await?;
            let name = name(&format!("nobody {number}"));
            let left = unit.users().erase(leaver, &name).await? && unit.orders().count_open(leaver, day(0)).await? == 0;
            if left {
                unit.houses().withdraw_all(leaver, instant(9)).await?;
                unit.commit().await?;
            }
            Ok(left)
        });
        let ordering = until_settled(async || {
            let mut unit = store.begin().await?;
            unit.orders().count_waiting(guest).await?;
            if unit.houses().terms(house).await?.is_none() || !unit.users().hold(&[guest, landlord]).await? {
                return Ok(false);
            }
            unit.orders().place(&order).await?;
            unit.commit().await.map(|()| true)
        });
        let (left, ordered) = futures_util::future::join(leaving, ordering).await;
        assert!(left != ordered, "race {number}: left {left}, ordered {ordered}");
    });
    futures_util::future::join_all(races).await;
}

/// What a unit of work came to that is begun again when it was in another's way.
async fn until_settled(work: impl AsyncFn() -> Result<bool, StoreError>) -> bool {
    loop {
        match work().await {
            Err(StoreError::Conflict(_)) => {}
            result => return result.unwrap(),
        }
    }
}

/// Dead orders go by their age, houses when no order names them, people when nothing names them.
pub async fn forgetting_follows_what_names_what(store: &dyn Store) {
    let (landlord, guest) = (user(store, 1).await, user(store, 2).await);
    let house = house(store, landlord, 0).await;
    let mut dead = Vec::new();
    for (number, end) in [(1, Rejected), (2, Canceled), (8, Rejected)] {
        let order = NewOrder {
            created_at: instant(number),
            ..super::fixtures::new_order(house, guest, stay(number.unsigned_abs(), number.unsigned_abs()))
        };
        let id = try_place(store, &order).await.unwrap();
        advance(store, id, WaitAccept, end, &OrderNote::None).await;
        dead.push(id);
    }
    let mut unit = store.begin().await.unwrap();
    unit.houses().withdraw_all(landlord, instant(9)).await.unwrap();
    unit.users().erase(landlord, &name("nobody 1")).await.unwrap();
    unit.users().erase(guest, &name("nobody 2")).await.unwrap();
    let upkeep = unit.upkeep();
    assert_eq!(upkeep.delete_forgotten_houses(10).await.unwrap(), 0);
    assert_eq!(upkeep.delete_forgotten_users(10).await.unwrap(), 0);
    assert_eq!(upkeep.delete_dead_orders(instant(5), 1).await.unwrap(), 1);
    assert_eq!(upkeep.delete_dead_orders(instant(5), 10).await.unwrap(), 1);
    assert_eq!(upkeep.delete_dead_orders(instant(5), 10).await.unwrap(), 0);
    assert_eq!(unit.orders().find(dead[0]).await.unwrap(), None);
    assert!(unit.orders().find(dead[2]).await.unwrap().is_some());
    let upkeep = unit.upkeep();
    assert_eq!(upkeep.delete_dead_orders(instant(9), 10).await.unwrap(), 1);
    assert_eq!(upkeep.delete_forgotten_houses(10).await.unwrap(), 1);
    assert_eq!(upkeep.delete_forgotten_users(10).await.unwrap(), 2);
}

/// Completed orders and their comments stay, under the name that is nobody's.
pub async fn comments_stay_without_their_author(store: &dyn Store) {
    let (landlord, guest) = (user(store, 1).await, user(store, 2).await);
    let house = house(store, landlord, 0).await;
    let order = place(store, house, guest, stay(1, 1)).await;
    comment(store, order, "quiet", 5).await;
    assert!(erase(store, guest, "nobody 2").await);
    let mut unit = store.begin().await.unwrap();
    assert_eq!(unit.upkeep().delete_dead_orders(instant(1_000_000), 10).await.unwrap(), 0);
    assert_eq!(unit.upkeep().delete_forgotten_users(10).await.unwrap(), 0);
    let comments = unit.houses().detail(house, 30).await.unwrap().unwrap().comments;
    assert_eq!(comments.len(), 1);
    assert_eq!(comments[0].user_name, name("nobody 2"));
}

/// What another key sealed is listed by the id, and replaced only where it is still the same.
pub async fn sealing_anew_walks_by_the_id(store: &dyn Store) {
    let sealed = |key: &str, byte: u8| SealedIdentity { key_id: key.to_owned(), sealed: vec![byte; 64] };
    let mut people = Vec::new();
    for number in 1..=4 {
        people.push(user(store, number).await);
    }
    let mut unit = store.begin().await.unwrap();
    for (person, key) in people.iter().zip(["old", "new", "old", "older"]) {
        unit.users().set_identity_once(*person, &sealed(key, 1)).await.unwrap();
    }
    let listed = |found: Vec<(UserId, SealedIdentity)>| found.into_iter().map(|(id, _)| id).collect::<Vec<_>>();
    let upkeep = unit.upkeep();
    assert_eq!(listed(upkeep.sealed_otherwise("new", None, 2).await.unwrap()), [people[0], people[2]]);
    assert_eq!(listed(upkeep.sealed_otherwise("new", Some(people[2]), 2).await.unwrap()), [people[3]]);
    assert!(!upkeep.reseal(people[0], &sealed("old", 2), &sealed("new", 3)).await.unwrap());
    assert!(upkeep.reseal(people[0], &sealed("old", 1), &sealed("new", 3)).await.unwrap());
    assert_eq!(unit.users().identity(people[0]).await.unwrap(), Some(sealed("new", 3)));
}
