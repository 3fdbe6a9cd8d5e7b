//! Houses, their pictures and comments, and the lists without a search.

use futures_util::future::join_all;
use minsu_domain::{FacilityId, HouseId, HouseOffer, ListingState, StayLimits, UserId, Version};

use super::fixtures::{
    add_house, add_picture, area, comment, complete, completed, fen, house, instant, name, offer, picture, place,
    set_avatar, stay, user,
};
use crate::{
    GuestCounts, HouseDetail, HouseSummary, Landlord, LockedLandlord, NewHouse, OwnHouse, SlideHouse, Store,
    StoreError, UniqueKey,
};

fn version(number: u32) -> Version {
    Version::new(number).unwrap()
}

/// A published house reads back in the terms, the detail and the lists.
pub async fn a_published_house_reads_back(store: &dyn Store) {
    let landlord = user(store, 1).await;
    let limits = StayLimits::new(2, 30).unwrap();
    let offer = HouseOffer { limits, deposit: fen(0), ..offer("四合院 🏮 “安静”; drop table houses;--") };
    let id = add_house(store, landlord, &NewHouse { offer: offer.clone(), created_at: instant(5) }).await;
    let mut session = store.read().await.unwrap();
    let owner = Landlord { id: landlord, name: name("person 1"), avatar: None };
    let expected = HouseDetail {
        id,
        landlord: owner,
        offer: offer.clone(),
        pictures: vec![],
        comments: vec![],
        created_at: instant(5),
        version: version(1),
        order_count: 0,
    };
    assert_eq!(session.houses().detail(id, 30).await.unwrap(), Some(expected));
    let terms = session.houses().terms(id).await.unwrap().unwrap();
    assert_eq!((terms.landlord, terms.price, terms.limits), (landlord, offer.price, limits));
    let expected = HouseSummary {
        id,
        title: offer.title,
        area: offer.area,
        area_name: "海淀区".to_owned(),
        price: offer.price,
        created_at: instant(5),
        index_picture: None,
        address: offer.address,
        dwelling: offer.dwelling,
        limits,
        has_rules: false,
        order_count: 0,
        guests: GuestCounts::default(),
        landlord,
        landlord_name: name("person 1"),
        landlord_avatar: None,
    };
    assert_eq!(session.houses().of_landlord(landlord, 10).await.unwrap(), [expected]);
}

/// A landlord gets all houses back as entered, and none of others.
pub async fn all_of_a_landlord_reads_back(store: &dyn Store) {
    let (landlord, other) = (user(store, 1).await, user(store, 2).await);
    let bare = HouseOffer { facilities: vec![], limits: StayLimits::new(2, 30).unwrap(), ..offer("tent") };
    let mut expected = Vec::new();
    for (seconds, offer) in [(1, offer("house")), (2, bare)] {
        let id = add_house(store, landlord, &NewHouse { offer: offer.clone(), created_at: instant(seconds) }).await;
        expected.push(OwnHouse {
            id,
            offer,
            pictures: vec![],
            created_at: instant(seconds),
            state: ListingState::Published,
            version: version(1),
            order_count: 0,
        });
    }
    for number in [1, 2] {
        let key = format!("houses/{number}.jpg");
        let added = add_picture(store, expected[0].id, &key).await;
        expected[0].pictures.push(added);
        expected[0].version = version(number + 1);
    }
    add_picture(store, house(store, other, 3).await, "houses/3.jpg").await;
    let mut session = store.read().await.unwrap();
    assert_eq!(session.own_listings().oldest(landlord, None, 100).await.unwrap(), expected);
    let unknown = UserId::new(i64::MAX).unwrap();
    assert_eq!(session.own_listings().oldest(unknown, None, 100).await.unwrap(), []);
}

/// No facilities at all are fine.
pub async fn a_house_may_have_no_facilities(store: &dyn Store) {
    let landlord = user(store, 1).await;
    let offer = HouseOffer { facilities: vec![], ..offer("tent") };
    let id = add_house(store, landlord, &NewHouse { offer, created_at: instant(0) }).await;
    let detail = store.read().await.unwrap().houses().detail(id, 30).await.unwrap().unwrap();
    assert!(detail.offer.facilities.is_empty());
}

/// An unknown house has neither terms nor a detail, an unknown landlord no houses.
pub async fn what_is_not_there_is_none(store: &dyn Store) {
    let mut session = store.read().await.unwrap();
    let nothing = HouseId::new(i64::MAX).unwrap();
    assert_eq!(session.houses().terms(nothing).await.unwrap(), None);
    assert_eq!(session.houses().detail(nothing, 30).await.unwrap(), None);
    assert_eq!(session.houses().of_landlord(UserId::new(i64::MAX).unwrap(), 10).await.unwrap(), []);
    assert_eq!(session.houses().most_booked(5).await.unwrap(), []);
}

