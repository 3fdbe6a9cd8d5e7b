//! The DTOs of v1. Private to the dialect: a field added here shows nowhere else.

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

/// The body of a registration.
#[derive(Debug, Deserialize, ToSchema)]
pub struct RegisterBody {
    #[schema(value_type = values::Mobile)]
    pub mobile: String,
    #[schema(value_type = values::SmsCode)]
    pub sms_code: Text,
    #[schema(value_type = values::NewPassword)]
    pub password: String,
}

/// The body of a login.
#[derive(Debug, Deserialize, ToSchema)]
pub struct LogInBody {
    #[schema(value_type = values::Mobile)]
    pub mobile: String,
    #[schema(value_type = values::NewPassword)]
    pub password: String,
}

/// A new name.
#[derive(Debug, Deserialize, ToSchema)]
pub struct RenameBody {
    #[schema(value_type = values::Name)]
    pub name: String,
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

/// What the landlord decides.
#[derive(Debug, Deserialize, ToSchema)]
pub struct DecisionBody {
    #[schema(value_type = values::Action)]
    pub action: String,
    #[schema(value_type = Option<values::ReasonIfAny>)]
    pub reason: Option<String>,
}

/// What the guest says.
#[derive(Debug, Deserialize, ToSchema)]
pub struct CommentBody {
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
    /// The same as `avatar`.
    #[schema(examples("/media/avatars/8f/8f434346648f6b96df89dda901c5176b.jpg"))]
    avatar_url: String,
    /// When the user signed up, `YYYY-MM-DD HH:MM:SS`.
    #[schema(examples("2026-11-21 10:30:00"))]
    create_time: String,
}

impl UserData {
    /// The profile of a user, for that user.
    pub fn new(app: &App, user: &User) -> Self {
        // Exhaustive: the account export, which leaves nothing out, shows it too.
        let User { id, name, mobile, avatar, created_at } = user;
        let avatar = present::portrait(app, avatar.as_ref());
        Self {
            user_id: id.get(),
            name: name.as_str().to_owned(),
            mobile: mobile.as_str().to_owned(),
            avatar: avatar.clone(),
            avatar_url: avatar,
            create_time: present::date_time(app, *created_at),
        }
    }
}

/// An id alone.
#[derive(Debug, Serialize, ToSchema)]
pub struct UserIdData {
    /// The user.
    #[schema(examples(1))]
    pub user_id: i64,
}

/// Who is logged in.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionData {
    /// The user.
    #[schema(examples(1))]
    pub user_id: i64,
    /// The user's name.
    #[schema(examples("用户3k8fj2mz"))]
    pub name: String,
}

/// A stored portrait.
#[derive(Debug, Serialize, ToSchema)]
pub struct AvatarData {
    /// URL of the portrait, `site.default_avatar` without.
    #[schema(examples("/media/avatars/8f/8f434346648f6b96df89dda901c5176b.jpg"))]
    pub avatar_url: String,
}

/// A name.
#[derive(Debug, Serialize, ToSchema)]
pub struct NameData {
    /// The user's name.
    #[schema(examples("用户3k8fj2mz"))]
    pub name: String,
}

/// Real-name data, to its owner.
#[derive(Debug, Serialize, ToSchema)]
pub struct IdentityData {
    /// The user.
    #[schema(examples(1))]
    pub user_id: i64,
    /// Null (classic: empty) before it was written.
    #[schema(examples("李雷"))]
    pub real_name: Option<String>,
    /// Null (classic: empty) before it was written.
    #[schema(examples("1101**********002X"))]
    pub id_card: Option<String>,
}

/// The id of a new order.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderIdData {
    /// The order.
    #[schema(examples(7))]
    pub order_id: i64,
}

/// Orders, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrdersData {
    /// The newest first.
    pub orders: Vec<OrderRow>,
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
    #[schema(examples("WAIT_ACCEPT"))]
    status: &'static str,
    /// What the guest wrote, or the reason of a rejected order; empty without.
    #[schema(examples("很干净，下次再来"))]
    comment: String,
}

impl OrderRow {
    /// Shows an order.
    pub fn new(app: &App, order: OrderSummary) -> Self {
        // Exhaustive: the account export, which leaves nothing out, is made of this row and of the time
        // of the comment.
        let OrderSummary { id, title, picture, start, end, created_at, days, amount, status, note, commented_at: _ } =
            order;
        Self {
            order_id: id.get(),
            title,
            img_url: present::small_picture(app, picture.as_ref()),
            start_date: format_day(start),
            end_date: format_day(end),
            ctime: present::date_time(app, created_at),
            days,
            amount: amount.fen(),
            status: spellings::order_status(status),
            comment: note.unwrap_or_default(),
        }
    }
}
