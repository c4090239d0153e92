//! National identity numbers: fødselsnummer and D-number, in the ordinary and the synthetic series.
//!
//! A number is personal data. The type has no `Display`, and its `Debug` shows the birth date part only.

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::ops::RangeInclusive;

const WEIGHTS_FIRST: [u32; 9] = [3, 7, 6, 1, 8, 9, 4, 5, 2];
const WEIGHTS_SECOND: [u32; 10] = [5, 4, 3, 2, 7, 6, 5, 4, 3, 2];

/// A national identity number of eleven digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Pid([u8; 11]);

/// What sort of number it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Fødselsnummer, of a person in the population register.
    BirthNumber,
    /// D-number, of a person with a temporary connection to Norway: day + 40.
    DNumber,
}

/// Synthetic series, told by the month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Synthetic {
    /// Month + 80: the test population of the tax administration (Tenor).
    Tenor,
    /// Month + 40: NAV's test persons (Dolly), and the H-numbers of the health sector.
    Dolly,
}

/// Told by the ninth digit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Gender {
    /// Even.
    Female,
    /// Odd.
    Male,
}

/// Why a text is not a national identity number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PidError {
    /// Not eleven ASCII digits.
    #[error("a national identity number has eleven digits")]
    Format,
    /// The first six digits are no date, or none in the century that the individual number gives.
    #[error("the national identity number holds no valid birth date")]
    Date,
    /// A check digit is wrong.
    #[error("the national identity number has a wrong check digit")]
    CheckDigits,
}

impl Pid {
    /// Reads a number and checks its date and both check digits.
    pub fn parse(text: &str) -> Result<Self, PidError> {
        let pid = Self::parse_digits(text)?;
        if !pid.has_plausible_date() {
            return Err(PidError::Date);
        }
        if !pid.has_valid_check_digits() {
            return Err(PidError::CheckDigits);
        }
        Ok(pid)
    }

    /// Reads eleven digits without checking them: some public test data use numbers with wrong check digits.
    pub fn parse_digits(text: &str) -> Result<Self, PidError> {
        let digits: [u8; 11] = text.as_bytes().try_into().map_err(|_| PidError::Format)?;
        if digits.iter().all(u8::is_ascii_digit) { Ok(Self(digits)) } else { Err(PidError::Format) }
    }

    /// Builds the number of a person born on `birth`. `None` when the individual number belongs to another century, or
    /// when it has no valid check digits: take the next one.
    pub fn compute(birth: Date, individual: u16, kind: Kind, series: Option<Synthetic>) -> Option<Self> {
        if individual > 999 {
            return None;
        }
        let day = birth.day() as u16 + if kind == Kind::DNumber { 40 } else { 0 };
        let month = birth.month() as u16
            + match series {
                None => 0,
                Some(Synthetic::Dolly) => 40,
                Some(Synthetic::Tenor) => 80,
            };
        let year = birth.year().rem_euclid(100) as u16;
        let mut digits = [b'0'; 11];
        for (at, pair) in [day, month, year].into_iter().enumerate() {
            digits[at * 2] += (pair / 10) as u8;
            digits[at * 2 + 1] += (pair % 10) as u8;
        }
        digits[6] += (individual / 100) as u8;
        digits[7] += (individual / 10 % 10) as u8;
        digits[8] += (individual % 10) as u8;
        digits[9] += check_digit(&digits[..9], &WEIGHTS_FIRST)?;
        digits[10] += check_digit(&digits[..10], &WEIGHTS_SECOND)?;
        let pid = Self(digits);
        (pid.birth_date() == Some(birth)).then_some(pid)
    }