/// The store refuses references to missing rows, even if the caller did not check them.
pub async fn area_and_facilities_must_exist(store: &dyn Store) {
    let landlord = user(store, 1).await;
    let unknown_area = HouseOffer { area: area(17), ..offer("nowhere") };
    let unknown_facility = HouseOffer { facilities: vec![FacilityId::new(24).unwrap()], ..offer("sauna") };
    for offer in [unknown_area, unknown_facility] {
        let (mut unit, landlord) = LockedLandlord::begin(store, landlord).await.unwrap().unwrap();
        let error = match unit.houses().insert(&landlord, &NewHouse { offer, created_at: instant(0) }).await {
            Err(error) => error,
            Ok(_) => unit.commit().await.unwrap_err(),
        };
        assert!(matches!(error, StoreError::Backend(_)), "{error:?}");
    }
    assert_eq!(store.read().await.unwrap().houses().of_landlord(landlord, 10).await.unwrap(), []);
}

/// The first picture becomes the index picture and stays it; all keep the order of their upload.
pub async fn pictures_keep_their_order(store: &dyn Store) {
    let landlord = user(store, 1).await;
    let (with, without) = (house(store, landlord, 0).await, house(store, landlord, 1).await);
    let keys = ["houses/9.jpg", "houses/1.jpg", "houses/5.jpg"];
    for key in keys {
        assert_eq!(add_picture(store, with, key).await.key, picture(key));
    }
    let mut session = store.read().await.unwrap();
    let detail = session.houses().detail(with, 30).await.unwrap().unwrap();
    assert_eq!(detail.pictures.iter().map(|shown| shown.key.clone()).collect::<Vec<_>>(), keys.map(picture));
    assert!(detail.pictures.iter().all(|shown| shown.caption.is_none()));
    assert!(session.houses().detail(without, 30).await.unwrap().unwrap().pictures.is_empty());
    let houses = session.houses().of_landlord(landlord, 10).await.unwrap();
    assert_eq!(
        houses.iter().map(|house| house.index_picture.clone()).collect::<Vec<_>>(),
        [None, Some(picture(keys[0]))]
    );
    drop(session);
    let (mut unit, landlord) = LockedLandlord::begin(store, landlord).await.unwrap().unwrap();
    let nothing = HouseId::new(i64::MAX).unwrap();
    let error = unit.houses().add_picture(&landlord, nothing, &picture("a.jpg"), 1).await.unwrap_err();
    assert!(matches!(error, StoreError::Backend(_)), "{error:?}");
}

/// A picture that the house shows already is refused; another house may show it.
pub async fn a_house_shows_a_picture_once(store: &dyn Store) {
    let landlord = user(store, 1).await;
    let (one, other) = (house(store, landlord, 0).await, house(store, landlord, 1).await);
    add_picture(store, one, "houses/9.jpg").await;
    add_picture(store, other, "houses/9.jpg").await;
    let (mut unit, landlord) = LockedLandlord::begin(store, landlord).await.unwrap().unwrap();
    let error = unit.houses().add_picture(&landlord, one, &picture("houses/9.jpg"), 1).await.unwrap_err();
    assert!(matches!(error, StoreError::Duplicate(UniqueKey::HousePicture)), "{error:?}");
}

/// The newest comments of this house, with the names of the guests; at most as many as asked for.
pub async fn comments_come_newest_first(store: &dyn Store) {
    let (landlord, anna, berta) = (user(store, 1).await, user(store, 2).await, user(store, 3).await);
    let (one, other) = (house(store, landlord, 0).await, house(store, landlord, 1).await);
    // Written in another order than ordered; the last two at the same instant.
    for (guest, first, text, seconds) in
        [(anna, 0, "第二 😀", 20), (berta, 1, "first", 10), (anna, 2, "third\nlast", 20)]
    {
        let id = place(store, one, guest, stay(first, first)).await;
        comment(store, id, text, seconds).await;
    }
    place(store, one, anna, stay(9, 9)).await;
    let elsewhere = place(store, other, anna, stay(0, 0)).await;
    comment(store, elsewhere, "elsewhere", 30).await;
    let mut session = store.read().await.unwrap();
    let detail = session.houses().detail(one, 30).await.unwrap().unwrap();
    let comments: Vec<_> =
        detail.comments.iter().map(|c| (c.user_name.as_str(), c.text.as_str(), c.written_at)).collect();
    assert_eq!(
        comments,
        [
            ("person 2", "third\nlast", instant(20)),
            ("person 2", "第二 😀", instant(20)),
            ("person 3", "first", instant(10)),
        ]
    );
    let detail = session.houses().detail(one, 2).await.unwrap().unwrap();
    assert_eq!(detail.comments.len(), 2);
}

/// The newest houses of this landlord only, with area and portrait; at most as many as asked for.
pub async fn a_landlords_houses_come_newest_first(store: &dyn Store) {
    let (landlord, other) = (user(store, 1).await, user(store, 2).await);
    set_avatar(store, landlord, "avatars/1.jpg").await;
    let middle = house(store, landlord, 2).await;
    let oldest = house(store, landlord, 1).await;
    let newest = house(store, landlord, 3).await;
    let twin = house(store, landlord, 3).await;
    house(store, other, 9).await;
    let mut session = store.read().await.unwrap();
    let houses = session.houses().of_landlord(landlord, 10).await.unwrap();
    assert_eq!(houses.iter().map(|house| house.id).collect::<Vec<_>>(), [twin, newest, middle, oldest]);
    assert!(houses.iter().all(|house| house.landlord_avatar == Some(picture("avatars/1.jpg"))));
    let houses = session.houses().of_landlord(landlord, 2).await.unwrap();
    assert_eq!(houses.iter().map(|house| house.id).collect::<Vec<_>>(), [twin, newest]);
}

