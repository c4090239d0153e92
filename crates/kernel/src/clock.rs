//! Business time. It is injected, since the sandbox may move it; monotonic time (leases, time-outs) never comes from here.

use jiff::Timestamp;

/// Tells the business time, in UTC with microsecond precision (what both databases can store).
pub trait Clock: Send + Sync {
    /// The business time now.
    fn now(&self) -> Timestamp;
}

/// The machine's own clock.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place where the machine's clock is read")]
    fn now(&self) -> Timestamp {
        to_micros(Timestamp::now())
    }
}

/// Cuts a time to whole microseconds, so that what is written equals what either database gives back.
pub fn to_micros(at: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(at.as_microsecond()).unwrap_or(at)
}
