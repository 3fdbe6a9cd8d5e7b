//! Erasing users, and maintenance.

use minsu_domain::{
    OrderStatus::{Canceled, Rejected, WaitAccept, WaitComment},
    SortKey, UserId, Version,
};

use super::fixtures::{
    add_picture, add_user, advance, comment, day, filter, found, house, instant, mobile, name, new_order, new_user,
    picture, place, place_in, set_avatar, stay, try_place, user,
};
use crate::{
    Doomed, ErasedUser, LockedGuest, LockedLandlord, NewOrder, NumberDigests, OrderNote, PasswordHash, SealedIdentity,
    Store, StoreError, WithdrawnHouse,
};

async fn erase(store: &dyn Store, id: UserId, replacement: &str) -> bool {
    let mut unit = store.begin().await.unwrap();
    let erased = unit.users().erase(id, &name(replacement)).await.unwrap();
    unit.commit().await.unwrap();
    erased
}

/// All personal data of an erased user are gone, no call changes the user, and the number is free again.
pub async fn an_erased_user_is_gone(store: &dyn Store) {
    let (anna, berta) = (user(store, 1).await, user(store, 2).await);
    let of_anna = house(store, anna, 0).await;
    let sealed = SealedIdentity { key_id: "k".to_owned(), sealed: vec![1] };
    let mut unit = store.begin().await.unwrap();
    unit.users().set_identity_once(anna, &sealed).await.unwrap();
    unit.commit().await.unwrap();
    set_avatar(store, anna, "a.jpg").await;
    assert!(erase(store, anna, "erased 1").await);
    assert!(!erase(store, anna, "erased 2").await);
    let mut unit = store.begin().await.unwrap();
    let users = unit.users();
    assert_eq!(users.find(anna).await.unwrap(), None);
    assert_eq!(users.credentials_of(anna).await.unwrap(), None);
    assert_eq!(users.credentials(&mobile(1)).await.unwrap(), None);
    assert_eq!(users.identity(anna).await.unwrap(), None);
    assert!(!users.set_password_hash(anna, &PasswordHash("h".to_owned())).await.unwrap());
    assert!(!users.rename(anna, &name("Anna")).await.unwrap());
    assert!(!users.set_identity_once(anna, &sealed).await.unwrap());
    assert!(users.find(berta).await.unwrap().is_some());
    drop(unit);
    assert!(LockedGuest::begin(store, anna).await.unwrap().is_none());
    assert!(LockedLandlord::begin(store, anna).await.unwrap().is_none());
    assert!(ErasedUser::begin(store, anna, &name("erased 2")).await.unwrap().is_none());
    let (mut unit, guest) = LockedGuest::begin(store, berta).await.unwrap().unwrap();
    assert!(guest.with_landlord(unit.as_mut(), of_anna).await.unwrap().is_none());
    drop(unit);
    let (unit, landlord) = LockedLandlord::begin(store, berta).await.unwrap().unwrap();
    assert_eq!(landlord.landlord(), berta);
    drop(unit);
    add_user(store, &new_user(1, "person 1")).await.unwrap();
    assert!(erase(store, berta, "erased 2").await);
}

