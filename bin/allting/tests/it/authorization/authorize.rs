use super::{CONDOMINIUM, DIRECTOR, RESOURCE, question, world};
use serde_json::Value;

const PATH: &str = "/authorization/api/v1/authorize";
const PROCESSING_ERROR: &str = "urn:oasis:names:tc:xacml:1.0:status:processing-error";

#[tokio::test]
async fn it_wants_a_token_with_its_scope() {
    let world = world().await;
    let party = world.organisation(CONDOMINIUM).await;
    let body = question(&[("urn:altinn:person:identifier-no", DIRECTOR)], RESOURCE, &party, "read");
    let answer = world.app.post(PATH).json(&body).send().await;
    assert_eq!((answer.status.as_u16(), answer.body.len()), (401, 0));
    let wrong =
        world.app.test_token("GetEnterpriseToken", "scopes=altinn:other&org=skd&orgNo=974761076").await;
    let answer = world.app.post(PATH).bearer(&wrong).json(&body).send().await;
    assert_eq!((answer.status.as_u16(), answer.body.len()), (403, 0));
}

#[tokio::test]
async fn people_may_be_named_by_number_and_broken_arguments_are_processing_errors() {
    let world = world().await;
    let party = world.organisation(CONDOMINIUM).await;
    let token = world
        .app
        .test_token("GetEnterpriseToken", "scopes=altinn:authorization/authorize&org=skd&orgNo=974761076")
        .await;
    let ask = async |body: Value| {
        let answer = world.app.post(PATH).bearer(&token).json(&body).send().await;
        assert_eq!(answer.status, 200);
        answer.json()["response"][0].clone()
    };
    let person = ("urn:altinn:person:identifier-no", DIRECTOR);
    assert_eq!(ask(question(&[person], RESOURCE, &party, "read")).await["decision"], "Permit");
    for (subject, resource) in [
        (vec![person, ("urn:altinn:userid", "1")], RESOURCE),
        (vec![person, ("urn:altinn:organizationnumber", CONDOMINIUM)], RESOURCE),
        (vec![("urn:altinn:person:identifier-no", "00000000000")], RESOURCE),
        (vec![("urn:altinn:systemuser:uuid", "x")], RESOURCE),
        (vec![person], "no-such-resource"),
    ] {
        let result = ask(question(&subject, resource, &party, "read")).await;
        assert_eq!(result["decision"], "Indeterminate", "{subject:?}");
        assert_eq!(result["status"]["statusCode"]["value"], PROCESSING_ERROR, "{subject:?}");
    }
}
