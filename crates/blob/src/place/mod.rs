//! Where sealed content over 64 KiB lies.

mod directory;
mod s3;
mod sign;

pub use directory::Directory;
pub use s3::{Address, S3};

use async_trait::async_trait;
use bytes::Bytes;
use jiff::Timestamp;
use uuid::Uuid;

/// What a store says when it fails.
pub type Trouble = Box<dyn std::error::Error + Send + Sync>;

/// Ending of an object's name. Files without it are not ours to remove.
const ENDING: &str = ".sealed";

/// Ending of a file that is being written.
const HALF: &str = ".part";

/// An object as a listing shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// Its whole name.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// By the clock of the store.
    pub modified: Timestamp,
}

impl Object {
    /// Was it left half-written.
    pub fn is_half(&self) -> bool {
        self.name.ends_with(HALF)
    }

    /// The id that rows know it by; none for what was left half-written.
    pub fn id(&self) -> Option<Uuid> {
        let file = self.name.rsplit('/').next().unwrap_or_default();
        Uuid::try_parse(file.strip_suffix(ENDING)?).ok()
    }
}

/// A store of objects. Its objects are never changed, only made and removed.
#[async_trait]
pub trait Place: Send + Sync {
    /// Makes an object; it is durable when this answers.
    async fn put(&self, name: &str, sealed: Bytes) -> Result<(), Trouble>;
    /// An object's bytes.
    async fn get(&self, name: &str) -> Result<Option<Bytes>, Trouble>;
    /// Removes an object; one that is not there is no failure.
    async fn delete(&self, name: &str) -> Result<(), Trouble>;
    /// A page of the objects after `after`, and where the next page begins.
    async fn list(&self, after: Option<String>) -> Result<(Vec<Object>, Option<String>), Trouble>;
}

/// The name of an object. Its last two digits spread files over 256 directories.
pub fn object_name(area: &str, object: Uuid) -> String {
    let digits = object.as_simple().to_string();
    format!("{area}/{}/{digits}{ENDING}", &digits[30..])
}
