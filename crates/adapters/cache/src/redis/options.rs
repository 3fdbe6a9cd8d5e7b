//! Where Redis is, and how it is used.

use std::{path::PathBuf, time::Duration};

use deadpool_redis::{
    BuildError,
    redis::{
        ConnectionAddr, ConnectionInfo, IntoConnectionInfo, RedisConnectionInfo, RedisError, io::tcp::TcpSettings,
    },
};
use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;

/// How Redis is used.
#[derive(Debug, Clone)]
pub struct RedisOptions {
    /// `redis://[user:password@]host[:port][/db]`,
    /// `redis+sentinel://[user:password@]host:port,host:port/master-name[/db]` or
    /// `redis+cluster://[user:password@]host:port,host:port`. User and password are those of the
    /// servers; Sentinel itself is asked without, or as `?sentinel_password=` (and
    /// `&sentinel_user=`) say. `rediss://`, `rediss+sentinel://` and `rediss+cluster://` are the same
    /// over TLS, to the Sentinels and to the servers.
    pub url: SecretString,
    /// PEM file of the authorities that may vouch for the servers; without one, those of the system
    /// do. For TLS only.
    pub ca_file: Option<PathBuf>,
    /// Prefix of every key, so that sites can share a server.
    pub prefix: String,
    /// How long a call may take, connecting included.
    pub deadline: Duration,
    /// How many connections carry the calls; best as many as threads that call.
    pub handles: usize,
}

impl RedisOptions {
    /// The default deadline of a call.
    pub const DEADLINE: Duration = Duration::from_millis(500);
}

