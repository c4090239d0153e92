//! `allting jobs`: the outbox for operators, on the database itself.

use crate::command::ServerArgs;
use crate::start;
use anyhow::{bail, ensure};
use audit::{Actor, within};
use clap::{Args, Subcommand};
use jobs::{Desk, Entry, State};
use serde_json::json;
use std::io::Write;
use uuid::Uuid;

/// Messages of one look at the database.
const PAGE: usize = 500;

#[derive(Debug, Args)]
pub struct Jobs {
    #[command(flatten)]
    server: ServerArgs,
    #[command(subcommand)]
    command: Command,
    /// JSON instead of text.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Those that nobody could handle.
    List {
        /// Of this queue alone.
        #[arg(long)]
        queue: Option<String>,
        /// Those that wait or are under way as well.
        #[arg(long)]
        all: bool,
    },
    /// One of them, with its content.
    Show {
        /// Which.
        #[arg(long)]
        id: Uuid,
    },
    /// Try again.
    Retry(Which),
    /// Take out for good.
    Drop {
        #[command(flatten)]
        which: Which,
        /// Why; kept with your name.
        #[arg(long)]
        reason: String,
    },
}

#[derive(Debug, Args)]
struct Which {
    /// This one.
    #[arg(long, conflicts_with_all = ["queue", "all"])]
    id: Option<Uuid>,
    /// Every one that nobody could handle, of this queue; with --all.
    #[arg(long, requires = "all")]
    queue: Option<String>,
    /// Yes, every one.
    #[arg(long, requires = "queue")]
    all: bool,
    /// Who does it; the user's name when absent.
    #[arg(long = "as", env = "USER", default_value = "command line")]
    operator: String,
}

/// Runs the command; what it changes, the nodes see at their next look.
pub async fn run(jobs: Jobs) -> anyhow::Result<()> {
    let (ctx, _) = start::open(jobs.server.load()?).await?;
    let outcome = jobs.command.run(&Desk::new(&ctx.db, &ctx.outbox), jobs.json).await;
    ctx.db.close().await?;
    outcome
}

impl Command {
    async fn run(&self, desk: &Desk, as_json: bool) -> anyhow::Result<()> {
        let mut out = std::io::stdout().lock();
        match self {
            Self::List { queue, all } => {
                let mut entries = every(desk, queue.as_deref(), true).await?;
                if *all {
                    entries.extend(every(desk, queue.as_deref(), false).await?);
                }
                if as_json {
                    writeln!(out, "{}", json!({ "items": entries }))?;
                } else {
                    for entry in &entries {
                        writeln!(out, "{}", line(entry))?;
                    }
                }
            }
            Self::Show { id } => match desk.get(*id).await? {
                Some(entry) if as_json => writeln!(out, "{}", json!(entry))?,
                Some(entry) => writeln!(out, "{}\n{:#}", line(&entry), entry.payload)?,
                None => bail!("there is no such message"),
            },
            Self::Retry(which) => {
                let by = Actor::operator(&which.operator);
                let count = match which.pick()? {
                    Picked::One(id) => within(by, desk.retry(id)).await.map(|()| 1)?,
                    Picked::Queue(queue) => within(by, desk.retry_queue(queue)).await?,
                };
                tell(&mut out, "retried", count, as_json)?;
            }
            Self::Drop { which, reason } => {
                let by = Actor::operator(&which.operator);
                let count = match which.pick()? {
                    Picked::One(id) => within(by, desk.drop(id, reason)).await.map(|()| 1)?,
                    Picked::Queue(queue) => within(by, desk.drop_queue(queue, reason)).await?,
                };
                tell(&mut out, "dropped", count, as_json)?;
            }
        }
        Ok(())
    }
}

enum Picked<'a> {
    One(Uuid),
    Queue(&'a str),
}

impl Which {
    fn pick(&self) -> anyhow::Result<Picked<'_>> {
        ensure!(!self.operator.trim().is_empty(), "--as needs a name");
        match (self.id, &self.queue) {
            (Some(id), _) => Ok(Picked::One(id)),
            (None, Some(queue)) => Ok(Picked::Queue(queue)),
            (None, None) => bail!("give --id, or --queue with --all"),
        }
    }
}

async fn every(desk: &Desk, queue: Option<&str>, dead: bool) -> anyhow::Result<Vec<Entry>> {
    let (mut entries, mut from) = (vec![], None);
    loop {
        let (page, next) = desk.list(queue, dead, from.as_deref(), PAGE).await?;
        entries.extend(page);
        match next {
            Some(next) => from = Some(next),
            None => return Ok(entries),
        }
    }
}

fn line(entry: &Entry) -> String {
    let state = match entry.state {
        State::Dead => "dead",
        State::Waiting => "waiting",
        State::Running => "running",
    };
    let error = entry.last_error.as_deref().unwrap_or("-");
    format!(
        "{} {state} {} {} {} put {} tries {}: {error}",
        entry.id, entry.queue, entry.topic, entry.key, entry.put_at, entry.attempts
    )
}

fn tell(out: &mut impl Write, word: &str, count: usize, as_json: bool) -> std::io::Result<()> {
    if as_json { writeln!(out, "{}", json!({ word: count })) } else { writeln!(out, "{word} {count}") }
}
