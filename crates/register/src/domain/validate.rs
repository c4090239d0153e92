//! What a population file may say about persons, organisations and roles, each item by itself.

use super::role_types::{self, RoleType};
use super::unit_types::{is_sub_unit, unit_type_name};
use kernel::{OrgNo, PartyUrn, Pid};
use ports::population::{
    Address, ImportError, Organisation, OrganisationStatus, Person, PersonContact, Role, SelfIdentified,
    SelfIdentifiedKind,
};

const LONGEST_TEXT: usize = 300;

/// What kind of installation reads the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// Synthetic and unchecked numbers are welcome.
    pub sandbox: bool,
}

type Checked<T = ()> = Result<T, ImportError>;

fn fail<T>(field: &str, reason: impl Into<String>) -> Checked<T> {
    Err(ImportError::new(field, reason))
}

impl Rules {
    /// Checks a person; an error's pointer is relative to the item.
    pub fn person(self, person: &Person) -> Checked {
        self.pid("/pid", &person.pid, person.unchecked)?;
        ids(person.party_id, person.user_id)?;
        for (field, name) in [
            ("/firstName", &person.first_name),
            ("/middleName", &person.middle_name),
            ("/lastName", &person.last_name),
        ] {
            optional_text(field, name.as_deref())?;
        }
        user_name(person.user_name.as_deref())?;
        if person.death_date.is_some() && person.death_date < person.birth_date {
            return fail("/deathDate", "is before birthDate");
        }
        address("/address", person.address.as_ref())?;
        if let Some(contact) = &person.contact {
            person_contact(contact)?;
        }
        for (at, guardian) in person.guardians.iter().enumerate() {
            if PartyUrn::parse_digits(&guardian.guardian).is_err() {
                return fail(&format!("/guardians/{at}/guardian"), "is no party URN");
            }
            text(&format!("/guardians/{at}/type"), &guardian.kind)?;
        }
        Ok(())
    }

    fn pid(self, field: &str, pid: &str, unchecked: bool) -> Checked {
        let Ok(number) = Pid::parse_digits(pid) else { return fail(field, "must be 11 digits") };
        self.unchecked(unchecked)?;
        // Public test data use several synthetic styles, so the month decides nothing; the check digits do.
        if !unchecked && !number.has_valid_check_digits() {
            return fail(field, "has wrong check digits");
        }
        if !self.sandbox && number.is_synthetic() {
            return fail(field, "is synthetic, which production refuses");
        }
        Ok(())
    }

    fn unchecked(self, unchecked: bool) -> Checked {
        if unchecked && !self.sandbox { fail("/unchecked", "is for the sandbox only") } else { Ok(()) }
    }

    /// Checks an organisation.
    pub fn organisation(self, unit: &Organisation) -> Checked {
        let Ok(number) = OrgNo::parse_digits(&unit.org_no) else { return fail("/orgNo", "must be 9 digits") };
        self.unchecked(unit.unchecked)?;
        if !unit.unchecked && !number.has_valid_check_digit() {
            return fail("/orgNo", "has a wrong check digit");
        }
        if !self.sandbox && number.is_synthetic() {
            return fail("/orgNo", "is synthetic, which production refuses");
        }
        ids(unit.party_id, None)?;
        text("/name", &unit.name)?;
        if unit_type_name(&unit.unit_type).is_none() {
            return fail("/unitType", "is no organisation form of Enhetsregisteret");
        }
        match &unit.parent {
            None if is_sub_unit(&unit.unit_type) => return fail("/parent", "is missing; a sub-unit has one"),
            Some(parent) if *parent == unit.org_no => return fail("/parent", "is the organisation itself"),
            Some(parent) if OrgNo::parse_digits(parent).is_err() => {
                return fail("/parent", "must be 9 digits");
            }
            _ => {}
        }
        if unit.deleted_at.is_some() && unit.status != OrganisationStatus::Deleted {
            return fail("/deletedAt", "stands with status \"deleted\" only");
        }
        if unit.industry_codes.len() > 3 {
            return fail("/industryCodes", "holds at most three");
        }
        for (at, code) in unit.industry_codes.iter().enumerate() {
            if !is_industry_code(code) {
                return fail(&format!("/industryCodes/{at}"), "must have the form NN.NNN");
            }
        }
        address("/businessAddress", unit.business_address.as_ref())?;
        address("/postalAddress", unit.postal_address.as_ref())?;
        if let Some(contact) = &unit.contact {
            for (at, value) in contact.emails.iter().enumerate() {
                email(&format!("/contact/emails/{at}"), value)?;
            }
            for (at, value) in contact.mobiles.iter().enumerate() {
                mobile(&format!("/contact/mobiles/{at}"), value)?;
            }
        }
        Ok(())
    }
}

