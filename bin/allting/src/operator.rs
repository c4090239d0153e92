//! `allting operator`: who may see and do what operators may.

use crate::command::ServerArgs;
use anyhow::{Context, ensure};
use clap::{Args, Subcommand};
use kernel::RandomIds;
use serde_json::json;
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a token for an operator; it is shown this once and kept nowhere.
    Add(Add),
}

#[derive(Debug, Args)]
pub struct Add {
    /// Name that stands beside what the operator does.
    name: String,
    /// File to add the operator to; `operations.operators` of the configuration when absent.
    #[arg(long)]
    file: Option<PathBuf>,
    /// Configuration file.
    #[arg(long, env = "ALLTING_CONFIG")]
    config: Option<PathBuf>,
    /// One JSON object instead of text.
    #[arg(long)]
    json: bool,
}

pub fn run(command: &Command) -> anyhow::Result<()> {
    let Command::Add(add) = command;
    let file = if let Some(file) = &add.file {
        file.clone()
    } else {
        let config = ServerArgs { config: add.config.clone(), ..ServerArgs::default() }.load()?;
        ensure!(
            !config.operations.operators.is_empty(),
            "give --file, or set operations.operators in the configuration"
        );
        config.operations.operators.into()
    };
    let (token, line) = httpkit::new_operator(&RandomIds, &add.name)?;
    append(&file, &add.name, &line)?;
    let mut out = std::io::stdout().lock();
    if add.json {
        writeln!(out, "{}", json!({"name": add.name, "token": token, "file": file}))?;
    } else {
        writeln!(out, "{token}")?;
    }
    Ok(())
}

/// Adds the line, for the owner's eyes only. What stands there already stays as it is.
fn append(file: &Path, name: &str, line: &str) -> anyhow::Result<()> {
    if file.exists() {
        let names = httpkit::read_operators(file)?;
        ensure!(
            !names.iter().any(|known| known == name),
            "{name} is an operator already; take the line out first"
        );
    }
    let context = || file.display().to_string();
    let mut open =
        std::fs::OpenOptions::new().append(true).create(true).mode(0o600).open(file).with_context(context)?;
    open.set_permissions(std::fs::Permissions::from_mode(0o600)).with_context(context)?;
    let whole = std::fs::read(file).with_context(context)?;
    let before = if whole.last().is_some_and(|byte| *byte != b'\n') { "\n" } else { "" };
    open.write_all(format!("{before}{line}\n").as_bytes()).with_context(context)?;
    open.sync_all().with_context(context)
}
