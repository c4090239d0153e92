//! The register's operations.

mod brreg;
mod v1;
mod v2;

use crate::store::records;
use crate::wire::v1 as wire;
use audit::Lookup;
use db::Db;
use httpkit::{Access, Ctx, Role, Route, Routes};
use kernel::Clock;
use ports::accessmanagement::AccessManagement;
use ports::register::{Party, PartyKind};
use std::sync::Arc;
use uuid::Uuid;

/// Callers inside the platform, and outside ones that have been given the scope.
const INTERNAL_OR_PLATFORM: Access = Access::platform_or(&["altinn:register/partylookup.admin"]);
const OPEN_DATA: Access = Access::Public("open data of Enhetsregisteret, anonymous by law");

/// What the handlers need.
#[derive(Clone)]
pub struct State {
    pub db: Db,
    pub clock: Arc<dyn Clock>,
    pub access: Arc<dyn AccessManagement>,
}

impl State {
    /// Writes down look-ups of people by number, before the answer leaves. Nobody found is `None`.
    async fn looked_up(&self, operation: &'static str, people: &[Option<Uuid>]) -> Result<(), db::Error> {
        if people.is_empty() {
            return Ok(());
        }
        let at = self.clock.now();
        db::write_tx!(self.db, "register.looked_up", |tx| {
            for person in people {
                audit::looked_up(tx, &Lookup { at, operation, person: *person }).await?;
            }
            Ok::<_, db::Error>(())
        })
    }
}

pub fn routes(ctx: &Ctx, access: Arc<dyn AccessManagement>) -> Vec<Route> {
    let state = State { db: ctx.db.clone(), clock: ctx.clock.clone(), access };
    let platform = Routes::new(Role::PLATFORM, state.clone())
        .get("/register/api/v1/parties/{partyId}", INTERNAL_OR_PLATFORM, v1::get_party::by_id)
        .get("/register/api/v1/parties/byuuid/{partyUuid}", INTERNAL_OR_PLATFORM, v1::get_party::by_uuid)
        .post("/register/api/v1/parties/lookup", INTERNAL_OR_PLATFORM, v1::lookup::handle)
        .post(
            "/register/api/v1/parties/partylistbyuuid",
            INTERNAL_OR_PLATFORM,
            v1::party_list_by_uuid::handle,
        )
        .get("/register/api/v1/organizations/{orgNr}", INTERNAL_OR_PLATFORM, v1::get_organization::handle)
        .get("/register/api/v1/persons", Access::platform_token(), v1::get_person::handle);
    let open = Routes::new(Role::BRREG, state)
        .get("/enhetsregisteret/api/enheter/{orgnr}", OPEN_DATA, brreg::get_unit::main_unit)
        .get("/enhetsregisteret/api/underenheter/{orgnr}", OPEN_DATA, brreg::get_unit::sub_unit)
        .get("/enhetsregisteret/api/enheter/{orgnr}/roller", OPEN_DATA, brreg::get_roles::handle);
    let mut routes = v2::routes(platform).done();
    routes.extend(open.done());
    routes
}

/// A party of version 1 with its person or organisation.
async fn party_v1(
    db: &Db,
    party: Party,
    children: Option<Vec<wire::Party>>,
) -> Result<wire::Party, db::Error> {
    let person =
        if party.kind == PartyKind::Person { records::person_by_id(db, party.id).await? } else { None };
    let organisation = match &party.org_no {
        Some(org_no) => records::organisation(db, org_no).await?,
        None => None,
    };
    let modified = records::modified(db, party.id).await?;
    Ok(wire::Party::new(party, person.as_ref(), organisation.as_ref(), children, modified))
}