/// Checks a self-identified user.
pub fn self_identified(user: &SelfIdentified) -> Checked {
    ids(user.party_id, user.user_id)?;
    match (&user.user_name, &user.email, user.kind) {
        (Some(name), None, SelfIdentifiedKind::Educational) => user_name(Some(name)),
        (None, Some(mail), SelfIdentifiedKind::IdportenEmail) => email("/email", mail),
        _ => fail("", "needs userName with kind \"educational\", or email with kind \"idportenEmail\""),
    }
}

/// Checks a role and answers its type.
pub fn role(role: &Role) -> Checked<(PartyUrn, &'static RoleType, PartyUrn)> {
    let party = |field: &str, urn: &str| match PartyUrn::parse_digits(urn) {
        Ok(urn) => Ok(urn),
        Err(error) => fail(field, error.to_string()),
    };
    let (from, to) = (party("/from", &role.from)?, party("/to", &role.to)?);
    let Some(role_type) = role_types::find(&role.role) else {
        return fail("/role", "is no role of Enhetsregisteret");
    };
    if from == to {
        return fail("/to", "is the party that the role is for");
    }
    if role.via_organisation.as_deref().is_some_and(|org_no| OrgNo::parse_digits(org_no).is_err()) {
        return fail("/viaOrganisation", "must be 9 digits");
    }
    Ok((from, role_type, to))
}

fn ids(party_id: Option<i64>, user_id: Option<i64>) -> Checked {
    for (field, id) in [("/partyId", party_id), ("/userId", user_id)] {
        if id.is_some_and(|id| i32::try_from(id).map_or(true, |id| id < 1)) {
            return fail(field, "must be a positive number of 31 bits");
        }
    }
    Ok(())
}

fn text(field: &str, value: &str) -> Checked {
    if value.trim().is_empty() {
        return fail(field, "is empty");
    }
    if value.len() > LONGEST_TEXT {
        return fail(field, format!("is longer than {LONGEST_TEXT} bytes"));
    }
    if value.chars().any(char::is_control) {
        return fail(field, "holds a control character");
    }
    Ok(())
}

fn optional_text(field: &str, value: Option<&str>) -> Checked {
    value.map_or(Ok(()), |value| text(field, value))
}

fn user_name(name: Option<&str>) -> Checked {
    let Some(name) = name else { return Ok(()) };
    text("/userName", name)?;
    if name.len() > 64 || name.contains(char::is_whitespace) {
        return fail("/userName", "must have at most 64 characters and no space");
    }
    Ok(())
}

