//! `/par`: identity §2.3.

use crate::support::{Browser, CALLBACK, CHALLENGE, Server, asks_to_log_in, basic, form, server};

async fn push(server: &Server, changes: &[(&str, &str)]) -> crate::support::Answer {
    let mut fields = vec![
        ("response_type", "code"),
        ("redirect_uri", CALLBACK),
        ("scope", "openid"),
        ("state", "pushed"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    fields.retain(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
    fields.extend(changes.iter().filter(|(_, value)| !value.is_empty()));
    server.post("/idporten/par", &fields, Some(&basic("demo"))).await
}

testkit::db_suite! { [jobs::migrations()];
    async fn a_pushed_request_is_used_once_by_its_own_client(db: db::Db) {
        let server = server(&db).await;
        let pushed = push(&server, &[]).await;
        assert_eq!((pushed.status.as_u16(), &pushed.json()["expires_in"]), (201, &120.into()));
        let uri = pushed.json()["request_uri"].as_str().unwrap().to_owned();
        assert!(uri.starts_with("urn:idporten:") && uri.len() == 13 + 43, "{uri}");
        let browser = Browser::new(&server);
        let go = |client: &str| format!("/idporten/authorize?{}", form(&[("client_id", client), ("request_uri", &uri)]));
        assert_eq!(browser.get(&go("alone")).await.status, 400, "somebody else's");
        assert!(asks_to_log_in(&browser.get(&go("demo")).await));
        assert_eq!(browser.get(&go("demo")).await.status, 400, "used");
    }

    async fn it_runs_out(db: db::Db) {
        let server = server(&db).await;
        let uri = push(&server, &[]).await.json()["request_uri"].as_str().unwrap().to_owned();
        server.clock.advance(jiff::SignedDuration::from_secs(120));
        let answer = server.get(&format!("/idporten/authorize?{}", form(&[("client_id", "demo"), ("request_uri", &uri)]))).await;
        assert_eq!(answer.status, 400);
    }

    async fn faults_are_told_at_once(db: db::Db) {
        let server = server(&db).await;
        for (changes, error) in [
            (("scope", "openid other"), "invalid_scope"),
            (("code_challenge", ""), "invalid_request"),
            (("redirect_uri", "https://evil.example"), "invalid_request"),
            (("request_uri", "urn:idporten:x"), "invalid_request"),
        ] {
            let answer = push(&server, &[changes]).await;
            assert_eq!((answer.status.as_u16(), answer.json()["error"].as_str().unwrap()), (400, error), "{changes:?}");
        }
        assert_eq!(server.post("/idporten/par", &[("client_id", "demo")], None).await.status, 401);
    }
}
