//! The command line.

use crate::{blobs, demo, doctor, jobs_command, operate, operator, policy, serve, start};
use clap::{Args, Parser, Subcommand};
use config::{Config, Overrides};
use std::path::PathBuf;

/// Norway's platform for digital dialogue, as one program.
#[derive(Debug, Parser)]
#[command(name = "allting", version, about)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server.
    Serve(ServerArgs),
    /// Run the main job end to end on a fresh database and write demo.json.
    Demo(demo::DemoArgs),
    /// Show the configuration's hosts, roles and routes.
    Doctor(doctor::DoctorArgs),
    /// Apply pending migrations, or tell which are pending.
    Migrate(operate::migrate::MigrateArgs),
    /// Write everything into one file, while the server goes on.
    Backup(operate::backup::BackupArgs),
    /// Fill an empty database from a backup.
    Restore(operate::restore::RestoreArgs),
    /// Check a backup, or the live database.
    Verify(operate::verify::VerifyArgs),
    /// Keep and bring back named snapshots of a running sandbox.
    Snapshot(cli::snapshot::SnapshotArgs),
    /// Fetch tokens as a client would.
    #[command(subcommand)]
    Token(Token),
    /// Make and rotate the keys of an installation, issue test certificates.
    #[command(subcommand)]
    Pki(cli::pki::Command),
    /// Make, load and write population files.
    Population(Population),
    /// Look at jobs that nobody could handle, try them again or drop them.
    Jobs(jobs_command::Jobs),
    /// Name those who may see and do what operators may.
    #[command(subcommand)]
    Operator(operator::Command),
    /// Show who did what, or who looked up whom.
    Audit(cli::AuditArgs),
    /// Look after blobs and their master keys. A server that runs on SQLite must be stopped for it.
    Blobs(blobs::BlobsArgs),
    /// Evaluate XACML policies without a database.
    #[command(subcommand)]
    Policy(policy::Command),
}

#[derive(Debug, Subcommand)]
enum Token {
    /// Sign a grant and fetch a Maskinporten token.
    Maskinporten(cli::token::MaskinportenArgs),
}

#[derive(Debug, Args)]
struct Population {
    #[command(flatten)]
    server: ServerArgs,
    #[command(subcommand)]
    command: population::commands::Command,
}

/// Options of every command that starts a server.
#[derive(Debug, Clone, Default, Args)]
pub struct ServerArgs {
    /// Address to listen on; port 0 picks a free one.
    #[arg(long)]
    pub listen: Option<String>,
    /// Directory for the embedded database and files.
    #[arg(long)]
    pub data: Option<String>,
    /// `sqlite:PATH` or `postgres://…`
    #[arg(long)]
    pub db: Option<String>,
    /// `sandbox` or `production`
    #[arg(long)]
    pub profile: Option<String>,
    /// Configuration file.
    #[arg(long, env = "ALLTING_CONFIG")]
    pub config: Option<PathBuf>,
    /// Population file to load; may be given several times.
    #[arg(long)]
    pub population: Vec<PathBuf>,
    /// Where clients reach the server.
    #[arg(long)]
    pub public_url: Option<String>,
    /// Let the sandbox listen on an address that others can reach.
    #[arg(long)]
    pub expose_sandbox: bool,
}

impl ServerArgs {
    /// The whole configuration: default, file, environment, these options.
    pub fn load(&self) -> anyhow::Result<Config> {
        let options = [
            ("server.listen", &self.listen),
            ("storage.data", &self.data),
            ("storage.database", &self.db),
            ("profile", &self.profile),
            ("server.public_url", &self.public_url),
        ];
        let mut overrides: Overrides =
            options.iter().filter_map(|(key, value)| Some(((*key).to_owned(), (*value).clone()?))).collect();
        if self.expose_sandbox {
            overrides.push(("server.expose_sandbox".into(), "true".into()));
        }
        Ok(Config::load(self.config.as_deref(), std::env::vars(), &overrides)?)
    }
}

impl Cli {
    /// Runs the command.
    pub async fn run(self) -> anyhow::Result<()> {
        match self.command {
            Command::Serve(args) => serve::run(args).await,
            Command::Demo(args) => demo::run(args).await,
            Command::Doctor(args) => doctor::run(args).await,
            Command::Migrate(args) => operate::migrate::run(args).await,
            Command::Backup(args) => operate::backup::run(args).await,
            Command::Restore(args) => operate::restore::run(args).await,
            Command::Verify(args) => operate::verify::run(args).await,
            Command::Snapshot(args) => cli::snapshot::run(args).await,
            Command::Token(Token::Maskinporten(args)) => cli::token::maskinporten(args).await,
            Command::Pki(command) => cli::pki::run(&command),
            Command::Population(args) => args.run().await,
            Command::Jobs(jobs) => jobs_command::run(jobs).await,
            Command::Audit(args) => cli::audit(args).await,
            Command::Operator(command) => operator::run(&command),
            Command::Blobs(args) => args.run().await,
            Command::Policy(command) => policy::run(&command),
        }
    }
}

impl Population {
    async fn run(self) -> anyhow::Result<()> {
        use population::commands::Command;
        if let Command::Generate(generate) = &self.command {
            return generate.run();
        }
        let (ctx, composition) = start::open(self.server.load()?).await?;
        let outcome = match &self.command {
            Command::Generate(generate) => generate.run(),
            Command::Import(import) => import.run(&composition.population).await,
            Command::Export(export) => export.run(&composition.population).await,
        };
        ctx.db.close().await?;
        outcome
    }
}
