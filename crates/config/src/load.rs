//! Layers the default file, the user's file, the environment and the command line, then checks the whole.

use crate::{Config, DEFAULT, Keys, Profile};
use toml::{Table, Value};

/// Why the configuration was refused.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A file could not be read.
    #[error("{path}: {source}")]
    Read {
        /// Which file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// A file is not TOML, or a setting is unknown or of the wrong type.
    #[error("{origin}: {reason}")]
    Invalid {
        /// File, variable or option.
        origin: String,
        /// What is wrong.
        reason: String,
    },
    /// The settings do not go together, or are unsafe for the profile.
    #[error("{0}")]
    Refused(String),
}

/// Settings from the command line: (dotted key, value); they win over everything else.
pub type Overrides = Vec<(String, String)>;

impl Config {
    /// Reads the default, then `file`, then `ALLTING_…` of `environment`, then `overrides`.
    pub fn load(
        file: Option<&std::path::Path>,
        environment: impl Iterator<Item = (String, String)>,
        overrides: &Overrides,
    ) -> Result<Self, ConfigError> {
        let mut table = parse(DEFAULT, "default.toml")?;
        if let Some(path) = file {
            let origin = path.display().to_string();
            let text = std::fs::read_to_string(path)
                .map_err(|source| ConfigError::Read { path: origin.clone(), source })?;
            merge(&mut table, parse(&text, &origin)?, &origin, "")?;
        }
        let environment: Vec<_> = environment.collect();
        let credentials = environment.iter().find(|(name, _)| name == "CREDENTIALS_DIRECTORY");
        let credentials = credentials.map(|(_, directory)| directory.clone());
        let mut variables: Vec<_> = environment
            .into_iter()
            .filter_map(|(name, value)| Some((name.strip_prefix("ALLTING_")?.to_owned(), value)))
            .filter(|(name, _)| !NOT_SETTINGS.contains(&name.as_str()))
            .collect();
        variables.sort();
        for (name, value) in variables {
            let key = SHORT
                .iter()
                .find(|(short, _)| *short == name)
                .map_or_else(|| name.to_lowercase().replace("__", "."), |(_, key)| (*key).to_owned());
            set(&mut table, &key, &value, &format!("ALLTING_{name}"))?;
        }
        for (key, value) in overrides {
            set(&mut table, key, value, &format!("option for {key}"))?;
        }
        let mut config: Config = table.try_into().map_err(|e: toml::de::Error| ConfigError::Invalid {
            origin: "configuration".into(),
            // Its own text ends with the setting that does not fit.
            reason: e.to_string().trim().replace('\n', " "),
        })?;
        config.find_credentials(credentials);
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> Result<(), ConfigError> {
        let refuse = |text: String| Err(ConfigError::Refused(text));
        if self.operations.audit_retention_days < 1 || self.operations.lookup_retention_days < 1 {
            return refuse("operations.audit_retention_days and lookup_retention_days are at least 1".into());
        }
        let collector = &self.operations.otlp_endpoint;
        let schemes = ["http://", "https://"];
        if !collector.is_empty() && !schemes.iter().any(|scheme| collector.starts_with(scheme)) {
            return refuse("operations.otlp_endpoint is an http or https URL".into());
        }
        if !(15..=3600).contains(&self.jobs.lease_seconds) {
            return refuse("jobs.lease_seconds is from 15 to 3600".into());
        }
        if self.tls.cert.is_empty() != self.tls.key.is_empty() {
            return refuse("tls.cert and tls.key belong together: name both files, or none".into());
        }
        self.check_hosts()?;
        match self.profile {
            Profile::Sandbox if !self.server.listen.ip().is_loopback() && !self.server.expose_sandbox => {
                refuse(format!(
                    "the sandbox has open test doors and will not listen on {}: give --expose-sandbox if that is meant",
                    self.server.listen
                ))
            }
            Profile::Sandbox => Ok(()),
            Profile::Production => self.check_production(),
        }
    }

    /// Settings of secrets that were left empty are looked for among systemd's credentials.
    fn find_credentials(&mut self, directory: Option<String>) {
        self.credentials = directory.map(std::path::PathBuf::from);
        let Some(directory) = &self.credentials else { return };
        let Keys { maskinporten, idporten, altinn, dialogporten, pepper, blobs } = &mut self.keys;
        for (setting, name) in [
            (maskinporten, "maskinporten.jwks.json"),
            (idporten, "idporten.jwks.json"),
            (altinn, "altinn.jwks.json"),
            (dialogporten, "dialogporten.jwks.json"),
            (pepper, "pepper"),
            (blobs, "blobs.keys"),
            (&mut self.tls.cert, "tls.crt"),
            (&mut self.tls.key, "tls.key"),
        ] {
            let file = directory.join(name);
            if setting.is_empty() && file.is_file() {
                *setting = file.display().to_string();
            }
        }
    }
}

/// Variables that mean something to scripts and tests, not to the server.
const NOT_SETTINGS: [&str; 3] = ["TEST_PG", "CONFIG", "LOG"];

/// The variables of the common command-line options.
const SHORT: [(&str, &str); 6] = [
    ("LISTEN", "server.listen"),
    ("DATA", "storage.data"),
    ("DB", "storage.database"),
    ("PROFILE", "profile"),
    ("PUBLIC_URL", "server.public_url"),
    ("EXPOSE_SANDBOX", "server.expose_sandbox"),
];

/// The one section whose keys are names of the user's choice.
const HOSTS: &str = "hosts";

fn parse(text: &str, origin: &str) -> Result<Table, ConfigError> {
    text.parse::<Table>()
        .map_err(|e| ConfigError::Invalid { origin: origin.to_owned(), reason: e.to_string() })
}

fn merge(into: &mut Table, from: Table, origin: &str, path: &str) -> Result<(), ConfigError> {
    for (key, value) in from {
        let here = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        match (into.get_mut(&key), value) {
            (Some(Value::Table(old)), Value::Table(new)) => merge(old, new, origin, &here)?,
            (Some(old), new) => *old = new,
            (None, Value::String(name)) if path == HOSTS => {
                into.insert(key, Value::String(name));
            }
            (None, _) => {
                return Err(ConfigError::Invalid {
                    origin: origin.to_owned(),
                    reason: format!("unknown setting {here}"),
                });
            }
        }
    }
    Ok(())
}

/// Sets a dotted key from text, read as the type that the default has.
fn set(table: &mut Table, key: &str, text: &str, origin: &str) -> Result<(), ConfigError> {
    let invalid = |reason: String| ConfigError::Invalid { origin: origin.to_owned(), reason };
    if let (Some(role), Some(Value::Table(hosts))) = (key.strip_prefix("hosts."), table.get_mut(HOSTS)) {
        hosts.insert(role.replace('_', "-"), Value::String(text.to_owned()));
        return Ok(());
    }
    let (section, name) = match key.split_once('.') {
        Some((section, name)) => {
            let inner = table
                .get_mut(section)
                .and_then(Value::as_table_mut)
                .ok_or_else(|| invalid(format!("unknown setting {key}")))?;
            (inner, name)
        }
        None => (table, key),
    };
    let old = section.get_mut(name).ok_or_else(|| invalid(format!("unknown setting {key}")))?;
    *old = match old {
        Value::Integer(_) => {
            Value::Integer(text.parse().map_err(|_| invalid(format!("{key} is a whole number")))?)
        }
        Value::Boolean(_) => {
            Value::Boolean(text.parse().map_err(|_| invalid(format!("{key} is true or false")))?)
        }
        Value::Array(_) => Value::Array(
            text.split(',')
                .filter(|part| !part.trim().is_empty())
                .map(|part| Value::String(part.trim().to_owned()))
                .collect(),
        ),
        _ => Value::String(text.to_owned()),
    };
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(env: &[(&str, &str)], overrides: &[(&str, &str)]) -> Result<Config, ConfigError> {
        let own = |pairs: &[(&str, &str)]| {
            pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect::<Vec<_>>()
        };
        Config::load(None, own(env).into_iter(), &own(overrides))
    }

    #[test]
    fn defaults_load_and_the_command_line_wins() {
        let config =
            load(&[("ALLTING_LISTEN", "127.0.0.1:1"), ("PATH", "x")], &[("server.listen", "127.0.0.1:2")])
                .unwrap();
        assert_eq!(config.server.listen.port(), 2);
        assert_eq!(config.public_url(), "http://127.0.0.1:2");
    }

    #[test]
    fn environment_reaches_every_section() {
        let config = load(
            &[
                ("ALLTING_POPULATION__PERSONS", "7"),
                ("ALLTING_SERVER__TRUSTED_PROXIES", "10.0.0.1, 10.0.0.2"),
            ],
            &[],
        );
        let config = config.unwrap();
        assert_eq!(config.population.persons, 7);
        assert_eq!(config.server.trusted_proxies.len(), 2);
    }

    #[test]
    fn unknown_settings_and_wrong_types_are_refused() {
        assert!(
            load(&[("ALLTING_SERVER__LISTN", "x")], &[])
                .unwrap_err()
                .to_string()
                .contains("unknown setting server.listn")
        );
        assert!(
            load(&[("ALLTING_POPULATION__PERSONS", "many")], &[])
                .unwrap_err()
                .to_string()
                .contains("whole number")
        );
    }

    #[test]
    fn a_lease_leaves_its_job_time() {
        for (seconds, fits) in [("14", false), ("15", true), ("3600", true), ("3601", false)] {
            assert_eq!(load(&[("ALLTING_JOBS__LEASE_SECONDS", seconds)], &[]).is_ok(), fits, "{seconds}");
        }
    }

    #[test]
    fn an_exposed_sandbox_must_be_meant() {
        assert!(load(&[("ALLTING_LISTEN", "0.0.0.0:80")], &[]).is_err());
        assert!(load(&[("ALLTING_LISTEN", "0.0.0.0:80"), ("ALLTING_EXPOSE_SANDBOX", "true")], &[]).is_ok());
    }

    #[test]
    fn roles_get_hosts_from_file_and_environment() {
        let config = load(&[("ALLTING_HOSTS__AM_UI", "am.example.no:8443, other.example.no")], &[]).unwrap();
        assert_eq!(config.host_names("am-ui"), ["am.example.no:8443", "other.example.no"]);
        assert_eq!(config.host_names("portal"), Vec::<String>::new());
        assert!(load(&[("ALLTING_HOSTS__PORTAL", "https://x")], &[]).is_err());
        assert!(
            load(&[("ALLTING_HOSTS__PORTAL", "a.no"), ("ALLTING_HOSTS__IDPORTEN", "a.no")], &[]).is_err()
        );
    }
}
