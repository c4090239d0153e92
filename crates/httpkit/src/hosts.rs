//! From the address of a request to the role that answers it.

use crate::origin::OwnHosts;
use crate::role::SERVICES;
use crate::{Origin, Role};
use http::{HeaderMap, Uri, header, uri::Authority};
use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

/// Why an address was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HostError {
    /// Several hosts, user information, or not a host at all: 400.
    Malformed(&'static str),
    /// A host that this server does not answer for: 421, against DNS rebinding.
    Unknown,
}

/// Where a request goes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// Every role that has a prefix, by its prefix.
    Shared,
    /// One role alone; `strip` is the length of `/_host/{label}` in the path.
    Role { role: Role, strip: usize },
}

/// All host names that the server answers for.
pub(crate) struct HostTable {
    by_host: HashMap<String, Role>,
    by_label: HashMap<&'static str, Role>,
    own: Arc<OwnHosts>,
    /// Do all roles answer on the public host.
    one_origin: bool,
    public: Authority,
    public_url: String,
    trusted: Vec<IpAddr>,
    trust_loopback: bool,
}

impl HostTable {
    pub(crate) fn new(config: &config::Config, public_url: &str, roles: &[Role]) -> Result<Self, String> {
        let public: Uri =
            public_url.parse().map_err(|_| format!("public_url {public_url:?} is not a URL"))?;
        let public =
            public.authority().cloned().ok_or_else(|| format!("public_url {public_url:?} has no host"))?;
        let (mut by_host, mut own) = (HashMap::new(), OwnHosts::default());
        for role in roles {
            let hosts = role.hosts(config);
            if let Some(first) = hosts.first() {
                own.first.insert(*role, first.clone());
            }
            for host in hosts {
                by_host.insert(without_port(&host).to_owned(), *role);
            }
        }
        own.domain = Role::login_domain(config);
        let known = |label: &str| label == SERVICES || roles.iter().any(|role| role.label() == label);
        if let Some(unknown) = config.hosts.keys().find(|label| !known(label)) {
            return Err(format!("hosts.{unknown}: no role is called so; `allting doctor` lists them"));
        }
        Ok(Self {
            by_host,
            own: Arc::new(own),
            one_origin: config.is_sandbox() || config.server.one_origin,
            by_label: roles.iter().map(|role| (role.label(), *role)).collect(),
            public,
            public_url: public_url.to_owned(),
            trusted: config.server.trusted_proxies.clone(),
            trust_loopback: config.is_sandbox(),
        })
    }

    /// (host name, role) of every role with a name of its own, sorted.
    pub(crate) fn names(&self) -> Vec<(String, Role)> {
        let mut names: Vec<_> = self.by_host.iter().map(|(host, role)| (host.clone(), *role)).collect();
        names.sort();
        names
    }

    /// Resolves the role and the address that the client sees.
    pub(crate) fn resolve(
        &self,
        peer: SocketAddr,
        uri: &Uri,
        headers: &HeaderMap,
    ) -> Result<(Target, Origin), HostError> {
        let trusted = self.is_trusted(peer.ip());
        let forwarded = if trusted { single(headers, "x-forwarded-host")? } else { None };
        let host = match forwarded {
            Some(host) => host,
            None => match single(headers, header::HOST.as_str())? {
                Some(host) => host,
                None => {
                    uri.authority().map(Authority::as_str).ok_or(HostError::Malformed("no Host header"))?
                }
            },
        };
        let authority = parse(host)?;
        let scheme = match if trusted { single(headers, "x-forwarded-proto")? } else { None } {
            None => self.public_url.split(':').next().unwrap_or("http"),
            Some("https") => "https",
            Some("http") => "http",
            Some(_) => return Err(HostError::Malformed("X-Forwarded-Proto is http or https")),
        };
        let base = format!("{scheme}://{authority}");
        let name = authority.host().to_ascii_lowercase();
        if let Some(role) = self.by_host.get(&name) {
            let own = Some(self.own.clone());
            return Ok((Target::Role { role: *role, strip: 0 }, Origin { base, prefix: String::new(), own }));
        }
        let ours = (self.one_origin && name == self.public.host().to_ascii_lowercase())
            || (self.trust_loopback && is_loopback(&name));
        if !ours {
            return Err(HostError::Unknown);
        }
        if let Some(rest) = uri.path().strip_prefix("/_host/") {
            let label = rest.split('/').next().unwrap_or_default();
            let role = self.by_label.get(label).copied().ok_or(HostError::Unknown)?;
            let prefix = format!("/_host/{label}");
            return Ok((Target::Role { role, strip: prefix.len() }, Origin { base, prefix, own: None }));
        }
        Ok((Target::Shared, Origin { base, prefix: String::new(), own: None }))
    }

