//! What a client has to know of the site.

use actix_web::web;
use minsu_application::{areas, facilities, payments};
use minsu_domain::{Comment, HouseDraft, OrderReason, Password, PaymentMethod, StayRule, UserName};
use minsu_ports::Rendered;
use minsu_web::{
    api_error::ApiError,
    openapi::call::Call,
    page_keys::PageKey,
    pages::{self, PublicPage, json},
    state::State,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    dto::{CURRENCY, Named},
    names::FORM,
};

/// The site.
#[derive(Debug, Serialize, ToSchema)]
pub struct SiteData {
    /// What a stay counts: `days` (both ends are occupied) or `nights` (the end is free for the next guest).
    #[schema(examples("days"))]
    stay_rule: &'static str,
    /// The time zone in which days begin, by its IANA name.
    #[schema(examples("Asia/Shanghai"))]
    time_zone: String,
    /// The currency of every amount; amounts are integers in 分.
    #[schema(examples("CNY"))]
    currency: &'static str,
    /// The areas of the city.
    areas: Vec<Named>,
    /// The facilities that a listing may have.
    facilities: Vec<Named>,
    /// The ways to pay an order, the usual one first; absent where the site takes no payments.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Option<Vec<crate::values::PaymentMethod>>, nullable = false)]
    payment_methods: Vec<&'static str>,
    /// The bounds of fields.
    limits: SiteLimits,
}

/// The bounds of fields.
#[derive(Debug, Serialize, ToSchema)]
pub struct SiteLimits {
    /// The most days of a stay.
    #[schema(examples(366))]
    stay_days: u32,
    /// How many days ahead a stay may end.
    #[schema(examples(1830))]
    horizon_days: u32,
    /// The most characters of a name.
    #[schema(examples(32))]
    name_chars: usize,
    /// The fewest characters of a password.
    #[schema(examples(8))]
    password_min_chars: usize,
    /// The most bytes of a password in UTF-8.
    #[schema(examples(1024))]
    password_max_bytes: usize,
    /// The most characters of a title.
    #[schema(examples(64))]
    title_chars: usize,
    /// The most characters of an address.
    #[schema(examples(512))]
    address_chars: usize,
    /// The most characters of a description.
    #[schema(examples(2000))]
    description_chars: usize,
    /// The most characters about the layout.
    #[schema(examples(32))]
    unit_chars: usize,
    /// The most characters about the beds.
    #[schema(examples(64))]
    beds_chars: usize,
    /// The most rooms.
    #[schema(examples(100))]
    room_count: i64,
    /// The most square metres.
    #[schema(examples(100000))]
    acreage: i64,
    /// The most guests.
    #[schema(examples(1000))]
    capacity: i64,
    /// The most characters of a review.
    #[schema(examples(1000))]
    review_chars: usize,
    /// The most characters of a reason.
    #[schema(examples(500))]
    reason_chars: usize,
    /// The most bytes of a JSON body.
    #[schema(examples(65536))]
    json_bytes: usize,
    /// The most bytes of an upload.
    #[schema(examples(10485760))]
    upload_bytes: usize,
}

impl SiteLimits {
    fn of(state: &State) -> Self {
        let booking = &state.app.policy.booking;
        Self {
            stay_days: booking.max_stay_days,
            horizon_days: booking.horizon_days,
            name_chars: UserName::MAX_CHARS,
            password_min_chars: Password::MIN_CHARS,
            password_max_bytes: Password::MAX_BYTES,
            title_chars: HouseDraft::MAX_TITLE_CHARS,
            address_chars: HouseDraft::MAX_ADDRESS_CHARS,
            description_chars: HouseDraft::MAX_DESCRIPTION_CHARS,
            unit_chars: HouseDraft::MAX_UNIT_CHARS,
            beds_chars: HouseDraft::MAX_BEDS_CHARS,
            room_count: HouseDraft::MAX_ROOM_COUNT,
            acreage: HouseDraft::MAX_ACREAGE,
            capacity: HouseDraft::MAX_CAPACITY,
            review_chars: Comment::MAX_CHARS,
            reason_chars: OrderReason::MAX_CHARS,
            json_bytes: state.http.json_limit,
            upload_bytes: state.http.upload_limit,
        }
    }
}

pub(crate) const SITE: Call = Call::get::<SiteData>("/site", "site", "What a client has to know of the site.")
    .says("The stay rule, the time zone, the currency, the areas and facilities by their ids, the bounds of fields.")
    .has_tag();

pub(crate) async fn site(state: web::Data<State>) -> Result<PublicPage, ApiError> {
    pages::ready(&state, PageKey::site(FORM), async || {
        let app = &state.app;
        let site = SiteData {
            stay_rule: match app.policy.booking.rule {
                StayRule::Days => "days",
                StayRule::Nights => "nights",
            },
            time_zone: app.policy.time_zone.name().to_owned(),
            currency: CURRENCY,
            areas: areas::list(app).await?.into_iter().map(Named::from).collect(),
            facilities: facilities::list(app).await?.into_iter().map(Named::from).collect(),
            payment_methods: payments::methods(app).into_iter().map(PaymentMethod::name).collect(),
            limits: SiteLimits::of(&state),
        };
        Ok(Rendered::Cacheable(json(&site)?))
    })
    .await
}