    /// The individual numbers that may be given to persons born in `year`; empty outside 1854–2039.
    pub fn individual_numbers(year: i16) -> &'static [RangeInclusive<u16>] {
        match year {
            1854..=1899 => &[500..=749],
            1900..=1939 => &[0..=499],
            1940..=1999 => &[0..=499, 900..=999],
            2000..=2039 => &[500..=999],
            _ => &[],
        }
    }

    /// The eleven digits. For the wire and the database; never for a log.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Birth date part and five asterisks: the form for logs and lists.
    pub fn masked(&self) -> String {
        format!("{}*****", &self.as_str()[..6])
    }

    /// Fødselsnummer or D-number.
    pub fn kind(&self) -> Kind {
        if self.pair(0) > 40 { Kind::DNumber } else { Kind::BirthNumber }
    }

    /// The synthetic series, if it is a synthetic number.
    pub fn series(&self) -> Option<Synthetic> {
        match self.pair(2) {
            41..=52 => Some(Synthetic::Dolly),
            81..=92 => Some(Synthetic::Tenor),
            _ => None,
        }
    }

    /// Whether it belongs to a synthetic series. Real persons have the months 01 to 12.
    pub fn is_synthetic(&self) -> bool {
        self.series().is_some()
    }

    /// Male or female.
    pub fn gender(&self) -> Gender {
        if self.digit(8) % 2 == 1 { Gender::Male } else { Gender::Female }
    }

    /// The birth date; `None` when the number holds no date, or its individual number fits no century.
    pub fn birth_date(&self) -> Option<Date> {
        Date::new(self.birth_year()?, self.month(), self.day()).ok()
    }

    /// Whether both check digits are right.
    pub fn has_valid_check_digits(&self) -> bool {
        check_digit(&self.0[..9], &WEIGHTS_FIRST) == Some(self.digit(9))
            && check_digit(&self.0[..10], &WEIGHTS_SECOND) == Some(self.digit(10))
    }

    /// Numbers outside the century table are accepted when the day exists in some year, since they have been issued.
    fn has_plausible_date(&self) -> bool {
        let year = self.birth_year().unwrap_or(2000);
        Date::new(year, self.month(), self.day()).is_ok()
    }

    fn birth_year(&self) -> Option<i16> {
        let (year, individual) = (i16::from(self.pair(4)), self.individual());
        match (individual, year) {
            (0..=499, _) | (900..=999, 40..) => Some(1900 + year),
            (500..=749, 54..) => Some(1800 + year),
            (500..=999, ..=39) => Some(2000 + year),
            _ => None,
        }
    }

    fn day(&self) -> i8 {
        let printed = self.pair(0);
        (if printed > 40 { printed - 40 } else { printed }) as i8
    }

    fn month(&self) -> i8 {
        let printed = self.pair(2);
        (match self.series() {
            Some(Synthetic::Tenor) => printed - 80,
            Some(Synthetic::Dolly) => printed - 40,
            None => printed,
        }) as i8
    }

    fn individual(&self) -> u16 {
        u16::from(self.digit(6)) * 100 + u16::from(self.digit(7)) * 10 + u16::from(self.digit(8))
    }

    fn digit(&self, at: usize) -> u8 {
        self.0[at] - b'0'
    }

    fn pair(&self, at: usize) -> u8 {
        self.digit(at) * 10 + self.digit(at + 1)
    }
}

/// Modulus 11; `None` when the digit would be 10.
pub(crate) fn check_digit(digits: &[u8], weights: &[u32]) -> Option<u8> {
    let sum: u32 = digits.iter().zip(weights).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    match (11 - sum % 11) % 11 {
        10 => None,
        digit => Some(digit as u8),
    }
}

/// Masks every run of exactly eleven digits in a text that is meant for a log.
pub fn mask_all(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut run = String::new();
    for next in text.chars().map(Some).chain([None]) {
        match next {
            Some(digit) if digit.is_ascii_digit() => run.push(digit),
            other => {
                if run.len() == 11 {
                    masked.push_str(&run[..6]);
                    masked.push_str("*****");
                } else {
                    masked.push_str(&run);
                }
                run.clear();
                masked.extend(other);
            }
        }
    }
    masked
}

impl fmt::Debug for Pid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pid({})", self.masked())
    }
}

impl std::str::FromStr for Pid {
    type Err = PidError;

    fn from_str(text: &str) -> Result<Self, PidError> {
        Self::parse(text)
    }
}

impl Serialize for Pid {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Pid {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    #[test]
    fn published_test_persons_are_valid() {
        for text in [
            "21879498012",
            "20914695016",
            "23886799519",
            "25922947409",
            "21818297804",
            "47906701517",
            "28876895937",
            "05895894984",
            "28816196088",
            "06819774798",
        ] {
            let pid = Pid::parse(text).expect(text);
            assert_eq!(pid.series(), Some(Synthetic::Tenor), "{text}");
        }
    }

