//! A row written in bulk equals the row that a use case writes, column by column.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate};
use minsu_domain::{
    BlockNote, CancellationPreset, DateRule, DayPlan, HouseDraft, HouseOffer, HouseRules, Mobile, Money, OrderStatus,
    PictureKey, Quote, RulesDraft, SeasonDraft, Seasons, Stay, StayRule, UserName,
};
use minsu_ports::{CompletedOrder, LockedGuest, LockedLandlord, NewHouse, NewOrder, NewUser, PasswordHash, Store as _};
use sea_orm::{
    ConnectionTrait as _, DbBackend, EntityName as _, EntityTrait, IdenStatic as _, Iterable as _, QueryOrder as _,
};

use super::{GuestBatch, HouseBatch, LandlordBatch, PastOrder};
use crate::{
    SqlStore, StoreOptions,
    entity::{
        area, cache_entry, facility, hidden_house, house, house_claim, house_date, house_day, house_description,
        house_facility, house_guest, house_picture, house_price_bound, house_rule, house_season, house_word,
        idempotency_key, identity_number, order, order_change, order_line, orphaned_object, personal_token, user,
    },
    migrate_up,
};

fn new_user(number: u32) -> NewUser {
    NewUser {
        name: UserName::new(&format!("person {number}")).unwrap(),
        mobile: Mobile::new(&format!("138{number:08}")).unwrap(),
        password_hash: PasswordHash("hash\t".to_owned()),
        created_at: DateTime::from_timestamp(1_800_000_000, 123_456_000).unwrap(),
    }
}

/// An offer with a value of its own in every column, and with characters that `COPY` escapes.
fn offer() -> HouseOffer {
    let draft = HouseDraft { facilities: vec![1, 23], ..HouseDraft::sample() };
    HouseOffer { title: "什刹海\t四合院\\".to_owned(), ..HouseOffer::try_from(draft).unwrap() }
}

const PICTURE: &str = "houses/a.jpg";

fn day(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2027, 1, day).unwrap()
}

fn rules() -> HouseRules {
    let draft = RulesDraft {
        weekday_prices: vec![(6, 60_000)],
        cleaning_fee: 5000,
        extra_guest_fee: 300,
        weekly_discount: 1000,
        ..RulesDraft::default()
    };
    HouseRules::of(&draft).unwrap()
}

fn seasons() -> Seasons {
    let season = SeasonDraft {
        from: day(10),
        to: day(12),
        price: Some(99_999),
        weekday_prices: vec![(2, 1)],
        min_days: Some(2),
        max_days: None,
        arrival_days: Some(vec![1, 2]),
        departure_days: None,
    };
    Seasons::of(&[season]).unwrap()
}

fn days() -> BTreeMap<NaiveDate, DayPlan> {
    let rule = DateRule { price: Money::from_fen(123).ok(), min_days: Some(3), ..DateRule::default() };
    let note = Some(BlockNote::new("油漆").unwrap());
    let plans = [
        DayPlan { rule, ..DayPlan::default() },
        DayPlan { note, blocked: true, ..DayPlan::default() },
        DayPlan { blocked: true, ..DayPlan::default() },
    ];
    (20..).map(day).zip(plans).collect()
}

fn stay() -> Stay {
    Stay::new(day(5), day(8), StayRule::Nights).unwrap()
}

fn quote() -> Quote {
    Quote::at_one_price(&stay(), Money::from_fen(19_999).unwrap()).unwrap()
}

/// A landlord, a house, a guest and an order as the use cases write them.
async fn one_by_one(store: &SqlStore) {
    let created_at = new_user(1).created_at;
    let mut unit = store.begin().await.unwrap();
    let landlord = unit.users().insert(&new_user(1)).await.unwrap();
    let guest = unit.users().insert(&new_user(2)).await.unwrap();
    unit.commit().await.unwrap();
    let (mut unit, locked) = LockedLandlord::begin(store, landlord).await.unwrap().unwrap();
    let house = unit.houses().insert(&locked, &NewHouse { offer: offer(), created_at }).await.unwrap();
    unit.houses().add_picture(&locked, house, &PictureKey::new(PICTURE).unwrap(), 7).await.unwrap();
    let calendar = locked.with_calendar(unit.as_mut(), house).await.unwrap().unwrap();
    unit.schedules().put_rules(&calendar, &rules()).await.unwrap();
    unit.schedules().put_seasons(&calendar, &seasons()).await.unwrap();
    unit.schedules().put_plans(&calendar, &days()).await.unwrap();
    unit.commit().await.unwrap();
    let (mut unit, locked) = LockedGuest::begin(store, guest).await.unwrap().unwrap();
    let (parties, _) = locked.with_landlord(unit.as_mut(), house).await.unwrap().unwrap();
    let new = NewOrder {
        house,
        stay: stay(),
        quote: quote(),
        status: OrderStatus::Complete,
        created_at,
        expires_at: None,
        guests: 1,
        cancellation: CancellationPreset::default(),
    };
    let order = unit.orders().insert(&parties, &new).await.unwrap();
    unit.occupancy().reserve(house, order, &stay().occupied().collect()).await.unwrap();
    unit.houses().count_completed_order(CompletedOrder { house, guest, stay_begun: true }).await.unwrap();
    unit.commit().await.unwrap();
}