/// The options are not usable. No variant repeats the URL: it may hold a password.
#[derive(Debug, Error)]
pub enum RedisOptionsError {
    /// The scheme names no way to reach Redis.
    #[error(
        "the redis url begins with none of redis://, redis+sentinel://, redis+cluster://, \
         rediss://, rediss+sentinel://, rediss+cluster://"
    )]
    Scheme,
    /// A host, port, database, user or password is not usable.
    #[error("the redis url is not usable")]
    Url(#[source] RedisError),
    /// A Sentinel URL has no path.
    #[error("the redis url has no name of a master behind the hosts")]
    NoMaster,
    /// The URL has a part that means nothing with its scheme.
    #[error("the redis url has a {0} that means nothing there")]
    Unexpected(&'static str),
    /// The authorities cannot be read.
    #[error("the file of certificate authorities cannot be read")]
    CaFile(#[source] std::io::Error),
    /// The file of authorities has none, or something that is none.
    #[error("the file of certificate authorities is not one of certificates in PEM format")]
    NoAuthority,
    /// Certificate authorities are configured, but the URL does not use TLS.
    #[error("a file of certificate authorities means nothing where the redis url is not one of TLS (rediss)")]
    NoTls,
    /// Nothing can be sent without a connection or without time.
    #[error("handles and deadline must not be zero")]
    Zero,
    /// The pool could not be made.
    #[error("the redis connection pool could not be made")]
    Pool(#[source] Box<BuildError>),
}

/// Where the servers are.
pub(super) enum Servers {
    Single(ConnectionInfo),
    /// `told` is the database, user and password for the master and its replicas; Sentinels have their own.
    Sentinel {
        sentinels: Vec<ConnectionInfo>,
        master: String,
        told: RedisConnectionInfo,
    },
    Cluster(Vec<ConnectionInfo>),
}

impl Servers {
    pub(super) fn parse(url: &SecretString) -> Result<Self, RedisOptionsError> {
        let url = url.expose_secret();
        let (scheme, rest) = url.split_once("://").ok_or(RedisOptionsError::Scheme)?;
        // The client would read `#insecure` as an option.
        if rest.contains('#') {
            return Err(RedisOptionsError::Unexpected("fragment"));
        }
        match scheme {
            "redis" | "rediss" => connection_info(url).map(Self::Single),
            "redis+sentinel" => Self::sentinel("redis", &Parts::of(rest)),
            "rediss+sentinel" => Self::sentinel("rediss", &Parts::of(rest)),
            "redis+cluster" => Self::cluster("redis", &Parts::of(rest)),
            "rediss+cluster" => Self::cluster("rediss", &Parts::of(rest)),
            _ => Err(RedisOptionsError::Scheme),
        }
    }

    /// Whether the connections to these servers use TLS.
    pub(super) fn use_tls(&self) -> bool {
        let one = match self {
            Self::Single(server) => Some(server),
            Self::Sentinel { sentinels: servers, .. } | Self::Cluster(servers) => servers.first(),
        };
        one.is_some_and(|server| matches!(server.addr(), ConnectionAddr::TcpTls { .. }))
    }

    fn sentinel(scheme: &str, parts: &Parts<'_>) -> Result<Self, RedisOptionsError> {
        let (master, db) = parts.path.split_once('/').unwrap_or((parts.path, "0"));
        if master.is_empty() {
            return Err(RedisOptionsError::NoMaster);
        }
        let (mut user, mut password) = (String::new(), String::new());
        for (name, value) in url::form_urlencoded::parse(parts.query.as_bytes()) {
            match &*name {
                "sentinel_user" => user = value.into_owned(),
                "sentinel_password" => password = value.into_owned(),
                _ => return Err(RedisOptionsError::Unexpected("query parameter")),
            }
        }
        // The database, user and password of the servers are parsed from a URL of one of them.
        let first = parts.hosts().next().unwrap_or_default();
        let server = connection_info(&format!("{scheme}://{}{first}/{db}", parts.user))?;
        let told = server.redis_settings().clone();
        let sentinels: Result<Vec<_>, _> = parts
            .hosts()
            .map(|host| {
                let info = connection_info(&format!("{scheme}://{host}"))?;
                let mut settings = info.redis_settings().clone();
                if !user.is_empty() {
                    settings = settings.set_username(&user);
                }
                if !password.is_empty() {
                    settings = settings.set_password(&password);
                }
                Ok(info.set_redis_settings(settings))
            })
            .collect();
        Ok(Self::Sentinel { sentinels: sentinels?, master: master.to_owned(), told })
    }

    fn cluster(scheme: &str, parts: &Parts<'_>) -> Result<Self, RedisOptionsError> {
        if !parts.path.is_empty() {
            return Err(RedisOptionsError::Unexpected("path"));
        }
        if !parts.query.is_empty() {
            return Err(RedisOptionsError::Unexpected("query parameter"));
        }
        let nodes: Result<Vec<_>, _> =
            parts.hosts().map(|host| connection_info(&format!("{scheme}://{}{host}", parts.user))).collect();
        Ok(Self::Cluster(nodes?))
    }
}

/// The parts of a URL with several hosts, which the url crate does not read.
struct Parts<'a> {
    /// `user:password@`, or nothing.
    user: &'a str,
    hosts: &'a str,
    path: &'a str,
    query: &'a str,
}

impl<'a> Parts<'a> {
    /// Takes what follows the scheme.
    fn of(rest: &'a str) -> Self {
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let (user, hosts) = authority.split_at(authority.rfind('@').map_or(0, |at| at + 1));
        Self { user, hosts, path: path.trim_end_matches('/'), query }
    }

    /// The hosts, each with its port; an empty one fails when it is read.
    fn hosts(&self) -> impl Iterator<Item = &'a str> {
        self.hosts.split(',')
    }
}

/// One server. Small requests are sent at once: Nagle's algorithm would hold one back while
/// another is on its way.
fn connection_info(url: &str) -> Result<ConnectionInfo, RedisOptionsError> {
    let info = url.into_connection_info().map_err(RedisOptionsError::Url)?;
    Ok(info.set_tcp_settings(TcpSettings::default().set_nodelay(true)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(url: &str) -> Result<Servers, RedisOptionsError> {
        Servers::parse(&url.into())
    }

    fn addresses(servers: &[ConnectionInfo]) -> Vec<String> {
        servers.iter().map(|server| server.addr().to_string()).collect()
    }

    #[test]
    fn one_server() {
        let Ok(Servers::Single(server)) = parse("redis://site:p%40ss@cache.example:7000/3") else {
            panic!("not a single server");
        };
        assert_eq!(server.addr().to_string(), "cache.example:7000");
        let settings = server.redis_settings();
        assert_eq!((settings.username(), settings.password(), settings.db()), (Some("site"), Some("p@ss"), 3));
    }

    #[test]
    fn a_master_under_sentinel() {
        let url = "redis+sentinel://site:p%40ss@one:26379,[::1]:26380,three/main/2?sentinel_password=s%26t";
        let Ok(Servers::Sentinel { sentinels, master, told }) = parse(url) else {
            panic!("not a master under sentinel");
        };
        assert_eq!(addresses(&sentinels), ["one:26379", "::1:26380", "three:6379"]);
        assert!(sentinels.iter().all(|sentinel| sentinel.redis_settings().password() == Some("s&t")));
        assert!(sentinels.iter().all(|sentinel| sentinel.redis_settings().username().is_none()));
        assert_eq!((told.username(), told.password(), told.db()), (Some("site"), Some("p@ss"), 2));
        assert_eq!(master, "main");
    }

    #[test]
    fn a_cluster() {
        let Ok(Servers::Cluster(nodes)) = parse("redis+cluster://:pass@one:7000,two:7001/") else {
            panic!("not a cluster");
        };
        assert_eq!(addresses(&nodes), ["one:7000", "two:7001"]);
        assert!(nodes.iter().all(|node| node.redis_settings().password() == Some("pass")));
    }

    #[test]
    fn two_letters_s_are_the_same_over_tls() {
        for rest in ["://:pass@one:7000", "+sentinel://:pass@one:7000,two:7001/main", "+cluster://one:7000,two:7001"] {
            assert!(!parse(&format!("redis{rest}")).is_ok_and(|servers| servers.use_tls()), "redis{rest}");
            assert!(parse(&format!("rediss{rest}")).is_ok_and(|servers| servers.use_tls()), "rediss{rest}");
        }
    }

    #[test]
    fn what_is_no_url_of_redis_is_refused_without_telling_the_password() {
        for bad in [
            "",
            "redis",
            "http://cache",
            "redis://",
            "redis://:hunter2@cache:port",
            "redis://:hunter2@cache/db",
            "redis+sentinel://:hunter2@one:26379",
            "redis+sentinel://:hunter2@one:26379,/main",
            "redis+sentinel://:hunter2@/main",
            "redis+sentinel://:hunter2@one/main/x",
            "redis+sentinel://:hunter2@one/main?timeout=1",
            "redis+cluster://:hunter2@one,two/1",
            "redis+cluster://:hunter2@",
            "redis+cluster://:hunter2@one?db=1",
            "rediss://:hunter2@cache/#insecure",
            "rediss+sentinel://:hunter2@one/main#insecure",
            "rediss+sentinel://:hunter2@one",
            "rediss+cluster://:hunter2@one/1",
            "redisss://:hunter2@cache",
        ] {
            let Err(error) = parse(bad) else { panic!("{bad} was taken") };
            let cause = std::error::Error::source(&error).map(ToString::to_string);
            assert!(!format!("{error} {error:?} {cause:?}").contains("hunter2"), "{error:?}");
        }
    }
}
