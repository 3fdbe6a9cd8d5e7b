//! Mocks and contract suites.
//!
//! The mocks are mockall's; [`MockUnitOfWork`] puts the repositories of a session together.
//! A contract suite is a set of async functions, one a rule, that take a fresh adapter.

mod event_log;
mod outbox_log;
mod unit_of_work;

pub mod cache;
pub mod cache_journal;
pub mod calendar_feeds;
pub mod captcha;
pub mod captcha_speaker;
pub mod clock;
pub mod identity_sealer;
pub mod object_store;
pub mod password_hasher;
pub mod payments;
pub mod picture_processor;
pub mod randomness;
pub mod render_cache;
pub mod signer;
pub mod sms;
pub mod store;
pub mod webhook_sender;
pub mod work_scheduler;

pub use self::object_store::ListedPages;
pub use crate::{
    cache::MockCache,
    calendar_feeds::MockCalendarFeeds,
    captcha::MockCaptchaPainter,
    captcha_speaker::MockCaptchaSpeaker,
    clock::MockClock,
    dev_outbox::MockDevOutbox,
    feed_fetcher::MockFeedFetcher,
    identity_sealer::MockIdentitySealer,
    object_store::MockObjectStore,
    password_hasher::MockPasswordHasher,
    payments::MockPaymentProvider,
    picture_processor::MockPictureProcessor,
    randomness::MockRandomness,
    render_cache::{MockRenderCache, MockRenderGuard},
    signer::MockSigner,
    sms::MockSmsSender,
    store::{
        MockDeliveryRepo, MockExportRepo, MockFeedRepo, MockHouseRepo, MockIdempotencyRepo, MockJobRepo,
        MockMaintenanceRepo, MockMessageRepo, MockOccupancyRepo, MockOccupantRepo, MockOrderRepo,
        MockOrphanedObjectRepo, MockOutboxRepo, MockOwnListingRepo, MockPaymentRepo, MockReferenceRepo,
        MockScheduleRepo, MockStore, MockTokenRepo, MockUsageRepo, MockUserRepo, MockWebhookRepo,
    },
    telemetry::MockTelemetry,
    webhook_sender::MockWebhookSender,
    work_scheduler::MockWorkScheduler,
};
pub use event_log::EventLog;
pub use outbox_log::OutboxLog;
pub use unit_of_work::{Commits, MockUnitOfWork};
