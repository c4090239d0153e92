use super::{CONDOMINIUM, DIRECTOR, OTHER_CONDOMINIUM, RESOURCE, World, question, world};
use ports::accessmanagement::{Grant, Right};
use ports::authentication::SystemUserApprovals;
use ports::population::PopulationSink;
use serde_json::{Value, json};
use uuid::{Uuid, uuid};

const WITH_RIGHT: Uuid = uuid!("0195cf11-92fc-71bb-9dac-2a28e3d5f26b");
const WITH_PACKAGE: Uuid = uuid!("0195cf11-92fc-71bb-9dac-2a28e3d5f26c");
const WITH_NOTHING: Uuid = uuid!("0195cf11-92fc-71bb-9dac-2a28e3d5f26d");

fn deps(world: &World) -> authentication::Deps {
    authentication::Deps {
        register: world.register.clone(),
        resources: world.resources.clone(),
        access: world.access.clone(),
        pdp: world.pdp.clone(),
        upstreams: vec![],
    }
}

async fn system_users(world: &World) {
    let sink = authentication::SystemUserPopulation::new(&world.app.ctx, &deps(world));
    let texts = json!({ "nb": "Prøve", "nn": "Prøve", "en": "Trial" });
    let system = json!({
        "id": "310200409_trial", "vendor": { "ID": "0192:310200409" }, "name": texts, "description": texts,
        "rights": [{ "resource": [{ "id": "urn:altinn:resource", "value": RESOURCE }] }],
        "accessPackages": [{ "urn": "urn:altinn:accesspackage:skattegrunnlag" }],
        "clientId": ["0d1c2b3a-0000-4000-8000-00000000beef"], "isVisible": true, "allowedRedirectUrls": [],
    });
    let user = |id: Uuid, more: Value| {
        let mut item = json!({
            "id": id, "system": "310200409_trial", "type": "standard", "externalRef": id.to_string(),
            "party": format!("urn:altinn:organization:identifier-no:{CONDOMINIUM}"),
        });
        item.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
        item
    };
    let users = [
        user(WITH_RIGHT, json!({ "rights": [{ "resource": RESOURCE }] })),
        user(WITH_PACKAGE, json!({ "packages": ["skattegrunnlag"] })),
        user(WITH_NOTHING, json!({})),
    ];
    let mut tx = world.app.ctx.db.begin("test").await.unwrap();
    sink.load(&mut tx, "systems", &[system]).await.unwrap();
    sink.load(&mut tx, "systemUsers", &users).await.unwrap();
    tx.commit().await.unwrap();
}

async fn decision(world: &World, id: Uuid, resource: &str, party: &str) -> Value {
    let party = world.organisation(party).await;
    let body = question(&[("urn:altinn:systemuser:uuid", &id.to_string())], resource, &party, "write");
    world.decision(&body).await.json()["response"][0]["decision"].clone()
}

#[tokio::test]
async fn it_may_do_what_it_was_given_for_its_owner_and_nothing_else() {
    let world = world().await;
    system_users(&world).await;
    assert_eq!(decision(&world, WITH_RIGHT, RESOURCE, CONDOMINIUM).await, "Permit");
    assert_eq!(decision(&world, WITH_PACKAGE, RESOURCE, CONDOMINIUM).await, "Permit");
    // Its owner's managing director may, but the owner's roles are not the system user's.
    assert_eq!(decision(&world, WITH_NOTHING, RESOURCE, CONDOMINIUM).await, "NotApplicable");
    let other = "ske-innrapportering-boligselskap";
    assert_eq!(decision(&world, WITH_RIGHT, other, CONDOMINIUM).await, "NotApplicable");
    assert_eq!(decision(&world, WITH_RIGHT, RESOURCE, OTHER_CONDOMINIUM).await, "NotApplicable");
}

#[tokio::test]
async fn a_revoked_one_is_refused_at_the_very_next_call() {
    let world = world().await;
    system_users(&world).await;
    let director = world.person(DIRECTOR).await;
    let approvals = authentication::Approvals::new(&world.app.ctx, &deps(&world));
    for id in [WITH_RIGHT, WITH_PACKAGE] {
        assert_eq!(decision(&world, id, RESOURCE, CONDOMINIUM).await, "Permit");
        approvals.revoke(director.uuid, 3, id).await.unwrap().unwrap();
        assert_eq!(decision(&world, id, RESOURCE, CONDOMINIUM).await, "NotApplicable");
    }
    assert!(world.system_users.system_user(WITH_RIGHT).await.unwrap().unwrap().deleted);

    // Nothing that reaches it afterwards counts.
    let (owner, right) =
        (world.organisation(CONDOMINIUM).await.uuid, Right { resource: RESOURCE.to_owned(), action: None });
    let mut tx = world.app.ctx.db.begin("test").await.unwrap();
    world.access.grant(&mut tx, owner, WITH_RIGHT, director.uuid, &[Grant::Right(right)]).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(decision(&world, WITH_RIGHT, RESOURCE, CONDOMINIUM).await, "NotApplicable");
}

#[tokio::test]
async fn it_stands_alone_as_a_subject() {
    let world = world().await;
    system_users(&world).await;
    let party = world.organisation(CONDOMINIUM).await;
    let id = WITH_RIGHT.to_string();
    let subject = [("urn:altinn:systemuser:uuid", id.as_str()), ("urn:altinn:userid", "1")];
    let answer = world.decision(&question(&subject, RESOURCE, &party, "write")).await.json();
    assert_eq!(answer["response"][0]["decision"], "Indeterminate");
}
