//! The bodies that calls take, for the document; handlers read them field by field (`fields`).

use minsu_web::openapi::values;
use utoipa::ToSchema;

use crate::values as native;

/// Asks for an SMS code.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the document shows it; the handler reads field by field")]
pub struct SmsCodeBody {
    #[schema(value_type = values::Mobile)]
    mobile: String,
    /// What it is for: `register` or `reset`.
    #[schema(value_type = native::Purpose)]
    purpose: String,
    /// The id of the captcha.
    #[schema(value_type = native::CaptchaId)]
    captcha_id: String,
    /// What the captcha shows.
    #[schema(value_type = native::CaptchaText)]
    captcha_text: String,
    /// Where the captcha came with `proof_of_work`: its solution as ALTCHA's payload.
    #[schema(value_type = Option<native::ProofOfWork>)]
    proof_of_work: Option<String>,
}

/// Signs up.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the document shows it; the handler reads field by field")]
pub struct SignUpBody {
    #[schema(value_type = values::Mobile)]
    mobile: String,
    #[schema(value_type = values::SmsCode)]
    sms_code: String,
    #[schema(value_type = values::NewPassword)]
    password: String,
}

/// Logs in.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the document shows it; the handler reads field by field")]
pub struct LogInBody {
    #[schema(value_type = values::Mobile)]
    mobile: String,
    /// The password.
    #[schema(value_type = native::Password)]
    password: String,
}

/// Sets a new password without the old one.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the document shows it; the handler reads field by field")]
pub struct ResetBody {
    #[schema(value_type = values::Mobile)]
    mobile: String,
    #[schema(value_type = values::SmsCode)]
    sms_code: String,
    #[schema(value_type = values::NewPassword)]
    password: String,
    /// The last four characters of the identity number: for a verified account, from an address that it does not
    /// know.
    #[schema(nullable = false, examples("002X"))]
    id_last4: Option<String>,
}

/// Changes of the profile: what is absent stays.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the document shows it; the handler reads field by field")]
pub struct ProfilePatch {
    #[schema(value_type = Option<values::Name>, nullable = false)]
    name: Option<String>,
}

/// The real name and the number of the identity card.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the document shows it; the handler reads field by field")]
pub struct IdentityBody {
    #[schema(value_type = values::PersonName)]
    real_name: String,
    #[schema(value_type = values::IdCard)]
    id_number: String,
}

/// An order to be placed.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the document shows it; the handler reads field by field")]
pub struct OrderBody {
    /// The listing.
    #[schema(value_type = native::Id)]
    listing_id: i64,
    /// The first day.
    #[schema(value_type = native::Day)]
    start: String,
    /// The end by the site's rule: the last day, or the day of departure.
    #[schema(value_type = native::Day)]
    end: String,
    /// How many guests come, 1 where absent.
    #[schema(value_type = Option<native::Guests>, nullable = false)]
    guests: Option<i64>,
    /// The token of a quote for the same listing, days and guests: the order costs what the quote says.
    #[schema(nullable = false, examples("c2lnbmF0dXJl…"))]
    quote_token: Option<String>,
    /// What the guest was told that it costs, in 分.
    #[schema(value_type = Option<native::Fen>, nullable = false)]
    total: Option<i64>,
    /// The people who stay, at most as many as guests; a site may demand at least one.
    #[schema(nullable = false)]
    occupants: Option<Vec<OccupantBody>>,
}

/// How the landlord accepts.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the document shows it; the handler reads field by field")]
pub struct AcceptBody {
    /// Whether to accept although a calendar of another site has a stay on days of the order; false where absent.
    #[schema(nullable = false, examples(true))]
    despite_conflict: Option<bool>,
}

/// Why the landlord rejects.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the document shows it; the handler reads field by field")]
pub struct RejectBody {
    #[schema(value_type = values::Reason)]
    reason: String,
}

/// Why an order is canceled.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the document shows it; the handler reads field by field")]
pub struct CancelBody {
    #[schema(value_type = Option<values::Reason>, nullable = false)]
    reason: Option<String>,
}

/// How an order is to be paid.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the document shows it; the handler reads field by field")]
pub struct PaymentBody {
    /// One of the ways that `GET /site` names.
    #[schema(value_type = native::PaymentMethod)]
    method: String,
}

/// What the guest says of a stay.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the document shows it; the handler reads field by field")]
pub struct ReviewBody {
    #[schema(value_type = values::CommentText)]
    text: String,
}

/// A stay to be priced.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the document shows it; the handler reads field by field")]
pub struct QuoteBody {
    /// The first day.
    #[schema(value_type = native::Day)]
    start: String,
    /// The end by the site's rule: the last day, or the day of departure.
    #[schema(value_type = native::Day)]
    end: String,
    /// How many guests come, 1 where absent.
    #[schema(value_type = Option<native::Guests>, nullable = false)]
    guests: Option<i64>,
}

/// A person who stays.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the document shows it; the handler reads field by field")]
pub struct OccupantBody {
    /// The real name.
    #[schema(value_type = values::PersonName)]
    name: String,
    /// The identity number.
    #[schema(value_type = values::IdCard)]
    id_number: String,
}

/// The people who stay, at most as many as guests.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the document shows it; the handler reads field by field")]
pub struct OccupantsBody {
    /// All of them; an empty list erases those named before.
    occupants: Vec<OccupantBody>,
}
