//! `allting pki init`: the files of a new installation and the configuration that names them.

use super::{ISSUERS, files};
use anyhow::{Context, ensure};
use aws_lc_rs::rand;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clap::Args;
use jose::{KeyFile, KeyKind, generate_jwk};
use kernel::{Clock, SystemClock};
use std::io::Write;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

/// Options of `allting pki init`.
#[derive(Debug, Args)]
pub struct InitArgs {
    /// Directory for the files; it is made, and may not hold any of them yet.
    dir: PathBuf,
    /// Domain under which the hosts of the installation lie.
    #[arg(long, default_value = "example.no")]
    domain: String,
    /// Port that clients reach the server on, if it is not 443.
    #[arg(long)]
    port: Option<u16>,
}

/// Makes the files.
pub fn run(args: &InitArgs) -> anyhow::Result<()> {
    let labels = args.domain.split('.');
    let sound =
        |label: &str| !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    ensure!(labels.clone().count() > 1 && labels.clone().all(sound), "{:?} is not a domain", args.domain);
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(&args.dir)
        .with_context(|| format!("cannot make {}", args.dir.display()))?;
    let dir = args.dir.canonicalize()?;
    let now = SystemClock.now();
    for issuer in ISSUERS {
        let kind = if issuer == "dialogporten" { KeyKind::Ed25519 } else { KeyKind::Rsa };
        let from = jiff::Timestamp::from_second(now.as_second())?;
        let file = KeyFile::new(generate_jwk(kind)?, from)?;
        files::create(&files::of_issuer(&dir, issuer), file.to_json().as_bytes())?;
    }
    files::create(&dir.join("pepper"), STANDARD.encode(random::<48>()?).as_bytes())?;
    files::create(&dir.join("blobs.keys"), blob::new_master_key()?.as_bytes())?;
    files::create(&dir.join("allting.toml"), configuration(&dir, args).as_bytes())?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "Keys of issuers and blobs, pepper and configuration are in {}.", dir.display())?;
    writeln!(
        out,
        "1. Put the certificate in tls.crt and its key in tls.key there, or name your proxy in allting.toml."
    )?;
    writeln!(out, "2. Name the database in allting.toml, and check the hosts.")?;
    writeln!(
        out,
        "3. allting doctor --config {0}/allting.toml, then allting serve --config {0}/allting.toml",
        dir.display()
    )?;
    writeln!(
        out,
        "Back the directory up by itself, apart from the data: without it no session and no blob can be read."
    )?;
    Ok(())
}

fn random<const N: usize>() -> anyhow::Result<[u8; N]> {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).ok().context("the machine gives no randomness")?;
    Ok(bytes)
}

fn configuration(dir: &Path, args: &InitArgs) -> String {
    let (dir, domain) = (dir.display(), &args.domain);
    let port = args.port.map_or_else(String::new, |port| format!(":{port}"));
    format!(
        r#"# Made by `allting pki init`. crates/config/src/default.toml says what each setting means.
profile = "production"
environment = "prod"

[server]
listen = "0.0.0.0:{listen}"
public_url = "https://af.altinn.{domain}{port}"
# With a proxy that speaks TLS, name its address here and empty [tls].
trusted_proxies = []

[tls]
cert = "{dir}/tls.crt"
key = "{dir}/tls.key"

# Each role has its own host: no page of one can act as another. The first three share the login's cookies.
[hosts]
portal = "af.altinn.{domain}{port}"
platform = "platform.altinn.{domain}{port}"
am-ui = "am.ui.altinn.{domain}{port}"
idporten = "idporten.{domain}{port}, login.idporten.{domain}{port}"
maskinporten = "maskinporten.{domain}{port}"
brreg = "data.brreg.{domain}{port}"
services = "api.skatteetaten.{domain}{port}"

[storage]
data = "/var/lib/allting"
database = "postgres:///allting?host=/var/run/postgresql&user=allting"

[issuers]
maskinporten = "https://maskinporten.{domain}{port}/"
idporten = "https://idporten.{domain}{port}"
altinn = "https://platform.altinn.{domain}{port}/authentication/api/v1/openid/"
dialogporten = "https://platform.altinn.{domain}{port}/dialogporten/api/v1"
delegation_source = "https://altinn.{domain}{port}/"

[keys]
maskinporten = "{dir}/maskinporten.jwks.json"
idporten = "{dir}/idporten.jwks.json"
altinn = "{dir}/altinn.jwks.json"
dialogporten = "{dir}/dialogporten.jwks.json"
pepper = "{dir}/pepper"
blobs = "{dir}/blobs.keys"
"#,
        listen = args.port.unwrap_or(443)
    )
}
