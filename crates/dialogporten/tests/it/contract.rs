//! Our answers hold no member that the published contract does not know. Runs where the contract is at hand.

use crate::support::*;
use serde_json::{Value, json};
use std::path::Path;

fn contract(name: &str) -> Option<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/dialogporten").join(name);
    Some(serde_json::from_str(&std::fs::read_to_string(path).ok()?).unwrap())
}

/// Follows references and single-member compositions.
fn resolve<'a>(root: &'a Value, mut schema: &'a Value) -> &'a Value {
    loop {
        if let Some(name) = schema["$ref"].as_str() {
            schema = root.pointer(name.trim_start_matches('#')).unwrap();
        } else if let Some(one) = schema["oneOf"].as_array().or(schema["allOf"].as_array()) {
            schema = one.iter().find(|s| s.get("$ref").is_some()).unwrap_or(&one[0]);
        } else {
            return schema;
        }
    }
}

fn check(root: &Value, schema: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
    let schema = resolve(root, schema);
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match schema["properties"].get(name) {
                    Some(schema) => check(root, schema, member, &format!("{at}/{name}"), found),
                    None => found.push(format!("{at}/{name} is unknown")),
                }
            }
        }
        Value::Array(items) => {
            for (i, item) in items.iter().enumerate() {
                check(root, &schema["items"], item, &format!("{at}/{i}"), found);
            }
        }
        Value::String(text) => {
            if let Some(values) = schema["enum"].as_array()
                && !values.iter().any(|v| v == text)
            {
                found.push(format!("{at} has no value {text}"));
            }
        }
        _ => {}
    }
}

/// Checks an answer against the schema of a 200.
fn fits(contract: &Value, path: &str, body: &Value) {
    let operation =
        &contract["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"];
    assert!(operation.is_object(), "no contract for {path}");
    let mut found = Vec::new();
    check(contract, operation, body, "", &mut found);
    assert!(found.is_empty(), "{path}: {found:#?}");
}

testkit::db_suite! { [jobs::migrations()];
    async fn answers_fit_the_contract(db: db::Db) {
        let (Some(owner), Some(user)) =
            (contract("openapi.v1.serviceowner.verified.json"), contract("openapi.v1.enduser.verified.json"))
        else {
            return;
        };
        let s = server(&db).await;
        let mut body = minimal();
        body["content"]["summary"] = json!({"value": nb("S")});
        body["content"]["nonSensitiveTitle"] = json!({"value": nb("N")});
        body["serviceOwnerContext"] = json!({"serviceOwnerLabels": [{"value": "merke"}]});
        body["searchTags"] = json!([{"value": "abc"}]);
        body["guiActions"] = json!([{"action": "read", "url": "https://a.no", "priority": "Primary", "title": nb("x"), "prompt": nb("y")}]);
        body["apiActions"] = json!([{"action": "read", "name": "n", "endpoints": [{"url": "https://a.no", "httpMethod": "GET",
            "version": "1", "deprecated": true, "sunsetAt": "2030-01-01T00:00:00Z", "documentationUrl": "https://a.no"}]}]);
        body["attachments"] = json!([{"displayName": nb("x"), "name": "n", "expiresAt": "2030-01-01T00:00:00Z",
            "urls": [{"url": "https://a.no", "consumerType": "Gui", "mediaType": "text/plain"}]}]);
        body["transmissions"] = json!([transmission("Decision", "t")]);
        body["transmissions"][0]["navigationalActions"] = json!([{"title": nb("x"), "url": "https://a.no"}]);
        body["transmissions"][0]["attachments"] = body["attachments"].clone();
        body["activities"] = json!([{"type": "DialogCreated", "performedBy": {"actorType": "ServiceOwner"}}]);
        let id = s.dialog(&body).await;
        let (so, eu) = (s.owner(), s.user(KARI));
        let seen = s.get(&format!("{EU}/{id}"), &eu).await.expect(200).body;
        let path = "/api/v1/enduser/dialogs";
        fits(&user, &format!("{path}/{{dialogId}}"), &seen);
        fits(&user, path, &s.get(&format!("{EU}?party={BAKER_URN}"), &eu).await.expect(200).body);
        let part = |of: &str| seen[of][0]["id"].as_str().unwrap().to_owned();
        let (t, a, l) = (part("transmissions"), part("activities"), part("seenSinceLastUpdate"));
        for (base, contract, token, path) in
            [(EU, &user, &eu, path), (SO, &owner, &so, "/api/v1/serviceowner/dialogs")]
        {
            for (rest, template) in [
                ("/activities".to_owned(), "/activities"),
                (format!("/activities/{a}"), "/activities/{activityId}"),
                ("/transmissions".to_owned(), "/transmissions"),
                (format!("/transmissions/{t}"), "/transmissions/{transmissionId}"),
                ("/seenlog".to_owned(), "/seenlog"),
                (format!("/seenlog/{l}"), "/seenlog/{seenLogId}"),
            ] {
                let body = s.get(&format!("{base}/{id}{rest}"), token).await.expect(200).body;
                fits(contract, &format!("{path}/{{dialogId}}{template}"), &body);
            }
        }
        fits(&owner, "/api/v1/serviceowner/dialogs/{dialogId}", &s.get(&format!("{SO}/{id}"), &so).await.body);
        fits(&owner, "/api/v1/serviceowner/dialogs", &s.get(SO, &so).await.expect(200).body);
        fits(&user, "/api/v1/enduser/parties", &s.get("/dialogporten/api/v1/enduser/parties", &eu).await.body);
        fits(&user, "/api/v1/metadata/limits", &s.get("/dialogporten/api/v1/metadata/limits", "").await.body);
        s.send("PUT", &format!("{EU}/{id}/context/systemlabels"), &eu, &[], Some(&json!({"addLabels": ["Bin"]})))
            .await
            .expect(204);
        let log = s.get(&format!("{EU}/{id}/context/labellog"), &eu).await.expect(200).body;
        fits(&user, "/api/v1/enduser/dialogs/{dialogId}/context/labellog", &log);
    }
}
