//! Operations, one file each.

pub mod enduser;
pub mod metadata;
pub mod serviceowner;
pub mod wellknown;

use crate::Dialogporten;
use crate::caller::{END_USER, OWNER, OWNER_SEARCH};
use crate::wire::output::Reader;
use httpkit::{Access, Class, Role, Route, Routes};

/// Largest body (dialogporten §1).
const MAX_BODY: usize = 20_000_000;

/// The route table.
pub fn routes(dialogs: &Dialogporten) -> Vec<Route> {
    let mut routes = owner_routes(dialogs);
    routes.extend(end_user_routes(dialogs));
    routes.extend(open_routes(dialogs));
    routes
}

fn owner_routes(dialogs: &Dialogporten) -> Vec<Route> {
    use serviceowner as so;
    let owner = Access::scope(OWNER);
    let search = Access::scope(OWNER_SEARCH);
    let one = "/dialogporten/api/v1/serviceowner/dialogs/{dialogId}";
    let below = |rest: &str| format!("{one}/{rest}");
    Routes::new(Role::PLATFORM, dialogs.clone())
        .refusals(crate::error::refusal)
        .post("/dialogporten/api/v1/serviceowner/dialogs", owner, so::create_dialog::handle)
        .limit(MAX_BODY)
        .get("/dialogporten/api/v1/serviceowner/dialogs", search, so::search_dialogs::handle)
        .class(Class::Search)
        .get("/dialogporten/api/v1/serviceowner/dialogs/", search, so::search_dialogs::handle)
        .class(Class::Search)
        .get(one, owner, so::get_dialog::handle)
        .put(one, owner, so::update_dialog::handle)
        .limit(MAX_BODY)
        .patch(one, owner, so::patch_dialog::handle)
        .limit(MAX_BODY)
        .delete(one, owner, so::delete_dialog::handle)
        .post(&below("actions/restore"), owner, so::delete_dialog::restore)
        .post(&below("actions/purge"), owner, so::purge_dialog::handle)
        .get(&below("activities"), owner, so::activities::list)
        .get(&below("activities/{activityId}"), owner, so::activities::get)
        .post(&below("activities"), owner, so::create_activity::handle)
        .get(&below("transmissions"), owner, so::transmissions::list)
        .get(&below("transmissions/{transmissionId}"), owner, so::transmissions::get)
        .post(&below("transmissions"), owner, so::create_transmission::handle)
        .limit(MAX_BODY)
        .get(&below("seenlog"), owner, so::seen_log::list)
        .get(&below("seenlog/{seenLogId}"), owner, so::seen_log::get)
        .done()
}

fn end_user_routes(dialogs: &Dialogporten) -> Vec<Route> {
    use enduser as eu;
    let user = Access::scope(END_USER);
    let one = "/dialogporten/api/v1/enduser/dialogs/{dialogId}";
    let below = |rest: &str| format!("{one}/{rest}");
    Routes::new(Role::PLATFORM, dialogs.clone())
        .refusals(crate::error::refusal)
        .get("/dialogporten/api/v1/enduser/dialogs", user, eu::search_dialogs::handle)
        .class(Class::Search)
        .get("/dialogporten/api/v1/enduser/dialogs/", user, eu::search_dialogs::handle)
        .class(Class::Search)
        .get(one, user, eu::get_dialog::handle)
        .get(&below("activities"), user, eu::activities::list)
        .get(&below("activities/{activityId}"), user, eu::activities::get)
        .get(&below("transmissions"), user, eu::transmissions::list)
        .get(&below("transmissions/{transmissionId}"), user, eu::transmissions::get)
        .get(&below("seenlog"), user, eu::seen_log::list)
        .get(&below("seenlog/{seenLogId}"), user, eu::seen_log::get)
        .put(&below("context/systemlabels"), user, eu::set_labels::handle)
        .get(&below("context/labellog"), user, eu::label_log::handle)
        .post(
            "/dialogporten/api/v1/enduser/dialogs/context/systemlabels/actions/bulkset",
            user,
            eu::bulk_set_labels::handle,
        )
        .get("/dialogporten/api/v1/enduser/parties", user, eu::parties::handle)
        .done()
}

fn open_routes(dialogs: &Dialogporten) -> Vec<Route> {
    let keys = Access::Public("published keys, by which anyone checks a dialog token");
    Routes::new(Role::PLATFORM, dialogs.clone())
        .get("/dialogporten/api/v1/.well-known/jwks.json", keys, wellknown::jwks)
        .get("/dialogporten/api/v1/.well-known/oauth-authorization-server", keys, wellknown::server)
        .get(
            "/dialogporten/api/v1/metadata/limits",
            Access::Public("limits that are the same for all"),
            metadata::limits,
        )
        .done()
}

/// A reader of a service owner's own answers: everything in all languages, nothing hidden.
pub fn owner_reader(dialogs: &Dialogporten) -> Reader<'static> {
    static ALL: std::sync::LazyLock<crate::domain::language::Preference> =
        std::sync::LazyLock::new(crate::domain::language::Preference::default);
    Reader {
        languages: &ALL,
        grants: None,
        end_user: false,
        current: None,
        now: dialogs.ctx.clock.now(),
        mask: &|urn| urn.to_owned(),
    }
}
