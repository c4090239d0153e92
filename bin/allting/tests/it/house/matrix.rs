//! Every route with every kind of wrong credential: it answers what its declaration demands, and never lets through or breaks.

use crate::support::{Answer, CITIZEN, Call, DIRECTOR, TestApp, app};
use http::{Method, StatusCode};
use httpkit::{Access, RouteLine};
use jose::KeySet;
use ports::register::PartyRef;
use serde_json::{Value, json};

/// A value that the parameter's name promises.
fn plausible(name: &str) -> &'static str {
    let lower = name.to_ascii_lowercase();
    match lower.trim_start_matches('*') {
        "inntektsaar" | "year" => "2023",
        "org" | "orgcode" => "skd",
        "orgno" | "orgnr" | "organisasjonsnummer" => "310200107",
        "partyid" | "party" | "userid" | "fromparty" => "50000001",
        "provider" => "maskinporten",
        name if name.contains("resource") => "ske-innrapportering-boligsameie",
        _ => "0195cf11-92fc-71bb-9dac-2a28e3d5f26b",
    }
}

fn filled(path: &str) -> String {
    let segments = path.split('/').map(|segment| match segment.split_once('{') {
        Some((before, rest)) => {
            let (name, after) = rest.split_once('}').unwrap();
            format!("{before}{}{after}", plausible(name))
        }
        None => segment.to_owned(),
    });
    segments.collect::<Vec<_>>().join("/")
}

/// The same with a query.
pub fn call_with<'a>(app: &'a TestApp, route: &RouteLine, query: &str) -> Call<'a> {
    // A route for every method is tried with one that brings a body.
    let method = if route.method.as_str() == "ANY" { Method::POST } else { route.method.clone() };
    app.call(method, &format!("/_host/{}{}?{query}", route.role.label(), filled(&route.path)))
}

/// Valid tokens with every scope, Altinn's and Maskinporten's.
pub async fn sound_tokens(app: &TestApp, every_scope: &str) -> [String; 2] {
    Forgeries::new(app, every_scope).await.sound
}

/// A call to the route on its own host, with parameters filled in and no credential.
pub fn call<'a>(app: &'a TestApp, route: &RouteLine) -> Call<'a> {
    let path = format!("/_host/{}{}", route.role.label(), filled(&route.path));
    app.call(route.method.clone(), &path)
}

