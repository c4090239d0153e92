//! `allting pki`: keys of an installation, their rotation, and test certificates. Works on files alone.

mod certificate;
mod files;
mod init;
mod keys;

use clap::{Args, Subcommand};
use std::path::PathBuf;

pub use certificate::IssueArgs;
pub use init::InitArgs;

/// Issuers with a key file of their own.
pub(crate) const ISSUERS: [&str; 4] = ["maskinporten", "idporten", "altinn", "dialogporten"];

/// `allting pki …`
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make everything that production needs: keys of the issuers, pepper, blob key, configuration.
    Init(InitArgs),
    /// Show the keys of the issuers: id, algorithm, state, since when.
    List(ListArgs),
    /// Give an issuer a new key, published at once, signing later; the old one stays published until it is pruned.
    Rotate(RotateArgs),
    /// Take out keys whose last tokens have ended.
    Prune(PruneArgs),
    /// Issue a test enterprise certificate (virksomhetssertifikat) from the built-in test CA.
    Issue(IssueArgs),
}

/// Where the key files are.
#[derive(Debug, Args)]
pub struct Place {
    /// Directory that `pki init` made.
    #[arg(long, default_value = ".")]
    dir: PathBuf,
}

/// Options of `allting pki list`.
#[derive(Debug, Args)]
pub struct ListArgs {
    #[command(flatten)]
    place: Place,
    /// One JSON document instead of text.
    #[arg(long)]
    json: bool,
}

/// Options of `allting pki rotate`.
#[derive(Debug, Args)]
pub struct RotateArgs {
    /// Issuer: maskinporten, idporten, altinn or dialogporten.
    #[arg(value_parser = ISSUERS)]
    issuer: String,
    #[command(flatten)]
    place: Place,
    /// Time until the new key signs: longer than others keep the published keys, which is a day.
    #[arg(long, default_value = "48h")]
    after: String,
}

/// Options of `allting pki prune`.
#[derive(Debug, Args)]
pub struct PruneArgs {
    /// Issuer; all of them without.
    #[arg(value_parser = ISSUERS)]
    issuer: Option<String>,
    #[command(flatten)]
    place: Place,
    /// Time that a key stays published after it has signed for the last time: longer than any token lives.
    #[arg(long, default_value = "48h")]
    keep: String,
}

/// Runs a command.
pub fn run(command: &Command) -> anyhow::Result<()> {
    match command {
        Command::Init(args) => init::run(args),
        Command::List(args) => keys::list(&args.place.dir, args.json),
        Command::Rotate(args) => keys::rotate(&args.place.dir, &args.issuer, &args.after),
        Command::Prune(args) => keys::prune(&args.place.dir, args.issuer.as_deref(), &args.keep),
        Command::Issue(args) => certificate::run(args),
    }
}
