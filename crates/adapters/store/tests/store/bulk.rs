//! A bulk load writes the same as single inserts.

use chrono::{DateTime, Days};
use minsu_domain::{
    Comment, HouseFilter, HouseFilters, HouseOffer, OrderStatus, Quote, SearchWords, Stay, StayRule, WantedStay,
};
use minsu_ports::{GuestCounts, PageStart, Store, StoreError, UniqueKey};
use minsu_store::{AreaStatistics, GuestBatch, HouseBatch, LandlordBatch, PastOrder, SqlStore};

use crate::support::{Engine, add_house, add_user, area, day, fresh, new_house, new_user, on_every_engine};

on_every_engine! { what_is_loaded_is_there, a_batch_is_there_or_not, a_site_is_counted }

/// Two landlords with three houses.
fn landlord_batches() -> Vec<LandlordBatch> {
    let offer = |title: &str| HouseOffer { title: title.to_owned(), ..new_house().offer };
    let house = |title: &str| HouseBatch::plain(offer(title), DateTime::UNIX_EPOCH);
    vec![
        LandlordBatch { landlord: new_user(1), houses: vec![house("什刹海\t四合院\\"), house("胡同")] },
        LandlordBatch { landlord: new_user(2), houses: vec![house("国贸 Loft 🛏")] },
    ]
}

async fn guest_batches(store: &SqlStore, first_guest: u32) -> Vec<GuestBatch> {
    let houses = store.bookable_after(None, 10).await.unwrap();
    let order = |house: usize, first: u64, status| {
        let (house, terms) = houses[house];
        let stay = Stay::new(day(first), day(first + 2), StayRule::Days).unwrap();
        let quote = Quote::at_one_price(&stay, terms.price).unwrap();
        let comment = (status == OrderStatus::Complete).then(|| Comment::new("很好\n下次还来").unwrap());
        PastOrder { house, landlord: terms.landlord, stay, quote, status, comment, created_at: DateTime::UNIX_EPOCH }
    };
    let orders = vec![
        order(0, 1, OrderStatus::Complete),
        order(0, 5, OrderStatus::Complete),
        order(1, 1, OrderStatus::Rejected),
    ];
    let more = vec![order(1, 1, OrderStatus::WaitAccept), order(2, 1, OrderStatus::Complete)];
    vec![
        GuestBatch { guest: new_user(first_guest), orders },
        GuestBatch { guest: new_user(first_guest + 1), orders: more },
    ]
}

async fn what_is_loaded_is_there(engine: Engine) {
    let (store, _guard) = fresh(engine).await;
    store.load_landlords(&landlord_batches()).await.unwrap();
    store.load_guests(&guest_batches(&store, 10).await).await.unwrap();
    store.settle().await.unwrap();

    let mut session = store.read().await.unwrap();
    let search = async |session: &mut dyn minsu_ports::Session, text: &str, first: Option<u64>| {
        let words = Some(SearchWords::parse(text).unwrap());
        let stay = first.map_or(WantedStay::Any, |first| WantedStay::Exact { first: day(first), last: day(first) });
        let filter =
            HouseFilter { stay, filters: HouseFilters { words, ..HouseFilters::default() }, ..HouseFilter::default() };
        let found = session.houses().search(&filter, PageStart::Offset(0), 10).await.unwrap();
        found.into_iter().map(|house| (house.title, house.order_count, house.guests)).collect::<Vec<_>>()
    };
    // One guest completed both orders of the yard.
    let guests = |completed| GuestCounts { completed, stayed: completed };
    let yard = ("什刹海\t四合院\\".to_owned(), 2, guests(1));
    for first in [None, Some(4)] {
        assert_eq!(search(session.as_mut(), "四合院", first).await, std::slice::from_ref(&yard), "{first:?}");
    }
    assert_eq!(search(session.as_mut(), "四合院", Some(3)).await, []);
    assert_eq!(search(session.as_mut(), "院", None).await, std::slice::from_ref(&yard));
    assert_eq!(search(session.as_mut(), "loft", None).await, [("国贸 Loft 🛏".to_owned(), 1, guests(1))]);

    let houses = store.bookable_after(None, 10).await.unwrap();
    assert_eq!(houses.len(), 3);
    assert_eq!(store.bookable_after(Some(houses[1].0), 10).await.unwrap(), houses[2..]);
    let detail = session.houses().detail(houses[0].0, 10).await.unwrap().unwrap();
    assert_eq!((detail.offer.facilities.len(), detail.comments.len()), (2, 2));
    assert_eq!(detail.comments[0].text, "很好\n下次还来");
    let held = store.held_days(houses[1].0..=houses[1].0).await.unwrap();
    assert_eq!(held.len(), 3);
    assert_eq!(store.held_days(houses[0].0..=houses[2].0).await.unwrap().len(), 12);
    assert!(held.contains(&(houses[1].0, day(2))));
    drop(session);

    // The next ids follow, for people and houses that come one after the other.
    let id = add_user(&store, &new_user(99)).await;
    add_house(&store, id, &new_house()).await;
    assert_eq!(store.bookable_after(Some(houses[2].0), 10).await.unwrap()[0].1.landlord, id);
}