/// Tokens that look right and are not.
struct Forgeries {
    /// Bearer tokens that no route may take, by what is wrong with them.
    invalid: Vec<(&'static str, String)>,
    /// Valid tokens without any scope that a route asks for.
    scopeless: [String; 2],
    /// Valid tokens with every scope, Altinn's and Maskinporten's: the forgeries without their fault.
    sound: [String; 2],
    /// Wrong `PlatformAccessToken` headers.
    platform: Vec<(&'static str, String)>,
}

impl Forgeries {
    async fn new(app: &TestApp, every_scope: &str) -> Self {
        let person = app.party(PartyRef::Pid(CITIZEN.to_owned())).await;
        let now = app.ctx.clock.now().as_second();
        let (issuers, keys) = (&app.ctx.config.issuers, &app.ctx.keys);
        let stranger = KeySet::from_pem(&jose::generate_rsa(2048).unwrap(), None).unwrap();
        let same_kid =
            KeySet::from_pem(&jose::generate_rsa(2048).unwrap(), Some(&keys.altinn.kid())).unwrap();
        let claims = |issuer: &str, scope: &str, exp: i64, more: Value| {
            let mut claims = json!({
                "iss": issuer, "scope": scope, "urn:altinn:scope": scope, "iat": now - 300, "exp": exp, "jti": "forged",
                "consumer": {"authority": "iso6523-actorid-upis", "ID": "0192:310200409"}, "client_id": "c",
                "urn:altinn:org": "skd", "urn:altinn:orgNumber": "974761076", "urn:altinn:userid": person.user_id, "urn:altinn:party:uuid": person.uuid, "urn:altinn:partyid": person.id, "urn:altinn:authlevel": 4,
            });
            claims.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            claims
        };
        let sign = |keys: &KeySet, claims: Value| keys.sign(&claims).unwrap();
        let late = now + 600;
        let all = |issuer: &str| claims(issuer, every_scope, late, json!({}));
        let good = sign(&keys.altinn.set(), all(&issuers.altinn));
        let unsigned = {
            let body = good.split('.').nth(1).unwrap();
            format!("eyJhbGciOiJub25lIn0.{body}.")
        };
        let cut = good.rsplit_once('.').unwrap().0.to_owned() + ".AAAA";
        let app_token = json!({"urn:altinn:app": "platform"});
        Self {
            invalid: vec![
                ("garbage", "garbage".into()),
                ("three empty parts", "..".into()),
                ("alg none", unsigned),
                ("no signature", cut),
                ("unknown key, Altinn", sign(&stranger, all(&issuers.altinn))),
                ("unknown key with our kid", sign(&same_kid, all(&issuers.altinn))),
                ("unknown key, Maskinporten", sign(&stranger, all(&issuers.maskinporten))),
                ("Altinn's name, ID-porten's key", sign(&keys.idporten.set(), all(&issuers.altinn))),
                ("Maskinporten's name, Altinn's key", sign(&keys.altinn.set(), all(&issuers.maskinporten))),
                (
                    "a stranger's name, Maskinporten's key",
                    sign(&keys.maskinporten.set(), all("https://elsewhere.example/")),
                ),
                (
                    "expired, Altinn",
                    sign(&keys.altinn.set(), claims(&issuers.altinn, every_scope, now - 60, json!({}))),
                ),
                (
                    "expired, Maskinporten",
                    sign(
                        &keys.maskinporten.set(),
                        claims(&issuers.maskinporten, every_scope, now - 60, json!({})),
                    ),
                ),
                (
                    "not yet valid",
                    sign(
                        &keys.altinn.set(),
                        claims(&issuers.altinn, every_scope, late, json!({"nbf": now + 300})),
                    ),
                ),
                (
                    "a platform access token",
                    sign(&keys.altinn.set(), claims("platform", every_scope, late, app_token.clone())),
                ),
            ],
            scopeless: [
                sign(&keys.altinn.set(), claims(&issuers.altinn, "other:scope", late, json!({}))),
                sign(&keys.maskinporten.set(), claims(&issuers.maskinporten, "other:scope", late, json!({}))),
            ],
            sound: [good.clone(), sign(&keys.maskinporten.set(), all(&issuers.maskinporten))],
            platform: vec![
                ("garbage", "garbage".into()),
                ("a bearer token", good),
                (
                    "ID-porten's key",
                    sign(&keys.idporten.set(), claims("platform", "", late, app_token.clone())),
                ),
                ("expired", sign(&keys.altinn.set(), claims("platform", "", now - 60, app_token))),
                ("no app", sign(&keys.altinn.set(), claims("platform", "", late, json!({})))),
            ],
        }
    }
}

/// Scopes of all routes, so that a forgery is refused for its own fault alone.
pub fn every_scope(routes: &[RouteLine]) -> String {
    let lists = routes.iter().filter_map(|route| match route.access {
        Access::Token { any_of, .. } | Access::PlatformOr(any_of) => Some(any_of),
        _ => None,
    });
    let mut scopes: Vec<_> = lists.flatten().copied().collect();
    scopes.sort_unstable();
    scopes.dedup();
    scopes.join(" ")
}

struct Findings(Vec<String>);

impl Findings {
    fn check(&mut self, route: &RouteLine, who: &str, answer: &Answer, wanted: &[u16]) {
        if !wanted.contains(&answer.status.as_u16()) {
            let (role, method, path) = (route.role.label(), &route.method, &route.path);
            let start: String = answer.text().chars().take(100).collect();
            self.0.push(format!(
                "{role} {method} {path} as {who}: {} instead of {wanted:?}: {start}",
                answer.status
            ));
        }
    }

    /// Sent to log in: the only way on is the login of this server.
    fn check_login(&mut self, route: &RouteLine, who: &str, answer: &Answer) {
        self.check(route, who, answer, &[302, 303]);
        let to = answer.header("location");
        if !to.starts_with("/authentication/api/v1/authentication?goto=") {
            self.0.push(format!("{} as {who} leads to {to:?}", route.path));
        }
    }
}

async fn guarded(app: &TestApp, route: &RouteLine, forged: &Forgeries, found: &mut Findings) {
    match route.access {
        Access::Token { any_of, maskinporten_only } => {
            found.check(route, "nobody", &call(app, route).send().await, &[401]);
            for (who, token) in &forged.invalid {
                found.check(route, who, &call(app, route).bearer(token).send().await, &[401]);
            }
            let [altinn, maskinporten] = &forged.scopeless;
            if maskinporten_only {
                found.check(route, "Altinn token", &call(app, route).bearer(altinn).send().await, &[401]);
            } else if !any_of.is_empty() {
                found.check(route, "wrong scope", &call(app, route).bearer(altinn).send().await, &[403]);
            }
            if !any_of.is_empty() {
                let answer = call(app, route).bearer(maskinporten).send().await;
                found.check(route, "Maskinporten token with wrong scope", &answer, &[403]);
            }
        }
        Access::Platform | Access::PlatformOr(_) => {
            found.check(route, "nobody", &call(app, route).send().await, &[401]);
            for (who, token) in &forged.platform {
                let answer = call(app, route).header("PlatformAccessToken", token).send().await;
                found.check(route, who, &answer, &[401]);
            }
            for (who, token) in &forged.invalid {
                found.check(route, who, &call(app, route).bearer(token).send().await, &[401]);
            }
            let wanted = if route.access == Access::Platform { 401 } else { 403 };
            let answer = call(app, route).bearer(&forged.scopeless[0]).send().await;
            found.check(route, "a token without scope", &answer, &[wanted]);
        }
        Access::Session => {
            found.check_login(route, "nobody", &call(app, route).send().await);
            for token in &forged.scopeless {
                found.check_login(route, "a bearer token", &call(app, route).bearer(token).send().await);
            }
            for (who, token) in &forged.invalid {
                let cookie = format!("AltinnStudioRuntime={token}");
                found.check_login(route, who, &call(app, route).header("cookie", &cookie).send().await);
            }
        }
        // The handler sees to it that nobody gets anything.
        Access::Client(_) => {
            let answer = call(app, route).send().await;
            if answer.status.is_success() || answer.status.is_server_error() {
                found.check(route, "nobody", &answer, &[400, 401, 302]);
            }
        }
        // A sandbox that names no operators is open; `security::operators` tries the closed door.
        Access::Public(_) | Access::Sandbox(_) | Access::Operator => {
            let answer = call(app, route).send().await;
            if answer.status.is_server_error() && answer.status != StatusCode::NOT_IMPLEMENTED {
                found.check(route, "nobody", &answer, &[200, 400, 404]);
            }
        }
    }
}

#[tokio::test]
async fn wrong_credentials_open_no_route_and_leave_no_row() {
    let app = app().await;
    let forged = Forgeries::new(&app, &every_scope(app.routes())).await;
    let before = app.rows().await;
    let mut found = Findings(vec![]);
    let needs_no_one = |route: &&RouteLine| {
        matches!(route.access, Access::Client(_) | Access::Public(_) | Access::Sandbox(_) | Access::Operator)
    };
    for route in app.routes().iter().filter(|route| !needs_no_one(route)) {
        guarded(&app, route, &forged, &mut found).await;
    }
    assert_eq!(app.rows().await, before);
    for route in app.routes().iter().filter(needs_no_one) {
        guarded(&app, route, &forged, &mut found).await;
    }
    // The control: without its fault, the same token passes the guard.
    for route in app.routes() {
        if let Access::Token { maskinporten_only, .. } = route.access {
            let answer = call(&app, route).bearer(&forged.sound[usize::from(maskinporten_only)]).send().await;
            let broke = answer.status.is_server_error() && answer.status != StatusCode::NOT_IMPLEMENTED;
            if answer.status == StatusCode::UNAUTHORIZED || broke {
                found.check(route, "a sound token", &answer, &[200]);
            }
        }
    }
    assert!(app.routes().len() > 100);
    assert!(found.0.is_empty(), "{}", found.0.join("\n"));
}

/// A page of a stranger makes the browser of somebody who is logged in send a request: the cookie goes along, the proof does not.
#[tokio::test]
async fn a_cookie_alone_changes_nothing() {
    let app = app().await;
    let (cookie, _) = app.login(DIRECTOR).await;
    let before = app.rows().await;
    let mut found = Findings(vec![]);
    let mut forms = 0;
    for route in app.routes().iter().filter(|route| route.method != Method::GET) {
        let wanted: &[u16] = match route.access {
            Access::Token { maskinporten_only: true, .. } | Access::Platform => &[401],
            Access::Token { .. } | Access::PlatformOr(_) | Access::Session => &[403],
            Access::Public(_) | Access::Client(_) | Access::Sandbox(_) | Access::Operator => continue,
        };
        forms += usize::from(route.access == Access::Session);
        for proof in ["", "_csrf=", "_csrf=forged"] {
            let call = call(&app, route).header("cookie", &cookie);
            let call =
                call.header("content-type", "application/x-www-form-urlencoded").body(proof.to_owned());
            found.check(route, "a forged form", &call.send().await, wanted);
        }
        let call =
            call(&app, route).header("cookie", &cookie).header("x-xsrf-token", "forged").json(&json!({}));
        if route.access != Access::Session {
            found.check(route, "a forged script", &call.send().await, wanted);
        }
    }
    assert!(found.0.is_empty(), "{}", found.0.join("\n"));
    assert!(forms > 2);
    assert_eq!(app.rows().await, before);
}
