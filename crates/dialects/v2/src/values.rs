//! Which values the fields of the native API take, beside those that all dialects share.

use minsu_domain::{CancellationPreset, Caption, HouseDraft, HouseRules, PageLimit, WantedFacilities};
use serde_json::json;
use utoipa::{
    PartialSchema,
    openapi::{ArrayBuilder, KnownFormat, ObjectBuilder, RefOr, Schema, SchemaFormat, Type},
};

minsu_web::schema_values! {
    /// What an SMS code is for.
    Purpose => choice(&["register", "reset"]);
    /// The id of a captcha.
    CaptchaId => text("^[A-Za-z0-9-]{1,64}$", "f78a6c4870fc4b6ab5647e8043903e24");
    /// The answer of a captcha.
    CaptchaText => plain("ACE3");
    /// A solved proof of work: Base64 of the JSON object `{algorithm, challenge, number, salt, signature}`.
    ProofOfWork => plain("eyJhbGdvcml0aG0iOiJTSEEtMjU2IiwibnVtYmVyIjo0Mn0=");
    /// The password of an account.
    Password => plain("123456789");
    /// The order of a search.
    SearchSort => choice(&["new", "popular", "price", "-price"]);
    /// A day.
    Day => {
        let date = SchemaFormat::KnownFormat(KnownFormat::Date);
        done(ObjectBuilder::new().schema_type(Type::String).format(Some(date)).examples(["2026-12-01"]))
    };
    /// The number of entries of a page.
    Limit => done(number(1, i64::from(PageLimit::MAX), 20));
    /// A cursor.
    After => plain("next of the page before");
    /// An amount in 分.
    Fen => done(number(0, minsu_domain::Money::MAX.fen(), 19_900));
    /// Weekdays by their numbers, 1 is Monday.
    Weekdays => {
        let days = ArrayBuilder::new().items(number(1, 7, 1)).min_items(Some(1));
        RefOr::T(Schema::Array(days.examples([json!([5, 6, 7])]).build()))
    };
    /// Prices of weekdays in 分, by the number of the weekday; 1 is Monday.
    WeekdayPrices => {
        let prices = ObjectBuilder::new().schema_type(Type::Object);
        let prices = prices.additional_properties(Some(number(1, HouseDraft::MAX_PRICE_FEN, 25_999)));
        done(prices.examples([json!({"5": 25_999, "6": 25_999})]))
    };
    /// Days of notice.
    NoticeDays => done(number(0, HouseRules::MAX_NOTICE_DAYS, 1));
    /// Days of a booking window; 0 for no bound but the site's.
    WindowDays => done(number(0, HouseRules::MAX_WINDOW_DAYS, 180));
    /// Days of preparation.
    PreparationDays => done(number(0, HouseRules::MAX_PREPARATION_DAYS, 1));
    /// A discount in basis points.
    BasisPoints => done(number(0, minsu_domain::BasisPoints::MAX, 1000));
    /// The shortest stay in days.
    ShortestStay => done(number(1, HouseDraft::MAX_STAY_DAYS, 2));
    /// The longest stay in days; 0 for no limit.
    LongestStay => done(number(0, HouseDraft::MAX_STAY_DAYS, 30));
    /// A note.
    Note => {
        let text = ObjectBuilder::new().schema_type(Type::String).min_length(Some(1));
        done(text.max_length(Some(minsu_domain::BlockNote::MAX_CHARS)).examples(["油漆"]))
    };
    /// What occupies a day.
    Occupant => choice(&["order", "block", "feed", "preparation"]);
    /// What set a price.
    PriceSource => choice(&crate::schedule_dto::PRICE_SOURCES);
    /// A number of guests.
    Guests => done(number(1, HouseDraft::MAX_CAPACITY, 2));
    /// A number of rooms.
    Rooms => done(number(1, HouseDraft::MAX_ROOM_COUNT, 2));
    /// An id.
    Id => done(number(1, i64::MAX, 1));
    /// Ids of facilities.
    FacilityIds => {
        let ids = ArrayBuilder::new().items(number(1, i64::MAX, 1)).max_items(Some(WantedFacilities::MOST_NAMED));
        RefOr::T(Schema::Array(ids.examples([json!([1, 3])]).build()))
    };
    /// Words of a search.
    Words => plain("四合院");
    /// The state of a listing.
    ListingState => choice(&crate::listing_states::STATES);
    /// What a landlord says about a listing.
    Description => {
        let text = ObjectBuilder::new().schema_type(Type::String).min_length(Some(1));
        let text = text.max_length(Some(HouseDraft::MAX_DESCRIPTION_CHARS));
        done(text.examples(["胡同里的老院子，步行五分钟到地铁站。"]))
    };
    /// What is written below a picture.
    CaptionText => {
        let text = ObjectBuilder::new().schema_type(Type::String).min_length(Some(1));
        done(text.max_length(Some(Caption::MAX_CHARS)).examples(["院子"]))
    };
    /// The price of a day in 分.
    Price => done(number(1, HouseDraft::MAX_PRICE_FEN, 19_900));
    /// A deposit in 分.
    Deposit => done(number(0, HouseDraft::MAX_PRICE_FEN, 50_000));
    /// The name of a token.
    TokenName => plain("calendar sync");
    /// The name of a calendar or of a link to one.
    CalendarName => plain("Airbnb");
    /// The address of a calendar.
    FeedUrl => plain("https://www.airbnb.com/calendar/ical/123.ics?s=0123456789abcdef");
    /// Days that every event begins earlier.
    StartOffset => done(number(-minsu_domain::DayOffsets::MAX, 0, 0));
    /// Days that every event ends later.
    EndOffset => done(number(0, minsu_domain::DayOffsets::MAX, 0));
    /// Where a calendar stands.
    FeedState => choice(&crate::feed_dto::STATES);
    /// Names of scopes.
    ScopeNames => {
        let names = minsu_domain::Scope::ALL.map(minsu_domain::Scope::name);
        let name = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(names));
        RefOr::T(Schema::Array(ArrayBuilder::new().items(name).examples([json!(["orders:read"])]).build()))
    };
    /// An instant.
    Instant => {
        let instant = SchemaFormat::KnownFormat(KnownFormat::DateTime);
        let text = ObjectBuilder::new().schema_type(Type::String).format(Some(instant));
        done(text.examples(["2027-11-26T08:30:00Z"]))
    };
    /// A side of an order.
    Role => choice(&["guest", "landlord"]);
    /// The id of an event.
    EventId => done(ObjectBuilder::new().schema_type(Type::String).pattern(Some("^evt_[0-9]{1,20}$")).examples(["evt_42"]));
    /// A kind of event.
    EventKind => choice(minsu_domain::Event::FOLLOWED);
    /// Kinds of events.
    EventKinds => {
        let kind = choice(minsu_domain::Event::FOLLOWED);
        let kinds = ArrayBuilder::new().items(kind).examples([json!(["order.placed", "order.paid"])]);
        RefOr::T(Schema::Array(kinds.build()))
    };
    /// Events that people are told of.
    MessageKinds => {
        let kind = choice(&minsu_domain::MessageKind::ALL.map(minsu_domain::MessageKind::name));
        let kinds = ArrayBuilder::new().items(kind).examples([json!(["order.placed", "order.accepted"])]);
        RefOr::T(Schema::Array(kinds.build()))
    };
    /// The URL of a webhook.
    WebhookUrl => {
        let text = ObjectBuilder::new().schema_type(Type::String).min_length(Some(1));
        done(text.max_length(Some(minsu_application::webhooks::MAX_URL_CHARS)).examples(["https://receiver.example/hooks/8f1e"]))
    };
    /// A state of a webhook.
    WebhookState => choice(&crate::webhook_states::WEBHOOK_STATES.map(|(name, _)| name));
    /// A state of a delivery.
    DeliveryState => choice(&crate::webhook_states::DELIVERY_STATES.map(|(name, _)| name));
    /// Who changes an order.
    ChangedBy => choice(&crate::order_states::ACTORS);
    /// A cancellation policy.
    Cancellation => choice(&CancellationPreset::ALL.map(CancellationPreset::name));
    /// A way to pay.
    PaymentMethod => choice(&minsu_domain::PaymentMethod::ALL.map(minsu_domain::PaymentMethod::name));
    /// A state of an attempt to pay.
    PaymentState => choice(&["new", "open", "paid", "closed"]);
    /// How far a refund is.
    RefundState => choice(&["asked", "pending", "done", "failed"]);
    /// Why money goes back.
    RefundReason => choice(&["canceled", "late", "paid_twice", "wrong_amount", "site"]);
    /// A state of an order.
    OrderState => choice(&crate::order_states::STATES.map(|(name, _)| name));
}

/// An id in a path.
pub(crate) fn id() -> RefOr<Schema> {
    Id::schema()
}

/// A payment provider in a path.
pub(crate) fn provider() -> RefOr<Schema> {
    choice(&minsu_domain::PaymentProviderKind::ALL.map(minsu_domain::PaymentProviderKind::name))
}

/// The id of a captcha in a path.
pub(crate) fn captcha() -> RefOr<Schema> {
    CaptchaId::schema()
}

fn done(builder: ObjectBuilder) -> RefOr<Schema> {
    builder.into()
}

fn plain(example: &str) -> RefOr<Schema> {
    done(ObjectBuilder::new().schema_type(Type::String).examples([example]))
}

fn text(pattern: &str, example: &str) -> RefOr<Schema> {
    done(ObjectBuilder::new().schema_type(Type::String).pattern(Some(pattern)).examples([example]))
}

fn choice(values: &[&str]) -> RefOr<Schema> {
    done(ObjectBuilder::new().schema_type(Type::String).enum_values(Some(values.to_vec())))
}

fn number(min: i64, max: i64, example: i64) -> ObjectBuilder {
    let number = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(min)).maximum(Some(max));
    number.examples([example])
}
