//! Where a request comes from: the one function that says so, for sessions, the audit log and the throttle.
//!
//! A proxy tells the client's address in a header, and anyone can send that header. So it is believed only where the
//! connection comes from a proxy that is known, and read from its right end, to which each proxy has added whom it heard
//! from, for as long as those are known proxies too. Only the header that the proxies write is looked at: the other one
//! would pass through them as the client sent it.

use crate::config::Config;
use actix_web::HttpRequest;
use actix_web::http::header::{HeaderMap, HeaderName};
use actix_web::web::Data;
use masthead_domain::vocabulary;
use std::net::{IpAddr, SocketAddr};

vocabulary! {
    /// The header in which proxies tell the client's address.
    ProxyHeader {
        XForwardedFor = "x-forwarded-for",
        Forwarded = "forwarded",
    }
}

/// A range of addresses, like `10.0.0.0/8`; an address by itself is one too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix: u8,
}

impl Network {
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address.parse().ok()?, Some(prefix.parse().ok()?)),
            None => (text.parse().ok()?, None),
        };
        let bits = if matches!(address, IpAddr::V4(_)) { 32 } else { 128 };
        let prefix = prefix.unwrap_or(bits);
        (prefix <= bits).then_some(Self { address, prefix })
    }

    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        // What is left of an address when the part that names a host is cut off.
        let network_of = |bits: u128, length: u32| bits.checked_shr(length - u32::from(self.prefix)).unwrap_or(0);
        match (self.address, address) {
            (IpAddr::V4(own), IpAddr::V4(other)) => network_of(own.to_bits().into(), 32) == network_of(other.to_bits().into(), 32),
            (IpAddr::V6(own), IpAddr::V6(other)) => network_of(own.to_bits(), 128) == network_of(other.to_bits(), 128),
            _ => false,
        }
    }
}

/// The address of the client.
#[must_use]
pub fn client_ip(request: &HttpRequest) -> Option<IpAddr> {
    let peer = request.peer_addr()?.ip();
    let config = request.app_data::<Data<Config>>()?;
    Some(behind_proxies(peer, request.headers(), &config.trusted_proxies, config.proxy_header))
}

/// The address of the client as text, for what is kept.
#[must_use]
pub fn client_address(request: &HttpRequest) -> Option<String> {
    client_ip(request).map(|address| address.to_string())
}

fn behind_proxies(peer: IpAddr, headers: &HeaderMap, trusted: &[Network], header: ProxyHeader) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
    let mut address = peer.to_canonical();
    if !is_trusted(address) {
        return address;
    }
    let hops = match header {
        ProxyHeader::XForwardedFor => x_forwarded_for(headers),
        ProxyHeader::Forwarded => forwarded(headers),
    };
    for hop in hops.into_iter().rev() {
        // A proxy that does not know or does not say whom it heard from is as far as we get.
        let Some(hop) = hop else { break };
        address = hop;
        if !is_trusted(address) {
            break;
        }
    }
    address
}

/// The values of all headers of that name, in their order.
fn values(headers: &HeaderMap, name: &'static str) -> Vec<String> {
    headers.get_all(HeaderName::from_static(name)).map(|value| value.to_str().unwrap_or("?").to_owned()).collect()
}

fn x_forwarded_for(headers: &HeaderMap) -> Vec<Option<IpAddr>> {
    let values = values(headers, "x-forwarded-for");
    values.iter().flat_map(|value| value.split(',')).map(|part| parse_address(part.trim())).collect()
}

/// The `for` of each element (RFC 7239, section 4).
fn forwarded(headers: &HeaderMap) -> Vec<Option<IpAddr>> {
    let values = values(headers, "forwarded");
    let elements = values.iter().flat_map(|value| split_unquoted(value, ','));
    elements
        .map(|element| {
            let pairs = split_unquoted(element, ';').into_iter().filter_map(|pair| pair.trim().split_once('='));
            let mut named = pairs.filter(|(name, _)| name.eq_ignore_ascii_case("for"));
            let (_, node) = named.next()?;
            parse_address(node.trim().trim_matches('"'))
        })
        .collect()
}

/// Splits at a separator that does not stand between quotation marks.
fn split_unquoted(text: &str, separator: char) -> Vec<&str> {
    let mut is_quoted = false;
    text.split(move |character| {
        is_quoted ^= character == '"';
        character == separator && !is_quoted
    })
    .collect()
}

