//! Mocks and contract suites.
//!
//! The mocks are mockall's; [`MockUnitOfWork`] puts the four repositories of a session together.
//! A contract suite is a set of async functions, one a rule, that take a fresh adapter.

mod unit_of_work;

pub mod cache;
pub mod captcha;
pub mod captcha_speaker;
pub mod store;

pub use crate::{
    cache::MockCache,
    captcha::MockCaptchaPainter,
    captcha_speaker::MockCaptchaSpeaker,
    clock::MockClock,
    dev_outbox::MockDevOutbox,
    identity_sealer::MockIdentitySealer,
    object_store::MockObjectStore,
    password_hasher::MockPasswordHasher,
    picture_processor::MockPictureProcessor,
    randomness::MockRandomness,
    sms::MockSmsSender,
    store::{MockHouseRepo, MockOrderRepo, MockReferenceRepo, MockStore, MockUserRepo},
};
pub use unit_of_work::{Commits, MockUnitOfWork};
