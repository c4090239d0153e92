//! What the engine promises about a loss of power, as it answers itself.

use std::fmt;

use crate::Engine;

/// How much of what was acknowledged a loss of power may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Nothing.
    Full,
    /// The last moments.
    Normal,
    /// Anything, up to the whole database.
    Unsafe,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Level::Full => "full",
            Level::Normal => "normal",
            Level::Unsafe => "unsafe",
        })
    }
}

/// The answer of a live connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Durability {
    /// Which engine answered.
    pub engine: Engine,
    /// What the settings amount to.
    pub level: Level,
    /// The settings.
    pub details: Vec<(&'static str, String)>,
}

impl fmt::Display for Durability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.level)?;
        for (setting, value) in &self.details {
            write!(f, ", {setting}={value}")?;
        }
        Ok(())
    }
}
