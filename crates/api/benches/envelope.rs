//! From the rows of a page to the bytes of its answer: a list of twenty houses.

use std::hint::black_box;

use chrono::DateTime;
use criterion::{Criterion, criterion_group, criterion_main};
use minsu_api::wiring::wire;
use minsu_dialect_v1::{
    envelope::Reply,
    house_dto::{HouseRow, SearchData},
};
use minsu_domain::{AreaId, HouseDraft, HouseId, HouseOffer, Money, PictureKey, StayLimits, UserId, UserName};
use minsu_ports::{GuestCounts, HouseSummary};
use minsu_settings::{Profile, Settings};
use minsu_web::pages::json;

fn house(number: i64) -> Option<HouseSummary> {
    Some(HouseSummary {
        id: HouseId::new(number).ok()?,
        title: "什刹海边的四合院".to_owned(),
        area: AreaId::new(2).ok()?,
        area_name: "西城区".to_owned(),
        price: Money::from_fen(19_900).ok()?,
        created_at: DateTime::UNIX_EPOCH,
        index_picture: PictureKey::new("houses/0123456789abcdef.jpg").ok(),
        address: "西城区羊房胡同 1 号".to_owned(),
        dwelling: HouseOffer::try_from(HouseDraft::sample()).ok()?.dwelling,
        limits: StayLimits::new(1, 0).ok()?,
        has_rules: false,
        order_count: 17,
        guests: GuestCounts::default(),
        landlord: UserId::new(1).ok()?,
        landlord_name: UserName::new("Anna").ok()?,
        landlord_avatar: None,
    })
}

fn list(criterion: &mut Criterion) {
    let (Ok(runtime), Ok(folder)) = (tokio::runtime::Runtime::new(), tempfile::tempdir()) else {
        panic!("no runtime or no folder");
    };
    let state = match runtime.block_on(wire(&Settings::defaults(Profile::Dev, folder.path()))) {
        Ok(site) => site.state,
        Err(error) => panic!("{error}"),
    };
    let houses: Vec<_> = (1..=20).filter_map(house).collect();
    assert_eq!(houses.len(), 20, "a house is not one");
    criterion.bench_function("a list of twenty houses as bytes", |bencher| {
        bencher.iter(|| {
            let rows = black_box(&houses).iter().map(|house| HouseRow::new(&state.app, house.clone()));
            json(&Reply::new(SearchData { houses: rows.collect(), total_page: 50, current_page: 1, next: None }))
        });
    });
}

criterion_group!(benches, list);
criterion_main!(benches);
