//! Connecting a calendar of another site.

use minsu_domain::{CalendarName, DayOffsets, Event, FeedId, HouseId, ListingEvent, Principal};
use minsu_ports::{FeedTerms, Store};

use super::address;
use crate::{
    App, AppError, CalendarError, ListingError,
    houses::{begin_owned, owned},
    transaction::in_locked_transaction,
};

/// The most feeds of a house.
pub const MAX_FEEDS: u64 = 8;

/// Asks for a feed.
#[derive(Clone)]
pub struct ConnectFeed {
    /// What the landlord calls it.
    pub name: CalendarName,
    /// Where it is read from: a secret.
    pub url: String,
    /// Days that are added to each of its events.
    pub offsets: DayOffsets,
    /// Whether none of its events is a stay.
    pub is_all_closures: bool,
}

/// Connects a calendar of another site to one's own listing; it is due for its first poll.
///
/// # Errors
/// [`ListingError::NotFound`], [`ListingError::NotOwner`], [`AppError::Invalid`] and those of [`CalendarError`] for the
/// address, [`CalendarError::TooManyFeeds`].
pub async fn connect(app: &App, viewer: Principal, house: HouseId, command: ConnectFeed) -> Result<FeedId, AppError> {
    if let Some(earlier) = app.earlier()? {
        return Ok(earlier);
    }
    owned(app.store.read_own().await?.as_mut(), viewer, house).await?;
    let source = address::sealed(app, house, &command.url).await?;
    let ConnectFeed { name, url: _, offsets, is_all_closures } = command;
    let terms = FeedTerms { name, offsets, is_all_closures, is_paused: false };
    let now = app.clock.now();
    let begin = async |store: &dyn Store| begin_owned(store, viewer).await;
    let id = in_locked_transaction(app, begin, async |transaction, landlord| {
        owned(&mut **transaction, viewer, house).await?;
        let calendar = landlord.with_calendar(&mut **transaction, house).await?.ok_or(ListingError::NotFound)?;
        if transaction.feeds().count(&calendar).await? >= MAX_FEEDS {
            return Err(CalendarError::TooManyFeeds.into());
        }
        let id = transaction.feeds().insert(&calendar, &terms, &source, now).await?;
        transaction.record(Event::ListingFeedsChanged(ListingEvent { house, landlord: viewer.user }));
        Ok(id)
    })
    .await?;
    tracing::info!(user = %viewer.user, %house, feed = %id, host = source.host, "calendar connected");
    Ok(id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::{TestApp, principal, sealed_url, standing};
    use minsu_domain::{Field, Invalid};
    use minsu_ports::{
        CheckedAddress, FeedAddressError,
        testkit::{EventLog, MockFeedFetcher, MockIdentitySealer, MockStore, MockUnitOfWork},
    };

    fn unit(feeds: u64) -> MockUnitOfWork {
        let mut unit = MockUnitOfWork::default();
        unit.users.expect_lock().returning(|_| Ok(true));
        unit.own_listings.expect_standing().returning(|_| Ok(Some(standing(1))));
        unit.own_listings.expect_lock_calendar().returning(|_, _| Ok(true));
        unit.feeds.expect_count().returning(move |_| Ok(feeds));
        unit.feeds
            .expect_insert()
            .withf(|_, terms, source, _| terms.name.as_str() == "Airbnb" && source.host == "a.example")
            .returning(|_, _, _, _| Ok(FeedId::new(4).unwrap()));
        unit
    }

    async fn connected(
        viewer: i64,
        feeds: u64,
        checked: Result<(), FeedAddressError>,
    ) -> (Result<FeedId, AppError>, Vec<Event>) {
        let mut store = MockStore::new();
        store.expect_read_own().returning(move || Ok(Box::new(unit(feeds))));
        store.expect_begin().returning(move || Ok(Box::new(unit(feeds))));
        let mut fetcher = MockFeedFetcher::new();
        fetcher.expect_check().returning(move |url| {
            checked.map(|()| CheckedAddress { url: url.to_owned(), host: "a.example".to_owned() })
        });
        let mut sealer = MockIdentitySealer::new();
        sealer.expect_seal_text().withf(|_, url| url == "https://a.example/c.ics").returning(|_, _| Ok(sealed_url()));
        let log = EventLog::default();
        let app = TestApp::default().store(store).sealer(sealer).feed_fetcher(fetcher).subscriber(log.clone()).build();
        let command = ConnectFeed {
            name: CalendarName::new("Airbnb").unwrap(),
            url: " https://a.example/c.ics ".to_owned(),
            offsets: DayOffsets::default(),
            is_all_closures: false,
        };
        (connect(&app, principal(viewer), HouseId::new(7).unwrap(), command).await, log.committed())
    }

    #[tokio::test]
    async fn a_landlord_connects_up_to_eight_calendars() {
        let (made, events) = connected(1, MAX_FEEDS - 1, Ok(())).await;
        assert_eq!(made.unwrap().get(), 4);
        assert!(matches!(events[..], [Event::ListingFeedsChanged(_)]));
        let (ninth, events) = connected(1, MAX_FEEDS, Ok(())).await;
        assert!(matches!(ninth, Err(AppError::Calendar(CalendarError::TooManyFeeds))));
        assert_eq!(events, []);
    }

    #[tokio::test]
    async fn addresses_are_checked_and_listings_are_ones_own() {
        let (refused, _) = connected(1, 0, Err(FeedAddressError::Refused)).await;
        assert!(matches!(refused, Err(AppError::Calendar(CalendarError::AddressRefused))));
        let (unknown, _) = connected(1, 0, Err(FeedAddressError::UnknownHost)).await;
        assert!(matches!(unknown, Err(AppError::Calendar(CalendarError::UnknownHost))));
        let (no_url, _) = connected(1, 0, Err(FeedAddressError::NotAUrl)).await;
        assert!(matches!(no_url, Err(AppError::Invalid(Invalid { field: Field::Url, .. }))));
        let (others, _) = connected(2, 0, Ok(())).await;
        assert!(matches!(others, Err(AppError::Listing(ListingError::NotOwner))));
    }
}
