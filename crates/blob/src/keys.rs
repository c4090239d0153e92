//! Master keys: a file of lines `id: base64 of 32 bytes`, the first of which wraps what is new. A changed file is picked up by
//! running servers.

use crate::Error;
use crate::seal::{self, KEY};
use aws_lc_rs::aead::LessSafeKey;
use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

/// How long a look at the file holds. A key that was taken out of the file is not used after it.
pub const LOOK: Duration = Duration::from_secs(5);
/// Id of the sandbox's key, which is public.
const SANDBOX: &str = "sandbox";
const SANDBOX_SECRET: &[u8] = b"allting sandbox blob key, public, refused in production";

/// The keys of one reading.
pub struct Keys {
    /// In the order of the file.
    ids: Vec<String>,
    ciphers: HashMap<String, LessSafeKey>,
}

impl Keys {
    /// Id of the key for what is new.
    pub fn active(&self) -> &str {
        &self.ids[0]
    }

    /// Ids of all keys, the active one first.
    pub fn ids(&self) -> &[String] {
        &self.ids
    }

    /// A key by id.
    pub fn get(&self, id: &str) -> Option<&LessSafeKey> {
        self.ciphers.get(id)
    }

    fn sandbox() -> Result<Self, String> {
        Self::of(vec![(SANDBOX.to_owned(), sandbox_key()?)])
    }

    fn of(keys: Vec<(String, [u8; KEY])>) -> Result<Self, String> {
        if keys.is_empty() {
            return Err("holds no key; `allting blobs key add` makes one".into());
        }
        let mut ciphers = HashMap::new();
        let mut ids = Vec::new();
        for (id, key) in keys {
            let cipher = seal::cipher(&key).map_err(|_| format!("key {id} cannot be used"))?;
            if ciphers.insert(id.clone(), cipher).is_some() {
                return Err(format!("names key {id} twice"));
            }
            ids.push(id);
        }
        Ok(Self { ids, ciphers })
    }
}

fn sandbox_key() -> Result<[u8; KEY], String> {
    let digest = digest::digest(&digest::SHA256, SANDBOX_SECRET);
    digest.as_ref().try_into().map_err(|_| "a digest of 32 bytes".to_owned())
}

/// A new key as a line of the file.
pub fn new_line() -> Result<String, Error> {
    let failed = |_| Error::Settings("the machine gives no randomness".into());
    let id = seal::random::<4>().map_err(failed)?.iter().fold("k".to_owned(), |mut id, byte| {
        let _ = write!(id, "{byte:02x}");
        id
    });
    Ok(format!("{id}: {}\n", STANDARD.encode(seal::random::<KEY>().map_err(failed)?)))
}

fn parse(text: &str, public_ok: bool) -> Result<Vec<(String, [u8; KEY])>, String> {
    let mut keys = Vec::new();
    let lines = text.lines().enumerate().map(|(at, line)| (at + 1, line.trim()));
    for (at, line) in lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#')) {
        let (id, key) = line.split_once(':').ok_or_else(|| format!("line {at} is not `id: key`"))?;
        let sound = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        if id.is_empty() || id.len() > 64 || !id.chars().all(sound) {
            return Err(format!(
                "line {at}: an id has 1 to 64 letters, digits, dots, dashes and underscores"
            ));
        }
        let key = STANDARD.decode(key.trim()).ok().and_then(|bytes| <[u8; KEY]>::try_from(bytes).ok());
        let key = key.ok_or_else(|| format!("line {at}: the key is not 32 bytes in base64"))?;
        if !public_ok && (id == SANDBOX || key == sandbox_key()?) {
            return Err(format!("line {at} is the public sandbox key; production needs its own"));
        }
        keys.push((id.to_owned(), key));
    }
    Ok(keys)
}

/// The keys as the file has them now.
pub struct Keyring {
    /// None: the public sandbox key.
    path: Option<PathBuf>,
    public_ok: bool,
    seen: Mutex<Seen>,
}

struct Seen {
    at: Instant,
    stamp: Option<(SystemTime, u64)>,
    keys: Arc<Keys>,
}

impl Keyring {
    /// Reads the file; no file is the sandbox's public key.
    pub fn open(path: Option<PathBuf>, public_ok: bool) -> Result<Self, Error> {
        let (stamp, keys) = match &path {
            Some(path) => (stamp(path), read(path, public_ok)?),
            None if public_ok => (None, Keys::sandbox().map_err(Error::Settings)?),
            None => return Err(Error::Settings("production needs keys.blobs".into())),
        };
        let seen = Mutex::new(Seen { at: Instant::now(), stamp, keys: Arc::new(keys) });
        Ok(Self { path, public_ok, seen })
    }

    /// The keys, at most [`LOOK`] old.
    pub fn keys(&self) -> Arc<Keys> {
        self.look(LOOK)
    }

    /// The keys as they are now.
    pub fn fresh(&self) -> Arc<Keys> {
        self.look(Duration::ZERO)
    }

    fn look(&self, within: Duration) -> Arc<Keys> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(path) = self.path.as_ref().filter(|_| seen.at.elapsed() >= within) {
            seen.at = Instant::now();
            let stamp = stamp(path);
            if stamp != seen.stamp {
                match read(path, self.public_ok) {
                    Ok(keys) => {
                        tracing::info!(active = keys.active(), "took the blob keys' changed file");
                        seen.keys = Arc::new(keys);
                        seen.stamp = stamp;
                    }
                    Err(e) => {
                        tracing::error!(error = %e, "the blob keys' changed file is refused, the old keys go on");
                    }
                }
            }
        }
        seen.keys.clone()
    }
}

