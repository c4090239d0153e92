//! `allting population generate | import | export`.

use crate::{Document, Options, Population, generate};
use anyhow::Context as _;
use clap::{Args, Subcommand};
use jiff::civil::Date;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Makes, loads and writes population files.
#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// Make a synthetic population: the same options give the same bytes.
    Generate(Generate),
    /// Load population files into the database, all or nothing.
    Import(Import),
    /// Write the database's population as a file.
    Export(Export),
}

/// Options of `generate`.
#[derive(Debug, Clone, Args)]
pub struct Generate {
    /// Chooses the population.
    #[arg(long, default_value_t = Options::default().seed)]
    pub seed: u64,
    /// How many persons.
    #[arg(long, default_value_t = Options::default().persons, value_parser = persons)]
    pub persons: usize,
    /// How many main units; sub-units come on top.
    #[arg(long, default_value_t = Options::default().organisations, value_parser = organisations)]
    pub organisations: usize,
    /// The day from which ages and dates count.
    #[arg(long, value_name = "DATE", default_value_t = Options::default().as_of)]
    pub as_of: Date,
    /// File to write; standard output without it.
    #[arg(long, short)]
    pub output: Option<PathBuf>,
}

/// Options of `import`.
#[derive(Debug, Clone, Args)]
pub struct Import {
    /// Files, in loading order.
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// Print the counts as JSON.
    #[arg(long)]
    pub json: bool,
}

/// Options of `export`.
#[derive(Debug, Clone, Args)]
pub struct Export {
    /// File to write; standard output without it.
    #[arg(long, short)]
    pub output: Option<PathBuf>,
}

fn persons(text: &str) -> Result<usize, String> {
    between(text, 100, 1_000_000)
}

fn organisations(text: &str) -> Result<usize, String> {
    between(text, 20, 500_000)
}

fn between(text: &str, least: usize, most: usize) -> Result<usize, String> {
    let number = text.parse::<usize>().map_err(|error| error.to_string())?;
    if (least..=most).contains(&number) { Ok(number) } else { Err(format!("must be {least} to {most}")) }
}

impl Generate {
    /// The generator's options.
    pub fn options(&self) -> Options {
        Options {
            seed: self.seed,
            persons: self.persons,
            organisations: self.organisations,
            as_of: self.as_of,
        }
    }

    /// Generates and writes.
    pub fn run(&self) -> anyhow::Result<()> {
        write(self.output.as_deref(), &generate(&self.options()))
    }
}

impl Import {
    /// Reads the files and loads them.
    pub async fn run(&self, population: &Population) -> anyhow::Result<()> {
        let documents = read_files(&self.files)?;
        let report = population.import(&documents).await.map_err(|error| match error {
            crate::Error::Input { document, error } => {
                anyhow::anyhow!("{}: {error}; nothing was changed", self.files[document].display())
            }
            other @ crate::Error::Db(_) => other.into(),
        })?;
        let mut out = std::io::stdout().lock();
        if self.json {
            writeln!(out, "{}", serde_json::to_string(&report)?)?;
            return Ok(());
        }
        for member in &report.members {
            let counts = member.counts;
            writeln!(
                out,
                "{}: {} created, {} updated, {} unchanged",
                member.member, counts.created, counts.updated, counts.unchanged
            )?;
        }
        Ok(())
    }
}

impl Export {
    /// Dumps and writes.
    pub async fn run(&self, population: &Population) -> anyhow::Result<()> {
        write(self.output.as_deref(), &population.export().await?)
    }
}

/// Reads population files; the error names the file, the JSON pointer and the reason.
pub fn read_files(files: &[PathBuf]) -> anyhow::Result<Vec<Document>> {
    files
        .iter()
        .map(|file| {
            let text = std::fs::read(file).with_context(|| format!("{}: cannot be read", file.display()))?;
            Document::parse(&text).map_err(|error| anyhow::anyhow!("{}: {error}", file.display()))
        })
        .collect()
}

fn write(file: Option<&Path>, document: &Document) -> anyhow::Result<()> {
    let text = document.to_json();
    match file {
        Some(file) => {
            std::fs::write(file, text).with_context(|| format!("{}: cannot be written", file.display()))
        }
        None => Ok(std::io::stdout().lock().write_all(text.as_bytes())?),
    }
}
