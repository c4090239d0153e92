use super::{CONDOMINIUM, DIRECTOR, attributes, world};
use crate::resourceregistry::policy;
use serde_json::json;

const PATH: &str = "/authorization/api/v1/policies";

#[tokio::test]
async fn the_designer_puts_the_policy_of_an_app_in_place() {
    let world = world().await;
    let app = &world.app;
    // The token generator's names of apps have no dots.
    let now = app.ctx.clock.now().as_second();
    let claims =
        json!({"iss": "platform", "urn:altinn:app": "studio.designer", "iat": now, "exp": now + 300});
    let designer = app.ctx.keys.altinn.sign(&claims).unwrap();
    let put = async |query: &str, xml: &str, token: &str| {
        app.post(&format!("{PATH}{query}"))
            .header("PlatformAccessToken", token)
            .body(xml.to_owned())
            .send()
            .await
    };
    let xml = policy("app_ttd_apps-test", "dagl");
    let stored = put("?org=ttd&app=apps-test", &xml, &designer).await;
    assert_eq!((stored.status.as_u16(), stored.text().as_str()), (200, ""));
    let user = world.person(DIRECTOR).await.user_id.unwrap().to_string();
    let party = world.organisation(CONDOMINIUM).await.id.to_string();
    let asked = json!({ "Request": {
        "AccessSubject": attributes(&[("urn:altinn:userid", &user)]),
        "Resource": attributes(&[("urn:altinn:org", "ttd"), ("urn:altinn:app", "apps-test"), ("urn:altinn:partyid", &party)]),
        "Action": attributes(&[("urn:oasis:names:tc:xacml:1.0:action:action-id", "read")]),
    }});
    assert_eq!(world.decision(&asked).await.json()["response"][0]["decision"], "Permit");
    let roles = app.get(&format!("{PATH}/roleswithaccess/ttd/apps-test")).send().await;
    assert_eq!(roles.json(), json!(["dagl"]));
    let resource = app.get("/resourceregistry/api/v1/resource/app_ttd_apps-test").send().await;
    assert_eq!(resource.json()["resourceType"], "AltinnApp");

    let before = app.count("rr_policy_version").await;
    let other = app.test_token("GetPlatformAccessToken", "app=other").await;
    assert_eq!(put("?org=ttd&app=apps-test", &xml, &other).await.status, 403);
    let person = app.test_token("GetPersonalToken", &format!("userId={user}")).await;
    assert_eq!(put("?org=ttd&app=apps-test", &xml, &person).await.status, 401);
    assert_eq!(app.post(PATH).bearer(&person).send().await.status, 401);
    for (query, xml, reason) in [
        ("?app=apps-test", xml.as_str(), "Both org and app"),
        ("?org=ttd&app=../x", &xml, "Both org and app"),
        ("?org=nobody&app=apps-test", &xml, "no service owner"),
        ("?org=ttd&app=apps-test", "", "must not be empty"),
        ("?org=ttd&app=apps-test", "<Policy", "Invalid policy"),
        ("?org=ttd&app=other-app", &xml, "not for resource app_ttd_other-app"),
    ] {
        let refused = put(query, xml, &designer).await;
        assert_eq!(refused.status, 400, "{query} {reason}");
        assert!(refused.text().contains(reason), "{}", refused.text());
    }
    assert_eq!(app.count("rr_policy_version").await, before);
    let none = app.get(&format!("{PATH}/roleswithaccess/ttd/nothing")).send().await;
    assert_eq!(none.status, 404);
}
