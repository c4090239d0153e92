//! A clock that stands still until a test moves it.

use std::sync::Mutex;
use std::sync::PoisonError;

use jiff::{SignedDuration, Timestamp};
use kernel::Clock;

/// Business time that a test sets.
#[derive(Debug)]
pub struct TestClock(Mutex<Timestamp>);

impl TestClock {
    /// A clock that stands at `at`, such as `"2026-03-01T12:00:00Z"`.
    pub fn at(at: &str) -> TestClock {
        let at = at.parse().unwrap_or_else(|e| panic!("{at}: {e}"));
        TestClock(Mutex::new(at))
    }

    /// Sets the time.
    pub fn set(&self, at: &str) {
        let at = at.parse().unwrap_or_else(|e| panic!("{at}: {e}"));
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = at;
    }

    /// Moves the time forward (or back, if negative).
    pub fn advance(&self, by: impl TryInto<SignedDuration, Error: std::fmt::Debug>) {
        let by = by.try_into().unwrap_or_else(|e| panic!("{e:?}"));
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *now += by;
    }
}

impl Default for TestClock {
    fn default() -> TestClock {
        TestClock::at("2026-03-02T09:00:00Z")
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
