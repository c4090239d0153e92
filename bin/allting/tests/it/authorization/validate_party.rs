use super::{CITIZEN, CONDOMINIUM, DIRECTOR, world};

#[tokio::test]
async fn a_user_asks_about_itself_alone() {
    let world = world().await;
    let (director, citizen) = (world.person(DIRECTOR).await, world.person(CITIZEN).await);
    let condominium = world.organisation(CONDOMINIUM).await.id;
    let user = director.user_id.unwrap();
    let token = world.app.test_token("GetPersonalToken", &format!("userId={user}")).await;
    let path =
        |party: i64, user: i64| format!("/authorization/api/v1/parties/{party}/validate?userId={user}");
    for (party, user, status, body) in [
        (condominium, user, 200, "true"),
        (director.id, user, 200, "true"),
        (citizen.id, user, 200, "false"),
        (1, user, 200, "false"),
        (condominium, citizen.user_id.unwrap(), 403, ""),
        (condominium, 0, 404, ""),
        (0, user, 404, ""),
    ] {
        let answer = world.app.get(&path(party, user)).bearer(&token).send().await;
        assert_eq!((answer.status.as_u16(), answer.text().as_str()), (status, body), "{party} {user}");
    }
    assert_eq!(world.app.get(&path(condominium, user)).send().await.status, 401);
}
