//! What production refuses, each with what to do about it.

use crate::{Config, ConfigError};
use std::collections::HashMap;

/// Roles that production answers on hosts of their own: a page of one must not act as another.
const OWN_HOSTS: [&str; 5] = ["portal", "platform", "am-ui", "idporten", "maskinporten"];

fn refuse<T>(text: impl Into<String>) -> Result<T, ConfigError> {
    Err(ConfigError::Refused(text.into()))
}

impl Config {
    pub(crate) fn check_production(&self) -> Result<(), ConfigError> {
        let keys = &self.keys;
        for (name, value) in [
            ("keys.maskinporten", &keys.maskinporten),
            ("keys.idporten", &keys.idporten),
            ("keys.altinn", &keys.altinn),
            ("keys.dialogporten", &keys.dialogporten),
            ("keys.pepper", &keys.pepper),
            ("keys.blobs", &keys.blobs),
        ] {
            if value.is_empty() {
                return refuse(format!(
                    "production needs {name} to be set: `allting pki init DIR` makes the files and the configuration that names them"
                ));
            }
        }
        if self.storage.database.is_empty() {
            return refuse(
                "production needs storage.database to be set: postgres://…, or sqlite:PATH for one node alone",
            );
        }
        if self.server.public_url.is_empty() {
            return refuse("production needs server.public_url to be set: the address of its start page");
        }
        if self.server.expose_sandbox {
            return refuse(
                "server.expose_sandbox is the sandbox's: production has no test doors, take it away",
            );
        }
        self.check_issuers()?;
        self.check_address()
    }

    /// An issuer names its keys: two of one name, or one of a test environment, and tokens of one are taken for the other's.
    fn check_issuers(&self) -> Result<(), ConfigError> {
        let Config { environment, issuers, .. } = self;
        let altinn = "https://platform.tt02.altinn.no/authentication/api/v1/openid/";
        let dialogporten = "https://platform.tt02.altinn.no/dialogporten/api/v1";
        let named = [
            ("environment", environment, "tt02"),
            ("issuers.maskinporten", &issuers.maskinporten, "https://test.maskinporten.no/"),
            ("issuers.idporten", &issuers.idporten, "https://test.idporten.no"),
            ("issuers.altinn", &issuers.altinn, altinn),
            ("issuers.dialogporten", &issuers.dialogporten, dialogporten),
        ];
        for (at, (name, value, default)) in named.into_iter().enumerate() {
            if value.is_empty() || value == default {
                return refuse(format!("production needs {name} of its own: {value:?} is the sandbox's"));
            }
            if let Some((other, ..)) = named[..at].iter().find(|(_, earlier, _)| *earlier == value) {
                return refuse(format!("{other} and {name} must differ: give each issuer a name of its own"));
            }
        }
        Ok(())
    }

    /// https all the way, and a host for each role unless one origin is asked for.
    fn check_address(&self) -> Result<(), ConfigError> {
        let Ok(public) = url::Url::parse(&self.server.public_url) else {
            return refuse(format!("server.public_url {:?} is not a URL", self.server.public_url));
        };
        let loopback = match public.host() {
            Some(url::Host::Domain(name)) => name == "localhost",
            Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
            Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
            None => false,
        };
        let plain_at_home = public.scheme() == "http" && loopback;
        if public.scheme() != "https" && !plain_at_home {
            return refuse("production needs https in server.public_url, unless it is a loopback address");
        }
        if self.tls.cert.is_empty() && self.server.trusted_proxies.is_empty() && !plain_at_home {
            return refuse(
                "production needs TLS: set tls.cert and tls.key, or name the proxy that speaks it in server.trusted_proxies",
            );
        }
        if self.server.one_origin {
            return Ok(());
        }
        for role in OWN_HOSTS {
            if self.host_names(role).is_empty() {
                return refuse(format!(
                    "production needs hosts.{role} to be set: give each role a host of its own, or set server.one_origin if all are to share one"
                ));
            }
        }
        let first = |role: &str| self.host_names(role).into_iter().next().unwrap_or_default();
        let portal = first("portal");
        if authority(&public) != portal {
            return refuse(format!("server.public_url leads to the portal: make its host {portal}"));
        }
        let platform = first("platform");
        let domain =
            platform.split(':').next().and_then(|name| name.split_once('.')).map_or("", |(_, rest)| rest);
        let inside =
            |host: &str| host.split(':').next().is_some_and(|name| name.ends_with(&format!(".{domain}")));
        for role in ["portal", "am-ui"] {
            if !domain.contains('.') || !inside(&first(role)) {
                return refuse(format!(
                    "hosts.{role} must lie in the platform's domain {domain:?}, with at least two labels: the login's cookies are for both"
                ));
            }
        }
        for role in ["idporten", "maskinporten"] {
            if inside(&first(role)) {
                return refuse(format!(
                    "hosts.{role} must not lie in the platform's domain {domain:?}: the login's cookies would reach it"
                ));
            }
        }
        Ok(())
    }