/// Most guests first, then the newest; none without a picture.
pub async fn slides_show_the_most_booked_houses_with_a_picture(store: &dyn Store) {
    let landlord = user(store, 1).await;
    let mut ids = vec![];
    for (number, (orders, pictured)) in [(1, true), (3, true), (5, false), (0, true), (3, true)].into_iter().enumerate()
    {
        let id = house(store, landlord, 0).await;
        complete(store, id, orders).await;
        if pictured {
            add_picture(store, id, &format!("houses/{number}.jpg")).await;
        }
        ids.push(id);
    }
    let mut session = store.read().await.unwrap();
    let slides = session.houses().most_booked(3).await.unwrap();
    let slide = |number: usize| SlideHouse {
        id: ids[number],
        title: "house 0".to_owned(),
        picture: picture(&format!("houses/{number}.jpg")),
    };
    assert_eq!(slides, [slide(4), slide(1), slide(0)]);
    assert_eq!(session.houses().most_booked(10).await.unwrap().len(), 4);
}

/// One more each time, for this house only; to count for no house is an error.
pub async fn completed_orders_are_counted(store: &dyn Store) {
    let landlord = user(store, 1).await;
    let (one, _) = (house(store, landlord, 1).await, house(store, landlord, 0).await);
    complete(store, one, 2).await;
    let houses = store.read().await.unwrap().houses().of_landlord(landlord, 10).await.unwrap();
    assert_eq!(houses.iter().map(|house| house.order_count).collect::<Vec<_>>(), [2, 0]);
    let mut unit = store.begin().await.unwrap();
    let nowhere = completed(HouseId::new(i64::MAX).unwrap(), 1, true);
    let error = unit.houses().count_completed_order(nowhere).await.unwrap_err();
    assert!(matches!(error, StoreError::Backend(_)), "{error:?}");
}

/// Every order counts; a guest counts once for each house, and once more as one who stayed, whichever came first.
pub async fn a_guest_counts_once_for_a_house(store: &dyn Store) {
    let landlord = user(store, 1).await;
    let (one, other) = (house(store, landlord, 1).await, house(store, landlord, 0).await);
    let mut expected = vec![];
    for (house, guest, stay_begun, orders, guests, stayed) in [
        (one, 7, false, 1, 1, 0),
        (one, 7, false, 2, 1, 0),
        (one, 7, true, 3, 1, 1),
        (one, 7, true, 4, 1, 1),
        (one, 7, false, 5, 1, 1),
        (one, 8, true, 6, 2, 2),
        (one, 8, false, 7, 2, 2),
        (one, 9, false, 8, 3, 2),
        (other, 7, true, 1, 1, 1),
    ] {
        let mut unit = store.begin().await.unwrap();
        unit.houses().count_completed_order(completed(house, guest, stay_begun)).await.unwrap();
        unit.commit().await.unwrap();
        let houses = store.read().await.unwrap().houses().of_landlord(landlord, 10).await.unwrap();
        let shown = houses.into_iter().find(|shown| shown.id == house).unwrap();
        let guests = GuestCounts { completed: guests, stayed };
        assert_eq!((shown.order_count, shown.guests), (orders, guests), "{guest} {stay_begun}");
        expected.push((shown.id, shown.guests));
    }
    // What was not committed counts for nothing.
    let mut unit = store.begin().await.unwrap();
    unit.houses().count_completed_order(completed(other, 8, true)).await.unwrap();
    drop(unit);
    let houses = store.read().await.unwrap().houses().of_landlord(landlord, 10).await.unwrap();
    let seen: Vec<_> = houses.iter().map(|house| (house.id, house.guests)).collect();
    assert_eq!(seen, expected[7..]);
}

/// Sixteen simultaneous orders of two guests: two guests, of whom one stayed.
pub async fn simultaneous_orders_of_a_guest_count_the_guest_once(store: &dyn Store) {
    let landlord = user(store, 1).await;
    let house = house(store, landlord, 0).await;
    let count_one = async |number: i64| {
        let mut unit = store.begin().await?;
        let order = completed(house, number % 2, number % 4 == 2);
        unit.houses().count_completed_order(order).await?;
        unit.commit().await
    };
    let until_counted = async |number| {
        while let Err(error) = count_one(number).await {
            assert!(matches!(error, StoreError::Conflict(_)), "{error:?}");
        }
    };
    join_all((0..16).map(until_counted)).await;
    let houses = store.read().await.unwrap().houses().of_landlord(landlord, 10).await.unwrap();
    assert_eq!((houses[0].order_count, houses[0].guests), (16, GuestCounts { completed: 2, stayed: 1 }));
}
