//! The DTOs of the classic dialect. Private to it. Where the two documents name a field differently, a request
//! may use either name and an answer carries both.

use minsu_application::App;
use minsu_domain::format_day;
use minsu_ports::{OrderSummary, User};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::spellings;
use minsu_web::{
    fields::{Int, Text},
    openapi::values,
    present,
};

/// Asks for an SMS code. Document 001 spells one key as its placeholder, `PICCODE`; `codeId` and
/// `code` are names of some pages.
#[derive(Debug, Deserialize, ToSchema)]
pub struct SmsBody {
    #[schema(value_type = values::Mobile)]
    pub mobile: Text,
    #[schema(value_type = Option<values::CaptchaId>)]
    image_code_id: Option<Text>,
    /// Another name of `image_code_id`.
    #[schema(value_type = Option<values::CaptchaId>)]
    piccode_id: Option<Text>,
    /// Another name of `image_code_id`.
    #[serde(rename = "codeId")]
    #[schema(value_type = Option<values::CaptchaId>)]
    code_id: Option<Text>,
    #[schema(value_type = Option<values::CaptchaText>)]
    image_code_text: Option<Text>,
    /// Another name of `image_code_text`.
    #[schema(value_type = Option<values::CaptchaText>)]
    piccode: Option<Text>,
    /// The same, as document 001 spells it.
    #[serde(rename = "PICCODE")]
    #[schema(value_type = Option<values::CaptchaText>)]
    piccode_upper: Option<Text>,
    /// Another name of `image_code_text`.
    #[schema(value_type = Option<values::CaptchaText>)]
    code: Option<Text>,
}

impl SmsBody {
    /// The captcha's id under any of its names.
    pub fn captcha_id(&self) -> Option<&str> {
        first_of([&self.image_code_id, &self.piccode_id, &self.code_id])
    }

    /// The captcha's answer under any of its names.
    pub fn captcha_text(&self) -> Option<&str> {
        first_of([&self.image_code_text, &self.piccode, &self.piccode_upper, &self.code])
    }
}

/// The first of several fields of one meaning that was sent.
fn first_of<const N: usize>(names: [&Option<Text>; N]) -> Option<&str> {
    names.into_iter().flatten().next().map(|text| text.0.as_str())
}

/// The body of a registration. The pages also send `imagecode`, which is ignored.
#[derive(Debug, Deserialize, ToSchema)]
pub struct RegisterBody {
    #[schema(value_type = values::Mobile)]
    pub mobile: Text,
    #[schema(value_type = values::SmsCode)]
    pub phonecode: Text,
    #[schema(value_type = values::NewPassword)]
    pub password: String,
    /// The password once more; another one answers 4103.
    #[schema(value_type = Option<values::NewPassword>)]
    pub password2: Option<String>,
    /// The captcha's text that the SMS was asked with; another one answers 4004.
    #[schema(value_type = Option<values::CaptchaText>)]
    pub image_code_text: Option<Text>,
}

/// The body of a login.
#[derive(Debug, Deserialize, ToSchema)]
pub struct LogInBody {
    #[schema(value_type = values::Mobile)]
    pub mobile: Text,
    #[schema(value_type = values::NewPassword)]
    pub password: String,
}

/// A new name.
#[derive(Debug, Deserialize, ToSchema)]
pub struct RenameBody {
    #[schema(value_type = Option<values::Name>)]
    username: Option<String>,
    /// Another name of `username` (document 001).
    #[schema(value_type = Option<values::Name>)]
    name: Option<String>,
    /// Another name of `username`.
    #[schema(value_type = Option<values::Name>)]
    user_name: Option<String>,
}

impl RenameBody {
    /// The name under any of its names.
    pub fn name(&self) -> Option<&str> {
        self.username.as_deref().or(self.name.as_deref()).or(self.user_name.as_deref())
    }
}

/// Real-name data as typed.
#[derive(Debug, Deserialize, ToSchema)]
pub struct IdentityBody {
    #[schema(value_type = values::PersonName)]
    pub real_name: String,
    #[schema(value_type = values::IdCard)]
    pub id_card: Text,
}

