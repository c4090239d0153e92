//! `allting serve`

use crate::command::ServerArgs;
use crate::start::start;
use serde_json::json;
use std::io::Write;
use tokio::signal::unix::{SignalKind, signal};

pub async fn run(args: ServerArgs) -> anyhow::Result<()> {
    telemetry::init_logs(&std::env::var("ALLTING_LOG").unwrap_or_else(|_| "warn".into()));
    let config = args.load()?;
    let sandbox = config.is_sandbox();
    let (mut term, mut int) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let running = start(config, &args.population).await?;
    let line = json!({ "address": running.address.to_string(), "url": running.url });
    writeln!(std::io::stdout().lock(), "{line}")?;
    if sandbox {
        banner(&running.url)?;
    }
    tokio::select! {
        _ = term.recv() => {}
        _ = int.recv() => {}
    }
    running.stop().await
}

fn banner(url: &str) -> std::io::Result<()> {
    let mut err = std::io::stderr().lock();
    writeln!(err, "\n  Allting is ready: {url}")?;
    writeln!(err, "  Open it in a browser to log in as one of five people, with one click.")?;
    writeln!(err, "  Test tokens: {url}/api/GetPersonalToken (Basic allting:allting)\n")
}
