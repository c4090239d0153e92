//! Where a request comes from, seen past our own proxies.

use axum::extract::Request;
use http::HeaderMap;
use std::net::{IpAddr, Ipv4Addr};

/// Address of the client itself: the last one that `X-Forwarded-For` names before our own proxies, else the peer's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientAddress(pub IpAddr);

impl ClientAddress {
    /// From right to left, as long as those who wrote the list are believed. Nobody else's word counts.
    pub(crate) fn new(peer: IpAddr, headers: &HeaderMap, is_trusted: impl Fn(IpAddr) -> bool) -> Self {
        let mut address = peer;
        let lines: Vec<&str> =
            headers.get_all("x-forwarded-for").iter().filter_map(|line| line.to_str().ok()).collect();
        for text in lines.iter().rev().flat_map(|line| line.rsplit(',')) {
            if !is_trusted(address) {
                break;
            }
            match text.trim().parse() {
                Ok(before) => address = before,
                Err(_) => break,
            }
        }
        Self(address)
    }

    /// The address of a request that the server has taken.
    pub(crate) fn of(request: &Request) -> Self {
        let nowhere = Self(Ipv4Addr::UNSPECIFIED.into());
        request.extensions().get::<Self>().copied().unwrap_or(nowhere)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    #[test]
    fn only_what_trusted_proxies_wrote_counts() {
        let of = |peer: &str, lists: &[&'static str]| {
            let lists =
                lists.iter().map(|list| ("x-forwarded-for".parse().unwrap(), HeaderValue::from_static(list)));
            let headers = lists.fold(HeaderMap::new(), |mut headers, (name, value)| {
                let name: http::HeaderName = name;
                headers.append(name, value);
                headers
            });
            let trusted: [IpAddr; 2] = ["10.0.0.1".parse().unwrap(), "10.0.0.2".parse().unwrap()];
            ClientAddress::new(peer.parse().unwrap(), &headers, |peer| trusted.contains(&peer)).0.to_string()
        };
        assert_eq!(of("192.0.2.1", &["198.51.100.7"]), "192.0.2.1", "hearsay");
        assert_eq!(of("10.0.0.1", &[]), "10.0.0.1");
        assert_eq!(of("10.0.0.1", &["198.51.100.7"]), "198.51.100.7");
        assert_eq!(of("10.0.0.1", &["203.0.113.9, 198.51.100.7, 10.0.0.2"]), "198.51.100.7");
        assert_eq!(of("10.0.0.1", &["203.0.113.9, 198.51.100.7", "10.0.0.2"]), "198.51.100.7");
        assert_eq!(of("10.0.0.1", &["198.51.100.7, nonsense"]), "10.0.0.1");
    }
}
