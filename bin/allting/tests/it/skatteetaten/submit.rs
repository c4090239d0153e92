//! `POST /v1/{inntektsaar}`: what is refused, with which code, and that nothing is left behind.

use super::{KEY, SERVICE, World, YEAR, sound, world};
use crate::support::{Answer, DIALOGS, REPORTING};
use population::personas::{INDUSTRY_COMPANY, OTHER_CONDOMINIUM, VENDOR};
use ports::register::{PartyRef, Register};
use serde_json::{Value, json};

/// A request, to be spoilt in one way.
struct Attempt {
    path: String,
    token: Option<String>,
    key: Option<String>,
    kind: Option<&'static str>,
    accept: Option<&'static str>,
    body: Vec<u8>,
}

/// What the error must say: status, main code, exact code, and where.
type Wanted = (u16, &'static str, &'static str, Option<&'static str>);

impl World {
    fn attempt(&self) -> Attempt {
        Attempt {
            path: YEAR.into(),
            token: Some(self.token.clone()),
            key: Some(KEY.into()),
            kind: Some("application/json"),
            accept: Some("application/json"),
            body: sound().to_string().into_bytes(),
        }
    }

    async fn send(&self, attempt: Attempt) -> Answer {
        let mut call = self.app.post(&attempt.path).body(attempt.body);
        if let Some(token) = &attempt.token {
            call = call.bearer(token);
        }
        let headers = [
            ("idempotencyKey", attempt.key.as_deref()),
            ("content-type", attempt.kind),
            ("accept", attempt.accept),
        ];
        for (name, value) in headers {
            if let Some(value) = value {
                call = call.header(name, value);
            }
        }
        call.send().await
    }

    async fn refused(&self, why: &str, spoil: impl FnOnce(&mut Attempt), wanted: Wanted) {
        let before = self.app.rows().await;
        let mut attempt = self.attempt();
        spoil(&mut attempt);
        let answer = self.send(attempt).await;
        let (status, main, exact, place) = wanted;
        let text = answer.text();
        assert_eq!(answer.status.as_u16(), status, "{why}: {text}");
        assert_eq!(answer.header("content-type"), "application/json", "{why}");
        let body = answer.json();
        assert_eq!(body["kode"], main, "{why}: {text}");
        assert_eq!(body["spesifisering"][0]["kode"], exact, "{why}: {text}");
        assert_eq!(body["spesifisering"][0]["sti"].as_str(), place, "{why}: {text}");
        assert!(!body["spesifisering"][0]["melding"].as_str().unwrap().is_empty(), "{why}");
        assert_eq!(answer.header("korrelasjonsid"), body["korrelasjonsid"].as_str().unwrap(), "{why}");
        assert_eq!(self.app.rows().await, before, "{why}: rows are left behind");
    }
}

fn changed(change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut body = sound();
    change(&mut body);
    body.to_string().into_bytes()
}

#[tokio::test]
async fn a_spoilt_form_is_refused_by_its_own_code() {
    let world = world().await;
    let request = ("GLD_006", "GLD_1028");
    world.refused("no key", |a| a.key = None, (400, request.0, request.1, None)).await;
    for key in ["", "not-a-uuid", "0195cf11-92fc-41bb-9dac"] {
        let wanted = (400, "GLD_006", "GLD_1022", Some("idempotencyKey"));
        world.refused("key is no UUID", |a| a.key = Some(key.into()), wanted).await;
    }
    for kind in [None, Some("application/xml"), Some("text/json"), Some("application/jsonx")] {
        world.refused("content type", |a| a.kind = kind, (400, "GLD_011", "GLD_1047", None)).await;
    }
    world.refused("accept", |a| a.accept = Some("application/xml"), (400, "GLD_011", "GLD_1030", None)).await;
    let large = |a: &mut Attempt| a.body.resize(10 * 1024 * 1024 + 1, b' ');
    world.refused("over 10 MB", large, (413, "GLD_008", "GLD_1022", None)).await;
    for year in ["abcd", "23", "20230", "2023.", "-2023", "%C2%B2023"] {
        let wanted = (400, "GLD_008", "GLD_1022", Some("inntektsaar"));
        world.refused(year, |a| a.path = format!("{SERVICE}/v1/{year}"), wanted).await;
    }
}

#[tokio::test]
async fn a_spoilt_body_is_refused_with_the_path() {
    let world = world().await;
    let broken: [(&str, Vec<u8>); 6] = [
        ("empty", vec![]),
        ("cut off", b"{\"leveranse\":".to_vec()),
        ("two documents", b"{} {}".to_vec()),
        ("invalid UTF-8", b"{\"leveranse\": \"\xff\xfe\"}".to_vec()),
        ("deep arrays", "[".repeat(200).into_bytes()),
        ("deep objects", ("{\"a\":".repeat(5000)).into_bytes()),
    ];
    for (why, body) in broken {
        world.refused(why, |a| a.body = body, (400, "GLD_008", "GLD_1032", Some(""))).await;
    }
    let typed: [(&str, Vec<u8>, &'static str); 6] = [
        ("an array", b"[]".to_vec(), ""),
        ("no delivery", b"{}".to_vec(), ""),
        ("a list of deliveries", changed(|b| b["leveranse"] = json!([b["leveranse"]])), "leveranse"),
        (
            "a number as organisation number",
            changed(|b| b["leveranse"]["oppgavegiver"]["organisasjonsnummer"] = json!(310_200_107)),
            "leveranse/oppgavegiver/organisasjonsnummer",
        ),
        (
            "a text as amount",
            changed(|b| b["leveranse"]["oppgave"][1]["andelGjeld"] = json!("much")),
            "leveranse/oppgave/1/andelGjeld",
        ),
        ("a half year", changed(|b| b["leveranse"]["inntektsaar"] = json!(2023.5)), "leveranse/inntektsaar"),
    ];
    for (why, body, place) in typed {
        world.refused(why, |a| a.body = body, (400, "GLD_008", "GLD_1032", Some(place))).await;
    }
}

#[tokio::test]
async fn years_must_agree_and_be_open() {
    let world = world().await;
    let other = (400, "GLD_010", "GLD_1052", Some("leveranse/inntektsaar"));
    world.refused("another year in the path", |a| a.path = format!("{SERVICE}/v1/2022"), other).await;
    for year in [2010, 2099] {
        let closed = |a: &mut Attempt| {
            a.path = format!("{SERVICE}/v1/{year}");
            a.body = changed(|b| b["leveranse"]["inntektsaar"] = json!(year));
        };
        world.refused("a closed year", closed, (400, "GLD_010", "GLD_1027", Some("inntektsaar"))).await;
    }
}

#[tokio::test]
async fn the_organisation_must_be_one_that_may_report_and_be_reported_for() {
    let world = world().await;
    let register = register::Register::new(&world.app.ctx);
    let main = world.app.party(PartyRef::OrgNo(INDUSTRY_COMPANY.to_owned())).await;
    let sub_unit = register.sub_units(&[main.uuid]).await.unwrap()[0].org_no.clone().unwrap();
    let cases = [
        ("unknown", "999999999", 400, "GLD_010", "GLD_1055"),
        ("a sub-unit", sub_unit.as_str(), 400, "GLD_010", "GLD_1062"),
        ("another customer", OTHER_CONDOMINIUM, 403, "GLD_005", "GLD_1015"),
        ("the vendor itself", VENDOR, 403, "GLD_005", "GLD_1015"),
    ];
    for (why, number, status, main, exact) in cases {
        let body = changed(|b| b["leveranse"]["oppgavegiver"]["organisasjonsnummer"] = json!(number));
        let place = Some("leveranse/oppgavegiver/organisasjonsnummer");
        world.refused(why, |a| a.body = body, (status, main, exact, place)).await;
    }
}

#[tokio::test]
async fn the_token_must_be_maskinportens_and_carry_a_living_system_user() {
    let world = world().await;
    let app = &world.app;
    let plain = app.maskinporten_token(REPORTING).await;
    world.refused("no system user", |a| a.token = Some(plain), (403, "GLD_005", "GLD_1063", None)).await;
    let other = world.user.token(app, DIALOGS).await;
    world.refused("another scope", |a| a.token = Some(other), (403, "GLD_005", "GLD_1015", None)).await;
    let exchanged = app.get("/authentication/api/v1/exchange/maskinporten").bearer(&world.token).send().await;
    assert_eq!(exchanged.status, 200, "{}", exchanged.text());
    world
        .refused("Altinn's token", |a| a.token = Some(exchanged.text()), (401, "GLD_004", "GLD_1008", None))
        .await;
    world.refused("no token", |a| a.token = None, (401, "GLD_004", "GLD_1007", None)).await;
    for token in ["x", "a.b.c", "..", &format!("{}x", world.token), &"A".repeat(20_000)] {
        world
            .refused("malformed", |a| a.token = Some(token.into()), (401, "GLD_004", "GLD_1008", None))
            .await;
    }
    world.user.revoke(app).await;
    let place = Some("leveranse/oppgavegiver/organisasjonsnummer");
    world.refused("revoked", |_| (), (403, "GLD_005", "GLD_1015", place)).await;
}

#[tokio::test]
async fn the_clients_correlation_id_comes_back() {
    let world = world().await;
    let id = "7f0c3a52-0f0e-4a7c-9c1b-2f6d7b1e4a10";
    let answer =
        world.app.post(YEAR).bearer(&world.token).header("Korrelasjonsid", id).json(&sound()).send().await;
    assert_eq!((answer.header("korrelasjonsid"), &answer.json()["korrelasjonsid"]), (id, &json!(id)));
}
