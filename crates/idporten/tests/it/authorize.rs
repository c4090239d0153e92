//! `/authorize`: identity §2.2, §2.7, §2.8.

use crate::support::{Browser, CALLBACK, ISSUER, KARI, STRANGER, asks_to_log_in, request, server};
use jiff::SignedDuration;

testkit::db_suite! { [jobs::migrations()];
    async fn what_cannot_be_trusted_is_answered_with_a_page(db: db::Db) {
        let server = server(&db).await;
        for changes in [
            [("client_id", "")],
            [("client_id", "nobody")],
            [("redirect_uri", "")],
            [("redirect_uri", "https://rp.example/cb/")],
            [("redirect_uri", "https://evil.example/cb")],
            [("request_uri", "urn:idporten:never-pushed")],
        ] {
            let answer = server.get(&request(&changes)).await;
            assert_eq!((answer.status.as_u16(), answer.location()), (400, ""), "{changes:?}");
            assert!(answer.body.contains("<h1>"), "{changes:?}");
        }
    }

    async fn other_faults_go_to_the_client_with_state_and_issuer(db: db::Db) {
        let server = server(&db).await;
        for (changes, error) in [
            (("response_type", "token"), "unsupported_response_type"),
            (("response_type", ""), "invalid_request"),
            (("code_challenge", ""), "invalid_request"),
            (("code_challenge_method", "plain"), "invalid_request"),
            (("acr_values", "gold"), "invalid_request"),
            (("scope", "openid other"), "invalid_scope"),
            (("resource", "no-uri"), "invalid_target"),
            (("request", "eyJ"), "request_not_supported"),
            (("prompt", "none"), "login_required"),
            (("acr_values", "eidas-loa-high"), "temporarily_unavailable"),
        ] {
            let answer = server.get(&request(&[changes])).await;
            assert_eq!(answer.status, 302, "{changes:?}");
            assert!(answer.location().starts_with("https://rp.example/cb?"), "{}", answer.location());
            let told = answer.answered();
            assert_eq!((told["error"].as_str(), told["state"].as_str()), (error, "s t&1"), "{changes:?}");
            assert_eq!(told["iss"], ISSUER);
            assert!(!told.contains_key("code"));
        }
    }

    async fn an_absent_state_stays_absent_and_a_query_is_kept(db: db::Db) {
        let server = server(&db).await;
        let changes = [("redirect_uri", "https://rp.example/cb?a=1"), ("state", ""), ("prompt", "none")];
        let told = server.get(&request(&changes)).await.answered();
        assert_eq!((told["a"].as_str(), told.contains_key("state")), ("1", false));
    }

    async fn a_hint_logs_in_without_pages(db: db::Db) {
        let server = server(&db).await;
        let hint = format!("testid:{KARI}_idporten-loa-substantial");
        let answer = server.get(&request(&[("login_hint", &hint)])).await;
        let told = answer.answered();
        let names: Vec<_> = told.keys().map(String::as_str).collect();
        assert_eq!(names, ["code", "iss", "state"], "{}", answer.location());
        let tokens = server.redeem(&told["code"]).await.json();
        let claims = server.claims(tokens["id_token"].as_str().unwrap()).await;
        assert_eq!((&claims["acr"], &claims["amr"][0], &claims["pid"]),
            (&"idporten-loa-substantial".into(), &"TestID".into(), &KARI.into()));
    }

    async fn a_hint_that_is_too_low_or_nobody_is_denied(db: db::Db) {
        let server = server(&db).await;
        for (hint, acr_values) in [
            (format!("testid:{KARI}_idporten-loa-substantial"), "idporten-loa-high"),
            ("testid:01017012345_idporten-loa-high".to_owned(), ""),
            ("testid:1234_idporten-loa-high".to_owned(), ""),
        ] {
            let answer = server.get(&request(&[("login_hint", &hint), ("acr_values", acr_values)])).await;
            assert_eq!(answer.answered()["error"], "access_denied", "{hint}");
        }
        let answer = server.get(&request(&[("login_hint", &format!("testid:{STRANGER}"))])).await;
        assert!(answer.answered().contains_key("code"), "a synthetic number need not be in the register");
    }

    async fn a_session_is_used_again_until_it_has_run_out(db: db::Db) {
        let server = server(&db).await;
        let browser = Browser::new(&server);
        browser.log_in(&[]).await;
        server.clock.advance(SignedDuration::from_mins(29));
        assert!(browser.reuse(&[("prompt", "none")]).await.answered().contains_key("code"));
        server.clock.advance(SignedDuration::from_mins(29));
        let told = browser.reuse(&[]).await.answered();
        let tokens = server.redeem(&told["code"]).await.json();
        let claims = server.claims(tokens["id_token"].as_str().unwrap()).await;
        assert_eq!(claims["iat"].as_i64().unwrap() - claims["auth_time"].as_i64().unwrap(), 58 * 60);
        server.clock.advance(SignedDuration::from_mins(31));
        assert!(asks_to_log_in(&browser.reuse(&[]).await));
    }

    async fn a_session_does_not_serve_what_it_may_not(db: db::Db) {
        let server = server(&db).await;
        let browser = Browser::new(&server);
        let handle = browser.start(&[]).await;
        browser.choose(&handle, "minid", "3").await;
        assert!(asks_to_log_in(&browser.reuse(&[("acr_values", "idporten-loa-high")]).await), "step-up");
        assert!(asks_to_log_in(&browser.reuse(&[("prompt", "login")]).await));
        assert!(asks_to_log_in(&browser.reuse(&[("client_id", "alone")]).await), "isolated client");
        server.clock.advance(SignedDuration::from_secs(11));
        assert!(asks_to_log_in(&browser.reuse(&[("max_age", "10")]).await));
        assert!(browser.reuse(&[]).await.answered().contains_key("code"), "the old session is still good otherwise");
    }

    async fn an_isolated_login_serves_only_its_own_client(db: db::Db) {
        let server = server(&db).await;
        let browser = Browser::new(&server);
        browser.log_in(&[("client_id", "alone")]).await;
        assert!(browser.reuse(&[("client_id", "alone")]).await.answered().contains_key("code"));
        assert!(asks_to_log_in(&browser.reuse(&[]).await));
    }

    async fn form_post_answers_with_a_form(db: db::Db) {
        let server = server(&db).await;
        let hint = format!("testid:{KARI}");
        let answer = server.get(&request(&[("login_hint", &hint), ("response_mode", "form_post")])).await;
        assert_eq!((answer.status.as_u16(), answer.hidden("state")), (200, "s t&amp;1".to_owned()));
        assert!(answer.body.contains(&format!("action=\"{CALLBACK}\"")));
        assert!(!answer.hidden("code").is_empty());
    }

    async fn every_login_page_is_a_test_door(db: db::Db) {
        let server = server(&db).await;
        let doors: Vec<_> = server.app.routes().iter()
            .filter(|route| matches!(route.access, httpkit::Access::Sandbox(_)))
            .map(|route| route.path.as_str())
            .collect();
        for path in ["/login", "/person", "/choose", "/cancel", "/language", "/Authorize"] {
            assert!(doors.contains(&path), "{path} must be a test door");
        }
    }
}
