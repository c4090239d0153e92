//! Where a login may lead: never to a stranger.

use url::Url;

/// What is known about this server.
pub struct Rules<'a> {
    /// Domain of the environment (`tt02.altinn.no`), with all its subdomains.
    pub domain: &'a str,
    /// Scheme, host and port by which the browser reached us.
    pub own_base: &'a str,
    /// The sandbox also leads to programs on the same machine.
    pub loopback: bool,
}

/// The address to go to, normalised, or `None` when it is not one of ours.
pub fn allowed(goto: &str, rules: &Rules<'_>) -> Option<String> {
    let own = Url::parse(rules.own_base).ok()?;
    let url = match Url::parse(goto) {
        Ok(url) => url,
        // The parser treats `//host` and `/\host` as other hosts, which the comparison of origins then refuses.
        Err(url::ParseError::RelativeUrlWithoutBase) if goto.starts_with('/') => own.join(goto).ok()?,
        Err(_) => return None,
    };
    if !url.username().is_empty() || url.password().is_some() {
        return None;
    }
    if url.origin() == own.origin() {
        return Some(url.into());
    }
    let ours = match (url.scheme(), url.host()?) {
        ("https", url::Host::Domain(host)) => {
            let sub = host.strip_suffix(rules.domain).filter(|_| !rules.domain.is_empty());
            sub.is_some_and(|sub| sub.is_empty() || sub.ends_with('.'))
        }
        _ => false,
    };
    let local = rules.loopback && matches!(url.scheme(), "http" | "https") && is_loopback(&url.host()?);
    (ours || local).then(|| url.into())
}

fn is_loopback(host: &url::Host<&str>) -> bool {
    match host {
        url::Host::Domain(name) => *name == "localhost" || name.ends_with(".localhost"),
        url::Host::Ipv4(ip) => ip.is_loopback(),
        url::Host::Ipv6(ip) => ip.is_loopback(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: Rules<'static> =
        Rules { domain: "tt02.altinn.no", own_base: "http://127.0.0.1:8080", loopback: false };

    #[test]
    fn own_addresses_are_good() {
        for goto in [
            "https://tt02.altinn.no/",
            "https://ttd.apps.tt02.altinn.no/ttd/app#/x",
            "http://127.0.0.1:8080/innboks",
            "/innboks?view=1",
        ] {
            assert!(allowed(goto, &RULES).is_some(), "{goto}");
        }
        assert_eq!(allowed("/a/../b", &RULES).as_deref(), Some("http://127.0.0.1:8080/b"));
        assert!(allowed("http://localhost:9000/", &Rules { loopback: true, ..RULES }).is_some());
    }

    #[test]
    fn strangers_are_refused() {
        for goto in [
            "",
            "innboks",
            "http://tt02.altinn.no/",
            "https://eviltt02.altinn.no/",
            "https://tt02.altinn.no.evil.example/",
            "https://user@tt02.altinn.no/",
            "https://evil.example\\@tt02.altinn.no/",
            "//evil.example/",
            "/\\evil.example/",
            "/\t/evil.example/",
            "javascript:alert(1)",
            "http://localhost:9000/",
        ] {
            assert_eq!(allowed(goto, &RULES), None, "{goto}");
        }
    }
}
