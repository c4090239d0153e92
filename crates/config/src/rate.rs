//! Rates in settings: `"50/500"` or `"off"`.

use serde::Deserialize;
use serde::de::{Deserializer, Error};

/// So many a second in the long run, so many at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// In the long run; 0 means no limit.
    pub per_second: u32,
    /// At once.
    pub burst: u32,
}

impl Rate {
    fn read(text: &str) -> Option<Self> {
        if text == "off" {
            return Some(Self { per_second: 0, burst: 0 });
        }
        let (per_second, burst) = text.split_once('/')?;
        let rate = Self { per_second: per_second.trim().parse().ok()?, burst: burst.trim().parse().ok()? };
        (rate.per_second > 0 && rate.burst > 0).then_some(rate)
    }
}

impl<'de> Deserialize<'de> for Rate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::read(&text).ok_or_else(|| {
            D::Error::custom(format!(
                "{text:?} is no rate: write \"50/500\" for 50 a second and 500 at once, or \"off\""
            ))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_two_numbers_or_off() {
        assert_eq!(Rate::read("50/500"), Some(Rate { per_second: 50, burst: 500 }));
        assert_eq!(Rate::read("off"), Some(Rate { per_second: 0, burst: 0 }));
        for wrong in ["", "50", "0/5", "5/0", "-1/5", "5/5/5", "a/b", "Off"] {
            assert_eq!(Rate::read(wrong), None, "{wrong}");
        }
    }
}
