//! How each engine answers the queries of the product, on a site of some thousand houses: no table is
//! read from end to end, and the index that a query was given is the one that it takes. The plans are
//! shown in `docs/database.md`, which this test writes.

mod explain;

use std::{fmt::Write as _, fs, path::Path};

use explain::{is_full_scan, plan, version};

use chrono::{DateTime, Days, NaiveDate, Utc};
use minsu_domain::{
    AreaId, AtLeast, Comment, Cursor, DateRule, DayPlan, Dwelling, FacilityId, HouseDraft, HouseFilter, HouseFilters,
    HouseId, HouseOffer, HouseRules, Mobile, Money, OrderId, OrderStatus, PictureKey, PriceRange, Quote, RulesDraft,
    SearchTerms, SearchWords, SortKey, Stay, StayLimits, StayRule, UserId, UserName, WantedFacilities, WantedStay,
};
use minsu_ports::{LockedGuest, NewUser, OrderBounds, PageStart, PasswordHash, Store};
use sea_orm::{ConnectionTrait, Statement};

use crate::{
    GuestBatch, HouseBatch, LandlordBatch, PastOrder, SqlStore, StoreOptions, migrate_up,
    repos::search::{self, Way},
};

const PAGE: &str = "docs/database.md";
const MARKS: [&str; 2] = ["<!-- plans: begin -->\n", "<!-- plans: end -->\n"];

/// A query, the index that it must take (on engines that have a name for it), and its statements.
struct Asked {
    title: &'static str,
    index: &'static str,
    statements: Vec<Statement>,
}

fn day(offset: u64) -> NaiveDate {
    NaiveDate::from_ymd_opt(2027, 1, 1).unwrap() + Days::new(offset)
}

fn user(number: u32) -> NewUser {
    NewUser {
        name: UserName::new(&format!("person {number}")).unwrap(),
        mobile: Mobile::new(&format!("138{number:08}")).unwrap(),
        password_hash: PasswordHash("hash".to_owned()),
        created_at: DateTime::UNIX_EPOCH,
    }
}

fn offer(number: i64) -> HouseOffer {
    HouseOffer {
        title: format!("{}四合院 {number}", ["鼓楼", "后海", "国贸", "望京"][usize::try_from(number % 4).unwrap()]),
        price: Money::from_fen(10_000 + number % 700 * 100).unwrap(),
        deposit: Money::ZERO,
        area: AreaId::new(1 + number % 16).unwrap(),
        address: format!("胡同 {number} 号"),
        description: Some(format!("安静的院子 {number}")),
        dwelling: Dwelling {
            room_count: 1 + u32::try_from(number % 4).unwrap(),
            capacity: 2 + u32::try_from(number % 7).unwrap(),
            ..HouseOffer::try_from(HouseDraft::sample()).unwrap().dwelling
        },
        limits: StayLimits::new(
            1 + u32::try_from(number % 3).unwrap(),
            [0, 30][usize::try_from(number / 3 % 2).unwrap()],
        )
        .unwrap(),
        facilities: (1..=23).filter(|id| (number + id) % 3 == 0).map(|id| FacilityId::new(id).unwrap()).collect(),
    }
}

/// Every third house has rules, and all but every fourth a picture.
fn house(number: i64, created_at: DateTime<Utc>) -> HouseBatch {
    let mut house = HouseBatch::plain(offer(number), created_at);
    if number % 4 > 0 {
        house.pictures = vec![(PictureKey::new(&format!("houses/{number}.jpg")).unwrap(), 1000)];
    }
    if number % 3 == 0 {
        let draft = RulesDraft { weekday_prices: vec![(6, 30_000)], weekly_discount: 1000, ..RulesDraft::default() };
        house.rules = HouseRules::of(&draft).unwrap();
        let price = Money::from_fen(40_000 + number).ok();
        let rule = DateRule { price, ..DateRule::default() };
        house.days = (0..20).map(|offset| (day(offset * 3), DayPlan { rule, ..DayPlan::default() })).collect();
    }
    house
}