/// The same in bulk.
async fn in_bulk(store: &SqlStore) {
    let created_at = new_user(1).created_at;
    let pictures = vec![(PictureKey::new(PICTURE).unwrap(), 7)];
    let house = HouseBatch {
        rules: rules(),
        seasons: seasons(),
        days: days(),
        pictures,
        ..HouseBatch::plain(offer(), created_at)
    };
    let landlord_batch = LandlordBatch { landlord: new_user(1), houses: vec![house] };
    store.load_landlords(&[landlord_batch]).await.unwrap();
    let (house, terms) = store.bookable_after(None, 1).await.unwrap()[0];
    let (stay, quote, status) = (stay(), quote(), OrderStatus::Complete);
    let order = PastOrder { house, landlord: terms.landlord, stay, quote, status, comment: None, created_at };
    store.load_guests(&[GuestBatch { guest: new_user(2), orders: vec![order] }]).await.unwrap();
}

async fn rows<E: EntityTrait>(store: &SqlStore) -> Vec<E::Model> {
    let mut all = E::find();
    for column in E::Column::iter() {
        all = all.order_by_asc(column);
    }
    all.all(&store.readers).await.unwrap()
}

async fn a_row_in_bulk_equals_one_written_alone(alone: &str, bulk: &str) {
    let mut stores = vec![];
    for url in [alone, bulk] {
        migrate_up(url).await.unwrap();
        stores.push(SqlStore::connect(&StoreOptions::new(url)).await.unwrap());
    }
    let (alone, bulk) = (&stores[0], &stores[1]);
    one_by_one(alone).await;
    in_bulk(bulk).await;
    macro_rules! equal {
        ($($entity:ident: $rows:expr),+) => {$(
            let written = rows::<$entity::Entity>(alone).await;
            assert!(written.len() >= $rows, "{}: {written:?}", stringify!($entity));
            assert_eq!(written, rows::<$entity::Entity>(bulk).await);
        )+};
    }
    equal!(user: 2, house: 1, house_description: 1, house_facility: 2, house_word: 1, order: 1, order_change: 1);
    equal!(house_day: 5, house_guest: 1, house_rule: 1, house_season: 1, house_date: 2, house_claim: 2);
    equal!(house_picture: 1, house_price_bound: 1);
}

#[tokio::test]
async fn a_row_in_bulk_equals_one_written_alone_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let url = |name: &str| format!("sqlite://{}/{name}.sqlite3", folder.path().display());
    a_row_in_bulk_equals_one_written_alone(&url("alone"), &url("bulk")).await;
}

#[tokio::test]
async fn a_row_in_bulk_equals_one_written_alone_on_postgres() {
    let (alone, bulk) = (minsu_testservers::postgres().await, minsu_testservers::postgres().await);
    a_row_in_bulk_equals_one_written_alone(alone.url(), bulk.url()).await;
}

#[tokio::test]
async fn a_row_in_bulk_equals_one_written_alone_on_mariadb() {
    let (alone, bulk) = (minsu_testservers::mariadb().await, minsu_testservers::mariadb().await);
    a_row_in_bulk_equals_one_written_alone(alone.url(), bulk.url()).await;
}

/// A column that a migration adds is a field of its entity, so that no writer can be without it.
#[tokio::test]
async fn entities_have_every_column_of_their_table() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/columns.sqlite3", folder.path().display());
    migrate_up(&url).await.unwrap();
    let store = SqlStore::connect(&StoreOptions::new(url)).await.unwrap();
    let names = async |sql: String| -> Vec<String> {
        let rows = store.readers.query_all_raw(sea_orm::Statement::from_string(DbBackend::Sqlite, sql)).await.unwrap();
        rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
    };
    let mut tables = vec!["seaql_migrations".to_owned()];
    macro_rules! complete {
        ($($entity:ident),+) => {$(
            let table = $entity::Entity.table_name();
            let mut fields: Vec<_> = $entity::Column::iter().map(|column| column.as_str().to_owned()).collect();
            fields.sort();
            let columns = names(format!("SELECT name FROM pragma_table_info('{table}') ORDER BY name")).await;
            assert_eq!(columns, fields, "{table}");
            tables.push(table.to_owned());
        )+};
    }
    complete!(
        area,
        cache_entry,
        facility,
        house,
        house_claim,
        house_date,
        house_day,
        house_description,
        house_facility,
        house_guest,
        house_picture,
        house_price_bound,
        house_rule,
        house_season,
        house_word,
        idempotency_key,
        identity_number,
        order,
        order_change,
        order_line,
        orphaned_object,
        personal_token,
        user,
        hidden_house
    );
    // Written as texts, and by no row in bulk.
    let payments = ["payment_attempts", "refunds", "provider_events", "ledger_entries", "bill_differences"];
    let kept_apart = ["event_head", "events", "job_failures", "jobs", "order_occupants", "outbox"];
    let calendars = ["calendar_feeds", "feed_days", "feed_conflicts", "calendar_exports", "export_days"];
    let told = ["dispatch_head", "webhooks", "webhook_deliveries", "messages", "message_choices"];
    let others = payments.into_iter().chain(kept_apart).chain(calendars).chain(told);
    tables.extend(others.map(str::to_owned));
    tables.sort();
    let all = names(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name".to_owned(),
    );
    assert_eq!(all.await, tables);
}
