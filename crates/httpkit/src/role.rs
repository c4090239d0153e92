//! Host roles: which product answers on which host name, and where it lies when all share one origin.

use config::Config;

/// Key in the table of hosts that stands for the zone of all reporting services.
pub(crate) const SERVICES: &str = "services";

/// A product with host names of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Role {
    label: &'static str,
    /// Path prefix on the shared origin; `None` keeps the role off it.
    prefix: Option<&'static str>,
}

impl Role {
    /// Altinn's platform APIs.
    pub const PLATFORM: Self = Self { label: "platform", prefix: Some("") };
    /// Maskinporten.
    pub const MASKINPORTEN: Self = Self { label: "maskinporten", prefix: Some("") };
    /// ID-porten, both issuer and login host.
    pub const IDPORTEN: Self = Self { label: "idporten", prefix: Some("/idporten") };
    /// The HTTP-only test login.
    pub const MOCKPORTEN: Self = Self { label: "mockporten", prefix: Some("/mockporten") };
    /// Backend of the access-management frontend.
    pub const AM_UI: Self = Self { label: "am-ui", prefix: Some("") };
    /// The portal's pages.
    pub const PORTAL: Self = Self { label: "portal", prefix: Some("") };
    /// The test token generator.
    pub const TOKENGEN: Self = Self { label: "tokengenerator", prefix: Some("") };
    /// Brønnøysundregistrene's open data.
    pub const BRREG: Self = Self { label: "brreg", prefix: Some("") };
    /// What only Allting has: health, metrics, explain, sandbox doors. Answers on every host.
    pub const ALLTING: Self = Self { label: "allting", prefix: Some("") };

    /// A reporting service with a host of its own; thirty of them share their paths, so none lies on the shared origin.
    pub const fn service(label: &'static str) -> Self {
        Self { label, prefix: None }
    }

    /// Name in the host table and under `/_host/{label}/`.
    pub fn label(self) -> &'static str {
        self.label
    }

    /// Where the role's paths begin on the shared origin.
    pub fn prefix(self) -> Option<&'static str> {
        self.prefix
    }

    /// The names that the role answers to, the one to show to others first: those of the configuration; in the sandbox, for a
    /// role without any, those of the real service.
    pub fn hosts(self, config: &Config) -> Vec<String> {
        let given = config.host_names(self.label);
        let zone = config.host_names(SERVICES).into_iter().next().filter(|_| self.prefix.is_none());
        match zone {
            _ if !given.is_empty() => given,
            Some(zone) => vec![format!("{}.{zone}", self.label)],
            None if config.is_sandbox() => self.real_hosts(&config.environment),
            None => vec![],
        }
    }

    /// The domain that the login's cookies are for, when roles have their own hosts: the platform's name without its first
    /// label; empty without one.
    pub fn login_domain(config: &Config) -> String {
        let platform = Self::PLATFORM.hosts(config).into_iter().next().unwrap_or_default();
        let name = platform.split(':').next().unwrap_or_default();
        name.split_once('.').map_or_else(String::new, |(_, domain)| domain.to_owned())
    }

    /// Where others reach the role, whoever asks.
    pub fn url(self, config: &Config) -> String {
        let own = self
            .hosts(config)
            .into_iter()
            .next()
            .filter(|_| !config.is_sandbox() && !config.server.one_origin);
        match (own, self.prefix) {
            (Some(host), _) => format!("https://{host}"),
            (None, Some(prefix)) => format!("{}{prefix}", config.public_url()),
            (None, None) => format!("{}/_host/{}", config.public_url(), self.label),
        }
    }

    /// The real service's host names in `environment` (`tt02`, `prod` …).
    pub fn real_hosts(self, environment: &str) -> Vec<String> {
        let production = environment == "prod";
        let altinn = if production {
            "altinn.no".to_owned()
        } else if environment.starts_with("at") || environment.starts_with("yt") {
            format!("{environment}.altinn.cloud")
        } else {
            format!("{environment}.altinn.no")
        };
        let test = if production { "" } else { "test." };
        match self.label {
            "platform" => vec![format!("platform.{altinn}")],
            "am-ui" => vec![format!("am.ui.{altinn}")],
            "portal" => vec![format!("af.{altinn}")],
            "maskinporten" => vec![format!("{test}maskinporten.no")],
            "idporten" => vec![format!("{test}idporten.no"), format!("login.{test}idporten.no")],
            "tokengenerator" => vec!["altinn-testtools-token-generator.azurewebsites.net".to_owned()],
            "brreg" => vec!["data.brreg.no".to_owned()],
            "mockporten" | "allting" => vec![],
            service => {
                let zone = if production { "api.skatteetaten.no" } else { "api.skatteetaten-test.no" };
                vec![format!("{service}.{zone}")]
            }
        }
    }
}
