//! Identifiers and randomness, injected so that tests and seeds are repeatable.

use jiff::Timestamp;
use rand::{RngCore, SeedableRng};
use std::sync::Mutex;
use uuid::Uuid;

/// Source of random bytes; identifiers are built on it.
pub trait Ids: Send + Sync {
    /// Fills `out` with random bytes.
    fn fill(&self, out: &mut [u8]);

    /// A random (version 4) identifier.
    fn uuid(&self) -> Uuid {
        let mut bytes = [0; 16];
        self.fill(&mut bytes);
        uuid::Builder::from_random_bytes(bytes).into_uuid()
    }

    /// A time-ordered (version 7) identifier for `at`.
    fn uuid_v7(&self, at: Timestamp) -> Uuid {
        let mut random = [0; 10];
        self.fill(&mut random);
        let millis = u64::try_from(at.as_millisecond()).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
    }

    /// `bytes` random bytes as base64url text without padding (32 bytes give 43 characters).
    fn token(&self, bytes: usize) -> String {
        use base64::Engine;
        let mut raw = vec![0; bytes];
        self.fill(&mut raw);
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(raw)
    }
}

/// Cryptographically secure randomness of the operating system.
#[derive(Debug, Default, Clone, Copy)]
pub struct RandomIds;

impl Ids for RandomIds {
    #[expect(clippy::disallowed_methods, reason = "the one place where real randomness enters")]
    fn fill(&self, out: &mut [u8]) {
        rand::rng().fill_bytes(out);
    }
}

/// Repeatable randomness for tests and for seeding.
#[derive(Debug)]
pub struct SeededIds(Mutex<rand_chacha::ChaCha8Rng>);

impl SeededIds {
    /// The same seed gives the same sequence.
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(rand_chacha::ChaCha8Rng::seed_from_u64(seed)))
    }
}

impl Ids for SeededIds {
    fn fill(&self, out: &mut [u8]) {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).fill_bytes(out);
    }
}
