//! A right that is taken away is gone for the very next call, however many calls are under way.

use crate::support::{REPORTING, RESOURCE, SystemUser, TestApp, app};
use futures_util::future::{join, join_all};
use population::personas::CONDOMINIUM;
use serde_json::{Value, json};
use std::cell::Cell;

/// Rounds of revoking while deciding.
const ROUNDS: usize = 40;
/// Questions under way in each round, before and after the revocation.
const ASKED: usize = 5;

async fn decision(app: &TestApp, user: &SystemUser) -> Value {
    let attributes = |pairs: &[(&str, &str)]| -> Value {
        let list: Vec<_> =
            pairs.iter().map(|(id, value)| json!({ "AttributeId": id, "Value": value })).collect();
        json!([{ "Attribute": list }])
    };
    let id = user.id.to_string();
    let body = json!({ "Request": {
        "AccessSubject": attributes(&[("urn:altinn:systemuser:uuid", &id)]),
        "Resource": attributes(&[("urn:altinn:resource", RESOURCE), ("urn:altinn:organization:identifier-no", CONDOMINIUM)]),
        "Action": attributes(&[("urn:oasis:names:tc:xacml:1.0:action:action-id", "write")]),
    }});
    let answer = app.post("/authorization/api/v1/decision").json(&body).send().await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["response"][0]["decision"].clone()
}

/// Each round: a permitted system user, questions that race with its revocation, and questions begun after it was answered.
/// Those in the race may get either answer; none begun afterwards may be permitted.
#[tokio::test]
async fn no_answer_is_stale_after_a_revocation() {
    let app = app().await;
    let (mut permitted_in_race, mut stale) = (0, 0);
    for round in 0..ROUNDS {
        let user = app.system_user().await;
        assert_eq!(decision(&app, &user).await, "Permit", "round {round}");
        let revoked = Cell::new(false);
        let racing = async |lead: usize| {
            for _ in 0..lead {
                tokio::task::yield_now().await;
            }
            let begun_after = revoked.get();
            (begun_after, decision(&app, &user).await)
        };
        let revoke = async {
            for _ in 0..round % 7 {
                tokio::task::yield_now().await;
            }
            user.revoke(&app).await;
            revoked.set(true);
            // Asked while the others are still under way, and again when all is quiet.
            join_all((0..ASKED).map(|_| decision(&app, &user))).await
        };
        let (race, after) = join(join_all((0..ASKED).map(|n| racing(n * 3 * (round % 5)))), revoke).await;
        for (begun_after, answer) in race {
            match (answer == "Permit", begun_after) {
                (true, true) => stale += 1,
                (true, false) => permitted_in_race += 1,
                _ => {}
            }
        }
        stale += after.iter().filter(|answer| **answer == "Permit").count();
        stale += usize::from(decision(&app, &user).await == "Permit");
        assert_eq!(user.grant(&app, REPORTING).await.status, 400, "round {round}");
    }
    assert_eq!(stale, 0);
    assert!(permitted_in_race > 0, "no question was under way while the right stood");
}
