//! `allting demo`: the main job, end to end, over HTTP against a server on a fresh database.

mod delivery;
mod http;
mod listener;
mod report;
mod steps;
mod vendor;

use crate::command::ServerArgs;
use crate::start::start;
use clap::Args;
use report::Report;

#[derive(Debug, Args)]
pub struct DemoArgs {
    #[command(flatten)]
    server: ServerArgs,
    /// Leave the server running afterwards, for a look.
    #[arg(long)]
    keep: bool,
    /// Print one JSON document instead of lines.
    #[arg(long)]
    json: bool,
}

pub async fn run(args: DemoArgs) -> anyhow::Result<()> {
    telemetry::init_logs(&std::env::var("ALLTING_LOG").unwrap_or_else(|_| "error".into()));
    let scratch = std::env::temp_dir().join(format!("allting-demo-{}", std::process::id()));
    let mut server = args.server.clone();
    server.listen.get_or_insert_with(|| "127.0.0.1:0".into());
    server.data.get_or_insert_with(|| scratch.display().to_string());
    let running = start(server.load()?, &server.population).await?;
    let mut report = Report::new(!args.json);
    let outcome = steps::run(&running, &mut report).await;
    report.finish(outcome.as_ref().err())?;
    if args.json {
        println!("{}", report.document());
    }
    if args.keep && outcome.is_ok() {
        eprintln!("\n  The server stays at {} until Ctrl-C.", running.url);
        tokio::signal::ctrl_c().await?;
    }
    running.stop().await?;
    if scratch.exists() {
        std::fs::remove_dir_all(&scratch)?;
    }
    outcome
}
