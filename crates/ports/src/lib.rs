//! What the application needs of the outside world, in the words of the domain.
//!
//! Every trait here is a port: the application calls it, an adapter crate implements it, the api
//! crate wires the two. Nothing of an adapter's technology shows in a signature: errors are the
//! closed enums of this crate, and no trait is generic over a connection or an error.
//!
//! With the feature `testkit` come the mocks (mockall) and one contract suite for each port. An
//! adapter is right when it passes its suite; a downstream user who writes another one calls the
//! same suite from its tests.
//!
//! # Adding a port
//! 1. A file with the trait, its error and the types that cross it.
//! 2. `#[cfg_attr(feature = "testkit", mockall::automock)]` above `#[async_trait]`.
//! 3. A suite in `testkit/` that every adapter calls from its tests.

#![deny(missing_docs)]
#![cfg_attr(test, expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test"))]

mod cache;
mod captcha;
mod captcha_speaker;
mod clock;
mod dev_outbox;
mod events;
mod identity_sealer;
mod object_store;
mod page_cache;
mod password_hasher;
mod picture_processor;
mod randomness;
mod sms;
mod store;
#[cfg(feature = "testkit")]
pub mod testkit;

pub use cache::{Cache, CacheError, CacheKey, Count};
pub use captcha::{CaptchaError, CaptchaPainter, PaintedCaptcha};
pub use captcha_speaker::{CaptchaSpeaker, SpeechError, SpokenLanguage};
pub use clock::Clock;
pub use dev_outbox::DevOutbox;
pub use events::{Event, Events};
pub use identity_sealer::{Identity, IdentitySealer, SealError, SealedIdentity};
pub use object_store::{ObjectError, ObjectStore};
pub use page_cache::{Found, Page, PageCache, PageCounts, PageError, PageKey, Rendered, Rendering, Scope};
pub use password_hasher::{HashError, PasswordHash, PasswordHasher, Verdict};
pub use picture_processor::{HousePicture, PictureError, PictureProcessor};
pub use randomness::Randomness;
pub use sms::{SmsError, SmsSender};
pub use store::{
    Area, Credentials, HouseComment, HouseDetail, HouseRepo, HouseSummary, Landlord, NewHouse, NewOrder, NewUser,
    OrderNote, OrderRepo, OrderSummary, OwnHouse, PageStart, ReferenceRepo, Session, SlideHouse, Store, StoreError,
    StrayRepo, UniqueKey, UnitOfWork, UpkeepRepo, User, UserRepo, WithdrawnHouse,
};
