#![doc = include_str!("../README.md")]

mod care;
pub mod keys;
mod place;
mod seal;
mod store;
#[cfg(test)]
mod tests;

pub use care::{Cleaned, KeyUse, ORPHAN_AGE, Report};
pub use keys::new_line as new_master_key;
pub use store::STATEMENTS;

use aws_lc_rs::digest;
use bytes::Bytes;
use config::Config;
use db::{Db, Tx};
use kernel::{Clock, SystemClock};
use keys::{Keyring, Keys};
use place::{Directory, Place, S3, object_name};
use seal::KEY;
use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::{Content, Entry};
use uuid::Uuid;

/// Largest content that lies in the database.
pub const INLINE: usize = 64 * 1024;
/// How long staged content may wait for its row. Far under [`ORPHAN_AGE`], so that no object is removed whose row is on its way.
const KEEP_WITHIN: Duration = Duration::from_hours(1);
/// Time for one try of a request to the object store.
const STORE_TIMEOUT: Duration = Duration::from_secs(20);

/// The crate's tables.
pub fn migrations() -> db::MigrationSet {
    db::migrations!("blob", ["0001_blob"])
}

/// Why a blob could not be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Settings, keys or credentials are wrong.
    #[error("blobs: {0}")]
    Settings(String),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
    /// The store failed.
    #[error("blob {blob}: {source}")]
    Store {
        /// Which blob.
        blob: String,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The row is there, its object is not.
    #[error("blob {0}: its content is missing from the store")]
    Missing(String),
    /// What was found is not what was kept.
    #[error("blob {blob}: its content is damaged: {reason}")]
    Corrupt {
        /// Which blob.
        blob: String,
        /// What does not fit.
        reason: &'static str,
    },
    /// The blob needs a master key that this server does not have.
    #[error("blob {blob}: it needs master key {key}, which the file keys.blobs does not hold")]
    UnknownKey {
        /// Which blob.
        blob: String,
        /// The key's id.
        key: String,
    },
}

impl db::MaybeRetry for Error {
    fn db_error(&self) -> Option<&db::Error> {
        match self {
            Self::Db(e) => Some(e),
            _ => None,
        }
    }
}

impl Error {
    fn kind(&self) -> &'static str {
        match self {
            Self::Settings(_) => "settings",
            Self::Db(_) => "database",
            Self::Store { .. } => "store",
            Self::Missing(_) => "missing",
            Self::Corrupt { .. } => "corrupt",
            Self::UnknownKey { .. } => "key",
        }
    }

    fn store(blob: String) -> impl FnOnce(place::Trouble) -> Self {
        move |source| Self::Store { blob, source }
    }

    /// What is the matter with a blob is logged and counted, wherever it is found.
    fn noted(self) -> Self {
        metrics::counter!("blob_errors_total", "kind" => self.kind()).increment(1);
        tracing::error!(error = %self, "a blob cannot be kept or read");
        self
    }
}

/// The name of a blob: an area (`gld-delivery`) and an id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    area: Cow<'static, str>,
    id: Uuid,
}

impl Key {
    /// Names a blob.
    pub fn new(area: &'static str, id: Uuid) -> Self {
        Self { area: area.into(), id }
    }
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&name(&self.area, self.id))
    }
}

pub(crate) fn name(area: &str, id: Uuid) -> String {
    format!("{area}/{}", id.as_simple())
}

/// What a content is sealed for.
fn content_context(blob: &str) -> String {
    format!("allting blob 1 {blob}")
}

/// What a blob's key is wrapped for.
fn key_context(blob: &str, key: &str) -> String {
    format!("allting blob key 1 {blob} {key}")
}

/// All blobs. Cheap to clone.
#[derive(Clone)]
pub struct Blobs {
    db: Db,
    place: Arc<dyn Place>,
    keyring: Arc<Keyring>,
}

impl std::fmt::Debug for Blobs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Blobs").field("db", &self.db).finish_non_exhaustive()
    }
}

/// Content that has been sealed, and stored where it is large, and waits for the transaction that it belongs to.
#[derive(Debug)]
#[must_use = "content without a row is cleaned away"]
pub struct Staged {
    entry: Entry,
    at: Instant,
}

impl Blobs {
    /// Opens the store that the configuration names.
    pub fn open(config: &Config, db: Db) -> Result<Self, Error> {
        let file = Some(&config.keys.blobs).filter(|path| !path.is_empty()).map(PathBuf::from);
        let keyring = Keyring::open(file, config.is_sandbox())?;
        let place = open_place(config)?;
        Ok(Self { db, place, keyring: Arc::new(keyring) })
    }

    /// Blobs in a directory under the public sandbox key, for tests of blocks.
    pub fn in_directory(root: &Path, db: Db) -> Result<Self, Error> {
        let keyring = Arc::new(Keyring::open(None, true)?);
        Ok(Self { db, place: Arc::new(open_directory(root)?), keyring })
    }

    /// Seals `content`; what is over [`INLINE`] lies durably in the store when this answers. The same key again replaces the blob
    /// when it is kept.
    pub async fn stage(&self, key: &Key, content: Bytes) -> Result<Staged, Error> {
        let keys = self.keyring.keys();
        let large = content.len() > INLINE;
        let entry = if large {
            let key = key.clone();
            let work = move || sealed(&key, &content, &keys);
            tokio::task::spawn_blocking(work).await.map_err(|_| failed())?
        } else {
            sealed(key, &content, &keys)
        };
        let mut entry = entry.map_err(Error::noted)?;
        if let Content::Inline(bytes) = &mut entry.content
            && large
        {
            let object = uuid::Builder::from_random_bytes(seal::random().map_err(|_| failed())?).into_uuid();
            let bytes = std::mem::take(bytes);
            let put = self.place.put(&object_name(&key.area, object), bytes.into()).await;
            put.map_err(Error::store(key.to_string())).map_err(Error::noted)?;
            entry.content = Content::Object(object);
        }
        Ok(Staged { entry, at: Instant::now() })
    }

