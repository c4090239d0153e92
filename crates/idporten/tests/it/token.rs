//! `/token`, `/userinfo`, revocation: identity §2.3.1–§2.6.

use crate::support::{Browser, CALLBACK, ISSUER, KARI, Server, VERIFIER, basic, server};
use jiff::SignedDuration;
use serde_json::{Value, json};

/// The code of a fresh login.
async fn code(server: &Server, changes: &[(&str, &str)]) -> String {
    Browser::new(server).log_in(changes).await.answered()["code"].clone()
}

fn error(answer: &crate::support::Answer) -> (u16, String) {
    (answer.status.as_u16(), answer.json()["error"].as_str().unwrap_or_default().to_owned())
}

fn assertion(server: &Server, changes: Value) -> String {
    let now = server.now();
    let mut claims =
        json!({"iss": "jwt", "sub": "jwt", "aud": ISSUER, "iat": now, "exp": now + 100, "jti": "a1"});
    for (name, value) in changes.as_object().unwrap() {
        claims[name] = value.clone();
    }
    jose::sandbox::vendor().unwrap().sign(&claims).unwrap()
}

async fn redeem_by_assertion(server: &Server, code: &str, assertion: &str) -> crate::support::Answer {
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
        ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
        ("client_assertion", assertion),
    ];
    server.post("/idporten/token", &fields, None).await
}

