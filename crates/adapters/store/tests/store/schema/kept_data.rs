//! Migrations keep and complete the data of a site of a version before, on the way up and down.

use chrono::DateTime;
use minsu_domain::{FacilityId, HouseFilter, HouseFilters, SearchWords, SortKey, UserName, WantedFacilities};
use minsu_ports::{ErasedUser, PageStart, Store as _};
use minsu_store::{SqlStore, StoreOptions, migrate_down, migrate_up};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, Statement};

use super::{steps_before, tables};
use crate::support::{Engine, add_house, add_user, migrated, new_house, new_user, on_every_engine, publish, scene};

on_every_engine! {
    houses_from_before_get_their_words,
    a_site_of_before_keeps_its_data,
    markup_from_before_is_taken_out,
    names_from_before_get_their_keys,
    houses_that_are_withdrawn_leave_no_words,
    houses_from_before_are_found_by_their_facilities,
    guests_from_before_are_counted,
}

async fn words(url: &str) -> Vec<(i64, i64)> {
    let db = Database::connect(url).await.unwrap();
    let sql = "SELECT pair, house_id FROM house_words ORDER BY pair, house_id";
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
    rows.iter().map(|row| (row.try_get_by_index(0).unwrap(), row.try_get_by_index(1).unwrap())).collect()
}

/// The migration writes the same words as the store does for a new house.
async fn houses_from_before_get_their_words(engine: Engine) {
    let (url, _guard) = migrated(engine).await;
    let store = SqlStore::connect(&StoreOptions::new(&url)).await.unwrap();
    let landlord = add_user(&store, &new_user(1)).await;
    for title in ["什刹海四合院 近地铁", "Ｌｏｆｔ İstanbul 🛏 国贸", "x"] {
        let mut house = new_house();
        house.offer.title = title.to_owned();
        add_house(&store, landlord, &house).await;
    }
    let written = words(&url).await;
    assert!(written.len() > 20);
    migrate_down(&url, steps_before("house_words")).await.unwrap();
    assert!(!tables(engine, &url).await.iter().any(|table| table == "house_words"));
    migrate_up(&url).await.unwrap();
    assert_eq!(words(&url).await, written);
}

/// A site from before keeps its houses, days and waiting orders, finds its houses by a character afterwards,
/// and can be migrated down.
async fn a_site_of_before_keeps_its_data(engine: Engine) {
    let (url, _guard) = migrated(engine).await;
    let store = SqlStore::connect(&StoreOptions::new(&url)).await.unwrap();
    let scene = scene(&store).await;
    publish(&store, &scene, 1).await;
    let mut house = new_house();
    house.offer.title = "什刹海四合院".to_owned();
    let yard = add_house(&store, scene.landlord, &house).await;
    let written = words(&url).await;
    migrate_down(&url, steps_before("stay_limits_in_lists")).await.unwrap();
    let pairs = words(&url).await;
    assert!(pairs.len() < written.len() && pairs.iter().all(|(pair, _)| *pair >= 1 << 21));
    migrate_up(&url).await.unwrap();
    assert_eq!(words(&url).await, written);
    let filters = HouseFilters { words: Some(SearchWords::parse("院").unwrap()), ..HouseFilters::default() };
    let filter = HouseFilter { filters, ..HouseFilter::default() };
    let mut session = store.read().await.unwrap();
    let found = session.houses().search(&filter, PageStart::Offset(0), 10).await.unwrap();
    assert_eq!(found.iter().map(|house| house.id).collect::<Vec<_>>(), [yard]);
    assert_eq!(session.houses().count(&HouseFilter::default(), 10).await.unwrap(), 3);
    assert_eq!(session.orders().of_guest(scene.guest, 10).await.unwrap().len(), 1);
}

