//! Secrets on disk: written whole or not at all, for their owner alone.

use anyhow::{Context, ensure};
use jose::KeyFile;
use std::fs::{File, OpenOptions, Permissions};
use std::io::Write;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};

/// The key file of an issuer.
pub fn of_issuer(directory: &Path, issuer: &str) -> PathBuf {
    directory.join(format!("{issuer}.jwks.json"))
}

/// Reads an issuer's key file.
pub fn read(path: &Path) -> anyhow::Result<KeyFile> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    KeyFile::parse(&text).with_context(|| path.display().to_string())
}

/// Writes a file that is not there yet.
pub fn create(path: &Path, text: &[u8]) -> anyhow::Result<()> {
    ensure!(!path.exists(), "{} is there already: it is not written over", path.display());
    replace(path, text)
}

/// Puts `text` in the place of a file, which keeps its owner: a server that runs reads the old text or the new one.
pub fn replace(path: &Path, text: &[u8]) -> anyhow::Result<()> {
    let beside = path.with_extension(format!("new-{}", std::process::id()));
    let written = || -> std::io::Result<()> {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside)?;
        file.write_all(text)?;
        if let Ok(old) = path.metadata() {
            chown(&beside, Some(old.uid()), Some(old.gid()))?;
            file.set_permissions(Permissions::from_mode(old.mode()))?;
        }
        file.sync_all()?;
        std::fs::rename(&beside, path)?;
        File::open(path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new(".")))?
            .sync_all()
    };
    written()
        .inspect_err(|_| drop(std::fs::remove_file(&beside)))
        .with_context(|| format!("cannot write {}", path.display()))
}
