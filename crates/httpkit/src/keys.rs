//! Signing keys of the issuers that this server is, and the secret behind its digests.

use aws_lc_rs::{constant_time, hmac};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use config::{Config, SecretError};
use jiff::Timestamp;
use jose::{Claims, KeyFile, KeyInfo, KeySet, KeyState, VerifyOptions};
use kernel::{Clock, SystemClock};
use serde::Serialize;
use std::collections::HashMap;
use std::os::unix::fs::MetadataExt;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

/// The server's own keys.
#[derive(Debug, Clone)]
pub struct Keys {
    /// Maskinporten's.
    pub maskinporten: KeyRing,
    /// ID-porten's.
    pub idporten: KeyRing,
    /// Altinn's.
    pub altinn: KeyRing,
    /// Dialogporten's (Ed25519, for dialog tokens).
    pub dialogporten: KeyRing,
    shared: Arc<Shared>,
    pepper: hmac::Key,
}

/// One issuer's keys as its file has them now. Cheap to clone.
#[derive(Clone)]
pub struct KeyRing {
    shared: Arc<Shared>,
    issuer: usize,
}

/// What the rings of all issuers share, since no two may hold the same key.
struct Shared {
    config: Arc<Config>,
    held: RwLock<[Held; 4]>,
    /// The files as the last look found them, before it read them.
    seen: Mutex<[Option<Stamp>; 4]>,
}

/// Inode, size and time of change: another one is another file.
type Stamp = (u64, u64, i64, i64);

#[derive(Clone)]
struct Held {
    /// The file's text; empty for the sandbox's own keys.
    text: Arc<str>,
    set: KeySet,
    infos: Arc<[KeyInfo]>,
    /// What tells which key signs when; nothing for PEM and the sandbox's own keys.
    file: Option<Arc<KeyFile>>,
    /// When another key of the file begins to sign.
    until: Option<Timestamp>,
}

impl Held {
    fn is_due(&self, now: Timestamp) -> bool {
        self.until.is_some_and(|until| until <= now)
    }
}

/// Why the keys could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// A key file may not be used, or could not be read.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// A key file holds no usable key.
    #[error("{path}: {reason}")]
    Invalid {
        /// Which file or setting.
        path: String,
        /// Why.
        reason: String,
    },
}

/// An issuer: its setting, what its tokens are, and its public sandbox key.
struct Issuer {
    setting: &'static str,
    path: fn(&Config) -> &str,
    alg: &'static str,
    typ: Option<&'static str>,
    sandbox: fn() -> jose::Result<KeySet>,
}

/// WIRE: Altinn and Dialogporten write `typ`; Dialogporten alone signs with Ed25519, which its readers expect.
const ISSUERS: [Issuer; 4] = [
    Issuer {
        setting: "keys.maskinporten",
        path: |config| &config.keys.maskinporten,
        alg: "RS256",
        typ: None,
        sandbox: jose::sandbox::maskinporten,
    },
    Issuer {
        setting: "keys.idporten",
        path: |config| &config.keys.idporten,
        alg: "RS256",
        typ: None,
        sandbox: jose::sandbox::idporten,
    },
    Issuer {
        setting: "keys.altinn",
        path: |config| &config.keys.altinn,
        alg: "RS256",
        typ: Some("JWT"),
        sandbox: jose::sandbox::altinn,
    },
    Issuer {
        setting: "keys.dialogporten",
        path: |config| &config.keys.dialogporten,
        alg: "EdDSA",
        typ: Some("JWT"),
        sandbox: jose::sandbox::dialogporten,
    },
];

/// The sandbox's pepper is public, as its keys are.
const SANDBOX_PEPPER: &[u8] = b"allting sandbox pepper, public, refused in production";

