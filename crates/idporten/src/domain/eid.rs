//! The electronic identities that the test login imitates.

use super::acr::Acr;
use serde::{Deserialize, Serialize};

/// One way to prove who one is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Eid {
    MinId,
    BankIdMobile,
    BankId,
    Buypass,
    Commfides,
    TestId,
}

impl Eid {
    /// In the order in which the choice is shown.
    pub const ALL: [Self; 6] =
        [Self::MinId, Self::BankIdMobile, Self::BankId, Self::Buypass, Self::Commfides, Self::TestId];

    /// The name in forms and addresses.
    pub fn key(self) -> &'static str {
        match self {
            Self::MinId => "minid",
            Self::BankIdMobile => "bankid-mobil",
            Self::BankId => "bankid",
            Self::Buypass => "buypass",
            Self::Commfides => "commfides",
            Self::TestId => "testid",
        }
    }

    /// Reads [`Eid::key`].
    pub fn parse(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|eid| eid.key() == key)
    }

    /// The one entry of the `amr` claim.
    pub fn amr(self) -> &'static str {
        match self {
            Self::MinId => "Minid-OTC",
            Self::BankIdMobile => "BankID Mobil",
            Self::BankId => "BankID",
            Self::Buypass => "Buypass",
            Self::Commfides => "Commfides",
            Self::TestId => "TestID",
        }
    }

    /// The level that this eID gives unless the developer chooses another (1–4).
    pub fn default_level(self) -> u8 {
        match self {
            Self::MinId => 3,
            _ => 4,
        }
    }

    /// May this eID be chosen when at least `minimum` is wanted? TestID can be any level.
    pub fn reaches(self, minimum: Acr) -> bool {
        Acr::of_test_level(self.default_level()).is_some_and(|acr| acr.rank() >= minimum.rank())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minid_is_not_offered_for_high() {
        let offered: Vec<_> = Eid::ALL.into_iter().filter(|eid| eid.reaches(Acr::High)).collect();
        assert_eq!(offered.len(), 5);
        assert!(!offered.contains(&Eid::MinId));
        assert!(Eid::ALL.into_iter().all(|eid| eid.reaches(Acr::Substantial)));
    }
}