    /// Is the peer a proxy whose headers are believed.
    pub(crate) fn is_trusted(&self, peer: IpAddr) -> bool {
        self.trusted.contains(&peer) || (self.trust_loopback && peer.is_loopback())
    }
}

fn without_port(host: &str) -> &str {
    host.split(':').next().unwrap_or_default()
}

fn is_loopback(name: &str) -> bool {
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    name == "localhost"
        || name.ends_with(".localhost")
        || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// The one value of a header. Several, or a list, is malformed: which of them is meant cannot be known.
fn single<'h>(headers: &'h HeaderMap, name: &str) -> Result<Option<&'h str>, HostError> {
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else { return Ok(None) };
    let text = value.to_str().map_err(|_| HostError::Malformed("a host header is not ASCII"))?;
    if values.next().is_some() || text.contains(',') {
        return Err(HostError::Malformed("several values of a host header"));
    }
    Ok(Some(text.trim()))
}

fn parse(host: &str) -> Result<Authority, HostError> {
    if host.contains('@') {
        return Err(HostError::Malformed("user information in the host"));
    }
    let authority: Authority = host.parse().map_err(|_| HostError::Malformed("not a host name"))?;
    // As a browser reads it: `Authority` lets through what no address can be, such as an IPv4 address in brackets.
    url::Host::parse(authority.host()).map_err(|_| HostError::Malformed("not a host name"))?;
    // `Authority` keeps a port that is not a number; an absent port is fine, a bad one is not.
    let after = host.rsplit_once(']').map_or(host, |(_, rest)| rest);
    if after.contains(':') && authority.port_u16().is_none_or(|port| port == 0) {
        return Err(HostError::Malformed("not a port number"));
    }
    Ok(authority)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn table() -> HostTable {
        let config = config::Config::load(None, std::iter::empty(), &vec![]).unwrap();
        let roles = [Role::PLATFORM, Role::MASKINPORTEN, Role::service("innrapporteringboligsameie")];
        HostTable::new(&config, "http://127.0.0.1:8080", &roles).unwrap()
    }

    #[test]
    fn production_answers_for_the_names_of_its_table_alone() {
        let own = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        let mut config = config::Config::load(
            None,
            std::iter::empty(),
            &vec![
                own("hosts.portal", "af.altinn.example.no:8443"),
                own("hosts.platform", "platform.altinn.example.no:8443"),
                own("hosts.services", "skatt.example.no"),
            ],
        )
        .unwrap();
        config.profile = config::Profile::Production;
        let service = Role::service("innrapporteringboligsameie");
        let roles = [Role::PORTAL, Role::PLATFORM, Role::MASKINPORTEN, service];
        let table = HostTable::new(&config, "https://af.altinn.example.no:8443", &roles).unwrap();
        let resolve = |host: &str, path: &str| {
            let headers = HeaderMap::from_iter([(header::HOST, HeaderValue::from_str(host).unwrap())]);
            table.resolve(SocketAddr::from(([127, 0, 0, 1], 1)), &path.parse().unwrap(), &headers)
        };
        let (target, origin) = resolve("AF.altinn.example.no:8443", "/").unwrap();
        assert_eq!(target, Target::Role { role: Role::PORTAL, strip: 0 });
        assert_eq!(origin.of(Role::PLATFORM), "https://platform.altinn.example.no:8443");
        assert_eq!(origin.login_domain(), Some("altinn.example.no"));
        let (target, origin) = resolve("innrapporteringboligsameie.skatt.example.no", "/v1/2023").unwrap();
        assert_eq!((target, origin.login_domain()), (Target::Role { role: service, strip: 0 }, None));
        for stranger in [
            "localhost",
            "127.0.0.1",
            "maskinporten.no",
            "test.maskinporten.no",
            "platform.prod.altinn.no",
            "altinn.example.no",
        ] {
            assert_eq!(resolve(stranger, "/").err(), Some(HostError::Unknown), "{stranger}");
        }
        config.hosts.insert("portla".into(), "x.example.no".into());
        assert!(HostTable::new(&config, "https://x", &roles).err().unwrap().contains("hosts.portla"));
    }

    fn resolve(path: &str, headers: &[(&'static str, &str)], peer: &str) -> Result<Target, HostError> {
        let headers = headers
            .iter()
            .map(|(name, value)| {
                (header::HeaderName::from_static(name), HeaderValue::from_str(value).unwrap())
            })
            .fold(HeaderMap::new(), |mut map, (name, value)| {
                map.append(name, value);
                map
            });
        let peer = SocketAddr::new(peer.parse().unwrap(), 1);
        table().resolve(peer, &path.parse().unwrap(), &headers).map(|(target, _)| target)
    }

    #[test]
    fn a_real_host_name_and_its_label_lead_to_the_same_role() {
        let role = Role::service("innrapporteringboligsameie");
        let host = "innrapporteringboligsameie.api.skatteetaten-test.no";
        assert_eq!(resolve("/v1/2023", &[("host", host)], "127.0.0.1"), Ok(Target::Role { role, strip: 0 }));
        let found =
            resolve("/_host/innrapporteringboligsameie/v1/2023", &[("host", "localhost:8080")], "127.0.0.1");
        assert_eq!(found, Ok(Target::Role { role, strip: 33 }));
        assert_eq!(
            resolve("/", &[("host", "a"), ("x-forwarded-host", host)], "127.0.0.1"),
            Ok(Target::Role { role, strip: 0 })
        );
    }

    #[test]
    fn forwarded_hosts_are_believed_from_trusted_peers_only() {
        let headers = [("host", "127.0.0.1:8080"), ("x-forwarded-host", "test.maskinporten.no")];
        assert_eq!(resolve("/", &headers, "192.0.2.7"), Ok(Target::Shared));
    }

    #[test]
    fn doubtful_hosts_are_refused() {
        let malformed = |headers: &[(&'static str, &str)]| {
            assert!(
                matches!(resolve("/", headers, "127.0.0.1"), Err(HostError::Malformed(_))),
                "{headers:?}"
            );
        };
        malformed(&[]);
        malformed(&[("host", "user@localhost")]);
        malformed(&[("host", "localhost:99999")]);
        malformed(&[("host", "localhost:x")]);
        malformed(&[("host", "[127.0.0.1]")]);
        malformed(&[("host", "localhost"), ("host", "localhost")]);
        malformed(&[("host", "localhost"), ("x-forwarded-host", "a.no, b.no")]);
        assert_eq!(resolve("/", &[("host", "evil.example")], "127.0.0.1"), Err(HostError::Unknown));
        assert_eq!(
            resolve("/_host/nobody/x", &[("host", "localhost")], "127.0.0.1"),
            Err(HostError::Unknown)
        );
    }

    proptest::proptest! {
        /// Whoever is let in came by a name of ours, and links lead back to that name.
        #[test]
        fn only_names_of_ours_get_in(host in "([a-z0-9.:@/\\\\#?%-]|localhost|127\\.0\\.0\\.1|test\\.maskinporten\\.no|\\[|\\]){0,6}") {
            let Ok(value) = HeaderValue::from_str(&host) else { return Ok(()) };
            let headers = HeaderMap::from_iter([(header::HOST, value)]);
            let peer = SocketAddr::from(([192, 0, 2, 7], 1));
            if let Ok((_, origin)) = table().resolve(peer, &Uri::from_static("/"), &headers) {
                let url = url::Url::parse(&origin.base).unwrap();
                let name = url.host_str().unwrap();
                proptest::prop_assert!(is_loopback(name) || table().by_host.contains_key(name), "{host} is {name}");
                proptest::prop_assert!(url.username().is_empty() && url.path() == "/" && url.query().is_none());
            }
        }
    }
}
