use super::{DIRECTOR, SYSTEM, world};
use ::population::personas::{CONDOMINIUM, VENDOR};
use serde_json::json;

/// The flow that integrators run end to end (identity §4.12), from registration to revocation.
#[tokio::test]
async fn a_vendor_gets_a_system_user_and_loses_it_again() {
    let world = world().await;
    let app = &world.app;
    assert_eq!(world.register(json!({})).await.status, 200);
    let asked = world.ask(json!({})).await;
    assert_eq!(asked.status, 201, "{}", asked.text());
    let request = asked.json();
    assert_eq!(request["status"], "New");
    let id = request["id"].as_str().unwrap();
    assert!(request["confirmUrl"].as_str().unwrap().contains(&format!("/systemuser/request?id={id}&")));

    // Nobody has said yes: no token, no access.
    let refused = world.system_user_token("before").await;
    assert_eq!(refused.status, 400);
    assert_eq!(refused.json()["error"], "invalid_altinn_customer_configuration");
    assert_eq!(world.decision(id).await, "NotApplicable");

    let (director, customer) = (world.person(DIRECTOR).await, world.customer().await);
    let portal = "/accessmanagement/api/v1/systemuser";
    let view = app.get(&format!("{portal}/request/{id}")).bearer(&director).send().await;
    assert_eq!(view.status, 200, "{}", view.text());
    assert_eq!(view.json()["partyUuid"], json!(customer.uuid));
    assert_eq!(view.json()["userMayEscalateButNotApprove"], false);
    let approve = format!("{portal}/request/{}/{id}/approve", customer.id);
    let approved = app.post(&approve).bearer(&director).send().await;
    assert_eq!((approved.status.as_u16(), approved.text().as_str()), (200, "true"));

    let of_vendor = format!("/authentication/api/v1/systemuser/request/vendor/{id}");
    assert_eq!(app.get(&of_vendor).bearer(&world.vendor).send().await.json()["status"], "Accepted");
    let query =
        format!("/authentication/api/v1/systemuser/vendor/byquery?system-id={SYSTEM}&orgno={CONDOMINIUM}");
    let found = app.get(&query).bearer(&world.vendor).send().await;
    assert_eq!((found.status.as_u16(), &found.json()["id"]), (200, &json!(id)));

    let issued = world.system_user_token("after").await;
    assert_eq!(issued.status, 200, "{}", issued.text());
    let token = issued.json()["access_token"].as_str().unwrap().to_owned();
    let unverified = jose::Unverified::parse(&token, 16 * 1024).unwrap();
    let detail = &unverified.claims()["authorization_details"][0];
    assert_eq!(detail["systemuser_id"], json!([id]));
    assert_eq!(
        (&detail["system_id"], &detail["systemuser_org"]["ID"]),
        (&json!(SYSTEM), &json!(format!("0192:{CONDOMINIUM}")))
    );
    assert_eq!(unverified.claims()["consumer"]["ID"], format!("0192:{VENDOR}"));
    assert_eq!(world.decision(id).await, "Permit");

    // Revocation counts for the very next call.
    let one = format!("/authentication/api/v1/systemuser/{}/{id}", customer.id);
    let revoked = app.delete(&one).bearer(&director).send().await;
    assert_eq!((revoked.status.as_u16(), revoked.text().as_str()), (202, "1"));
    assert_eq!(world.decision(id).await, "NotApplicable");
    assert_eq!(world.system_user_token("revoked").await.status, 400);
    assert_eq!(app.get(&of_vendor).bearer(&world.vendor).send().await.json()["code"], "AUTH-00010");
    assert_eq!(app.get(&query).bearer(&world.vendor).send().await.status, 404);
}

/// A package reaches the resources whose policies name it.
#[tokio::test]
async fn a_package_gives_the_same_access() {
    let world = world().await;
    world.register(json!({})).await;
    let request = world.ask(json!({"rights": [], "accessPackages": [{"urn": super::PACKAGE}]})).await.json();
    let id = request["id"].as_str().unwrap();
    let path =
        format!("/authentication/api/v1/systemuser/request/{}/{id}/approve", world.customer().await.id);
    let approved = world.app.post(&path).bearer(&world.person(DIRECTOR).await).send().await;
    assert_eq!((approved.status.as_u16(), approved.text().as_str()), (200, "true"));
    assert_eq!(world.decision(id).await, "Permit");
}

#[tokio::test]
async fn what_the_registry_and_the_catalogue_do_not_know_is_not_registered() {
    let world = world().await;
    let unknown = json!([{ "resource": [{ "id": "urn:altinn:resource", "value": "no-such-resource" }] }]);
    let cases = [
        (json!({"rights": unknown}), "AUTH.VLD-00003"),
        (json!({"accessPackages": [{"urn": "urn:altinn:accesspackage:no-such-package"}]}), "AUTH.VLD-00008"),
    ];
    for (change, code) in cases {
        let answer = world.register(change).await;
        assert_eq!(answer.status, 400);
        assert_eq!(answer.json()["validationErrors"][0]["code"], code);
    }
    let foreign = world.register(json!({"vendor": {"ID": format!("0192:{CONDOMINIUM}")}})).await;
    assert_eq!((foreign.status.as_u16(), foreign.text().as_str()), (403, ""));
    assert_eq!(world.app.count("authn_system").await, 0);
    let nobody = world.ask(json!({"partyOrgNo": "999999999"})).await;
    assert_eq!((nobody.status.as_u16(), &nobody.json()["code"]), (404, &json!("AUTH-00011")));
    world.register(json!({})).await;
    let nobody = world.ask(json!({"partyOrgNo": "999999999"})).await;
    assert_eq!((nobody.status.as_u16(), &nobody.json()["code"]), (400, &json!("AUTH-00000")));
    assert_eq!(world.app.count("authn_systemuser_request").await, 0);
}
