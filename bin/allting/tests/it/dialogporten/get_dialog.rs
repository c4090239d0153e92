//! Who may open a dialog, as the policy of its service and the roles of its party decide.

use super::{CITIZEN, CONDOMINIUM, DIRECTOR, OWNER, USER, app, dialog, owner, person};
use serde_json::Value;

#[tokio::test]
async fn the_director_reads_what_the_agency_wrote_and_a_stranger_does_not() {
    let app = app().await;
    let agency = owner(&app).await;
    let made = app.post(OWNER).bearer(&agency).json(&dialog("ske-innrapportering-boligsameie")).send().await;
    assert_eq!(made.status, 201, "{}", made.text());
    let id = made.json().as_str().unwrap().to_owned();

    let director = person(&app, DIRECTOR).await;
    let list = format!("{USER}?party=urn:altinn:organization:identifier-no:{CONDOMINIUM}");
    let page = app.get(&list).bearer(&director).send().await;
    assert_eq!(page.status, 200, "{}", page.text());
    assert_eq!(
        (&page.json()["items"][0]["id"], &page.json()["items"][0]["isContentSeen"]),
        (&Value::from(id.as_str()), &Value::from(false))
    );
    let open = app.get(&format!("{USER}/{id}")).bearer(&director).send().await;
    assert_eq!(open.status, 200, "{}", open.text());
    assert_eq!(open.json()["guiActions"][0]["isAuthorized"], true);
    assert_eq!(app.get(&list).bearer(&director).send().await.json()["items"][0]["isContentSeen"], true);

    let stranger = person(&app, CITIZEN).await;
    assert_eq!(app.get(&format!("{USER}/{id}")).bearer(&stranger).send().await.status, 403);
    assert_eq!(app.get(&list).bearer(&stranger).send().await.json()["items"], Value::Array(vec![]));
    assert_eq!(app.count("dialog_seen").await, 1);
}

#[tokio::test]
async fn a_service_of_another_agency_is_refused_and_leaves_nothing() {
    let app = app().await;
    let scope = "digdir:dialogporten.serviceprovider";
    let other =
        app.test_token("GetEnterpriseToken", &format!("&scopes={scope}&org=ttd&orgNo=991825827")).await;
    let refused =
        app.post(OWNER).bearer(&other).json(&dialog("ske-innrapportering-boligsameie")).send().await;
    assert_eq!(refused.status, 403, "{}", refused.text());
    assert_eq!(app.count("dialog").await + app.audited("dialog").await, 0);
}
