//! From a configuration to a running server.

use crate::compose::{Composition, Surroundings, beside_others};
use crate::faults::Board;
use crate::report::{self, Built};
use crate::{BusinessClock, reload, traces};
use anyhow::{Context, bail};
use config::Config;
use httpkit::{App, Ctx, HttpClient, Keys, Server, Tls};
use kernel::RandomIds;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// Time between two foldings of the metrics.
const FOLD_METRICS: Duration = Duration::from_secs(5);

/// A server that answers requests and runs jobs.
pub struct Running {
    /// Address it listens on.
    pub address: SocketAddr,
    /// Where clients reach it, without a trailing slash.
    pub url: String,
    /// The blocks' context, for commands that run beside the server.
    pub ctx: Ctx,
    built: Built,
    decisions: Arc<authorization::Pdp>,
    stop: watch::Sender<bool>,
    /// The listener and the runner of jobs.
    tasks: JoinSet<()>,
    leaving: Arc<AtomicBool>,
    drain: Duration,
}

/// Opens the database, migrates it, stamps it, composes the blocks and listens.
pub async fn start(config: Config, files: &[PathBuf]) -> anyhow::Result<Running> {
    std::fs::create_dir_all(&config.storage.data)
        .with_context(|| format!("cannot make the data directory {}", config.storage.data.display()))?;
    let listener = TcpListener::bind(config.server.listen)
        .await
        .with_context(|| format!("cannot listen on {}", config.server.listen))?;
    let address = listener.local_addr()?;
    let url = if config.server.public_url.is_empty() {
        format!("{}://{address}", config.scheme())
    } else {
        config.public_url()
    };
    let drain = Duration::from_secs(config.server.drain_seconds);
    let max_header_bytes = config.server.max_header_bytes;
    let (Surroundings { ctx, clock, faults, leaving, built: slot, .. }, composition) =
        prepare(config, &url).await?;
    populate(&composition, &ctx, files).await?;
    let tls = Tls::load(&ctx.config)?;
    let server = Server { max_header_bytes, drain, leaving: leaving.clone(), tls: tls.clone() };
    let decisions = composition.decisions.clone();
    let (app, runner) = composition.finish(&ctx, &url)?;
    let built = slot.get_or_init(|| Built::new(&ctx.config, app.routes(), tls.clone())).clone();
    let (stop, stopped) = watch::channel(false);
    let mut tasks = JoinSet::new();
    tasks.spawn(runner.run(stopped.clone()));
    if ctx.config.is_sandbox() && ctx.db.engine() == db::Engine::Postgres {
        tasks.spawn(clock.follow(ctx.db.clone(), stopped.clone()));
        tasks.spawn(faults.follow(stopped.clone()));
    }
    tasks.spawn(reload::watch(ctx.keys.clone(), tls, signal(SignalKind::hangup())?, stopped.clone()));
    tasks.spawn(listen(Arc::new(app), listener, server, stopped));
    Ok(Running { address, url, ctx, built, decisions, stop, tasks, leaving, drain })
}

/// Opens the database for a command that needs no server: migrated, stamped and with what the platform itself needs.
pub async fn open(config: Config) -> anyhow::Result<(Ctx, Composition)> {
    std::fs::create_dir_all(&config.storage.data)?;
    let url = config.public_url();
    let (surroundings, composition) = prepare(config, &url).await?;
    Ok((surroundings.ctx, composition))
}

async fn prepare(config: Config, url: &str) -> anyhow::Result<(Surroundings, Composition)> {
    let surroundings = surroundings(config, url).await?;
    let composition = Composition::new(&surroundings);
    let ctx = &surroundings.ctx;
    ctx.db.migrate(&composition.migrations()).await.context("cannot reach or migrate the database")?;
    stamp(ctx).await?;
    ctx.blobs.adopt(&ctx.config.storage.data.join("blobs")).await?;
    surroundings.clock.load(&ctx.db).await?;
    surroundings.faults.load().await?;
    composition.seed_platform().await?;
    Ok((surroundings, composition))
}

