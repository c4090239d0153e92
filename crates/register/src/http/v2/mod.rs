//! Version 2 of the register API, and the same operations under the path of each component that uses them.

pub mod get_party;
pub mod main_units;
pub mod query;

use super::State;
use crate::store::{parties, records};
use crate::wire::v2::{self, Fields, FieldsError, Record};
use axum::response::Response;
use db::Db;
use httpkit::Routes;
use httpkit::problem::{self, FieldProblem};
use kernel::PartyUrn;
use ports::register::{Party, PartyKind, PartyRef};
use serde::Deserialize;
use serde_json::Value;

/// Base path, and which of get, query and main-units answer there (register-profile A3).
const BASES: [(&str, [bool; 3]); 6] = [
    ("/register/api/v2/internal/parties", [true, true, true]),
    ("/register/api/v1/access-management/parties", [true, true, false]),
    ("/register/api/v1/apps/parties", [false, true, false]),
    ("/register/api/v1/dialogporten/parties", [false, true, false]),
    ("/register/api/v1/correspondence/parties", [true, true, true]),
    ("/register/api/v1/support-dashboard/parties", [true, false, false]),
];

/// Query string of all operations.
#[derive(Deserialize)]
pub struct Params {
    fields: Option<String>,
}

pub fn routes(mut routes: Routes<State>) -> Routes<State> {
    for (base, [get, query, main_units]) in BASES {
        if get {
            routes = routes.get(&format!("{base}/{{uuid}}"), super::INTERNAL_OR_PLATFORM, get_party::handle);
        }
        if query {
            routes = routes.post(&format!("{base}/query"), super::INTERNAL_OR_PLATFORM, query::handle);
        }
        if main_units {
            routes =
                routes.post(&format!("{base}/main-units"), super::INTERNAL_OR_PLATFORM, main_units::handle);
        }
    }
    routes
}

fn fields(params: &Params) -> Result<Fields, Response> {
    Fields::parse(params.fields.as_deref()).map_err(|error| match error {
        FieldsError::SubUnits => {
            let error = FieldProblem::new("REG.VLD-00000", "Cannot request party subunits", "/$QUERY/fields");
            problem::validation(&[error])
        }
        FieldsError::Unknown(name) => {
            problem::aspnet(&[("fields", &format!("The value '{name}' is not valid."))])
        }
    })
}

async fn find(db: &Db, urn: &PartyUrn) -> Result<Option<Party>, db::Error> {
    let by = match urn {
        PartyUrn::Person(pid) => PartyRef::Pid(pid.as_str().to_owned()),
        PartyUrn::Organization(org_no) => PartyRef::OrgNo(org_no.to_string()),
        // WIRE: the kind in a uuid URN is not looked at.
        PartyUrn::Party(uuid) | PartyUrn::SystemUser(uuid) | PartyUrn::EnterpriseUser(uuid) => {
            PartyRef::Uuid(*uuid)
        }
        PartyUrn::PartyId(id) => PartyRef::Id(*id),
        PartyUrn::UserId(id) => PartyRef::UserId(*id),
        PartyUrn::SelfIdentified(name) | PartyUrn::EnterpriseUserName(name) => {
            PartyRef::UserName(name.clone())
        }
        PartyUrn::IdportenEmail(email) => return parties::by_email(db, email).await,
    };
    parties::party(db, &by).await
}

async fn show(db: &Db, party: Party, fields: &Fields) -> Result<Value, db::Error> {
    let person = match party.kind {
        PartyKind::Person if fields.needs_person() => records::person_by_id(db, party.id).await?,
        _ => None,
    };
    let organisation = match &party.org_no {
        Some(org_no) if fields.needs_organisation() => records::organisation(db, org_no).await?,
        _ => None,
    };
    let modified = records::modified(db, party.id).await?.unwrap_or_default();
    Ok(v2::party(&Record { party, person, organisation, modified }, fields))
}
