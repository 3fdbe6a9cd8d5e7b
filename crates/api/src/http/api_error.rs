//! Where every failure gets its code, its sentence and its status: once, for all dialects.

use std::time::Duration;

use actix_web::{HttpResponse, ResponseError, http::StatusCode};
use minsu_application::AppError;
use minsu_domain::{BookingRefused, Field, Invalid, Rule, TransitionRefused};
use minsu_ports::PageError;
use thiserror::Error;

use super::errno::Errno;
use crate::dialect::Dialect;

/// A request that did not get as far as a use case.
#[derive(Debug, Error)]
pub enum RequestFault {
    /// No such path.
    #[error("unknown path")]
    UnknownPath,
    /// The path has no such method.
    #[error("method not allowed")]
    MethodNotAllowed,
    /// A body that is no JSON, or a multipart that is none.
    #[error("malformed body")]
    MalformedBody,
    /// A body of a type that the call does not take.
    #[error("unsupported media type")]
    UnsupportedMediaType,
    /// A body above its limit.
    #[error("body too large")]
    BodyTooLarge,
    /// JSON, but not of the right fields or types.
    #[error("wrong fields")]
    WrongFields,
    /// A page of another site sent it.
    #[error("cross-site request")]
    CrossSite,
    /// More requests from one address than the site takes.
    #[error("too many requests; the next one in {0:?}")]
    TooManyRequests(Duration),
    /// It took longer than the server waits.
    #[error("request timed out")]
    TimedOut,
}

/// Why a call failed. Handlers and extractors return it; the dialect that owns the path gives
/// it its envelope (see `render`).
#[derive(Debug, Error)]
pub enum ApiError {
    /// A use case refused or failed.
    #[error(transparent)]
    App(#[from] AppError),
    /// The question "who is logged in?" asked by nobody.
    #[error("nobody is logged in")]
    NoSession,
    /// The request was not good enough for a use case.
    #[error(transparent)]
    Request(#[from] RequestFault),
}

impl From<PageError<Self>> for ApiError {
    fn from(error: PageError<Self>) -> Self {
        match error {
            PageError::Render(error) => error,
            PageError::Busy => Self::App(PageError::Busy.into()),
        }
    }
}

impl From<Invalid> for ApiError {
    fn from(invalid: Invalid) -> Self {
        Self::App(invalid.into())
    }
}

/// What the client learns of a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// The code.
    pub errno: Errno,
    /// The fixed sentence.
    pub sentence: &'static str,
    /// The status of what is no business answer; `None`: 200, or the semantic one by setting.
    pub status: Option<StatusCode>,
    /// The semantic status, where it is not the code's usual one.
    pub semantic: Option<StatusCode>,
    /// How long the client should wait before it tries again.
    pub retry_after: Option<Duration>,
}

/// What a guest with too many waiting orders is told to wait; landlords decide, not time.
const LANDLORDS_TAKE: Duration = Duration::from_secs(3600);
/// What a client is told to wait for a busy server or a failed backend.
const A_MOMENT: Duration = Duration::from_secs(1);

impl Verdict {
    const fn business(errno: Errno, sentence: &'static str) -> Self {
        Self { errno, sentence, status: None, semantic: None, retry_after: None }
    }

    const fn technical(errno: Errno, sentence: &'static str, status: StatusCode) -> Self {
        Self { errno, sentence, status: Some(status), semantic: None, retry_after: None }
    }

    const fn too_often(sentence: &'static str, retry_after: Duration) -> Self {
        let semantic = Some(StatusCode::TOO_MANY_REQUESTS);
        Self { semantic, retry_after: Some(retry_after), ..Self::business(Errno::ReqErr, sentence) }
    }

