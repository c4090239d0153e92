use super::{CITIZEN, DIRECTOR, world};
use serde_json::json;

/// Grants that stand, wherever access management keeps them.
async fn given(world: &super::World) -> (i64, i64) {
    (world.app.count("authn_systemuser").await, world.app.count("am_assignment").await)
}

#[tokio::test]
async fn only_who_holds_the_role_may_say_yes_and_only_once() {
    let world = world().await;
    world.register(json!({})).await;
    let request = world.ask(json!({})).await.json();
    let path = format!(
        "/authentication/api/v1/systemuser/request/{}/{}/approve",
        world.customer().await.id,
        request["id"].as_str().unwrap()
    );
    let before = given(&world).await;
    let citizen = world.app.post(&path).bearer(&world.person(CITIZEN).await).send().await;
    assert_eq!((citizen.status.as_u16(), citizen.body.len()), (403, 0));
    assert_eq!(world.app.post(&path).send().await.status, 401);
    assert_eq!(world.app.post(&path).bearer(&world.vendor).send().await.status, 403);
    assert_eq!(given(&world).await, before);

    let director = world.person(DIRECTOR).await;
    assert_eq!(world.app.post(&path).bearer(&director).send().await.status, 200);
    let after = given(&world).await;
    assert_eq!(after.0, 1);
    let again = world.app.post(&path).bearer(&director).send().await;
    assert_eq!((again.status.as_u16(), &again.json()["code"]), (409, &json!("AUTH-00013")));
    assert_eq!(given(&world).await, after);
}

/// The system may ask for it, since its type can be delegated; the resource itself says that it is never passed on.
#[tokio::test]
async fn what_the_approver_cannot_delegate_stops_the_approval() {
    let world = world().await;
    let right =
        json!([{ "resource": [{ "id": "urn:altinn:resource", "value": "altinn_access_management" }] }]);
    assert_eq!(world.register(json!({"rights": right})).await.status, 200);
    let request = world.ask(json!({"rights": right})).await.json();
    let path = format!(
        "/authentication/api/v1/systemuser/request/{}/{}/approve",
        world.customer().await.id,
        request["id"].as_str().unwrap()
    );
    let before = given(&world).await;
    let refused = world.app.post(&path).bearer(&world.person(DIRECTOR).await).send().await;
    assert_eq!((refused.status.as_u16(), &refused.json()["code"]), (403, &json!("AUTH-00070")));
    assert!(refused.json()["delegationReasons"].as_str().unwrap().contains("ResourceNotDelegable"));
    assert_eq!(given(&world).await, before);
    let of_vendor =
        format!("/authentication/api/v1/systemuser/request/vendor/{}", request["id"].as_str().unwrap());
    assert_eq!(world.app.get(&of_vendor).bearer(&world.vendor).send().await.json()["status"], "New");
}
