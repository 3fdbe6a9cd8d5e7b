//! All data of a user, for that user: read page by page, so that its size costs no memory, and one export of a
//! person at a time.

use std::{collections::HashMap, time::Duration};

use bytes::Bytes;
use minsu_domain::{HouseId, IdentityNumber, MessageKind, Principal};
use minsu_ports::{
    CacheError, CacheKey, Export as CalendarLink, Feed, Identity, OrderPlace, OrderSide, OrderSummary, OwnHouse, User,
    Webhook, Work, WorkTurn,
};

use crate::{
    App, AppError, ClientAddress,
    sessions::{self, SessionInfo, SessionToken},
    turns,
};

/// The longest that an export takes; what is not sent by then never is.
pub const LONGEST_EXPORT: Duration = Duration::from_secs(900);

/// The lifetime of the place of an export whose process was killed: beyond every export, so that no place that is
/// in use expires.
const PLACE_LIFETIME: Duration = Duration::from_secs(LONGEST_EXPORT.as_secs() + 60);

/// When a person whose export is running may try again: most exports take less.
const TRY_AGAIN: Duration = Duration::from_secs(10);

/// Rows that are read at a time.
const PAGE: u32 = 200;

/// The place of the one export that a person may have at a time, in all processes of the site. It is free again
/// after [`ExportPlace::free`], or when it expires.
#[derive(Debug)]
pub struct ExportPlace {
    key: CacheKey,
    owner: Bytes,
}

impl ExportPlace {
    /// Takes the place of a person.
    ///
    /// # Errors
    /// [`AppError::TooOften`] while an export of the person is running, [`AppError::CacheUnavailable`].
    pub async fn take(app: &App, viewer: Principal) -> Result<Self, AppError> {
        let key = CacheKey::of_number("export", viewer.user.get());
        let owner = Bytes::copy_from_slice(&app.random::<16>());
        let taken = app.cache.set_if_absent(&key, owner.clone(), PLACE_LIFETIME).await?;
        // A write whose answer was lost is sent again, and finds its own value.
        if taken || app.cache.get(&key).await?.as_ref() == Some(&owner) {
            return Ok(Self { key, owner });
        }
        Err(AppError::TooOften(TRY_AGAIN))
    }

    /// Frees the place, if it has not expired.
    ///
    /// # Errors
    /// [`CacheError`].
    pub async fn free(self, app: &App) -> Result<(), CacheError> {
        app.cache.compare_and_delete(&self.key, &self.owner).await?;
        Ok(())
    }
}

/// What an export tells of the person.
#[derive(Debug)]
pub struct ExportedPerson {
    /// The profile.
    pub user: User,
    /// The real-name data, if written.
    pub identity: Option<Identity>,
    /// The webhooks, the newest first. Their secrets are not shown again.
    pub webhooks: Vec<Webhook>,
    /// Which messages the person wants by SMS.
    pub messages: Vec<MessageKind>,
}

/// A listing in an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportedListing {
    /// The listing.
    pub house: OwnHouse,
    /// The calendars of other sites that the person connected, by their id.
    pub feeds: Vec<Feed>,
    /// The links to its calendar, by their id. Their secrets are not kept.
    pub links: Vec<CalendarLink>,
}

/// An order in an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportedOrder {
    /// The order, its comment included.
    pub order: OrderSummary,
    /// The people whom the person named as staying, with masked numbers; none of orders of others.
    pub occupants: Vec<Identity>,
}

/// How far a list has been read.
#[derive(Debug, Clone, Copy)]
enum Read<T> {
    Nothing,
    Until(T),
    Everything,
}

impl<T: Copy> Read<T> {
    /// The place behind which the next page begins; `None` where there is no next page.
    fn next(self) -> Option<Option<T>> {
        match self {
            Self::Nothing => Some(None),
            Self::Until(place) => Some(Some(place)),
            Self::Everything => None,
        }
    }

