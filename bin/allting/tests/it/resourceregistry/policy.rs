use super::{BASE, create, document, policy, skd, token, upload};
use crate::support::app;
use serde_json::{Value, json};

async fn decision(app: &crate::support::TestApp, user: i64, party: i64) -> Value {
    let one = |id: &str, value: String| json!({ "AttributeId": id, "Value": value });
    let body = json!({ "Request": {
        "AccessSubject": [{ "Attribute": [one("urn:altinn:userid", user.to_string())] }],
        "Resource": [{ "Attribute": [one("urn:altinn:resource", "skd-trial".into()),
            one("urn:altinn:partyid", party.to_string())] }],
        "Action": [{ "Attribute": [one("urn:oasis:names:tc:xacml:1.0:action:action-id", "read".into())] }],
    }});
    let answer = app.post("/authorization/api/v1/decision").json(&body).send().await.json();
    answer["response"][0]["decision"].clone()
}

#[tokio::test]
async fn a_new_policy_holds_at_the_next_decision() {
    use ports::register::{PartyRef, Register};
    let app = app().await;
    let register = register::Register::new(&app.ctx);
    let user = register.party(&PartyRef::Pid("12837122463".into())).await.unwrap().unwrap().user_id.unwrap();
    let party = register.party(&PartyRef::OrgNo("310200107".into())).await.unwrap().unwrap().id;
    let token = skd(&app).await;
    create(&app, &token, &document("skd-trial")).await;
    let stored = upload(&app, &token, "skd-trial", &policy("skd-trial", "dagl")).await;
    assert_eq!((stored.status.as_u16(), stored.body.len()), (201, 0), "{}", stored.text());
    assert_eq!(stored.header("location"), "skd-trial/policy");
    assert_eq!(decision(&app, user, party).await, "Permit");
    upload(&app, &token, "skd-trial", &policy("skd-trial", "revi")).await;
    assert_eq!(decision(&app, user, party).await, "NotApplicable");
    upload(&app, &token, "skd-trial", &policy("skd-trial", "dagl")).await;
    assert_eq!(decision(&app, user, party).await, "Permit");
    app.delete(&format!("{BASE}/skd-trial")).bearer(&token).send().await;
    assert_eq!(decision(&app, user, party).await, "Indeterminate");
}

#[tokio::test]
async fn a_policy_is_read_back_and_taken_apart() {
    let app = app().await;
    let token = skd(&app).await;
    create(&app, &token, &document("skd-trial")).await;
    let path = format!("{BASE}/skd-trial/policy");
    assert_eq!(app.get(&path).send().await.status, 404);
    let rights = "/resourceregistry/api/v2/resource/skd-trial/policy/rights";
    assert_eq!(app.get(rights).send().await.json(), json!([]));
    let xml = policy("skd-trial", "dagl");
    upload(&app, &token, "skd-trial", &xml).await;
    let answer = app.get(&path).send().await;
    assert_eq!((answer.header("content-type"), answer.text()), ("text/xml", xml));
    let subjects = app.get(&format!("{path}/subjects")).send().await.json();
    assert_eq!(
        subjects["data"],
        json!([{ "type": "urn:altinn:rolecode", "value": "dagl", "urn": "urn:altinn:rolecode:dagl" }])
    );
    let rules = app.get(&format!("{path}/rules")).send().await.json();
    assert_eq!(rules[0]["action"]["value"], "read");
    let named = app.get(rights).header("accept-language", "en").send().await.json();
    assert_eq!((named.as_array().unwrap().len(), &named[0]["name"]), (1, &json!("Read")));
    assert_eq!(app.get("/resourceregistry/api/v2/resource/nothing/policy/rights").send().await.status, 404);
}

#[tokio::test]
async fn a_bad_policy_is_refused_with_its_reason() {
    let app = app().await;
    let token_of_owner = skd(&app).await;
    create(&app, &token_of_owner, &document("skd-trial")).await;
    let before = app.count("rr_policy_version").await;
    for (xml, reason) in [
        ("<Policy", "line 1"),
        ("<!DOCTYPE a [<!ENTITY x \"y\">]><Policy/>", "document type"),
        (policy("skd-other", "dagl").as_str(), "not for resource skd-trial"),
    ] {
        let answer = upload(&app, &token_of_owner, "skd-trial", xml).await;
        assert_eq!(answer.status, 400);
        assert!(answer.text().contains(reason), "{}", answer.text());
    }
    let unknown = upload(&app, &token_of_owner, "skd-other", &policy("skd-other", "dagl")).await;
    assert_eq!((unknown.status.as_u16(), unknown.text().as_str()), (400, "Unknown resource"));
    let foreign = token(&app, "brg", "974760673").await;
    assert_eq!(upload(&app, &foreign, "skd-trial", &policy("skd-trial", "dagl")).await.status, 403);
    let empty = app.post(&format!("{BASE}/skd-trial/policy")).bearer(&token_of_owner).send().await;
    assert_eq!(empty.status, 400);
    assert_eq!(app.count("rr_policy_version").await, before);
}

#[tokio::test]
async fn starting_again_keeps_what_an_owner_has_changed_and_changes_nothing_else() {
    let app = app().await;
    let id = "ske-innrapportering-boligsameie";
    let registry = resourceregistry::ResourceRegistry::new(&app.ctx);
    let versions = app.count("rr_policy_version").await;
    registry.seed().await.unwrap();
    assert_eq!(app.count("rr_policy_version").await, versions);
    let token = skd(&app).await;
    let own = policy(id, "dagl");
    assert_eq!(upload(&app, &token, id, &own).await.status, 201);
    registry.seed().await.unwrap();
    assert_eq!(app.get(&format!("{BASE}/{id}/policy")).send().await.text(), own);
}
