//! A crate may use crates of lower layers. Infrastructure (layer 1) may use infrastructure named before it; blocks (layer 4) never
//! use another block.

use anyhow::{Context, bail};
use serde_json::Value;
use std::collections::HashMap;
use std::process::Command;

/// Infrastructure in its order of dependency.
const INFRASTRUCTURE: [&str; 7] = ["config", "telemetry", "db", "audit", "blob", "jobs", "notifyio"];

pub fn check() -> anyhow::Result<()> {
    let output =
        Command::new("cargo").args(["metadata", "--format-version=1", "--no-deps", "--offline"]).output()?;
    anyhow::ensure!(output.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout)?;
    let packages = metadata["packages"].as_array().context("packages")?;
    let layer = |package: &Value| package["metadata"]["allting"]["layer"].as_u64();
    let name = |package: &Value| package["name"].as_str().unwrap_or_default().to_owned();
    let layers: HashMap<String, u64> = packages.iter().filter_map(|p| Some((name(p), layer(p)?))).collect();
    let mut offenders = Vec::new();
    for package in packages {
        let user = name(package);
        let Some(own) = layers.get(&user) else {
            if !matches!(user.as_str(), "xtask" | "bench") {
                offenders.push(format!("{user} has no [package.metadata.allting] layer"));
            }
            continue;
        };
        for dependency in package["dependencies"].as_array().context("dependencies")? {
            let used = dependency["name"].as_str().unwrap_or_default();
            let Some(below) = layers.get(used) else { continue };
            let is_test_help = used == "testkit" && dependency["kind"] == "dev";
            if !(below < own || in_order(&user, used) || is_test_help) {
                offenders.push(format!("{user} (layer {own}) uses {used} (layer {below})"));
            }
        }
    }
    if !offenders.is_empty() {
        bail!("layers point down only:\n  {}", offenders.join("\n  "));
    }
    println!("layers: {} crates, all dependencies point down", layers.len());
    Ok(())
}

fn in_order(user: &str, used: &str) -> bool {
    let place = |name: &str| INFRASTRUCTURE.iter().position(|known| *known == name);
    matches!((place(user), place(used)), (Some(user), Some(used)) if used < user)
}
