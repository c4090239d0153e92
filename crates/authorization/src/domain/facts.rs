//! What a request says of its subject and resource, checked before anything is looked up (authorization.md §5).

use super::attributes::{
    APP, INSTANCE, ORG, ORG_NO, ORG_NO_LEGACY, PARTY_ID, PARTY_UUID, PERSON, RESOURCE, RESOURCE_INSTANCE,
    SYSTEM_USER, USER_ID,
};
use ports::register::PartyRef;
use uuid::Uuid;
use xacml::{Attribute, Category, Request, SUBJECT};

/// Why a request cannot be decided.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// A rule about arguments is broken; the external API tells it apart.
    #[error("{0}")]
    Argument(String),
    /// Anything else that is wrong with the request.
    #[error("{0}")]
    Request(String),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}

fn argument(reason: &str) -> Fault {
    Fault::Argument(reason.to_owned())
}

/// Which API asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Api {
    /// `/decision` and calls in process.
    Internal,
    /// `/authorize`.
    External,
}

impl Api {
    /// Word in the log.
    pub fn word(self) -> &'static str {
        match self {
            Self::Internal => "internal",
            Self::External => "external",
        }
    }
}

/// The one who asks, as the request names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// A user by id or national identity number: roles, packages and delegated rights.
    User(PartyRef),
    /// A party by uuid alone: packages, neither roles nor delegated rights.
    Party(Uuid),
    /// A party by id: delegated rights.
    PartyId(PartyRef),
    /// A system user: packages and delegated rights of its own.
    SystemUser(Uuid),
    /// An organisation by number.
    Organisation(String),
    /// Matched by its attributes alone (a service owner).
    Other,
}

/// Reads the subject and checks its attributes against each other.
pub fn subject(request: &Request, api: Api) -> Result<Subject, Fault> {
    let count: usize = request
        .categories
        .iter()
        .filter(|entry| entry.category == SUBJECT)
        .map(|entry| entry.attributes.len())
        .sum();
    if count == 0 {
        return Err(Fault::Request("there is no subject".to_owned()));
    }
    let first = |id: &'static str| request.first(SUBJECT, id);
    let user = first(USER_ID);
    let person = first(PERSON);
    let org_no = first(ORG_NO).or_else(|| first(ORG_NO_LEGACY));
    let party = first(PARTY_UUID)
        .map(|text| text.parse::<Uuid>().map_err(|_| argument("the party uuid of the subject is not a uuid")))
        .transpose()?;
    if let Some(text) = first(SYSTEM_USER) {
        if count > 1 {
            return Err(argument("a system user must be the only attribute of the subject"));
        }
        let id = text.parse().map_err(|_| argument("the system user of the subject is not a uuid"))?;
        return Ok(Subject::SystemUser(id));
    }
    if user.is_some() && person.is_some() {
        return Err(argument("a user id and a national identity number exclude each other"));
    }
    if api == Api::External && org_no.is_some() && (user.is_some() || person.is_some()) {
        return Err(argument("an organisation number and a user exclude each other"));
    }
    if let Some(text) = person {
        if api == Api::Internal {
            return Err(argument("national identity numbers are for the external API"));
        }
        return Ok(Subject::User(PartyRef::Pid(text.to_owned())));
    }
    if let Some(text) = user {
        let id = text
            .parse()
            .map_err(|_| Fault::Request("the user id of the subject is not a number".to_owned()))?;
        return Ok(Subject::User(PartyRef::UserId(id)));
    }
    if let Some(party) = party {
        return Ok(Subject::Party(party));
    }
    if let Some(text) = first(PARTY_ID) {
        let id = text
            .parse()
            .map_err(|_| Fault::Request("the party id of the subject is not a number".to_owned()))?;
        return Ok(Subject::PartyId(PartyRef::Id(id)));
    }
    Ok(org_no.map_or(Subject::Other, |number| Subject::Organisation(number.to_owned())))
}

