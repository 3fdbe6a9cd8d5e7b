//! Which URLs are called.

use std::{net::IpAddr, sync::Arc};

use url::{Host, Url};

use super::{error::OutboundError, reach::Reach};

/// Which URLs are called: by default `https` with its usual port, at addresses of the internet.
#[derive(Debug, Clone, Default)]
pub struct OutboundRules {
    /// Whether `http` is called, too, with its usual port.
    pub allow_http: bool,
    /// Whether this machine is called, by `https` or `http` and on any port: for development and tests.
    pub allow_loopback: bool,
    /// The URLs of this site, which does not call itself: hosts, and for those of loopback their port.
    pub own_urls: Vec<Url>,
    /// The addresses of this site.
    pub own_addresses: Arc<[IpAddr]>,
}

impl OutboundRules {
    /// Checks all of a URL that can be checked without a look-up. What comes back must be kept to by the resolver.
    pub(super) fn reach(&self, url: &Url) -> Result<Reach, OutboundError> {
        let host = url.host().ok_or(OutboundError::Url)?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(OutboundError::UserInfo);
        }
        let refused = match url.scheme() {
            "https" => None,
            "http" => (!self.allow_http).then_some(OutboundError::Scheme),
            _ => return Err(OutboundError::Scheme),
        };
        // A URL has a port only where it is not that of its scheme.
        let refused = refused.or(url.port().map(|_| OutboundError::Port));
        let reach = match (refused, self.allow_loopback) {
            (None, false) => Reach::Global,
            (None, true) => Reach::GlobalOrLoopback,
            (Some(_), true) => Reach::Loopback,
            (Some(error), false) => return Err(error),
        };
        let literal = match host {
            Host::Domain(_) => None,
            Host::Ipv4(address) => Some(IpAddr::V4(address)),
            Host::Ipv6(address) => Some(IpAddr::V6(address)),
        };
        let is_right = literal.is_none_or(|address| reach.admits(address) && !self.own_addresses.contains(&address));
        if !is_right || self.is_own(url) {
            // A URL that only loopback may have is told what is wrong with it elsewhere.
            return Err(refused.filter(|_| !is_right).unwrap_or(OutboundError::Address));
        }
        Ok(reach)
    }

    fn is_own(&self, url: &Url) -> bool {
        self.own_urls.iter().any(|own| {
            let is_same_host = plain_host(own) == plain_host(url);
            is_same_host && (!is_loopback(url) || own.port_or_known_default() == url.port_or_known_default())
        })
    }
}

/// A host without the dot that may stand behind it.
fn plain_host(url: &Url) -> Option<String> {
    url.host_str().map(|host| host.trim_end_matches('.').to_ascii_lowercase())
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.trim_end_matches('.') == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reach(rules: &OutboundRules, url: &str) -> Result<Reach, OutboundError> {
        rules.reach(&Url::parse(url).unwrap())
    }

    #[test]
    fn only_https_on_its_port_at_public_hosts_is_called() {
        use OutboundError::{Address, Port, Scheme, UserInfo};
        let rules = OutboundRules {
            own_urls: vec![Url::parse("https://minsu.example/").unwrap()],
            own_addresses: Arc::new(["1.2.3.4".parse().unwrap()]),
            ..OutboundRules::default()
        };
        for url in
            ["https://a.example/c.ics", "https://a.example:443/", "https://1.1.1.1/", "https://[2606:4700::1111]/"]
        {
            assert_eq!(reach(&rules, url), Ok(Reach::Global), "{url}");
        }
        for (url, error) in [
            ("http://a.example/", Scheme),
            ("ftp://a.example/", Scheme),
            ("gopher://a.example/", Scheme),
            ("file://a.example/etc/passwd", Scheme),
            ("https://a.example:8443/", Port),
            ("https://a.example:22/", Port),
            ("https://user@a.example/", UserInfo),
            ("https://:secret@a.example/", UserInfo),
            ("https://127.0.0.1/", Address),
            ("https://2130706433/", Address),
            ("https://0x7f.1/", Address),
            ("https://0177.0.0.1/", Address),
            ("https://0/", Address),
            ("https://１２７.0.0.1/", Address),
            ("https://169.254.169.254/latest/meta-data", Address),
            ("https://100.100.100.200/", Address),
            ("https://[::1]/", Address),
            ("https://[::ffff:1.1.1.1]/", Address),
            ("https://[64:ff9b::7f00:1]/", Address),
            ("https://[fd00:ec2::254]/", Address),
            ("https://minsu.example/calendars/x.ics", Address),
            ("https://MINSU.example./", Address),
            ("https://1.2.3.4/", Address),
        ] {
            assert_eq!(reach(&rules, url), Err(error), "{url}");
        }
        assert_eq!(reach(&rules, "data:text/calendar,x"), Err(OutboundError::Url));
    }

    #[test]
    fn http_and_loopback_are_settings_of_their_own() {
        let http = OutboundRules { allow_http: true, ..OutboundRules::default() };
        assert_eq!(reach(&http, "http://a.example/"), Ok(Reach::Global));
        assert_eq!(reach(&http, "http://a.example:443/"), Err(OutboundError::Port));
        let loopback = OutboundRules {
            allow_loopback: true,
            own_urls: vec![Url::parse("http://127.0.0.1:8000/").unwrap()],
            ..OutboundRules::default()
        };
        for (url, expected) in [
            ("https://a.example/", Ok(Reach::GlobalOrLoopback)),
            ("http://127.0.0.1:9000/", Ok(Reach::Loopback)),
            ("https://127.0.0.1/", Ok(Reach::GlobalOrLoopback)),
            ("http://localhost/", Ok(Reach::Loopback)),
            // The resolver admits loopback alone.
            ("http://a.example:9000/", Ok(Reach::Loopback)),
            ("http://127.0.0.1:8000/", Err(OutboundError::Address)),
            ("http://1.1.1.1/", Err(OutboundError::Scheme)),
            ("https://1.1.1.1:9000/", Err(OutboundError::Port)),
            ("https://10.0.0.1/", Err(OutboundError::Address)),
        ] {
            assert_eq!(reach(&loopback, url), expected, "{url}");
        }
    }
}
