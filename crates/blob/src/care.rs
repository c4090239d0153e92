//! Looking after blobs: orphans, verification, rotation of master keys.

use crate::place::Object;
use crate::store::{self, Entry};
use crate::{Blobs, Error, Key, key_context, seal};
use db::{Value, params};
use kernel::{Clock, SystemClock};
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::time::Duration;
use uuid::Uuid;

/// How old an object without a row must be to be removed.
pub const ORPHAN_AGE: Duration = Duration::from_hours(24);

/// What a clean-up did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cleaned {
    /// Objects looked at.
    pub objects: u64,
    /// Objects removed: no row named them.
    pub removed: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// What a verification found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Blobs read and found whole.
    pub whole: u64,
    /// Their bytes.
    pub bytes: u64,
    /// What is wrong: blob and reason.
    pub faults: Vec<(String, String)>,
}

/// A master key and what it is used for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyUse {
    /// The key's id.
    pub id: String,
    /// It wraps what is new.
    pub active: bool,
    /// The file holds it; without it its blobs cannot be read.
    pub known: bool,
    /// Blobs that need it.
    pub blobs: u64,
}

impl Blobs {
    /// Removes objects older than `age` that no row names.
    pub async fn clean(&self, age: Duration) -> Result<Cleaned, Error> {
        let mut cleaned = Cleaned::default();
        let mut after = None;
        loop {
            let page = self.place.list(after).await.map_err(Error::store("listing".into()));
            let (objects, next) = page.map_err(Error::noted)?;
            self.clean_page(&objects, age, &mut cleaned).await?;
            if next.is_none() {
                break;
            }
            after = next;
        }
        metrics::counter!("blob_orphans_removed_total").increment(cleaned.removed);
        if cleaned.removed > 0 {
            let Cleaned { objects, removed, bytes } = cleaned;
            tracing::info!(objects, removed, bytes, "removed objects without a blob");
        }
        Ok(cleaned)
    }

    async fn clean_page(
        &self,
        objects: &[Object],
        age: Duration,
        cleaned: &mut Cleaned,
    ) -> Result<(), Error> {
        let now = SystemClock.now();
        let is_old = |object: &&Object| {
            now.duration_since(object.modified).unsigned_abs() >= age && object.modified <= now
        };
        let ours = |object: &&Object| object.id().is_some() || object.is_half();
        cleaned.objects += objects.len() as u64;
        let old: Vec<&Object> = objects.iter().filter(ours).filter(is_old).collect();
        for batch in old.chunks(500) {
            let ids: Vec<Uuid> = batch.iter().filter_map(|object| object.id()).collect();
            let named: HashSet<Uuid> = store::named(&self.db, &ids).await?.into_iter().collect();
            for orphan in batch.iter().filter(|object| object.id().is_none_or(|id| !named.contains(&id))) {
                let gone = self.place.delete(&orphan.name).await;
                gone.map_err(Error::store(orphan.name.clone())).map_err(Error::noted)?;
                cleaned.removed += 1;
                cleaned.bytes += orphan.size;
            }
        }
        Ok(())
    }

    /// Reads every blob and checks it. An error means that the work could not go on, not that a blob is bad.
    pub async fn verify(&self) -> Result<Report, Error> {
        let mut report = Report::default();
        let (mut area, mut id) = (String::new(), Uuid::nil());
        loop {
            let page: Vec<Entry> = store::page(&self.db, &area, id).await?;
            let Some(last) = page.last() else { return Ok(report) };
            (area, id) = (last.area.clone(), last.id);
            for entry in page {
                let (name, size) = (entry.name(), entry.size);
                match self.content(entry).await.map_err(Error::noted) {
                    Ok(_) => {
                        report.whole += 1;
                        report.bytes += size;
                    }
                    Err(Error::Db(e)) => return Err(e.into()),
                    Err(e) => report.faults.push((name, e.to_string())),
                }
            }
        }
    }

