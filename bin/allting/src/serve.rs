//! `allting serve`

use crate::command::ServerArgs;
use crate::operate::systemd;
use crate::report;
use crate::start::start;
use anyhow::{bail, ensure};
use serde_json::json;
use std::io::Write;
use tokio::signal::unix::{SignalKind, signal};

pub async fn run(args: ServerArgs) -> anyhow::Result<()> {
    telemetry::init_logs(&std::env::var("ALLTING_LOG").unwrap_or_else(|_| "warn".into()));
    let config = args.load()?;
    let sandbox = config.is_sandbox();
    let (mut term, mut int) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let mut running = start(config, &args.population).await?;
    let line = json!({ "address": running.address.to_string(), "url": running.url });
    writeln!(std::io::stdout().lock(), "{line}")?;
    systemd::tell("READY=1");
    if sandbox {
        banner(&running.url)?;
    } else {
        let report = running.report().await;
        let mut err = std::io::stderr().lock();
        writeln!(err, "Allting {} is ready: {}", env!("CARGO_PKG_VERSION"), running.url)?;
        report::print(&report, &mut err)?;
    }
    let asked = tokio::select! {
        _ = term.recv() => true,
        _ = int.recv() => true,
        () = running.ended() => false,
    };
    systemd::tell("STOPPING=1");
    let stop = async {
        if asked {
            running.leave().await;
        }
        running.stop().await
    };
    // Whoever cannot wait asks again.
    tokio::select! {
        stopped = stop => stopped?,
        _ = term.recv() => bail!("stopped at once, as asked twice"),
        _ = int.recv() => bail!("stopped at once, as asked twice"),
    }
    ensure!(asked, "the server ended by itself; its log tells why");
    Ok(())
}

fn banner(url: &str) -> std::io::Result<()> {
    let mut err = std::io::stderr().lock();
    writeln!(err, "\n  Allting is ready: {url}")?;
    writeln!(err, "  Open it in a browser to log in as one of five people, with one click.")?;
    writeln!(err, "  Test tokens: {url}/api/GetPersonalToken (Basic allting:allting)\n")
}
