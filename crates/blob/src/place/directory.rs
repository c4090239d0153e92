//! Objects as files: written whole to a temporary file, synced and renamed, so a reader sees all of it or nothing.

use super::{ENDING, HALF, Object, Place, Trouble};
use async_trait::async_trait;
use bytes::Bytes;
use jiff::Timestamp;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// A directory that all nodes see.
#[derive(Debug)]
pub struct Directory {
    root: PathBuf,
}

impl Directory {
    /// Opens it, making it if it is not there.
    pub fn open(root: &Path) -> io::Result<Self> {
        std::fs::create_dir_all(root)?;
        Ok(Self { root: root.to_owned() })
    }
}

#[async_trait]
impl Place for Directory {
    async fn put(&self, name: &str, sealed: Bytes) -> Result<(), Trouble> {
        let (root, path) = (self.root.clone(), self.root.join(name));
        off_worker(move || write(&root, &path, &sealed)).await
    }

    async fn get(&self, name: &str) -> Result<Option<Bytes>, Trouble> {
        match tokio::fs::read(self.root.join(name)).await {
            Ok(sealed) => Ok(Some(sealed.into())),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(e.into()),
        }
    }

    async fn delete(&self, name: &str) -> Result<(), Trouble> {
        match tokio::fs::remove_file(self.root.join(name)).await {
            Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e.into()),
            _ => Ok(()),
        }
    }

    /// One of the lowest directories a page.
    async fn list(&self, after: Option<String>) -> Result<(Vec<Object>, Option<String>), Trouble> {
        let root = self.root.clone();
        off_worker(move || {
            for area in directories(&root)? {
                for shard in directories(&root.join(&area))? {
                    let here = format!("{area}/{shard}");
                    if after.as_ref().is_none_or(|after| here > *after) {
                        return Ok((files(&root, &here)?, Some(here)));
                    }
                }
            }
            Ok((vec![], None))
        })
        .await
    }
}

async fn off_worker<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, Trouble> {
    Ok(tokio::task::spawn_blocking(work).await??)
}

fn write(root: &Path, path: &Path, sealed: &[u8]) -> io::Result<()> {
    use std::io::Write;
    let directory = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    make(root, directory)?;
    let mut temporary = path.as_os_str().to_owned();
    temporary.push(HALF);
    let mut file = File::create(&temporary)?;
    file.write_all(sealed)?;
    file.sync_all()?;
    std::fs::rename(&temporary, path)?;
    File::open(directory)?.sync_all()
}

/// Makes a directory below `root` so that it survives a power loss: its entry in the one above is synced as well.
fn make(root: &Path, directory: &Path) -> io::Result<()> {
    if directory == root || directory.is_dir() {
        return Ok(());
    }
    let above = directory.parent().ok_or(io::ErrorKind::InvalidInput)?;
    make(root, above)?;
    match std::fs::create_dir(directory) {
        Err(e) if e.kind() != io::ErrorKind::AlreadyExists => return Err(e),
        _ => {}
    }
    File::open(above)?.sync_all()
}

fn directories(of: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(of)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            names.extend(entry.file_name().into_string().ok());
        }
    }
    names.sort();
    Ok(names)
}

fn files(root: &Path, shard: &str) -> io::Result<Vec<Object>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(root.join(shard))? {
        let entry = entry?;
        let Ok(file) = entry.file_name().into_string() else { continue };
        if !file.ends_with(ENDING) && !file.ends_with(HALF) {
            continue;
        }
        // Gone meanwhile: another node cleans as well, or the file got its final name.
        let Ok(about) = entry.metadata() else { continue };
        let modified = Timestamp::try_from(about.modified()?).map_err(io::Error::other)?;
        found.push(Object { name: format!("{shard}/{file}"), size: about.len(), modified });
    }
    Ok(found)
}
