//! How a person authenticated, in the words and numbers of Altinn.

/// `urn:altinn:authenticatemethod` with its number in the event log, from the first `amr`.
pub fn of_amr(amr: &str) -> (&'static str, i64) {
    match amr {
        "Minid-PIN" => ("MinIDPin", 11),
        "Minid-OTC" => ("MinIDOTC", 15),
        "Minid-APP" => ("MinIDApp", 18),
        "Minid-TOTP" => ("MinIDTOTP", 21),
        "Commfides" => ("Commfides", 10),
        "Buypass" => ("BuyPass", 3),
        "BankID" => ("BankID", 2),
        "BankID Mobil" => ("BankIDMobil", 14),
        "eIDAS" => ("EIDAS", 13),
        "maskinporten" => ("MaskinPorten", 20),
        "Selfregistered-email" => ("IdportenEpost", 22),
        "TestID" => ("IdportenTestId", 17),
        "SelfIdentified" => ("SelfIdentified", 8),
        "StaticPassword" => ("StaticPassword", 6),
        _ => ("NotDefined", -1),
    }
}

/// Security level of an `acr`, in any case; unknown ones count as nothing.
pub fn level_of_acr(acr: &str) -> u8 {
    match acr.to_ascii_lowercase().as_str() {
        "level1" => 1,
        "level2" => 2,
        "idporten-loa-substantial" | "eidas-loa-substantial" | "level3" => 3,
        "idporten-loa-high" | "eidas-loa-high" | "level4" => 4,
        _ => 0,
    }
}

/// The exchange alone falls back to the last character of an unknown `acr`.
pub fn level_of_exchanged_acr(acr: &str) -> u8 {
    match acr {
        "idporten-loa-low" => 0,
        "idporten-loa-substantial" => 3,
        "idporten-loa-high" => 4,
        other => {
            other.chars().last().and_then(|c| c.to_digit(10)).and_then(|d| u8::try_from(d).ok()).unwrap_or(0)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_follow_the_table_of_each_path() {
        assert_eq!(level_of_acr("IDPORTEN-LOA-HIGH"), 4);
        assert_eq!(level_of_acr("Level4"), 4);
        assert_eq!(level_of_acr("selfregistered-email"), 0);
        assert_eq!(level_of_acr("gold9"), 0);
        assert_eq!(level_of_exchanged_acr("Level4"), 4);
        assert_eq!(level_of_exchanged_acr("gold"), 0);
    }
}
