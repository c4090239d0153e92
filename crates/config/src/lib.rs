#![doc = include_str!("../README.md")]

mod load;
mod production;
mod rate;
mod secret;

pub use load::{ConfigError, Overrides};
pub use rate::Rate;
pub use secret::SecretError;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

/// The embedded default file.
pub const DEFAULT: &str = include_str!("default.toml");

/// Which doors are open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// Test login, token generator, capture mailbox, seeded population, movable clock.
    Sandbox,
    /// None of these.
    Production,
}

/// All settings; `default.toml` says what each means.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "default.toml documents every setting")]
pub struct Config {
    pub profile: Profile,
    pub environment: String,
    pub server: Server,
    pub tls: Tls,
    pub hosts: BTreeMap<String, String>,
    pub storage: Storage,
    pub issuers: Issuers,
    pub keys: Keys,
    pub jobs: Jobs,
    pub operations: Operations,
    pub blobs: Blobs,
    pub population: Population,
    pub sandbox: Sandbox,
    pub maskinporten: Maskinporten,
    pub outbound: Outbound,
    pub limits: Limits,
    /// Where systemd has put credentials (`CREDENTIALS_DIRECTORY`); no setting.
    #[serde(skip)]
    pub credentials: Option<PathBuf>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "default.toml documents every setting")]
pub struct Server {
    pub listen: SocketAddr,
    pub public_url: String,
    pub trusted_proxies: Vec<IpAddr>,
    pub expose_sandbox: bool,
    pub one_origin: bool,
    pub max_header_bytes: usize,
    pub request_timeout_seconds: u64,
    pub drain_notice_seconds: u64,
    pub drain_seconds: u64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "default.toml documents every setting")]
pub struct Tls {
    pub cert: String,
    pub key: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "default.toml documents every setting")]
pub struct Storage {
    pub data: PathBuf,
    pub database: String,
    pub durability: Durability,
    pub pooling: Pooling,
    pub replica: String,
}

/// Who keeps the connections to PostgreSQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Pooling {
    /// This process.
    Session,
    /// A pooler that hands out the server anew for each transaction.
    Transaction,
}

/// When a commit counts as done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Durability {
    /// Synced to disk.
    Full,
    /// Written; the last moments may be lost with the power.
    Normal,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "default.toml documents every setting")]
pub struct Issuers {
    pub maskinporten: String,
    pub idporten: String,
    pub altinn: String,
    pub dialogporten: String,
    pub delegation_source: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "default.toml documents every setting")]
pub struct Keys {
    pub maskinporten: String,
    pub idporten: String,
    pub altinn: String,
    pub dialogporten: String,
    pub pepper: String,
    pub blobs: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "default.toml documents every setting")]
pub struct Blobs {
    pub place: Place,
    pub endpoint: String,
    pub region: String,
    pub bucket: String,
    pub path_style: bool,
    pub credentials: String,
}

/// Where large content lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    /// Files below the data directory.
    Directory,
    /// A bucket.
    S3,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "default.toml documents every setting")]
pub struct Jobs {
    pub lease_seconds: u64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "default.toml documents every setting")]
pub struct Operations {
    pub operators: String,
    pub audit_retention_days: u32,
    pub lookup_retention_days: u32,
    pub otlp_endpoint: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "default.toml documents every setting")]
pub struct Population {
    pub seed: u64,
    pub persons: usize,
    pub organisations: usize,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "default.toml documents every setting")]
pub struct Sandbox {
    pub token_generator_user: String,
    pub token_generator_password: String,
    pub mockporten_password: String,
}

impl std::fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sandbox")
            .field("token_generator_user", &self.token_generator_user)
            .finish_non_exhaustive()
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "default.toml documents every setting")]
pub struct Maskinporten {
    pub strict_aud: bool,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "default.toml documents every setting")]
pub struct Outbound {
    pub allow_loopback: bool,
    pub timeout_seconds: u64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "default.toml documents every setting")]
pub struct Limits {
    pub read: Rate,
    pub search: Rate,
    pub write: Rate,
    pub token: Rate,
    pub login: Rate,
    pub failures: Rate,
    pub organisation_times: u32,
    pub sandbox_times: u32,
    pub requests_at_once: usize,
    pub connections: usize,
    pub connections_per_address: usize,
    pub idle_seconds: u64,
    pub patience_seconds: u64,
    pub slowest_bytes_per_second: u64,
}

impl Config {
    /// Is this the sandbox profile.
    pub fn is_sandbox(&self) -> bool {
        self.profile == Profile::Sandbox
    }

    /// Public scheme, host and port, without a trailing slash.
    pub fn public_url(&self) -> String {
        if self.server.public_url.is_empty() {
            format!("{}://{}", self.scheme(), self.server.listen)
        } else {
            self.server.public_url.trim_end_matches('/').to_owned()
        }
    }

    /// What the listener speaks.
    pub fn scheme(&self) -> &'static str {
        if self.tls.cert.is_empty() { "http" } else { "https" }
    }

    /// Host names, with port where given, that the configuration gives a role.
    pub fn host_names(&self, role: &str) -> Vec<String> {
        let names = self.hosts.get(role).map(String::as_str).unwrap_or_default();
        names
            .split(',')
            .map(|name| name.trim().to_ascii_lowercase())
            .filter(|name| !name.is_empty())
            .collect()
    }

    /// The database URL, with the durability that was asked for.
    pub fn database_url(&self) -> String {
        if self.storage.database.is_empty() {
            let durability = match self.storage.durability {
                Durability::Full => "full",
                Durability::Normal => "normal",
            };
            format!("sqlite:{}?durability={durability}", self.storage.data.join("allting.sqlite").display())
        } else {
            self.storage.database.clone()
        }
    }
}