    #[test]
    fn parts_are_read() {
        let pid = Pid::parse("21879498012").unwrap();
        assert_eq!(pid.birth_date(), Some(date(1994, 7, 21)));
        assert_eq!((pid.kind(), pid.gender()), (Kind::BirthNumber, Gender::Female));
    }

    #[test]
    fn d_number_of_the_synthetic_series() {
        let pid = Pid::parse("47906701517").unwrap();
        assert_eq!((pid.kind(), pid.series()), (Kind::DNumber, Some(Synthetic::Tenor)));
        assert_eq!(pid.birth_date(), Some(date(1967, 10, 7)));
        assert_eq!(pid.gender(), Gender::Male);
    }

    #[test]
    fn refusals_name_the_cause() {
        assert_eq!(Pid::parse("2187949801"), Err(PidError::Format));
        assert_eq!(Pid::parse("2187949801x"), Err(PidError::Format));
        assert_eq!(Pid::parse("٢187949801"), Err(PidError::Format));
        assert_eq!(Pid::parse("01039012345"), Err(PidError::CheckDigits));
        assert_eq!(Pid::parse("00810012345"), Err(PidError::Date));
        assert_eq!(Pid::parse("29029900000"), Err(PidError::Date), "1999 was no leap year");
        assert!(Pid::parse_digits("01039012345").is_ok());
    }

    #[test]
    fn number_outside_the_century_table_has_no_birth_date() {
        let pid = (750..900)
            .find_map(|individual| {
                let text = format!("0101{}{individual:03}", 50);
                let first = check_digit(text.as_bytes(), &WEIGHTS_FIRST)?;
                let text = format!("{text}{first}");
                let second = check_digit(text.as_bytes(), &WEIGHTS_SECOND)?;
                Pid::parse(&format!("{text}{second}")).ok()
            })
            .unwrap();
        assert_eq!(pid.birth_date(), None);
    }

    #[test]
    fn logs_never_show_the_number() {
        let pid = Pid::parse("21879498012").unwrap();
        assert_eq!(format!("{pid:?}"), "Pid(218794*****)");
        assert_eq!(
            mask_all("pid=21879498012, org 974760673, ref 218794980123"),
            "pid=218794*****, org 974760673, ref 218794980123"
        );
        assert_eq!(mask_all("21879498012"), "218794*****");
    }

    proptest! {
        #[test]
        fn computed_numbers_read_back(
            days in 0i32..67_900, individual in 0u16..1000, d_number: bool, series in 0u8..3,
        ) {
            let birth = date(1854, 1, 1).checked_add(jiff::Span::new().days(days)).unwrap();
            let kind = if d_number { Kind::DNumber } else { Kind::BirthNumber };
            let series = [None, Some(Synthetic::Tenor), Some(Synthetic::Dolly)][series as usize];
            let fits = Pid::individual_numbers(birth.year()).iter().any(|range| range.contains(&individual));
            match Pid::compute(birth, individual, kind, series) {
                Some(pid) => {
                    prop_assert!(fits);
                    prop_assert_eq!(Pid::parse(pid.as_str()), Ok(pid));
                    prop_assert_eq!((pid.birth_date(), pid.kind(), pid.series()), (Some(birth), kind, series));
                }
                None if fits => {
                    let next = (0..999).filter_map(|i| Pid::compute(birth, i, kind, series)).count();
                    prop_assert!(next > 100, "a year's range has many numbers, this one just fell out");
                }
                None => {}
            }
        }

        #[test]
        fn one_wrong_digit_is_always_found(days in 0i32..30_000, at in 0usize..11, add in 1u8..10) {
            let birth = date(1940, 1, 1).checked_add(jiff::Span::new().days(days)).unwrap();
            let pid = Pid::individual_numbers(birth.year()).iter().cloned().flatten()
                .find_map(|i| Pid::compute(birth, i, Kind::BirthNumber, Some(Synthetic::Tenor))).unwrap();
            let mut digits = pid.as_str().to_owned().into_bytes();
            digits[at] = b'0' + (digits[at] - b'0' + add) % 10;
            prop_assert!(Pid::parse(std::str::from_utf8(&digits).unwrap()).is_err());
        }

        #[test]
        fn any_text_is_refused_or_read_without_panic(text in "\\PC{0,14}") {
            if let Ok(pid) = Pid::parse(&text) {
                prop_assert_eq!(pid.as_str(), text);
            }
        }
    }
}