    /// How far a page came, by its length and its last row.
    fn behind(length: usize, last: Option<T>) -> Self {
        match last {
            Some(place) if length >= PAGE as usize => Self::Until(place),
            _ => Self::Everything,
        }
    }
}

/// All data of a user. It has its turn until it is dropped, and a database connection only while a page is read.
pub struct Export {
    app: App,
    viewer: Principal,
    session: SessionToken,
    listings: Read<HouseId>,
    as_guest: Read<OrderPlace>,
    as_landlord: Read<OrderPlace>,
    _turn: WorkTurn,
}

impl Export {
    /// Begins the export of the person behind a session, when its turn comes.
    ///
    /// # Errors
    /// [`AppError::Busy`].
    pub async fn begin(
        app: &App,
        _: &ExportPlace,
        viewer: Principal,
        session: SessionToken,
        client: ClientAddress,
    ) -> Result<Self, AppError> {
        let turn = turns::turn(app, Work::Exports, &client.party_of(viewer.user)).await?;
        Ok(Self {
            app: app.clone(),
            viewer,
            session,
            listings: Read::Nothing,
            as_guest: Read::Nothing,
            as_landlord: Read::Nothing,
            _turn: turn,
        })
    }

    /// The person, with a masked number.
    ///
    /// # Errors
    /// [`AppError::Account`], [`AppError::StoreUnavailable`].
    pub async fn person(&mut self) -> Result<ExportedPerson, AppError> {
        let identity = super::identity::exported(&self.app, self.viewer).await?;
        self.with_identity(identity).await
    }

    /// The same with the whole number.
    ///
    /// # Errors
    /// [`AppError::Account`], [`AppError::StoreUnavailable`], [`crate::SessionError::ConfirmationNeeded`] where the
    /// session was not confirmed of late.
    pub async fn person_with_whole_number(&mut self) -> Result<ExportedPerson, AppError> {
        sessions::demand_confirmed(self.viewer)?;
        let identity = super::identity::unsealed(&self.app, self.viewer.user).await?;
        self.with_identity(identity).await
    }

    async fn with_identity(&mut self, identity: Option<Identity>) -> Result<ExportedPerson, AppError> {
        let user = super::profile(&self.app, self.viewer).await?;
        let mut store = self.app.store.read_own().await?;
        let webhooks = store.webhooks().of_user(self.viewer.user).await?;
        let choices = store.messages().choices(self.viewer.user).await?;
        let messages = MessageKind::ALL.into_iter().filter(|kind| choices.wants(*kind)).collect();
        Ok(ExportedPerson { user, identity, webhooks, messages })
    }

    /// The next of the person's listings, drafts and calendars included, the oldest first; none after the last.
    ///
    /// # Errors
    /// [`AppError::StoreUnavailable`].
    pub async fn listings(&mut self) -> Result<Vec<ExportedListing>, AppError> {
        let Some(after) = self.listings.next() else { return Ok(Vec::new()) };
        let mut store = self.app.store.read_own().await?;
        let page = store.own_listings().oldest(self.viewer.user, after, PAGE).await?;
        self.listings = Read::behind(page.len(), page.last().map(|listing| listing.id));
        let ids: Vec<_> = page.iter().map(|listing| listing.id).collect();
        let feeds = store.feeds().of_houses(&ids, self.app.today()).await?;
        let links = store.exports().of_houses(&ids).await?;
        let exported = |house: OwnHouse| ExportedListing {
            feeds: feeds.iter().filter(|feed| feed.house == house.id).cloned().collect(),
            links: links.iter().filter(|(of, _)| *of == house.id).map(|(_, link)| link.clone()).collect(),
            house,
        };
        Ok(page.into_iter().map(exported).collect())
    }

