//! The ports: the interfaces that the application needs, in the words of the domain.
//!
//! Every trait here is a port: the application calls it, an adapter crate implements it, the api
//! crate wires the two. No signature shows an adapter's technology: errors are the
//! closed enums of this crate, and no trait is generic over a connection or an error.
//!
//! With the feature `testkit` come the mocks (mockall) and one contract suite for each port. An
//! adapter is right when it passes its suite; a downstream user with an adapter of their own calls the
//! same suite from its tests.
//!
//! # Adding a port
//! 1. A file with the trait, its error and the types that cross it.
//! 2. `#[cfg_attr(feature = "testkit", mockall::automock)]` above `#[async_trait]`.
//! 3. A suite in `testkit/` that every adapter calls from its tests.

#![deny(missing_docs)]
#![cfg_attr(test, expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test"))]

mod cache;
mod cache_journal;
mod calendar_feeds;
mod captcha;
mod captcha_speaker;
mod clock;
mod dev_outbox;
mod fault_points;
mod feed_fetcher;
mod identity_sealer;
mod object_store;
mod password_hasher;
mod payment_sandbox;
mod payments;
mod picture_processor;
mod randomness;
mod render_cache;
mod requests;
mod signer;
mod sms;
mod store;
mod subscriber;
mod telemetry;
#[cfg(feature = "testkit")]
pub mod testkit;
mod webhook_sender;
mod work_scheduler;

pub use cache::{Cache, CacheError, CacheKey, Count};
pub use cache_journal::{CacheJournal, KeptChange, KeptEntry, KeptValue};
pub use calendar_feeds::{CalendarFeeds, FeedError};
pub use captcha::{CaptchaError, CaptchaPainter, PaintedCaptcha};
pub use captcha_speaker::{CaptchaSpeaker, SpeechError, SpokenLanguage};
pub use clock::Clock;
pub use dev_outbox::{DevCode, DevOutbox};
pub use fault_points::{FaultPoint, FaultPoints, NoFaultPoints};
pub use feed_fetcher::{CheckedAddress, FeedAddressError, FeedAnswer, FeedFetcher, FeedRequest, FetchFailed};
pub use identity_sealer::{Identity, IdentitySealer, NumberDigests, SealError, SealedIdentity, SealedText};
pub use object_store::{LISTED_AT_ONCE, ListedObject, ObjectError, ObjectListing, ObjectReader, ObjectStore};
pub use password_hasher::{HashError, PasswordHash, PasswordHasher, Verdict};
pub use payment_sandbox::{PaymentSandbox, SandboxButton, SandboxPayment, SandboxReply};
pub use payments::{
    BillEntry, Notice, NoticeAnswer, NoticeRefused, NoticeState, PaymentAction, PaymentAttempt, PaymentError,
    PaymentProvider, PaymentRequest, ProviderState, RawNotice, Receipt, RefundRequest, RefundState, StartedPayment,
};
pub use picture_processor::{HousePicture, PictureError, PictureProcessor};
pub use randomness::Randomness;
pub use render_cache::{
    CommonTag, Entry, EntryKey, InvalidationTag, Lookup, RenderCache, RenderCacheCounts, RenderError, RenderGuard,
    Rendered,
};
pub use requests::{AnswerMetrics, RequestMetrics, RequestTraces};
pub use signer::Signer;
pub use sms::{SmsError, SmsMessage, SmsSender};
pub use store::{
    AfterAttempt, Area, AttemptResult, AttemptStart, Begun, BookedDay, Cargo, ClaimOwner, CompletedOrder, Credentials,
    Delivery, DeliveryRepo, Difference, DifferenceKind, Doomed, ErasedUser, EventBatch, EventCounts, Export,
    ExportRepo, Facility, FailingFeeds, Feed, FeedConflict, FeedHealth, FeedRepo, FeedSource, FeedStanding, FeedTerms,
    GuestCounts, HouseComment, HouseDetail, HouseRepo, HouseSummary, IdempotencyRecord, IdempotencyRepo, Job,
    JobFailure, JobRepo, KeyId, Landlord, LandlordAlone, LeasedFeed, LinkHash, ListingPicture, ListingStanding,
    ListingUsage, LockStrength, LockedAccount, LockedCalendar, LockedGuest, LockedLandlord, LockedOrder, LockedParties,
    MaintenanceRepo, MessageRepo, NewAttempt, NewClaim, NewDelivery, NewHouse, NewMessage, NewOrder, NewRefund,
    NewToken, NewUser, NewWebhook, OccupancyRepo, OccupantRepo, OrderAct, OrderBounds, OrderFilter, OrderLock,
    OrderNote, OrderParty, OrderPlace, OrderRepo, OrderSide, OrderSummary, OrderUsage, OrderView, OrderedEvent,
    OrderingKey, OrphanedObjectRepo, OutboxRepo, OwnHouse, OwnListingRepo, PageStart, PaymentRepo, PersonalToken,
    PollEnd, PollOutcome, ProviderBacklog, ProviderEvent, ReferenceRepo, ScheduleRepo, ServedExport, Session, ShownBy,
    SlideHouse, StatementLine, Store, StoreError, StoredAnswer, TokenHash, TokenRepo, UniqueKey, UnitOfWork, UsageRepo,
    User, UserLock, UserRepo, WaitingMessage, WaitingOrder, Webhook, WebhookRepo, WithdrawnHouse, WorkerId,
};
pub use subscriber::{EventSubscriber, Notified, Outcome};
pub use telemetry::{FeedSignal, MessageSignal, PaymentSignal, Signal, Telemetry, WebhookSignal};
pub use webhook_sender::{WebhookCall, WebhookFailure, WebhookMessage, WebhookSender, WebhookUrlError};
pub use work_scheduler::{Overloaded, Party, Work, WorkScheduler, WorkTurn};
