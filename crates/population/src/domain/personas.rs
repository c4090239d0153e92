//! The people and organisations that are in every generated population, with numbers that never change.

/// A named person for demos, tests and the sandbox's start page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Persona {
    /// Stable word for links and texts.
    pub key: &'static str,
    /// Given name.
    pub first_name: &'static str,
    /// Surname.
    pub last_name: &'static str,
    /// National identity number.
    pub pid: &'static str,
    /// Year, month and day of birth, as the number says.
    pub born: (i16, i8, i8),
    /// Organisations to act for, the most interesting one first.
    pub organisations: &'static [&'static str],
    /// Who it is, in bokmål.
    pub about: &'static str,
}

/// A condominium (eierseksjonssameie); the managing director's.
pub const CONDOMINIUM: &str = "310200107";
/// A housing cooperative (borettslag); the managing director's.
pub const HOUSING_COOPERATIVE: &str = "310200204";
/// The accounting firm with more than 900 clients.
pub const ACCOUNTING_FIRM: &str = "310200301";
/// The vendor of accounting software, with a Maskinporten client.
pub const VENDOR: &str = "310200409";
/// A condominium whose board the board leader chairs.
pub const OTHER_CONDOMINIUM: &str = "310200506";
/// A limited company of the board leader.
pub const PROPERTY_COMPANY: &str = "310200603";
/// An association of the board leader.
pub const SPORTS_CLUB: &str = "310200700";
/// A company with sub-units; the access manager's.
pub const INDUSTRY_COMPANY: &str = "310200808";
/// The business manager of condominiums and housing cooperatives.
pub const BUSINESS_MANAGER: &str = "310200905";

/// Skatteetaten, service owner `skd`.
pub const SKD: &str = "974761076";
/// Brønnøysundregistrene, service owner `brg`.
pub const BRG: &str = "974760673";
/// Testdepartementet, service owner `ttd`.
pub const TTD: &str = "405003309";
/// Digitaliseringsdirektoratet, service owner `digdir`.
pub const DIGDIR: &str = "991825827";

/// The vendor's Maskinporten client; its key is `jose::sandbox::vendor_public_jwk()`.
pub const VENDOR_CLIENT: &str = "7d3c9a52-5f0e-4a7c-9c1b-2f6d7b1e4a10";
/// Skatteetaten's Maskinporten client as service owner; it has the same public sandbox key.
pub const SKD_CLIENT: &str = "1f0a6c34-8e2b-4d59-b7a3-6c5e9d8f2b21";

const PERSONAS: [Persona; 5] = [
    Persona {
        key: "managing-director",
        first_name: "Kari",
        last_name: "Nordli",
        pid: "12837122463",
        born: (1971, 3, 12),
        organisations: &[CONDOMINIUM, HOUSING_COOPERATIVE],
        about: "Daglig leder i et boligsameie og et borettslag",
    },
    Persona {
        key: "accountant",
        first_name: "Ola",
        last_name: "Tveit",
        pid: "27898031131",
        born: (1980, 9, 27),
        organisations: &[ACCOUNTING_FIRM],
        about: "Daglig leder i et regnskapsbyrå med over 900 kunder",
    },
    Persona {
        key: "board-leader",
        first_name: "Ingrid",
        last_name: "Solheim",
        pid: "04866414241",
        born: (1964, 6, 4),
        organisations: &[OTHER_CONDOMINIUM, PROPERTY_COMPANY, SPORTS_CLUB],
        about: "Styreleder i et boligsameie, et aksjeselskap og et idrettslag",
    },
    Persona {
        key: "citizen",
        first_name: "Amir",
        last_name: "Hussain",
        pid: "19919640521",
        born: (1996, 11, 19),
        organisations: &[],
        about: "Innbygger uten roller",
    },
    Persona {
        key: "access-manager",
        first_name: "Marte",
        last_name: "Eira",
        pid: "08818825014",
        born: (1988, 1, 8),
        organisations: &[INDUSTRY_COMPANY],
        about: "Styrer tilganger i et industriselskap med underenheter",
    },
];

/// The five personas.
pub fn personas() -> &'static [Persona] {
    &PERSONAS
}

impl Persona {
    /// Given name and surname.
    pub fn name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::orgno::OrgNo;
    use kernel::pid::{Pid, Synthetic};

    #[test]
    fn numbers_are_valid_and_synthetic() {
        for persona in personas() {
            let pid = Pid::parse(persona.pid).unwrap();
            assert_eq!(pid.series(), Some(Synthetic::Tenor));
            let (year, month, day) = persona.born;
            assert_eq!(pid.birth_date(), Some(jiff::civil::date(year, month, day)), "{}", persona.key);
            for org_no in persona.organisations {
                assert!(OrgNo::parse(org_no).unwrap().is_synthetic());
            }
        }
        for org_no in [VENDOR, BUSINESS_MANAGER, SKD, BRG, TTD, DIGDIR] {
            OrgNo::parse(org_no).unwrap();
        }
    }
}
