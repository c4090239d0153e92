//! A list of checks with verdicts, for people or as JSON.

use serde::Serialize;
use std::io::Write;

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// As it should be.
    Ok,
    /// Works, and deserves a look.
    Warn,
    /// Does not work, or will not for long.
    Fail,
}

/// One check.
#[derive(Debug, Clone, Serialize)]
pub struct Check {
    /// What was looked at.
    pub name: &'static str,
    /// How it ended.
    pub verdict: Verdict,
    /// What was found.
    pub found: String,
    /// What to do, when there is something to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<&'static str>,
}

impl Check {
    /// Nothing to do.
    pub fn ok(name: &'static str, found: impl Into<String>) -> Self {
        Self { name, verdict: Verdict::Ok, found: found.into(), remedy: None }
    }

    /// Something to look at.
    pub fn warn(name: &'static str, found: impl Into<String>, remedy: &'static str) -> Self {
        Self { name, verdict: Verdict::Warn, found: found.into(), remedy: Some(remedy) }
    }

    /// Something to repair.
    pub fn fail(name: &'static str, found: impl Into<String>, remedy: &'static str) -> Self {
        Self { name, verdict: Verdict::Fail, found: found.into(), remedy: Some(remedy) }
    }
}

/// The worst of the verdicts.
pub fn worst(checks: &[Check]) -> Verdict {
    checks.iter().map(|check| check.verdict).max().unwrap_or(Verdict::Ok)
}

/// One line a check, and one below it where there is something to do.
pub fn print(checks: &[Check], out: &mut impl Write) -> std::io::Result<()> {
    for check in checks {
        let mark = match check.verdict {
            Verdict::Ok => "ok  ",
            Verdict::Warn => "WARN",
            Verdict::Fail => "FAIL",
        };
        writeln!(out, "{mark}  {:22} {}", check.name, check.found)?;
        if let Some(remedy) = check.remedy {
            writeln!(out, "{:28} → {remedy}", "")?;
        }
    }
    Ok(())
}
