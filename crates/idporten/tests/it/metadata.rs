//! Discovery and keys: identity §2.1. Statements and timers.

use crate::support::{ISSUER, server};
use serde_json::json;

testkit::db_suite! { [jobs::migrations()];
    async fn the_document_names_the_issuer_and_reachable_addresses(db: db::Db) {
        let server = server(&db).await;
        let answer = server.get("/idporten/.well-known/openid-configuration").await;
        assert_eq!(answer.status, 200);
        let document = answer.json();
        assert_eq!(document["issuer"], ISSUER);
        for (member, path) in [
            ("authorization_endpoint", "authorize"),
            ("token_endpoint", "token"),
            ("pushed_authorization_request_endpoint", "par"),
            ("userinfo_endpoint", "userinfo"),
            ("jwks_uri", "jwks.json"),
            ("end_session_endpoint", "logout"),
        ] {
            assert_eq!(document[member], format!("http://localhost:8080/idporten/{path}"), "{member}");
        }
        assert_eq!(document["code_challenge_methods_supported"], json!(["S256"]));
        assert_eq!(document["authorization_response_iss_parameter_supported"], true);
        assert_eq!(document["request_uri_parameter_supported"], false);
        assert_eq!(document["response_modes_supported"], json!(["query", "form_post"]));
        let acr = document["acr_values_supported"].as_array().unwrap();
        assert!(acr.contains(&json!("idporten-loa-high")) && acr.contains(&json!("level1")));
    }

    async fn on_its_own_hosts_login_lies_apart(db: db::Db) {
        let server = server(&db).await;
        let request = http::Request::get("/.well-known/openid-configuration")
            .header("host", "test.idporten.no").header("x-forwarded-proto", "https")
            .body(axum::body::Body::empty()).unwrap();
        let document = server.send(request).await.json();
        assert_eq!(document["authorization_endpoint"], "https://login.test.idporten.no/authorize");
        assert_eq!(document["end_session_endpoint"], "https://login.test.idporten.no/logout");
        assert_eq!(document["token_endpoint"], "https://test.idporten.no/token");
    }

    async fn keys_are_published_one_for_each_kid(db: db::Db) {
        let server = server(&db).await;
        let keys = server.get("/idporten/jwks.json").await.json()["keys"].as_array().unwrap().clone();
        assert_eq!(keys.len(), 1);
        assert_eq!((&keys[0]["kty"], &keys[0]["alg"], &keys[0]["use"]), (&json!("RSA"), &json!("RS256"), &json!("sig")));
        assert!(keys[0].get("d").is_none());
    }

    async fn every_statement_can_be_prepared(db: db::Db) {
        let server = server(&db).await;
        server.db.prepare_all(&server.statements).await.unwrap();
    }

    async fn the_timer_deletes_what_has_run_out(db: db::Db) {
        let server = server(&db).await;
        let browser = crate::support::Browser::new(&server);
        browser.log_in(&[]).await;
        browser.start(&[("prompt", "login")]).await;
        let rows = async || -> i64 {
            let sql = db::Sql::new("test.rows", "SELECT (SELECT count(*) FROM idporten_session) + (SELECT count(*) FROM \
                idporten_session_login) + (SELECT count(*) FROM idporten_login) + (SELECT count(*) FROM idporten_grant)");
            server.db.query_one(&sql, &[]).await.unwrap().get(0).unwrap()
        };
        assert_eq!(rows().await, 4);
        server.schedules[0].task.run().await.unwrap();
        assert_eq!(rows().await, 4, "nothing has run out yet");
        server.clock.advance(jiff::SignedDuration::from_hours(3));
        server.schedules[0].task.run().await.unwrap();
        assert_eq!(rows().await, 0);
    }
}
