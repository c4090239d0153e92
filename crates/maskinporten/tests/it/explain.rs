//! `GET /allting/api/v1/explain/token/{correlationId}`.

use crate::support::server;
use serde_json::json;

testkit::db_suite! { [jobs::migrations()];
    async fn a_refused_client_can_ask_why(db: db::Db) {
        let server = server(&db).await;
        let (_, body) = server.token(&server.grant(json!({"scope": "altinn:nothing"}))).await;
        let description = body["error_description"].as_str().unwrap();
        let id = description.rsplit("(correlation id: ").next().unwrap().trim_end_matches(')');
        let (status, headers, why) = server.get(&format!("/allting/api/v1/explain/token/{id}")).await;
        assert_eq!((status.as_u16(), &headers["cache-control"]), (200, &"no-store".parse().unwrap()));
        assert_eq!(
            (&why["correlationId"], &why["clientId"], &why["code"], &why["error"], &why["description"]),
            (&json!(id), &json!("vendor"), &json!("MP-200"), &json!("invalid_scope"), &json!(description))
        );
        assert!(
            why["reason"].as_str().unwrap().contains("does not exist; the client has altinn:closed"),
            "{why}"
        );
    }

    async fn identity_numbers_do_not_reach_the_explanation(db: db::Db) {
        let server = server(&db).await;
        let (_, body) = server.token(&server.grant(json!({"aud": "21879498012", "iss": "vendor"}))).await;
        let description = body["error_description"].as_str().unwrap();
        let id = description.rsplit("(correlation id: ").next().unwrap().trim_end_matches(')');
        let (_, _, why) = server.get(&format!("/allting/api/v1/explain/token/{id}")).await;
        assert!(!why.to_string().contains("21879498012"), "{why}");
    }

    async fn unknown_correlation_ids(db: db::Db) {
        let server = server(&db).await;
        for id in ["x", "6b1d1e0a-6d0c-4b57-9d21-04d5a7a1a3a1"] {
            assert_eq!(server.get(&format!("/allting/api/v1/explain/token/{id}")).await.0, 404);
        }
    }
}
