//! Answers of the main job against the published contracts, where those are at hand beside the workspace.

use crate::skatteetaten::{delivery, world};
use crate::support::{Answer, DIALOGS, DIRECTOR, TestApp};
use ::population::personas::{CONDOMINIUM, INDUSTRY_COMPANY, SKD};
use http::Method;
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};

/// A file of the contracts; `None` where they are not at hand.
fn file(name: &str) -> Option<Value> {
    let shared: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(name);
    let text = std::fs::read_to_string(shared).ok()?;
    Some(serde_json::from_str(&text).unwrap())
}

/// An OpenAPI 3.0 document whose schemas have become JSON Schema.
struct Contract {
    root: Map<String, Value>,
    found: Vec<String>,
    checked: usize,
}

impl Contract {
    fn read(name: &str) -> Option<Self> {
        let mut root = file(name)?;
        modernise(&mut root);
        let Value::Object(root) = root else { panic!("{name} is no object") };
        Some(Self { root, found: vec![], checked: 0 })
    }

    /// Checks an answer by the operation's schema for its status.
    fn check(&mut self, method: &Method, path: &str, answer: &Answer) {
        let operation = &self.root["paths"][path][method.as_str().to_ascii_lowercase()];
        let at = format!("{method} {path} {}", answer.status.as_u16());
        let Some(response) = operation["responses"].get(answer.status.as_str()) else {
            // WIRE: the contract leaves out the framework's own 400 of queries (Dialogporten §3).
            if *method == Method::GET && answer.status == 400 {
                return;
            }
            self.found.push(format!("{at}: the contract knows no such answer: {}", answer.text()));
            return;
        };
        let Some(content) = response["content"].as_object() else {
            if answer.status.is_success() && !answer.body.is_empty() {
                self.found.push(format!("{at}: has a body"));
            }
            return;
        };
        let kind = answer.header("content-type").split(';').next().unwrap_or_default().trim().to_owned();
        let Some(media) = content.get(&kind) else {
            let kinds: Vec<_> = content.keys().collect();
            self.found.push(format!("{at}: content type {kind:?}, not one of {kinds:?}"));
            return;
        };
        let mut schema = Map::new();
        schema.insert("allOf".into(), json!([media["schema"]]));
        schema.insert("components".into(), self.root["components"].clone());
        let validator = jsonschema::options()
            .with_draft(jsonschema::Draft::Draft202012)
            .should_validate_formats(true)
            .build(&Value::Object(schema))
            .unwrap();
        self.checked += 1;
        for error in validator.iter_errors(&answer.json()) {
            let reason: String = error.to_string().chars().take(300).collect();
            self.found.push(format!("{at} {}: {reason}", error.instance_path()));
        }
    }

    fn finish(self, fewest: usize) {
        assert!(self.found.is_empty(), "{}", self.found.join("\n"));
        assert!(self.checked >= fewest, "only {} answers had a schema", self.checked);
    }
}

/// `nullable` becomes a choice with null.
fn modernise(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(modernise),
        Value::Object(members) => {
            members.values_mut().for_each(modernise);
            if members.remove("nullable") == Some(Value::Bool(true)) {
                let rest = Value::Object(std::mem::take(members));
                members.insert("anyOf".into(), json!([{"type": "null"}, rest]));
            }
        }
        _ => {}
    }
}

/// Reads and checks; answers what was read.
async fn read(app: &TestApp, contract: &mut Contract, token: &str, template: &str, path: &str) -> Answer {
    let answer = app.get(&format!("/dialogporten{path}")).bearer(token).send().await;
    contract.check(&Method::GET, template, &answer);
    answer
}