/// Six thousand houses of three hundred landlords, six thousand orders of twelve hundred guests.
async fn fill(store: &SqlStore) {
    let instant = |number: i64| DateTime::from_timestamp(1_700_000_000 + number * 60, 0).unwrap();
    let landlord_batches: Vec<_> = (0..300)
        .map(|landlord: u32| {
            let houses = (0..20).map(|house| i64::from(landlord) * 20 + house);
            LandlordBatch {
                landlord: user(landlord),
                houses: houses.map(|number| house(number, instant(number))).collect(),
            }
        })
        .collect();
    store.load_landlords(&landlord_batches).await.unwrap();
    let houses = store.bookable_after(None, 10_000).await.unwrap();
    let guest_batches: Vec<_> = (0..1200)
        .map(|guest: u32| {
            let orders = (0..5u32).map(|order| {
                let number = guest * 5 + order;
                let (house, terms) = houses[number as usize];
                let stay =
                    Stay::new(day(u64::from(number % 60)), day(u64::from(number % 60) + 2), StayRule::Days).unwrap();
                let quote = Quote::at_one_price(&stay, terms.price).unwrap();
                let comment = number.is_multiple_of(2).then(|| Comment::new("fine").unwrap());
                let status = if comment.is_some() { OrderStatus::Complete } else { OrderStatus::WaitAccept };
                let created_at = instant(i64::from(number));
                PastOrder { house, landlord: terms.landlord, stay, quote, status, comment, created_at }
            });
            GuestBatch { guest: user(1000 + guest), orders: orders.collect() }
        })
        .collect();
    store.load_guests(&guest_batches).await.unwrap();
    store.settle().await.unwrap();
}

fn words(text: &str) -> HouseFilters {
    HouseFilters { words: Some(SearchWords::parse(text).unwrap()), ..HouseFilters::default() }
}