    const fn retry_after(self, retry_after: Duration) -> Self {
        Self { retry_after: Some(retry_after), ..self }
    }
}

impl ApiError {
    /// The one mapping. Dialects differ only where the documents do: see the arms that ask.
    pub fn verdict(&self, dialect: Dialect) -> Verdict {
        match self {
            Self::App(error) => of_app(error, dialect),
            // The v1 pages read "false" (document 002 item 14); document 001 items 5 and 6 print 4102.
            Self::NoSession => match dialect {
                Dialect::V1 => Verdict::business(Errno::SessionErr, "false"),
                Dialect::Classic => Verdict::business(Errno::LoginErr, "用户未登录"),
            },
            Self::Request(fault) => of_request(fault),
        }
    }
}

fn of_app(error: &AppError, dialect: Dialect) -> Verdict {
    use Errno::{DataErr, DataExist, DbErr, LoginErr, NoData, ParamErr, RoleErr, ServerErr, SessionErr, ThirdErr};
    let business = Verdict::business;
    match error {
        AppError::Invalid(invalid) => business(ParamErr, sentence_of(*invalid)),
        AppError::NotLoggedIn => business(SessionErr, "用户未登录"),
        // Document 002 item 4 prints DATAERR, document 001 item 3 prints 4102.
        AppError::WrongCredentials => match dialect {
            Dialect::V1 => business(DataErr, "用户名或密码错误"),
            Dialect::Classic => business(LoginErr, "用户名或密码错误"),
        },
        // The classic register page compares these two sentences word for word.
        AppError::CaptchaExpired => match dialect {
            Dialect::V1 => business(NoData, "图片验证码过期"),
            Dialect::Classic => business(NoData, "验证码过期"),
        },
        AppError::CaptchaWrong => match dialect {
            Dialect::V1 => business(DataErr, "图片验证码不一致"),
            Dialect::Classic => business(DataErr, "验证码错误"),
        },
        AppError::SmsCodeExpired => match dialect {
            Dialect::V1 => business(NoData, "短信验证码过期"),
            Dialect::Classic => business(NoData, "验证码过期"),
        },
        AppError::SmsCodeWrong => match dialect {
            Dialect::V1 => business(DataErr, "短信验证码错误"),
            Dialect::Classic => business(DataErr, "验证码错误"),
        },
        // Document 002 item 3 prints DBERR for a registered user; document 001 names 4003.
        AppError::MobileRegistered => match dialect {
            Dialect::V1 => business(DbErr, "用户已注册"),
            Dialect::Classic => business(DataExist, "手机号已注册"),
        },
        // The pages open their "the name exists" box on 4001.
        AppError::UserNameTaken => business(DbErr, "用户名已存在"),
        AppError::PasswordWrong => business(Errno::PwdErr, "密码错误"),
        AppError::SessionNotFound => business(NoData, "会话不存在"),
        AppError::OrdersOpen => business(DataErr, "还有未完成的订单，不能注销"),
        AppError::UserNotFound => business(Errno::UserErr, "用户不存在或未激活"),
        AppError::IdentityAlreadyVerified => business(DataExist, "实名信息已存在，不能修改"),
        AppError::IdentityNotVerified => business(RoleErr, "请先完成实名认证"),
        AppError::UnknownArea => business(ParamErr, "城区不存在"),
        AppError::UnknownFacility => business(ParamErr, "配套设施不存在"),
        AppError::HouseNotFound => business(NoData, "房屋不存在"),
        AppError::NotYourHouse => business(RoleErr, "只有房东本人可以操作该房屋"),
        AppError::BookingRefused(refused) => match refused {
            BookingRefused::OwnHouse => business(RoleErr, "不能预订自己的房屋"),
            BookingRefused::InThePast => business(ParamErr, "入住日期不能早于今天"),
            BookingRefused::TooFarAhead => business(ParamErr, "入住日期太远"),
            BookingRefused::Length => business(ParamErr, "入住天数不符合要求"),
            BookingRefused::Amount => business(ParamErr, "订单金额超出范围"),
        },
        AppError::DaysTaken => business(DataErr, "房屋已被预订"),
        AppError::OrderNotFound => business(NoData, "订单不存在"),
        AppError::TransitionRefused(refused) => match refused {
            TransitionRefused::WrongParty => business(RoleErr, "无权操作该订单"),
            TransitionRefused::WrongState => business(DataErr, "订单状态不允许该操作"),
        },
        AppError::NotAPicture => business(ParamErr, "图片格式错误"),
        AppError::PictureTooLarge => business(ParamErr, "图片尺寸过大"),
        AppError::SmsFailed(_) => business(ThirdErr, "发送失败"),
        AppError::UploadFailed(_) => business(ThirdErr, "上传图片失败"),
        AppError::TooOften(retry_after) => Verdict::too_often("请求过于频繁，请稍后再试", *retry_after),
        AppError::TooManyWaitingOrders => Verdict::too_often("待接单的订单过多", LANDLORDS_TAKE),
        AppError::Busy(_) => {
            Verdict::technical(ServerErr, "系统繁忙，请稍后再试", StatusCode::SERVICE_UNAVAILABLE).retry_after(A_MOMENT)
        }
        AppError::StoreUnavailable(_) => Verdict::technical(DbErr, "数据库暂时不可用", StatusCode::SERVICE_UNAVAILABLE),
        AppError::CacheUnavailable(_) => {
            Verdict::technical(ServerErr, "缓存暂时不可用", StatusCode::SERVICE_UNAVAILABLE)
        }
        AppError::Internal(_) => Verdict::technical(ServerErr, "内部错误", StatusCode::INTERNAL_SERVER_ERROR),
    }
}

fn of_request(fault: &RequestFault) -> Verdict {
    let technical = Verdict::technical;
    match fault {
        RequestFault::UnknownPath => technical(Errno::ReqErr, "请求的地址不存在", StatusCode::NOT_FOUND),
        RequestFault::MethodNotAllowed => technical(Errno::ReqErr, "请求方法不支持", StatusCode::METHOD_NOT_ALLOWED),
        RequestFault::MalformedBody => technical(Errno::ParamErr, "请求体格式错误", StatusCode::BAD_REQUEST),
        RequestFault::UnsupportedMediaType => {
            technical(Errno::ParamErr, "请求体类型不支持", StatusCode::UNSUPPORTED_MEDIA_TYPE)
        }
        RequestFault::BodyTooLarge => technical(Errno::ParamErr, "请求体过大", StatusCode::PAYLOAD_TOO_LARGE),
        RequestFault::WrongFields => Verdict::business(Errno::ParamErr, "参数错误"),
        RequestFault::CrossSite => Verdict::business(Errno::ReqErr, "非法请求"),
        RequestFault::TooManyRequests(retry_after) => {
            technical(Errno::ReqErr, "请求过于频繁，请稍后再试", StatusCode::TOO_MANY_REQUESTS)
                .retry_after(*retry_after)
        }
        RequestFault::TimedOut => technical(Errno::ReqErr, "请求超时", StatusCode::REQUEST_TIMEOUT),
    }
}

/// The sentence for a value that cannot be: fixed for each field, never the value.
const fn sentence_of(invalid: Invalid) -> &'static str {
    if let (Field::Password, Rule::Common) = (invalid.field, invalid.rule) {
        return "密码过于常见";
    }
    match invalid.field {
        Field::Id => "编号错误",
        Field::Mobile => "手机号格式错误",
        Field::UserName => "用户名须为1-32个字符",
        Field::Password => "密码长度不符合要求",
        Field::RealName => "真实姓名格式错误",
        Field::IdentityNumber => "身份证号格式错误",
        Field::Money => "金额格式错误",
        Field::Day => "日期格式错误",
        Field::Stay | Field::DateRange => "日期范围错误",
        Field::Title => "房屋标题错误",
        Field::Address => "详细地址错误",
        Field::Price => "房屋价格错误",
        Field::Deposit => "押金错误",
        Field::RoomCount => "房间数目错误",
        Field::Acreage => "房屋面积错误",
        Field::Unit => "户型描述错误",
        Field::Capacity => "宜住人数错误",
        Field::Beds => "卧床配置错误",
        Field::MinDays => "最少入住天数错误",
        Field::MaxDays => "最多入住天数错误",
        Field::Facility => "配套设施错误",
        Field::Comment => "评价内容错误",
        Field::RejectReason => "拒单理由错误",
        Field::Page => "页码错误",
        Field::Words => "搜索词错误",
        Field::Cursor => "翻页位置错误",
        Field::PictureKey => "图片地址错误",
    }
}

impl ResponseError for ApiError {
    /// The plain status; the body is written by the dialect (see `render`), and what reaches a
    /// client without passing there has none.
    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.verdict(Dialect::V1).status.unwrap_or(StatusCode::OK))
    }
}
