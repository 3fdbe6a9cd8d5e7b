//! What the calls answer and take. Bodies that are read field by field stand here for the document; a test
//! holds them against what is read.

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use minsu_application::{
    App,
    orders::Quoted,
    proof::{ALGORITHM, Challenge},
    sessions::SessionInfo,
    users::ProfileVersion,
};
use minsu_domain::Quote;
use minsu_ports::{Area, Facility, Identity, User};
use minsu_web::present;
use serde::Serialize;
use utoipa::ToSchema;

/// The currency of every amount.
pub const CURRENCY: &str = "CNY";

/// An instant as answers have it: RFC 3339 in UTC.
pub(crate) fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// An area or a facility.
#[derive(Debug, Serialize, ToSchema)]
pub struct Named {
    /// Its id.
    #[schema(examples(2))]
    id: i64,
    /// Its name.
    #[schema(examples("西城区"))]
    name: String,
}

impl Named {
    pub(crate) fn new(id: i64, name: String) -> Self {
        Self { id, name }
    }
}

impl From<Area> for Named {
    fn from(area: Area) -> Self {
        Self::new(area.id.get(), area.name)
    }
}

impl From<Facility> for Named {
    fn from(facility: Facility) -> Self {
        Self::new(facility.id.get(), facility.name)
    }
}

/// A new captcha.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaptchaData {
    /// The id by which it is answered.
    #[schema(examples("f78a6c4870fc4b6ab5647e8043903e24"))]
    pub id: String,
    /// The path of the picture.
    #[schema(examples("/api/v2/captchas/f78a6c4870fc4b6ab5647e8043903e24.jpg"))]
    pub image: String,
    /// The path of the recording.
    #[schema(examples("/api/v2/captchas/f78a6c4870fc4b6ab5647e8043903e24.wav"))]
    pub audio: String,
    /// Where the site demands a proof of work with each SMS: what is to be solved.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub proof_of_work: Option<ProofOfWorkData>,
}

/// What a client is to solve by the scheme of ALTCHA: the number whose SHA-256 behind `salt` is `challenge`.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProofOfWorkData {
    /// The hash function.
    #[schema(examples("SHA-256"))]
    algorithm: &'static str,
    /// The digest in hexadecimal digits.
    #[schema(examples("689d1180a58734d6422132137d4ac583afb922cae9c18591f413a11e890e897c"))]
    challenge: String,
    /// The largest number that may have to be tried, from 0 on.
    #[schema(examples(100_000))]
    maxnumber: u32,
    /// What the number, in decimal digits, is put behind.
    #[schema(examples("3f1a0cc5d2b94e7788a1b2c3?expires=1795681200&"))]
    salt: String,
    /// The signature of the site; it goes back unchanged.
    #[schema(examples("5a0f3c1d9b8e7f6a4b2c1d0e9f8a7b6c5d4e3f2a1b0c9d8e7f6a5b4c3d2e1f00"))]
    signature: String,
}

impl From<Challenge> for ProofOfWorkData {
    fn from(posed: Challenge) -> Self {
        let Challenge { challenge, maxnumber, salt, signature } = posed;
        Self { algorithm: ALGORITHM, challenge, maxnumber, salt, signature }
    }
}

/// Oneself.
#[derive(Debug, Serialize, ToSchema)]
pub struct UserData {
    /// The id.
    #[schema(examples(7))]
    id: i64,
    /// What other people see.
    #[schema(examples("Anna"))]
    name: String,
    /// The mobile number, for oneself only.
    #[schema(examples("13800000000"))]
    mobile: String,
    /// The address of the portrait; absent where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("https://media.example.com/avatars/7/0123456789abcdef.jpg"))]
    avatar: Option<String>,
    /// Whether the real name was written.
    #[schema(examples(true))]
    identity_verified: bool,
    /// When one signed up.
    #[schema(examples("2026-11-26T08:30:00Z"), format = DateTime)]
    created_at: String,
    #[serde(skip)]
    version: Option<ProfileVersion>,
}

impl UserData {
    pub(crate) fn new(app: &App, user: &User, verified: bool, version: Option<ProfileVersion>) -> Self {
        let avatar = present::portrait(app, user.avatar.as_ref());
        Self {
            id: user.id.get(),
            name: user.name.as_str().to_owned(),
            mobile: user.mobile.as_str().to_owned(),
            avatar: Some(avatar).filter(|avatar| !avatar.is_empty()),
            identity_verified: verified,
            created_at: instant(user.created_at),
            version,
        }
    }

    /// The version of the profile, for `ETag`.
    pub(crate) fn version(&self) -> String {
        self.version.map(|version| version.to_string()).unwrap_or_default()
    }
}

/// The portrait.
#[derive(Debug, Serialize, ToSchema)]
pub struct AvatarData {
    /// The address of the portrait.
    #[schema(examples("https://media.example.com/avatars/7/0123456789abcdef.jpg"))]
    pub avatar: String,
}