async fn asked(store: &SqlStore) -> Vec<Asked> {
    let week = WantedStay::Exact { first: day(20), last: day(26) };
    let dated = HouseFilter { area: AreaId::new(4).ok(), stay: week, ..HouseFilter::default() };
    let from = HouseFilter { stay: WantedStay::From { first: day(20), longest: 7 }, ..dated.clone() };
    let until = HouseFilter { stay: WantedStay::Until { last: day(20), longest: 7 }, ..dated.clone() };
    let everywhere = HouseFilter { area: None, sort: SortKey::PriceAscending, ..dated.clone() };
    let filters = HouseFilters {
        price: PriceRange::new(Money::from_fen(20_000).ok(), Money::from_fen(60_000).ok()).unwrap(),
        capacity: AtLeast::guests(4).ok(),
        facilities: WantedFacilities::new([1, 4].map(FacilityId::new)).unwrap(),
        ..HouseFilters::default()
    };
    let wished = HouseFilter { filters, ..dated.clone() };
    let rare = HouseFilter { filters: words("院 3999"), ..dated.clone() };
    let common = HouseFilter { filters: words("四合院"), ..dated.clone() };
    let term = common.filters.words.as_ref().unwrap().terms()[0];
    let character = HouseFilter { filters: words("鼓"), ..dated.clone() };
    let common_character = HouseFilter { filters: words("院"), ..dated.clone() };
    let booked = HouseFilter { sort: SortKey::Booking, ..HouseFilter::default() };
    let cursor = PageStart::After(Cursor::behind(SortKey::Booking, 0, HouseId::new(3000).unwrap()).unwrap());
    let (house, guest) = (HouseId::new(7).unwrap(), UserId::new(700).unwrap());

    let mut asked = Vec::new();
    let mut session = store.read_own().await.unwrap();
    macro_rules! ask {
        ($title:literal, $index:literal, $call:expr) => {
            $call.await.unwrap();
            let statements = std::mem::take(&mut *store.watch.sent.lock().unwrap());
            asked.push(Asked { title: $title, index: $index, statements });
        };
    }
    store.watch.sent.lock().unwrap().clear();
    let first = PageStart::Offset(0);
    ask!(
        "A page of a district, free in a week, newest first",
        "houses_area_new",
        session.houses().search(&dated, first, 20)
    );
    ask!(
        "The third page of all districts, free in a week, cheapest first",
        "houses_price_inc",
        session.houses().search(&everywhere, PageStart::Offset(40), 20)
    );
    let terms = SearchTerms { total_for: Some(1), ..SearchTerms::default() };
    let cheapest = HouseFilter { terms, sort: SortKey::PriceAscending, ..dated.clone() };
    ask!(
        "A page of a district, cheapest stay of a week first",
        "house_price_bounds_area_lowest",
        session.houses().search(&cheapest, first, 20)
    );
    let dearest = HouseFilter { area: None, sort: SortKey::PriceDescending, ..cheapest };
    ask!(
        "A page of all districts, dearest stay of a week first",
        "house_price_bounds_highest",
        session.houses().search(&dearest, first, 20)
    );
    ask!(
        "A page of a district, one date alone to begin on",
        "houses_area_new",
        session.houses().search(&from, first, 20)
    );
    ask!(
        "A page of a district, one date alone to end on",
        "houses_area_new",
        session.houses().search(&until, first, 20)
    );
    ask!(
        "How many houses of a district let a stay begin on one date",
        "houses_area",
        session.houses().count(&from, 1000)
    );
    ask!("How many houses of a district are free in a week", "houses_area", session.houses().count(&dated, 1000));
    ask!("A page with filters", "houses_area", session.houses().search(&wished, first, 20));
    ask!("A page behind a cursor, most booked first", "houses_booking", session.houses().search(&booked, cursor, 20));
    let popular = HouseFilter { area: AreaId::new(4).ok(), sort: SortKey::Popular, ..HouseFilter::default() };
    ask!(
        "A page of a district, most guests first",
        "houses_area_popular",
        session.houses().search(&popular, first, 20)
    );
    ask!("A page by a rare word", "house_words", session.houses().search(&rare, first, 20));
    let backend = store.readers.get_database_backend();
    let by_common = Way::ByCommon(term);
    let statements = vec![search::page(backend, &common, by_common, first, 20)];
    asked.push(Asked { title: "A page by common words", index: "houses_area_new", statements });
    let statements = vec![search::count(backend, &common, by_common, 1000)];
    asked.push(Asked { title: "How many houses have common words", index: "house_words", statements });
    ask!("A page by one rare character", "house_words", session.houses().search(&character, first, 20));
    let by_common = Way::ByCommon(common_character.filters.words.as_ref().unwrap().terms()[0]);
    let statements = vec![search::page(backend, &common_character, by_common, first, 20)];
    asked.push(Asked { title: "A page by one common character", index: "houses_area_new", statements });
    let statements = vec![search::count(backend, &common_character, by_common, 1000)];
    asked.push(Asked { title: "How many houses have a common character", index: "house_words", statements });
    ask!("The slides of the home page", "houses_booking", session.houses().most_booked(5));
    ask!(
        "A house with its landlord, facilities, pictures and comments",
        "orders_comments",
        session.houses().detail(house, 30)
    );
    ask!("A landlord's houses", "houses_landlord", session.houses().of_landlord(UserId::new(7).unwrap(), 1000));
    ask!("A guest's orders", "orders_guest", session.orders().of_guest(guest, 1000));
    ask!("A landlord's orders", "orders_landlord", session.orders().of_landlord(UserId::new(7).unwrap(), 1000));
    ask!("An order", "", session.orders().find(OrderId::new(7).unwrap()));
    let (mut unit, locked) = LockedGuest::begin(store, guest).await.unwrap().unwrap();
    store.watch.sent.lock().unwrap().clear();
    ask!(
        "A guest's orders that wait",
        "orders_waiting",
        unit.usage().orders(
            &locked,
            day(20).and_time(chrono::NaiveTime::MIN).and_utc(),
            day(20),
            DateTime::UNIX_EPOCH,
            OrderBounds { placed_since: 60, waiting: 30 }
        )
    );
    ask!("What booking needs to know of a house", "", unit.houses().lock_landlord(house));
    drop(unit);
    store.watch.sent.lock().unwrap().clear();
    ask!("Who has a mobile", "users_mobile", session.users().credentials(&user(7).mobile));
    asked
}

