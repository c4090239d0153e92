//! Dialogs over HTTP, with real registers, policies and decisions.

mod get_dialog;
mod names;
mod parts;

use crate::support::{TestApp, app};
use serde_json::{Value, json};

/// Managing director of the condominium.
const DIRECTOR: &str = "12837122463";
/// Has no role in it.
const CITIZEN: &str = "19919640521";
const CONDOMINIUM: &str = "310200107";
const OWNER: &str = "/dialogporten/api/v1/serviceowner/dialogs";
const USER: &str = "/dialogporten/api/v1/enduser/dialogs";

/// Skatteetaten's token.
async fn owner(app: &TestApp) -> String {
    let scopes = "digdir:dialogporten.serviceprovider%20digdir:dialogporten.serviceprovider.search";
    app.test_token("GetEnterpriseToken", &format!("&scopes={scopes}&org=skd&orgNo=974761076")).await
}

async fn person(app: &TestApp, pid: &str) -> String {
    app.test_token("GetPersonalToken", &format!("&scopes=digdir:dialogporten&pid={pid}")).await
}

fn dialog(resource: &str) -> Value {
    json!({
        "serviceResource": format!("urn:altinn:resource:{resource}"),
        "party": format!("urn:altinn:organization:identifier-no:{CONDOMINIUM}"),
        "content": {"title": {"value": [{"value": "Boligsameie", "languageCode": "nb"}]}},
        "guiActions": [{"action": "read", "url": "https://skd.example/x", "priority": "Primary",
            "title": [{"value": "Les", "languageCode": "nb"}]}],
    })
}
