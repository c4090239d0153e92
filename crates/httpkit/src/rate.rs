//! How often one caller may come. A bucket for each caller and kind of request, kept by this node alone: a limit protects the node
//! that answers, and a refusal must cost nothing, least of all a question to what all nodes share.

use crate::{Access, Caller};
use config::{Config, Rate};
use http::Method;
use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, RandomState};
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// The kind of a request, by which it is limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// Never limited: health.
    Unlimited,
    /// Looks something up.
    Read,
    /// Looks through much.
    Search,
    /// Changes something.
    Write,
    /// Asks for a token; the client proves itself to the handler.
    Token,
    /// A step of a login.
    Login,
}

impl Class {
    /// The class of a route that names none.
    pub(crate) fn of(method: &Method, access: Access) -> Self {
        match (access, method) {
            // Their door rations failed tries itself.
            (Access::Operator, _) => Self::Unlimited,
            (Access::Client(_), _) => Self::Token,
            (_, &Method::GET) => Self::Read,
            _ => Self::Write,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Unlimited => "unlimited",
            Self::Read => "read",
            Self::Search => "search",
            Self::Write => "write",
            Self::Token => "token",
            Self::Login => "login",
        }
    }
}

/// Whole seconds to wait, at least one.
pub(crate) type Wait = u64;

/// The limits of one node.
pub struct Limiter {
    rates: [Option<Pace>; 5],
    failures: Option<Pace>,
    organisation_times: u64,
    buckets: Buckets,
}

impl Limiter {
    /// The limits of the configuration.
    pub fn new(config: &Config) -> Self {
        let limits = &config.limits;
        let times = if config.is_sandbox() { limits.sandbox_times } else { 1 };
        let pace = |rate: Rate| Pace::new(rate, u64::from(times.max(1)));
        Self {
            rates: [limits.read, limits.search, limits.write, limits.token, limits.login].map(pace),
            failures: pace(limits.failures),
            organisation_times: u64::from(limits.organisation_times.max(1)),
            buckets: Buckets::new(SHARD),
        }
    }

    /// Counts a request of `class`, or says how long to wait. Whoever has no valid token waits for the failures of its address too.
    pub fn take(&self, class: Class, caller: Option<&Caller>, address: IpAddr) -> Result<(), Wait> {
        let now = self.buckets.now();
        if class == Class::Unlimited {
            return Ok(());
        }
        let address = network(address);
        if let (None, Some(pace)) = (caller, self.failures) {
            self.buckets.peek(self.key("failures", address), pace, now)?;
        }
        let Some(pace) = self.pace(class) else { return Ok(()) };
        let caller = match caller {
            // A login is a try of whoever sits there.
            Some(caller) if class != Class::Login => caller,
            _ => return self.buckets.take(self.key(class, address), pace, now),
        };
        let person = (caller.user_id(), caller.pid());
        let client = caller.client_id().or_else(|| caller.org_no());
        if (client, person) == (None, (None, None)) {
            return self.buckets.take(self.key(class, address), pace, now);
        }
        self.buckets.take(self.key(class, (client, person)), pace, now)?;
        // A client of ID-porten has as many callers as people who use it; only machines count together.
        match caller.consumer().filter(|_| person == (None, None)) {
            Some(organisation) => {
                self.buckets.take(self.key(class, organisation), pace.times(self.organisation_times), now)
            }
            None => Ok(()),
        }
    }

    /// Counts a refused proof against the address.
    pub fn failed(&self, address: IpAddr) {
        if let Some(pace) = self.failures {
            let now = self.buckets.now();
            // What is over the limit is not counted on top: whoever stops may come again soon.
            let _ = self.buckets.take(self.key("failures", network(address)), pace, now);
        }
    }

    fn pace(&self, class: Class) -> Option<Pace> {
        match class {
            Class::Unlimited => None,
            Class::Read => self.rates[0],
            Class::Search => self.rates[1],
            Class::Write => self.rates[2],
            Class::Token => self.rates[3],
            Class::Login => self.rates[4],
        }
    }

    fn key(&self, kind: impl Hash, who: impl Hash) -> u64 {
        self.buckets.hasher.hash_one((kind, who))
    }
}

/// Whoever has an IPv6 address has a whole network of them.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

