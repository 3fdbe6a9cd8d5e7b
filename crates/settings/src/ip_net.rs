//! Ranges of IP addresses.

use std::{fmt, net::IpAddr, str::FromStr};

use serde::{Serialize, Serializer};
use thiserror::Error;

/// An address or a range of addresses: `10.0.0.7`, `10.0.0.0/8`, `fd00::/8`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IpNet(pub ipnet::IpNet);

/// Not an address, or more bits than it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("must be an address or a range such as 10.0.0.0/8")]
pub struct IpNetError;

impl FromStr for IpNet {
    type Err = IpNetError;

    fn from_str(text: &str) -> Result<Self, IpNetError> {
        let range = match text.parse::<IpAddr>() {
            Ok(address) => address.into(),
            Err(_) => text.parse().map_err(|_| IpNetError)?,
        };
        Ok(Self(range))
    }
}

impl fmt::Display for IpNet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for IpNet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_holds_its_addresses_only() {
        for (net, inside, outside) in [
            ("10.0.0.7", "10.0.0.7", "10.0.0.6"),
            ("10.0.0.0/8", "10.255.0.1", "11.0.0.0"),
            ("192.168.1.128/25", "192.168.1.255", "192.168.1.127"),
            ("fd00::/8", "fdff::1", "fe00::1"),
            ("::1", "::1", "127.0.0.1"),
        ] {
            let range: IpNet = net.parse().unwrap();
            assert!(range.0.contains(&inside.parse::<IpAddr>().unwrap()), "{net} {inside}");
            assert!(!range.0.contains(&outside.parse::<IpAddr>().unwrap()), "{net} {outside}");
        }
        for (text, printed) in [("10.0.0.7", "10.0.0.7/32"), ("::1", "::1/128"), ("10.1.2.3/8", "10.1.2.3/8")] {
            assert_eq!(text.parse::<IpNet>().unwrap().to_string(), printed);
        }
    }

    #[test]
    fn other_texts_are_refused() {
        for bad in ["", "10.0.0.0/33", "::/129", "10.0.0/8", "localhost", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8/8"] {
            assert_eq!(bad.parse::<IpNet>(), Err(IpNetError), "{bad:?}");
        }
    }
}