/// An address, with or without a port.
fn parse_address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    let address = bare.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()))?;
    Some(address.to_canonical())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed read is a failed test")]
    use super::*;
    use actix_web::http::header::HeaderValue;

    fn client(peer: &str, header: ProxyHeader, lines: &[&str]) -> String {
        let trusted: Vec<Network> = ["127.0.0.1", "10.0.0.0/8", "2001:db8:1::/48"].iter().filter_map(|text| Network::parse(text)).collect();
        let mut headers = HeaderMap::new();
        let name = HeaderName::from_static(if header == ProxyHeader::Forwarded { "forwarded" } else { "x-forwarded-for" });
        for line in lines {
            headers.append(name.clone(), HeaderValue::from_str(line).unwrap());
        }
        behind_proxies(peer.parse().unwrap(), &headers, &trusted, header).to_string()
    }

    #[test]
    fn a_stranger_is_not_believed() {
        for header in [ProxyHeader::XForwardedFor, ProxyHeader::Forwarded] {
            assert_eq!(client("192.0.2.1", header, &["198.51.100.7", "for=198.51.100.7"]), "192.0.2.1");
        }
    }

    #[test]
    fn the_list_is_read_from_the_right_while_it_is_trusted() {
        let x = |peer, lines: &[&str]| client(peer, ProxyHeader::XForwardedFor, lines);
        assert_eq!(x("10.1.2.3", &["198.51.100.7"]), "198.51.100.7");
        // What the client made up stands to the left.
        assert_eq!(x("10.1.2.3", &["203.0.113.9, 198.51.100.7"]), "198.51.100.7");
        assert_eq!(x("10.1.2.3", &["203.0.113.9", "198.51.100.7, 10.9.9.9", "127.0.0.1"]), "198.51.100.7");
        assert_eq!(x("::ffff:10.1.2.3", &["::ffff:198.51.100.7"]), "198.51.100.7");
        assert_eq!(x("2001:db8:1::5", &["[2001:db8:2::7]:4711"]), "2001:db8:2::7");
        assert_eq!(x("10.1.2.3", &["198.51.100.7:4711"]), "198.51.100.7");
        // Nothing, or nonsense: as far as it is known.
        assert_eq!(x("10.1.2.3", &[]), "10.1.2.3");
        assert_eq!(x("10.1.2.3", &["198.51.100.7, unknown"]), "10.1.2.3");
        assert_eq!(x("10.1.2.3", &["198.51.100.7, , 10.4.4.4"]), "10.4.4.4");
        assert_eq!(x("10.1.2.3", &["10.4.4.4, 10.5.5.5"]), "10.4.4.4");
    }

    #[test]
    fn forwarded_is_read_as_its_standard_says() {
        let f = |lines: &[&str]| client("10.1.2.3", ProxyHeader::Forwarded, lines);
        assert_eq!(f(&["for=192.0.2.60;proto=http;by=203.0.113.43"]), "192.0.2.60");
        assert_eq!(f(&["For=\"[2001:db8:cafe::17]:4711\""]), "2001:db8:cafe::17");
        assert_eq!(f(&["for=203.0.113.9, for=198.51.100.17;by=\"a,b;for=1.1.1.1\"", "for=10.4.4.4"]), "198.51.100.17");
        for hidden in ["for=unknown", "for=_hidden", "proto=https", "for=\"_a,b\""] {
            assert_eq!(f(&[&format!("for=198.51.100.17, {hidden}")]), "10.1.2.3", "{hidden}");
        }
    }

    #[test]
    fn networks_are_ranges_of_addresses() {
        let contains = |network: &str, address: &str| Network::parse(network).unwrap().contains(address.parse().unwrap());
        assert!(contains("10.0.0.0/8", "10.255.0.1") && !contains("10.0.0.0/8", "11.0.0.1"));
        assert!(contains("0.0.0.0/0", "192.0.2.1") && !contains("0.0.0.0/0", "::1"));
        assert!(contains("::/0", "2001:db8::1") && contains("2001:db8::1", "2001:db8::1") && !contains("2001:db8::1", "2001:db8::2"));
        for bad in ["", "10.0.0.0/33", "::/129", "10.0.0/8", "paper.example", "10.0.0.0/", "10.0.0.0/-1"] {
            assert_eq!(Network::parse(bad), None, "{bad}");
        }
    }
}
