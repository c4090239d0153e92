//! `allting token maskinporten`: signs a grant and fetches a token, as a vendor's own program would.

use anyhow::{Context, bail};
use clap::Args;
use jose::KeySet;
use kernel::{Clock, Ids, Iso6523, OrgNo, RandomIds, SystemClock};
use reqwest::Client;
use serde::Deserialize;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::time::Duration;
use url::Url;

/// Lifetime of the grant, in seconds; 120 are allowed.
const LIFETIME: i64 = 60;
const TIMEOUT: Duration = Duration::from_secs(20);

/// Options of `allting token maskinporten`.
#[derive(Debug, Clone, Args)]
pub struct MaskinportenArgs {
    /// Client id.
    #[arg(long)]
    client: String,
    /// Scope; may be given several times.
    #[arg(long, required = true)]
    scope: Vec<String>,
    /// Organisation number of the customer whose system user the token is to carry.
    #[arg(long, value_parser = OrgNo::parse_digits)]
    system_user_org: Option<OrgNo>,
    /// The reference under which the system user was requested.
    #[arg(long, requires = "system_user_org")]
    external_ref: Option<String>,
    /// Intended receiver of the token; may be given several times.
    #[arg(long)]
    resource: Vec<String>,
    /// Where Maskinporten answers.
    #[arg(long, default_value = "http://127.0.0.1:8080", env = "ALLTING_URL")]
    url: Url,
    /// Private key of the client: JWK, JWK set or PEM.
    #[arg(long, required_unless_present = "sandbox_vendor", conflicts_with = "sandbox_vendor")]
    key: Option<PathBuf>,
    /// Id of the key, when the file is PEM; its thumbprint when absent.
    #[arg(long, requires = "key")]
    kid: Option<String>,
    /// Sign with the public key of the sandbox's vendor.
    #[arg(long)]
    sandbox_vendor: bool,
    /// Print the whole answer instead of the token alone.
    #[arg(long)]
    json: bool,
}

#[derive(Deserialize)]
struct Metadata {
    issuer: String,
    token_endpoint: String,
}

/// Fetches a token and prints it; the error is the server's refusal and what would mend it.
pub async fn maskinporten(args: MaskinportenArgs) -> anyhow::Result<()> {
    let keys = args.keys()?;
    let http = http_client()?;
    let metadata = discover(&http, &args.url).await?;
    let grant =
        keys.sign(&args.claims(&metadata.issuer, SystemClock.now().as_second(), &RandomIds.token(16)))?;
    let form = [("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("assertion", &grant)];
    let response = http.post(&metadata.token_endpoint).form(&form).send().await?;
    let status = response.status();
    let body: Value = response
        .json()
        .await
        .with_context(|| format!("{} answered {status} without JSON", metadata.token_endpoint))?;
    if !status.is_success() {
        bail!("{status} {}", refusal(&http, &args.url, &body).await);
    }
    let token = body["access_token"].as_str().context("the answer holds no access_token")?;
    println!("{}", if args.json { body.to_string() } else { token.to_owned() });
    Ok(())
}

impl MaskinportenArgs {
    fn keys(&self) -> anyhow::Result<KeySet> {
        let Some(path) = &self.key else { return Ok(jose::sandbox::vendor()?) };
        let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
        let keys = if text.trim_start().starts_with('{') {
            KeySet::from_private_jwks(&text)
        } else {
            KeySet::from_pem(&text, self.kid.as_deref())
        };
        keys.with_context(|| path.display().to_string())
    }

    fn claims(&self, issuer: &str, now: i64, jti: &str) -> Value {
        let mut claims = json!({
            "aud": issuer,
            "iss": self.client,
            "scope": self.scope.join(" "),
            "iat": now,
            "exp": now + LIFETIME,
            "jti": jti,
        });
        if let Some(org_no) = self.system_user_org {
            let mut details =
                json!({"type": "urn:altinn:systemuser", "systemuser_org": Iso6523::new(org_no).to_value()});
            if let Some(reference) = &self.external_ref {
                details["externalRef"] = json!(reference);
            }
            claims["authorization_details"] = json!([details]);
        }
        if !self.resource.is_empty() {
            claims["resource"] = json!(self.resource);
        }
        claims
    }
}

pub(crate) fn http_client() -> anyhow::Result<Client> {
    // A second installation of the same provider is no error worth telling.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    Ok(Client::builder().timeout(TIMEOUT).redirect(reqwest::redirect::Policy::none()).build()?)
}

async fn discover(http: &Client, base: &Url) -> anyhow::Result<Metadata> {
    let url = base.join("/.well-known/oauth-authorization-server")?;
    let response =
        http.get(url.clone()).send().await.with_context(|| format!("no server answers at {base}"))?;
    let response = response.error_for_status()?;
    response.json().await.with_context(|| format!("{url} holds no metadata of an authorization server"))
}

/// The server's refusal, with its explanation where it has one.
async fn refusal(http: &Client, base: &Url, body: &Value) -> String {
    let description = body["error_description"].as_str().unwrap_or_default();
    let mut text = format!("{}: {description}", body["error"].as_str().unwrap_or("no error code"));
    if let Some(reason) = explain(http, base, description).await {
        text.push_str("\nwhy: ");
        text.push_str(&reason);
    }
    text
}

async fn explain(http: &Client, base: &Url, description: &str) -> Option<String> {
    let id = description.rsplit_once("correlation id: ")?.1.trim_end_matches(')');
    let url =
        base.join(&format!("/allting/api/v1/explain/token/{}", uuid::Uuid::try_parse(id).ok()?)).ok()?;
    let explanation: Value = http.get(url).send().await.ok()?.json().await.ok()?;
    explanation["reason"].as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        args: MaskinportenArgs,
    }

    fn parse(line: &str) -> Result<MaskinportenArgs, clap::Error> {
        Cli::try_parse_from(std::iter::once("x").chain(line.split_whitespace())).map(|cli| cli.args)
    }

    #[test]
    fn the_grant_holds_what_was_asked_for() {
        let args = parse(
            "--client c --scope a:b --scope a:c --sandbox-vendor --system-user-org 313876144 --external-ref r",
        )
        .unwrap();
        assert_eq!(
            args.claims("https://test.maskinporten.no/", 1000, "j"),
            json!({"aud": "https://test.maskinporten.no/", "iss": "c", "scope": "a:b a:c", "iat": 1000, "exp": 1060,
                   "jti": "j", "authorization_details": [{"type": "urn:altinn:systemuser", "externalRef": "r",
                   "systemuser_org": {"authority": "iso6523-actorid-upis", "ID": "0192:313876144"}}]})
        );
        assert_eq!(args.keys().unwrap().kid(), "allting-sandbox-vendor");
    }

    #[test]
    fn a_key_must_be_named() {
        assert!(parse("--client c --scope a:b").is_err());
        assert!(parse("--client c --scope a:b --key x --sandbox-vendor").is_err());
        assert!(parse("--client c --scope a:b --sandbox-vendor --external-ref r").is_err());
        assert!(parse("--client c --scope a:b --sandbox-vendor --system-user-org 31").is_err());
    }
}
