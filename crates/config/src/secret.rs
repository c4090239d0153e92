//! Files with secrets: where they may lie and who may read them.

use crate::{Config, Profile};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// Why a file with a secret was refused.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// It could not be read.
    #[error("{path}: {source}")]
    Read {
        /// Which file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// Others could read it, or a copy of the data would hold it.
    #[error("{path}: {reason}")]
    Unsafe {
        /// Which file.
        path: String,
        /// Why, and what to do.
        reason: String,
    },
}

impl Config {
    /// Reads a file with a secret. Production takes it only from outside the data directory, whose copies go elsewhere, and
    /// when its owner alone may read it; systemd guards its credentials by other means.
    pub fn read_secret(&self, path: &str) -> Result<Vec<u8>, SecretError> {
        let failed = |source| SecretError::Read { path: path.to_owned(), source };
        let refuse =
            |reason: &str| Err(SecretError::Unsafe { path: path.to_owned(), reason: reason.to_owned() });
        let given = Path::new(path);
        if self.profile == Profile::Production {
            let real = given.canonicalize().map_err(failed)?;
            let inside = |directory: &Path| {
                directory.canonicalize().is_ok_and(|directory| real.starts_with(directory))
            };
            if inside(&self.storage.data) {
                return refuse(
                    "a secret may not lie in storage.data, which is copied as data: move it elsewhere",
                );
            }
            let credential = self.credentials.as_deref().is_some_and(inside);
            if !credential && real.metadata().map_err(failed)?.permissions().mode() & 0o077 != 0 {
                return refuse(
                    "group or others may read this secret: chmod 600 it, owned by the user that runs Allting",
                );
            }
        }
        std::fs::read(given).map_err(failed)
    }
}
