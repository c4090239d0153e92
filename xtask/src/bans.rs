//! Crates that must not be compiled in, and crates of which there must be one version only.

use anyhow::bail;
use std::collections::BTreeMap;
use std::process::Command;

pub const BANNED: [&str; 5] = ["ring", "openssl", "openssl-sys", "native-tls", "rsa"];
const SINGLE: [&str; 5] = ["serde", "http", "axum", "rustls", "hyper"];

pub fn check() -> anyhow::Result<()> {
    let arguments = [
        "tree",
        "--workspace",
        "--edges",
        "normal,build",
        "--prefix",
        "none",
        "--format",
        "{p}",
        "--offline",
    ];
    let output = Command::new("cargo").args(arguments).output()?;
    anyhow::ensure!(output.status.success(), "cargo tree: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8_lossy(&output.stdout);
    let mut versions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for line in text.lines() {
        let mut words = line.split_whitespace();
        let (Some(name), Some(version)) = (words.next(), words.next()) else { continue };
        let known = versions.entry(name).or_default();
        if !known.contains(&version) {
            known.push(version);
        }
    }
    let mut offenders: Vec<String> = BANNED
        .iter()
        .filter(|name| versions.contains_key(*name))
        .map(|name| format!("{name} is banned"))
        .collect();
    for name in SINGLE {
        if let Some(several) = versions.get(name).filter(|versions| versions.len() > 1) {
            offenders.push(format!("{name} in several versions: {}", several.join(", ")));
        }
    }
    if !offenders.is_empty() {
        bail!("dependencies:\n  {}", offenders.join("\n  "));
    }
    println!("bans: {} crates, none banned", versions.len());
    Ok(())
}
