//! The roles of Enhetsregisteret: code, identifier in Altinn, name in bokmål.
//!
//! Facts from Enhetsregisteret's role types and Altinn's role catalogue.

/// A role that someone may hold for a unit.
#[derive(Debug, PartialEq, Eq)]
pub struct RoleType {
    /// `DAGL`
    pub code: &'static str,
    /// `daglig-leder`, the last part of `urn:altinn:external-role:ccr:daglig-leder`.
    pub identifier: &'static str,
    /// `Daglig leder`
    pub name: &'static str,
}

/// All of them, by code.
pub const ROLE_TYPES: [RoleType; 61] = [
    role("AAFY", "ikke-naeringsdrivende-hovedenhet", "Har som registreringsenhet"),
    role("ADOS", "administrativ-enhet-offentlig-sektor", "Administrativ enhet - offentlig sektor"),
    role("AVKL", "forestaar-avvikling", "Forestår avvikling"),
    role("BEDR", "hovedenhet", "Har som registreringsenhet"),
    role("BEST", "bestyrende-reder", "Bestyrende reder"),
    role("BOBE", "bostyrer", "Bobestyrer"),
    role("DAGL", "daglig-leder", "Daglig leder"),
    role("DTPR", "deltaker-delt-ansvar", "Deltaker med delt ansvar"),
    role("DTSO", "deltaker-fullt-ansvar", "Deltaker med fullt ansvar"),
    role("EIKM", "eierkommune", "Eierkommune"),
    role("ESGR", "elektronisk-signeringsrettig", "Elektronisk signeringsrett"),
    role("ETDL", "elektronisk-signeringsrett-tildeler", "Tildeler av elektronisk signeringsrett"),
    role("FEMV", "felles-registrert-med", "Inngår i felles registrering"),
    role("FFØR", "forretningsforer", "Forretningsfører"),
    role("FGRP", "foretaksgruppe-med", "Inngår i foretaksgruppe med"),
    role("FISJ", "fisjonsovertaker", "Skal fisjoneres med"),
    role("FUSJ", "fusjonsovertaker", "Skal fusjoneres med"),
    role("HFOR", "hovedforetak", "Opplysninger om foretaket i hjemlandet"),
    role("HLED", "parti-organ-leder", "Leder i partiets utøvende organ"),
    role("HLSE", "helseforetak", "Helseforetak"),
    role("HMDL", "parti-organ-styremedlem", "Styremedlem i partiets utøvende organ"),
    role("HNST", "parti-organ-nestleder", "Nestleder i partiets utøvende organ"),
    role("HVAR", "parti-organ-varamedlem", "Varamedlem i partiets utøvende organ"),
    role("INNH", "innehaver", "Innehaver"),
    role("KDAT", "konsern-datter", "Har som datter i konsern"),
    role("KDEB", "konkursdebitor", "Konkursdebitor"),
    role("KEMN", "kontaktperson-ados", "Kontaktperson i administrativ enhet - offentlig sektor"),
    role("KENK", "personlige-konkurs", "Den personlige konkursen angår"),
    role("KGRL", "konsern-grunnlag", "Har som grunnlag for konsern"),
    role("KIRK", "kirkelig-fellesraad", "Inngår i kirkelig fellesråd"),
    role("KMOR", "konsern-mor", "Har som mor i konsern"),
    role("KNUF", "kontaktperson-nuf", "Kontaktperson NUF"),
    role("KOMK", "kontaktperson-kommune", "Kontaktperson i kommune"),
    role("KOMP", "komplementar", "Komplementar"),
    role("KONT", "kontaktperson", "Kontaktperson"),
    role("KTRF", "kontorfelleskapmedlem", "Inngår i kontorfellesskap"),
    role("LEDE", "styreleder", "Styrets leder"),
    role("MEDL", "styremedlem", "Styremedlem"),
    role("MVAG", "mva-signerer", "Signerer MVA-oppgaver"),
    role("MVAU", "mva-utfyller", "Utfyller MVA-oppgaver"),
    role("NEST", "nestleder", "Nestleder"),
    role("OBS", "observator", "Observatør"),
    role("OPMV", "saerskilt-oppdelt-enhet", "Særskilt oppdelt enhet"),
    role("ORGL", "organisasjonsledd-offentlig-sektor", "Organisasjonsledd i offentlig sektor"),
    role("POFE", "prokurist-fellesskap", "Prokura i fellesskap"),
    role("POHV", "prokurist-hver-for-seg", "Prokura hver for seg"),
    role("PROK", "prokurist", "Prokura"),
    role("READ", "revisoradressat", "Er revisoradresse for"),
    role("REGN", "regnskapsforer", "Regnskapsfører"),
    role("REPR", "norsk-representant", "Norsk representant for utenlandsk enhet"),
    role("REVI", "revisor", "Revisor"),
    role("RFAD", "regnskapsforeradressat", "Er regnskapsforeradresse for"),
    role("SAM", "sameier", "Sameiere"),
    role("SIFE", "signerer-fellesskap", "Signatur i fellesskap"),
    role("SIGN", "signerer", "Signatur"),
    role("SIHV", "signerer-hver-for-seg", "Signatur hver for seg"),
    role("SREVA", "kontaktperson-revisor", "Revisor registrert i revisorregisteret"),
    role("STFT", "stifter", "Stifter"),
    role("UTBG", "utleiebygg", "Er frivillig registrert utleiebygg for"),
    role("VARA", "varamedlem", "Varamedlem"),
    role("VIFE", "virksomhet-fellesskap-drifter", "Er virksomhet drevet i fellesskap av"),
];