    /// Every name is a host's, and no two roles share one.
    pub(crate) fn check_hosts(&self) -> Result<(), ConfigError> {
        let mut owners = HashMap::new();
        for role in self.hosts.keys() {
            for name in self.host_names(role) {
                let parsed = url::Url::parse(&format!("https://{name}"));
                if !parsed
                    .is_ok_and(|url| authority(&url) == name && url.path() == "/" && url.query().is_none())
                {
                    return refuse(format!("hosts.{role}: {name:?} is not a host name"));
                }
                if let Some(other) = owners.insert(name.clone(), role) {
                    return refuse(format!(
                        "hosts.{other} and hosts.{role} are both {name}: give each its own"
                    ));
                }
            }
        }
        Ok(())
    }
}

/// Host and port as a Host header has them.
fn authority(url: &url::Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(changes: &[(&str, &str)]) -> Result<Config, String> {
        let mut settings = vec![
            ("profile", "production"),
            ("environment", "prod"),
            ("storage.database", "sqlite:x"),
            ("keys.maskinporten", "file"),
            ("keys.idporten", "file"),
            ("keys.altinn", "file"),
            ("keys.dialogporten", "file"),
            ("keys.pepper", "file"),
            ("keys.blobs", "file"),
            ("server.public_url", "https://af.altinn.example.no"),
            ("server.trusted_proxies", "10.0.0.1"),
            ("issuers.maskinporten", "https://m.example/"),
            ("issuers.idporten", "https://i.example"),
            ("issuers.altinn", "https://a.example/"),
            ("issuers.dialogporten", "https://d.example"),
            ("hosts.portal", "af.altinn.example.no"),
            ("hosts.platform", "platform.altinn.example.no"),
            ("hosts.am-ui", "am.ui.altinn.example.no"),
            ("hosts.idporten", "idporten.example.no, login.idporten.example.no"),
            ("hosts.maskinporten", "maskinporten.example.no"),
        ];
        settings.extend(changes);
        let own = |(key, value): (&str, &str)| (key.to_owned(), value.to_owned());
        Config::load(None, std::iter::empty(), &settings.into_iter().map(own).collect())
            .map_err(|e| e.to_string())
    }

    #[test]
    fn a_whole_configuration_is_taken() {
        load(&[]).unwrap();
        load(&[("server.trusted_proxies", ""), ("tls.cert", "c"), ("tls.key", "k")]).unwrap();
        let one = [("server.one_origin", "true"), ("hosts.portal", ""), ("hosts.idporten", "")];
        load(&one).unwrap();
        load(
            &[one.as_slice(), &[("server.public_url", "http://[::1]:8080"), ("server.trusted_proxies", "")]]
                .concat(),
        )
        .unwrap();
    }

    /// Setting, value, and the words that tell what to do.
    #[test]
    fn each_refusal_says_what_to_do() {
        for (setting, value, advice) in [
            ("keys.maskinporten", "", "production needs keys.maskinporten to be set: `allting pki init"),
            ("keys.idporten", "", "keys.idporten to be set: `allting pki init"),
            ("keys.altinn", "", "keys.altinn to be set: `allting pki init"),
            ("keys.dialogporten", "", "keys.dialogporten to be set: `allting pki init"),
            ("keys.pepper", "", "keys.pepper to be set: `allting pki init"),
            ("keys.blobs", "", "keys.blobs to be set: `allting pki init"),
            ("storage.database", "", "storage.database to be set: postgres://"),
            ("server.public_url", "", "server.public_url to be set"),
            ("server.public_url", "allting", "is not a URL"),
            ("server.public_url", "http://allting.example", "needs https"),
            ("server.public_url", "http://127.0.0.1.example", "needs https"),
            ("server.public_url", "https://other.example.no", "make its host af.altinn.example.no"),
            ("server.trusted_proxies", "", "set tls.cert and tls.key, or name the proxy"),
            ("server.expose_sandbox", "true", "take it away"),
            ("tls.cert", "file", "belong together"),
            ("tls.key", "file", "belong together"),
            ("environment", "tt02", "environment of its own"),
            ("environment", "", "environment of its own"),
            ("issuers.maskinporten", "https://test.maskinporten.no/", "issuers.maskinporten of its own"),
            ("issuers.idporten", "https://test.idporten.no", "issuers.idporten of its own"),
            ("issuers.altinn", "", "issuers.altinn of its own"),
            ("issuers.altinn", "https://i.example", "issuers.idporten and issuers.altinn must differ"),
            (
                "issuers.dialogporten",
                "https://platform.tt02.altinn.no/dialogporten/api/v1",
                "issuers.dialogporten of its own",
            ),
            ("hosts.portal", "", "hosts.portal to be set"),
            ("hosts.platform", "", "or set server.one_origin"),
            ("hosts.am-ui", "", "hosts.am-ui to be set"),
            ("hosts.idporten", "", "hosts.idporten to be set"),
            ("hosts.maskinporten", "", "hosts.maskinporten to be set"),
            ("hosts.maskinporten", "idporten.example.no", "give each its own"),
            ("hosts.maskinporten", "maskinporten.altinn.example.no", "must not lie in the platform's domain"),
            ("hosts.am-ui", "am.example.no", "must lie in the platform's domain"),
            ("hosts.brreg", "https://x/", "is not a host name"),
        ] {
            let refused = load(&[(setting, value)]).err().unwrap_or_default();
            assert!(refused.contains(advice), "{setting} = {value:?}: {refused:?}");
        }
    }
}