#[tokio::test]
async fn dialogs_fit_the_contract_of_end_users() {
    let Some(mut contract) = Contract::read("dialogporten/openapi.v1.enduser.verified.json") else { return };
    let world = world().await;
    let app = &world.app;
    let filed = world.filed(&delivery("L-1", 27_709)).await;
    let rejected = world.filed(&delivery("L-2", 1)).await;
    app.drain().await;
    let system = world.user.token(app, DIALOGS).await;
    let person = app.person_token(DIRECTOR, DIALOGS).await;
    let dialogs = "/api/v1/enduser/dialogs";
    let one = format!("{dialogs}/{}", filed.dialog);
    let party = format!("urn:altinn:organization:identifier-no:{CONDOMINIUM}");
    for token in [&system, &person] {
        let query = format!("{dialogs}?party={party}");
        assert_eq!(read(app, &mut contract, token, dialogs, &query).await.status, 200);
        read(app, &mut contract, token, dialogs, dialogs).await;
        read(app, &mut contract, token, dialogs, &format!("{query}&limit=5000&orderBy=nonsense")).await;
        let opened = read(app, &mut contract, token, "/api/v1/enduser/dialogs/{dialogId}", &one).await;
        assert_eq!(opened.status, 200);
        for part in ["transmissions", "activities", "seenlog", "context/labellog"] {
            let template = format!("{dialogs}/{{dialogId}}/{part}");
            let answer = read(app, &mut contract, token, &template, &format!("{one}/{part}")).await;
            assert_eq!(answer.status, 200, "{part}");
        }
        for filing in [&filed.filing, &rejected.filing] {
            let template = "/api/v1/enduser/dialogs/{dialogId}/transmissions/{transmissionId}";
            let path = format!("{one}/transmissions/{filing}");
            assert_eq!(read(app, &mut contract, token, template, &path).await.status, 200);
        }
        let seen = app.get(&format!("/dialogporten{one}/seenlog")).bearer(token).send().await.json();
        let entry = seen[0]["id"].as_str().unwrap();
        let template = "/api/v1/enduser/dialogs/{dialogId}/seenlog/{seenLogId}";
        read(app, &mut contract, token, template, &format!("{one}/seenlog/{entry}")).await;
        let missing = format!("{dialogs}/0195cf11-92fc-71bb-9dac-2a28e3d5f26b");
        let missing = read(app, &mut contract, token, "/api/v1/enduser/dialogs/{dialogId}", &missing).await;
        assert_eq!(missing.status, 404);
    }
    read(app, &mut contract, &person, "/api/v1/enduser/parties", "/api/v1/enduser/parties").await;
    read(app, &mut contract, &person, "/api/v1/metadata/limits", "/api/v1/metadata/limits").await;
    let stranger = app.person_token(crate::support::CITIZEN, DIALOGS).await;
    let refused = read(app, &mut contract, &stranger, "/api/v1/enduser/dialogs/{dialogId}", &one).await;
    assert!(matches!(refused.status.as_u16(), 403 | 404));
    let labels = "/api/v1/enduser/dialogs/{dialogId}/context/systemlabels";
    for (body, status) in
        [(json!({"addLabels": ["Archive"]}), 204), (json!({"addLabels": ["Nonsense"]}), 400)]
    {
        let path = format!("/dialogporten{one}/context/systemlabels");
        let answer = app.put(&path).bearer(&person).json(&body).send().await;
        assert_eq!(answer.status.as_u16(), status, "{}", answer.text());
        contract.check(&Method::PUT, labels, &answer);
    }
    contract.finish(20);
}

#[tokio::test]
async fn dialogs_fit_the_contract_of_service_owners() {
    let Some(mut contract) = Contract::read("dialogporten/openapi.v1.serviceowner.verified.json") else {
        return;
    };
    let world = world().await;
    let app = &world.app;
    let filed = world.filed(&delivery("L-1", 27_709)).await;
    app.drain().await;
    let scopes = "digdir:dialogporten.serviceprovider digdir:dialogporten.serviceprovider.search";
    let owner = app.enterprise_token("skd", SKD, scopes).await;
    let dialogs = "/api/v1/serviceowner/dialogs";
    let one = format!("{dialogs}/{}", filed.dialog);
    read(app, &mut contract, &owner, dialogs, dialogs).await;
    read(app, &mut contract, &owner, dialogs, &format!("{dialogs}?party=nonsense")).await;
    read(app, &mut contract, &owner, &format!("{dialogs}/{{dialogId}}"), &one).await;
    for part in ["transmissions", "activities", "seenlog"] {
        let template = format!("{dialogs}/{{dialogId}}/{part}");
        read(app, &mut contract, &owner, &template, &format!("{one}/{part}")).await;
    }
    let transmission = format!("{one}/transmissions/{}", filed.filing);
    let template = format!("{dialogs}/{{dialogId}}/transmissions/{{transmissionId}}");
    read(app, &mut contract, &owner, &template, &transmission).await;
    let nb = |text: &str| json!({"value": [{"value": text, "languageCode": "nb"}]});
    let dialog = json!({
        "serviceResource": "urn:altinn:resource:ske-innrapportering-boligsameie",
        "party": format!("urn:altinn:organization:identifier-no:{CONDOMINIUM}"),
        "content": {"title": nb("Brev"), "summary": nb("Innhold")},
    });
    let mut wrong = dialog.clone();
    wrong["party"] = json!("urn:altinn:organization:identifier-no:1");
    for (body, status) in [(dialog, 201), (wrong, 400), (json!({}), 400)] {
        let answer = app.post(&format!("/dialogporten{dialogs}")).bearer(&owner).json(&body).send().await;
        assert_eq!(answer.status.as_u16(), status, "{}", answer.text());
        contract.check(&Method::POST, dialogs, &answer);
    }
    contract.finish(8);
}

