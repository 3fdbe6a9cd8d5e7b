//! The network address of a client.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use minsu_domain::UserId;
use minsu_ports::Party;

/// The network address of a client, as far as the site trusts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClientAddress(IpAddr);

impl ClientAddress {
    /// Takes an address; an IPv4 address that came in through an IPv6 socket is that IPv4 address.
    pub fn new(address: IpAddr) -> Self {
        Self(address.to_canonical())
    }

    /// The address that limits count by: of IPv6 the /64, because one customer has a whole one.
    pub fn counted(self) -> IpAddr {
        match self.0 {
            IpAddr::V4(address) => address.into(),
            IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)).into(),
        }
    }
}

/// The networks that an address lies in, from the narrowest to the widest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Networks {
    /// The network of one customer or one carrier's gateway: of IPv4 the /24, of IPv6 the /56.
    pub(crate) narrow: IpAddr,
    /// What one order at a provider gets: of IPv6 the /48. IPv4 addresses have none.
    pub(crate) wide: Option<IpAddr>,
}

impl ClientAddress {
    /// For whom heavy work of this client is done: the address, of IPv6 the /56 that one customer may have.
    pub fn party(self) -> Party {
        let network = match self.0 {
            IpAddr::V4(address) => address.into(),
            IpAddr::V6(_) => self.networks().narrow,
        };
        Party { account: None, network: Some(network) }
    }

    /// For whom heavy work of this client is done who is logged in: the account and the network.
    pub fn party_of(self, account: UserId) -> Party {
        Party { account: Some(account), ..self.party() }
    }

    /// Its networks: a customer of IPv6 has up to 65,536 of the /64 that [`Self::counted`] counts by.
    pub(crate) fn networks(self) -> Networks {
        match self.0 {
            IpAddr::V4(address) => {
                let narrow = Ipv4Addr::from_bits(address.to_bits() & (u32::MAX << 8));
                Networks { narrow: narrow.into(), wide: None }
            }
            IpAddr::V6(address) => {
                let masked = |bits: u32| Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << (128 - bits)));
                Networks { narrow: masked(56).into(), wide: Some(masked(48).into()) }
            }
        }
    }
}

impl std::fmt::Display for ClientAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_are_wider_than_what_counts_as_one_customer() {
        let networks = |text: &str| ClientAddress::new(text.parse().unwrap()).networks();
        assert_eq!(networks("192.0.2.7"), networks("192.0.2.200"));
        assert_ne!(networks("192.0.2.7"), networks("192.0.3.7"));
        assert_eq!(networks("192.0.2.7").wide, None);
        let (one, other) = (networks("2001:db8:1:aa00::1"), networks("2001:db8:1:aaff::1"));
        assert_eq!(one, other);
        let far = networks("2001:db8:1:bb00::1");
        assert_ne!(one.narrow, far.narrow);
        assert_eq!(one.wide, far.wide);
        assert_ne!(one.wide, networks("2001:db8:2:aa00::1").wide);
    }

    #[test]
    fn one_customer_counts_once() {
        let counted = |text: &str| ClientAddress::new(text.parse().unwrap()).counted();
        assert_eq!(counted("2001:db8:1:2:3:4:5:6"), counted("2001:db8:1:2::9"));
        assert_ne!(counted("2001:db8:1:2::1"), counted("2001:db8:1:3::1"));
        assert_eq!(counted("::ffff:192.0.2.7"), counted("192.0.2.7"));
        assert_ne!(counted("192.0.2.7"), counted("192.0.2.8"));
    }
}
