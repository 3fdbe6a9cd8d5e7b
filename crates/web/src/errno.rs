//! The one table of codes. Every dialect, the API documents and `docs/errors.md` derive from it.

use actix_web::http::StatusCode;

/// A code of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Errno {
    /// 0
    Ok,
    /// 4001
    DbErr,
    /// 4002
    NoData,
    /// 4003
    DataExist,
    /// 4004
    DataErr,
    /// 4101
    SessionErr,
    /// 4102
    LoginErr,
    /// 4103
    ParamErr,
    /// 4104
    UserErr,
    /// 4105
    RoleErr,
    /// 4106
    PwdErr,
    /// 4201
    ReqErr,
    /// 4202
    IpErr,
    /// 4301
    ThirdErr,
    /// 4302
    IoErr,
    /// 4500
    ServerErr,
    /// 4501
    UnknownErr,
}

impl Errno {
    /// Every code, ascending.
    pub const ALL: [Self; 17] = [
        Self::Ok,
        Self::DbErr,
        Self::NoData,
        Self::DataExist,
        Self::DataErr,
        Self::SessionErr,
        Self::LoginErr,
        Self::ParamErr,
        Self::UserErr,
        Self::RoleErr,
        Self::PwdErr,
        Self::ReqErr,
        Self::IpErr,
        Self::ThirdErr,
        Self::IoErr,
        Self::ServerErr,
        Self::UnknownErr,
    ];

    /// The code, its name, what it means, and the status that new clients may ask for in its
    /// place (setting `server.business_status`).
    const fn row(self) -> (&'static str, &'static str, &'static str, u16) {
        match self {
            Self::Ok => ("0", "OK", "成功", 200),
            Self::DbErr => ("4001", "DBERR", "数据库查询错误", 409),
            Self::NoData => ("4002", "NODATA", "无数据", 404),
            Self::DataExist => ("4003", "DATAEXIST", "数据已存在", 409),
            Self::DataErr => ("4004", "DATAERR", "数据错误", 409),
            Self::SessionErr => ("4101", "SESSIONERR", "用户未登录", 401),
            Self::LoginErr => ("4102", "LOGINERR", "用户登录失败", 401),
            Self::ParamErr => ("4103", "PARAMERR", "参数错误", 422),
            Self::UserErr => ("4104", "USERERR", "用户不存在或未激活", 401),
            Self::RoleErr => ("4105", "ROLEERR", "用户身份错误", 403),
            Self::PwdErr => ("4106", "PWDERR", "密码错误", 401),
            Self::ReqErr => ("4201", "REQERR", "非法请求或请求次数受限", 403),
            Self::IpErr => ("4202", "IPERR", "IP受限", 403),
            Self::ThirdErr => ("4301", "THIRDERR", "第三方系统错误", 502),
            Self::IoErr => ("4302", "IOERR", "文件读写错误", 502),
            Self::ServerErr => ("4500", "SERVERERR", "内部错误", 500),
            Self::UnknownErr => ("4501", "UNKOWNERR", "未知错误", 500),
        }
    }

    /// The code as every answer prints it.
    pub const fn code(self) -> &'static str {
        self.row().0
    }

    /// The name that the documents give it.
    pub const fn name(self) -> &'static str {
        self.row().1
    }

    /// What it means, and the `errmsg` of cases without a sentence of their own.
    pub const fn meaning(self) -> &'static str {
        self.row().2
    }

    /// The status for clients that asked for statuses.
    pub fn semantic_status(self) -> StatusCode {
        StatusCode::from_u16(self.row().3).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_numbers_and_none_stands_twice() {
        let mut codes: Vec<u16> = Errno::ALL.iter().map(|errno| errno.code().parse().unwrap()).collect();
        assert!(codes.is_sorted());
        codes.dedup();
        assert_eq!(codes.len(), Errno::ALL.len());
        assert_eq!(Errno::ReqErr.semantic_status(), 403);
    }
}
