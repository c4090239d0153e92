use super::{CITIZEN, CONDOMINIUM, DIRECTOR, RESOURCE, world};

fn path(subject: &str, resource: &str, action: &str) -> String {
    format!(
        "/allting/api/v1/explain/access?subject=urn:altinn:person:identifier-no:{subject}&resource={resource}\
         &party=urn:altinn:organization:identifier-no:{CONDOMINIUM}&action={action}"
    )
}

#[tokio::test]
async fn the_rule_and_the_role_are_named_or_what_was_looked_for() {
    let world = world().await;
    let permitted = world.app.get(&path(DIRECTOR, RESOURCE, "write")).send().await.json();
    assert_eq!(permitted["decision"], "Permit");
    assert_eq!(permitted["minimumAuthenticationLevel"], 3);
    assert!(permitted["why"][0].as_str().unwrap().contains("urn:altinn:rolecode:dagl"), "{permitted}");
    let refused = world.app.get(&path(CITIZEN, RESOURCE, "write")).send().await.json();
    assert_eq!(refused["decision"], "NotApplicable");
    assert!(refused["why"][0].as_str().unwrap().contains("wants one of"), "{refused}");
    let other = world.app.get(&path(DIRECTOR, RESOURCE, "pay")).send().await.json();
    assert_eq!(other["why"][0], "no rule of the policy is for this action");
}

/// An identity number in the question leads to no name, and a decision about a person tells none of the numbers behind it.
#[tokio::test]
async fn a_person_is_not_looked_up_by_asking() {
    let world = world().await;
    let about = "urn:altinn:person:identifier-no:";
    for (subject, party) in [(DIRECTOR, CITIZEN), (DIRECTOR, DIRECTOR)] {
        let path = format!(
            "/allting/api/v1/explain/access?subject={about}{subject}&resource={RESOURCE}&party={about}{party}&action=write"
        );
        let answer = world.app.get(&path).send().await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert!(answer.json()["party"]["name"].is_null(), "{}", answer.text());
        assert!(!answer.text().contains(subject) && !answer.text().contains(party), "{}", answer.text());
    }
}

#[tokio::test]
async fn what_is_unknown_is_told_apart() {
    let world = world().await;
    for (path, status, kind) in [
        (path("00000000000", RESOURCE, "read"), 404, "subject-not-found"),
        (path(DIRECTOR, "no-such-resource", "read"), 404, "policy-not-found"),
        ("/allting/api/v1/explain/access?subject=x".to_owned(), 400, "invalid-query"),
    ] {
        let answer = world.app.get(&path).send().await;
        assert_eq!((answer.status.as_u16(), &answer.json()["type"]), (status, &kind.into()), "{path}");
        assert!(answer.header("content-type").starts_with("application/problem+json"));
    }
}
