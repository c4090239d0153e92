#![doc = include_str!("../README.md")]

use bytes::Bytes;
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// Why a blob could not be kept or found.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The directory failed.
    #[error("blob {key}: {source}")]
    Io {
        /// Which blob.
        key: String,
        /// Why.
        source: std::io::Error,
    },
}

/// A directory of blobs.
#[derive(Debug, Clone)]
pub struct Blobs {
    root: PathBuf,
}

/// The name of a blob: an area (`feedback`, `receipt`) and an id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    area: &'static str,
    id: Uuid,
}

impl Key {
    /// Names a blob.
    pub fn new(area: &'static str, id: Uuid) -> Self {
        Self { area, id }
    }
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.area, self.id.as_simple())
    }
}

impl Blobs {
    /// Opens the directory, making it if it is not there.
    pub fn open(root: &Path) -> Result<Self, Error> {
        std::fs::create_dir_all(root)
            .map_err(|source| Error::Io { key: root.display().to_string(), source })?;
        Ok(Self { root: root.to_owned() })
    }

    /// Keeps `content` durably under `key`; the same key again replaces it.
    pub async fn put(&self, key: &Key, content: Bytes) -> Result<(), Error> {
        let path = self.path(key);
        let temporary = path.with_extension("part");
        let write = move || -> std::io::Result<()> {
            use std::io::Write;
            let directory = path.parent().ok_or(std::io::ErrorKind::InvalidInput)?;
            std::fs::create_dir_all(directory)?;
            let mut file = std::fs::File::create(&temporary)?;
            file.write_all(&content)?;
            file.sync_all()?;
            std::fs::rename(&temporary, &path)?;
            std::fs::File::open(directory)?.sync_all()
        };
        let done =
            tokio::task::spawn_blocking(write).await.map_err(std::io::Error::other).and_then(|result| result);
        done.map_err(|source| Error::Io { key: key.to_string(), source })
    }

    /// The blob's bytes, or `None`.
    pub async fn get(&self, key: &Key) -> Result<Option<Bytes>, Error> {
        match tokio::fs::read(self.path(key)).await {
            Ok(content) => Ok(Some(content.into())),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(Error::Io { key: key.to_string(), source }),
        }
    }

    fn path(&self, key: &Key) -> PathBuf {
        let id = key.id.as_simple().to_string();
        // The last two digits spread blobs over 256 directories; the first ones of a version 7 id are its time.
        self.root.join(key.area).join(&id[30..]).join(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_was_put_is_got_and_the_rest_is_absent() {
        let root = std::env::temp_dir().join(format!("allting-blob-{}", std::process::id()));
        let blobs = Blobs::open(&root).unwrap();
        let key = Key::new("feedback", Uuid::from_u128(7));
        blobs.put(&key, Bytes::from_static(b"one")).await.unwrap();
        blobs.put(&key, Bytes::from_static(b"two")).await.unwrap();
        assert_eq!(blobs.get(&key).await.unwrap().unwrap(), "two");
        assert!(blobs.get(&Key::new("feedback", Uuid::from_u128(8))).await.unwrap().is_none());
        std::fs::remove_dir_all(root).unwrap();
    }
}
