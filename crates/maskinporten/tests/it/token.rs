//! `POST /token`. Expected shapes and codes: identity §1.2 to §1.4.

use crate::support::{CUSTOMER, ISSUER, SYSTEM_USER, VENDOR, server, server_with, summary};
use jose::KeySet;
use serde_json::{Value, json};

const FORM: &str = "application/x-www-form-urlencoded";
const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

fn org(number: &str) -> Value {
    json!({"authority": "iso6523-actorid-upis", "ID": format!("0192:{number}")})
}

/// The token with another header; the signature is the vendor's over the old one.
fn with_header(token: &str, header: &Value) -> String {
    use base64::Engine;
    let header = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(header.to_string());
    format!("{header}.{}", token.split_once('.').unwrap().1)
}

testkit::db_suite! { [jobs::migrations()];
    async fn a_grant_gives_a_token(db: db::Db) {
        let server = server(&db).await;
        let (status, body) = server.token(&server.grant(json!({}))).await;
        assert_eq!(status, 200);
        assert_eq!(
            (&body["token_type"], &body["expires_in"], &body["scope"]),
            (&json!("Bearer"), &json!(120), &json!("altinn:open"))
        );
        assert_eq!(body.as_object().unwrap().len(), 4);
        assert_eq!(server.rows().await, 2);

        let token = server.issued(&server.grant(json!({"jti": "second", "sub": "vendor"}))).await;
        let now = server.now();
        let jti = token["jti"].as_str().unwrap().to_owned();
        assert_eq!(jti.len(), 43);
        assert_eq!(
            token,
            json!({"iss": ISSUER, "client_id": "vendor", "client_amr": "private_key_jwt", "consumer": org(VENDOR),
                   "scope": "altinn:open", "token_type": "Bearer", "iat": now, "exp": now + 120, "jti": jti})
        );
    }

    async fn resources_pid_and_lifetime_go_into_the_token(db: db::Db) {
        let server = server(&db).await;
        let one = json!({"resource": "https://api.example.no/", "pid": "21879498012", "scope": " altinn:granted  altinn:open"});
        let token = server.issued(&server.grant(one)).await;
        assert_eq!((&token["aud"], &token["pid"]), (&json!("https://api.example.no/"), &json!("21879498012")));
        assert_eq!(
            (&token["scope"], &token["exp"]),
            (&json!("altinn:granted altinn:open"), &json!(server.now() + 600))
        );
        let two = json!({"jti": "2", "resource": ["https://a.example.no/", "urn:b"]});
        assert_eq!(server.issued(&server.grant(two)).await["aud"], json!(["https://a.example.no/", "urn:b"]));
        let log =
            db::Sql::new("test.log", "SELECT count(*) FROM maskinporten_issued_token WHERE system_user IS NULL");
        assert_eq!(server.db.query_one(&log, &[]).await.unwrap().get::<i64>(0).unwrap(), 2);
    }

    async fn a_system_user_goes_into_the_token(db: db::Db) {
        let server = server(&db).await;
        let details = |owner: &str, reference: &str| {
            json!({"jti": format!("{owner} {reference}"), "authorization_details":
                [{"type": "urn:altinn:systemuser", "systemuser_org": org(owner), "externalRef": reference}]})
        };
        let token = server.issued(&server.grant(details(CUSTOMER, "branch"))).await;
        assert_eq!(
            token["authorization_details"],
            json!([{"type": "urn:altinn:systemuser", "systemuser_id": [SYSTEM_USER], "systemuser_org": org(CUSTOMER),
                    "system_id": format!("{VENDOR}_ledger")}])
        );
        assert_eq!(token["consumer"], org(VENDOR));
        for grant in [details(CUSTOMER, "other"), details(VENDOR, "branch"), details(CUSTOMER, "")] {
            assert_eq!(
                server.refused(&server.grant(grant)).await,
                "400 invalid_altinn_customer_configuration MP-303"
            );
        }
        let unknown = json!({"authorization_details": [{"type": "urn:altinn:other"}]});
        assert_eq!(server.refused(&server.grant(unknown)).await, "400 invalid_authorization_details MP-301");
        let malformed =
            json!({"authorization_details": [{"type": "urn:altinn:systemuser", "systemuser_org": CUSTOMER}]});
        assert_eq!(server.refused(&server.grant(malformed)).await, "400 invalid_authorization_details MP-302");
    }

    async fn every_row_of_the_table_has_its_code(db: db::Db) {
        let server = server(&db).await;
        let now = server.now();
        for (changes, expected) in [
            (json!({"exp": null}), "400 invalid_request MP-011"),
            (json!({"exp": "soon"}), "400 invalid_request MP-011"),
            (json!({"iat": null}), "400 invalid_request MP-011"),
            (json!({"iss": null}), "400 invalid_request MP-011"),
            (json!({"scope": null}), "400 invalid_request MP-011"),
            (json!({"scope": "  "}), "400 invalid_request MP-011"),
            (json!({"jti": 7}), "400 invalid_request MP-011"),
            (json!({"aud": {"a": 1}}), "400 invalid_request MP-011"),
            (json!({"iss_onbehalfof": "x"}), "400 invalid_request MP-011"),
            (json!({"iss": "nobody"}), "400 invalid_grant MP-100"),
            (json!({"aud": null}), "400 invalid_grant MP-110"),
            (json!({"aud": "https://maskinporten.no/"}), "400 invalid_grant MP-110"),
            (json!({"aud": [ISSUER, ISSUER]}), "400 invalid_grant MP-110"),
            (json!({"iat": now - 100, "exp": now}), "400 invalid_grant MP-130"),
            (json!({"exp": now + 121}), "400 invalid_grant MP-130"),
            (json!({"iat": now + 11, "exp": now + 30}), "400 invalid_grant -"),
            (json!({"consumer_org": VENDOR}), "400 invalid_request -"),
            (json!({"consumer_org": CUSTOMER}), "400 invalid_request -"),
            (json!({"consumer_org": CUSTOMER, "scope": "altinn:lent"}), "403 access_denied MP-251"),
            (json!({"consumer_org": "x"}), "400 invalid_request MP-011"),
            (json!({"scope": "altinn:open altinn:nothing"}), "400 invalid_scope MP-200"),
            (json!({"scope": "altinn:open altinn:closed"}), "403 access_denied MP-250"),
            (json!({"resource": "https://api.example.no/#a"}), "400 invalid_target -"),
            (json!({"resource": "/relative"}), "400 invalid_target -"),
            (json!({"resource": 1}), "400 invalid_target -"),
            (json!({"pid": "123"}), "400 invalid_request MP-011"),
        ] {
            assert_eq!(server.refused(&server.grant(changes.clone())).await, expected, "{changes}");
        }
        let limit = server.grant(json!({"iat": now + 10, "exp": now + 130}));
        assert_eq!(server.token(&limit).await.0, 200, "ten seconds ahead and 120 long are allowed");
    }

    async fn earlier_rows_win(db: db::Db) {
        let server = server(&db).await;
        let expired = json!({"exp": server.now() - 1, "iat": server.now() - 50, "scope": "altinn:nothing"});
        assert_eq!(server.refused(&server.grant(expired)).await, "400 invalid_grant MP-130");
        let wrong = json!({"aud": "x", "exp": server.now() - 1, "iat": server.now() - 50});
        assert_eq!(server.refused(&server.grant(wrong)).await, "400 invalid_grant MP-110");
        assert_eq!(server.token(&server.grant(json!({}))).await.0, 200);
        let replayed = json!({"scope": "altinn:nothing"});
        assert_eq!(server.refused(&server.grant(replayed)).await, "400 invalid_grant MP-012");
    }

    async fn a_grant_is_used_once(db: db::Db) {
        let server = server(&db).await;
        let grant = server.grant(json!({}));
        let (one, two) = tokio::join!(server.token(&grant), server.token(&grant));
        let mut statuses = [one.0.as_u16(), two.0.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 400]);
        assert_eq!(server.refused(&grant).await, "400 invalid_grant MP-012");
        let same_jti = json!({"scope": "altinn:granted"});
        assert_eq!(server.refused(&server.grant(same_jti)).await, "400 invalid_grant MP-012");

        let without_jti = server.grant(json!({"jti": null}));
        assert_eq!(server.token(&without_jti).await.0, 200);
        assert_eq!(server.refused(&without_jti).await, "400 invalid_grant MP-012");
        let padded = without_jti.split('.').map(|part| format!("{part}{}", "=".repeat((4 - part.len() % 4) % 4)));
        // The padding is part of what is signed, so the padded form is another, wrongly signed grant.
        assert_ne!(server.token(&padded.collect::<Vec<_>>().join(".")).await.0, 200);
        let refused_grant = server.grant(json!({"jti": "x", "scope": "altinn:nothing"}));
        assert_eq!(server.refused(&refused_grant).await, "400 invalid_scope MP-200");
        assert_eq!(
            server.token(&server.grant(json!({"jti": "x"}))).await.0,
            200,
            "a refused grant uses up nothing"
        );
    }

    async fn keys_and_algorithms(db: db::Db) {
        let server = server(&db).await;
        let claims = server.claims();
        let other = KeySet::from_pem(&jose::generate_rsa(2048).unwrap(), Some(server.vendor.kid())).unwrap();
        assert_eq!(server.refused(&other.sign(&claims).unwrap()).await, "400 invalid_grant MP-124");
        let unknown_kid = jose::sandbox::idporten().unwrap().sign(&claims).unwrap();
        assert_eq!(server.refused(&unknown_kid).await, "400 invalid_grant MP-124");

        let good = server.grant(json!({}));
        let kid = server.vendor.kid();
        for (header, expected) in [
            (json!({"alg": "none", "kid": kid}), "400 invalid_request MP-011"),
            (json!({"alg": "HS256", "kid": kid}), "400 invalid_request MP-011"),
            (json!({"alg": "EdDSA", "kid": kid}), "400 invalid_request MP-011"),
            (json!({"kid": kid}), "400 invalid_request MP-011"),
            (json!({"alg": "RS256"}), "400 invalid_request MP-011"),
            (json!({"alg": "RS256", "kid": kid, "x5c": ["MII="]}), "400 invalid_request MP-011"),
            (json!({"alg": "RS256", "x5c": "MII="}), "400 invalid_grant MP-123"),
            (json!({"alg": "RS256", "x5c": []}), "400 invalid_grant MP-123"),
            (json!({"alg": "RS256", "x5c": ["MII="]}), "400 invalid_grant MP-120"),
            (json!({"alg": "RS512", "kid": kid}), "400 invalid_grant MP-124"),
            (json!({"alg": "RS256", "kid": kid, "typ": "JWT"}), "400 invalid_grant MP-124"),
        ] {
            assert_eq!(server.refused(&with_header(&good, &header)).await, expected, "{header}");
        }
        server.clock.advance(std::time::Duration::from_hours(366 * 24));
        assert_eq!(server.refused(&server.grant(json!({}))).await, "400 invalid_grant MP-121");
    }

    async fn malformed_requests(db: db::Db) {
        let server = server(&db).await;
        let good = server.grant(json!({}));
        let grant_type = "urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer";
        for (content_type, body, expected) in [
            (FORM, String::new(), "400 invalid_request -"),
            (FORM, format!("assertion={good}"), "400 invalid_request -"),
            (FORM, format!("grant_type=client_credentials&assertion={good}"), "400 unsupported_grant_type -"),
            (FORM, format!("grant_type={grant_type}"), "400 invalid_request MP-011"),
            (FORM, format!("grant_type={grant_type}&assertion=a.b"), "400 invalid_request MP-011"),
            (FORM, format!("grant_type={grant_type}&assertion=%ff.%ff.%ff"), "400 invalid_request MP-011"),
            (
                FORM,
                format!("grant_type={grant_type}&assertion={}", "a".repeat(20_000)),
                "400 invalid_request MP-011",
            ),
            (FORM, format!("grant_type={grant_type}&assertion={}", "a".repeat(100_000)), "400 invalid_request -"),
            (
                FORM,
                format!("grant_type={grant_type}&grant_type={grant_type}&assertion={good}"),
                "400 invalid_request -",
            ),
            (
                "application/json",
                json!({"grant_type": JWT_BEARER, "assertion": good}).to_string(),
                "400 invalid_request -",
            ),
            ("", format!("grant_type={grant_type}&assertion={good}"), "400 invalid_request -"),
        ] {
            let (status, _, answer) = server.post(content_type, body.clone()).await;
            assert_eq!(summary(status, &answer), expected, "{content_type} {}", &body[..body.len().min(80)]);
            assert_eq!(server.rows().await, 0);
        }
        let with_unknown = format!("grant_type={grant_type}&assertion={good}&alg=RS256");
        assert_eq!(server.post("application/x-www-form-urlencoded; charset=utf-8", with_unknown).await.0, 200);
    }

    async fn audiences_in_use_are_accepted_unless_strict(db: db::Db) {
        let audiences = [
            json!(ISSUER.trim_end_matches('/')),
            json!(format!("{ISSUER}token")),
            json!([format!("{ISSUER}token")]),
        ];
        let lenient = server(&db).await;
        let strict = server_with(&db, &vec![("maskinporten.strict_aud".into(), "true".into())]).await;
        for (at, audience) in audiences.into_iter().enumerate() {
            let change = json!({"aud": audience, "jti": at.to_string()});
            assert_eq!(lenient.token(&lenient.grant(change.clone())).await.0, 200, "{change}");
            assert_eq!(strict.refused(&strict.grant(change)).await, "400 invalid_grant MP-110");
        }
        assert_eq!(strict.token(&strict.grant(json!({"aud": [ISSUER]}))).await.0, 200);
    }

    async fn a_changed_client_counts_at_once(db: db::Db) {
        use ports::population::PopulationSink;
        let server = server(&db).await;
        assert_eq!(server.token(&server.grant(json!({}))).await.0, 200);
        let mut tx = server.db.begin("change").await.unwrap();
        let changed = json!({"clientId": "vendor", "orgNo": VENDOR, "scopes": ["altinn:granted"], "tokenLifetime": 30,
                             "jwks": server.vendor.jwks()});
        server.clients.load(&mut tx, "maskinportenClients", &[changed]).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(server.refused(&server.grant(json!({"jti": "2"}))).await, "400 invalid_scope MP-200");
    }
}
