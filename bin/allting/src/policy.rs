//! `allting policy evaluate`: a pure XACML 3.0 evaluation, without a database.

use anyhow::{Context, bail};
use clap::{Args, Subcommand, ValueEnum};
use kernel::{Clock, SystemClock};
use std::path::PathBuf;
use xacml::{PolicyDocument, Profile};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Answer a request from policies; the first one decides, the others are found by reference.
    Evaluate(Evaluate),
}

#[derive(Debug, Args)]
pub struct Evaluate {
    /// Policy or policy set, XML; may be given several times.
    #[arg(long, required = true)]
    policy: Vec<PathBuf>,
    /// Request, XML or JSON.
    #[arg(long)]
    request: PathBuf,
    /// Form of the answer; that of the request when absent.
    #[arg(long)]
    format: Option<Format>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Xml,
    Json,
}

pub fn run(command: &Command) -> anyhow::Result<()> {
    let Command::Evaluate(args) = command;
    let mut policies = Vec::with_capacity(args.policy.len());
    for path in &args.policy {
        policies.push(read(path, xacml::read_policy_document)?);
    }
    let (request, own_format) = read(&args.request, |text| {
        if text.trim_start().starts_with('{') {
            let document = serde_json::from_str(text)?;
            anyhow::Ok((xacml::read_request_json(&document, Profile::Standard)?, Format::Json))
        } else {
            anyhow::Ok((xacml::read_request_xml(text)?, Format::Xml))
        }
    })?;
    let Some((root, others)) = policies.split_first() else { bail!("no policy was given") };
    let others: Vec<PolicyDocument> = others.to_vec();
    let response = xacml::evaluate(root, &others, &request, SystemClock.now());
    match args.format.unwrap_or(own_format) {
        Format::Xml => println!("{}", xacml::write_response_xml(&response)),
        Format::Json => println!("{}", xacml::write_response_json(&response)),
    }
    Ok(())
}

fn read<T, E: Into<anyhow::Error>>(
    path: &PathBuf,
    parse: impl FnOnce(&str) -> Result<T, E>,
) -> anyhow::Result<T> {
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    parse(&text).map_err(Into::into).with_context(|| path.display().to_string())
}