/// A hash is replaced only where it is still the expected one.
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
pub async fn withdrawn_houses_are_gone(store: &dyn Store) {
    let (landlord, other, guest) = (user(store, 1).await, user(store, 2).await, user(store, 3).await);
    let (gone, plain, stays) =
        (house(store, landlord, 2).await, house(store, landlord, 1).await, house(store, other, 0).await);
    add_picture(store, gone, "houses/1/a.jpg").await;
    add_picture(store, stays, "houses/2/a.jpg").await;
    place(store, gone, guest, stay(1, 1)).await;
    let (mut unit, erased) = ErasedUser::begin(store, landlord, &name("erased 1")).await.unwrap().unwrap();
    assert_eq!((erased.id(), erased.before().name.clone()), (landlord, name("person 1")));
    let mut withdrawn = unit.houses().withdraw_all(&erased, instant(9)).await.unwrap();
    assert_eq!(unit.houses().withdraw_all(&erased, instant(9)).await.unwrap(), []);
    unit.commit().await.unwrap();
    withdrawn.sort_by_key(|house| house.id);
    let with = |id, pictures| WithdrawnHouse { id, pictures };
    assert_eq!(withdrawn, [with(gone, vec![picture("houses/1/a.jpg")]), with(plain, vec![])]);
    for sort in SortKey::ALL {
        assert_eq!(found(store, &filter(sort)).await, [stays]);
    }
    let mut session = store.read().await.unwrap();
    assert_eq!(session.houses().count(&filter(SortKey::New), 10).await.unwrap(), 1);
    assert_eq!(session.houses().terms(gone).await.unwrap(), None);
    let (mut unit, locked) = LockedGuest::begin(store, guest).await.unwrap().unwrap();
    assert!(locked.with_landlord(unit.as_mut(), gone).await.unwrap().is_none());
    drop(unit);
    assert_eq!(session.houses().detail(gone, 30).await.unwrap(), None);
    let slides: Vec<_> = session.houses().most_booked(5).await.unwrap().into_iter().map(|house| house.id).collect();
    assert_eq!(slides, [stays]);
    // The guest still has the order, without the landlord's texts.
    let orders = session.orders().of_guest(guest, 10).await.unwrap();
    assert_eq!(orders.len(), 1);
    assert!(!orders[0].title.contains("house"), "{}", orders[0].title);
}

/// Open orders are live and not over, for guest and landlord.
pub async fn open_orders_are_named_on_both_sides(store: &dyn Store) {
    let (landlord, guest) = (user(store, 1).await, user(store, 2).await);
    let house = house(store, landlord, 0).await;
    let waiting = place(store, house, guest, stay(1, 4)).await;
    let accepted = place(store, house, guest, stay(5, 6)).await;
    advance(store, accepted, WaitAccept, WaitComment, &OrderNote::None).await;
    let rejected = place(store, house, guest, stay(7, 9)).await;
    advance(store, rejected, WaitAccept, Rejected, &OrderNote::None).await;
    let stranger = user(store, 3).await;
    for (party, open) in [(landlord, [2, 2, 1, 1, 0]), (guest, [2, 2, 1, 1, 0]), (stranger, [0; 5])] {
        // Rolled back each time.
        let (mut unit, erased) = ErasedUser::begin(store, party, &name("erased")).await.unwrap().unwrap();
        for (from, open) in [0, 4, 5, 6, 7].into_iter().zip(open) {
            // The waiting order ends first.
            let expected = &[waiting, accepted][2 - open..];
            assert_eq!(unit.orders().open_of_user(&erased, day(from)).await.unwrap(), expected, "day {from}");
        }
    }
}

/// Many landlords and many guests delete their accounts while the guests place orders with the landlords: of each
/// deletion and order exactly one succeeds, whichever party deletes the account.
pub async fn no_account_is_erased_while_an_order_is_placed(store: &dyn Store) {
    let mut scenes = Vec::new();
    for number in 0..16u32 {
        let (landlord, guest) = (user(store, 100 + number).await, user(store, 200 + number).await);
        scenes.push((house(store, landlord, 0).await, landlord, guest, number % 2 == 0));
    }
    let races = scenes.into_iter().enumerate().map(async |(number, (house, landlord, guest, of_landlord))| {
        let order = new_order(house, stay(1, 2));
        let leaver = if of_landlord { landlord } else { guest };
        let deleting = until_settled(async || {
            let (mut unit, erased) =
                ErasedUser::begin(store, leaver, &name(&format!("erased {number}"))).await?.unwrap();
            let left = unit.orders().open_of_user(&erased, day(0)).await?.is_empty();
            if left {
                unit.houses().withdraw_all(&erased, instant(9)).await?;
                unit.commit().await?;
            }
            Ok(left)
        });
        let ordering = until_settled(async || {
            let Some((mut unit, guest)) = LockedGuest::begin(store, guest).await? else { return Ok(false) };
            let Some((parties, _)) = guest.with_landlord(unit.as_mut(), house).await? else { return Ok(false) };
            place_in(unit.as_mut(), &parties, &order).await?;
            unit.commit().await.map(|()| true)
        });
        let (left, ordered) = futures_util::future::join(deleting, ordering).await;
        assert!(left != ordered, "race {number}: left {left}, ordered {ordered}");
    });
    futures_util::future::join_all(races).await;
}

