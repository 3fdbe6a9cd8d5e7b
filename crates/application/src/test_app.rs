//! An application made of mocks, for the tests of the use cases. A port that a test does not
//! set refuses every call.

use std::sync::Arc;

use chrono::{DateTime, TimeZone, Utc};
use minsu_domain::{
    AreaId, CalendarName, DayOffsets, FacilityId, FeedId, Hold, HouseDraft, HouseId, HouseOffer, HouseTerms,
    ListingState, Means, Mobile, Money, Order, OrderId, OrderStatus, Principal, Quote, QuoteLine, Role, Scopes,
    StayLimits, UserId, UserName, Version, parse_day,
};
use minsu_ports::{
    Area, Count, EventSubscriber, Facility, Feed, FeedTerms, HouseDetail, Landlord, ListingStanding, NoFaultPoints,
    OrderParty, OrderView, OwnHouse, SealedIdentity, User,
    testkit::{
        MockCache, MockCalendarFeeds, MockCaptchaPainter, MockCaptchaSpeaker, MockClock, MockDevOutbox,
        MockFeedFetcher, MockIdentitySealer, MockObjectStore, MockOrderRepo, MockPasswordHasher, MockPictureProcessor,
        MockRandomness, MockSigner, MockSmsSender, MockStore, MockTelemetry, MockUnitOfWork, MockWebhookSender,
        MockWorkScheduler,
    },
};

use crate::{App, ClientAddress, Policy};

#[derive(Default)]
pub(crate) struct TestApp {
    store: MockStore,
    cache: MockCache,
    sms: MockSmsSender,
    objects: MockObjectStore,
    pictures: MockPictureProcessor,
    captchas: MockCaptchaPainter,
    speaker: MockCaptchaSpeaker,
    passwords: MockPasswordHasher,
    sealer: MockIdentitySealer,
    feed_fetcher: MockFeedFetcher,
    calendar_feeds: MockCalendarFeeds,
    webhooks: MockWebhookSender,
    scheduler: Option<MockWorkScheduler>,
    randomness: Option<MockRandomness>,
    dev_outbox: Option<MockDevOutbox>,
    subscribers: Vec<Arc<dyn EventSubscriber>>,
    telemetry: Option<MockTelemetry>,
}

macro_rules! setters {
    ($($name:ident: $mock:ty),*) => {
        $(pub(crate) fn $name(mut self, mock: $mock) -> Self {
            self.$name = mock;
            self
        })*
    };
}

impl TestApp {
    setters! {
        store: MockStore, cache: MockCache, sms: MockSmsSender, objects: MockObjectStore,
        pictures: MockPictureProcessor, captchas: MockCaptchaPainter, speaker: MockCaptchaSpeaker, passwords: MockPasswordHasher,
        sealer: MockIdentitySealer, feed_fetcher: MockFeedFetcher, calendar_feeds: MockCalendarFeeds,
        webhooks: MockWebhookSender
    }

    pub(crate) fn scheduler(mut self, mock: MockWorkScheduler) -> Self {
        self.scheduler = Some(mock);
        self
    }

    pub(crate) fn randomness(mut self, mock: MockRandomness) -> Self {
        self.randomness = Some(mock);
        self
    }

    pub(crate) fn dev_outbox(mut self, mock: MockDevOutbox) -> Self {
        self.dev_outbox = Some(mock);
        self
    }

    /// One more subscriber of recorded events.
    pub(crate) fn subscriber(mut self, subscriber: impl EventSubscriber + 'static) -> Self {
        self.subscribers.push(Arc::new(subscriber));
        self
    }

    /// Expectations on telemetry; without this call every signal is accepted.
    pub(crate) fn telemetry(mut self, mock: MockTelemetry) -> Self {
        self.telemetry = Some(mock);
        self
    }

