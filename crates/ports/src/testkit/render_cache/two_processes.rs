//! The rules of two processes that share a cache.

use std::{sync::Arc, time::Duration};

use tokio::time::{Instant, sleep};

use super::{AVAILABILITY, OFFERS, PEOPLE, Site, house, of_house, search};
use crate::RenderCache;

/// All rules of two processes on one cache.
pub async fn rules_of_two(one: Arc<dyn RenderCache>, other: Arc<dyn RenderCache>) {
    let (here, there) = (Site::new(&one), Site::new(&other));
    // A page that one process rendered is a hit for the other.
    assert_eq!(here.get(&house(200), "page").await.body, "page");
    assert_eq!(there.get(&house(200), "another").await.body, "page");
    assert_eq!(there.made(), 0);

    // A change on one process shows on the other within a second, however often it is asked.
    let changes = [
        (house(200), of_house(200)),
        (house(200), PEOPLE),
        (search(200, true), AVAILABILITY),
        (search(200, false), OFFERS),
    ];
    for (key, tag) in changes {
        here.get(&key, "old").await;
        there.get(&key, "old").await;
        one.invalidate(&[tag]).await;
        let changed = Instant::now();
        assert_eq!(here.get(&key, "new").await.body, "new");
        while there.get(&key, "new").await.body != "new" {
            assert!(changed.elapsed() < Duration::from_secs(2), "{key} is old after {:?}", changed.elapsed());
            sleep(Duration::from_millis(10)).await;
        }
    }

    // A page whose rendering began on one process before a change on the other is not shown a second after it.
    let begun_before = house(201);
    let slow = there.get_slowly(&begun_before, "before", Duration::from_millis(300));
    let change = async {
        sleep(Duration::from_millis(50)).await;
        one.invalidate(&[of_house(201)]).await;
    };
    tokio::join!(slow, change);
    sleep(Duration::from_secs(1)).await;
    assert_eq!(there.get(&house(201), "after").await.body, "after");
    assert_eq!(here.get(&house(201), "after").await.body, "after");
}
