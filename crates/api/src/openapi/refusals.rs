//! What each use case can refuse, as the errors themselves: their codes, sentences and statuses come
//! from the one mapping. Tests hold every refusal that they see against this.

use std::time::Duration;

use minsu_application::AppError as App;
use minsu_domain::{BookingRefused as Booking, Field, Invalid, Rule, TransitionRefused as Transition};
use minsu_ports::{CacheError, ObjectError, SmsError, StoreError};

use crate::{
    dialect::Dialect,
    http::api_error::{ApiError, RequestFault},
};

/// What a call reads, for the refusals that come of reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reads {
    /// Nothing, or a query.
    Nothing,
    /// A body.
    Body,
}

/// Everything that a use case can refuse, by its name in an operation id: what is special first.
pub fn of(use_case: &str, dialect: Dialect, reads: Reads) -> Vec<ApiError> {
    let mut all: Vec<ApiError> = own(use_case, dialect);
    if reads == Reads::Body {
        all.extend([
            RequestFault::WrongFields.into(),
            RequestFault::MalformedBody.into(),
            RequestFault::UnsupportedMediaType.into(),
            RequestFault::BodyTooLarge.into(),
            RequestFault::TimedOut.into(),
        ]);
    }
    all.extend([
        App::StoreUnavailable(StoreError::Unavailable(cause())).into(),
        App::CacheUnavailable(CacheError::Unavailable(cause())).into(),
        RequestFault::TooManyRequests(Duration::from_secs(1)).into(),
        App::Internal(cause()).into(),
    ]);
    all
}

fn own(use_case: &str, dialect: Dialect) -> Vec<ApiError> {
    let app = |errors: Vec<App>| errors.into_iter().map(ApiError::App).collect::<Vec<_>>();
    // Which field of a query or a path is wrong.
    let search = || {
        let mut all = invalid(&[Field::Id, Field::Day, Field::DateRange, Field::Page]);
        if dialect == Dialect::V1 {
            let wishes =
                [Field::Price, Field::Capacity, Field::RoomCount, Field::Facility, Field::Words, Field::Cursor];
            all.extend(invalid(&wishes));
        }
        all.push(RequestFault::WrongFields.into());
        all
    };
    match use_case {
        "image_code" | "pic_code" => {
            [app(vec![App::Busy("drawing captchas"), too_often()]), invalid(&[Field::Id])].concat_all()
        }
        "image_code_audio" => {
            [app(vec![App::CaptchaExpired, App::Busy("speaking captchas"), too_often()]), invalid(&[Field::Id])]
                .concat_all()
        }
        "send_sms" => {
            let mut all = app(vec![
                App::CaptchaExpired,
                App::CaptchaWrong,
                App::SmsFailed(SmsError::Failed(cause())),
                too_often(),
            ]);
            // The setting `classic.tell_registered`.
            if dialect == Dialect::Classic {
                all.push(App::MobileRegistered.into());
            }
            all.push(RequestFault::WrongFields.into());
            [all, changes(), invalid(&[Field::Mobile, Field::Id])].concat_all()
        }
        "register" => {
            let mut all = app(vec![
                App::SmsCodeExpired,
                App::SmsCodeWrong,
                App::MobileRegistered,
                App::UserNameTaken,
                App::Busy("hashing passwords"),
                App::Invalid(Invalid { field: Field::Password, rule: Rule::Common }),
            ]);
            if dialect == Dialect::Classic {
                all.push(App::CaptchaWrong.into());
            }
            [all, changes(), invalid(&[Field::Mobile, Field::Password])].concat_all()
        }
        "log_in" => {
            // Not logged in: the password was changed while the login was under way.
            let own = app(vec![App::WrongCredentials, App::NotLoggedIn, App::Busy("hashing passwords"), too_often()]);
            [own, changes(), invalid(&[Field::Mobile])].concat_all()
        }
        "session" => vec![ApiError::NoSession, App::UserNotFound.into()],
        "log_out" => {
            let nobody = if dialect == Dialect::V1 { App::NotLoggedIn.into() } else { ApiError::NoSession };
            [vec![nobody], changes()].concat_all()
        }
        "areas" | "slides" => Vec::new(),
        "search" | "search_by_post" | "cached_search" | "cached_search_by_post" => {
            if use_case.ends_with("by_post") {
                [search(), changes()].concat_all()
            } else {
                search()
            }
        }
        "house" => {
            [app(vec![App::HouseNotFound]), invalid(&[Field::Id]), vec![RequestFault::WrongFields.into()]].concat_all()
        }
        "profile" => app(vec![App::NotLoggedIn, App::UserNotFound]),
        "identity" | "my_houses" => app(vec![App::NotLoggedIn]),
        "my_orders" => [app(vec![App::NotLoggedIn]), vec![RequestFault::WrongFields.into()]].concat_all(),
        "set_avatar" => [app(vec![App::NotLoggedIn, App::UserNotFound]), pictures(), changes()].concat_all(),
        "add_picture" => {
            let own = app(vec![App::NotLoggedIn, App::HouseNotFound, App::NotYourHouse]);
            [own, pictures(), changes(), invalid(&[Field::Id])].concat_all()
        }
        "user_sessions" => app(vec![App::NotLoggedIn]),
        "export" => app(vec![App::NotLoggedIn, App::UserNotFound]),
        "end_user_session" => [app(vec![App::NotLoggedIn, App::SessionNotFound]), changes()].concat_all(),
        "change_password" => [app(vec![App::NotLoggedIn, App::UserNotFound]), passwords(), changes()].concat_all(),
        "reset_password" => {
            let own = app(vec![App::SmsCodeExpired, App::SmsCodeWrong, App::UserNotFound]);
            [own, passwords(), changes(), invalid(&[Field::Mobile])].concat_all()
        }
        "delete_account" => {
            [app(vec![App::NotLoggedIn, App::UserNotFound, App::OrdersOpen]), passwords(), changes()].concat_all()
        }
        "rename" => {
            let own = app(vec![App::NotLoggedIn, App::UserNameTaken, App::UserNotFound]);
            [own, changes(), invalid(&[Field::UserName])].concat_all()
        }
        "verify_identity" => {
            let own = app(vec![App::NotLoggedIn, App::IdentityAlreadyVerified]);
            [own, changes(), invalid(&[Field::RealName, Field::IdentityNumber])].concat_all()
        }
        "publish" => {
            let mut own = app(vec![App::NotLoggedIn, App::IdentityNotVerified, App::UserNotFound]);
            own.extend(app(vec![App::UnknownArea, App::UnknownFacility]));
            [own, changes(), invalid(&PUBLISHED)].concat_all()
        }
        "place_order" | "place_order_at_list2" => {
            let mut own = app(vec![App::NotLoggedIn, App::DaysTaken, App::HouseNotFound, App::TooManyWaitingOrders]);
            let refused =
                [Booking::OwnHouse, Booking::InThePast, Booking::TooFarAhead, Booking::Length, Booking::Amount];
            own.extend(refused.map(|refused| App::BookingRefused(refused).into()));
            [own, changes(), invalid(&[Field::Id, Field::Day, Field::Stay])].concat_all()
        }
        "decide_order" | "accept_order" | "reject_order" | "reject_order_at_house" => {
            [decisions(), changes(), invalid(&[Field::Id, Field::RejectReason])].concat_all()
        }
        "comment" => [decisions(), changes(), invalid(&[Field::Id, Field::Comment])].concat_all(),
        _ => Vec::new(),
    }
}