    /// The next of the person's orders on one side, comments and the people who stay included, the newest first; none
    /// after the last.
    ///
    /// # Errors
    /// [`AppError::StoreUnavailable`], [`AppError::Internal`] when the people cannot be unsealed.
    pub async fn orders(&mut self, side: OrderSide) -> Result<Vec<ExportedOrder>, AppError> {
        let read = match side {
            OrderSide::Guest => &mut self.as_guest,
            OrderSide::Landlord => &mut self.as_landlord,
        };
        let Some(after) = read.next() else { return Ok(Vec::new()) };
        let mut store = self.app.store.read_own().await?;
        let page = store.orders().summaries(self.viewer.user, side, after, PAGE).await?;
        *read = Read::behind(page.len(), page.last().map(OrderSummary::place));
        // The people belong to the guest who named them.
        let named: Vec<_> = page.iter().filter(|_| side == OrderSide::Guest).map(|order| order.id).collect();
        let mut sealed: HashMap<_, _> = store.occupants().of_orders(&named).await?.into_iter().collect();
        let exported = |order: OrderSummary| -> Result<ExportedOrder, AppError> {
            let people = sealed.remove(&order.id).map(|sealed| self.app.sealer.open_occupants(order.id, &sealed));
            let people = people.transpose()?.unwrap_or_default();
            let masked = |person: Identity| Identity { id_card: IdentityNumber::masked(&person.id_card), ..person };
            Ok(ExportedOrder { order, occupants: people.into_iter().map(masked).collect() })
        };
        page.into_iter().map(exported).collect()
    }

    /// The living sessions.
    ///
    /// # Errors
    /// [`AppError::CacheUnavailable`].
    pub async fn sessions(&mut self) -> Result<Vec<SessionInfo>, AppError> {
        sessions::list(&self.app, self.viewer, &self.session).await
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };

    use chrono::{DateTime, NaiveDate};
    use minsu_domain::{Money, OrderId, OrderStatus};
    use minsu_ports::{
        SealedIdentity,
        testkit::{MockCache, MockIdentitySealer, MockStore, MockUnitOfWork, MockWorkScheduler},
    };

    use super::*;
    use crate::{
        sessions::in_memory_cache::InMemoryCache,
        test_app::{TestApp, client, principal},
    };

    fn order(id: i64) -> OrderSummary {
        OrderSummary {
            id: OrderId::new(id).unwrap(),
            title: "四合院".to_owned(),
            picture: None,
            start: NaiveDate::MIN,
            end: NaiveDate::MIN,
            created_at: DateTime::UNIX_EPOCH,
            days: 1,
            amount: Money::from_fen(1).unwrap(),
            status: OrderStatus::Complete,
            note: None,
            commented_at: None,
        }
    }

    fn token() -> SessionToken {
        SessionToken::from_random([7; 32])
    }

    /// A store whose guest has orders with the ids from `first` down to 1; counts its sessions.
    fn store(first: i64, sessions: &Arc<AtomicUsize>) -> MockStore {
        let (mut store, sessions) = (MockStore::new(), Arc::clone(sessions));
        store.expect_read_own().returning(move || {
            sessions.fetch_add(1, Ordering::SeqCst);
            let mut session = MockUnitOfWork::default();
            session.orders.expect_summaries().times(1).returning(move |_, side, after, limit| {
                assert_eq!((side, limit), (OrderSide::Guest, PAGE));
                let next = after.map_or(first, |place: OrderPlace| place.id.get() - 1);
                Ok((1..=next).rev().take(limit as usize).map(order).collect())
            });
            // Every hundredth order has people.
            session.occupants.expect_of_orders().returning(|orders| {
                let some = orders.iter().filter(|order| order.get() % 100 == 0);
                Ok(some.map(|order| (*order, SealedIdentity { key_id: "k".into(), sealed: vec![] })).collect())
            });
            Ok(Box::new(session))
        });
        store
    }

