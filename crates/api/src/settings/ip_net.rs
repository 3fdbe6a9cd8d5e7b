//! Ranges of IP addresses.

use std::{fmt, net::IpAddr, str::FromStr};

use serde::{Serialize, Serializer};
use thiserror::Error;

/// An address or a range of addresses: `10.0.0.7`, `10.0.0.0/8`, `fd00::/8`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IpNet {
    address: IpAddr,
    prefix: u8,
}

/// Not an address, or more bits than it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("must be an address or a range such as 10.0.0.0/8")]
pub struct IpNetError;

impl IpNet {
    /// Whether an address lies in the range. An IPv4 address that came in through an IPv6 socket
    /// counts as the IPv4 address that it is.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(net), IpAddr::V4(address)) => {
                let ignored = 32 - u32::from(self.prefix);
                (net.to_bits() ^ address.to_bits()).checked_shr(ignored).unwrap_or(0) == 0
            }
            (IpAddr::V6(net), IpAddr::V6(address)) => {
                let ignored = 128 - u32::from(self.prefix);
                (net.to_bits() ^ address.to_bits()).checked_shr(ignored).unwrap_or(0) == 0
            }
            _ => false,
        }
    }
}

impl FromStr for IpNet {
    type Err = IpNetError;

    fn from_str(text: &str) -> Result<Self, IpNetError> {
        let (address, prefix) = text.split_once('/').map_or((text, None), |(address, prefix)| (address, Some(prefix)));
        let address: IpAddr = address.parse().map_err(|_| IpNetError)?;
        let bits = if address.is_ipv4() { 32 } else { 128 };
        match prefix.map_or(Ok(bits), str::parse) {
            Ok(prefix) if prefix <= bits => Ok(Self { address, prefix }),
            _ => Err(IpNetError),
        }
    }
}

impl fmt::Display for IpNet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix)
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
            ("10.0.0.0/8", "::ffff:10.1.2.3", "::ffff:11.1.2.3"),
            ("fd00::/8", "fdff::1", "fe00::1"),
            ("::1", "::1", "127.0.0.1"),
        ] {
            let range: IpNet = net.parse().unwrap();
            assert!(range.contains(inside.parse().unwrap()), "{net} {inside}");
            assert!(!range.contains(outside.parse().unwrap()), "{net} {outside}");
        }
        assert!("0.0.0.0/0".parse::<IpNet>().unwrap().contains([1, 2, 3, 4].into()));
        assert!("::/0".parse::<IpNet>().unwrap().contains("fe80::1".parse().unwrap()));
    }

    #[test]
    fn other_texts_are_refused() {
        for bad in ["", "10.0.0.0/33", "::/129", "10.0.0/8", "localhost", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8/8"] {
            assert_eq!(bad.parse::<IpNet>(), Err(IpNetError), "{bad:?}");
        }
    }
}
