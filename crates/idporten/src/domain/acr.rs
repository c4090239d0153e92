//! Levels of assurance (`acr`), their order, and what a client asks for.

use serde::{Deserialize, Serialize};

/// A level as it stands in tokens. The order of rank is not the order of declaration: see [`Acr::rank`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Acr {
    #[serde(rename = "selfregistered-email")]
    SelfregisteredEmail,
    #[serde(rename = "level0")]
    Level0,
    #[serde(rename = "level1")]
    Level1,
    #[serde(rename = "level2")]
    Level2,
    #[serde(rename = "eidas-loa-low")]
    EidasLow,
    #[serde(rename = "idporten-loa-low")]
    Low,
    #[serde(rename = "idporten-loa-substantial-limited")]
    SubstantialLimited,
    #[serde(rename = "idporten-loa-substantial")]
    Substantial,
    #[serde(rename = "eidas-loa-substantial")]
    EidasSubstantial,
    #[serde(rename = "idporten-loa-high")]
    High,
    #[serde(rename = "eidas-loa-high")]
    EidasHigh,
}

/// Ways to log in that are chosen separately: a level of one family says nothing about another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    Idporten,
    Eidas,
    Email,
}

const ALL: [Acr; 11] = [
    Acr::SelfregisteredEmail,
    Acr::Level0,
    Acr::Level1,
    Acr::Level2,
    Acr::EidasLow,
    Acr::Low,
    Acr::SubstantialLimited,
    Acr::Substantial,
    Acr::EidasSubstantial,
    Acr::High,
    Acr::EidasHigh,
];

impl Acr {
    /// Reads the wire name, the legacy aliases included.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "Level3" => Some(Self::Substantial),
            "Level4" => Some(Self::High),
            _ => ALL.into_iter().find(|acr| acr.as_str() == text),
        }
    }

    /// The name in tokens.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SelfregisteredEmail => "selfregistered-email",
            Self::Level0 => "level0",
            Self::Level1 => "level1",
            Self::Level2 => "level2",
            Self::EidasLow => "eidas-loa-low",
            Self::Low => "idporten-loa-low",
            Self::SubstantialLimited => "idporten-loa-substantial-limited",
            Self::Substantial => "idporten-loa-substantial",
            Self::EidasSubstantial => "eidas-loa-substantial",
            Self::High => "idporten-loa-high",
            Self::EidasHigh => "eidas-loa-high",
        }
    }

    /// Higher is stronger; equal ranks satisfy each other within a family.
    pub fn rank(self) -> u8 {
        match self {
            Self::SelfregisteredEmail => 0,
            Self::Level0 | Self::EidasLow | Self::Low => 1,
            Self::Level1 => 2,
            Self::Level2 => 3,
            Self::SubstantialLimited => 4,
            Self::Substantial | Self::EidasSubstantial => 5,
            Self::High | Self::EidasHigh => 6,
        }
    }

    /// The family that it belongs to.
    pub fn family(self) -> Family {
        match self {
            Self::SelfregisteredEmail => Family::Email,
            Self::EidasLow | Self::EidasSubstantial | Self::EidasHigh => Family::Eidas,
            _ => Family::Idporten,
        }
    }

    /// The level that the security level selector of the test login stands for.
    pub fn of_test_level(level: u8) -> Option<Self> {
        match level {
            1 => Some(Self::Level1),
            2 => Some(Self::Level2),
            3 => Some(Self::Substantial),
            4 => Some(Self::High),
            _ => None,
        }
    }
}

/// What a client accepts, per family: the lowest level it asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requested {
    pub idporten: Option<Acr>,
    pub eidas: Option<Acr>,
    pub email: bool,
}

impl Requested {
    /// Reads `acr_values`. Nothing asked means substantial; only unknown values is an error.
    pub fn parse(acr_values: Option<&str>) -> Option<Self> {
        let mut asked = Self { idporten: None, eidas: None, email: false };
        let Some(values) = acr_values else {
            return Some(Self { idporten: Some(Acr::Substantial), ..asked });
        };
        for acr in values.split(' ').filter_map(Acr::parse) {
            match acr.family() {
                Family::Idporten => asked.idporten = Some(lower(asked.idporten, acr)),
                Family::Eidas => asked.eidas = Some(lower(asked.eidas, acr)),
                Family::Email => asked.email = true,
            }
        }
        (asked.idporten.is_some() || asked.eidas.is_some() || asked.email).then_some(asked)
    }

    /// Is a login at `acr` enough?
    pub fn accepts(self, acr: Acr) -> bool {
        match acr.family() {
            Family::Idporten => self.idporten.is_some_and(|min| acr.rank() >= min.rank()),
            Family::Eidas => self.eidas.is_some_and(|min| acr.rank() >= min.rank()),
            Family::Email => self.email,
        }
    }
}

fn lower(current: Option<Acr>, candidate: Acr) -> Acr {
    match current {
        Some(acr) if acr.rank() <= candidate.rank() => acr,
        _ => candidate,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_asked_means_substantial() {
        let asked = Requested::parse(None).unwrap();
        assert!(asked.accepts(Acr::Substantial));
        assert!(asked.accepts(Acr::High));
        assert!(!asked.accepts(Acr::SubstantialLimited));
        assert!(!asked.accepts(Acr::EidasHigh), "another family is another choice");
    }

    #[test]
    fn the_lowest_of_the_family_is_the_minimum() {
        let asked = Requested::parse(Some("idporten-loa-high idporten-loa-substantial whatever")).unwrap();
        assert_eq!(asked.idporten, Some(Acr::Substantial));
        assert!(!asked.email);
    }

    #[test]
    fn only_unknown_values_are_refused() {
        assert_eq!(Requested::parse(Some("urn:mace:silver")), None);
    }

    #[test]
    fn legacy_names_are_aliases() {
        assert_eq!(Acr::parse("Level4"), Some(Acr::High));
        assert_eq!(Acr::parse("Level3"), Some(Acr::Substantial));
    }
}