/// What is asked for, as the request names it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ResourceFacts {
    /// Id under which the policy is kept.
    pub policy: Option<String>,
    /// It is an app.
    pub app: bool,
    /// `{party id}/{instance}`.
    pub instance: Option<String>,
    /// The party, in the order in which it is looked for.
    pub party: Option<PartyRef>,
    /// A party id stands in the request.
    pub has_party_id: bool,
}

/// Reads the resource and adds what follows from it without any look-up.
pub fn resource(request: &mut Request, api: Api) -> Result<ResourceFacts, Fault> {
    let first = |request: &Request, id: &'static str| request.first(xacml::RESOURCE, id).map(str::to_owned);
    let mut facts = ResourceFacts::default();
    let (org, app) = (first(request, ORG), first(request, APP));
    let id = first(request, RESOURCE);
    let reference = first(request, RESOURCE_INSTANCE);
    let referred = reference.as_deref().and_then(|text| text.strip_prefix("urn:altinn:instance-id:"));
    facts.instance = first(request, INSTANCE).or_else(|| referred.map(str::to_owned));
    add_party_of_instance(request, &facts);
    // WIRE: names that are split on `_` cannot have one of their own (authorization.md §5).
    match (&org, &app, &id) {
        (Some(org), Some(app), None) => {
            let id = format!("app_{org}_{app}");
            add(request, RESOURCE, &id);
            facts.policy = Some(id);
            facts.app = true;
        }
        (Some(org), Some(app), Some(_)) => {
            facts.policy = Some(format!("app_{org}_{app}"));
            facts.app = true;
        }
        (_, _, Some(id)) if id.starts_with("app_") => {
            let mut parts = id.split('_').skip(1);
            let (Some(org), Some(app)) = (parts.next(), parts.next()) else {
                return Err(argument("App was not defined"));
            };
            let (org, app) = (org.to_owned(), app.to_owned());
            facts.policy = Some(id.clone());
            facts.app = true;
            add(request, ORG, &org);
            add(request, APP, &app);
        }
        (_, _, Some(id)) => facts.policy = Some(id.clone()),
        _ => {}
    }
    if let (Some(instance), true) = (&facts.instance, facts.app) {
        if let Some((_, guid)) = instance.split_once('/') {
            add(request, RESOURCE_INSTANCE, guid);
        }
        add(request, RESOURCE_INSTANCE, &format!("urn:altinn:instance-id:{instance}"));
    }
    party(request, api, &mut facts)?;
    Ok(facts)
}

/// The party before the slash is told back to the caller.
fn add_party_of_instance(request: &mut Request, facts: &ResourceFacts) {
    if request.first(xacml::RESOURCE, PARTY_ID).is_some() {
        return;
    }
    let party = facts
        .instance
        .as_deref()
        .and_then(|instance| instance.split_once('/'))
        .map(|(party, _)| party.to_owned());
    if let Some(party) = party.filter(|text| text.parse::<i64>().is_ok()) {
        let attribute = Attribute { include_in_result: true, ..Attribute::string(PARTY_ID, party) };
        request.add(xacml::RESOURCE, attribute);
    }
}

fn party(request: &Request, api: Api, facts: &mut ResourceFacts) -> Result<(), Fault> {
    let first = |id: &'static str| request.first(xacml::RESOURCE, id);
    if let Some(text) = first(PARTY_ID) {
        facts.has_party_id = true;
        facts.party = text.parse().ok().map(PartyRef::Id);
    } else if let Some(number) = first(ORG_NO).or_else(|| first(ORG_NO_LEGACY)) {
        facts.party = Some(PartyRef::OrgNo(number.to_owned()));
    } else if let Some(pid) = first(PERSON) {
        if api == Api::Internal {
            return Err(argument("national identity numbers are for the external API"));
        }
        facts.party = Some(PartyRef::Pid(pid.to_owned()));
    } else if let Some(text) = first(PARTY_UUID) {
        facts.party = text.parse().ok().map(PartyRef::Uuid);
    }
    Ok(())
}