/// PostgreSQL estimates from a random sample of large tables, and two plans of nearly one cost would take turns:
/// here it reads every row.
async fn read_every_row_for_statistics(url: &str) {
    if url.starts_with("postgres") {
        let db = sea_orm::Database::connect(url).await.unwrap();
        let sql = "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_statistics_target = 10000', \
                   current_database()); END $$";
        db.execute_unprepared(sql).await.unwrap();
        db.close().await.unwrap();
    }
}

/// The plans of one engine by the title of their query, and the statements as this engine has them.
async fn plans(url: &str) -> (String, Vec<(&'static str, Vec<String>, Vec<String>)>) {
    migrate_up(url).await.unwrap();
    read_every_row_for_statistics(url).await;
    let store = SqlStore::connect(&StoreOptions::new(url)).await.unwrap();
    fill(&store).await;
    let db = store.readers.clone();
    let backend = db.get_database_backend();
    let (mut plans, mut problems) = (Vec::new(), Vec::new());
    for Asked { title, index, statements } in asked(&store).await {
        let mut lines = Vec::new();
        for statement in &statements {
            if !lines.is_empty() {
                lines.push(String::new());
            }
            lines.extend(plan(&db, statement).await);
        }
        let full = lines.iter().any(|line| !line.is_empty() && is_full_scan(backend, line));
        let named = lines.iter().any(|line| line.contains(index));
        let primary = index == "house_words" && lines.iter().any(|line| line.contains("PRIMARY"));
        if full || !(named || primary) {
            problems.push(format!("{title} on {backend:?} reads a whole table or not {index}:\n{}", lines.join("\n")));
        }
        plans.push((title, statements.into_iter().map(|statement| statement.sql).collect(), lines));
    }
    assert!(problems.is_empty(), "{}", problems.join("\n\n"));
    let version = version(&db).await;
    store.close().await;
    (version, plans)
}

#[tokio::test]
async fn every_query_takes_its_index() {
    let folder = tempfile::tempdir().unwrap();
    let (postgres, mariadb) = (minsu_testservers::postgres().await, minsu_testservers::mariadb().await);
    let sqlite = plans(&format!("sqlite://{}/plans.sqlite3", folder.path().display())).await;
    let engines = [sqlite, plans(postgres.url()).await, plans(mariadb.url()).await];

    let versions = engines.iter().map(|(version, _)| version.as_str()).collect::<Vec<_>>().join(", ");
    let mut text = format!("Plans of {versions}.\n");
    for (place, (title, statements, _)) in engines[1].1.iter().enumerate() {
        write!(text, "\n### {title}\n\n```sql\n{};\n```\n", statements.join(";\n")).unwrap();
        for (version, plans) in &engines {
            write!(text, "\n{version}\n\n```text\n{}\n```\n", plans[place].2.join("\n")).unwrap();
        }
    }
    compare(&text, &versions);
}

/// Demands that the page shows these plans; writes them if it does not. Other versions of the engines
/// may plan otherwise: then the page stays as it is.
fn compare(plans: &str, versions: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..").join(PAGE);
    let page = fs::read_to_string(&file).unwrap();
    let (head, rest) = page.split_once(MARKS[0]).unwrap();
    let (shown, tail) = rest.split_once(MARKS[1]).unwrap();
    let is_of_other_versions = shown.starts_with("Plans of ") && !shown.starts_with(&format!("Plans of {versions}."));
    if shown != plans && !is_of_other_versions {
        fs::write(&file, [head, MARKS[0], plans, MARKS[1], tail].concat()).unwrap();
        panic!("{PAGE} was out of date and has been written anew: look at it and commit it");
    }
}
