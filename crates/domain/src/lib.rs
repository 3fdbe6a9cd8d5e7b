//! The vocabulary and the rules of a house-rental site, free of any framework.
//!
//! Every type here is valid by construction: a [`Mobile`] is a mobile number, a [`Stay`] has at
//! least one day, an [`OrderStatus`] changes only along the edges of the state machine. The crate
//! does no I/O, knows no clock and no async runtime, so that other services can reuse it; what
//! needs "today" takes it as an argument.
//!
//! ```
//! use minsu_domain::{BookingPolicy, HouseTerms, Money, Stay, StayLimits, StayRule, UserId, parse_day};
//!
//! let terms = HouseTerms {
//!     landlord: UserId::new(1)?,
//!     price: Money::from_yuan_text("199.90")?,
//!     limits: StayLimits::new(1, 0)?,
//! };
//! let stay = Stay::new(parse_day("2026-12-01")?, parse_day("2026-12-03")?, StayRule::Days)?;
//! let quote = terms.quote(UserId::new(2)?, &stay, parse_day("2026-11-20")?, &BookingPolicy::default())?;
//! assert_eq!(quote.days, 3);
//! assert_eq!(quote.amount.fen(), 59_970);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Adding a value
//! 1. A file named after the value, with a private field and one constructor that returns
//!    [`Invalid`] with its own [`Field`].
//! 2. A unit test for the edges, a property test where the rule is arithmetic.
//! 3. The new [`Field`] variant does not compile in the api crate until it has a sentence.

#![deny(missing_docs)]
#![cfg_attr(test, expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test"))]

mod booking;
mod comment;
mod cursor;
mod day;
mod house;
mod id;
mod identity;
mod invalid;
mod mobile;
mod money;
mod order;
mod password;
mod picture_key;
mod search;
mod stay;
mod text;
mod user_name;
mod wishes;
mod words;

pub use booking::{BookingPolicy, BookingRefused, HouseTerms, Quote};
pub use comment::{Comment, RejectReason};
pub use cursor::Cursor;
pub use day::{format_day, parse_day};
pub use house::{HouseDraft, HouseOffer, StayLimits};
pub use id::{AreaId, FacilityId, HouseId, OrderId, UserId};
pub use identity::{IdentityNumber, RealName};
pub use invalid::{Field, Invalid, Rule};
pub use mobile::Mobile;
pub use money::Money;
pub use order::{Order, OrderStatus, Transition, TransitionRefused};
pub use password::{Password, PasswordPolicy};
pub use picture_key::PictureKey;
pub use search::{DateRange, HouseFilter, PageNumber, SortKey};
pub use stay::{Stay, StayRule};
pub use user_name::UserName;
pub use wishes::{AtLeast, PriceRange, WantedFacilities, Wishes};
pub use words::{Pair, SearchWords, pairs_of};
