//! Mockporten: identity §2.8.

use crate::support::{Answer, CHALLENGE, KARI, Server, VERIFIER, form, server};
use ports::idporten::{Redemption, UpstreamIdp};

const BACK: &str = "http://localhost:8080/authentication/api/v1/upstream/callback";

async fn filled(server: &Server, pid: &str, password: &str) -> Answer {
    let query = form(&[
        ("client_id", "altinn-portal"),
        ("redirect_uri", BACK),
        ("state", "st"),
        ("nonce", "no"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
        ("scope", "openid"),
    ]);
    let page = server.get(&format!("/mockporten/Authorize?{query}")).await;
    assert_eq!((page.status.as_u16(), page.body.matches("<form method=\"post\">").count()), (200, 1));
    let names =
        ["Client_id", "Redirect_uri", "State", "Nonce", "Code_challenge", "Code_challenge_method", "Scope"];
    let hidden: Vec<_> = names.iter().map(|name| (*name, page.hidden(name))).collect();
    let mut fields: Vec<(&str, &str)> = hidden.iter().map(|(name, value)| (*name, value.as_str())).collect();
    fields.extend([("Pid", pid), ("Password", password)]);
    server.post("/mockporten/Authorize", &fields, None).await
}

testkit::db_suite! { [jobs::migrations()];
    async fn the_form_gives_a_code_and_the_code_an_identity(db: db::Db) {
        let server = server(&db).await;
        let answer = filled(&server, KARI, "allting").await;
        let told = answer.answered();
        assert_eq!((answer.status.as_u16(), told["state"].as_str()), (302, "st"));
        assert!(!answer.location().contains(KARI));
        let fields = [("grant_type", "authorization_code"), ("code", told["code"].as_str()), ("redirect_uri", BACK),
            ("code_verifier", VERIFIER)];
        let tokens = server.post("/mockporten/token", &fields, None).await.json();
        assert_eq!((&tokens["expires_in"], &tokens["id_token"]), (&3600.into(), &tokens["access_token"]));
        let again = server.post("/mockporten/token", &fields, None).await;
        assert_eq!((again.status.as_u16(), again.json()["error"].as_str()), (400, Some("invalid_grant")));
    }

    async fn only_synthetic_people_enter(db: db::Db) {
        let server = server(&db).await;
        for pid in ["01017012345", "28876895930", ""] {
            let told = filled(&server, pid, "allting").await.answered();
            assert_eq!((told["error"].as_str(), told["error_description"].as_str()), ("access_denied", "pid_not_synthetic"));
        }
    }

    async fn the_verifier_must_fit_when_redeemed_in_process(db: db::Db) {
        let server = server(&db).await;
        let code = filled(&server, KARI, "allting").await.answered()["code"].clone();
        let fields = [("grant_type", "authorization_code"), ("code", code.as_str()), ("redirect_uri", BACK),
            ("code_verifier", "wrong")];
        assert_eq!(server.post("/mockporten/token", &fields, None).await.status, 400);
        let redemption = Redemption { code: "x".into(), verifier: VERIFIER.into(), redirect_uri: BACK.into() };
        assert_eq!(server.idp.redeem(&redemption).await.unwrap(), None);
    }

    async fn a_login_from_which_the_challenge_was_taken_gives_altinn_nobody(db: db::Db) {
        let server = server(&db).await;
        let fields = [("Client_id", "altinn-portal"), ("Redirect_uri", BACK), ("State", "st"), ("Nonce", "no"),
            ("Pid", KARI), ("Password", "allting")];
        let code = server.post("/mockporten/Authorize", &fields, None).await.answered()["code"].clone();
        let fields = [("grant_type", "authorization_code"), ("code", code.as_str()), ("redirect_uri", BACK),
            ("code_verifier", VERIFIER)];
        assert_eq!(server.post("/mockporten/token", &fields, None).await.status, 400);
    }

    async fn guessing_the_password_locks_the_door(db: db::Db) {
        let server = server(&db).await;
        for _ in 0..5 {
            let refused = filled(&server, KARI, "guess").await;
            assert_eq!((refused.status.as_u16(), refused.body.as_str()), (401, ""));
        }
        assert_eq!(filled(&server, KARI, "allting").await.status, 429);
    }
}
