//! Where every failure gets its code, its sentence and its status: once, for all dialects.

use std::time::Duration;

use actix_web::{HttpResponse, ResponseError, http::StatusCode};
use minsu_application::{
    AccountError, AppError, CalendarError, CaptchaError, EventError, IdempotencyError, ListingError, OrderError,
    PaymentFailed, PictureError, QuotaError, SessionError, SmsCodeError, TokenError, WebhookError,
};
use minsu_domain::{BookingRefused, Invalid, TransitionRefused};
use minsu_ports::{RenderError, StoreError};
use thiserror::Error;

pub use super::request_fault::RequestFault;
use super::{errno::Errno, field_sentences::sentence_of, native_fault::NativeFault, verdict::Verdict};

/// Why a call failed. Handlers and extractors return it; the dialect that owns the path gives
/// it its envelope (see `render`).
#[derive(Debug, Error)]
pub enum ApiError {
    /// A use case refused or failed.
    #[error(transparent)]
    App(#[from] AppError),
    /// The question "who is logged in?" without a login.
    #[error("no login")]
    NoSession,
    /// The request was not good enough for a use case.
    #[error(transparent)]
    Request(#[from] RequestFault),
    /// The native API refuses the request.
    #[error(transparent)]
    Native(#[from] NativeFault),
}

impl From<RenderError<Self>> for ApiError {
    /// A page takes long to render where the database is slow.
    fn from(error: RenderError<Self>) -> Self {
        match error {
            RenderError::Render(error) => error,
            RenderError::Busy => {
                let slow = StoreError::Unavailable("a page takes too long to render".into());
                Self::App(AppError::StoreUnavailable(slow))
            }
        }
    }
}

impl From<SessionError> for ApiError {
    fn from(error: SessionError) -> Self {
        Self::App(error.into())
    }
}

impl From<PictureError> for ApiError {
    fn from(error: PictureError) -> Self {
        Self::App(error.into())
    }
}

impl From<Invalid> for ApiError {
    fn from(invalid: Invalid) -> Self {
        Self::App(invalid.into())
    }
}

/// The `Retry-After` of a busy server or a failed backend.
const A_MOMENT: Duration = Duration::from_secs(1);

impl ApiError {
    /// The one mapping. Where the documents of a dialect say otherwise, its
    /// [`Envelope`](crate::dialect::Envelope) does.
    pub fn verdict(&self) -> Verdict {
        match self {
            Self::App(error) => of_app(error),
            Self::NoSession => Verdict::business(Errno::SessionErr, "用户未登录"),
            Self::Request(fault) => of_request(fault),
            // No call of another dialect makes these; the code is what metrics count them by.
            Self::Native(fault) => of_native(fault),
        }
    }
}

fn of_app(error: &AppError) -> Verdict {
    match error {
        AppError::Invalid(invalid) => Verdict::business(Errno::ParamErr, sentence_of(*invalid)),
        AppError::Session(error) => of_session(error),
        AppError::Captcha(error) => of_captcha(error),
        AppError::SmsCode(error) => of_sms_code(error),
        AppError::Account(error) => of_account(error),
        AppError::Listing(error) => of_listing(error),
        AppError::Order(error) => of_order(error),
        AppError::Payment(error) => of_payment(error),
        AppError::Calendar(error) => of_calendar(error),
        AppError::Event(EventError::Deleted) => Verdict::business(Errno::NoData, "事件已被清除"),
        AppError::Quota(error) => of_quota(error),
        AppError::Picture(error) => of_picture(error),
        AppError::Token(error) => of_token(error),
        AppError::Webhook(error) => of_webhook(error),
        AppError::Idempotency(IdempotencyError::TakenOver) => {
            Verdict::technical(Errno::ReqErr, "请求正在处理中", StatusCode::CONFLICT).retry_after(A_MOMENT)
        }
        AppError::TooOften(retry_after) => Verdict::too_often("请求过于频繁，请稍后再试", *retry_after),
        AppError::Busy(_) => {
            Verdict::technical(Errno::ServerErr, "系统繁忙，请稍后再试", StatusCode::SERVICE_UNAVAILABLE)
                .retry_after(A_MOMENT)
        }
        AppError::StoreUnavailable(_) => {
            Verdict::technical(Errno::DbErr, "数据库暂时不可用", StatusCode::SERVICE_UNAVAILABLE)
        }
        AppError::CacheUnavailable(_) => {
            Verdict::technical(Errno::ServerErr, "缓存暂时不可用", StatusCode::SERVICE_UNAVAILABLE)
        }
        AppError::Internal(_) => Verdict::technical(Errno::ServerErr, "内部错误", StatusCode::INTERNAL_SERVER_ERROR),
    }
}

const fn of_payment(error: &PaymentFailed) -> Verdict {
    match error {
        PaymentFailed::NotFound => Verdict::business(Errno::DataErr, "支付单不存在"),
        PaymentFailed::NotOffered => Verdict::business(Errno::DataErr, "本站不支持该支付方式"),
        PaymentFailed::TooMuch => Verdict::business(Errno::DataErr, "退款金额超过可退金额"),
        PaymentFailed::Provider(_) => Verdict::business(Errno::ThirdErr, "支付服务暂时不可用，请稍后再试"),
    }
}

const fn of_calendar(error: &CalendarError) -> Verdict {
    match error {
        CalendarError::NoSuchFeed => Verdict::business(Errno::NoData, "日历不存在"),
        CalendarError::NoSuchExport => Verdict::business(Errno::NoData, "日历链接不存在"),
        CalendarError::TooManyFeeds => Verdict::full("该房屋的日历数量已达上限"),
        CalendarError::TooManyExports => Verdict::full("该房屋的日历链接数量已达上限"),
        CalendarError::AddressRefused => Verdict::business(Errno::ParamErr, "不能访问该日历地址"),
        CalendarError::UnknownHost => Verdict::business(Errno::ParamErr, "日历地址的主机不存在"),
        CalendarError::VersionStale => Verdict::business(Errno::DataErr, "日历设置已被修改"),
        CalendarError::Paused => Verdict::business(Errno::DataErr, "日历已暂停"),
    }
}

const fn of_session(error: &SessionError) -> Verdict {
    match error {
        SessionError::NotLoggedIn => Verdict::business(Errno::SessionErr, "用户未登录"),
        SessionError::WrongCredentials => Verdict::business(Errno::DataErr, "用户名或密码错误"),
        SessionError::NotFound => Verdict::business(Errno::NoData, "会话不存在"),
        SessionError::ConfirmationNeeded => Verdict::business(Errno::RoleErr, "请再次输入密码"),
    }
}

const fn of_token(error: &TokenError) -> Verdict {
    match error {
        TokenError::NotFound => Verdict::business(Errno::NoData, "令牌不存在"),
        TokenError::TooMany => Verdict::business(Errno::DataErr, "令牌数量已达上限"),
        TokenError::SessionNeeded => Verdict::business(Errno::RoleErr, "令牌不能执行该操作"),
        TokenError::ScopeMissing => Verdict::business(Errno::RoleErr, "令牌没有该权限"),
    }
}

const fn of_webhook(error: &WebhookError) -> Verdict {
    match error {
        WebhookError::NotFound => Verdict::business(Errno::NoData, "Webhook不存在"),
        WebhookError::TooMany => Verdict::business(Errno::DataErr, "Webhook数量已达上限"),
        WebhookError::AddressRefused => Verdict::business(Errno::ParamErr, "不支持该网址"),
        WebhookError::VersionStale => Verdict::business(Errno::DataErr, "Webhook已被修改"),
        WebhookError::Waiting => Verdict::business(Errno::DataErr, "该投递正在等待中"),
    }
}

const fn of_captcha(error: &CaptchaError) -> Verdict {
    match error {
        CaptchaError::Expired => Verdict::business(Errno::NoData, "图片验证码过期"),
        CaptchaError::Spoken => Verdict {
            semantic: Some(StatusCode::TOO_MANY_REQUESTS),
            ..Verdict::business(Errno::ReqErr, "语音验证码播放次数过多，请更换验证码")
        },
        CaptchaError::NotSpoken => Verdict::business(Errno::NoData, "本站不提供语音验证码"),
        CaptchaError::Wrong => Verdict::business(Errno::DataErr, "图片验证码不一致"),
    }
}

const fn of_sms_code(error: &SmsCodeError) -> Verdict {
    match error {
        SmsCodeError::Expired => Verdict::business(Errno::NoData, "短信验证码过期"),
        SmsCodeError::Wrong => Verdict::business(Errno::DataErr, "短信验证码错误"),
        SmsCodeError::NotSent(_) => Verdict::business(Errno::ThirdErr, "发送失败"),
    }
}

const fn of_account(error: &AccountError) -> Verdict {
    match error {
        AccountError::MobileRegistered => Verdict::business(Errno::DataExist, "手机号已注册"),
        // The pages open their "the name exists" box on 4001.
        AccountError::NameTaken => Verdict::business(Errno::DbErr, "用户名已存在"),
        AccountError::WrongPassword => Verdict::business(Errno::PwdErr, "密码错误"),
        AccountError::OrdersOpen(_) => Verdict::business(Errno::DataErr, "还有未完成的订单，不能注销"),
        AccountError::NotFound => Verdict::business(Errno::UserErr, "用户不存在或未激活"),
        AccountError::IdentityAlreadyVerified => Verdict::business(Errno::DataExist, "实名信息已存在，不能修改"),
        AccountError::IdentityInUse => Verdict::business(Errno::DataExist, "该身份证号已被其他账号使用"),
        AccountError::IdentityProofNeeded => {
            Verdict::business(Errno::RoleErr, "已实名的账号请在常用网络下重置密码，或填写身份证号后四位")
        }
        AccountError::IdentityProofWrong => Verdict::business(Errno::DataErr, "身份证号后四位错误"),
        AccountError::SameMobile => Verdict::business(Errno::ParamErr, "新手机号与原手机号相同"),
        AccountError::IdentityNotVerified => Verdict::business(Errno::RoleErr, "请先完成实名认证"),
        AccountError::VersionStale => Verdict::business(Errno::DataErr, "资料已被修改"),
    }
}

const fn of_listing(error: &ListingError) -> Verdict {
    match error {
        ListingError::UnknownArea => Verdict::business(Errno::ParamErr, "城区不存在"),
        ListingError::UnknownFacility => Verdict::business(Errno::ParamErr, "配套设施不存在"),
        ListingError::NotFound => Verdict::business(Errno::NoData, "房屋不存在"),
        ListingError::PictureNeeded => Verdict::business(Errno::DataErr, "请先上传房屋图片"),
        ListingError::LastPicture => Verdict::business(Errno::DataErr, "已发布的房屋至少要有一张图片"),
        ListingError::NoSuchPicture => Verdict::business(Errno::NoData, "图片不存在"),
        ListingError::PicturesMismatch => Verdict::business(Errno::ParamErr, "图片列表与房屋不符"),
        ListingError::OrdersOpen(_) => Verdict::business(Errno::DataErr, "还有未完成的订单，不能删除房屋"),
        ListingError::WrongState => Verdict::business(Errno::DataErr, "房屋状态不允许该操作"),
        ListingError::VersionStale => Verdict::business(Errno::DataErr, "房屋信息已被修改"),
        ListingError::DaysHeldByOrders(_) => Verdict::business(Errno::DataErr, "部分日期已有订单"),
        ListingError::NotOwner => Verdict::business(Errno::RoleErr, "只有房东本人可以操作该房屋"),
    }
}

const fn of_order(error: &OrderError) -> Verdict {
    match error {
        OrderError::BookingRefused(refused) => match refused {
            BookingRefused::OwnHouse => Verdict::business(Errno::RoleErr, "不能预订自己的房屋"),
            BookingRefused::InThePast => Verdict::business(Errno::ParamErr, "入住日期不能早于今天"),
            BookingRefused::TooFarAhead => Verdict::business(Errno::ParamErr, "入住日期太远"),
            BookingRefused::TooManyGuests => Verdict::business(Errno::ParamErr, "入住人数超过上限"),
            BookingRefused::Notice => Verdict::business(Errno::ParamErr, "该房屋需要更早预订"),
            BookingRefused::BeyondWindow => Verdict::business(Errno::ParamErr, "该房屋尚未开放这些日期"),
            BookingRefused::TooShort => Verdict::business(Errno::ParamErr, "入住天数少于最少天数"),
            BookingRefused::TooLong => Verdict::business(Errno::ParamErr, "入住天数超过最多天数"),
            BookingRefused::NoArrival => Verdict::business(Errno::ParamErr, "该日不可入住"),
            BookingRefused::NoDeparture => Verdict::business(Errno::ParamErr, "该日不可离店"),
            BookingRefused::Amount => Verdict::business(Errno::ParamErr, "订单金额超出范围"),
        },
        OrderError::DaysTaken(_) => Verdict::business(Errno::DataErr, "房屋已被预订"),
        OrderError::NotFound => Verdict::business(Errno::NoData, "订单不存在"),
        OrderError::ConflictOpen(_) => {
            Verdict::business(Errno::DataErr, "其他网站的日历在这些日期有入住，请打开订单确认")
        }
        OrderError::TransitionRefused(refused) => match refused {
            TransitionRefused::WrongParty => Verdict::business(Errno::RoleErr, "无权操作该订单"),
            TransitionRefused::WrongState => Verdict::business(Errno::DataErr, "订单状态不允许该操作"),
            TransitionRefused::Expired => Verdict::business(Errno::DataErr, "订单已过期"),
            TransitionRefused::StayOver => Verdict::business(Errno::DataErr, "入住日期已过，不能接单"),
            TransitionRefused::StayNotBegun => Verdict::business(Errno::DataErr, "尚未入住，不能评价"),
        },
        OrderError::PriceChanged(_) => Verdict::business(Errno::DataErr, "价格已变动"),
        OrderError::QuoteExpired => Verdict::business(Errno::DataErr, "报价已失效"),
        OrderError::QuoteMismatch => Verdict::business(Errno::ParamErr, "报价与预订不符"),
    }
}

const fn of_quota(error: &QuotaError) -> Verdict {
    match error {
        QuotaError::Houses => Verdict::full("房屋数量已达上限"),
        QuotaError::Pictures => Verdict::full("该房屋的图片数量已达上限"),
        QuotaError::PictureBytes => Verdict::full("图片总容量已达上限"),
        QuotaError::PublicationsToday(wait) => Verdict::too_often("今日发布房屋次数已达上限", *wait),
        QuotaError::OrdersToday(wait) => Verdict::too_often("今日下单次数已达上限", *wait),
        QuotaError::WaitingOrders(ends_in) => Verdict::too_often("待接单的订单过多", *ends_in),
        QuotaError::WaitingDays(Some(ends_in)) => Verdict::too_often("待接单的订单天数过多", *ends_in),
        QuotaError::WaitingDays(None) => Verdict::full("待接单的订单天数过多"),
    }
}

const fn of_picture(error: &PictureError) -> Verdict {
    match error {
        PictureError::NotAPicture => Verdict::business(Errno::ParamErr, "图片格式错误"),
        PictureError::Incomplete => Verdict::business(Errno::ParamErr, "图片不完整"),
        PictureError::TooLarge => Verdict::business(Errno::ParamErr, "图片尺寸过大"),
        PictureError::NotStored(_) => Verdict::business(Errno::ThirdErr, "上传图片失败"),
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
        RequestFault::MalformedHead => technical(Errno::ParamErr, "请求头格式错误", StatusCode::BAD_REQUEST),
        RequestFault::HeadTooLarge => {
            technical(Errno::ParamErr, "请求头过大", StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE)
        }
    }
}

const fn of_native(fault: &NativeFault) -> Verdict {
    match fault {
        NativeFault::InvalidFields(_)
        | NativeFault::VersionMissing
        | NativeFault::IdempotencyKeyMissing
        | NativeFault::IdempotencyKeyReused
        | NativeFault::TooManyGuests => Verdict::business(Errno::ParamErr, Errno::ParamErr.meaning()),
        NativeFault::TokenInvalid => Verdict::business(Errno::SessionErr, Errno::SessionErr.meaning()),
        NativeFault::VersionStale | NativeFault::InProgress(_) => {
            Verdict::business(Errno::DataErr, Errno::DataErr.meaning())
        }
    }
}

impl ResponseError for ApiError {
    /// The plain status; the body is written by the dialect (see `render`), and what reaches a
    /// client without passing there has none.
    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.verdict().status.unwrap_or(StatusCode::OK))
    }
}