    pub(crate) fn build(self) -> App {
        let mut clock = MockClock::new();
        clock.expect_now().returning(now);
        clock.expect_sleep().returning(|_| ());
        let randomness = self.randomness.unwrap_or_else(|| {
            let mut randomness = MockRandomness::new();
            randomness.expect_fill().returning(|buffer| buffer.fill(0x5a));
            randomness
        });
        // Without one there is always a turn.
        let scheduler = self.scheduler.unwrap_or_else(|| {
            let mut scheduler = MockWorkScheduler::new();
            scheduler.expect_enter().returning(|_, _| Ok(Box::new(())));
            scheduler
        });
        let telemetry = self.telemetry.unwrap_or_else(|| {
            let mut telemetry = MockTelemetry::new();
            telemetry.expect_count().returning(|_| ());
            telemetry
        });
        App {
            store: Arc::new(self.store),
            cache: Arc::new(self.cache),
            sms: Arc::new(self.sms),
            objects: Arc::new(self.objects),
            pictures: Arc::new(self.pictures),
            captchas: Arc::new(self.captchas),
            speaker: Arc::new(self.speaker),
            passwords: Arc::new(self.passwords),
            scheduler: Arc::new(scheduler),
            sealer: Arc::new(self.sealer),
            signer: Arc::new(MockSigner::new()),
            webhooks: Arc::new(self.webhooks),
            payment: None,
            feed_fetcher: Arc::new(self.feed_fetcher),
            calendar_feeds: Arc::new(self.calendar_feeds),
            clock: Arc::new(clock),
            randomness: Arc::new(randomness),
            dev_outbox: self.dev_outbox.map(|outbox| Arc::new(outbox) as _),
            subscribers: self.subscribers,
            telemetry: Arc::new(telemetry),
            feed_polls: Arc::default(),
            fault_points: Arc::new(NoFaultPoints),
            policy: Policy::default(),
            claim: None,
        }
    }
}

/// 2026-11-21 17:00 UTC: already the 22nd in Beijing.
pub(crate) fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 21, 17, 0, 0).unwrap()
}

/// The acting person with this id.
pub(crate) fn principal(id: i64) -> Principal {
    Principal { user: user(id), role: Role::User, means: Means::Session { confirmed: false } }
}

/// The same, whose password was just given.
pub(crate) fn confirmed_principal(id: i64) -> Principal {
    Principal { means: Means::Session { confirmed: true }, ..principal(id) }
}

/// The same, by a token without any scope.
pub(crate) fn token_principal(id: i64) -> Principal {
    Principal { means: Means::Token(Scopes::default()), ..principal(id) }
}

pub(crate) fn user(id: i64) -> UserId {
    UserId::new(id).unwrap()
}

/// A cache whose counters all have this value.
pub(crate) fn counting(value: u64) -> MockCache {
    let mut cache = MockCache::new();
    cache.expect_increment().returning(move |_, window| Ok(Count { value, resets_in: window }));
    cache.expect_count_of().returning(|_| Ok(None));
    cache
}

pub(crate) fn client() -> ClientAddress {
    ClientAddress::new([192, 0, 2, 7].into())
}

pub(crate) fn mobile() -> Mobile {
    Mobile::new("13812345678").unwrap()
}

pub(crate) fn sample_user(id: i64) -> User {
    User { id: user(id), name: UserName::new("Anna").unwrap(), mobile: mobile(), avatar: None, created_at: now() }
}

pub(crate) fn draft() -> HouseDraft {
    HouseDraft {
        price_yuan: "19.99".into(),
        deposit_yuan: "0".into(),
        area_id: 1,
        min_days: 1,
        max_days: 0,
        facilities: vec![1],
        ..HouseDraft::sample()
    }
}

pub(crate) fn terms(landlord: i64) -> HouseTerms {
    HouseTerms {
        landlord: user(landlord),
        price: Money::from_fen(1999).unwrap(),
        deposit: Money::from_fen(500).unwrap(),
        limits: StayLimits::new(1, 0).unwrap(),
        capacity: 4,
        has_rules: false,
    }
}

/// Where a published listing of this landlord stands.
pub(crate) fn standing(landlord: i64) -> ListingStanding {
    let (state, version) = (ListingState::Published, Version::new(1).unwrap());
    ListingStanding { landlord: user(landlord), state, version, pictures: 1 }
}