testkit::db_suite! { [jobs::migrations()];
    async fn a_code_gives_tokens_with_the_claims_of_the_spec(db: db::Db) {
        let server = server(&db).await;
        let answer = server.redeem(&code(&server, &[]).await).await;
        assert_eq!((answer.status.as_u16(), &answer.headers["cache-control"]), (200, &"no-store".parse().unwrap()));
        let tokens = answer.json();
        assert_eq!(
            (&tokens["token_type"], &tokens["expires_in"], &tokens["scope"], &tokens["refresh_token_expires_in"]),
            (&json!("Bearer"), &json!(120), &json!("openid profile"), &json!(600))
        );
        let now = server.now();
        let id = server.claims(tokens["id_token"].as_str().unwrap()).await;
        let (sub, jti) = (id["sub"].as_str().unwrap(), id["jti"].as_str().unwrap());
        assert!(!sub.contains(KARI) && jti.len() >= 11);
        assert_eq!(
            id,
            json!({
                "sub": sub, "amr": ["BankID"], "iss": ISSUER, "pid": KARI, "locale": "nb", "nonce": "n-1", "aud": "demo",
                "acr": "idporten-loa-high", "auth_time": now, "exp": now + 120, "iat": now, "jti": jti
            })
        );
        let access = server.claims(tokens["access_token"].as_str().unwrap()).await;
        assert_eq!(
            access,
            json!({
                "sub": sub, "iss": ISSUER, "client_amr": "client_secret_basic", "pid": KARI, "token_type": "Bearer",
                "client_id": "demo", "acr": "idporten-loa-high", "amr": ["BankID"], "scope": "openid profile",
                "exp": now + 120, "iat": now, "jti": access["jti"],
                "consumer": {"authority": "iso6523-actorid-upis", "ID": "0192:991825827"}
            })
        );
        let info = server.userinfo(tokens["access_token"].as_str().unwrap()).await;
        assert_eq!(info.json(), json!({"sub": sub, "pid": KARI, "locale": "nb"}));
    }

    async fn subjects_differ_between_clients_and_last(db: db::Db) {
        let server = server(&db).await;
        let sub = async |id: &str| {
            let code = code(&server, &[("client_id", id)]).await;
            let fields = [("grant_type", "authorization_code"), ("code", &code), ("redirect_uri", CALLBACK),
                ("code_verifier", VERIFIER)];
            let tokens = server.post("/idporten/token", &fields, Some(&basic(id))).await.json();
            server.claims(tokens["id_token"].as_str().unwrap()).await["sub"].clone()
        };
        assert_eq!(sub("demo").await, sub("demo").await);
        assert_ne!(sub("demo").await, sub("alone").await);
    }

    async fn without_openid_there_is_no_identity_token(db: db::Db) {
        let server = server(&db).await;
        let tokens = server.redeem(&code(&server, &[("scope", "altinn:instances.read")]).await).await.json();
        assert!(tokens.get("id_token").is_none());
        let info = server.userinfo(tokens["access_token"].as_str().unwrap()).await;
        assert_eq!(error(&info), (403, "insufficient_scope".into()));
    }

    async fn a_second_use_of_the_code_kills_the_tokens(db: db::Db) {
        let server = server(&db).await;
        let code = code(&server, &[]).await;
        let tokens = server.redeem(&code).await.json();
        let access = tokens["access_token"].as_str().unwrap();
        assert_eq!(server.userinfo(access).await.status, 200);
        assert_eq!(error(&server.redeem(&code).await), (400, "invalid_grant".into()));
        let refused = server.userinfo(access).await;
        assert_eq!(error(&refused), (401, "invalid_token".into()));
        assert_eq!(refused.headers["www-authenticate"], "Bearer error=\"invalid_token\"");
        assert_eq!(error(&server.refresh(tokens["refresh_token"].as_str().unwrap()).await), (400, "invalid_grant".into()));
    }

    async fn what_does_not_fit_the_code_is_refused_and_does_not_burn_it(db: db::Db) {
        let server = server(&db).await;
        let code = code(&server, &[]).await;
        let grant = (400, "invalid_grant".to_owned());
        assert_eq!(error(&server.redeem_with(&code, &"x".repeat(43), CALLBACK).await), grant);
        assert_eq!(error(&server.redeem_with(&code, VERIFIER, "https://rp.example/cb?a=1").await), grant);
        assert_eq!(error(&server.redeem("unknown").await), grant);
        assert_eq!(server.redeem(&code).await.status, 200);
    }

    async fn a_code_lives_for_a_minute(db: db::Db) {
        let server = server(&db).await;
        let code = code(&server, &[]).await;
        server.clock.advance(SignedDuration::from_secs(60));
        assert_eq!(error(&server.redeem(&code).await), (400, "invalid_grant".into()));
    }

    async fn refresh_tokens_rotate_and_reuse_kills_the_family(db: db::Db) {
        let server = server(&db).await;
        let first = server.redeem(&code(&server, &[]).await).await.json();
        let second = server.refresh(first["refresh_token"].as_str().unwrap()).await;
        assert_eq!(second.status, 200);
        let second = second.json();
        assert!(second.get("id_token").is_none());
        assert_ne!(first["refresh_token"], second["refresh_token"]);
        assert_eq!(error(&server.refresh(first["refresh_token"].as_str().unwrap()).await), (400, "invalid_grant".into()));
        assert_eq!(error(&server.refresh(second["refresh_token"].as_str().unwrap()).await), (400, "invalid_grant".into()));
    }

    async fn of_two_who_refresh_at_once_one_is_a_thief(db: db::Db) {
        let server = server(&db).await;
        let first = server.redeem(&code(&server, &[]).await).await.json();
        let token = first["refresh_token"].as_str().unwrap();
        let (one, other) = tokio::join!(server.refresh(token), server.refresh(token));
        let served: Vec<_> = [&one, &other].into_iter().filter(|answer| answer.status == 200).collect();
        assert_eq!(served.len(), 1);
        let second = served[0].json();
        assert_eq!(error(&server.refresh(second["refresh_token"].as_str().unwrap()).await), (400, "invalid_grant".into()));
    }

    async fn refreshing_ends_with_the_authorization(db: db::Db) {
        let server = server(&db).await;
        let mut tokens = server.redeem(&code(&server, &[]).await).await.json();
        for _ in 0..13 {
            server.clock.advance(SignedDuration::from_mins(9));
            tokens = server.refresh(tokens["refresh_token"].as_str().unwrap()).await.json();
        }
        assert_eq!(tokens["refresh_token_expires_in"], 180, "two hours are up in three minutes");
        server.clock.advance(SignedDuration::from_mins(3));
        assert_eq!(error(&server.refresh(tokens["refresh_token"].as_str().unwrap()).await), (400, "invalid_grant".into()));
    }

    async fn each_client_proves_itself_by_its_own_method(db: db::Db) {
        let server = server(&db).await;
        let code = code(&server, &[]).await;
        let fields = |extra: &[(&'static str, &'static str)]| {
            let mut fields = vec![("grant_type", "authorization_code"), ("redirect_uri", CALLBACK), ("code_verifier", VERIFIER)];
            fields.extend_from_slice(extra);
            fields
        };
        let mut by_post = fields(&[("client_id", "demo"), ("client_secret", "s3cret")]);
        by_post.push(("code", &code));
        let refused = server.post("/idporten/token", &by_post, None).await;
        assert_eq!(error(&refused), (401, "invalid_client".into()), "demo is registered for basic");
        assert!(!refused.headers.contains_key("www-authenticate"));
        let wrong = server.post("/idporten/token", &fields(&[]), Some("Basic ZGVtbzp3cm9uZw==")).await;
        assert_eq!((error(&wrong), &wrong.headers["www-authenticate"]), ((401, "invalid_client".into()), &"Basic".parse().unwrap()));
        let public = server.post("/idporten/token", &fields(&[("client_id", "demo")]), None).await;
        assert_eq!(error(&public), (401, "invalid_client".into()));
        let altinn = server.post("/idporten/token", &fields(&[("client_id", "altinn-portal")]), None).await;
        assert_eq!(error(&altinn), (401, "invalid_client".into()), "nobody is Altinn over the wire");
        assert_eq!(server.redeem(&code).await.status, 200);
    }

    async fn a_public_client_has_its_verifier_and_no_refresh_token(db: db::Db) {
        let server = server(&db).await;
        let code = code(&server, &[("client_id", "spa"), ("scope", "openid")]).await;
        let fields = [("grant_type", "authorization_code"), ("code", &code), ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER), ("client_id", "spa")];
        let tokens = server.post("/idporten/token", &fields, None).await.json();
        assert!(tokens["id_token"].is_string() && tokens.get("refresh_token").is_none(), "{tokens}");
    }

    async fn assertions_are_checked_and_single_use(db: db::Db) {
        let server = server(&db).await;
        let code = code(&server, &[("client_id", "jwt")]).await;
        let now = server.now();
        for changes in [
            json!({"aud": "https://elsewhere.example", "jti": "b1"}),
            json!({"sub": "demo", "jti": "b2"}),
            json!({"exp": now - 60, "jti": "b3"}),
            json!({"exp": now + 600, "jti": "b4"}),
            json!({"jti": ""}),
        ] {
            let refused = redeem_by_assertion(&server, &code, &assertion(&server, changes.clone())).await;
            assert_eq!(error(&refused), (401, "invalid_client".into()), "{changes}");
        }
        let good = assertion(&server, json!({"aud": ["http://localhost:8080/idporten/token"]}));
        assert_eq!(redeem_by_assertion(&server, &code, &good).await.status, 200);
        assert_eq!(error(&redeem_by_assertion(&server, &code, &good).await), (401, "invalid_client".into()));
    }

    async fn malformed_requests_have_their_codes(db: db::Db) {
        let server = server(&db).await;
        let basic = basic("demo");
        let post = async |fields: &[(&str, &str)]| error(&server.post("/idporten/token", fields, Some(&basic)).await);
        assert_eq!(post(&[]).await, (400, "invalid_request".into()));
        assert_eq!(post(&[("grant_type", "password")]).await, (400, "unsupported_grant_type".into()));
        assert_eq!(post(&[("grant_type", "authorization_code"), ("code", "x")]).await, (400, "invalid_request".into()));
        assert_eq!(post(&[("grant_type", "refresh_token"), ("grant_type", "refresh_token")]).await, (400, "invalid_request".into()));
        assert_eq!(post(&[("client_id", "other"), ("grant_type", "refresh_token")]).await, (400, "invalid_request".into()));
    }

    async fn revocation_kills_the_grant_for_its_own_client_only(db: db::Db) {
        let server = server(&db).await;
        let tokens = server.redeem(&code(&server, &[]).await).await.json();
        let access = tokens["access_token"].as_str().unwrap();
        let refresh = tokens["refresh_token"].as_str().unwrap();
        let other = server.post("/idporten/token/revoke", &[("token", refresh)], Some(&basic("alone"))).await;
        assert_eq!((other.status.as_u16(), server.userinfo(access).await.status.as_u16()), (200, 200));
        let own = server.post("/idporten/revoke", &[("token", refresh)], Some(&basic("demo"))).await;
        assert_eq!((own.status.as_u16(), own.body.as_str()), (200, ""));
        assert_eq!(server.userinfo(access).await.status, 401);
        let unknown = server.post("/idporten/revoke", &[("token", "x")], Some(&basic("demo"))).await;
        assert_eq!(unknown.status, 200);
    }

    async fn introspection_tells_of_live_tokens(db: db::Db) {
        let server = server(&db).await;
        let tokens = server.redeem(&code(&server, &[]).await).await.json();
        let ask = async |token: &str, id: &str| {
            server.post("/idporten/token/introspect", &[("token", token)], Some(&basic(id))).await.json()
        };
        let access = tokens["access_token"].as_str().unwrap();
        let told = ask(access, "demo").await;
        assert_eq!((&told["active"], &told["client_id"], &told["expires_in"]), (&json!(true), &json!("demo"), &json!(120)));
        assert_eq!(ask(access, "alone").await, json!({"active": false}));
        server.clock.advance(SignedDuration::from_secs(120));
        assert_eq!(ask(access, "demo").await, json!({"active": false}));
    }

    async fn userinfo_without_a_token_challenges(db: db::Db) {
        let server = server(&db).await;
        let refused = server.get("/idporten/userinfo").await;
        assert_eq!((refused.status.as_u16(), &refused.headers["www-authenticate"]), (401, &"Bearer".parse().unwrap()));
    }
}