/// Texts that are older than the rule against markup lose it, and no other text changes.
async fn markup_from_before_is_taken_out(engine: Engine) {
    let (url, _guard) = migrated(engine).await;
    let store = SqlStore::connect(&StoreOptions::new(&url)).await.unwrap();
    let landlord = add_user(&store, &new_user(1)).await;
    let mut house = new_house();
    house.offer.dwelling.beds = "双人床 2 张".to_owned();
    add_house(&store, landlord, &house).await;
    migrate_down(&url, steps_before("markup_in_texts")).await.unwrap();
    let db = Database::connect(&url).await.unwrap();
    let title = "UPDATE houses SET title = '<img src=x onerror=\"f(''%'')\"> 100%'";
    db.execute_unprepared(title).await.unwrap();
    // Twice, as after a crash before the record.
    for _ in 0..2 {
        migrate_up(&url).await.unwrap();
        let sql = "SELECT title, beds FROM houses";
        let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap().unwrap();
        let (title, beds): (String, String) = (row.try_get_by_index(0).unwrap(), row.try_get_by_index(1).unwrap());
        assert_eq!((title.as_str(), beds.as_str()), ("＜img src=x onerror=\"f('%')\"＞ 100%", "双人床 2 张"));
        let forget = "DELETE FROM seaql_migrations WHERE version = 'm20261126_000025_markup_in_texts'";
        db.execute_unprepared(forget).await.unwrap();
    }
}

/// Names that were different before and are alike now: existing accounts keep theirs, and no new account gets it.
async fn names_from_before_get_their_keys(engine: Engine) {
    const MIGRATIONS: &str = "'m20261126_000019_user_name_key', 'm20261126_000026_user_name_looks'";
    let (url, _guard) = migrated(engine).await;
    migrate_down(&url, steps_before("user_name_key")).await.unwrap();
    // Unlike any other; alike with a name that is its own key; alike, the older one first; only invisible characters.
    let names = [
        "Anna",
        "<b>Berta",
        "Ａnna",
        "\u{410}nna",
        "Ｃäsar",
        "Cäsar\u{3164}",
        "\u{200b}\u{feff}",
        "Dora  D",
        "'; \\ \"%_",
        &"\u{fdfa}".repeat(32),
    ];
    let db = Database::connect(&url).await.unwrap();
    for (number, name) in (1i64..).zip(names) {
        let sql = match db.get_database_backend() {
            sea_orm::DbBackend::Postgres => {
                "INSERT INTO users (mobile, name, password_hash, created_at) VALUES ($1, $2, 'hash', '2026-11-21 00:00:00')"
            }
            _ => {
                "INSERT INTO users (mobile, name, password_hash, created_at) VALUES (?, ?, 'hash', '2026-11-21 00:00:00')"
            }
        };
        let values = [format!("1380000000{}", number - 1).into(), name.into()];
        db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await.unwrap();
    }
    // Twice, as after a crash before the record.
    for _ in 0..2 {
        migrate_up(&url).await.unwrap();
        let key = |name: &str| UserName::stored(name).unwrap().key();
        let (berta, caesar) = (key("<b>Berta"), key("Cäsar"));
        let marked = format!("{caesar}\u{1f}6");
        let expected = ["Anna", &berta, "Anna\u{1f}3", "Anna\u{1f}4", &caesar, &marked, "\u{1f}7", "Dora D"];
        let keys = keys(&db).await;
        assert_eq!(keys[..8], expected);
        assert_eq!(keys[8], key(names[8]));
        assert_eq!(keys[9].chars().count(), 32 * 18);
        let store = SqlStore::connect(&StoreOptions::new(&url)).await.unwrap();
        for (number, name) in (1..).zip(names) {
            let id = minsu_domain::UserId::new(number).unwrap();
            let user = store.read().await.unwrap().users().find(id).await.unwrap().unwrap();
            // Markup is taken out of texts of before.
            assert_eq!(user.name.as_str(), name.replace('<', "＜").replace('>', "＞"));
        }
        for taken in ["Anna", "\u{391}nna", "Cäsar", "Dora D", "Dora   D"] {
            let mut user = new_user(77);
            user.name = UserName::new(taken).unwrap();
            let mut unit = store.begin().await.unwrap();
            let error = unit.users().insert(&user).await.unwrap_err();
            let expected = minsu_ports::StoreError::Duplicate(minsu_ports::UniqueKey::UserName);
            assert_eq!(format!("{error:?}"), format!("{expected:?}"), "{taken}");
        }
        store.close().await;
        let forget = format!("DELETE FROM seaql_migrations WHERE version IN ({MIGRATIONS})");
        db.execute_unprepared(&forget).await.unwrap();
    }
    migrate_up(&url).await.unwrap();
}

