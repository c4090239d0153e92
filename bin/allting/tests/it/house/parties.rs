//! The operations of the main job by whose right they are called: the right party, another party, and a right that is gone.

use crate::skatteetaten::{Filed, World, delivery, world};
use crate::support::{Answer, CITIZEN, DIALOGS, DIRECTOR, REPORTING, RESOURCE, SUBSCRIBE, TestApp};
use ::population::personas::{CONDOMINIUM, OTHER_CONDOMINIUM, SKD, TTD};
use http::Method;
use serde_json::{Value, json};
use uuid::Uuid;

const USER: &str = "/dialogporten/api/v1/enduser/dialogs";
const OWNER: &str = "/dialogporten/api/v1/serviceowner/dialogs";

/// An operation, as a caller with a token performs it.
struct Operation {
    name: &'static str,
    method: Method,
    path: String,
    body: Option<Value>,
    scope: &'static str,
}

impl Operation {
    async fn call(&self, app: &TestApp, token: &str) -> Answer {
        let mut call = app.call(self.method.clone(), &self.path).bearer(token);
        if let Some(body) = &self.body {
            let key = Uuid::from_bytes(crate::support::random()).to_string();
            call = call.header("idempotencyKey", &key).json(body);
        }
        call.send().await
    }
}

/// What a system user does for its customer.
fn operations(world: &World, filed: &Filed, document: &str) -> Vec<Operation> {
    let operation = |name, method: Method, path: &str, body: Option<Value>, scope| Operation {
        name,
        method,
        path: path.to_owned(),
        body,
        scope,
    };
    let dialog = format!("{USER}/{}", filed.dialog);
    let labels = format!("{dialog}/context/systemlabels");
    let subscription = json!({
        "endPoint": "https://vendor.example/hook", "resourceFilter": format!("urn:altinn:resource:{RESOURCE}"),
        "subjectFilter": format!("urn:altinn:organization:identifier-no:{CONDOMINIUM}"),
    });
    let file =
        format!("/_host/innrapporteringboligsameie/v1/forsendelser/{}/dokumenter/{document}", filed.filing);
    assert_eq!(world.user.org_no, CONDOMINIUM);
    vec![
        operation(
            "file",
            Method::POST,
            "/_host/innrapporteringboligsameie/v1/2023",
            Some(delivery("L-9", 27_709)),
            REPORTING,
        ),
        operation("read a document", Method::GET, &file, None, REPORTING),
        operation("open the dialog", Method::GET, &dialog, None, DIALOGS),
        operation("list transmissions", Method::GET, &format!("{dialog}/transmissions"), None, DIALOGS),
        operation(
            "read a transmission",
            Method::GET,
            &format!("{dialog}/transmissions/{}", filed.filing),
            None,
            DIALOGS,
        ),
        operation("list activities", Method::GET, &format!("{dialog}/activities"), None, DIALOGS),
        operation("read the seen log", Method::GET, &format!("{dialog}/seenlog"), None, DIALOGS),
        operation("put aside", Method::PUT, &labels, Some(json!({"addLabels": ["Archive"]})), DIALOGS),
        operation("subscribe", Method::POST, "/events/api/v1/subscriptions", Some(subscription), SUBSCRIBE),
    ]
}

/// Dialogporten does not tell a stranger what parts a dialog has, so those are 404.
fn is_refused(answer: &Answer) -> bool {
    matches!(answer.status.as_u16(), 403 | 404)
}

