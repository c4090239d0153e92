use super::{CONDOMINIUM, DIRECTOR, RESOURCE, world};
use ports::authorization::{Effect, Pdp, Question, Subject};

db::statements! {
    LAST = "test.last_decision", "SELECT resource, operation, decision, request FROM az_decision";
}

#[tokio::test]
async fn a_single_decision_leaves_a_row_without_identity_numbers_and_several_at_once_leave_none() {
    let world = world().await;
    let director = world.person(DIRECTOR).await;
    let condominium = world.organisation(CONDOMINIUM).await;
    let question = Question {
        subject: Subject::Party(director.uuid),
        resource: RESOURCE.to_owned(),
        party: condominium.uuid,
        action: "read".to_owned(),
        instance: None,
        attribute: None,
    };
    let both = world.pdp.decide_all(&[question.clone(), question.clone()]).await.unwrap();
    assert!(both.iter().all(|decision| decision.effect == Effect::Permit));
    world.pdp.flush().await;
    assert_eq!(world.app.count("az_decision").await, 0);

    let decision = world.pdp.decide(&question).await.unwrap();
    assert_eq!((decision.effect, decision.minimum_level), (Effect::Permit, Some(3)));
    assert!(decision.why[0].contains("urn:altinn:rolecode:dagl"), "{:?}", decision.why);
    world.pdp.flush().await;
    let row = world.app.ctx.db.query_one(&LAST, &[]).await.unwrap();
    assert_eq!(row.get::<String>(0).unwrap(), RESOURCE);
    assert_eq!(row.get::<String>(1).unwrap(), "read");
    assert_eq!(row.get::<i64>(2).unwrap(), 0);
    assert!(!row.get::<String>(3).unwrap().contains(DIRECTOR));
}
