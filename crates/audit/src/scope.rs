//! Who acts in the request or job under way.

use std::sync::{Arc, Mutex, PoisonError};
use uuid::Uuid;

/// What kind of somebody acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActorKind {
    /// Nobody who is known: a test door, or a door that anyone may use.
    Nobody = 0,
    /// A person.
    Person = 1,
    /// An organisation, by its token.
    Organisation = 2,
    /// A system user.
    SystemUser = 3,
    /// A client of a token endpoint.
    Client = 4,
    /// An operator.
    Operator = 5,
    /// The platform itself: a job, a timer, a command.
    Platform = 6,
}

impl ActorKind {
    const ALL: [ActorKind; 7] = [
        Self::Nobody,
        Self::Person,
        Self::Organisation,
        Self::SystemUser,
        Self::Client,
        Self::Operator,
        Self::Platform,
    ];

    pub(crate) fn of_code(code: i64) -> Self {
        Self::ALL.into_iter().find(|kind| *kind as i64 == code).unwrap_or(Self::Nobody)
    }

    /// In the words of the API and the pages.
    pub fn word(self) -> &'static str {
        match self {
            Self::Nobody => "nobody",
            Self::Person => "person",
            Self::Organisation => "organisation",
            Self::SystemUser => "system-user",
            Self::Client => "client",
            Self::Operator => "operator",
            Self::Platform => "platform",
        }
    }
}

/// Somebody who acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// What kind.
    pub kind: ActorKind,
    /// Party uuid of a person, organisation number, id of a system user or client, name of an operator, queue or command.
    pub id: String,
}

impl Actor {
    /// Nobody who is known.
    pub const NOBODY: Self = Self { kind: ActorKind::Nobody, id: String::new() };

    /// A person by party.
    pub fn person(party: Uuid) -> Self {
        Self { kind: ActorKind::Person, id: party.to_string() }
    }

    /// An organisation by number.
    pub fn organisation(org_no: &str) -> Self {
        Self { kind: ActorKind::Organisation, id: org_no.to_owned() }
    }

    /// A system user.
    pub fn system_user(id: Uuid) -> Self {
        Self { kind: ActorKind::SystemUser, id: id.to_string() }
    }

    /// A client.
    pub fn client(id: &str) -> Self {
        Self { kind: ActorKind::Client, id: id.to_owned() }
    }

    /// An operator by name.
    pub fn operator(name: &str) -> Self {
        Self { kind: ActorKind::Operator, id: name.to_owned() }
    }

    /// A part of the platform.
    pub fn platform(part: &str) -> Self {
        Self { kind: ActorKind::Platform, id: part.to_owned() }
    }
}

/// What is known of the one who acts.
#[derive(Debug, Clone)]
pub(crate) struct Who {
    pub actor: Actor,
    pub client: Option<String>,
    pub session: Option<String>,
    pub purpose: String,
    permits: Vec<Permit>,
}

#[derive(Debug, Clone)]
struct Permit {
    decision: Uuid,
    party: Uuid,
    resource: String,
}

/// Most permits that one request keeps; a list of a hundred matters asks about each.
const MOST_PERMITS: usize = 64;

impl Who {
    const fn new(actor: Actor) -> Self {
        Self { actor, client: None, session: None, purpose: String::new(), permits: Vec::new() }
    }

    /// The latest permit about this party, one for the resource itself before others.
    pub fn decision(&self, party: Option<Uuid>, resource: Option<&str>) -> Option<Uuid> {
        let about = |permit: &&Permit| Some(permit.party) == party;
        let of_resource =
            |permit: &&Permit| resource.is_some_and(|id| id.eq_ignore_ascii_case(&permit.resource));
        let newest_first = || self.permits.iter().rev().filter(about);
        newest_first().find(of_resource).or_else(|| newest_first().next()).map(|permit| permit.decision)
    }
}

tokio::task_local! {
    static WHO: Arc<Mutex<Who>>;
}

/// Runs a request, job or command, at first as `actor`.
pub async fn within<F: Future>(actor: Actor, work: F) -> F::Output {
    WHO.scope(Arc::new(Mutex::new(Who::new(actor))), work).await
}

fn change(how: impl FnOnce(&mut Who)) {
    // Outside a request or job there is nobody to know: tests of a block by itself.
    let _ = WHO.try_with(|who| how(&mut who.lock().unwrap_or_else(PoisonError::into_inner)));
}

/// Now it is known who acts.
pub fn acting(actor: Actor) {
    change(|who| who.actor = actor);
}

/// Now it is known through which client and session.
pub fn from(client: Option<&str>, session: Option<&str>) {
    change(|who| {
        who.client = client.map(str::to_owned);
        who.session = session.map(str::to_owned);
    });
}

/// By what the request was let in: a scope, a platform token, a login.
pub fn by(purpose: &str) {
    change(|who| purpose.clone_into(&mut who.purpose));
}

/// The decision point has permitted something about `party` and `resource`.
pub fn permitted(decision: Uuid, party: Uuid, resource: &str) {
    change(|who| {
        if who.permits.len() == MOST_PERMITS {
            who.permits.remove(0);
        }
        who.permits.push(Permit { decision, party, resource: resource.to_owned() });
    });
}

pub(crate) fn current() -> Who {
    WHO.try_with(|who| who.lock().unwrap_or_else(PoisonError::into_inner).clone())
        .unwrap_or_else(|_| Who::new(Actor::platform("allting")))
}
