//! Houses, their pictures and comments, and the lists without a search.

use minsu_domain::{FacilityId, HouseId, HouseOffer, StayLimits, UserId};

use super::fixtures::{
    add_house, add_picture, area, comment, complete, fen, house, instant, name, offer, picture, place, stay, user,
};
use crate::{HouseDetail, HouseSummary, Landlord, NewHouse, OwnHouse, SlideHouse, Store, StoreError, UniqueKey};

/// What was published is what is read, by everybody who needs to know of a house.
pub async fn a_published_house_reads_back(store: &dyn Store) {
    let landlord = user(store, 1).await;
    let limits = StayLimits::new(2, 30).unwrap();
    let offer = HouseOffer { limits, deposit: fen(0), ..offer("四合院 🏮 “安静”; drop table houses;--") };
    let id = add_house(store, &NewHouse { landlord, offer: offer.clone(), created_at: instant(5) }).await;
    let mut session = store.read().await.unwrap();
    let owner = Landlord { id: landlord, name: name("person 1"), avatar: None };
    let expected = HouseDetail { id, landlord: owner, offer: offer.clone(), pictures: vec![], comments: vec![] };
    assert_eq!(session.houses().detail(id, 30).await.unwrap(), Some(expected));
    let terms = session.houses().terms(id).await.unwrap().unwrap();
    assert_eq!((terms.landlord, terms.price, terms.limits), (landlord, offer.price, limits));
    let expected = HouseSummary {
        id,
        title: offer.title,
        area_name: "海淀区".to_owned(),
        price: offer.price,
        created_at: instant(5),
        index_picture: None,
        address: offer.address,
        room_count: 3,
        order_count: 0,
        landlord_avatar: None,
    };
    assert_eq!(session.houses().of_landlord(landlord, 10).await.unwrap(), [expected]);
}

/// A landlord gets back all that they gave, house by house, and nothing of others.
pub async fn all_of_a_landlord_reads_back(store: &dyn Store) {
    let (landlord, other) = (user(store, 1).await, user(store, 2).await);
    let bare = HouseOffer { facilities: vec![], limits: StayLimits::new(2, 30).unwrap(), ..offer("tent") };
    let mut expected = Vec::new();
    for (seconds, offer) in [(1, offer("house")), (2, bare)] {
        let id = add_house(store, &NewHouse { landlord, offer: offer.clone(), created_at: instant(seconds) }).await;
        expected.push(OwnHouse { id, offer, pictures: vec![], created_at: instant(seconds) });
    }
    for number in [1, 2] {
        let key = format!("houses/{number}.jpg");
        add_picture(store, expected[0].id, &key).await;
        expected[0].pictures.push(picture(&key));
    }
    add_picture(store, house(store, other, 3).await, "houses/3.jpg").await;
    let mut session = store.read().await.unwrap();
    assert_eq!(session.houses().all_of_landlord(landlord).await.unwrap(), expected);
    let nobody = UserId::new(i64::MAX).unwrap();
    assert_eq!(session.houses().all_of_landlord(nobody).await.unwrap(), []);
}

/// No facilities at all are fine.
pub async fn a_house_may_have_no_facilities(store: &dyn Store) {
    let landlord = user(store, 1).await;
    let offer = HouseOffer { facilities: vec![], ..offer("tent") };
    let id = add_house(store, &NewHouse { landlord, offer, created_at: instant(0) }).await;
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

/// The store refuses what refers to nothing, whoever forgot to ask.
pub async fn area_and_facilities_must_exist(store: &dyn Store) {
    let landlord = user(store, 1).await;
    let unknown_area = HouseOffer { area: area(17), ..offer("nowhere") };
    let unknown_facility = HouseOffer { facilities: vec![FacilityId::new(24).unwrap()], ..offer("sauna") };
    for offer in [unknown_area, unknown_facility] {
        let mut unit = store.begin().await.unwrap();
        let error = match unit.houses().insert(&NewHouse { landlord, offer, created_at: instant(0) }).await {
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
        add_picture(store, with, key).await;
    }
    let mut session = store.read().await.unwrap();
    let detail = session.houses().detail(with, 30).await.unwrap().unwrap();
    assert_eq!(detail.pictures, keys.map(picture));
    assert!(session.houses().detail(without, 30).await.unwrap().unwrap().pictures.is_empty());
    let houses = session.houses().of_landlord(landlord, 10).await.unwrap();
    assert_eq!(
        houses.iter().map(|house| house.index_picture.clone()).collect::<Vec<_>>(),
        [None, Some(picture(keys[0]))]
    );
    drop(session);
    let mut unit = store.begin().await.unwrap();
    let error = unit.houses().add_picture(HouseId::new(i64::MAX).unwrap(), &picture("a.jpg")).await.unwrap_err();
    assert!(matches!(error, StoreError::Backend(_)), "{error:?}");
}

/// A picture that the house shows already is refused; another house may show it.
pub async fn a_house_shows_a_picture_once(store: &dyn Store) {
    let landlord = user(store, 1).await;
    let (one, other) = (house(store, landlord, 0).await, house(store, landlord, 1).await);
    add_picture(store, one, "houses/9.jpg").await;
    add_picture(store, other, "houses/9.jpg").await;
    let mut unit = store.begin().await.unwrap();
    let error = unit.houses().add_picture(one, &picture("houses/9.jpg")).await.unwrap_err();
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
    let mut unit = store.begin().await.unwrap();
    assert!(unit.users().set_avatar(landlord, &picture("avatars/1.jpg")).await.unwrap());
    unit.commit().await.unwrap();
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

/// Most completed orders first, then the newest; none without a picture.
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
    let error = unit.houses().count_completed_order(HouseId::new(i64::MAX).unwrap()).await.unwrap_err();
    assert!(matches!(error, StoreError::Backend(_)), "{error:?}");
}
