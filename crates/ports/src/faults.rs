//! Faults that the sandbox shows on purpose, so that clients can be tried against them.

use crate::Result;
use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The answer comes late, by `milliseconds` and up to `jitter` more.
    Slow,
    /// An error with `status`, in the API's own words; nothing is done.
    Error,
    /// What was asked is done, and the answer is spoiled as `answer` says.
    WrongAnswer,
    /// Nobody answers, as `down` says.
    Down,
}

/// How an answer is spoiled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// It ends in the middle.
    Truncated,
    /// It is no JSON any more.
    Malformed,
    /// 200 without a body.
    Empty,
}

/// How a service is down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Down {
    /// The connection is closed without an answer.
    Reset,
    /// 503 of a balancer that finds nobody behind it.
    Unavailable,
}

/// One fault: where it strikes, how often, and what it does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// Its name; from the address, not from the body.
    #[serde(skip_deserializing)]
    pub name: String,
    /// Label of the service (`maskinporten`, `platform` …); without one, all services.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// Beginning of the path on the service's own host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Client id or consumer's organisation number of the caller's token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<String>,
    /// What goes wrong.
    pub kind: Kind,
    /// For `slow`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub milliseconds: Option<u64>,
    /// For `slow`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jitter: Option<u64>,
    /// For `error`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// For `wrong-answer`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Answer>,
    /// For `down`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub down: Option<Down>,
    /// Share of the requests that it strikes; which ones, `seed` says.
    #[serde(default = "always")]
    pub probability: f64,
    /// The same seed strikes the same requests, counted from when the fault was set.
    #[serde(default)]
    pub seed: u64,
    /// How many requests it strikes yet; without a number, all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
    /// Business time at which it ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

fn always() -> f64 {
    1.0
}

impl Fault {
    /// A fault of all requests to a service.
    pub fn new(name: &str, service: &str, kind: Kind) -> Self {
        Self {
            name: name.to_owned(),
            service: Some(service.to_owned()),
            path: None,
            client: None,
            kind,
            milliseconds: None,
            jitter: None,
            status: None,
            answer: None,
            down: None,
            probability: 1.0,
            seed: 0,
            times: None,
            until: None,
        }
    }

    /// Does it lie in the way of this request.
    pub fn concerns(&self, service: &str, path: &str, callers: [Option<&str>; 2]) -> bool {
        self.service.as_deref().is_none_or(|own| own == service)
            && self.path.as_deref().is_none_or(|start| path.starts_with(start))
            && self.client.as_deref().is_none_or(|client| callers.contains(&Some(client)))
    }
}

/// The faults of a sandbox.
#[async_trait]
pub trait Faults: Send + Sync {
    /// Those that are set and not over, by name.
    fn active(&self) -> Arc<[Fault]>;
    /// Does the fault strike now: a number that is drawn for it, and one of its times is used up. It fails open: what cannot be
    /// counted does not strike.
    async fn strikes(&self, fault: &Fault) -> Option<u64>;
    /// Sets a fault, in place of one with its name; it holds on every node when this returns.
    async fn set(&self, fault: &Fault) -> Result<()>;
    /// Takes away one, or all; answers how many there were.
    async fn clear(&self, name: Option<&str>) -> Result<u64>;
}