/// The fields of a house.
const PUBLISHED: [Field; 13] = [
    Field::Id,
    Field::Title,
    Field::Address,
    Field::Price,
    Field::Deposit,
    Field::RoomCount,
    Field::Acreage,
    Field::Unit,
    Field::Capacity,
    Field::Beds,
    Field::MinDays,
    Field::MaxDays,
    Field::Facility,
];

fn passwords() -> Vec<ApiError> {
    let common = Invalid { field: Field::Password, rule: Rule::Common };
    let own = [App::PasswordWrong, App::Busy("hashing passwords"), too_often(), App::Invalid(common)];
    own.map(ApiError::App).into_iter().chain(invalid(&[Field::Password])).collect()
}

fn decisions() -> Vec<ApiError> {
    let own = [
        App::NotLoggedIn,
        App::OrderNotFound,
        App::TransitionRefused(Transition::WrongParty),
        App::TransitionRefused(Transition::WrongState),
    ];
    own.map(ApiError::App).into()
}

fn pictures() -> Vec<ApiError> {
    let own = [
        App::NotAPicture,
        App::PictureTooLarge,
        App::UploadFailed(ObjectError::Failed(cause())),
        App::Busy("processing pictures"),
    ];
    own.map(ApiError::App).into()
}

/// A call that changes something is refused to pages of other sites.
fn changes() -> Vec<ApiError> {
    vec![RequestFault::CrossSite.into()]
}

fn invalid(fields: &[Field]) -> Vec<ApiError> {
    fields.iter().map(|field| Invalid::range(*field).into()).collect()
}

fn too_often() -> App {
    App::TooOften(Duration::from_secs(60))
}

fn cause() -> Box<dyn std::error::Error + Send + Sync> {
    "the cause goes to the log".into()
}

/// What a refusal is called in the document: by its innermost variant, and its field if it has one.
pub fn name(error: &ApiError) -> String {
    let of = |value: &dyn std::fmt::Debug| {
        let text = format!("{value:?}");
        text.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_owned()
    };
    match error {
        ApiError::App(App::Invalid(Invalid { field, rule: Rule::Common })) => format!("Invalid.{field:?}.Common"),
        ApiError::App(App::Invalid(invalid)) => format!("Invalid.{:?}", invalid.field),
        ApiError::App(App::BookingRefused(refused)) => of(refused),
        ApiError::App(App::TransitionRefused(refused)) => of(refused),
        ApiError::App(error) => of(error),
        ApiError::Request(fault) => of(fault),
        other => of(other),
    }
}

/// [`ApiError`] cannot be cloned, so lists of it are joined by moving.
trait ConcatAll {
    fn concat_all(self) -> Vec<ApiError>;
}

impl<const N: usize> ConcatAll for [Vec<ApiError>; N] {
    fn concat_all(self) -> Vec<ApiError> {
        self.into_iter().flatten().collect()
    }
}
