//! `/logout`: identity §2.6.

use crate::support::{Browser, CALLBACK, VERIFIER, asks_to_log_in, request, server};

testkit::db_suite! { [jobs::migrations()];
    async fn a_logout_without_session_says_so(db: db::Db) {
        let server = server(&db).await;
        assert_eq!(server.get("/idporten/logout").await.status, 400);
    }

    async fn the_session_ends_and_login_tokens_with_it(db: db::Db) {
        let server = server(&db).await;
        let browser = Browser::new(&server);
        let code = browser.log_in(&[]).await.answered()["code"].clone();
        let tokens = server.redeem(&code).await.json();
        let third_party = browser.reuse(&[("scope", "openid altinn:instances.read")]).await.answered();
        let kept = server.redeem(&third_party["code"]).await.json();
        let hint = tokens["id_token"].as_str().unwrap();
        let fields = [("id_token_hint", hint), ("post_logout_redirect_uri", "https://rp.example/bye"), ("state", "x y")];
        let answer = browser.post("/idporten/logout", &fields).await;
        assert_eq!((answer.status.as_u16(), answer.location()), (302, "https://rp.example/bye?state=x%20y"));
        assert_eq!(server.userinfo(tokens["access_token"].as_str().unwrap()).await.status, 401);
        assert_eq!(server.userinfo(kept["access_token"].as_str().unwrap()).await.status, 200, "other scopes live on");
        assert!(asks_to_log_in(&browser.get(&request(&[])).await));
    }

    async fn frames_tell_every_client_that_asked_for_it(db: db::Db) {
        let server = server(&db).await;
        let browser = Browser::new(&server);
        browser.log_in(&[]).await;
        let told = browser.reuse(&[("client_id", "post")]).await.answered();
        let fields = [("grant_type", "authorization_code"), ("code", &told["code"]), ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER), ("client_id", "post"), ("client_secret", "s3cret")];
        let tokens = server.post("/idporten/token", &fields, None).await.json();
        let claims = server.claims(tokens["id_token"].as_str().unwrap()).await;
        let answer = browser.get("/idporten/logout?client_id=demo&post_logout_redirect_uri=https://rp.example/bye").await;
        assert_eq!(answer.status, 200);
        let sid = claims["sid"].as_str().unwrap();
        let frame = format!("src=\"https://rp.example/out?iss=https%3A%2F%2Ftest.idporten.no&amp;sid={sid}\"");
        assert!(answer.body.contains(&frame), "{}", answer.body);
        assert!(answer.body.contains("url=https://rp.example/bye"));
        let policy = answer.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.ends_with("frame-src https://rp.example"), "{policy}");
    }

    async fn a_stranger_is_not_where_logout_leads(db: db::Db) {
        let server = server(&db).await;
        for query in [
            "client_id=demo&post_logout_redirect_uri=https://evil.example/",
            "post_logout_redirect_uri=https://rp.example/bye",
        ] {
            let browser = Browser::new(&server);
            browser.log_in(&[]).await;
            let answer = browser.get(&format!("/idporten/logout?{query}")).await;
            assert_eq!(answer.status, 200, "{query}");
            assert!(!answer.body.contains("http-equiv=\"refresh\""), "{query}");
        }
    }

    async fn a_hint_that_does_not_fit_ends_nothing(db: db::Db) {
        let server = server(&db).await;
        let browser = Browser::new(&server);
        let code = browser.log_in(&[]).await.answered()["code"].clone();
        let hint = server.redeem(&code).await.json()["id_token"].as_str().unwrap().to_owned();
        let forged = jose::sandbox::vendor().unwrap().sign(&serde_json::json!({"aud": "demo"})).unwrap();
        for query in [format!("id_token_hint={hint}&client_id=alone"), format!("id_token_hint={forged}")] {
            assert_eq!(browser.get(&format!("/idporten/logout?{query}")).await.status, 400);
        }
        assert!(browser.reuse(&[]).await.answered().contains_key("code"), "the session is still there");
    }
}
