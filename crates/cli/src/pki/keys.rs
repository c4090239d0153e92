//! Listing, rotation and pruning of an issuer's keys.

use super::{ISSUERS, files};
use anyhow::{Context, ensure};
use jiff::{SignedDuration, Timestamp};
use jose::{KeyKind, KeyState, generate_jwk};
use kernel::{Clock, SystemClock};
use serde_json::json;
use std::io::Write;
use std::path::Path;

/// One line a key.
pub fn list(directory: &Path, as_json: bool) -> anyhow::Result<()> {
    let (now, mut out) = (SystemClock.now(), std::io::stdout().lock());
    let mut lines = Vec::new();
    for issuer in ISSUERS {
        for key in files::read(&files::of_issuer(directory, issuer))?.list(now)? {
            let since = key.since.map(|at| at.to_string());
            lines.push(json!({"issuer": issuer, "kid": key.kid, "alg": key.alg, "state": key.state.word(), "since": since}));
        }
    }
    if as_json {
        writeln!(out, "{}", json!({ "keys": lines }))?;
        return Ok(());
    }
    for line in lines {
        let text = |name: &str| line[name].as_str().unwrap_or("–").to_owned();
        let (issuer, alg, state) = (text("issuer"), text("alg"), text("state"));
        writeln!(out, "{issuer:13} {alg:6} {state:8} {:21} {}", text("since"), text("kid"))?;
    }
    Ok(())
}

/// Adds a key of the same kind that signs after a while.
pub fn rotate(directory: &Path, issuer: &str, after: &str) -> anyhow::Result<()> {
    let path = files::of_issuer(directory, issuer);
    let (now, after) = (SystemClock.now(), duration(after)?);
    let mut file = files::read(&path)?;
    let keys = file.list(now)?;
    if let Some(next) = keys.iter().find(|key| key.state == KeyState::Next) {
        let at = next.since.map_or_else(String::new, |at| at.to_string());
        anyhow::bail!("{issuer} has a next key already: {} signs from {at}", next.kid);
    }
    let active = keys.iter().find(|key| key.state == KeyState::Active).context("no key signs")?;
    let kind = if active.alg == "EdDSA" { KeyKind::Ed25519 } else { KeyKind::Rsa };
    let jwk = generate_jwk(kind)?;
    let kid = jwk["kid"].as_str().unwrap_or_default().to_owned();
    let from = second(now.saturating_add(after)?)?;
    file.add(jwk, from)?;
    files::replace(&path, file.to_json().as_bytes())?;
    writeln!(std::io::stdout().lock(), "{issuer}: {kid} is published now and signs from {from}")?;
    Ok(())
}

/// Takes out the keys that nobody needs any more.
pub fn prune(directory: &Path, issuer: Option<&str>, keep: &str) -> anyhow::Result<()> {
    let (now, keep) = (SystemClock.now(), duration(keep)?);
    for issuer in ISSUERS.into_iter().filter(|name| issuer.is_none_or(|issuer| issuer == *name)) {
        let path = files::of_issuer(directory, issuer);
        let mut file = files::read(&path)?;
        let gone = file.prune(now, keep);
        if !gone.is_empty() {
            files::replace(&path, file.to_json().as_bytes())?;
        }
        for kid in gone {
            writeln!(std::io::stdout().lock(), "{issuer}: {kid} is gone")?;
        }
    }
    Ok(())
}

/// `48h`, `90s`, `2d` …
fn duration(text: &str) -> anyhow::Result<SignedDuration> {
    let span: jiff::Span =
        text.parse().with_context(|| format!("{text:?} is not a time such as 48h or 90s"))?;
    let duration = span.to_duration(jiff::SpanRelativeTo::days_are_24_hours())?;
    ensure!(!duration.is_negative(), "{text:?} lies in the past");
    Ok(duration)
}

/// A key's times are whole seconds; the next one, so that no key signs before it was made.
pub fn second(at: Timestamp) -> anyhow::Result<Timestamp> {
    Ok(Timestamp::from_second(at.as_second() + i64::from(at.subsec_nanosecond() > 0))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_people_write_them() {
        assert_eq!(duration("90s").unwrap().as_secs(), 90);
        assert_eq!(duration("2d").unwrap().as_hours(), 48);
        assert_eq!(duration("PT1H").unwrap().as_mins(), 60);
        assert!(duration("soon").is_err() && duration("-1h").is_err());
    }
}
