//! A landlord's own listings.

use futures_util::future::join_all;
use minsu_domain::{HouseId, ListingAct, ListingState, SortKey, UserId, Version};

use super::fixtures::{add_picture, filter, found, house, instant, name, offer, picture, user};
use crate::{ErasedUser, ListingStanding, LockedLandlord, NewHouse, Store, StoreError};

pub(super) fn version(number: u32) -> Version {
    Version::new(number).unwrap()
}

/// Adds a draft of the landlord with a picture.
pub(super) async fn draft(store: &dyn Store, landlord: UserId, title: &str) -> HouseId {
    let (mut unit, landlord) = LockedLandlord::begin(store, landlord).await.unwrap().unwrap();
    let house = NewHouse { offer: offer(title), created_at: instant(1) };
    let id = unit.own_listings().insert_draft(&landlord, &house).await.unwrap();
    unit.houses().add_picture(&landlord, id, &picture(&format!("houses/{id}.jpg")), 1).await.unwrap();
    unit.commit().await.unwrap();
    id
}

async fn publish(store: &dyn Store, landlord: UserId, id: HouseId, seen: Version) -> Result<bool, StoreError> {
    let (mut unit, landlord) = LockedLandlord::begin(store, landlord).await?.unwrap();
    let step = ListingState::Draft.step(ListingAct::Publish).unwrap();
    let published = unit.own_listings().take_step(&landlord, id, seen, step, instant(50)).await?;
    if published {
        unit.commit().await?;
    }
    Ok(published)
}

/// A draft is in no list of others, neither shown nor booked; its landlord reads it.
pub async fn a_draft_is_its_landlords_alone(store: &dyn Store) {
    let (landlord, stranger) = (user(store, 1).await, user(store, 2).await);
    let open = house(store, landlord, 3).await;
    add_picture(store, open, "houses/open.jpg").await;
    let hidden = draft(store, landlord, "draft").await;
    for sort in SortKey::ALL {
        assert_eq!(found(store, &filter(sort)).await, [open]);
    }
    let mut session = store.read_own().await.unwrap();
    assert_eq!(session.houses().count(&filter(SortKey::New), 10).await.unwrap(), 1);
    assert_eq!(session.houses().terms(hidden).await.unwrap(), None);
    assert_eq!(session.houses().detail(hidden, 30).await.unwrap(), None);
    assert_eq!(session.houses().most_booked(5).await.unwrap().iter().map(|slide| slide.id).collect::<Vec<_>>(), [open]);
    let of_landlord = session.houses().of_landlord(landlord, 10).await.unwrap();
    assert_eq!(of_landlord.iter().map(|house| house.id).collect::<Vec<_>>(), [open]);
    let own = session.own_listings();
    let standing = own.standing(hidden).await.unwrap().unwrap();
    let state = ListingState::Draft;
    assert_eq!(standing, ListingStanding { landlord, state, version: version(2), pictures: 1 });
    assert_eq!(own.standing(open).await.unwrap().unwrap().state, ListingState::Published);
    assert_eq!(own.standing(HouseId::new(i64::MAX).unwrap()).await.unwrap(), None);
    let read = own.find(landlord, hidden).await.unwrap().unwrap();
    assert_eq!((read.offer, read.state, read.version), (offer("draft"), ListingState::Draft, version(2)));
    assert_eq!(own.find(stranger, hidden).await.unwrap(), None);
    assert_eq!(own.page(stranger, None, 10).await.unwrap(), []);
}

/// Pages go from the newest to the oldest and from the oldest to the newest, each listing once.
pub async fn own_listings_come_in_pages(store: &dyn Store) {
    let landlord = user(store, 1).await;
    let mut ids = Vec::new();
    for number in 0..5 {
        ids.insert(
            0,
            match number % 2 {
                0 => house(store, landlord, number).await,
                _ => draft(store, landlord, "draft").await,
            },
        );
    }
    let mut session = store.read_own().await.unwrap();
    let mut seen = Vec::new();
    loop {
        let page = session.own_listings().page(landlord, seen.last().copied(), 2).await.unwrap();
        if page.is_empty() {
            break;
        }
        assert!(page.iter().all(|listing| listing.offer.facilities.len() == 3));
        seen.extend(page.iter().map(|listing| listing.id));
    }
    assert_eq!(seen, ids);
    ids.reverse();
    let mut oldest = Vec::new();
    loop {
        let page = session.own_listings().oldest(landlord, oldest.last().copied(), 2).await.unwrap();
        if page.is_empty() {
            break;
        }
        assert!(page.len() <= 2 && page.iter().all(|listing| listing.offer.facilities.len() == 3));
        oldest.extend(page.iter().map(|listing| listing.id));
    }
    assert_eq!(oldest, ids);
}

/// Published once, by its landlord, in the version that was seen; then every search finds it, with the date of
/// its publication.
pub async fn a_draft_is_published_once(store: &dyn Store) {
    let (landlord, stranger) = (user(store, 1).await, user(store, 2).await);
    let id = draft(store, landlord, "draft").await;
    assert!(!publish(store, stranger, id, version(2)).await.unwrap());
    assert!(!publish(store, landlord, id, version(1)).await.unwrap());
    let attempts = (0..16).map(async |_| {
        loop {
            match publish(store, landlord, id, version(2)).await {
                Err(StoreError::Conflict(_)) => {}
                result => return result.unwrap(),
            }
        }
    });
    assert_eq!(join_all(attempts).await.into_iter().filter(|published| *published).count(), 1);
    assert!(!publish(store, landlord, id, version(3)).await.unwrap());
    assert_eq!(found(store, &filter(SortKey::New)).await, [id]);
    let detail = store.read_own().await.unwrap().houses().detail(id, 30).await.unwrap().unwrap();
    assert_eq!((detail.version, detail.created_at, detail.order_count), (version(3), instant(50), 0));
}

/// Drafts stay until their landlord leaves, and go with them.
pub async fn drafts_go_with_their_landlord(store: &dyn Store) {
    let landlord = user(store, 1).await;
    let (open, hidden) = (house(store, landlord, 3).await, draft(store, landlord, "draft").await);
    let mut unit = store.begin().await.unwrap();
    assert_eq!(unit.maintenance().delete_forgotten_houses(10).await.unwrap(), 0);
    drop(unit);
    let (mut unit, erased) = ErasedUser::begin(store, landlord, &name("erased 1")).await.unwrap().unwrap();
    let withdrawn = unit.houses().withdraw_all(&erased, instant(9)).await.unwrap();
    unit.commit().await.unwrap();
    let mut ids: Vec<_> = withdrawn.iter().map(|house| house.id).collect();
    ids.sort();
    assert_eq!(ids, [open, hidden]);
    let mut session = store.read_own().await.unwrap();
    assert_eq!(session.own_listings().oldest(landlord, None, 100).await.unwrap(), []);
    assert_eq!(session.own_listings().standing(hidden).await.unwrap().unwrap().state, ListingState::Deleted);
    drop(session);
    let mut unit = store.begin().await.unwrap();
    assert_eq!(unit.maintenance().delete_forgotten_houses(10).await.unwrap(), 2);
    unit.commit().await.unwrap();
    assert_eq!(store.read_own().await.unwrap().own_listings().standing(hidden).await.unwrap(), None);
}