/// The result of a unit of work that is begun again after a conflict.
async fn until_settled(work: impl AsyncFn() -> Result<bool, StoreError>) -> bool {
    loop {
        match work().await {
            Err(StoreError::Conflict(_)) => {}
            result => return result.unwrap(),
        }
    }
}

/// Dead orders are deleted by their age, houses when no order refers to them, users when no row does.
pub async fn forgetting_follows_what_names_what(store: &dyn Store) {
    let (landlord, guest) = (user(store, 1).await, user(store, 2).await);
    let house = house(store, landlord, 0).await;
    let mut dead = Vec::new();
    for (number, end) in [(1, Rejected), (2, Canceled), (8, Rejected)] {
        let order = NewOrder {
            created_at: instant(number),
            ..new_order(house, stay(number.unsigned_abs(), number.unsigned_abs()))
        };
        let id = try_place(store, guest, &order).await.unwrap();
        advance(store, id, WaitAccept, end, &OrderNote::None).await;
        dead.push(id);
    }
    let (mut unit, erased) = ErasedUser::begin(store, landlord, &name("erased 1")).await.unwrap().unwrap();
    unit.houses().withdraw_all(&erased, instant(9)).await.unwrap();
    unit.users().erase(guest, &name("erased 2")).await.unwrap();
    let maintenance = unit.maintenance();
    assert_eq!(maintenance.delete_forgotten_houses(10).await.unwrap(), 0);
    assert_eq!(maintenance.delete_forgotten_users(10).await.unwrap(), 0);
    assert_eq!(maintenance.delete_dead_orders(instant(5), 1).await.unwrap(), 1);
    assert_eq!(maintenance.delete_dead_orders(instant(5), 10).await.unwrap(), 1);
    assert_eq!(maintenance.delete_dead_orders(instant(5), 10).await.unwrap(), 0);
    assert_eq!(unit.orders().find(dead[0]).await.unwrap(), None);
    let version = Version::new(9).unwrap();
    assert_eq!(unit.orders().history(dead[0], version).await.unwrap(), []);
    assert_eq!(unit.orders().history(dead[2], version).await.unwrap().len(), 2);
    assert!(unit.orders().find(dead[2]).await.unwrap().is_some());
    let maintenance = unit.maintenance();
    assert_eq!(maintenance.delete_dead_orders(instant(9), 10).await.unwrap(), 1);
    assert_eq!(maintenance.delete_forgotten_houses(10).await.unwrap(), 1);
    assert_eq!(maintenance.delete_forgotten_users(10).await.unwrap(), 2);
}