/// An order to place.
#[derive(Debug, Deserialize, ToSchema)]
pub struct OrderBody {
    #[schema(value_type = values::HouseId)]
    pub house_id: Int,
    #[schema(value_type = values::FirstDay)]
    pub start_date: String,
    #[schema(value_type = values::LastDay)]
    pub end_date: String,
}

/// Whose orders.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RoleParams {
    #[param(inline, value_type = Option<values::Role>)]
    pub role: Option<String>,
}

/// Which order.
#[derive(Debug, Deserialize, ToSchema)]
pub struct AcceptBody {
    #[schema(value_type = values::OrderId)]
    pub order_id: Int,
}

/// Which order, and why not.
#[derive(Debug, Deserialize, ToSchema)]
pub struct RejectBody {
    #[schema(value_type = values::OrderId)]
    pub order_id: Int,
    #[schema(value_type = Option<values::Reason>)]
    pub reject_reason: Option<String>,
}

/// Which order, and how it was.
#[derive(Debug, Deserialize, ToSchema)]
pub struct CommentBody {
    #[schema(value_type = values::OrderId)]
    pub order_id: Int,
    #[schema(value_type = values::CommentText)]
    pub comment: String,
}

/// A person, to themselves.
#[derive(Debug, Serialize, ToSchema)]
pub struct UserData {
    /// The user.
    #[schema(examples(1))]
    user_id: i64,
    /// The user's name.
    #[schema(examples("用户3k8fj2mz"))]
    name: String,
    /// The user's own mobile.
    #[schema(examples("13800000000"))]
    mobile: String,
    /// URL of the portrait, `site.default_avatar` without.
    #[schema(examples("/media/avatars/8f/8f434346648f6b96df89dda901c5176b.jpg"))]
    avatar: String,
    /// URL of the portrait, `site.default_avatar` without.
    #[schema(examples("/media/avatars/8f/8f434346648f6b96df89dda901c5176b.jpg"))]
    avatar_url: String,
}

impl UserData {
    /// The profile of a user, for that user.
    pub fn new(app: &App, user: &User) -> Self {
        let avatar = present::portrait(app, user.avatar.as_ref());
        Self {
            user_id: user.id.get(),
            name: user.name.as_str().to_owned(),
            mobile: user.mobile.as_str().to_owned(),
            avatar: avatar.clone(),
            avatar_url: avatar,
        }
    }
}

/// Real-name data, to its owner; empty before it was written, because pages put it into their fields.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct IdentityData {
    /// Null (classic: empty) before it was written.
    #[schema(examples("李雷"))]
    pub real_name: String,
    /// Null (classic: empty) before it was written.
    #[schema(examples("1101**********002X"))]
    pub id_card: String,
}

/// An order in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderRow {
    /// The order.
    #[schema(examples(7))]
    order_id: i64,
    /// The house.
    #[schema(examples("什刹海四合院"))]
    title: String,
    /// URL of the house's index picture, empty without.
    #[schema(examples("/media/houses/8f/8f434346648f6b96df89dda901c5176b.jpg"))]
    img_url: String,
    /// First day.
    #[schema(examples("2026-12-01"))]
    start_date: String,
    /// Last day.
    #[schema(examples("2026-12-03"))]
    end_date: String,
    /// When it was placed, `YYYY-MM-DD HH:MM:SS`.
    #[schema(examples("2026-11-21 10:30:00"))]
    ctime: String,
    /// Days that are paid.
    #[schema(examples(3))]
    days: u32,
    /// What all days cost, in 分.
    #[schema(examples(5997))]
    amount: i64,
    /// The state, see below.
    #[schema(examples(0))]
    status: i16,
    /// What the guest wrote, or the reason of a rejected order; empty without.
    #[schema(examples("很干净，下次再来"))]
    comment: String,
}

impl OrderRow {
    /// Shows an order.
    pub fn new(app: &App, order: OrderSummary) -> Self {
        Self {
            order_id: order.id.get(),
            title: order.title,
            img_url: present::small_picture(app, order.picture.as_ref()),
            start_date: format_day(order.start),
            end_date: format_day(order.end),
            ctime: present::date_time(app, order.created_at),
            days: order.days,
            amount: order.amount.fen(),
            status: spellings::order_status(order.status),
            comment: order.note.unwrap_or_default(),
        }
    }
}
