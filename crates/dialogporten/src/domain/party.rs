//! Parties and actors by URN.

use kernel::urn::PartyUrn;
use ports::register::{Party, PartyKind, PartyRef, last_name_first, reading_order};

/// URN prefix of a person without a known number, for readers who may not see it.
const EPHEMERAL: &str = "urn:altinn:person:identifier-ephemeral:";

/// A URN that a dialog may have as its party: right check digits, not a system user.
pub fn valid_party(urn: &str) -> bool {
    // WIRE: dialogporten §5, the four kinds only; other spellings that the platform knows are not taken here.
    urn.len() <= 255
        && PREFIXES.iter().any(|p| urn.starts_with(p))
        && PartyUrn::parse(urn).is_ok_and(|p| match p {
            PartyUrn::Person(_) | PartyUrn::Organization(_) | PartyUrn::IdportenEmail(_) => true,
            PartyUrn::SelfIdentified(name) => !name.contains(char::is_whitespace),
            _ => false,
        })
}

const PREFIXES: [&str; 4] = [
    "urn:altinn:organization:identifier-no:",
    "urn:altinn:person:identifier-no:",
    "urn:altinn:person:legacy-selfidentified:",
    "urn:altinn:person:idporten-email:",
];

/// A URN that may stand as an actor: a party or a system user.
pub fn valid_actor(urn: &str) -> bool {
    let lower = urn.to_lowercase();
    valid_party(&lower) || matches!(PartyUrn::parse(&lower), Ok(PartyUrn::SystemUser(_)))
}

/// How the register knows the party of a URN.
pub fn lookup(urn: &str) -> Option<PartyRef> {
    match PartyUrn::parse(urn).ok()? {
        PartyUrn::Person(pid) => Some(PartyRef::Pid(pid.as_str().to_owned())),
        PartyUrn::Organization(org_no) => Some(PartyRef::OrgNo(org_no.to_string())),
        PartyUrn::SelfIdentified(name) | PartyUrn::IdportenEmail(name) => Some(PartyRef::UserName(name)),
        PartyUrn::SystemUser(id) | PartyUrn::Party(id) => Some(PartyRef::Uuid(id)),
        PartyUrn::PartyId(id) => Some(PartyRef::Id(id)),
        PartyUrn::UserId(id) => Some(PartyRef::UserId(id)),
        PartyUrn::EnterpriseUser(_) | PartyUrn::EnterpriseUserName(_) => None,
    }
}

/// URN of a party of the register, as dialogs name it.
pub fn urn_of(party: &Party) -> String {
    if party.kind == PartyKind::SystemUser {
        return format!("urn:altinn:systemuser:uuid:{}", party.uuid);
    }
    if let Some(org_no) = &party.org_no {
        return format!("{}{org_no}", PREFIXES[0]);
    }
    if let Some(pid) = &party.pid {
        return format!("{}{pid}", PREFIXES[1]);
    }
    match &party.user_name {
        Some(name) if name.contains('@') => format!("{}{}", PREFIXES[3], name.to_lowercase()),
        Some(name) => format!("{}{}", PREFIXES[2], name.to_lowercase()),
        None => format!("urn:altinn:party:uuid:{}", party.uuid),
    }
}

/// Name of an actor as dialogs show it.
pub fn actor_name(party: &Party) -> String {
    match party.kind {
        PartyKind::SystemUser if party.name.trim().is_empty() => "Systembruker".to_owned(),
        _ => written_name(&urn_of(party), &party.name),
    }
}

/// A name in reading order as dialogs keep it for the actor with this URN.
pub fn written_name(urn: &str, name: &str) -> String {
    // WIRE: dialogporten §4.5, persons are written last name first.
    if urn.starts_with(PREFIXES[1]) { last_name_first(name) } else { name.trim().to_owned() }
}

/// Name of an actor as people read it: names that the register gave are turned back, names that the service owner wrote
/// are its own.
pub fn read_name(urn: Option<&str>, name: &str) -> String {
    let looked_up = urn.is_some_and(|urn| urn.starts_with(PREFIXES[1]));
    if looked_up { reading_order(name) } else { name.to_owned() }
}

/// Does the URN name a person, whose number other readers must not see?
pub fn is_person(urn: &str) -> bool {
    urn.starts_with("urn:altinn:person:")
}

/// The URN as other users see it: persons under a number that cannot be led back to them.
pub fn masked(urn: &str, digest: impl Fn(&str) -> String) -> String {
    if is_person(urn) { format!("{EPHEMERAL}{}", digest(urn)) } else { urn.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_party_must_be_one_of_four_kinds_with_right_check_digits() {
        assert!(valid_party("urn:altinn:organization:identifier-no:991825827"));
        assert!(!valid_party("urn:altinn:organization:identifier-no:991825828"));
        assert!(valid_party("urn:altinn:person:idporten-email:a@b.no"));
        assert!(!valid_party("urn:altinn:systemuser:uuid:51551dd0-b9c5-4f4b-a4a2-9b7e3669b364"));
        assert!(!valid_party("urn:altinn:partyid:50000001"));
        assert!(!valid_party("991825827"));
    }

    fn named(kind: PartyKind, name: &str) -> Party {
        Party {
            uuid: uuid::Uuid::nil(),
            id: 1,
            kind,
            name: name.to_owned(),
            org_no: None,
            pid: (kind == PartyKind::Person).then(|| "12837122463".to_owned()),
            user_id: None,
            user_name: None,
            unit_type: None,
            parent: None,
            deleted: false,
        }
    }

    #[test]
    fn persons_are_written_last_name_first_and_others_as_they_are() {
        assert_eq!(actor_name(&named(PartyKind::Person, "A B C")), "C A B");
        assert_eq!(actor_name(&named(PartyKind::Person, "Kari")), "Kari");
        assert_eq!(actor_name(&named(PartyKind::Organisation, "Sameiet Fjord As")), "Sameiet Fjord As");
        assert_eq!(actor_name(&named(PartyKind::SystemUser, " ")), "Systembruker");
        assert_eq!(read_name(Some("urn:altinn:person:identifier-no:12837122463"), "C A B"), "A B C");
        assert_eq!(read_name(Some("urn:altinn:person:legacy-selfidentified:a b"), "a b"), "a b");
        assert_eq!(read_name(None, "Kari Nordli"), "Kari Nordli");
    }

    proptest::proptest! {
        #[test]
        fn a_person_is_read_as_the_register_writes_it(name in "[A-ZÆØÅ][a-zæøå]{0,9}( [A-ZÆØÅ][a-zæøå]{0,9}){0,4}") {
            let written = actor_name(&named(PartyKind::Person, &name));
            proptest::prop_assert_eq!(reading_order(&written), name);
        }
    }

    #[test]
    fn persons_are_masked_and_others_are_not() {
        let digest = |_: &str| "0123456789".to_owned();
        assert_eq!(
            masked("urn:altinn:person:idporten-email:a@b.no", digest),
            "urn:altinn:person:identifier-ephemeral:0123456789"
        );
        assert_eq!(
            masked("urn:altinn:organization:identifier-no:991825827", digest),
            "urn:altinn:organization:identifier-no:991825827"
        );
    }
}
