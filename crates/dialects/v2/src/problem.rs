//! The problems of the native API: one table, from which the answers, the pages below `/problems/`,
//! `docs/errors.md` and the OpenAPI document are made.

pub mod answer;
pub mod mapping;
pub mod page;

use actix_web::http::StatusCode;

use crate::language::Language;

/// Everything that is said of a problem.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// The stable slug by which clients tell it.
    pub code: &'static str,
    /// Its status.
    pub status: u16,
    /// Its title in Chinese.
    pub chinese: &'static str,
    /// Its title in English.
    pub english: &'static str,
    /// What happened and what to do, in English.
    pub explanation: &'static str,
}

macro_rules! problems {
    ($($name:ident $status:literal $code:literal $chinese:literal $english:literal $explanation:literal;)*) => {
        /// A problem.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[expect(missing_docs, reason = "each is explained in the table")]
        pub enum Problem {
            $($name,)*
        }

        impl Problem {
            /// Every problem, by status.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// What the table says of it.
            pub const fn row(self) -> Row {
                match self {
                    $(Self::$name => Row {
                        code: $code,
                        status: $status,
                        chinese: $chinese,
                        english: $english,
                        explanation: $explanation,
                    },)*
                }
            }
        }
    };
}

problems! {
    Malformed 400 "malformed" "请求格式错误" "The request is malformed"
        "The body is no JSON, or the form is none, or the head of the request is no HTTP. Nothing was read of it.";
    NotLoggedIn 401 "not_logged_in" "请先登录" "You are not logged in"
        "The call needs a session cookie. There was none, or its session has ended. Log in by POST /session.";
    WrongCredentials 401 "wrong_credentials" "手机号或密码错误" "The mobile number or the password is wrong"
        "Which of the two is wrong is not told.";
    TokenInvalid 401 "token_invalid" "令牌无效" "The token is not valid"
        "The header Authorization has no personal token of this site, or one that was revoked or has expired.";
    Forbidden 403 "forbidden" "无权进行此操作" "You may not do this"
        "It is for another account to do: for the other party of the order, or for the owner of the listing. Or it takes \
         a session, and no token.";
    ScopeMissing 403 "scope_missing" "令牌没有该权限" "The token lacks the scope"
        "The document says which scope the call needs. Make a token that has it by POST /me/tokens.";
    ConfirmationNeeded 403 "confirmation_needed" "请再次输入密码" "Give your password again first"
        "The call needs a session whose password was given within the last 15 minutes: POST /session/confirm.";
    IdentityNeeded 403 "identity_needed" "请先完成实名认证" "Your real name is not verified"
        "Write it by PUT /me/identity first.";
    OwnListing 403 "own_listing" "不能预订自己的房屋" "You cannot book your own listing"
        "The listing of the order is one of your own.";
    CrossSite 403 "cross_site" "非法请求" "The request comes from a page of another site"
        "A call that changes something came with the headers of a browser that shows a page of another origin.";
    NotFound 404 "not_found" "资源不存在" "There is no such thing"
        "The path is unknown, or what it names does not exist or is not for you to see.";
    MethodNotAllowed 405 "method_not_allowed" "不支持该请求方法" "The resource has no such method"
        "The header Allow names those that it has.";
    RequestTimeout 408 "request_timeout" "请求超时" "The request took too long to arrive"
        "The head or the body was not there in time.";
    DaysTaken 409 "days_taken" "所选日期已被预订" "Some of the days are taken"
        "Others hold days of the stay. The member days lists them.";
    WrongState 409 "wrong_state" "当前状态不允许该操作" "The state does not allow this"
        "The order, listing or delivery has been moved on, or the day for this act is past or still to come, or it is the last \
         picture of a published listing. Read it again.";
    NameTaken 409 "name_taken" "用户名已存在" "Another account has this name"
        "Names are unique on the site; full-width forms, blanks and invisible characters do not tell them apart.";
    MobileTaken 409 "mobile_taken" "手机号已注册" "The mobile number is registered"
        "Log in, or set a new password by POST /password-resets.";
    AlreadyVerified 409 "already_verified" "实名信息已存在，不能修改" "Your real name is verified already"
        "It is written once.";
    PictureNeeded 409 "picture_needed" "请先上传房屋图片" "The listing needs a picture first"
        "Add one by POST /listings/{id}/pictures.";
    DaysHeldByOrders 409 "days_held_by_orders" "部分日期已有订单" "Orders hold some of the days"
        "Days that an order holds cannot be blocked. The member days lists them, orders the orders. Nothing was changed.";
    OpenOrders 409 "open_orders" "还有未完成的订单" "Some orders are not over"
        "An account is deleted when no order of it, as guest or landlord, is open; a listing when none for it is, and \
         the member orders lists those.";
    InProgress 409 "in_progress" "请求正在处理中" "The request is being processed"
        "Another request with this Idempotency-Key is running. Repeat it after retry_after seconds.";
    ConflictOpen 409 "conflict_open" "其他网站的日历在这些日期有入住" "Another site has a stay on these days"
        "A calendar of another site that is connected to the listing has a stay on days of the order; the member days \
         lists them. Send despite_conflict to accept it all the same.";
    PriceChanged 409 "price_changed" "价格已变动" "The price has changed"
        "The stay costs something else than the total of the request. The member quote has what it costs now.";
    LimitReached 409 "limit_reached" "已达到数量上限" "There are as many as there can be"
        "Waiting does not help. Delete one, book fewer days, or, for a captcha, ask for another one.";
    Expired 410 "expired" "已失效" "It is no longer valid"
        "The token of a quote is good for 15 minutes; this one is over, or was not made here. Ask for another quote.";
    VersionStale 412 "version_stale" "资料已被修改" "It was changed since you read it"
        "The header If-Match names an older version. Read it again and repeat the change on what it is now.";
    TooLarge 413 "too_large" "请求体过大" "The body is too large"
        "The site limits bodies and uploads.";
    UnsupportedMediaType 415 "unsupported_media_type" "不支持该请求体类型" "The call does not take this type of body"
        "The header Content-Type is missing or names another type than the call takes.";
    InvalidFields 422 "invalid_fields" "参数错误" "Some fields are invalid"
        "The member errors lists all of them: a JSON pointer (of a query parameter, its name), a code and a title.";
    AddressRefused 422 "address_refused" "不能访问该地址" "The site does not call this address"
        "Only https on its usual port is called, at hosts of the internet: no private address, no name or password in \
         the URL, and not this site itself.";
    StayNotAllowed 422 "stay_not_allowed" "该入住日期不可预订" "The stay cannot be booked"
        "The member rule names the rule that refuses it: past, too_far_ahead, guests, \
         notice_days, window_days, min_days, max_days, arrival_days, departure_days or amount.";
    CaptchaWrong 422 "captcha_wrong" "图片验证码错误或已过期" "The captcha was not answered rightly"
        "A captcha can be answered once, and not for long. Ask for another one.";
    SmsCodeWrong 422 "sms_code_wrong" "短信验证码错误或已过期" "The SMS code is not right"
        "It is wrong, used, too old, or was tried too often.";
    IdempotencyKeyReused 422 "idempotency_key_reused" "幂等键已被使用" "The idempotency key belongs to another request"
        "A key is good for one method, path and body. Use another one.";
    IdempotencyKeyMissing 422 "idempotency_key_missing" "缺少幂等键" "The idempotency key is missing"
        "The call demands the header Idempotency-Key, so that it can be repeated without a second effect.";
    PictureUnreadable 422 "picture_unreadable" "图片无法读取" "The picture cannot be read"
        "It is no JPEG, PNG or WebP, a part of it is missing, or it has too many pixels.";
    VersionMissing 428 "version_missing" "缺少版本号" "The version is missing"
        "The header If-Match must name the ETag of what is to be changed.";
    RateLimited 429 "rate_limited" "请求过于频繁" "Too many requests"
        "The header Retry-After and the member retry_after say after how many seconds to try again.";
    QuotaReached 429 "quota_reached" "已达到限额" "The quota is reached"
        "There are as many orders, publications or waiting days as there can be for now. Repeat it after retry_after \
         seconds.";
    HeadTooLarge 431 "head_too_large" "请求头过大" "The head of the request is too large"
        "Request line and headers together have 128 KiB at most, and there are at most 96 headers.";
    InternalError 500 "internal_error" "内部错误" "Something went wrong in the server"
        "The log of the site has the cause under the request_id.";
    ProviderFailed 502 "provider_failed" "第三方服务错误" "A provider failed"
        "The SMS service or the object storage did not do its part. Try again later.";
    Overloaded 503 "overloaded" "系统繁忙" "The server is busy"
        "Too much of this kind of work is waiting. Try again after retry_after seconds.";
    Unavailable 503 "unavailable" "服务暂时不可用" "The server cannot answer now"
        "The database or the cache cannot be reached. Try again after retry_after seconds.";
}

impl Problem {
    /// The problem with this slug.
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|problem| problem.row().code == code)
    }

    /// Its status.
    pub fn status(self) -> StatusCode {
        StatusCode::from_u16(self.row().status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// Its title.
    pub const fn title(self, language: Language) -> &'static str {
        let row = self.row();
        match language {
            Language::Chinese => row.chinese,
            Language::English => row.english,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_slugs_each_once_by_their_status() {
        let rows: Vec<_> = Problem::ALL.iter().map(|problem| problem.row()).collect();
        assert!(rows.is_sorted_by_key(|row| row.status));
        for row in &rows {
            assert!(row.code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{}", row.code);
            assert_eq!(rows.iter().filter(|other| other.code == row.code).count(), 1, "{}", row.code);
            assert!((400..600).contains(&row.status), "{}", row.code);
        }
    }
}