/// Adds a resource attribute that the decision point found out itself.
pub fn add(request: &mut Request, id: &'static str, value: &str) {
    request.add(xacml::RESOURCE, Attribute::string(id, value));
}

/// A request in process: attributes of subject, resource and action.
pub fn request(subject: Vec<Attribute>, resource: Vec<Attribute>, action: &str) -> Request {
    let category = |name: &'static str, attributes| Category { category: name.into(), id: None, attributes };
    Request {
        categories: vec![
            category(SUBJECT, subject),
            category(xacml::RESOURCE, resource),
            category(xacml::ACTION, vec![Attribute::string(xacml::ACTION_ID, action)]),
        ],
        ..Request::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(subject: &[(&'static str, &str)], resource: &[(&'static str, &str)]) -> Request {
        let list = |pairs: &[(&'static str, &str)]| {
            pairs.iter().map(|(id, value)| Attribute::string(*id, *value)).collect::<Vec<_>>()
        };
        request(list(subject), list(resource), "read")
    }

    fn is_argument<T: std::fmt::Debug>(result: Result<T, Fault>) -> bool {
        matches!(result, Err(Fault::Argument(_)))
    }

    #[test]
    fn a_system_user_stands_alone() {
        let id = "0195cf11-92fc-71bb-9dac-2a28e3d5f26b";
        assert_eq!(
            subject(&asked(&[(SYSTEM_USER, id)], &[]), Api::Internal).unwrap(),
            Subject::SystemUser(id.parse().unwrap())
        );
        assert!(is_argument(subject(&asked(&[(SYSTEM_USER, id), (USER_ID, "1")], &[]), Api::Internal)));
        assert!(is_argument(subject(&asked(&[(SYSTEM_USER, "x")], &[]), Api::Internal)));
    }

    #[test]
    fn subjects_that_exclude_each_other() {
        let pid = (PERSON, "01010112345");
        assert!(is_argument(subject(&asked(&[pid, (USER_ID, "1")], &[]), Api::External)));
        assert!(is_argument(subject(&asked(&[(ORG_NO, "974761076"), (USER_ID, "1")], &[]), Api::External)));
        assert!(subject(&asked(&[(ORG_NO, "974761076"), (USER_ID, "1")], &[]), Api::Internal).is_ok());
        assert!(is_argument(subject(&asked(&[pid], &[]), Api::Internal)));
        assert!(matches!(subject(&asked(&[], &[]), Api::Internal), Err(Fault::Request(_))));
    }

    #[test]
    fn apps_are_named_both_ways() {
        let mut by_pair = asked(&[], &[(ORG, "ttd"), (APP, "form")]);
        assert_eq!(resource(&mut by_pair, Api::Internal).unwrap().policy.as_deref(), Some("app_ttd_form"));
        assert_eq!(by_pair.first(xacml::RESOURCE, RESOURCE), Some("app_ttd_form"));
        let mut by_id = asked(&[], &[(RESOURCE, "app_ttd_form")]);
        assert!(resource(&mut by_id, Api::Internal).unwrap().app);
        assert_eq!(by_id.first(xacml::RESOURCE, APP), Some("form"));
    }

    #[test]
    fn an_instance_gives_party_and_references() {
        let mut asked =
            asked(&[], &[(ORG, "ttd"), (APP, "form"), (RESOURCE_INSTANCE, "urn:altinn:instance-id:500/ab")]);
        let facts = resource(&mut asked, Api::Internal).unwrap();
        assert_eq!(facts.instance.as_deref(), Some("500/ab"));
        assert_eq!(facts.party, Some(PartyRef::Id(500)));
        let values: Vec<&str> = asked.values(xacml::RESOURCE, RESOURCE_INSTANCE).collect();
        assert!(values.contains(&"ab") && values.contains(&"urn:altinn:instance-id:500/ab"));
        let echoed =
            asked.categories[1].attributes.iter().find(|attribute| attribute.id == PARTY_ID).unwrap();
        assert!(echoed.include_in_result);
    }
}