async fn document_of(world: &World, filed: &Filed) -> String {
    let token = world.user.token(&world.app, DIALOGS).await;
    let path = format!("{USER}/{}/transmissions/{}", filed.dialog, filed.filing);
    let transmission = world.app.get(&path).bearer(&token).send().await.json();
    let url = transmission["attachments"][0]["urls"][0]["url"].as_str().unwrap().to_owned();
    url.rsplit('/').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_system_user_acts_for_its_own_customer_until_it_is_revoked() {
    let world = world().await;
    let app = &world.app;
    let filed = world.filed(&delivery("L-1", 27_709)).await;
    app.drain().await;
    let document = document_of(&world, &filed).await;
    let operations = operations(&world, &filed, &document);
    let stranger = app.other_system_user().await;
    // Tokens are fetched while both are alive: after the revocation they are still valid as tokens.
    let mut tokens = vec![];
    for operation in &operations {
        tokens
            .push((world.user.token(app, operation.scope).await, stranger.token(app, operation.scope).await));
    }

    let before = app.rows().await;
    for (operation, (_, wrong)) in operations.iter().zip(&tokens) {
        let answer = operation.call(app, wrong).await;
        assert!(
            is_refused(&answer),
            "{} for another party: {} {}",
            operation.name,
            answer.status,
            answer.text()
        );
        assert!(!answer.text().contains("andelGjeld"), "{} tells: {}", operation.name, answer.text());
    }
    assert_eq!(app.rows().await, before, "the wrong party left rows");
    for (operation, (right, _)) in operations.iter().zip(&tokens) {
        let answer = operation.call(app, right).await;
        assert!(answer.status.is_success(), "{}: {} {}", operation.name, answer.status, answer.text());
    }
    world.user.revoke(app).await;
    let before = app.rows().await;
    for (operation, (revoked, _)) in operations.iter().zip(&tokens) {
        let answer = operation.call(app, revoked).await;
        assert!(
            is_refused(&answer),
            "{} after revocation: {} {}",
            operation.name,
            answer.status,
            answer.text()
        );
    }
    assert_eq!(app.rows().await, before, "a revoked system user left rows");
    for scope in [REPORTING, DIALOGS, SUBSCRIBE] {
        let refused = world.user.grant(app, scope).await;
        assert_eq!(refused.json()["error"], "invalid_altinn_customer_configuration", "{scope}");
    }
}

/// Lists and searches tell nothing of others, and nothing any more once the right is gone.
#[tokio::test]
async fn lists_hold_only_what_the_caller_may_see() {
    let world = world().await;
    let app = &world.app;
    let filed = world.filed(&delivery("L-1", 27_709)).await;
    app.drain().await;
    let stranger = app.other_system_user().await;
    let urn = |number: &str| format!("urn:altinn:organization:identifier-no:{number}");
    let dialogs = async |token: &str, number: &str| {
        let answer = app.get(&format!("{USER}?party={}", urn(number))).bearer(token).send().await;
        assert!(matches!(answer.status.as_u16(), 200 | 403), "{}", answer.text());
        answer.text().contains(&filed.dialog)
    };
    let events = async |token: &str| {
        let query = format!("/events/api/v1/events?after=0&resource=urn:altinn:resource:{RESOURCE}");
        let answer = app.get(&query).bearer(token).send().await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.text().contains(&filed.dialog)
    };
    let (own, other) = (world.user.token(app, DIALOGS).await, stranger.token(app, DIALOGS).await);
    let (own_events, other_events) =
        (world.user.token(app, SUBSCRIBE).await, stranger.token(app, SUBSCRIBE).await);
    assert!(dialogs(&own, CONDOMINIUM).await && events(&own_events).await);
    assert!(!dialogs(&other, CONDOMINIUM).await && !events(&other_events).await);
    assert!(!dialogs(&other, OTHER_CONDOMINIUM).await);
    let citizen = app.person_token(CITIZEN, DIALOGS).await;
    assert!(!dialogs(&citizen, CONDOMINIUM).await);
    let director = app.person_token(DIRECTOR, DIALOGS).await;
    assert!(dialogs(&director, CONDOMINIUM).await);
    world.user.revoke(app).await;
    assert!(!dialogs(&own, CONDOMINIUM).await && !events(&own_events).await);
}

#[tokio::test]
async fn an_agency_reads_and_writes_its_own_dialogs_alone() {
    let world = world().await;
    let app = &world.app;
    let filed = world.filed(&delivery("L-1", 27_709)).await;
    let scopes = "digdir:dialogporten.serviceprovider digdir:dialogporten.serviceprovider.search";
    let own = app.enterprise_token("skd", SKD, scopes).await;
    let other = app.enterprise_token("ttd", TTD, scopes).await;
    let dialog = format!("{OWNER}/{}", filed.dialog);
    assert_eq!(app.get(&dialog).bearer(&own).send().await.status, 200);
    let before = app.rows().await;
    let patch = json!([{"op": "replace", "path": "/progress", "value": 50}]);
    let calls = [
        app.get(&dialog),
        app.get(&format!("{dialog}/transmissions")),
        app.get(&format!("{dialog}/activities")),
        app.get(&format!("{dialog}/seenlog")),
        app.delete(&dialog),
        app.call(Method::PATCH, &dialog).json(&patch),
        app.post(&format!("{dialog}/actions/purge")),
        app.post(&format!("{dialog}/transmissions")).json(&json!({
            "type": "Information", "sender": {"actorType": "ServiceOwner"},
            "content": {"title": {"value": [{"value": "x", "languageCode": "nb"}]}},
        })),
    ];
    for call in calls {
        let answer = call.bearer(&other).send().await;
        assert!(matches!(answer.status.as_u16(), 403 | 404), "{} {}", answer.status, answer.text());
        assert!(!answer.text().contains("Boligsameie"), "{}", answer.text());
    }
    let list = app.get(OWNER).bearer(&other).send().await;
    assert!(!list.text().contains(&filed.dialog));
    assert!(app.get(OWNER).bearer(&own).send().await.text().contains(&filed.dialog));
    assert_eq!(app.rows().await, before);
}

/// System users are read and ended by those who may for the party, and by the vendor only what is its own.
#[tokio::test]
async fn system_users_and_systems_are_their_owners() {
    let world = world().await;
    let app = &world.app;
    let (party, id) = (world.user.party.id, world.user.id);
    let portal = "/accessmanagement/api/v1/systemuser";
    let api = "/authentication/api/v1/systemuser";
    let citizen = app.person_token(CITIZEN, "altinn:portal/enduser").await;
    let before = app.rows().await;
    for call in [
        app.get(&format!("{portal}/{party}")),
        app.get(&format!("{portal}/{party}/{id}")),
        app.delete(&format!("{portal}/{party}/{id}")),
        app.get(&format!("{api}/{party}")),
        app.get(&format!("{api}/{party}/{id}")),
        app.delete(&format!("{api}/{party}/{id}")),
    ] {
        let answer = call.bearer(&citizen).send().await;
        let text = answer.text();
        assert!(matches!(answer.status.as_u16(), 403 | 404), "{} {text}", answer.status);
        assert!(!text.contains(&id.to_string()), "{text}");
    }
    let write = "altinn:authentication/systemregister.write";
    let requests =
        "altinn:authentication/systemuser.request.read altinn:authentication/systemuser.request.write";
    let foreign = app.enterprise_token("", OTHER_CONDOMINIUM, &format!("{write} {requests}")).await;
    let system = "/authentication/api/v1/systemregister/vendor/310200409_it";
    for call in [
        app.delete(system),
        app.put(&format!("{system}/rights")).json(&json!([])),
        app.put(&format!("{system}/accesspackages")).json(&json!([])),
        app.get(&format!("{system}/changelog")),
        app.get(&format!("{api}/request/vendor/{id}")),
        app.delete(&format!("{api}/request/vendor/{id}")),
        app.get(&format!("{api}/request/vendor/bysystem/310200409_it")),
        app.get(&format!("{api}/vendor/bysystem/310200409_it")),
    ] {
        let answer = call.bearer(&foreign).send().await;
        let text = answer.text();
        assert!(matches!(answer.status.as_u16(), 401 | 403 | 404), "{} {text}", answer.status);
        assert!(!text.contains(&id.to_string()), "{text}");
    }
    assert_eq!(app.rows().await, before);
    let director = app.person_token(DIRECTOR, "altinn:portal/enduser").await;
    let seen = app.get(&format!("{portal}/{party}/{id}")).bearer(&director).send().await;
    assert_eq!((seen.status.as_u16(), &seen.json()["id"]), (200, &json!(id)), "{}", seen.text());
}
