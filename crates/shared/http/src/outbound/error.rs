//! How a call to an address of a stranger can fail.

use std::error::Error as StdError;

use thiserror::Error;

use super::resolver::NameError;

/// A call that was not made, or has no answer. Without the URL, which is a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error)]
pub enum OutboundError {
    /// Not a URL with a host.
    #[error("not a url with a host")]
    Url,
    /// A scheme that is not called, such as `http` where only `https` is.
    #[error("the scheme of the url is not called")]
    Scheme,
    /// Another port than that of the scheme.
    #[error("the port of the url is not called")]
    Port,
    /// A name or a password in the URL.
    #[error("the url has a name or a password")]
    UserInfo,
    /// An address that is not of the internet, a name with such an address, or this site itself.
    #[error("the address is not called")]
    Address,
    /// The name of the host has no address.
    #[error("the name of the host has no address")]
    Name,
    /// No connection, or no certificate for it.
    #[error("no connection")]
    Connect,
    /// The deadline passed.
    #[error("no answer in time")]
    Timeout,
    /// The connection broke, or what came was not HTTP.
    #[error("the connection broke")]
    Broken,
    /// The answer is longer than it may be, as it came or unpacked.
    #[error("the answer is too long")]
    TooLong,
    /// The answer is packed in a way that was not asked for, or not whole.
    #[error("the answer cannot be unpacked")]
    Encoding,
    /// A redirect to nowhere.
    #[error("a redirect leads nowhere")]
    Redirect,
    /// More redirects than are followed.
    #[error("too many redirects")]
    TooManyRedirects,
}

impl OutboundError {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::Url,
        Self::Scheme,
        Self::Port,
        Self::UserInfo,
        Self::Address,
        Self::Name,
        Self::Connect,
        Self::Timeout,
        Self::Broken,
        Self::TooLong,
        Self::Encoding,
        Self::Redirect,
        Self::TooManyRedirects,
    ];

    /// The code by which the owner of the URL is told.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Url => "url",
            Self::Scheme => "scheme_refused",
            Self::Port => "port_refused",
            Self::UserInfo => "user_info_refused",
            Self::Address => "address_refused",
            Self::Name => "unknown_host",
            Self::Connect => "no_connection",
            Self::Timeout => "timeout",
            Self::Broken => "connection_broke",
            Self::TooLong => "too_large",
            Self::Encoding => "encoding",
            Self::Redirect => "bad_redirect",
            Self::TooManyRedirects => "too_many_redirects",
        }
    }

    /// Whether the rules refuse the address: trying again does not help.
    pub const fn is_refusal(self) -> bool {
        matches!(self, Self::Url | Self::Scheme | Self::Port | Self::UserInfo | Self::Address)
    }

    pub(super) fn of(error: &reqwest::Error) -> Self {
        let mut cause: Option<&(dyn StdError + 'static)> = error.source();
        while let Some(error) = cause {
            match error.downcast_ref() {
                Some(NameError::Refused) => return Self::Address,
                Some(NameError::Unknown) => return Self::Name,
                None => cause = error.source(),
            }
        }
        if error.is_timeout() {
            Self::Timeout
        } else if error.is_connect() {
            Self::Connect
        } else {
            Self::Broken
        }
    }
}
