//! The vocabulary and the rules of a house-rental site, free of any framework.
//!
//! Every type here is valid by construction: a [`Mobile`] is a mobile number, a [`Stay`] has at
//! least one day, an [`OrderStatus`] changes only along the edges of the state machine. The crate
//! does no I/O, knows no clock and no async runtime, so that other services can reuse it; a function that
//! needs "today" takes it as an argument.
//!
//! ```
//! use minsu_domain::{BookingPolicy, HouseTerms, Money, Stay, StayLimits, StayRule, UserId, parse_day};
//!
//! let terms = HouseTerms {
//!     landlord: UserId::new(1)?,
//!     price: Money::from_yuan_text("199.90")?,
//!     deposit: Money::ZERO,
//!     limits: StayLimits::new(1, 0)?,
//!     capacity: 4,
//!     has_rules: false,
//! };
//! let stay = Stay::new(parse_day("2026-12-01")?, parse_day("2026-12-03")?, StayRule::Days)?;
//! let quote = terms.quote(UserId::new(2)?, &stay, parse_day("2026-11-20")?, &BookingPolicy::default())?;
//! assert_eq!(quote.days(), 3);
//! assert_eq!(quote.total().fen(), 59_970);
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

mod answer_deadline;
mod bigrams;
mod booking;
mod booking_window;
mod calendar_name;
mod cancellation;
mod caption;
mod comment;
mod cursor;
mod day;
mod event;
mod feed;
mod house_draft;
mod house_filters;
mod house_offer;
mod id;
mod idempotency_key;
mod identity;
mod invalid;
mod listing_state;
mod message;
mod mobile;
mod money;
mod occupancy;
mod occupants;
mod order;
mod order_history;
mod order_payment;
mod order_policy;
mod order_status;
mod password;
mod payment;
mod picture_key;
mod principal;
mod quote;
mod schedule;
mod scope;
mod search;
mod stay;
mod stay_limits;
mod text;
mod token_name;
mod user_name;
mod wanted_stay;
mod webhook;

pub use answer_deadline::answer_deadline;
pub use bigrams::{SearchWords, Term, terms_of};
pub use booking::{BookingPolicy, BookingRefused, HouseTerms};
pub use booking_window::BookingWindow;
pub use calendar_name::CalendarName;
pub use cancellation::{Agreement, CancellationPolicy, Grace, Refund, Tier};
pub use caption::Caption;
pub use comment::{Comment, OrderReason};
pub use cursor::Cursor;
pub use day::{format_day, parse_day};
pub use event::{Event, EventSubject, ListingEvent, OrderEvent};
pub use feed::{
    CalendarExport, ConflictChanges, DayKind, DayOffsets, DayRange, ECHO_LIFETIME, Echo, EventDays, EventEnd, FeedDays,
    FeedDaysCollector, FeedReading, FeedState, FeedStep, HOLD_TIME, HeldDay, Hold, LEAVING_TIME, ReadingFault,
    ReadingTerms, Surroundings,
};
pub use house_draft::HouseDraft;
pub use house_filters::{AtLeast, HouseFilters, PriceRange, WantedFacilities};
pub use house_offer::{Dwelling, HouseOffer};
pub use id::{
    AreaId, DeliveryId, ExportId, FacilityId, FeedId, HouseId, MessageId, OrderId, PaymentId, PictureId, RefundId,
    TokenId, UserId, WebhookId,
};
pub use idempotency_key::IdempotencyKey;
pub use identity::{IdentityNumber, RealName};
pub use invalid::{Field, Invalid, Rule};
pub use listing_state::{ListingAct, ListingState, ListingStep, Version};
pub use message::{MessageChoices, MessageKind, MessageTemplate, MessageValue, OrderFacts, message_text};
pub use mobile::Mobile;
pub use money::{Money, SignedMoney};
pub use occupancy::Occupant;
pub use occupants::{OccupantList, RegisteredOccupant};
pub use order::{Order, Transition, TransitionRefused};
pub use order_history::{ChangedBy, OrderChange};
pub use order_policy::{AnswerPolicy, OrderPolicy, PaymentPolicy};
pub use order_status::OrderStatus;
pub use password::{Password, PasswordPolicy};
pub use payment::{
    Attempt, AttemptNumber, AttemptState, BooksFault, LedgerAccount, OrderBooks, PaidOutcome, PaymentMethod,
    PaymentProviderKind, PaymentRefund, Received, RefundNumber, RefundProgress, RefundReason, Transfer,
};
pub use picture_key::PictureKey;
pub use principal::{Means, Principal, Role};
pub use quote::{Quote, QuoteLine, QuoteLineKind};
pub use schedule::{
    BasisPoints, BlockNote, CancellationPreset, Change, Claim, DateRule, DayPlan, HouseRules, HouseSchedule, ItemFault,
    Neighbours, PriceBounds, PriceSource, RulesDraft, ScheduleChange, ScheduleChanges, ScheduleDraft, Season,
    SeasonDraft, Seasons, StayRequest, WeekdayPrices, Weekdays,
};
pub use scope::{Scope, Scopes};
pub use search::{HouseFilter, PageLimit, PageNumber, SortKey};
pub use stay::{Stay, StayRule};
pub use stay_limits::StayLimits;
pub use text::fold_typed;
pub use token_name::TokenName;
pub use user_name::UserName;
pub use wanted_stay::{AcceptedLimits, CandidateStay, SearchTerms, WantedStay};
pub use webhook::{
    DISABLED_AFTER, DeliveryState, EventKinds, FORMER_SECRET_SIGNS, FailedDelivery, WebhookSecret, WebhookState,
};