async fn keys(db: &DatabaseConnection) -> Vec<String> {
    let sql = "SELECT name_key FROM users ORDER BY id";
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
    rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}

/// Withdrawing a house erases its texts and its words.
async fn houses_that_are_withdrawn_leave_no_words(engine: Engine) {
    let (url, _guard) = migrated(engine).await;
    let store = SqlStore::connect(&StoreOptions::new(&url)).await.unwrap();
    let (one, other) = (add_user(&store, &new_user(1)).await, add_user(&store, &new_user(2)).await);
    let staying = add_house(&store, other, &new_house()).await;
    add_house(&store, one, &new_house()).await;
    add_house(&store, one, &new_house()).await;
    let name = UserName::new("erased").unwrap();
    let (mut unit, erased) = ErasedUser::begin(&store, one, &name).await.unwrap().unwrap();
    assert_eq!(unit.houses().withdraw_all(&erased, DateTime::UNIX_EPOCH).await.unwrap().len(), 2);
    unit.commit().await.unwrap();
    let words = words(&url).await;
    assert!(!words.is_empty() && words.iter().all(|(_, house)| *house == staying.get()));
    let db = Database::connect(&url).await.unwrap();
    let sql = format!("SELECT title, address, unit, beds FROM houses WHERE landlord_id = {one}");
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
    assert_eq!(rows.len(), 2);
    for column in ["title", "address", "unit", "beds"] {
        assert!(rows.iter().all(|row| row.try_get::<String>("", column).unwrap() == "已下架"), "{column}");
    }
}

/// The migration writes the bits that the store writes with a new house, and the search finds by them.
async fn houses_from_before_are_found_by_their_facilities(engine: Engine) {
    let (url, _guard) = migrated(engine).await;
    let store = SqlStore::connect(&StoreOptions::new(&url)).await.unwrap();
    let landlord = add_user(&store, &new_user(1)).await;
    let facilities = |ids: &[i64]| ids.iter().map(|id| FacilityId::new(*id).unwrap()).collect::<Vec<_>>();
    let all: Vec<i64> = (1..=23).collect();
    let mut houses = vec![];
    for ids in [&[][..], &[1, 23], &all] {
        let mut house = new_house();
        house.offer.facilities = facilities(ids);
        houses.push(add_house(&store, landlord, &house).await);
    }
    let masks = async || {
        let db = Database::connect(&url).await.unwrap();
        let sql = "SELECT facility_mask FROM houses ORDER BY id";
        let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
        rows.iter().map(|row| row.try_get_by_index::<i64>(0).unwrap()).collect::<Vec<_>>()
    };
    let written = masks().await;
    assert_eq!(written, [0, 1 << 1 | 1 << 23, (1 << 24) - 2]);
    migrate_down(&url, steps_before("facility_mask")).await.unwrap();
    migrate_up(&url).await.unwrap();
    assert_eq!(masks().await, written);
    let mut session = store.read_for_search().await.unwrap();
    for (wanted, found) in [(&[1, 23_i64][..], &houses[1..]), (&[2], &houses[2..]), (&[1, 24], &[])] {
        let filters = HouseFilters {
            facilities: WantedFacilities::new(wanted.iter().map(|id| FacilityId::new(*id))).unwrap(),
            ..HouseFilters::default()
        };
        let filter = HouseFilter { filters, ..HouseFilter::default() };
        let mut ids: Vec<_> = session.houses().search(&filter, PageStart::Offset(0), 10).await.unwrap();
        ids.sort_by_key(|house| house.id);
        assert_eq!(ids.iter().map(|house| house.id).collect::<Vec<_>>(), found, "{wanted:?}");
        assert_eq!(session.houses().count(&filter, 10).await.unwrap(), found.len() as u64);
    }
}

