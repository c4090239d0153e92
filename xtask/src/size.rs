//! Files that are too long to be read in one sitting.

use anyhow::bail;
use std::path::Path;

const LIMIT: usize = 600;

pub fn check() -> anyhow::Result<()> {
    let mut files = Vec::new();
    for root in ["bin", "crates", "xtask", "bench"] {
        collect(Path::new(root), &mut files)?;
    }
    let mut long = Vec::new();
    for path in &files {
        let lines = std::fs::read_to_string(path)?.lines().count();
        if lines > LIMIT {
            long.push(format!("{}: {lines}", path.display()));
        }
    }
    if !long.is_empty() {
        bail!("files over {LIMIT} lines:\n  {}", long.join("\n  "));
    }
    println!("size: {} files, none over {LIMIT} lines", files.len());
    Ok(())
}

/// Rust sources below `directory`; generated code (`gen/`) is left out.
fn collect(directory: &Path, into: &mut Vec<std::path::PathBuf>) -> anyhow::Result<()> {
    for entry in std::fs::read_dir(directory)? {
        let path = entry?.path();
        if path.is_dir() {
            if !path.ends_with("gen") && !path.ends_with("node_modules") && !path.ends_with("target") {
                collect(&path, into)?;
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            into.push(path);
        }
    }
    Ok(())
}