async fn a_batch_is_there_or_not(engine: Engine) {
    let (store, _guard) = fresh(engine).await;
    add_user(&store, &new_user(2)).await;
    let error = store.load_landlords(&landlord_batches()).await.unwrap_err();
    assert!(matches!(error, StoreError::Duplicate(UniqueKey::Mobile | UniqueKey::UserName)), "{error:?}");
    assert_eq!(store.bookable_after(None, 10).await.unwrap(), []);
    let mobile = new_user(1).mobile;
    assert_eq!(store.read().await.unwrap().users().credentials(&mobile).await.unwrap(), None);

    let mut landlord_batches = landlord_batches();
    landlord_batches[1].landlord = new_user(3);
    store.load_landlords(&landlord_batches).await.unwrap();
    store.load_guests(&guest_batches(&store, 10).await).await.unwrap();
    let error = store.load_guests(&guest_batches(&store, 20).await).await.unwrap_err();
    assert!(matches!(error, StoreError::Duplicate(UniqueKey::HouseDay)), "{error:?}");
    let mobile = new_user(20).mobile;
    assert_eq!(store.read().await.unwrap().users().credentials(&mobile).await.unwrap(), None);
}

async fn a_site_is_counted(engine: Engine) {
    let (store, _guard) = fresh(engine).await;
    let all = day(0)..=day(0) + Days::new(89);
    assert_eq!(store.statistics(all.clone()).await.unwrap(), minsu_store::Statistics::default());
    store.load_landlords(&landlord_batches()).await.unwrap();
    store.load_guests(&guest_batches(&store, 10).await).await.unwrap();
    let statistics = store.statistics(all).await.unwrap();
    let expected = AreaStatistics { houses: 3, orders: 5, held_days: 12 };
    assert_eq!(statistics.areas.into_iter().collect::<Vec<_>>(), [(area(4), expected)]);
    let days: Vec<_> =
        [(1, 3), (2, 3), (3, 3), (5, 1), (6, 1), (7, 1)].map(|(offset, held)| (day(offset), held)).into();
    assert_eq!(statistics.days.into_iter().collect::<Vec<_>>(), days);
    let states = store.order_states().await.unwrap();
    assert_eq!(states.iter().map(|(_, orders)| orders).sum::<u64>(), 5, "{states:?}");
    assert!(states.len() < 5 && states.iter().all(|(_, orders)| *orders > 0), "{states:?}");
    let one_day = store.statistics(day(5)..=day(5)).await.unwrap();
    assert_eq!(one_day.areas[&area(4)], AreaStatistics { held_days: 1, ..expected });
}