#[tokio::test]
async fn units_fit_the_contract_of_enhetsregisteret() {
    let Some(mut contract) = Contract::read("identity/brreg/enhetsregisteret.json") else { return };
    let app = crate::support::app().await;
    // The contract gives sub-units no schema.
    for number in [CONDOMINIUM, INDUSTRY_COMPANY, SKD] {
        let answer = app.get(&format!("/enhetsregisteret/api/enheter/{number}")).send().await;
        assert_eq!(answer.status, 200);
        contract.check(&Method::GET, "/enheter/{organisasjonsnummer}", &answer);
    }
    contract.finish(3);
}

/// The published example with synthetic numbers in it is taken as it stands.
#[tokio::test]
async fn the_published_delivery_is_taken() {
    let Some(mut example) = file("agency/gld/boligsameie.example.json") else { return };
    let world = world().await;
    example["leveranse"]["oppgavegiver"]["organisasjonsnummer"] = json!(CONDOMINIUM);
    let year = example["leveranse"]["inntektsaar"].to_string().trim_matches('"').to_owned();
    let answer = world
        .app
        .post(&format!("/_host/innrapporteringboligsameie/v1/{year}"))
        .bearer(&world.token)
        .header("idempotencyKey", "0195cf11-92fc-41bb-9dac-2a28e3d5f26b")
        .json(&example)
        .send()
        .await;
    assert_eq!(answer.status, 200, "{}", answer.text());
}

/// Every error of the reporting services has a code of the published list and that code's status.
#[tokio::test]
async fn errors_have_the_published_codes() {
    let Some(list) = file("agency/derived/gld-amld-error-codes.json") else { return };
    let world = world().await;
    let path = "/_host/innrapporteringboligsameie/v1/2023";
    let sound = delivery("L-1", 27_709);
    let key = "0195cf11-92fc-41bb-9dac-2a28e3d5f26b";
    let post = || world.app.post(path).bearer(&world.token);
    assert_eq!(post().header("idempotencyKey", key).json(&sound).send().await.status, 200);
    let mut unknown = sound.clone();
    unknown["leveranse"]["oppgavegiver"]["organisasjonsnummer"] = json!("999999999");
    let mut old = sound.clone();
    old["leveranse"]["inntektsaar"] = json!(2022);
    let calls = [
        world.app.post(path),
        world.app.post(path).bearer("x"),
        post().json(&sound),
        post().header("idempotencyKey", key).json(&unknown),
        post().header("idempotencyKey", key).json(&old),
        post().header("idempotencyKey", key).json(&json!({})),
        post().header("idempotencyKey", key).body("x"),
        post().header("idempotencyKey", key).json(&delivery("L-2", 27_709)),
        world
            .app
            .get("/_host/innrapporteringboligsameie/v1/forsendelser/x/dokumenter/y")
            .bearer(&world.token),
    ];
    let entry = |kind: &str, code: &Value| {
        let number = code.as_str().unwrap().strip_prefix("GLD_").unwrap().to_owned();
        list[kind].as_array().unwrap().iter().find(|one| one["nr"] == number.as_str()).cloned()
    };
    for call in calls {
        let answer = call.send().await;
        let body = answer.json();
        let main = entry("feilkoder", &body["kode"]).unwrap_or_else(|| panic!("{body}"));
        assert_eq!(main["http"], answer.status.as_u16(), "{body}");
        for exact in body["spesifisering"].as_array().unwrap() {
            let known = entry("spesifisering", &exact["kode"]).unwrap_or_else(|| panic!("{body}"));
            assert_eq!(known["antattHttp"], answer.status.as_u16(), "{body}");
        }
    }
}
