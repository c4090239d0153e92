use super::{CITIZEN, CONDOMINIUM, DIRECTOR, world};
use serde_json::json;

#[tokio::test]
async fn a_user_lists_its_parties_and_its_roles_for_one() {
    let world = world().await;
    let (director, citizen) = (world.person(DIRECTOR).await, world.person(CITIZEN).await);
    let condominium = world.organisation(CONDOMINIUM).await;
    let (user, other) = (director.user_id.unwrap(), citizen.user_id.unwrap());
    let token = world.app.test_token("GetPersonalToken", &format!("userId={user}")).await;
    let get = async |path: String| world.app.get(&path).bearer(&token).send().await;
    let parties = |user: i64| format!("/authorization/api/v1/parties?userId={user}");
    let list = get(parties(user)).await;
    assert_eq!(list.status, 200, "{}", list.text());
    let list = list.json();
    let list = list.as_array().unwrap();
    let one = |id: i64| list.iter().find(|party| party["partyId"] == id).unwrap();
    let itself = one(director.id);
    assert_eq!((&itself["partyTypeName"], &itself["name"]), (&json!(1), &json!("Nordli Kari")));
    let unit = one(condominium.id);
    assert_eq!((&unit["orgNumber"], &unit["partyTypeName"]), (&json!(CONDOMINIUM), &json!(2)));
    assert_eq!(unit["onlyHierarchyElementWithNoAccess"], false);
    assert_eq!(get(parties(0)).await.status, 404);
    assert_eq!(get(parties(other)).await.status, 403);

    let roles = |user: i64, party: i64| {
        format!("/authorization/api/v1/roles?coveredByUserId={user}&offeredByPartyId={party}")
    };
    let held = get(roles(user, condominium.id)).await;
    assert_eq!(held.status, 200, "{}", held.text());
    assert!(held.json().as_array().unwrap().contains(&json!({"type": "altinn", "value": "DAGL"})));
    assert_eq!(get(roles(user, citizen.id)).await.status, 404);
    assert_eq!(get(roles(other, condominium.id)).await.status, 403);
    assert_eq!(get(roles(0, condominium.id)).await.status, 400);
}
