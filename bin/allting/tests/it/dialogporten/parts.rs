//! Rights to parts of a dialog, as a policy with sub-resources and tasks decides them (dialogporten §12).

use super::{CITIZEN, CONDOMINIUM, DIRECTOR, OWNER, USER, app, dialog, owner, person};
use crate::resourceregistry::{create, document, skd, upload};
use crate::support::TestApp;
use serde_json::{Value, json};

const SERVICE: &str = "skd-parts";

/// A rule for the managing director: action and further attribute of the resource.
fn rule(action: &str, part: Option<(&str, &str)>) -> String {
    let matching = |category: &str, attribute: &str, value: &str| {
        format!(
            "<Match MatchId=\"urn:oasis:names:tc:xacml:1.0:function:string-equal\"><AttributeValue DataType=\"http://www.w3.org/2001/XMLSchema#string\">{value}</AttributeValue><AttributeDesignator AttributeId=\"{attribute}\" Category=\"urn:oasis:names:tc:xacml:{category}\" DataType=\"http://www.w3.org/2001/XMLSchema#string\" MustBePresent=\"false\"/></Match>"
        )
    };
    let resource = "3.0:attribute-category:resource";
    let part = part.map(|(id, value)| matching(resource, id, value)).unwrap_or_default();
    let all = |matches: String| format!("<AnyOf><AllOf>{matches}</AllOf></AnyOf>");
    let targets = [
        all(matching("1.0:subject-category:access-subject", "urn:altinn:rolecode", "dagl")),
        all(matching(resource, "urn:altinn:resource", SERVICE) + &part),
        all(matching(
            "3.0:attribute-category:action",
            "urn:oasis:names:tc:xacml:1.0:action:action-id",
            action,
        )),
    ];
    format!("<Rule RuleId=\"{action}\" Effect=\"Permit\"><Target>{}</Target></Rule>", targets.concat())
}

/// Registers the service with these rules and makes a dialog of four parts; answers its id.
async fn dialog_with(app: &TestApp, rules: &[String]) -> String {
    let registrar = skd(app).await;
    assert_eq!(create(app, &registrar, &document(SERVICE)).await.status, 201);
    let policy = format!(
        "<Policy xmlns=\"urn:oasis:names:tc:xacml:3.0:core:schema:wd-17\" PolicyId=\"p\" Version=\"1.0\" RuleCombiningAlgId=\"urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides\"><Target/>{}</Policy>",
        rules.concat()
    );
    let stored = upload(app, &registrar, SERVICE, &policy).await;
    assert_eq!(stored.status, 201, "{}", stored.text());
    let texts = |text: &str| json!([{"value": text, "languageCode": "nb"}]);
    let action = |action: &str, part: Option<&str>, priority: &str| {
        json!({"action": action, "authorizationAttribute": part, "url": format!("https://skd.example/{action}"),
            "priority": priority, "title": texts(action)})
    };
    let transmission = |part: Option<&str>| {
        json!({"type": "Decision", "authorizationAttribute": part, "sender": {"actorType": "ServiceOwner"},
            "content": {"title": {"value": texts("Vedtak")}, "summary": {"value": texts("Vedtak")}}})
    };
    let mut body = dialog(SERVICE);
    body["guiActions"] = json!([
        action("read", None, "Primary"),
        action("sign", Some("urn:altinn:task:Task_1"), "Secondary"),
        action("sign", Some("urn:altinn:task:Task_2"), "Tertiary"),
    ]);
    body["transmissions"] =
        json!([transmission(Some("decision")), transmission(Some("letter")), transmission(None)]);
    let made = app.post(OWNER).bearer(&owner(app).await).json(&body).send().await;
    assert_eq!(made.status, 201, "{}", made.text());
    made.json().as_str().unwrap().to_owned()
}

/// `isAuthorized` of each, in order.
fn authorized(list: &Value) -> Vec<bool> {
    list.as_array().unwrap().iter().map(|part| part["isAuthorized"].as_bool().unwrap()).collect()
}

#[tokio::test]
async fn a_policy_gives_rights_to_named_parts_alone() {
    let app = app().await;
    let rules = [
        rule("read", None),
        rule("transmissionread", Some(("urn:altinn:subresource", "decision"))),
        rule("sign", Some(("urn:altinn:task", "Task_1"))),
    ];
    let id = dialog_with(&app, &rules).await;
    let director = person(&app, DIRECTOR).await;
    let open = app.get(&format!("{USER}/{id}")).bearer(&director).send().await;
    assert_eq!(open.status, 200, "{}", open.text());
    let open = open.json();
    assert_eq!(authorized(&open["guiActions"]), [true, true, false]);
    assert_eq!(open["guiActions"][2]["url"], "urn:dialogporten:unauthorized");
    assert_eq!(authorized(&open["transmissions"]), [true, false, true]);
    let list = app.get(&format!("{USER}/{id}/transmissions")).bearer(&director).send().await;
    assert_eq!(authorized(&list.json()), [true, false, true]);
}

#[tokio::test]
async fn a_right_to_a_part_opens_the_dialog_with_the_rest_hidden() {
    let app = app().await;
    let id = dialog_with(&app, &[rule("sign", Some(("urn:altinn:task", "Task_1")))]).await;
    let director = person(&app, DIRECTOR).await;
    let list = format!("{USER}?party=urn:altinn:organization:identifier-no:{CONDOMINIUM}");
    let page = app.get(&list).bearer(&director).send().await.json();
    assert_eq!(page["items"][0]["id"], id.as_str());
    let path = format!("{USER}/{id}");
    let open = app.get(&path).bearer(&director).send().await;
    assert_eq!(open.status, 200, "{}", open.text());
    let open = open.json();
    assert_eq!(authorized(&open["guiActions"]), [false, true, false]);
    assert_eq!(authorized(&open["transmissions"]), [false, false, false]);
    // Parts by themselves ask for a right to the dialog as a whole; labels do not.
    for part in ["transmissions", "activities", "seenlog", "context/labellog"] {
        let refused = app.get(&format!("{path}/{part}")).bearer(&director).send().await;
        assert_eq!(refused.status, 404, "{part}: {}", refused.text());
    }
    let labels = json!({"addLabels": ["Archive"]});
    let path = format!("{path}/context/systemlabels");
    assert_eq!(app.put(&path).bearer(&director).json(&labels).send().await.status, 204);

    let stranger = person(&app, CITIZEN).await;
    assert_eq!(app.get(&format!("{USER}/{id}")).bearer(&stranger).send().await.status, 403);
    assert_eq!(app.put(&path).bearer(&stranger).json(&labels).send().await.status, 403);
    assert_eq!(app.get(&list).bearer(&stranger).send().await.json()["items"], json!([]));
}