impl Keys {
    /// Loads the files that the configuration names; an empty name means the public sandbox key, in the sandbox only
    /// (`Config::load` has refused it in production).
    pub fn load(config: &Arc<Config>) -> Result<Self, KeysError> {
        let pepper = if config.keys.pepper.is_empty() {
            SANDBOX_PEPPER.to_vec()
        } else {
            let bytes = config.read_secret(&config.keys.pepper)?;
            if bytes.len() < 32 {
                let reason =
                    "a pepper has at least 32 random bytes: `head -c 32 /dev/urandom` makes one".to_owned();
                return Err(KeysError::Invalid { path: config.keys.pepper.clone(), reason });
            }
            bytes
        };
        let now = SystemClock.now();
        let held = [
            held(config, &ISSUERS[0], now)?,
            held(config, &ISSUERS[1], now)?,
            held(config, &ISSUERS[2], now)?,
            held(config, &ISSUERS[3], now)?,
        ];
        are_apart(&held)?;
        let seen = Mutex::new(stamps(config));
        let shared = Arc::new(Shared { config: config.clone(), held: RwLock::new(held), seen });
        let ring = |issuer| KeyRing { shared: shared.clone(), issuer };
        Ok(Self {
            maskinporten: ring(0),
            idporten: ring(1),
            altinn: ring(2),
            dialogporten: ring(3),
            pepper: hmac::Key::new(hmac::HMAC_SHA256, &pepper),
            shared,
        })
    }

    /// Takes up key files that have changed. A file that cannot be used is told of, and the keys
    /// at hand go on.
    pub fn refresh(&self) {
        self.shared.refresh();
    }

    /// (setting, file, keys) of every issuer; no secrets.
    pub fn report(&self) -> Vec<(&'static str, String, Arc<[KeyInfo]>)> {
        let held = self.shared.held();
        let line = |(issuer, held): (&Issuer, Held)| {
            let path = (issuer.path)(&self.shared.config).to_owned();
            (issuer.setting, path, held.infos)
        };
        ISSUERS.iter().zip(held).map(line).collect()
    }

    /// Keyed digest of `value` for one `purpose`, as base64url: what is stored or shown in place of a secret.
    pub fn digest(&self, purpose: &str, value: &str) -> String {
        let mut context = hmac::Context::with_key(&self.pepper);
        context.update(purpose.as_bytes());
        context.update(&[0]);
        context.update(value.as_bytes());
        URL_SAFE_NO_PAD.encode(context.sign())
    }

    /// Is `claimed` the digest of `value`; takes the same time whatever the answer.
    pub fn digest_matches(&self, purpose: &str, value: &str, claimed: &str) -> bool {
        same_secret(&self.digest(purpose, value), claimed)
    }
}

impl KeyRing {
    /// The keys as they are now: a key signs from its time on, on all nodes alike.
    pub fn set(&self) -> KeySet {
        let now = SystemClock.now();
        let held = self.shared.held.read().unwrap_or_else(PoisonError::into_inner)[self.issuer].clone();
        if held.is_due(now) { self.shared.turn(self.issuer, now) } else { held.set }
    }

    /// Id of the key that signs.
    pub fn kid(&self) -> String {
        self.set().kid().to_owned()
    }

    /// `{"keys":[…]}` for publication.
    pub fn jwks(&self) -> serde_json::Value {
        self.set().jwks()
    }

    /// Signs claims into a compact token.
    pub fn sign<T: Serialize + ?Sized>(&self, claims: &T) -> jose::Result<String> {
        self.set().sign(claims)
    }

    /// As `sign`, with another `typ` in the header.
    pub fn sign_typ<T: Serialize + ?Sized>(&self, typ: &str, claims: &T) -> jose::Result<String> {
        self.set().sign_typ(typ, claims)
    }

    /// The claims of a token that this issuer signed. A key that is not known may be one that another node has had news of
    /// before us: the file is looked at, and the token once more.
    pub fn verify(&self, token: &str, options: &VerifyOptions<'_>) -> jose::Result<Claims> {
        match self.set().verify(token, options) {
            Err(jose::Error::UnknownKey) => {
                self.shared.look_again();
                self.set().verify(token, options)
            }
            verified => verified,
        }
    }
}

