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
    files.iter().map(|file| read_file(file).with_context(|| file.display().to_string())).collect()
}

fn read_file(file: &Path) -> anyhow::Result<Document> {
    let mut document = Document::parse(&std::fs::read(file)?)?;
    for (at, resource) in document.other.get_mut("resources").into_iter().flatten().enumerate() {
        let Some(fields) = resource.as_object_mut() else { continue };
        let Some(name) = fields.remove("policyFile") else { continue };
        let policy = name
            .as_str()
            .ok_or_else(|| anyhow::anyhow!("must be text"))
            .and_then(|name| read_beside(file, name))
            .with_context(|| format!("/resources/{at}/policyFile"))?;
        fields.insert("policy".to_owned(), policy.into());
    }
    Ok(document)
}

/// A file beside another one or in a folder below it; a population file from elsewhere reads nothing else.
fn read_beside(file: &Path, name: &str) -> anyhow::Result<String> {
    let inside = Path::new(name).components().all(|part| matches!(part, std::path::Component::Normal(_)));
    anyhow::ensure!(inside && !name.is_empty(), "must be a path beside the population file");
    let path = file.parent().unwrap_or(Path::new("")).join(name);
    std::fs::read_to_string(&path).with_context(|| format!("{} cannot be read", path.display()))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_beside_the_file_takes_the_place_of_its_name_and_one_outside_is_refused() {
        let dir = testkit::TempDir::new();
        let file = dir.join("population.json");
        let write = |policy: &str| {
            let text = format!(
                r#"{{"format": "allting-population/1", "resources": [{{"identifier": "res", "policyFile": "{policy}"}}]}}"#
            );
            std::fs::write(&file, text).unwrap();
        };
        std::fs::write(dir.join("policy.xml"), "<Policy/>").unwrap();
        write("policy.xml");
        let documents = read_files(std::slice::from_ref(&file)).unwrap();
        assert_eq!(documents[0].other["resources"][0]["policy"], "<Policy/>");
        for outside in ["../policy.xml", "/etc/hostname", "a/../../x", ""] {
            write(outside);
            let error = read_files(std::slice::from_ref(&file)).unwrap_err();
            assert!(
                format!("{error:#}").contains("/resources/0/policyFile: must be a path beside"),
                "{error:#}"
            );
        }
    }
}