/// The blocks' context for `config`.
pub async fn surroundings(mut config: Config, url: &str) -> anyhow::Result<Surroundings> {
    url.clone_into(&mut config.server.public_url);
    let config = Arc::new(config);
    let db = db::Db::open(&config.database_url(), database_options(&config))
        .await
        .context("cannot open the database")?;
    let clock = Arc::new(BusinessClock::default());
    let ids = Arc::new(RandomIds);
    let ctx = Ctx {
        clock: clock.clone(),
        ids: ids.clone(),
        blobs: blob::Blobs::open(&config, db.clone())?,
        db,
        outbox: jobs::Outbox::new(clock.clone(), ids),
        keys: Arc::new(Keys::load(&config)?),
        http: HttpClient::new(&config)?,
        config,
    };
    traces::start(&ctx.config)?;
    let metrics = telemetry::init_metrics();
    if let Some(metrics) = metrics.clone() {
        // As long as the process, like the recorder itself.
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(FOLD_METRICS).await;
                metrics.fold();
            }
        });
    }
    let faults = Arc::new(Board::new(&ctx.db, clock.clone()));
    Ok(Surroundings {
        ctx,
        clock,
        metrics,
        faults,
        migrations: Arc::default(),
        leaving: Arc::default(),
        built: report::Slot::default(),
    })
}

pub(crate) fn database_options(config: &Config) -> db::Options {
    let storage = &config.storage;
    db::Options {
        pooling: match storage.pooling {
            config::Pooling::Session => db::Pooling::Session,
            config::Pooling::Transaction => db::Pooling::Transaction,
        },
        replica: Some(storage.replica.clone()).filter(|url| !url.is_empty()),
        demand_tls: !config.is_sandbox(),
        demand_durable: !config.is_sandbox() && storage.durability == config::Durability::Full,
        ..db::Options::default()
    }
}

/// Fills an empty sandbox with the synthetic country, and loads the population files that were named.
async fn populate(composition: &Composition, ctx: &Ctx, files: &[PathBuf]) -> anyhow::Result<()> {
    let wanted = &ctx.config.population;
    if ctx.config.is_sandbox() && wanted.persons > 0 {
        let options = population::Options {
            seed: wanted.seed,
            persons: wanted.persons,
            organisations: wanted.organisations,
            ..population::Options::default()
        };
        beside_others(async || composition.population.seed_if_empty(&options).await).await?;
    }
    let documents = population::commands::read_files(files)?;
    if !documents.is_empty() {
        composition.population.import(&documents).await?;
    }
    Ok(())
}

/// Writes profile and environment into a new database, and refuses one that was made for others.
async fn stamp(ctx: &Ctx) -> anyhow::Result<()> {
    let profile = if ctx.config.is_sandbox() { "sandbox" } else { "production" };
    for (key, ours) in [("profile", profile), ("environment", ctx.config.environment.as_str())] {
        match ctx.db.meta_get(key).await? {
            Some(theirs) if theirs != ours => {
                bail!("the database was made for {key} {theirs:?}, not {ours:?}")
            }
            Some(_) => {}
            None => ctx.db.meta_set(key, ours).await?,
        }
    }
    Ok(())
}

async fn listen(app: Arc<App>, listener: TcpListener, server: Server, mut stopped: watch::Receiver<bool>) {
    let stop = async move {
        // An error means that the sender is gone, which is a stop as well.
        let _ = stopped.wait_for(|stop| *stop).await;
    };
    httpkit::serve(app, listener, server, stop).await;
}

impl Running {
    /// What is on.
    pub async fn report(&self) -> serde_json::Value {
        report::report(&self.ctx, &self.built).await
    }

    /// Ends when the listener or the runner of jobs has ended, which nobody asked for before `stop`.
    pub async fn ended(&mut self) {
        self.tasks.join_next().await;
    }

    /// Announces the stop: `/health/ready` says no and connections are let go, while everything is still answered, for as
    /// long as the configuration gives balancers to notice.
    pub async fn leave(&self) {
        self.leaving.store(true, Ordering::Relaxed);
        tokio::time::sleep(Duration::from_secs(self.ctx.config.server.drain_notice_seconds)).await;
    }

    /// Stops taking requests, lets those under way and running jobs finish as long as the configuration says, closes the
    /// database.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        self.stop.send_replace(true);
        // The listener keeps the same bound itself. A job that is cut off runs again when its lease has expired.
        let finish = async { while self.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(self.drain + Duration::from_secs(1), finish).await.is_err() {
            tracing::warn!("stopped with jobs under way");
            self.tasks.shutdown().await;
        }
        self.decisions.flush().await;
        self.ctx.db.close().await?;
        traces::flush().await;
        Ok(())
    }
}