impl Shared {
    fn held(&self) -> [Held; 4] {
        self.held.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A look for the sake of one token. Strangers make us ask for the files' times at most, not read them.
    fn look_again(&self) {
        let news = stamps(&self.config) != *self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if news {
            self.refresh();
        }
    }

    /// Another key of the file at hand begins to sign, or one is no longer published.
    fn turn(&self, issuer: usize, now: Timestamp) -> KeySet {
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        let current = &mut held[issuer];
        if let Some(file) = current.file.clone().filter(|_| current.is_due(now)) {
            match of_file(&ISSUERS[issuer], file, current.text.clone(), now) {
                Ok(turned) => {
                    told(&ISSUERS[issuer], &turned);
                    *current = turned;
                }
                Err(error) => {
                    current.until = None;
                    tracing::error!(%error, "the next key cannot be used");
                }
            }
        }
        current.set.clone()
    }

    fn refresh(&self) {
        // Whoever meets an unknown key meanwhile waits for this look, instead of finding nothing new.
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        *seen = stamps(&self.config);
        let (now, old) = (SystemClock.now(), self.held());
        let mut new = old.clone();
        for (issuer, held) in ISSUERS.iter().zip(&mut new) {
            match renewed(&self.config, issuer, held, now) {
                Ok(Some(renewed)) => *held = renewed,
                Ok(None) => {}
                Err(error) => return refused(&error),
            }
        }
        if let Err(error) = are_apart(&new) {
            return refused(&error);
        }
        for (issuer, (old, new)) in ISSUERS.iter().zip(old.iter().zip(&new)) {
            if old.infos != new.infos {
                told(issuer, new);
            }
        }
        *self.held.write().unwrap_or_else(PoisonError::into_inner) = new;
    }
}

fn refused(error: &KeysError) {
    metrics::counter!("key_files_refused_total").increment(1);
    tracing::error!(%error, "changed keys are refused, the earlier ones go on");
}

/// What the file says now, if it says something else than before.
fn renewed(config: &Config, issuer: &Issuer, held: &Held, now: Timestamp) -> Result<Option<Held>, KeysError> {
    let path = (issuer.path)(config);
    if path.is_empty() {
        return Ok(None);
    }
    let text = text(config, path)?;
    let same = *text == *held.text && !held.is_due(now);
    if same { Ok(None) } else { read(config, issuer, &text, now).map(Some) }
}

fn held(config: &Config, issuer: &Issuer, now: Timestamp) -> Result<Held, KeysError> {
    let path = (issuer.path)(config);
    if !path.is_empty() {
        return read(config, issuer, &text(config, path)?, now);
    }
    let invalid = |e: jose::Error| KeysError::Invalid { path: "sandbox key".into(), reason: e.to_string() };
    let set = (issuer.sandbox)().map_err(invalid)?;
    let infos = infos(&set);
    Ok(Held { text: "".into(), set, infos, file: None, until: None })
}

fn text(config: &Config, path: &str) -> Result<String, KeysError> {
    Ok(String::from_utf8_lossy(&config.read_secret(path)?).into_owned())
}

fn read(config: &Config, issuer: &Issuer, text: &str, now: Timestamp) -> Result<Held, KeysError> {
    let invalid = |reason: String| KeysError::Invalid { path: (issuer.path)(config).to_owned(), reason };
    let unusable = |e: jose::Error| invalid(e.to_string());
    let held = if text.trim_start().starts_with("-----BEGIN") {
        let set = KeySet::from_pem(text, None).map_err(unusable)?;
        let infos = infos(&set);
        typed(issuer, set)
            .map(|set| Held { text: text.into(), set, infos, file: None, until: None })
            .map_err(unusable)?
    } else {
        let file = KeyFile::parse(text).map_err(unusable)?;
        of_file(issuer, Arc::new(file), text.into(), now).map_err(unusable)?
    };
    if held.set.algorithm() != issuer.alg {
        let (found, wanted, setting) = (held.set.algorithm(), issuer.alg, issuer.setting);
        return Err(invalid(format!(
            "signs {found}, but readers of {setting} expect {wanted}: `allting pki init` makes such a key"
        )));
    }
    if !config.is_sandbox() && held.set.is_sandbox() {
        return Err(invalid("this is a public sandbox key; production needs its own".into()));
    }
    Ok(held)
}

fn of_file(issuer: &Issuer, file: Arc<KeyFile>, text: Arc<str>, now: Timestamp) -> jose::Result<Held> {
    let (infos, until) = (file.list(now)?.into(), file.next_change(now));
    let set = typed(issuer, KeySet::at(&file, now)?)?;
    Ok(Held { text, set, infos, file: Some(file), until })
}

fn typed(issuer: &Issuer, set: KeySet) -> jose::Result<KeySet> {
    match issuer.typ {
        Some(typ) => set.with_typ(typ),
        None => Ok(set),
    }
}

fn told(issuer: &Issuer, held: &Held) {
    let kid = held.set.kid();
    tracing::warn!(setting = issuer.setting, kid, keys = held.infos.len(), "keys have changed");
}

fn stamps(config: &Config) -> [Option<Stamp>; 4] {
    ISSUERS.each_ref().map(|issuer| {
        let found = std::fs::metadata((issuer.path)(config)).ok()?;
        Some((found.ino(), found.size(), found.mtime(), found.mtime_nsec()))
    })
}

/// Keys of which nothing is told but that the first one signs.
fn infos(set: &KeySet) -> Arc<[KeyInfo]> {
    let state = |at| if at == 0 { KeyState::Active } else { KeyState::Public };
    let info = |(at, key): (usize, &jose::PublicKey)| KeyInfo {
        kid: key.kid().to_owned(),
        alg: key.algorithm_name(),
        state: state(at),
        since: None,
    };
    set.public_keys().keys().iter().enumerate().map(info).collect()
}

/// No two issuers share a key: a token is known by the key that signed it, whatever it says of its issuer.
fn are_apart(held: &[Held; 4]) -> Result<(), KeysError> {
    let mut owners = HashMap::new();
    for (issuer, held) in ISSUERS.iter().zip(held) {
        for key in held.set.public_keys().keys() {
            let name = issuer.setting;
            if let Some(other) = owners.insert(key.thumbprint(), name).filter(|other| *other != name) {
                let reason = format!("the same key as in {other}; each issuer needs its own");
                return Err(KeysError::Invalid { path: name.to_owned(), reason });
            }
        }
    }
    Ok(())
}

/// Compares secrets in constant time.
pub fn same_secret(a: &str, b: &str) -> bool {
    constant_time::verify_slices_are_equal(a.as_bytes(), b.as_bytes()).is_ok()
}

impl std::fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "KeyRing({})", self.kid())
    }
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jose::{KeyKind, generate_jwk};
    use serde_json::{Value, json};
    use std::os::unix::fs::PermissionsExt;
    use std::path::{Path, PathBuf};
    use std::time::Duration;

    struct Scratch(PathBuf);

    impl Scratch {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("allting-keys-{name}-{}", std::process::id()));
            std::fs::create_dir_all(&path).unwrap();
            Self(path)
        }

        fn write(&self, name: &str, text: &str) -> String {
            let path = self.0.join(name);
            std::fs::write(&path, text).unwrap();
            mode(&path, 0o600);
            path.display().to_string()
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    fn mode(path: &Path, bits: u32) {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(bits)).unwrap();
    }

    fn config(settings: &[(&str, &str)]) -> Config {
        let own = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
        Config::load(None, std::iter::empty(), &settings.iter().map(own).collect()).unwrap()
    }

    fn options() -> VerifyOptions<'static> {
        VerifyOptions { issuer: "i", leeway: Duration::ZERO, now: Timestamp::from_second(100).unwrap() }
    }

    fn token(keys: &KeyRing) -> String {
        keys.sign(&json!({"iss": "i", "exp": 200})).unwrap()
    }

    fn set(keys: &[&Value]) -> String {
        json!({ "keys": keys }).to_string()
    }

    #[test]
    fn issuers_do_not_share_keys_and_have_their_own_kind() {
        let scratch = Scratch::new("apart");
        let rsa = scratch.write("rsa", &generate_jwk(KeyKind::Rsa).unwrap().to_string());
        let refused =
            |settings: &[(&str, &str)]| Keys::load(&Arc::new(config(settings))).unwrap_err().to_string();
        let same = refused(&[("keys.altinn", &rsa), ("keys.idporten", &rsa)]);
        assert!(same.contains("the same key as in keys.idporten"), "{same}");
        let kind = refused(&[("keys.dialogporten", &rsa)]);
        assert!(kind.contains("expect EdDSA"), "{kind}");
        let pem = scratch.write("pem", &jose::generate_rsa(2048).unwrap());
        assert!(refused(&[("keys.dialogporten", &pem)]).contains("expect EdDSA"));
        let ed = scratch.write("ed", &generate_jwk(KeyKind::Ed25519).unwrap().to_string());
        assert!(refused(&[("keys.maskinporten", &ed)]).contains("expect RS256"));
        let keys =
            Keys::load(&Arc::new(config(&[("keys.altinn", &pem), ("keys.dialogporten", &ed)]))).unwrap();
        assert!(keys.altinn.sign(&json!({})).unwrap().starts_with("ey"));
    }

    /// The wire's headers do not depend on where the key came from.
    #[test]
    fn tokens_of_a_key_file_have_the_type_of_their_issuer() {
        let scratch = Scratch::new("typ");
        let pem = scratch.write("pem", &jose::generate_rsa(2048).unwrap());
        let keys = Keys::load(&Arc::new(config(&[("keys.altinn", &pem)]))).unwrap();
        let read =
            |token: &str| jose::Unverified::parse(token, jose::MAX_TOKEN_BYTES).unwrap().header().typ.clone();
        assert_eq!(read(&token(&keys.altinn)).as_deref(), Some("JWT"));
        assert_eq!(read(&token(&keys.maskinporten)), None);
    }

    #[test]
    fn a_changed_file_is_taken_up_and_a_broken_one_is_not() {
        let scratch = Scratch::new("change");
        let (mut old, mut new) = (generate_jwk(KeyKind::Rsa).unwrap(), generate_jwk(KeyKind::Rsa).unwrap());
        let file = scratch.write("altinn", &set(&[&old]));
        let config = Arc::new(config(&[("keys.altinn", &file)]));
        let (node, other) = (Keys::load(&config).unwrap(), Keys::load(&config).unwrap());
        let first = token(&node.altinn);

        // One node has heard of the new key, the other meets a token of it.
        old["nbf"] = json!(1);
        new["nbf"] = json!(2);
        scratch.write("altinn", &set(&[&old, &new]));
        node.refresh();
        let second = token(&node.altinn);
        assert_ne!(node.altinn.kid(), other.altinn.kid());
        assert!(other.altinn.verify(&second, &options()).is_ok());
        assert_eq!(node.altinn.kid(), other.altinn.kid());
        assert!(node.altinn.verify(&first, &options()).is_ok(), "the old key is still published");

        for broken in ["{", &set(&[]), &set(&[&generate_jwk(KeyKind::Ed25519).unwrap()])] {
            scratch.write("altinn", broken);
            node.refresh();
            assert!(node.altinn.verify(&second, &options()).is_ok(), "{broken}");
        }
        scratch.write("altinn", &set(&[&new]));
        node.refresh();
        assert_eq!(node.altinn.jwks()["keys"].as_array().unwrap().len(), 1);
        assert!(node.altinn.verify(&second, &options()).is_ok());
        assert_eq!(node.altinn.verify(&first, &options()), Err(jose::Error::UnknownKey));
        assert_eq!(node.report()[2].2[0].state, KeyState::Active);
    }

    #[test]
    fn production_takes_secrets_from_safe_places_only() {
        let scratch = Scratch::new("safe");
        let data = scratch.0.join("data");
        std::fs::create_dir_all(&data).unwrap();
        let secret = scratch.write("pepper", &"x".repeat(32));
        let mut config = config(&[("storage.data", data.to_str().unwrap())]);
        config.profile = config::Profile::Production;
        assert_eq!(config.read_secret(&secret).unwrap().len(), 32);
        let refused = |config: &Config, path: &str| config.read_secret(path).unwrap_err().to_string();
        for bits in [0o640, 0o604, 0o660] {
            mode(Path::new(&secret), bits);
            assert!(refused(&config, &secret).contains("chmod 600"), "{bits:o}");
        }
        // systemd's own directory is guarded by systemd.
        config.credentials = Some(scratch.0.clone());
        assert!(config.read_secret(&secret).is_ok());
        let inside = scratch.write("data/pepper", "x");
        assert!(refused(&config, &inside).contains("move it elsewhere"));
        let link = scratch.0.join("link");
        std::os::unix::fs::symlink(&inside, &link).unwrap();
        assert!(refused(&config, link.to_str().unwrap()).contains("move it elsewhere"));
        assert!(refused(&config, "/nowhere/at/all").contains("No such file"));
    }
}