/// One's own real-name data.
#[derive(Debug, Serialize, ToSchema)]
pub struct IdentityData {
    /// The real name.
    #[schema(examples("李雷"))]
    real_name: String,
    /// The identity number, of which the first four and the last four characters are shown.
    #[schema(examples("1101**********002X"))]
    id_number: String,
}

impl From<Identity> for IdentityData {
    fn from(identity: Identity) -> Self {
        Self { id_number: masked(&identity.id_card), real_name: identity.real_name }
    }
}

/// `1101**********002X`.
fn masked(number: &str) -> String {
    let count = number.chars().count();
    let shown = |place: usize| place < 4 || place + 4 >= count;
    number.chars().enumerate().map(|(place, digit)| if shown(place) { digit } else { '*' }).collect()
}

/// A living session.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionData {
    /// The name by which it is ended.
    #[schema(examples("5d41402abc4b2a76"))]
    id: String,
    /// From where it was opened.
    #[schema(examples("203.0.113.7"))]
    address: String,
    /// Whether it is the one that asks.
    #[schema(examples(true))]
    current: bool,
    /// When it was opened.
    #[schema(examples("2026-11-26T08:30:00Z"), format = DateTime)]
    created_at: String,
}

impl From<SessionInfo> for SessionData {
    fn from(session: SessionInfo) -> Self {
        Self {
            id: session.id,
            address: session.address.to_string(),
            current: session.current,
            created_at: instant(session.opened),
        }
    }
}

/// All of a list that has no pages.
#[derive(Debug, Serialize, ToSchema)]
pub struct Sessions {
    /// The living sessions, the newest first.
    pub items: Vec<SessionData>,
}

/// A line of a price.
#[derive(Debug, Serialize, ToSchema)]
pub struct LineData {
    /// What it charges: `days`, one line for consecutive days of one price; or, of the whole stay, `discount` for its
    /// length, `cleaning`, or `extra_guests`, the guests beyond those included × days.
    #[schema(examples("days"))]
    kind: &'static str,
    /// The first day that it charges.
    #[schema(value_type = String, format = Date, examples("2026-12-01"))]
    from: NaiveDate,
    /// The last day that it charges.
    #[schema(value_type = String, format = Date, examples("2026-12-03"))]
    to: NaiveDate,
    /// How many units it charges.
    #[schema(examples(3))]
    quantity: u32,
    /// The price of a unit, in 分; below zero in `discount`.
    #[schema(examples(19900))]
    unit: i64,
    /// The sum, in 分.
    #[schema(examples(59700))]
    amount: i64,
}

/// What a stay costs.
#[derive(Debug, Serialize, ToSchema)]
pub struct QuoteData {
    /// The lines, which add up to the total.
    pub(crate) lines: Vec<LineData>,
    /// The total, in 分.
    #[schema(examples(59700))]
    pub(crate) total: i64,
    /// The currency of every amount: `CNY`.
    #[schema(examples("CNY"))]
    pub(crate) currency: &'static str,
    /// How many days are charged.
    #[schema(examples(3))]
    pub(crate) days: u32,
}

impl From<&Quote> for QuoteData {
    fn from(quote: &Quote) -> Self {
        let line = |line: &minsu_domain::QuoteLine| LineData {
            kind: match line.kind() {
                minsu_domain::QuoteLineKind::Days => "days",
                minsu_domain::QuoteLineKind::Discount => "discount",
                minsu_domain::QuoteLineKind::Cleaning => "cleaning",
                minsu_domain::QuoteLineKind::ExtraGuests => "extra_guests",
            },
            from: line.first(),
            to: line.last(),
            quantity: line.quantity(),
            unit: line.unit_price().fen(),
            amount: line.amount().fen(),
        };
        Self {
            lines: quote.lines().iter().map(line).collect(),
            total: quote.total().fen(),
            currency: CURRENCY,
            days: quote.days(),
        }
    }
}

/// What a stay costs, and a token that keeps the price.
#[derive(Debug, Serialize, ToSchema)]
pub struct QuotedData {
    /// `lines`, `total`, `currency`, `days`.
    #[serde(flatten)]
    quote: QuoteData,
    /// The deposit, in 分; no part of the total.
    #[schema(examples(50000))]
    deposit: i64,
    /// Until when an order with the token costs this.
    #[schema(examples("2026-11-26T08:45:00Z"), format = DateTime)]
    valid_until: String,
    /// Keeps the price: `quote_token` of an order. It promises no days.
    #[schema(examples("c2lnbmF0dXJl…"))]
    token: String,
}

impl From<&Quoted> for QuotedData {
    fn from(quoted: &Quoted) -> Self {
        let Quoted { quote, deposit, valid_until, token } = quoted;
        Self { quote: quote.into(), deposit: deposit.fen(), valid_until: instant(*valid_until), token: token.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_number_shows_its_ends() {
        assert_eq!(masked("11010519491231002X"), "1101**********002X");
    }
}
