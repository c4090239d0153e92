//! `allting audit`: who did what, and who looked up whom, as the server's operators see it.

use anyhow::{Context, bail};
use clap::Args;
use reqwest::Client;
use serde_json::Value;
use std::io::Write;
use std::time::Duration;
use url::Url;

const TIMEOUT: Duration = Duration::from_mins(1);

/// Options of `allting audit`.
#[derive(Debug, Clone, Args)]
pub struct AuditArgs {
    /// Look-ups of persons instead of changes.
    #[arg(long, conflicts_with_all = ["resource", "action", "subject", "decision"])]
    lookups: bool,
    /// Recorded since: a time, or how long ago (24h, 90d).
    #[arg(long)]
    since: Option<String>,
    /// Recorded before: a time, or how long ago.
    #[arg(long)]
    until: Option<String>,
    /// A party in any role: its UUID, or an organisation number.
    #[arg(long)]
    party: Option<String>,
    /// Who acted: party UUID, organisation number, system user, operator's name, queue.
    #[arg(long)]
    actor: Option<String>,
    /// Resource.
    #[arg(long)]
    resource: Option<String>,
    /// Action (`systemuser.approve`), or the word before its dot.
    #[arg(long)]
    action: Option<String>,
    /// Id of what was changed.
    #[arg(long)]
    subject: Option<String>,
    /// Trace id, as in error bodies and the log.
    #[arg(long)]
    trace: Option<String>,
    /// Decision that permitted it.
    #[arg(long)]
    decision: Option<String>,
    /// Older than this row.
    #[arg(long)]
    before: Option<String>,
    /// Most rows: 50 when absent, 500 at most; in CSV 10000.
    #[arg(long)]
    limit: Option<u32>,
    /// Where the server answers.
    #[arg(long, default_value = "http://127.0.0.1:8080", env = "ALLTING_URL")]
    url: Url,
    /// An operator, as name:token. A sandbox that names no operators needs none.
    #[arg(long, env = "ALLTING_OPERATOR", hide_env_values = true)]
    operator: Option<String>,
    /// The answer as JSON.
    #[arg(long, conflicts_with = "csv")]
    json: bool,
    /// As CSV.
    #[arg(long)]
    csv: bool,
}

/// Asks the server and prints what it tells.
pub async fn audit(args: AuditArgs) -> anyhow::Result<()> {
    // A second installation of the same provider is no error worth telling.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let client = Client::builder().timeout(TIMEOUT).no_proxy().build()?;
    let mut request = client.get(args.address()?);
    if let Some(operator) = &args.operator {
        let (name, token) = operator.split_once(':').context("--operator is name:token")?;
        request = request.basic_auth(name, Some(token));
    }
    let response = request.send().await?;
    let status = response.status();
    let text = response.text().await?;
    if !status.is_success() {
        let body: Value = serde_json::from_str(&text).unwrap_or_default();
        bail!("{status} {}", body["title"].as_str().unwrap_or(&text));
    }
    let mut out = std::io::stdout().lock();
    if args.csv {
        out.write_all(text.as_bytes())?;
    } else if args.json {
        writeln!(out, "{text}")?;
    } else {
        let body: Value = serde_json::from_str(&text)?;
        for row in body["items"].as_array().into_iter().flatten() {
            writeln!(out, "{}", line(row))?;
        }
        if let Some(next) = body["next"].as_str() {
            writeln!(out, "more: --before {next}")?;
        }
    }
    Ok(())
}

impl AuditArgs {
    fn address(&self) -> anyhow::Result<Url> {
        let what = if self.lookups { "lookups" } else { "audit" };
        let mut url = self.url.join(&format!("/allting/api/v1/operations/{what}"))?;
        let limit = self.limit.map(|limit| limit.to_string());
        let given = [
            ("since", &self.since),
            ("until", &self.until),
            ("party", &self.party),
            ("actor", &self.actor),
            ("resource", &self.resource),
            ("action", &self.action),
            ("subject", &self.subject),
            ("trace", &self.trace),
            ("decision", &self.decision),
            ("before", &self.before),
            ("limit", &limit),
        ];
        let mut query = url.query_pairs_mut();
        for (name, value) in given {
            if let Some(value) = value {
                query.append_pair(name, value);
            }
        }
        if self.csv {
            query.append_pair("format", "csv");
        }
        drop(query);
        Ok(url)
    }
}

/// One row for people: when, who, what.
fn line(row: &Value) -> String {
    let text = |name: &str| row[name].as_str().unwrap_or("-");
    let when = format!("{}  {} {}", text("recordedAt"), text("actorKind"), text("actor"));
    if row.get("operation").is_some() {
        return format!("{when}  {}  person {}  by {}", text("operation"), text("person"), text("purpose"));
    }
    let what = format!("{}  {} {}", text("action"), text("subjectKind"), text("subject"));
    format!("{when}  {what}  for {}  trace {}", text("onBehalfOf"), text("trace"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;
    use serde_json::json;

    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        args: AuditArgs,
    }

    fn address(line: &str) -> String {
        let cli = Cli::try_parse_from(std::iter::once("x").chain(line.split_whitespace())).unwrap();
        cli.args.address().unwrap().to_string()
    }

    #[test]
    fn options_become_the_query() {
        assert_eq!(
            address("--party 310149942 --since 24h --csv"),
            "http://127.0.0.1:8080/allting/api/v1/operations/audit?since=24h&party=310149942&format=csv"
        );
        assert_eq!(
            address("--lookups --limit 5 --url https://x.example/"),
            "https://x.example/allting/api/v1/operations/lookups?limit=5"
        );
    }

    #[test]
    fn a_row_is_one_line() {
        let row = json!({"recordedAt": "2026-03-02T09:00:00Z", "actorKind": "person", "actor": "a", "action": "dialog.see",
            "subjectKind": "dialog", "subject": "d", "onBehalfOf": null, "trace": "t"});
        assert_eq!(line(&row), "2026-03-02T09:00:00Z  person a  dialog.see  dialog d  for -  trace t");
    }
}