/// Orders that were completed before count each guest once: of a wash of five orders one guest is left, who stayed
/// where the comment was not written before the first day in UTC+8.
async fn guests_from_before_are_counted(engine: Engine) {
    let (url, _guard) = migrated(engine).await;
    let store = SqlStore::connect(&StoreOptions::new(&url)).await.unwrap();
    let landlord = add_user(&store, &new_user(1)).await;
    let guests = [add_user(&store, &new_user(2)).await, add_user(&store, &new_user(3)).await];
    let mut houses = vec![];
    for _ in 0..3 {
        houses.push(add_house(&store, landlord, &new_house()).await);
    }
    let steps = steps_before("house_guests");
    migrate_down(&url, steps).await.unwrap();
    let db = Database::connect(&url).await.unwrap();
    // House, guest, state, first day, comment. The days of orders do not matter here.
    let complete = 4;
    for (house, guest, state, start, commented) in [
        (0, 0, complete, "2027-03-02", "2027-03-01 15:59:59"),
        (0, 0, complete, "2027-03-03", "2027-03-01 01:00:00"),
        (0, 0, complete, "2027-03-04", "2027-03-01 01:00:00"),
        (0, 0, complete, "2027-03-05", "2027-03-01 01:00:00"),
        (0, 0, complete, "2027-03-06", "2027-03-01 01:00:00"),
        (1, 0, complete, "2027-03-03", "2027-03-01 01:00:00"),
        (1, 0, complete, "2027-03-02", "2027-03-01 16:00:00"),
        (1, 1, complete, "2027-03-02", "2027-03-09 01:00:00"),
        (2, 1, 3, "2027-03-02", "2027-03-09 01:00:00"),
        (2, 1, 6, "2027-03-02", "2027-03-09 01:00:00"),
    ] {
        let (house, guest) = (houses[house], guests[guest]);
        let sql = format!(
            "INSERT INTO orders (house_id, landlord_id, guest_id, start_day, end_day, days, price, amount, status, \
             comment, commented_at, created_at) VALUES ({house}, {landlord}, {guest}, '{start}', '{start}', 1, 100, \
             100, {state}, 'fine', '{commented}{zone}', '2027-02-01 00:00:00{zone}')",
            zone = if engine == Engine::MariaDb { "" } else { "+00:00" },
        );
        db.execute_unprepared(&sql).await.unwrap();
    }
    db.execute_unprepared("UPDATE houses SET order_count = 5 WHERE id = 1").await.unwrap();
    // Twice, as after a crash before the record.
    for _ in 0..2 {
        migrate_up(&url).await.unwrap();
        let ranked = async |sort: SortKey| {
            let filter = HouseFilter { sort, ..HouseFilter::default() };
            let mut session = store.read_for_search().await.unwrap();
            let found = session.houses().search(&filter, PageStart::Offset(0), 10).await.unwrap();
            found.into_iter().map(|house| (house.id, house.guests.completed, house.guests.stayed)).collect::<Vec<_>>()
        };
        let expected = [(houses[1], 2, 2), (houses[0], 1, 0), (houses[2], 0, 0)];
        assert_eq!(ranked(SortKey::Booking).await, expected);
        let expected = [(houses[1], 2, 2), (houses[2], 0, 0), (houses[0], 1, 0)];
        assert_eq!(ranked(SortKey::Popular).await, expected);
        let forget = "DELETE FROM seaql_migrations WHERE version LIKE '%house_guests'";
        db.execute_unprepared(forget).await.unwrap();
    }
    migrate_up(&url).await.unwrap();
}
