//! Outbound HTTP: time-outs, no redirects, and no way into addresses that only this machine can reach.

use http::HeaderValue;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;
use telemetry::span::{self, Kind, Value};
use telemetry::trace::current;

/// The client for every call that leaves the server. Webhook targets are chosen by strangers, so each address is checked after
/// the name has been resolved.
#[derive(Debug, Clone)]
pub struct HttpClient {
    inner: reqwest::Client,
    allow_loopback: bool,
}

/// Why a call did not give an answer.
#[derive(Debug, thiserror::Error)]
pub enum OutboundError {
    /// The address may not be called.
    #[error("{0} is not an address that may be called")]
    Forbidden(String),
    /// The call failed.
    #[error(transparent)]
    Failed(#[from] reqwest::Error),
}

impl HttpClient {
    /// A client by the configuration; loopback is never allowed in production.
    pub fn new(config: &config::Config) -> Result<Self, OutboundError> {
        // A second installation of the same provider is no error worth telling.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let allow_loopback = config.is_sandbox() && config.outbound.allow_loopback;
        let timeout = Duration::from_secs(config.outbound.timeout_seconds);
        let inner = reqwest::Client::builder()
            .connect_timeout(timeout)
            .timeout(timeout)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .dns_resolver(std::sync::Arc::new(Guarded { allow_loopback }))
            .user_agent(concat!("allting/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self { inner, allow_loopback })
    }

    /// A POST request to `url`, to be completed and sent; the scheme is http or https and a literal address is checked here.
    pub fn post(&self, url: &url::Url) -> Result<reqwest::RequestBuilder, OutboundError> {
        self.check(url)?;
        Ok(self.inner.post(url.clone()))
    }

    /// Sends a request of [`post`](Self::post) as part of the trace under way.
    pub async fn send(&self, request: reqwest::RequestBuilder) -> reqwest::Result<reqwest::Response> {
        let request = request.build()?;
        let host = request.url().host_str().unwrap_or_default().to_owned();
        let work = async {
            let mut request = request;
            if let Some(parent) = current().and_then(|trace| HeaderValue::from_str(&trace.parent()).ok()) {
                request.headers_mut().insert("traceparent", parent);
            }
            self.inner.execute(request).await
        };
        span::part(Kind::Client, "POST", work, |done, told| {
            told.failed = !done.as_ref().is_ok_and(|answer| answer.status().is_success());
            // Of the address the host alone: consumers put secrets into paths and queries.
            told.attributes.push(("server.address", Value::Text(host.into())));
            if let Ok(answer) = done {
                let status = answer.status().as_u16();
                told.attributes.push(("http.response.status_code", Value::Number(status.into())));
            }
        })
        .await
    }

    /// May `url` be called, as far as can be told without resolving its name.
    pub fn check(&self, url: &url::Url) -> Result<(), OutboundError> {
        let forbidden = || OutboundError::Forbidden(url.host_str().unwrap_or_default().to_owned());
        let plain_ok = self.allow_loopback;
        let scheme_ok = url.scheme() == "https" || (plain_ok && url.scheme() == "http");
        if !scheme_ok || !url.username().is_empty() || url.password().is_some() {
            return Err(forbidden());
        }
        match url.host() {
            Some(url::Host::Ipv4(ip)) if !may_call(ip.into(), self.allow_loopback) => Err(forbidden()),
            Some(url::Host::Ipv6(ip)) if !may_call(ip.into(), self.allow_loopback) => Err(forbidden()),
            Some(_) => Ok(()),
            None => Err(forbidden()),
        }
    }
}

/// Resolves names and leaves out addresses that may not be called.
#[derive(Debug)]
struct Guarded {
    allow_loopback: bool,
}

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let allow_loopback = self.allow_loopback;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let allowed: Vec<SocketAddr> =
                found.filter(|address| may_call(address.ip(), allow_loopback)).collect();
            if allowed.is_empty() {
                return Err(Box::from(OutboundError::Forbidden(name.as_str().to_owned())));
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

fn may_call(ip: IpAddr, allow_loopback: bool) -> bool {
    match ip {
        IpAddr::V4(ip) if ip.is_loopback() => allow_loopback,
        IpAddr::V4(ip) => public_v4(ip),
        IpAddr::V6(ip) if ip.is_loopback() => allow_loopback,
        IpAddr::V6(ip) => match ip.to_ipv4_mapped() {
            Some(mapped) => may_call(mapped.into(), allow_loopback),
            None => public_v6(ip),
        },
    }
}

fn public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let shared = a == 100 && (64..128).contains(&b);
    let protocols = a == 192 && b == 0 && c == 0;
    let benchmarks = a == 198 && (b == 18 || b == 19);
    !(ip.is_private()
        || ip.is_link_local()
        || ip.is_unspecified()
        || ip.is_multicast()
        || shared
        || protocols
        || benchmarks
        || a == 0
        || a >= 240)
}

/// Global unicast (RFC 4291), except what leads to an IPv4 address in disguise: Teredo, 6to4, local NAT64. The well-known NAT64
/// prefix lies outside, as do IPv4-compatible, unique local, link-local, site-local and multicast addresses.
fn public_v6(ip: Ipv6Addr) -> bool {
    let [a, b, ..] = ip.segments();
    let teredo = a == 0x2001 && b == 0;
    let six_to_four = a == 0x2002;
    (a & 0xe000) == 0x2000 && !teredo && !six_to_four
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_addresses_may_be_called_and_loopback_when_allowed() {
        let may = |ip: &str, loopback| may_call(ip.parse().unwrap(), loopback);
        for ip in [
            "10.0.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "::",
            "fe80::1",
            "fd00::1",
            "::ffff:10.0.0.1",
            "192.0.0.8",
            "198.18.0.1",
            "240.0.0.1",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::a00:1",
            "2002:7f00:1::",
            "2001:0:a00:1::",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!may(ip, true), "{ip}");
        }
        for ip in ["127.0.0.1", "::1", "::ffff:127.0.0.1"] {
            assert!(may(ip, true) && !may(ip, false), "{ip}");
        }
        assert!(may("203.0.113.9", false) && may("2001:db8::1", false));
    }

    #[test]
    fn addresses_that_hide_something_are_refused() {
        let config = config::Config::load(None, std::iter::empty(), &vec![]).unwrap();
        let client = HttpClient::new(&config).unwrap();
        for url in [
            "ftp://example.com/",
            "https://user@example.com/",
            "https://:secret@example.com/",
            "https://0xa000001/",
            "https://167772161/",
            "https://012.0.0.1/",
            "https://[::ffff:a00:1]/",
            "data:text/plain,x",
        ] {
            assert!(client.check(&url.parse().unwrap()).is_err(), "{url}");
        }
        assert!(client.check(&"https://example.com/hook".parse().unwrap()).is_ok());
    }
}
