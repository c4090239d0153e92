//! Discovery and keys: identity §1.1.

use crate::support::{ISSUER, server};
use serde_json::json;

testkit::db_suite! { [jobs::migrations()];
    async fn both_discovery_paths_tell_the_same(db: db::Db) {
        let server = server(&db).await;
        let (status, headers, metadata) = server.get("/.well-known/oauth-authorization-server").await;
        assert_eq!(status, 200);
        assert!(headers["cache-control"].to_str().unwrap().contains("max-age"));
        assert_eq!(
            metadata,
            json!({
                "issuer": ISSUER,
                "token_endpoint": "http://localhost:8080/token",
                "jwks_uri": "http://localhost:8080/jwk",
                "token_endpoint_auth_methods_supported": ["private_key_jwt"],
                "grant_types_supported": ["urn:ietf:params:oauth:grant-type:jwt-bearer"],
                "token_endpoint_auth_signing_alg_values_supported": ["RS256", "RS384", "RS512"],
                "authorization_details_types_supported": ["urn:altinn:systemuser"],
            })
        );
        assert_eq!(server.get("/.well-known/openid-configuration").await.2, metadata);
    }

    async fn keys_are_published_without_their_private_half(db: db::Db) {
        let server = server(&db).await;
        let (status, _, jwks) = server.get("/jwk").await;
        assert_eq!(status, 200);
        let key = &jwks["keys"][0];
        assert_eq!(
            (&key["kty"], &key["use"], &key["alg"], &key["e"]),
            (&json!("RSA"), &json!("sig"), &json!("RS256"), &json!("AQAB"))
        );
        assert!(key["d"].is_null() && key["p"].is_null());
    }

    async fn every_statement_can_be_prepared(db: db::Db) {
        let server = server(&db).await;
        server.db.prepare_all(&server.statements).await.unwrap();
    }
}