/// What is doomed is what the deletions take, at every instant, and looking at it changes nothing.
pub async fn what_is_doomed_is_what_goes(store: &dyn Store) {
    let (landlord, guest, keeper) = (user(store, 1).await, user(store, 2).await, user(store, 3).await);
    let (gone, kept) = (house(store, landlord, 0).await, house(store, landlord, 1).await);
    house(store, keeper, 2).await;
    let mut dead = Vec::new();
    for (house, seconds, end) in [(gone, 1_i64, Rejected), (gone, 2, Canceled), (kept, 8, Rejected)] {
        let day = seconds.unsigned_abs();
        let order = NewOrder { created_at: instant(seconds), ..new_order(house, stay(day, day)) };
        let id = try_place(store, guest, &order).await.unwrap();
        advance(store, id, WaitAccept, end, &OrderNote::None).await;
        dead.push(id.get());
    }
    let (mut unit, erased) = ErasedUser::begin(store, landlord, &name("erased 1")).await.unwrap().unwrap();
    unit.houses().withdraw_all(&erased, instant(9)).await.unwrap();
    unit.users().erase(guest, &name("erased 2")).await.unwrap();
    unit.users().erase(keeper, &name("erased 3")).await.unwrap();
    unit.commit().await.unwrap();
    let (gone, kept, landlord, guest) = (gone.get(), kept.get(), landlord.get(), guest.get());
    for (before, orders, houses, users) in [
        (1, vec![], vec![], vec![]),
        (2, vec![dead[0]], vec![], vec![]),
        (5, vec![dead[0], dead[1]], vec![gone], vec![]),
        (9, dead.clone(), vec![gone, kept], vec![landlord, guest]),
    ] {
        let mut unit = store.begin().await.unwrap();
        for (what, expected) in [(Doomed::Orders, &orders), (Doomed::Houses, &houses), (Doomed::Users, &users)] {
            let all = unit.maintenance().doomed(what, instant(before), 0, 10).await.unwrap();
            assert_eq!(all, *expected, "{what:?} at {before}");
            let first = unit.maintenance().doomed(what, instant(before), 0, 1).await.unwrap();
            assert_eq!(first, all.get(..1).unwrap_or_default());
            let after = first.first().copied().unwrap_or_default();
            let rest = unit.maintenance().doomed(what, instant(before), after, 10).await.unwrap();
            assert_eq!(rest, all.get(1..).unwrap_or_default());
        }
        // What the deletions take, which are not committed.
        let went = [
            unit.maintenance().delete_dead_orders(instant(before), 10).await.unwrap(),
            unit.maintenance().delete_forgotten_houses(10).await.unwrap(),
            unit.maintenance().delete_forgotten_users(10).await.unwrap(),
        ];
        assert_eq!(went, [orders.len(), houses.len(), users.len()].map(|number| number as u64), "at {before}");
    }
}

/// Completed orders and their comments stay, under the replacement name.
pub async fn comments_stay_without_their_author(store: &dyn Store) {
    let (landlord, guest) = (user(store, 1).await, user(store, 2).await);
    let house = house(store, landlord, 0).await;
    let order = place(store, house, guest, stay(1, 1)).await;
    comment(store, order, "quiet", 5).await;
    assert!(erase(store, guest, "erased 2").await);
    let mut unit = store.begin().await.unwrap();
    assert_eq!(unit.maintenance().delete_dead_orders(instant(1_000_000), 10).await.unwrap(), 0);
    assert_eq!(unit.maintenance().delete_forgotten_users(10).await.unwrap(), 0);
    let comments = unit.houses().detail(house, 30).await.unwrap().unwrap().comments;
    assert_eq!(comments.len(), 1);
    assert_eq!(comments[0].user_name, name("erased 2"));
}

/// Data that another key sealed are listed by id, and replaced only where they are still the same.
pub async fn sealing_anew_walks_by_the_id(store: &dyn Store) {
    let sealed = |key: &str, byte: u8| SealedIdentity { key_id: key.to_owned(), sealed: vec![byte; 64] };
    let mut people = Vec::new();
    for number in 1..=4 {
        people.push(user(store, number).await);
    }
    let unnoted = user(store, 5).await;
    let mut unit = store.begin().await.unwrap();
    for (person, key) in people.iter().zip(["old", "new", "old", "older"]) {
        unit.users().set_identity_once(*person, &sealed(key, 1)).await.unwrap();
        let number = NumberDigests { key_id: key.to_owned(), current: format!("{person}"), former: Vec::new() };
        unit.users().note_identity_number(*person, &number, 1).await.unwrap();
    }
    unit.users().set_identity_once(unnoted, &sealed("new", 1)).await.unwrap();
    let listed = |found: Vec<(UserId, SealedIdentity)>| found.into_iter().map(|(id, _)| id).collect::<Vec<_>>();
    let maintenance = unit.maintenance();
    assert_eq!(listed(maintenance.sealed_otherwise("new", None, 2).await.unwrap()), [people[0], people[2]]);
    assert_eq!(listed(maintenance.sealed_otherwise("new", Some(people[2]), 2).await.unwrap()), [people[3], unnoted]);
    assert!(!maintenance.reseal(people[0], &sealed("old", 2), &sealed("new", 3)).await.unwrap());
    assert!(maintenance.reseal(people[0], &sealed("old", 1), &sealed("new", 3)).await.unwrap());
    assert_eq!(unit.users().identity(people[0]).await.unwrap(), Some(sealed("new", 3)));
}
