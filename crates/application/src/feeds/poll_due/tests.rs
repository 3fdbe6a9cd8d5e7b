//! How many feeds are polled at a time.

use std::sync::{Arc, Mutex};

use minsu_ports::{
    FetchFailed, LeasedFeed, StoreError,
    testkit::{MockIdentitySealer, MockStore, MockUnitOfWork},
};

use super::*;
use crate::test_app::{TestApp, feed, now, sealed_url, user};
use minsu_domain::HouseId;
use minsu_ports::{FeedAnswer, FeedFetcher, FeedRequest, FeedSource};

/// Calls that go on, by host, and the most at the same time: in all, and to one host.
type Calls = (HashMap<String, usize>, usize, usize);

/// Counts the calls that go on at the same time, in all and to one host.
#[derive(Clone, Default)]
struct Counting(Arc<Mutex<Calls>>);

#[async_trait::async_trait]
impl FeedFetcher for Counting {
    async fn check(&self, _: &str) -> Result<minsu_ports::CheckedAddress, minsu_ports::FeedAddressError> {
        unreachable!("nothing is connected here")
    }

    async fn fetch(&self, request: &FeedRequest) -> Result<FeedAnswer, FetchFailed> {
        {
            let mut seen = self.0.lock().unwrap();
            *seen.0.entry(request.url.clone()).or_default() += 1;
            let (all, of_host) = (seen.0.values().sum(), seen.0.values().copied().max().unwrap());
            (seen.1, seen.2) = (seen.1.max(all), seen.2.max(of_host));
        }
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        *self.0.lock().unwrap().0.get_mut(&request.url).unwrap() -= 1;
        Err(FetchFailed { code: "timeout".into(), retry_after: None })
    }
}

#[tokio::test]
async fn a_few_feeds_are_polled_at_once_and_fewer_of_a_host() {
    let hosts =
        [("one.example", 9), ("two.example", 9), ("three.example", 2), ("four.example", 2), ("five.example", 2)];
    let names: Vec<String> = hosts.iter().flat_map(|(host, number)| vec![(*host).to_owned(); *number]).collect();
    let due: Vec<_> = (1..).map(|id| FeedId::new(id).unwrap()).zip(names.clone()).collect();
    let mut store = MockStore::new();
    store.expect_read_own().times(1).returning(move || {
        let (mut session, due) = (MockUnitOfWork::default(), due.clone());
        session.feeds.expect_due().returning(move |_, _, _| Ok(due.clone()));
        Ok(Box::new(session))
    });
    store.expect_begin().returning(move || {
        let (mut unit, names) = (MockUnitOfWork::default(), names.clone());
        unit.feeds.expect_lease().returning(move |id, _, _, _| {
            let host = names[usize::try_from(id.get() - 1).unwrap()].clone();
            Ok(Some(LeasedFeed {
                landlord: user(1),
                house: HouseId::new(id.get()).unwrap(),
                terms: feed(1).terms,
                source: FeedSource {
                    host: host.clone(),
                    url: minsu_ports::SealedIdentity { key_id: host, ..sealed_url() },
                },
                etag: None,
                last_modified: None,
                content_at: None,
                failures: 0,
            }))
        });
        // The account of the first one was deleted, the store fails for the second one.
        unit.users.expect_lock().returning(|_| Ok(true));
        unit.own_listings.expect_lock_calendar().returning(|_, house| match house.get() {
            1 => Ok(false),
            2 => Err(StoreError::Backend("broken".into())),
            _ => Ok(false),
        });
        Ok(Box::new(unit))
    });
    let mut sealer = MockIdentitySealer::new();
    sealer.expect_open_text().returning(|_, sealed| Ok(sealed.key_id.clone()));
    let counting = Counting::default();
    let mut app = TestApp::default().store(store).sealer(sealer).build();
    app.feed_fetcher = Arc::new(counting.clone());
    assert_eq!(poll_due(&app, now()).await.unwrap(), (23, 1, false));
    let (_, most, of_a_host) = &*counting.0.lock().unwrap();
    assert_eq!((*most, *of_a_host), (TOGETHER, OF_A_HOST));
}
