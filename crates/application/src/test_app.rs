//! An application made of mocks, for the tests of the use cases. A port that a test does not
//! set refuses every call.

use std::sync::Arc;

use chrono::{DateTime, TimeZone, Utc};
use minsu_domain::{
    AreaId, HouseDraft, HouseId, HouseOffer, HouseTerms, Mobile, Money, Order, OrderId, OrderStatus, Quote, StayLimits,
    UserId, UserName, parse_day,
};
use minsu_ports::{
    Count, HouseDetail, Landlord, Scope, User,
    testkit::{
        MockCache, MockCaptchaPainter, MockCaptchaSpeaker, MockClock, MockDevOutbox, MockEvents, MockIdentitySealer,
        MockObjectStore, MockPageCache, MockPasswordHasher, MockPictureProcessor, MockRandomness, MockSmsSender,
        MockStore,
    },
};

use crate::{App, ClientAddress, Policy};

#[derive(Default)]
pub(crate) struct TestApp {
    store: MockStore,
    cache: MockCache,
    pages: MockPageCache,
    sms: MockSmsSender,
    objects: MockObjectStore,
    pictures: MockPictureProcessor,
    captchas: MockCaptchaPainter,
    speaker: MockCaptchaSpeaker,
    passwords: MockPasswordHasher,
    sealer: MockIdentitySealer,
    randomness: Option<MockRandomness>,
    dev_outbox: Option<MockDevOutbox>,
    events: Option<MockEvents>,
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
        store: MockStore, cache: MockCache, pages: MockPageCache, sms: MockSmsSender, objects: MockObjectStore,
        pictures: MockPictureProcessor, captchas: MockCaptchaPainter, speaker: MockCaptchaSpeaker, passwords: MockPasswordHasher,
        sealer: MockIdentitySealer
    }

    pub(crate) fn randomness(mut self, mock: MockRandomness) -> Self {
        self.randomness = Some(mock);
        self
    }

    pub(crate) fn dev_outbox(mut self, mock: MockDevOutbox) -> Self {
        self.dev_outbox = Some(mock);
        self
    }

    /// Who counts; left out, nobody minds what happens.
    pub(crate) fn events(mut self, mock: MockEvents) -> Self {
        self.events = Some(mock);
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
        let events = self.events.unwrap_or_else(|| {
            let mut events = MockEvents::new();
            events.expect_happened().returning(|_| ());
            events
        });
        App {
            store: Arc::new(self.store),
            cache: Arc::new(self.cache),
            pages: Arc::new(self.pages),
            sms: Arc::new(self.sms),
            objects: Arc::new(self.objects),
            pictures: Arc::new(self.pictures),
            captchas: Arc::new(self.captchas),
            speaker: Arc::new(self.speaker),
            passwords: Arc::new(self.passwords),
            sealer: Arc::new(self.sealer),
            clock: Arc::new(clock),
            randomness: Arc::new(randomness),
            dev_outbox: self.dev_outbox.map(|outbox| Arc::new(outbox) as _),
            events: Arc::new(events),
            policy: Policy::default(),
        }
    }
}

/// 2026-11-21 17:00 UTC: already the 22nd in Beijing.
fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 21, 17, 0, 0).unwrap()
}

pub(crate) fn user(id: i64) -> UserId {
    UserId::new(id).unwrap()
}

/// A cache whose counters all stand here.
pub(crate) fn counting(value: u64) -> MockCache {
    let mut cache = MockCache::new();
    cache.expect_increment().returning(move |_, window| Ok(Count { value, resets_in: window }));
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
        title: "四合院".into(),
        price_yuan: "19.99".into(),
        deposit_yuan: "0".into(),
        area_id: 1,
        address: "南锣鼓巷 1 号".into(),
        room_count: 1,
        acreage: 30,
        unit: "一室".into(),
        capacity: 2,
        beds: "双人床".into(),
        min_days: 1,
        max_days: 0,
        facilities: vec![1],
    }
}

pub(crate) fn terms(landlord: i64) -> HouseTerms {
    HouseTerms {
        landlord: user(landlord),
        price: Money::from_fen(1999).unwrap(),
        limits: StayLimits::new(1, 0).unwrap(),
    }
}

pub(crate) fn house_detail(landlord: i64) -> HouseDetail {
    HouseDetail {
        id: HouseId::new(7).unwrap(),
        landlord: Landlord { id: user(landlord), name: UserName::new("Anna").unwrap(), avatar: None },
        offer: HouseOffer { area: AreaId::new(1).unwrap(), ..HouseOffer::try_from(draft()).unwrap() },
        pictures: vec![],
        comments: vec![],
    }
}

/// An order of guest 2 for a house of landlord 1.
pub(crate) fn order(status: OrderStatus) -> Order {
    let price = Money::from_fen(1999).unwrap();
    Order {
        id: OrderId::new(3).unwrap(),
        house: HouseId::new(7).unwrap(),
        landlord: user(1),
        guest: user(2),
        start: parse_day("2026-12-01").unwrap(),
        end: parse_day("2026-12-01").unwrap(),
        quote: Quote { days: 1, price, amount: price },
        status,
        created_at: now(),
    }
}

/// Pages that expect to be told of exactly one change.
pub(crate) fn pages_changed(scopes: &'static [Scope]) -> MockPageCache {
    let mut pages = MockPageCache::new();
    pages.expect_changed().times(1).withf(move |changed| changed == scopes).returning(|_| ());
    pages
}
