//! The reporting schemes (ordninger) for third-party information.

/// A scheme. The numbers are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// Condominium, RF-1140.
    Boligsameie = 1,
    /// Housing company, RF-1139.
    Boligselskap = 2,
}

impl Scheme {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Boligsameie, Self::Boligselskap];

    /// The scheme that is stored under `number`.
    pub fn from_number(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|scheme| *scheme as i64 == number)
    }

    /// Name in addresses and in feedback (`oppgavetype`).
    pub fn name(self) -> &'static str {
        match self {
            Self::Boligsameie => "boligsameie",
            Self::Boligselskap => "boligselskap",
        }
    }

    /// Label of its host.
    pub fn host(self) -> &'static str {
        match self {
            Self::Boligsameie => "innrapporteringboligsameie",
            Self::Boligselskap => "innrapporteringboligselskap",
        }
    }

    /// Scopes of which a token needs one.
    pub fn scopes(self) -> &'static [&'static str] {
        match self {
            Self::Boligsameie => &["skatteetaten:innrapporteringboligsameie"],
            Self::Boligselskap => &["skatteetaten:innrapporteringboligselskap"],
        }
    }

    /// Registry id.
    pub fn resource(self) -> &'static str {
        match self {
            Self::Boligsameie => "ske-innrapportering-boligsameie",
            Self::Boligselskap => "ske-innrapportering-boligselskap",
        }
    }

    /// What people call it: bokmål, nynorsk, English.
    pub fn titles(self) -> [(&'static str, &'static str); 3] {
        match self {
            Self::Boligsameie => [("nb", "Boligsameie"), ("nn", "Bustadsameige"), ("en", "Condominium")],
            Self::Boligselskap => {
                [("nb", "Boligselskap"), ("nn", "Bustadselskap"), ("en", "Housing company")]
            }
        }
    }

    /// Sums that the summary states, each with the member of a task that it adds up.
    pub fn sums(self) -> &'static [(&'static str, &'static str)] {
        const FOUR: [(&str, &str); 4] = [
            ("sumAndelSkattepliktigeInntekter", "andelSkattepliktigeInntekter"),
            ("sumAndelFradragsberettigedeKostnader", "andelFradragsberettigedeKostnader"),
            ("sumAndelFormue", "andelFormue"),
            ("sumAndelGjeld", "andelGjeld"),
        ];
        const FIVE: [(&str, &str); 5] = [
            FOUR[0],
            FOUR[1],
            FOUR[2],
            FOUR[3],
            ("sumAndelLikningsverdiBoenhet", "andelLikningsverdiBoenhet"),
        ];
        match self {
            Self::Boligsameie => &FOUR,
            Self::Boligselskap => &FIVE,
        }
    }
}
