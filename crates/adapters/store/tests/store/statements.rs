//! How many statements a call sends: always the same, whatever the database holds.

use minsu_domain::{HouseFilter, HouseFilters, SearchWords, SortKey, WantedStay};
use minsu_ports::{PageStart, Store};
use minsu_store::SqlStore;

use crate::support::{self, Engine, fresh, on_every_engine};

on_every_engine! { no_call_sends_more_for_more_rows }

async fn cost(store: &SqlStore, call: impl Future<Output = usize>) -> (u64, usize) {
    let before = store.counts().statements;
    let rows = call.await;
    (store.counts().statements - before, rows)
}

async fn no_call_sends_more_for_more_rows(engine: Engine) {
    let (store, _guard) = fresh(engine).await;
    let scene = support::scene(&store).await;
    let filter = HouseFilter {
        area: Some(support::area(4)),
        stay: WantedStay::Exact { first: support::day(500), last: support::day(503) },
        sort: SortKey::Booking,
        filters: HouseFilters::default(),
        ..HouseFilter::default()
    };
    // The words are looked for in two steps: which of them is the rarest, then the houses.
    let words = Some(SearchWords::parse("house street").unwrap());
    let wordy = HouseFilter { filters: HouseFilters { words, ..HouseFilters::default() }, ..filter.clone() };
    let mut rows_seen = vec![];
    for more in [2, 20] {
        for _ in 0..more {
            support::publish(&store, &scene, more).await;
        }
        let mut session = store.read().await.unwrap();
        let (landlord, guest, house) = (scene.landlord, scene.guest, scene.house);
        let houses =
            cost(&store, async { session.houses().search(&filter, PageStart::Offset(1), 100).await.unwrap().len() })
                .await;
        let found =
            cost(&store, async { session.houses().search(&wordy, PageStart::Offset(0), 100).await.unwrap().len() });
        let found = found.await;
        let count = cost(&store, async { session.houses().count(&filter, 1000).await.unwrap() as usize }).await;
        let own = cost(&store, async { session.houses().of_landlord(landlord, 100).await.unwrap().len() }).await;
        let slides = cost(&store, async { session.houses().most_booked(100).await.unwrap().len() }).await;
        let detail = cost(&store, async {
            let detail = session.houses().detail(house, 100).await.unwrap().unwrap();
            detail.pictures.len() + detail.comments.len()
        });
        let detail = detail.await;
        let guest_batches = cost(&store, async { session.orders().of_guest(guest, 100).await.unwrap().len() }).await;
        let guests = cost(&store, async { session.orders().of_landlord(landlord, 100).await.unwrap().len() }).await;
        let measured = [houses, found, count, own, slides, detail, guest_batches, guests];
        assert_eq!(measured.map(|(statements, _)| statements), [1, 2, 1, 1, 1, 4, 1, 1]);
        rows_seen.push(measured.map(|(_, rows)| rows));
    }
    assert!(rows_seen[0].iter().zip(&rows_seen[1]).all(|(few, many)| few < many), "{rows_seen:?}");
}
