//! Documents: for systems on the service's host, for people in the portal.

use super::{SERVICE, sound, world};
use crate::support::{CITIZEN, DIALOGS, DIRECTOR, REPORTING};
use http::Method;

#[tokio::test]
async fn systems_fetch_the_documents_of_their_own_customer() {
    let world = world().await;
    let app = &world.app;
    let filed = world.filed(&sound()).await;
    let token = world.user.token(app, DIALOGS).await;
    let path =
        format!("/dialogporten/api/v1/enduser/dialogs/{}/transmissions/{}", filed.dialog, filed.filing);
    let transmission = app.get(&path).bearer(&token).send().await.json();
    let attachments = transmission["attachments"].as_array().unwrap().clone();
    assert_eq!(attachments.len(), 2);
    let address = |attachment: usize, kind: &str| {
        let urls = attachments[attachment]["urls"].as_array().unwrap();
        let url = urls.iter().find(|url| url["consumerType"] == kind).unwrap()["url"].as_str().unwrap();
        url.strip_prefix(crate::support::BASE).unwrap().to_owned()
    };
    let delivery: Vec<_> = (0..2).map(|n| address(n, "Api")).collect();
    let mut kinds = vec![];
    for path in &delivery {
        let answer = app.get(path).bearer(&world.token).send().await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        kinds.push(answer.header("content-type").split(';').next().unwrap().to_owned());
    }
    kinds.sort();
    assert_eq!(kinds, ["application/json", "text/html"]);

    let stranger = app.other_system_user().await.token(app, REPORTING).await;
    let refused = app.get(&delivery[0]).bearer(&stranger).send().await;
    assert_eq!(
        (refused.status.as_u16(), &refused.json()["spesifisering"][0]["kode"]),
        (403, &"GLD_1015".into())
    );
    let nobody = app.maskinporten_token(REPORTING).await;
    let refused = app.get(&delivery[0]).bearer(&nobody).send().await;
    assert_eq!(
        (refused.status.as_u16(), &refused.json()["spesifisering"][0]["kode"]),
        (403, &"GLD_1063".into())
    );
    // Another host of the same agency does not give it out.
    let elsewhere = delivery[0].replace("boligsameie", "boligselskap");
    assert_eq!(app.get(&elsewhere).bearer(&world.token).send().await.status, 403);

    let missing = "0195cf11-92fc-71bb-9dac-2a28e3d5f26b";
    let document = delivery[0].rsplit('/').next().unwrap();
    let cases = [
        (format!("{SERVICE}/v1/forsendelser/{}/dokumenter/{missing}", filed.filing), "GLD_1050"),
        (format!("{SERVICE}/v1/forsendelser/{missing}/dokumenter/{document}"), "GLD_1061"),
        (format!("{SERVICE}/v1/forsendelser/x/dokumenter/y"), "GLD_1061"),
    ];
    for (path, code) in cases {
        let answer = app.get(&path).bearer(&world.token).send().await;
        assert_eq!((answer.status.as_u16(), &answer.json()["kode"]), (404, &"GLD_021".into()), "{path}");
        assert_eq!(answer.json()["spesifisering"][0]["kode"], code, "{path}");
    }

    let gui = address(0, "Gui");
    let (director, _) = app.login(DIRECTOR).await;
    assert_eq!(app.get(&gui).header("cookie", &director).send().await.status, 200);
    let (citizen, _) = app.login(CITIZEN).await;
    assert_eq!(app.get(&gui).header("cookie", &citizen).send().await.status, 404);
    let broken = app.get("/skatteetaten/dokumenter/x").header("cookie", &director).send().await;
    assert_eq!((broken.status.as_u16(), broken.text().as_str()), (404, "Fant ikke dokumentet."));
    assert_eq!(app.call(Method::GET, &gui).send().await.status.as_u16() / 100, 3);

    world.user.revoke(app).await;
    for path in &delivery {
        assert_eq!(app.get(path).bearer(&world.token).send().await.status, 403);
    }
}
