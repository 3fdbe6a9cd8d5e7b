//! Mocks and contract suites.
//!
//! The mocks are mockall's; [`MockUnitOfWork`] puts the four repositories of a session together.
//! A contract suite is a set of async functions, one a rule, that take a fresh adapter.

mod unit_of_work;

pub mod cache;
pub mod captcha;
pub mod captcha_speaker;
pub mod clock;
pub mod identity_sealer;
pub mod object_store;
pub mod page_cache;
pub mod password_hasher;
pub mod picture_processor;
pub mod randomness;
pub mod sms;
pub mod store;

pub use crate::{
    cache::MockCache,
    captcha::MockCaptchaPainter,
    captcha_speaker::MockCaptchaSpeaker,
    clock::MockClock,
    dev_outbox::MockDevOutbox,
    events::MockEvents,
    identity_sealer::MockIdentitySealer,
    object_store::MockObjectStore,
    page_cache::{MockPageCache, MockRendering},
    password_hasher::MockPasswordHasher,
    picture_processor::MockPictureProcessor,
    randomness::MockRandomness,
    sms::MockSmsSender,
    store::{MockHouseRepo, MockOrderRepo, MockReferenceRepo, MockStore, MockStrayRepo, MockUpkeepRepo, MockUserRepo},
};
pub use unit_of_work::{Commits, MockUnitOfWork};