    /// Wraps the keys of all blobs anew that are wrapped by another key than the active one. Content stays as it is, readers see the
    /// old or the new form, and what was not done goes on with the next call. Answers how many it wrapped; a blob whose key does not
    /// open is logged and left.
    pub async fn rewrap(&self) -> Result<u64, Error> {
        let keys = self.keyring.fresh();
        let active = keys.active();
        let mut done = 0;
        let master = |id: &str| keys.get(id).ok_or_else(crate::failed);
        for old in keys.ids().iter().filter(|id| *id != active) {
            let (mut area, mut id) = (String::new(), Uuid::nil());
            loop {
                let found = store::under(&self.db, old, (&area, id)).await?;
                let Some((last, last_id, _)) = found.last() else { break };
                (area, id) = (last.clone(), *last_id);
                let mut rows: Vec<Vec<Value>> = Vec::with_capacity(found.len());
                for (area, id, wrapped) in found {
                    let blob = crate::name(&area, id);
                    let Ok(own) = seal::unwrap(master(old)?, &key_context(&blob, old), &wrapped) else {
                        Error::Corrupt { blob, reason: crate::KEY_CLOSED }.noted();
                        continue;
                    };
                    let anew = seal::wrap(master(active)?, &key_context(&blob, active), &own)
                        .map_err(|_| crate::failed())?;
                    rows.push(params![area, id, wrapped, active, anew].to_vec());
                }
                done += db::write_tx!(self.db, "blob.rewrap", |tx| { store::rewrap(tx, &rows).await })?;
            }
        }
        metrics::counter!("blob_keys_rewrapped_total").increment(done);
        if done > 0 {
            tracing::info!(blobs = done, active, "wrapped the blobs' keys with the active master key");
        }
        Ok(done)
    }

    /// The master keys of the file, and those that blobs need beside them.
    pub async fn key_use(&self) -> Result<Vec<KeyUse>, Error> {
        let keys = self.keyring.fresh();
        let used = store::keys(&self.db).await?;
        let count = |id: &str| used.iter().find(|(used, _)| used == id).map_or(0, |(_, count)| *count);
        let of_file = keys.ids().iter().map(|id| KeyUse {
            id: id.clone(),
            active: id == keys.active(),
            known: true,
            blobs: count(id),
        });
        let missing = used.iter().filter(|(id, _)| keys.get(id).is_none()).map(|(id, blobs)| KeyUse {
            id: id.clone(),
            active: false,
            known: false,
            blobs: *blobs,
        });
        Ok(of_file.chain(missing).collect())
    }

    /// Takes over what versions before the table of blobs kept below `root`: each file `{area}/{xx}/{id}` becomes a blob of that
    /// name, and is removed when the blob is there. Done once for a database. Answers how many there were.
    pub async fn adopt(&self, root: &Path) -> Result<u64, Error> {
        const DONE: &str = "blob.adopted";
        if self.db.meta_get(DONE).await?.is_some() {
            return Ok(0);
        }
        let root = root.to_owned();
        let files =
            tokio::task::spawn_blocking(move || old_files(&root)).await.map_err(|_| crate::failed())?;
        let files = files.map_err(|e| Error::Settings(e.to_string()))?;
        let count = files.len() as u64;
        for (area, id, path) in files {
            let key = Key { area: area.into(), id };
            let trouble = |e: std::io::Error| Error::store(key.to_string())(e.into());
            let staged = self.stage(&key, tokio::fs::read(&path).await.map_err(trouble)?.into()).await?;
            db::write_tx!(self.db, "blob.adopt", |tx| { staged.keep(tx).await })?;
            tokio::fs::remove_file(&path).await.map_err(trouble)?;
        }
        self.db.meta_set(DONE, "yes").await?;
        Ok(count)
    }
}

fn old_files(root: &Path) -> std::io::Result<Vec<(String, Uuid, PathBuf)>> {
    let mut found = Vec::new();
    let within = |path: PathBuf| if path.is_dir() { std::fs::read_dir(path)?.collect() } else { Ok(vec![]) };
    for area in within(root.to_owned())? {
        for shard in within(area.path())? {
            for file in within(shard.path())? {
                let (area, file_name) = (area.file_name(), file.file_name());
                let id = file_name.to_str().and_then(|name| Uuid::try_parse(name).ok());
                found.extend(area.into_string().ok().zip(id).map(|(area, id)| (area, id, file.path())));
            }
        }
    }
    Ok(found)
}
