//! The receiver of something: a known party, or a person named by number and last name.

use super::App;
use super::guard::Asked;
use crate::store::lookups;
use crate::wire::problem::{Answer, invalid, too_many_lookups, unbound};
use axum::body::Bytes;
use ports::register::{Party, PartyKind, PartyRef};
use serde_json::Value;

/// A person as the caller names them.
pub struct PersonInput {
    number: String,
    last_name: String,
}

impl PersonInput {
    /// Reads the body, if there is one.
    pub fn read(body: &Bytes) -> Answer<Option<Self>> {
        if body.iter().all(u8::is_ascii_whitespace) {
            return Ok(None);
        }
        let value: Value = httpkit::json_from(body).map_err(|(path, reason)| unbound(&path, &reason))?;
        let text = |name: &str| {
            let members = value.as_object()?;
            let (_, value) = members.iter().find(|(key, _)| key.eq_ignore_ascii_case(name))?;
            value.as_str().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
        };
        Ok(match (text("personIdentifier"), text("lastName")) {
            (Some(number), Some(last_name)) => Some(Self { number, last_name }),
            _ => None,
        })
    }

    /// The person, when number and last name belong together. Failures are counted per caller.
    pub async fn find(&self, app: &App, asked: &Asked) -> Answer<Party> {
        let now = app.access.now();
        if lookups::is_rationed(&app.access.db, asked.user, now).await? {
            return Err(too_many_lookups());
        }
        let is_number = self.number.len() == 11 && self.number.bytes().all(|b| b.is_ascii_digit());
        let by = if is_number {
            PartyRef::Pid(self.number.clone())
        } else {
            PartyRef::UserName(self.number.clone())
        };
        let found = app.access.register.party(&by).await?;
        if let Some(person) = found.filter(|party| ends_a_name(&party.name, &self.last_name)) {
            lookups::record_success(&app.access.db, person.uuid, now).await?;
            return Ok(person);
        }
        lookups::record_failure(&app.access.db, app.access.new_id(), asked.user, now).await?;
        Err(invalid("AM.VLD-00034", &["/PersonIdentifier", "/LastName"], &[]))
    }
}

/// Registers write names with the last name first or last; it must be there as whole words.
fn ends_a_name(name: &str, last_name: &str) -> bool {
    let (name, last) = (name.to_lowercase(), last_name.to_lowercase());
    name == last || name.starts_with(&format!("{last} ")) || name.ends_with(&format!(" {last}"))
}

/// The party that `to` names. A person is named by uuid only where a connection stands already.
pub async fn known_receiver(app: &App, asked: &Asked) -> Answer<Party> {
    let missing = || invalid("AM.VLD-00006", &["QUERY/to"], &[]);
    let to = asked.to.ok_or_else(missing)?;
    let party = app.access.party(to).await?.ok_or_else(missing)?;
    if party.kind == PartyKind::Person && !app.access.is_connected(asked.party.uuid, to).await? {
        return Err(missing());
    }
    Ok(party)
}

#[cfg(test)]
mod tests {
    use super::ends_a_name;

    #[test]
    fn last_name_is_whole_words_at_either_end() {
        assert!(ends_a_name("HANSEN KARI", "Hansen"));
        assert!(ends_a_name("Kari Van Dyk", "van dyk"));
        assert!(!ends_a_name("HANSEN KARI", "Hans"));
        assert!(!ends_a_name("HANSEN KARI", ""));
    }
}
