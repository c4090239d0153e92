use super::{CITIZEN, CONDOMINIUM, DIRECTOR, RESOURCE, World, world};
use ports::accessmanagement::{Grant, Right};
use serde_json::Value;

async fn decisions(world: &World) -> [Value; 2] {
    let party = world.organisation(CONDOMINIUM).await;
    let read = world.of_user(CITIZEN, RESOURCE, &party, "read").await;
    let write = world.of_user(CITIZEN, RESOURCE, &party, "write").await;
    [read["decision"].clone(), write["decision"].clone()]
}

#[tokio::test]
async fn what_is_given_holds_at_once_and_what_is_taken_is_gone_at_once() {
    let world = world().await;
    let (from, to) = (world.organisation(CONDOMINIUM).await.uuid, world.person(CITIZEN).await.uuid);
    let by = world.person(DIRECTOR).await.uuid;
    let right = |action: Option<&str>| {
        Grant::Right(Right { resource: RESOURCE.to_owned(), action: action.map(str::to_owned) })
    };
    let other = Grant::Right(Right { resource: "altinn_keyrole_access".to_owned(), action: None });
    let package = Grant::Package("urn:altinn:accesspackage:skattegrunnlag".to_owned());
    for (grant, expected) in [
        (right(Some("read")), ["Permit", "NotApplicable"]),
        (right(None), ["Permit", "Permit"]),
        (package, ["Permit", "Permit"]),
        (other, ["NotApplicable", "NotApplicable"]),
    ] {
        assert_eq!(decisions(&world).await, ["NotApplicable", "NotApplicable"]);
        let mut tx = world.app.ctx.db.begin("test").await.unwrap();
        world.access.grant(&mut tx, from, to, by, std::slice::from_ref(&grant)).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(decisions(&world).await, expected, "{grant:?}");
        let mut tx = world.app.ctx.db.begin("test").await.unwrap();
        world.access.revoke_all(&mut tx, from, to, by).await.unwrap();
        tx.commit().await.unwrap();
    }
    assert_eq!(decisions(&world).await, ["NotApplicable", "NotApplicable"]);
}