/// A rate in nanoseconds: one request every `interval`, and what may be ahead of that.
#[derive(Debug, Clone, Copy)]
struct Pace {
    interval: u64,
    ahead: u64,
}

impl Pace {
    fn new(rate: Rate, times: u64) -> Option<Self> {
        let per_second = u64::from(rate.per_second) * times;
        let interval = 1_000_000_000_u64.checked_div(per_second)?.max(1);
        Some(Self { interval, ahead: interval.saturating_mul(u64::from(rate.burst) * times) })
    }

    fn times(self, times: u64) -> Self {
        let interval = (self.interval / times).max(1);
        Self { interval, ahead: self.ahead }
    }
}

/// Buckets of one shard before it is tidied.
const SHARD: usize = 4096;

/// For each key, the time up to which its requests are spent (a generic cell rate: one number a bucket). What lies in the past is
/// a full bucket and is forgotten.
struct Buckets {
    start: Instant,
    hasher: RandomState,
    shards: Vec<Mutex<HashMap<u64, u64>>>,
    capacity: usize,
}

impl Buckets {
    fn new(capacity: usize) -> Self {
        let shards = (0..64).map(|_| Mutex::default()).collect();
        Self { start: Instant::now(), hasher: RandomState::new(), shards, capacity }
    }

    fn now(&self) -> u64 {
        self.start.elapsed().as_nanos() as u64
    }

    fn take(&self, key: u64, pace: Pace, now: u64) -> Result<(), Wait> {
        let mut shard = self.shard(key);
        if shard.len() >= self.capacity && !shard.contains_key(&key) {
            shard.retain(|_, spent| *spent > now);
        }
        // So many callers at once are a flood: newcomers share one bucket, and memory stays bounded.
        let key = if shard.len() >= self.capacity && !shard.contains_key(&key) { 0 } else { key };
        let spent = shard.entry(key).or_insert(0);
        let next = (*spent).max(now) + pace.interval;
        check(next, pace, now)?;
        *spent = next;
        Ok(())
    }

    /// Would a request be taken.
    fn peek(&self, key: u64, pace: Pace, now: u64) -> Result<(), Wait> {
        let spent = self.shard(key).get(&key).copied().unwrap_or_default();
        check(spent.max(now) + pace.interval, pace, now)
    }

    fn shard(&self, key: u64) -> std::sync::MutexGuard<'_, HashMap<u64, u64>> {
        let at = (key >> 32) as usize % self.shards.len();
        self.shards[at].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn check(next: u64, pace: Pace, now: u64) -> Result<(), Wait> {
    let over = next.saturating_sub(now).saturating_sub(pace.ahead);
    if over == 0 { Ok(()) } else { Err(over.div_ceil(1_000_000_000)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACE: Pace = Pace { interval: 100_000_000, ahead: 500_000_000 };

    #[test]
    fn a_burst_is_taken_then_the_rate_and_the_wait_is_long_enough() {
        let buckets = Buckets::new(10);
        let taken = |now: u64| (0..20).filter(|_| buckets.take(7, PACE, now).is_ok()).count();
        assert_eq!(taken(0), 5);
        assert_eq!(taken(100_000_000), 1, "one every tenth of a second");
        assert_eq!(buckets.take(7, PACE, 100_000_000), Err(1));
        assert_eq!(taken(1_100_000_000), 5, "after the wait the bucket is full again");
        assert_eq!(buckets.peek(8, PACE, 0), Ok(()));
    }

    #[test]
    fn a_flood_of_callers_takes_no_more_memory_and_known_ones_keep_their_buckets() {
        let buckets = Buckets::new(10);
        let spread = |n: u64| n.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        assert_eq!(buckets.take(spread(1), PACE, 0), Ok(()));
        let refused = (2..10_000).filter(|n| buckets.take(spread(*n), PACE, 0).is_err()).count();
        assert!(refused > 5_000, "newcomers share a bucket");
        assert_eq!(buckets.take(spread(1), PACE, 0), Ok(()));
        assert!(buckets.shards.iter().all(|shard| shard.lock().unwrap().len() <= 11));
        assert_eq!(buckets.take(spread(20_000), PACE, 60_000_000_000), Ok(()), "the flood is forgotten");
    }

    #[test]
    fn a_whole_ipv6_network_is_one_address() {
        let of = |text: &str| network(text.parse().unwrap());
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::9"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
    }
}
