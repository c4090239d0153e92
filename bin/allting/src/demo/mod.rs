//! `allting demo`: the main job, end to end, over HTTP against a server on a fresh database.

mod delivery;
pub mod http;
mod listener;
mod report;
pub mod steps;
mod vendor;

pub use delivery::condominium;
pub use listener::Listener;
pub use report::{Proof, Report};
pub use vendor::{Customer, Vendor};

use crate::command::ServerArgs;
use crate::start::start;
use clap::Args;

/// Options of `allting demo`.
#[derive(Debug, Args)]
pub struct DemoArgs {
    #[command(flatten)]
    server: ServerArgs,
    /// Run against the sandbox that answers at this address, instead of one of its own.
    #[arg(long, value_name = "URL", conflicts_with = "keep")]
    at: Option<String>,
    /// Leave the server running afterwards, for a look.
    #[arg(long)]
    keep: bool,
    /// Print one JSON document instead of lines.
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub async fn run(args: DemoArgs) -> anyhow::Result<()> {
    telemetry::init_logs(&std::env::var("ALLTING_LOG").unwrap_or_else(|_| "error".into()));
    if let Some(url) = &args.at {
        return steps(url.trim_end_matches('/'), args.json).await;
    }
    let scratch = std::env::temp_dir().join(format!("allting-demo-{}", std::process::id()));
    let mut server = args.server.clone();
    server.listen.get_or_insert_with(|| "127.0.0.1:0".into());
    server.data.get_or_insert_with(|| scratch.display().to_string());
    let running = start(server.load()?, &server.population).await?;
    let outcome = steps(&running.url, args.json).await;
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

/// All steps, told as they are done.
async fn steps(url: &str, json: bool) -> anyhow::Result<()> {
    let mut report = Report::new(!json);
    let outcome = steps::run(url, &mut report).await;
    report.finish(outcome.as_ref().err())?;
    if json {
        println!("{}", report.document());
    }
    outcome
}
