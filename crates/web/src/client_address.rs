//! The client address of a request: the socket's peer, or the address that trusted proxies report.

use std::{
    future::{Ready, ready},
    net::{IpAddr, Ipv4Addr, SocketAddr},
};

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header::HeaderMap};
use ipnet::IpNet;
use minsu_application::ClientAddress;

use super::{
    api_error::ApiError,
    options::{ForwardedHeader, HttpOptions},
};

/// Whether an address lies in one of the ranges. An IPv4 address that came in through an IPv6 socket
/// counts as the IPv4 address that it is.
pub fn is_in(ranges: &[IpNet], address: IpAddr) -> bool {
    let address = address.to_canonical();
    ranges.iter().any(|range| range.contains(&address))
}

/// The client's address, for handlers.
#[derive(Debug, Clone, Copy)]
pub struct Client(pub ClientAddress);

impl FromRequest for Client {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self(of(request))))
    }
}

/// The client's address. A request without a socket, which only tests make, comes from 0.0.0.0.
pub fn of(request: &HttpRequest) -> ClientAddress {
    let peer = request.peer_addr().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip());
    let address = match HttpOptions::of(request) {
        Some(options) => behind(peer, request.headers(), &options.trusted_proxies, options.forwarded_header),
        None => peer,
    };
    ClientAddress::new(address)
}

/// Walks from the socket to the client: as long as an address is that of a trusted proxy, its report about the
/// address before it is believed. Only one header is read, the one that the site's proxies write: the other may
/// come from the client itself.
fn behind(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet], header: ForwardedHeader) -> IpAddr {
    let is_trusted = |address: IpAddr| is_in(trusted, address);
    let mut client = peer;
    if !is_trusted(peer) {
        return client;
    }
    let lines: Vec<_> = headers.get_all(header.name()).map(|line| line.to_str().unwrap_or("?")).collect();
    for hop in lines.iter().rev().flat_map(|line| line.rsplit(',')) {
        let named = match header {
            ForwardedHeader::XForwardedFor => address(hop.trim()),
            ForwardedHeader::Forwarded => forwarded_for(hop),
        };
        // The walk ends at an entry that is no address.
        let Some(named) = named else { break };
        client = named;
        if !is_trusted(named) {
            break;
        }
    }
    client
}

/// The `for` of an element of `Forwarded` (RFC 7239).
fn forwarded_for(element: &str) -> Option<IpAddr> {
    let pairs = element.split(';').filter_map(|pair| pair.split_once('='));
    let (_, value) = pairs.into_iter().find(|(name, _)| name.trim().eq_ignore_ascii_case("for"))?;
    address(value.trim().trim_matches('"'))
}

/// An address as proxies write it: alone, with a port, IPv6 with or without brackets.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    bare.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|socket| socket.ip()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ForwardedHeader::{Forwarded, XForwardedFor};
    use actix_web::http::header::{HeaderName, HeaderValue};

    fn client(peer: &str, header: ForwardedHeader, lines: &[(&'static str, &str)]) -> String {
        let mut headers = HeaderMap::new();
        for (name, line) in lines {
            headers.append(HeaderName::from_static(name), HeaderValue::from_str(line).unwrap());
        }
        let trusted = ["10.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()];
        behind(peer.parse().unwrap(), &headers, &trusted, header).to_string()
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        let spoofed = [("x-forwarded-for", "1.1.1.1")];
        assert_eq!(client("192.0.2.7", XForwardedFor, &spoofed), "192.0.2.7");
        assert_eq!(client("10.0.0.1", XForwardedFor, &spoofed), "1.1.1.1");
        assert_eq!(client("10.0.0.1", XForwardedFor, &[]), "10.0.0.1");
        assert_eq!(client("::ffff:10.0.0.1", XForwardedFor, &spoofed), "1.1.1.1");
        assert_eq!(client("::ffff:11.0.0.1", XForwardedFor, &spoofed), "::ffff:11.0.0.1");
    }

    #[test]
    fn the_right_most_address_that_is_no_proxy_counts() {
        let chain = [("x-forwarded-for", "6.6.6.6, 192.0.2.7, 10.0.0.2")];
        assert_eq!(client("10.0.0.1", XForwardedFor, &chain), "192.0.2.7");
        let lines = [("x-forwarded-for", "6.6.6.6"), ("x-forwarded-for", "192.0.2.8,10.0.0.3")];
        assert_eq!(client("10.0.0.1", XForwardedFor, &lines), "192.0.2.8");
        let proxies = [("x-forwarded-for", "10.0.0.9, 10.0.0.2")];
        assert_eq!(client("::1", XForwardedFor, &proxies), "10.0.0.9");
        let garbage = [("x-forwarded-for", "6.6.6.6, unknown, 10.0.0.2")];
        assert_eq!(client("10.0.0.1", XForwardedFor, &garbage), "10.0.0.2");
    }

    #[test]
    fn the_header_that_no_proxy_writes_is_not_read() {
        let both = [("x-forwarded-for", "6.6.6.6"), ("forwarded", "for=192.0.2.7")];
        assert_eq!(client("10.0.0.1", Forwarded, &both), "192.0.2.7");
        assert_eq!(client("10.0.0.1", XForwardedFor, &both), "6.6.6.6");
    }

    #[test]
    fn every_spelling_of_an_address_is_read() {
        for (element, expected) in [
            ("for=192.0.2.7;proto=https;by=10.0.0.1", "192.0.2.7"),
            ("proto=https; For=\"192.0.2.7:4711\"", "192.0.2.7"),
            ("for=\"[2001:db8::7]:4711\"", "2001:db8::7"),
            ("for=_hidden", "10.0.0.1"),
            ("proto=https", "10.0.0.1"),
        ] {
            assert_eq!(client("10.0.0.1", Forwarded, &[("forwarded", element)]), expected, "{element}");
        }
        for (text, expected) in
            [("[2001:db8::7]", "2001:db8::7"), ("2001:db8::7", "2001:db8::7"), ("192.0.2.7:80", "192.0.2.7")]
        {
            assert_eq!(client("10.0.0.1", XForwardedFor, &[("x-forwarded-for", text)]), expected);
        }
    }
}