    #[tokio::test]
    async fn a_list_is_read_to_its_end_a_page_in_a_session() {
        for (orders, pages) in [(0, 1), (199, 1), (200, 2), (201, 2), (450, 3)] {
            let sessions = Arc::new(AtomicUsize::new(0));
            let cache = Arc::new(InMemoryCache::default());
            let mut sealer = MockIdentitySealer::new();
            sealer.expect_open_occupants().returning(|_, _| {
                Ok(vec![Identity { real_name: "张三".into(), id_card: "11010519491231002X".into() }])
            });
            let app = TestApp::default().store(store(orders, &sessions)).cache(cache.cache()).sealer(sealer).build();
            let place = ExportPlace::take(&app, principal(1)).await.unwrap();
            let mut export = Export::begin(&app, &place, principal(1), token(), client()).await.unwrap();
            let mut seen = Vec::new();
            loop {
                let page = export.orders(OrderSide::Guest).await.unwrap();
                if page.is_empty() {
                    break;
                }
                for ExportedOrder { order, occupants } in page {
                    let numbers: Vec<_> = occupants.iter().map(|person| person.id_card.as_str()).collect();
                    let expected = ["1101**********002X"];
                    assert_eq!(numbers, expected[..usize::from(order.id.get() % 100 == 0)]);
                    seen.push(order.id.get());
                }
            }
            assert_eq!(seen, (1..=orders).rev().collect::<Vec<_>>());
            assert_eq!(export.orders(OrderSide::Guest).await.unwrap(), []);
            assert_eq!(sessions.load(Ordering::SeqCst), pages, "{orders}");
        }
    }

    #[tokio::test]
    async fn a_person_has_one_export_at_a_time_until_its_place_is_free_or_expires() {
        let cache = Arc::new(InMemoryCache::default());
        let numbers = AtomicUsize::new(0);
        let mut randomness = minsu_ports::testkit::MockRandomness::new();
        randomness.expect_fill().returning(move |buffer| {
            buffer.fill(u8::try_from(numbers.fetch_add(1, Ordering::SeqCst)).unwrap());
        });
        let app = TestApp::default().cache(cache.cache()).randomness(randomness).build();
        let first = ExportPlace::take(&app, principal(1)).await.unwrap();
        let second = ExportPlace::take(&app, principal(1)).await;
        assert!(matches!(second, Err(AppError::TooOften(TRY_AGAIN))), "{second:?}");
        assert!(ExportPlace::take(&app, principal(2)).await.is_ok());
        first.free(&app).await.unwrap();
        let killed = ExportPlace::take(&app, principal(1)).await.unwrap();
        cache.at(u32::try_from(LONGEST_EXPORT.as_secs()).unwrap());
        assert!(ExportPlace::take(&app, principal(1)).await.is_err());
        cache.at(u32::try_from(PLACE_LIFETIME.as_secs()).unwrap());
        let next = ExportPlace::take(&app, principal(1)).await.unwrap();
        // One that comes back late frees no place of another.
        killed.free(&app).await.unwrap();
        assert!(ExportPlace::take(&app, principal(1)).await.is_err());
        next.free(&app).await.unwrap();
        // The answer to the write was lost.
        cache.sends_twice.store(true, Ordering::SeqCst);
        assert!(ExportPlace::take(&app, principal(1)).await.is_ok());
    }

    #[tokio::test]
    async fn an_export_counts_for_the_account_and_its_network_and_waits_for_its_turn() {
        let mut scheduler = MockWorkScheduler::new();
        scheduler.expect_enter().times(1).returning(|work, party| {
            assert_eq!((work, *party), (Work::Exports, client().party_of(principal(1).user)));
            Err(minsu_ports::Overloaded)
        });
        let mut cache = MockCache::new();
        cache.expect_set_if_absent().returning(|_, _, _| Ok(true));
        let app = TestApp::default().scheduler(scheduler).cache(cache).build();
        let place = ExportPlace::take(&app, principal(1)).await.unwrap();
        let export = Export::begin(&app, &place, principal(1), token(), client()).await;
        assert!(matches!(export.err(), Some(AppError::Busy(_))));
    }
}
