#![doc = include_str!("../README.md")]

mod assets;
mod cookies;
mod frame;
mod names;
mod pages;
mod texts;
mod visit;
mod words;

use httpkit::{Access, Ctx, Module, Role, Routes};
use pages::sandbox::{self, faults, mail, snapshots};
use pages::{about, actor, dialog, inbox, language, log, request, revoke, start, system_user, system_users};
use ports::accessmanagement::AccessManagement;
use ports::authentication::{SystemUserApprovals, SystemUsers};
use ports::authorization::Pdp;
use ports::clock::MovableClock;
use ports::dialogporten::Inbox;
use ports::faults::Faults;
use ports::register::Register;
use ports::resourceregistry::ResourceRegistry;
use ports::snapshots::Snapshots;
use std::sync::Arc;

/// Someone whom the sandbox's start page offers to be.
#[derive(Debug, Clone)]
pub struct Persona {
    /// Stable word for the link.
    pub key: &'static str,
    /// Given name and surname.
    pub name: String,
    /// Who it is, in bokmål.
    pub about: &'static str,
    /// National identity number.
    pub pid: &'static str,
    /// Organisation numbers of those the persona acts for.
    pub organisations: &'static [&'static str],
}

/// The blocks that the pages show.
pub struct Deps {
    /// Names of people and organisations.
    pub register: Arc<dyn Register>,
    /// Names of services and their owners.
    pub resources: Arc<dyn ResourceRegistry>,
    /// Who may act for whom; names of access packages.
    pub access: Arc<dyn AccessManagement>,
    /// Who may see what a party has given.
    pub pdp: Arc<dyn Pdp>,
    /// Decisions on requests for system users.
    pub approvals: Arc<dyn SystemUserApprovals>,
    /// System users of a party.
    pub system_users: Arc<dyn SystemUsers>,
    /// Messages.
    pub inbox: Arc<dyn Inbox>,
    /// Faults that the sandbox's console sets.
    pub faults: Arc<dyn Faults>,
    /// What the sandbox's console keeps and brings back.
    pub snapshots: Arc<dyn Snapshots>,
    /// The clock that the sandbox's console moves.
    pub clock: Arc<dyn MovableClock>,
    /// People to log in as with one click; shown in the sandbox only.
    pub personas: Vec<Persona>,
}

#[derive(Clone)]
struct Portal {
    ctx: Ctx,
    deps: Arc<Deps>,
}

const SHOWS_NOBODY: Access = Access::Public("shows no one's data");
const REQUEST: &str = "/systembruker/foresporsel/{id}";
const SYSTEM_USERS: &str = "/tilgang/systembrukere";

/// The portal's frame, for the pages of others.
pub fn frame(ctx: &Ctx, faults: Arc<dyn Faults>) -> Arc<dyn ports::pages::Frame> {
    Arc::new(frame::Lent(ctx.clone(), faults))
}

/// The portal's pages.
pub fn module(ctx: &Ctx, deps: Deps) -> Module {
    let portal = Portal { ctx: ctx.clone(), deps: Arc::new(deps) };
    let pages = Routes::new(Role::PORTAL, portal.clone())
        .get("/", SHOWS_NOBODY, start::handle)
        .get("/innboks", Access::session(), inbox::first)
        .get("/innboks/{view}", Access::session(), inbox::folder)
        .get("/innboks/dialog/{id}", Access::session(), dialog::handle)
        .post("/innboks/dialog/{id}", Access::session(), dialog::mark)
        .get("/innboks/dialog/{id}/logg", Access::session(), log::handle)
        .get("/aktor", Access::session(), actor::handle)
        .post("/aktor", Access::session(), actor::choose)
        .get(REQUEST, Access::session(), request::handle)
        .post(REQUEST, Access::session(), request::decide)
        .get("/tilgang", Access::session(), system_users::lead_on)
        .get(SYSTEM_USERS, Access::session(), system_users::handle)
        .get("/tilgang/systembrukere/{id}", Access::session(), system_user::handle)
        .get("/tilgang/systembrukere/{id}/fjern", Access::session(), revoke::ask)
        .post("/tilgang/systembrukere/{id}/fjern", Access::session(), revoke::end)
        .get("/sprak/{language}", Access::Public("sets a language cookie"), language::handle)
        .get("/hjelp", SHOWS_NOBODY, about::help)
        .get("/tilgjengelighet", SHOWS_NOBODY, about::accessibility)
        .get("/personvern", SHOWS_NOBODY, about::privacy)
        .get(sandbox::HOME, Access::sandbox(), sandbox::handle)
        .post("/sandkasse/klokke", Access::sandbox(), sandbox::move_clock)
        .get(faults::HERE, Access::sandbox(), faults::handle)
        .post(faults::HERE, Access::sandbox(), faults::change)
        .get(mail::HERE, Access::sandbox(), mail::handle)
        .get(snapshots::HERE, Access::sandbox(), snapshots::handle)
        .post(snapshots::HERE, Access::sandbox(), snapshots::change)
        .done();
    let leads_on = Access::Public("leads to the page that asks for login");
    let confirm = Routes::new(Role::AM_UI, portal)
        .get("/accessmanagement/ui/systemuser/request", leads_on, request::lead_on)
        .get("/accessmanagement/ui/systemuser/agentrequest", leads_on, request::lead_on)
        .done();
    let files = Routes::new(Role::ALLTING, ())
        .get("/assets/{file}", Access::Public("style sheet and script"), assets::handle)
        .done();
    Module {
        name: "portal",
        routes: pages.into_iter().chain(confirm).chain(files).collect(),
        jobs: vec![],
        schedules: vec![],
        migrations: db::MigrationSet::none("portal"),
        statements: vec![],
    }
}
