//! The URL of a server, with the settings of TLS that the driver does not know.

use std::path::PathBuf;

use tokio_postgres::{
    Config,
    config::{Host, SslMode},
};

use super::tls::Rustls;
use crate::{Error, Result};

/// Where the server is and how to speak with it.
pub(super) struct Target {
    pub(super) config: Config,
    /// Nothing where TLS is not wanted.
    pub(super) tls: Option<Rustls>,
}

/// How the server's certificate is looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Check {
    /// Not at all: hides from those who listen, not from those who stand between.
    Nothing,
    /// Issued by the roots in this file.
    Issuer(PathBuf),
    /// And made out to the server's name.
    Name(PathBuf),
}

/// Takes `sslmode` and `sslrootcert` as libpq knows them: `disable`, `prefer` (the default), `require` (with
/// `sslrootcert` the issuer is checked), `verify-ca`, `verify-full`.
pub(super) fn parse(url: &str) -> Result<Target> {
    let (head, query) = url.split_once('?').unwrap_or((url, ""));
    let (mut mode, mut roots, mut rest) = (None, None, Vec::new());
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        match pair.split_once('=') {
            Some(("sslmode", value)) => mode = Some(value),
            Some(("sslrootcert", value)) => {
                let path = percent_encoding::percent_decode_str(value).decode_utf8();
                roots = Some(PathBuf::from(path.map_err(|_| wrong("sslrootcert is no text"))?.as_ref()));
            }
            _ => rest.push(pair),
        }
    }
    let mut config: Config = format!("{head}?{}", rest.join("&")).parse().map_err(unread)?;
    let wanted = match (mode, roots) {
        (Some("disable"), _) => None,
        (None | Some("prefer"), None) => Some((SslMode::Prefer, Check::Nothing)),
        (Some("require"), None) => Some((SslMode::Require, Check::Nothing)),
        (Some("require" | "verify-ca"), Some(roots)) => Some((SslMode::Require, Check::Issuer(roots))),
        (Some("verify-full"), Some(roots)) => Some((SslMode::Require, Check::Name(roots))),
        (Some("verify-ca" | "verify-full"), None) => return Err(wrong("this sslmode needs sslrootcert")),
        (None | Some("prefer"), Some(_)) => return Err(wrong("sslrootcert needs sslmode=verify-full")),
        (Some(_), _) => return Err(wrong("sslmode is disable, prefer, require, verify-ca or verify-full")),
    };
    // A socket of this machine has no TLS, and needs none.
    let wanted = wanted.filter(|_| !config.get_hosts().iter().all(|host| matches!(host, Host::Unix(_))));
    let (mode, check) = wanted.map_or((SslMode::Disable, None), |(mode, check)| (mode, Some(check)));
    config.ssl_mode(mode);
    Ok(Target { config, tls: check.as_ref().map(Rustls::new).transpose()? })
}

impl Target {
    /// Whether what is said to the server may cross a network in the clear.
    pub(super) fn is_exposed(&self) -> bool {
        let local = |host: &Host| match host {
            Host::Unix(_) => true,
            Host::Tcp(name) => {
                name == "localhost" || name.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback())
            }
        };
        let near = self.config.get_hosts().iter().all(local)
            && self.config.get_hostaddrs().iter().all(std::net::IpAddr::is_loopback);
        !near && self.config.get_ssl_mode() != SslMode::Require
    }
}

fn wrong(what: &str) -> Error {
    Error::Url(what.to_owned())
}

/// Neither the URL nor the parser's quotation of it: it may hold a password.
fn unread(error: tokio_postgres::Error) -> Error {
    Error::Url(std::error::Error::source(&error).map_or("not understood".into(), ToString::to_string))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_of_tls() {
        let mode = |url: &str| parse(url).map(|target| (target.config.get_ssl_mode(), target.is_exposed()));
        let far = |query: &str| mode(&format!("postgres://u@db.example/a{query}"));
        assert_eq!(far("").unwrap(), (SslMode::Prefer, true));
        assert_eq!(far("?sslmode=disable").unwrap(), (SslMode::Disable, true));
        assert_eq!(far("?application_name=x&sslmode=require").unwrap(), (SslMode::Require, false));
        for bad in [
            "?sslmode=verify-full",
            "?sslmode=allow",
            "?sslrootcert=/x",
            "?sslmode=require&sslrootcert=/none",
        ] {
            assert!(matches!(far(bad), Err(Error::Url(_))), "{bad}");
        }
        assert_eq!(mode("postgres://u@127.0.0.1,[::1]/a").unwrap(), (SslMode::Prefer, false));
        assert_eq!(mode("postgres://u@localhost/a?hostaddr=10.0.0.1").unwrap(), (SslMode::Prefer, true));
        assert_eq!(mode("postgres:///a?host=/run/pg&sslmode=require").unwrap(), (SslMode::Disable, false));
    }
}