fn address(field: &str, address: Option<&Address>) -> Checked {
    let Some(address) = address else { return Ok(()) };
    optional_text(&format!("{field}/street"), address.street.as_deref())?;
    optional_text(&format!("{field}/city"), address.city.as_deref())?;
    optional_text(&format!("{field}/postalCode"), address.postal_code.as_deref())?;
    let digits = |text: &str| text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
    if address.municipality.as_deref().is_some_and(|number| !digits(number)) {
        return fail(&format!("{field}/municipality"), "must be four digits");
    }
    match address.country.as_deref() {
        Some(country) if country.len() != 2 || !country.bytes().all(|byte| byte.is_ascii_uppercase()) => {
            fail(&format!("{field}/country"), "must be two capital letters")
        }
        None | Some("NO") if address.postal_code.as_deref().is_some_and(|code| !digits(code)) => {
            fail(&format!("{field}/postalCode"), "must be four digits")
        }
        _ => Ok(()),
    }
}

fn person_contact(contact: &PersonContact) -> Checked {
    if let Some(value) = &contact.email {
        email("/contact/email", value)?;
    }
    if let Some(value) = &contact.mobile {
        mobile("/contact/mobile", value)?;
    }
    if contact.language.as_deref().is_some_and(|language| !matches!(language, "nb" | "nn" | "en" | "se")) {
        return fail("/contact/language", "must be nb, nn, en or se");
    }
    Ok(())
}

fn email(field: &str, value: &str) -> Checked {
    let parts = value.split_once('@').filter(|(local, host)| !local.is_empty() && host.contains('.'));
    if parts.is_none()
        || value.len() > 320
        || value.chars().any(|letter| letter.is_whitespace() || letter.is_control())
    {
        return fail(field, "is no e-mail address");
    }
    Ok(())
}

fn mobile(field: &str, value: &str) -> Checked {
    let digits = value.strip_prefix('+').unwrap_or(value);
    if !(4..=15).contains(&digits.len()) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return fail(field, "must be digits, with a leading + for an international number");
    }
    Ok(())
}

fn is_industry_code(code: &str) -> bool {
    let bytes = code.as_bytes();
    bytes.len() == 6
        && bytes
            .iter()
            .enumerate()
            .all(|(at, byte)| if at == 2 { *byte == b'.' } else { byte.is_ascii_digit() })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SANDBOX: Rules = Rules { sandbox: true };
    const PRODUCTION: Rules = Rules { sandbox: false };

    fn person(pid: &str) -> Person {
        Person { pid: pid.to_owned(), ..Person::default() }
    }

    #[test]
    fn check_digits_count_and_the_month_does_not() {
        assert!(SANDBOX.person(&person("12837122463")).is_ok());
        let wrong = SANDBOX.person(&person("01039012345")).unwrap_err();
        assert_eq!((wrong.pointer.as_str(), wrong.reason.as_str()), ("/pid", "has wrong check digits"));
        let unchecked = Person { unchecked: true, ..person("01039012345") };
        assert!(SANDBOX.person(&unchecked).is_ok());
        assert_eq!(PRODUCTION.person(&unchecked).unwrap_err().pointer, "/unchecked");
        assert_eq!(PRODUCTION.person(&person("12837122463")).unwrap_err().pointer, "/pid");
    }

    #[test]
    fn a_sub_unit_needs_a_main_unit() {
        let unit = Organisation {
            org_no: "310200107".to_owned(),
            name: "X".to_owned(),
            unit_type: "BEDR".to_owned(),
            ..Organisation::default()
        };
        assert_eq!(SANDBOX.organisation(&unit).unwrap_err().pointer, "/parent");
        let own = Organisation { parent: Some("310200107".to_owned()), ..unit };
        assert_eq!(SANDBOX.organisation(&own).unwrap_err().pointer, "/parent");
    }

    #[test]
    fn pointers_reach_into_members() {
        let mut bad = person("12837122463");
        bad.contact = Some(PersonContact { email: Some("nobody".to_owned()), ..PersonContact::default() });
        assert_eq!(SANDBOX.person(&bad).unwrap_err().pointer, "/contact/email");
        bad.contact = None;
        bad.address = Some(Address { postal_code: Some("12".to_owned()), ..Address::default() });
        assert_eq!(SANDBOX.person(&bad).unwrap_err().pointer, "/address/postalCode");
    }
}