pub(crate) fn house_detail(landlord: i64) -> HouseDetail {
    HouseDetail {
        id: HouseId::new(7).unwrap(),
        landlord: Landlord { id: user(landlord), name: UserName::new("Anna").unwrap(), avatar: None },
        offer: HouseOffer { area: AreaId::new(1).unwrap(), ..HouseOffer::try_from(draft()).unwrap() },
        pictures: vec![],
        comments: vec![],
        created_at: now(),
        version: Version::new(1).unwrap(),
        order_count: 0,
    }
}

/// A draft of landlord 1 as the landlord reads it.
pub(crate) fn own_house(id: i64) -> OwnHouse {
    let house = house_detail(1);
    OwnHouse {
        id: HouseId::new(id).unwrap(),
        offer: house.offer,
        pictures: vec![],
        created_at: house.created_at,
        state: ListingState::Draft,
        version: house.version,
        order_count: 0,
    }
}

/// A feed of house 7 that was never asked.
pub(crate) fn feed(id: i64) -> Feed {
    Feed {
        id: FeedId::new(id).unwrap(),
        house: HouseId::new(7).unwrap(),
        terms: FeedTerms {
            name: CalendarName::new("Airbnb").unwrap(),
            offsets: DayOffsets::default(),
            is_all_closures: false,
            is_paused: false,
        },
        host: "a.example".into(),
        generation: Version::new(1).unwrap(),
        error: None,
        failures: 0,
        hold: Hold::None,
        events: None,
        fetched_at: None,
        good_at: None,
        changed_at: None,
        created_at: now(),
        days_held: 0,
        days_missing: 0,
    }
}

/// A sealed address.
pub(crate) fn sealed_url() -> SealedIdentity {
    SealedIdentity { key_id: "key".into(), sealed: vec![1, 2, 3] }
}

/// A unit of work that knows area 1 and facility 1.
pub(crate) fn knowing_reference() -> MockUnitOfWork {
    let mut unit = MockUnitOfWork::default();
    let area = || Ok(vec![Area { id: AreaId::new(1).unwrap(), name: "东城区".into() }]);
    unit.reference.expect_areas().returning(area);
    let facility = || Ok(vec![Facility { id: FacilityId::new(1).unwrap(), name: "无线网络".into() }]);
    unit.reference.expect_facilities().returning(facility);
    unit
}

/// An order of guest 2 for a house of landlord 1.
pub(crate) fn order(status: OrderStatus) -> Order {
    let (start, price) = (parse_day("2026-12-01").unwrap(), Money::from_fen(1999).unwrap());
    Order {
        id: OrderId::new(3).unwrap(),
        house: HouseId::new(7).unwrap(),
        landlord: user(1),
        guest: user(2),
        start,
        end: start,
        guests: 2,
        quote: Quote::of_lines(vec![QuoteLine::days(start, 1, price).unwrap()]).unwrap(),
        status,
        created_at: now(),
        expires_at: Some(now() + chrono::TimeDelta::hours(24)),
        cancellation: minsu_domain::CancellationPreset::Moderate,
    }
}

/// The same order as its parties see it, under another id.
pub(crate) fn order_view(id: i64) -> OrderView {
    let order = order(OrderStatus::WaitAccept);
    let party = |id| OrderParty { id, name: UserName::new("Anna").unwrap() };
    OrderView {
        id: OrderId::new(id).unwrap(),
        house: order.house,
        title: "四合院".into(),
        picture: None,
        deposit: Money::ZERO,
        guest: party(order.guest),
        landlord: party(order.landlord),
        start: order.start,
        end: order.end,
        guests: order.guests,
        quote: order.quote,
        status: order.status,
        version: Version::new(1).unwrap(),
        comment: None,
        reason: None,
        created_at: order.created_at,
        expires_at: order.expires_at,
        cancellation: order.cancellation,
    }
}

/// A store in which orders are read, as `expect` expects it.
pub(crate) fn reading_orders(expect: impl Fn(&mut MockOrderRepo) + Send + 'static) -> MockStore {
    let mut store = MockStore::new();
    store.expect_read_own().returning(move || {
        let mut session = MockUnitOfWork::default();
        expect(&mut session.orders);
        session.feeds.expect_conflicts_of_order().returning(|_| Ok(vec![]));
        Ok(Box::new(session))
    });
    store
}
