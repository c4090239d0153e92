//! Licences and sources of everything that is compiled in, against `deny.toml`, without any tool or network.

use anyhow::{Context, bail};
use serde_json::Value;
use std::collections::BTreeSet;
use std::process::Command;

/// The one place that crates come from.
const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

pub fn check() -> anyhow::Result<()> {
    let deny: toml::Table = std::fs::read_to_string("deny.toml")?.parse()?;
    let list = |section: &str, key: &str| -> anyhow::Result<BTreeSet<String>> {
        let entries =
            deny[section][key].as_array().with_context(|| format!("{section}.{key} in deny.toml"))?;
        let name =
            |entry: &toml::Value| Some(entry.as_str().or_else(|| entry.get("crate")?.as_str())?.to_owned());
        Ok(entries.iter().filter_map(name).collect())
    };
    let (allowed, banned) = (list("licenses", "allow")?, list("bans", "deny")?);
    let output =
        Command::new("cargo").args(["metadata", "--format-version=1", "--offline", "--locked"]).output()?;
    anyhow::ensure!(output.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout)?;
    let packages = metadata["packages"].as_array().context("packages")?;
    let mut offenders = vec![];
    for package in packages {
        let text = |key: &str| package[key].as_str();
        let name = format!("{} {}", text("name").unwrap_or_default(), text("version").unwrap_or_default());
        match text("source") {
            None | Some(REGISTRY) => {}
            Some(source) => offenders.push(format!("{name} comes from {source}")),
        }
        match text("license") {
            Some(licence) if satisfied(licence, &allowed) => {}
            Some(licence) => offenders.push(format!("{name} has licence {licence}")),
            None => offenders.push(format!("{name} names no licence")),
        }
    }
    let ours = super::bans::BANNED.map(str::to_owned);
    if let Some(missing) = banned.iter().find(|name| !ours.contains(name)) {
        offenders.push(format!("deny.toml bans {missing}, which `xtask bans` does not look for"));
    }
    if !offenders.is_empty() {
        bail!("deny:\n  {}", offenders.join("\n  "));
    }
    println!("deny: {} packages, every licence allowed, every source known", packages.len());
    Ok(())
}

/// Is an SPDX expression satisfied by what is allowed. `AND` binds tighter than `OR`; crates of old write `/` for `OR`.
fn satisfied(expression: &str, allowed: &BTreeSet<String>) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut at = 0;
    either(&words, &mut at, allowed) && at == words.len()
}

fn either(words: &[&str], at: &mut usize, allowed: &BTreeSet<String>) -> bool {
    let mut found = both(words, at, allowed);
    while words.get(*at) == Some(&"OR") {
        *at += 1;
        found |= both(words, at, allowed);
    }
    found
}

fn both(words: &[&str], at: &mut usize, allowed: &BTreeSet<String>) -> bool {
    let mut found = one(words, at, allowed);
    while words.get(*at) == Some(&"AND") {
        *at += 1;
        found &= one(words, at, allowed);
    }
    found
}

fn one(words: &[&str], at: &mut usize, allowed: &BTreeSet<String>) -> bool {
    let Some(word) = words.get(*at) else { return false };
    *at += 1;
    if *word == "(" {
        let found = either(words, at, allowed);
        let closed = words.get(*at) == Some(&")");
        *at += 1;
        return found && closed;
    }
    if words.get(*at) == Some(&"WITH") {
        let exception = words.get(*at + 1).copied().unwrap_or_default();
        *at += 2;
        return allowed.contains(&format!("{word} WITH {exception}"));
    }
    allowed.contains(*word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_read_as_spdx_has_them() {
        let allowed =
            ["MIT", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "ISC"].map(str::to_owned).into();
        let is = |expression: &str| satisfied(expression, &allowed);
        for good in [
            "MIT",
            "MIT OR GPL-3.0",
            "GPL-3.0 OR MIT AND ISC",
            "MIT/GPL-3.0",
            "(MIT OR X) AND ISC",
            "Apache-2.0 WITH LLVM-exception OR X",
        ] {
            assert!(is(good), "{good}");
        }
        for bad in [
            "GPL-3.0",
            "MIT AND GPL-3.0",
            "",
            "(MIT",
            "MIT)",
            "MIT ISC",
            "MIT WITH X",
            "(MIT OR X) AND GPL-3.0",
        ] {
            assert!(!is(bad), "{bad}");
        }
    }
}