    /// The blob's content, or `None` when there is no such blob.
    pub async fn get(&self, key: &Key) -> Result<Option<Bytes>, Error> {
        let Some(entry) = store::get(&self.db, &key.area, key.id).await? else { return Ok(None) };
        self.content(entry).await.map(|content| Some(content.into())).map_err(Error::noted)
    }

    /// Reads, opens and checks what a row stands for.
    async fn content(&self, entry: Entry) -> Result<Vec<u8>, Error> {
        let mut keys = self.keyring.keys();
        if keys.get(&entry.key_id).is_none() {
            keys = self.keyring.fresh();
        }
        let sealed = match &entry.content {
            Content::Inline(sealed) => Bytes::copy_from_slice(sealed),
            Content::Object(object) => {
                let found = self.place.get(&object_name(&entry.area, *object)).await;
                found.map_err(Error::store(entry.name()))?.ok_or_else(|| Error::Missing(entry.name()))?
            }
        };
        if sealed.len() <= INLINE {
            opened(&entry, &sealed, &keys)
        } else {
            let work = move || opened(&entry, &sealed, &keys);
            tokio::task::spawn_blocking(work).await.map_err(|_| failed())?
        }
    }
}

/// The store alone, without keys or rows: for backups, which take objects as they lie there, sealed.
#[derive(Clone)]
pub struct Objects(Arc<dyn Place>);

impl Objects {
    /// The store that the configuration names.
    pub fn open(config: &Config) -> Result<Self, Error> {
        open_place(config).map(Self)
    }

    /// An object.
    pub async fn get(&self, area: &str, object: Uuid) -> Result<Option<Bytes>, Error> {
        let name = object_name(area, object);
        self.0.get(&name).await.map_err(Error::store(name))
    }

    /// Puts an object back; durable when this answers. Without a row that names it, it is cleaned away.
    pub async fn put(&self, area: &str, object: Uuid, sealed: Bytes) -> Result<(), Error> {
        let name = object_name(area, object);
        self.0.put(&name, sealed).await.map_err(Error::store(name))
    }
}

impl Staged {
    /// Writes the blob's row: with the transaction's commit the blob is there, and not before.
    pub async fn keep(&self, tx: &mut Tx) -> db::Result<()> {
        if self.at.elapsed() > KEEP_WITHIN {
            return Err(db::Error::Constraint(format!("blob {} was staged too long ago", self.entry.name())));
        }
        store::put(tx, &self.entry, SystemClock.now()).await
    }
}

fn open_place(config: &Config) -> Result<Arc<dyn Place>, Error> {
    Ok(match config.blobs.place {
        config::Place::Directory => Arc::new(open_directory(&config.storage.data.join("blobs"))?),
        config::Place::S3 => {
            let address = place::Address {
                endpoint: config.blobs.endpoint.clone(),
                region: config.blobs.region.clone(),
                bucket: config.blobs.bucket.clone(),
                path_style: config.blobs.path_style,
                timeout: STORE_TIMEOUT,
            };
            let secrets = Path::new(&config.blobs.credentials);
            Arc::new(S3::open(&address, secrets).map_err(Error::Settings)?)
        }
    })
}

fn open_directory(root: &Path) -> Result<Directory, Error> {
    Directory::open(root).map_err(|e| Error::Settings(format!("{}: {e}", root.display())))
}

const KEY_CLOSED: &str = "its key does not open under its master key";

fn failed() -> Error {
    Error::Settings("the machine cannot encrypt".into())
}

/// The row of a new blob, its sealed content in it.
fn sealed(key: &Key, content: &[u8], keys: &Keys) -> Result<Entry, Error> {
    let blob = key.to_string();
    let own: [u8; KEY] = seal::random().map_err(|_| failed())?;
    let active = keys.active();
    let master = keys.get(active).ok_or_else(failed)?;
    let wrapped = seal::wrap(master, &key_context(&blob, active), &own).map_err(|_| failed())?;
    let sealed = seal::seal(&own, &content_context(&blob), content).map_err(|_| failed())?;
    Ok(Entry {
        area: key.area.clone().into_owned(),
        id: key.id,
        size: content.len() as u64,
        sha256: digest::digest(&digest::SHA256, content).as_ref().to_vec(),
        key_id: active.to_owned(),
        wrapped,
        content: Content::Inline(sealed),
    })
}

/// The content that a row and its sealed bytes stand for.
fn opened(entry: &Entry, sealed: &[u8], keys: &Keys) -> Result<Vec<u8>, Error> {
    let blob = entry.name();
    let corrupt = |reason| Error::Corrupt { blob: blob.clone(), reason };
    let Some(master) = keys.get(&entry.key_id) else {
        return Err(Error::UnknownKey { blob, key: entry.key_id.clone() });
    };
    let own = seal::unwrap(master, &key_context(&blob, &entry.key_id), &entry.wrapped)
        .map_err(|_| corrupt(KEY_CLOSED))?;
    let content = seal::open(&own, &content_context(&blob), sealed)
        .map_err(|_| corrupt("it is changed, cut off or another blob's"))?;
    let same = digest::digest(&digest::SHA256, &content).as_ref() == entry.sha256.as_slice();
    if !same || content.len() as u64 != entry.size {
        return Err(corrupt("its digest or size is not the one that was kept"));
    }
    Ok(content)
}