const fn role(code: &'static str, identifier: &'static str, name: &'static str) -> RoleType {
    RoleType { code, identifier, name }
}

/// The role of a code in any case (`DAGL`), a new role URN (`urn:altinn:external-role:ccr:daglig-leder`) or an old one
/// (`urn:altinn:rolecode:dagl`).
pub fn find(text: &str) -> Option<&'static RoleType> {
    if let Some(identifier) = text.strip_prefix("urn:altinn:external-role:ccr:") {
        return ROLE_TYPES.iter().find(|role| role.identifier == identifier);
    }
    let code = text.strip_prefix("urn:altinn:rolecode:").unwrap_or(text).to_uppercase();
    ROLE_TYPES.iter().find(|role| role.code == code)
}

/// The group under which Enhetsregisteret's open data lists a role: the board's members stand together, as do the partners.
pub fn group(code: &str) -> &str {
    match code {
        "LEDE" | "NEST" | "MEDL" | "VARA" | "OBS" => "STYR",
        "DTPR" | "DTSO" => "DELT",
        "KOMK" | "KEMN" | "KNUF" | "SREVA" => "KONT",
        "SIFE" | "SIHV" => "SIGN",
        "POFE" | "POHV" => "PROK",
        "HLED" | "HNST" | "HMDL" | "HVAR" => "HOST",
        other => other,
    }
}

/// Name of a group.
pub fn group_name(group: &str) -> &str {
    match group {
        "STYR" => "Styre",
        "DELT" => "Deltakere",
        "HOST" => "Partiets utøvende organ",
        code => find(code).map_or(code, |role| role.name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_found_by_each_of_its_names() {
        for text in ["DAGL", "dagl", "urn:altinn:rolecode:dagl", "urn:altinn:external-role:ccr:daglig-leder"]
        {
            assert_eq!(find(text).map(|role| role.code), Some("DAGL"), "{text}");
        }
        assert_eq!(find("ffør").map(|role| role.identifier), Some("forretningsforer"));
        assert_eq!(find("urn:altinn:role:daglig-leder"), None);
        assert_eq!(find("NOPE"), None);
    }
}