fn stamp(path: &Path) -> Option<(SystemTime, u64)> {
    let about = std::fs::metadata(path).ok()?;
    Some((about.modified().ok()?, about.len()))
}

fn read(path: &Path, public_ok: bool) -> Result<Keys, Error> {
    let text = std::fs::read_to_string(path).map_err(|e| refused(path, e))?;
    parse(&text, public_ok).and_then(Keys::of).map_err(|reason| refused(path, reason))
}

/// Puts a new key at the end of the file, which is made if it is not there. Only the first key of a file wraps what is new; the
/// others wait for [`activate`] or for their removal. Answers the key's id.
pub fn add(path: &Path) -> Result<String, Error> {
    let mut lines = if path.exists() { lines(path)? } else { vec![] };
    let line = new_line()?;
    let id = id_of(&line).unwrap_or_default().to_owned();
    lines.push(line);
    replace(path, &lines)?;
    Ok(id)
}

/// Puts a key of the file first.
pub fn activate(path: &Path, id: &str) -> Result<(), Error> {
    let mut lines = lines(path)?;
    let at = place_of(path, &lines, id)?;
    let line = lines.remove(at);
    lines.insert(0, line);
    replace(path, &lines)
}

/// Takes a key out of the file. Never the active one.
pub fn remove(path: &Path, id: &str) -> Result<(), Error> {
    let mut lines = lines(path)?;
    let at = place_of(path, &lines, id)?;
    if lines.iter().position(|line| id_of(line).is_some()) == Some(at) {
        return Err(refused(path, format!("key {id} is the active one; activate another first")));
    }
    lines.remove(at);
    replace(path, &lines)
}

/// The lines of a sound file.
fn lines(path: &Path) -> Result<Vec<String>, Error> {
    let text = std::fs::read_to_string(path).map_err(|e| refused(path, e))?;
    parse(&text, true).map_err(|reason| refused(path, reason))?;
    Ok(text.lines().map(|line| format!("{}\n", line.trim())).collect())
}

fn id_of(line: &str) -> Option<&str> {
    line.split_once(':').filter(|_| !line.starts_with('#')).map(|(id, _)| id)
}

fn place_of(path: &Path, lines: &[String], id: &str) -> Result<usize, Error> {
    let found = lines.iter().position(|line| id_of(line) == Some(id));
    found.ok_or_else(|| refused(path, format!("has no key {id}")))
}

fn refused(path: &Path, reason: impl std::fmt::Display) -> Error {
    Error::Settings(format!("{}: {reason}", path.display()))
}

/// Writes the file whole or not at all, readable by its owner only.
fn replace(path: &Path, lines: &[String]) -> Result<(), Error> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let temporary = path.with_extension("new");
    let write = || -> std::io::Result<()> {
        let mut options = std::fs::OpenOptions::new();
        let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&temporary)?;
        file.write_all(lines.concat().as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&temporary, path)
    };
    write().map_err(|e| refused(path, e))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_read_line_by_line_and_faults_are_named() {
        let key = STANDARD.encode([1; KEY]);
        let keys = parse(&format!("# of 2026\n\nnew: {key}\n old : {key}"), false);
        assert!(keys.unwrap_err().contains("line 4"));
        let keys = parse(&format!("new: {key}\nold:{key}\n"), false).unwrap();
        assert_eq!(Keys::of(keys).unwrap().ids(), ["new", "old"]);
        assert!(parse("new", false).unwrap_err().contains("line 1"));
        assert!(parse("new: AAAA", false).unwrap_err().contains("32 bytes"));
        assert!(Keys::of(parse(&format!("a: {key}\na: {key}"), false).unwrap()).is_err());
        assert!(Keys::of(vec![]).is_err());
    }

    #[test]
    fn production_takes_neither_the_sandbox_key_nor_none() {
        let public = format!("mine: {}", STANDARD.encode(sandbox_key().unwrap()));
        assert!(parse(&public, true).is_ok());
        assert!(parse(&public, false).unwrap_err().contains("sandbox"));
        assert!(Keyring::open(None, false).is_err());
    }

    #[test]
    fn keys_are_added_activated_and_removed_while_others_read_the_file() {
        use std::os::unix::fs::PermissionsExt;
        let directory = testkit::TempDir::new();
        let path = directory.path().join("blob-keys");
        let first = add(&path).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let ring = Keyring::open(Some(path.clone()), false).unwrap();
        assert_eq!(ring.keys().active(), first);
        let second = add(&path).unwrap();
        assert_eq!(ring.fresh().ids(), [first.clone(), second.clone()]);
        assert!(remove(&path, &first).is_err());
        assert!(activate(&path, "other").is_err());
        activate(&path, &second).unwrap();
        assert_eq!(ring.fresh().active(), second);
        assert!(remove(&path, &second).is_err());
        assert!(remove(&path, "other").is_err());
        remove(&path, &first).unwrap();
        assert_eq!(ring.fresh().ids(), std::slice::from_ref(&second));
        std::fs::write(&path, "nonsense").unwrap();
        assert_eq!(ring.fresh().ids(), [second], "a broken file is refused, the old keys go on");
    }
}
