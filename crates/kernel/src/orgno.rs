//! Organisation numbers of Enhetsregisteret: nine digits, the last one a check digit.

use crate::pid::check_digit;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

const WEIGHTS: [u32; 8] = [3, 2, 7, 6, 5, 4, 3, 2];

/// An organisation number. It is a text: some have leading zeros.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OrgNo([u8; 9]);

/// Why a text is not an organisation number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OrgNoError {
    /// Not nine ASCII digits.
    #[error("an organisation number has nine digits")]
    Format,
    /// The check digit is wrong.
    #[error("the organisation number has a wrong check digit")]
    CheckDigit,
}

impl OrgNo {
    /// Reads a number and checks its check digit.
    pub fn parse(text: &str) -> Result<Self, OrgNoError> {
        let number = Self::parse_digits(text)?;
        if number.has_valid_check_digit() { Ok(number) } else { Err(OrgNoError::CheckDigit) }
    }

    /// Reads nine digits without checking them: some public test data use numbers with a wrong check digit.
    pub fn parse_digits(text: &str) -> Result<Self, OrgNoError> {
        let digits: [u8; 9] = text.as_bytes().try_into().map_err(|_| OrgNoError::Format)?;
        if digits.iter().all(u8::is_ascii_digit) { Ok(Self(digits)) } else { Err(OrgNoError::Format) }
    }

    /// Adds the check digit to the first eight digits. `None` when they have none (or are more than eight): take the
    /// next number.
    pub fn compute(first_eight: u32) -> Option<Self> {
        let text = format!("{first_eight:08}");
        let digit = (text.len() == 8).then(|| check_digit(text.as_bytes(), &WEIGHTS))??;
        Self::parse_digits(&format!("{text}{digit}")).ok()
    }

    /// The nine digits.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Whether the check digit is right.
    pub fn has_valid_check_digit(&self) -> bool {
        check_digit(&self.0[..8], &WEIGHTS) == Some(self.0[8] - b'0')
    }

    /// Whether it is of the synthetic series 2 and 3, which no real organisation has.
    pub fn is_synthetic(&self) -> bool {
        matches!(self.0[0], b'2' | b'3')
    }
}

impl fmt::Display for OrgNo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for OrgNo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OrgNo({self})")
    }
}

impl std::str::FromStr for OrgNo {
    type Err = OrgNoError;

    fn from_str(text: &str) -> Result<Self, OrgNoError> {
        Self::parse(text)
    }
}

impl Serialize for OrgNo {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for OrgNo {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn vectors() {
        for text in [
            "991825827",
            "974760673",
            "984661185",
            "922020175",
            "310149942",
            "313876144",
            "405003309",
            "043871668",
        ] {
            assert_eq!(OrgNo::parse(text).map(|number| number.to_string()), Ok(text.to_owned()));
        }
        for text in ["897069650", "897069631", "900000001"] {
            assert_eq!(OrgNo::parse(text), Err(OrgNoError::CheckDigit));
            assert!(OrgNo::parse_digits(text).is_ok());
        }
        for text in ["", "99182582", "9918258270", "99182582x", " 91825827"] {
            assert_eq!(OrgNo::parse(text), Err(OrgNoError::Format));
        }
    }

    proptest! {
        #[test]
        fn computed_numbers_read_back(first_eight in 0u32..100_000_000) {
            if let Some(number) = OrgNo::compute(first_eight) {
                prop_assert_eq!(OrgNo::parse(number.as_str()), Ok(number));
                prop_assert_eq!(&number.as_str()[..8], format!("{first_eight:08}"));
            }
        }

        #[test]
        fn one_wrong_digit_is_always_found(first_eight in 0u32..100_000_000, at in 0usize..9, add in 1u8..10) {
            if let Some(number) = OrgNo::compute(first_eight) {
                let mut digits = number.0;
                digits[at] = b'0' + (digits[at] - b'0' + add) % 10;
                prop_assert!(!OrgNo(digits).has_valid_check_digit());
            }
        }
    }

    #[test]
    fn nine_digits_are_not_eight() {
        assert_eq!(OrgNo::compute(100_000_000), None);
    }
}
