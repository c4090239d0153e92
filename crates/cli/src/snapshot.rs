//! `allting snapshot`: named copies of a running sandbox, over its own API.

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use reqwest::{Method, StatusCode};
use serde_json::Value;
use url::Url;

/// Options of `allting snapshot`.
#[derive(Debug, Clone, Args)]
pub struct SnapshotArgs {
    #[command(subcommand)]
    command: Command,
    /// Where the sandbox answers.
    #[arg(long, global = true, default_value = "http://127.0.0.1:8080", env = "ALLTING_URL")]
    url: Url,
    /// Print the answer as JSON.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Clone, Subcommand)]
enum Command {
    /// Keep everything as it is now; a snapshot of this name is replaced.
    Save {
        /// Small letters, digits, hyphens.
        name: String,
    },
    /// Tell which there are.
    List,
    /// Make everything what it was when the snapshot was saved.
    Restore {
        /// Of the snapshot.
        name: String,
    },
    /// Throw a snapshot away.
    Delete {
        /// Of the snapshot.
        name: String,
    },
}

/// Runs the command.
pub async fn run(args: SnapshotArgs) -> anyhow::Result<()> {
    let (method, path) = match &args.command {
        Command::List => (Method::GET, String::new()),
        Command::Save { name } => (Method::PUT, format!("/{}", part(name)?)),
        Command::Restore { name } => (Method::POST, format!("/{}/restore", part(name)?)),
        Command::Delete { name } => (Method::DELETE, format!("/{}", part(name)?)),
    };
    let url = format!("{}/sandbox/api/v1/snapshots{path}", args.url.as_str().trim_end_matches('/'));
    let answer = crate::token_maskinporten::http_client()?
        .request(method, &url)
        .send()
        .await
        .with_context(|| format!("no sandbox answers at {}", args.url))?;
    let status = answer.status();
    if status == StatusCode::NO_CONTENT {
        return Ok(());
    }
    let body: Value = answer.json().await.with_context(|| format!("{url} answered {status} without JSON"))?;
    if !status.is_success() {
        bail!("{}", body["title"].as_str().unwrap_or(status.as_str()));
    }
    if args.json {
        println!("{body}");
    } else if let Some(all) = body["snapshots"].as_array() {
        for one in all {
            println!("{:40} {:>10} bytes  {}", text(one, "name"), one["bytes"], text(one, "madeAt"));
        }
    } else {
        println!("{} in {} ms", text(&body, "name"), body["milliseconds"]);
    }
    Ok(())
}

/// A name goes into a path, so nothing else may be in it; the server has the last word.
fn part(name: &str) -> anyhow::Result<&str> {
    if name.bytes().any(|b| !(b.is_ascii_alphanumeric() || b == b'-')) {
        bail!("a name is small letters, digits and hyphens");
    }
    Ok(name)
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}
