//! Headers of every page and flags of every cookie.

use crate::support::{Answer, DIRECTOR, TestApp, app};
use http::Method;
use httpkit::Role;
use std::collections::{BTreeMap, BTreeSet};

const ID: &str = "0195cf11-92fc-71bb-9dac-2a28e3d5f26b";

/// A path with values in the place of its names.
fn filled(path: &str) -> String {
    let value = |segment: &str| if segment.starts_with('{') { ID.to_owned() } else { segment.to_owned() };
    path.split('/').map(value).collect::<Vec<_>>().join("/")
}

fn assert_guarded(address: &str, answer: &Answer) {
    let policy = answer.header("content-security-policy");
    for part in [
        "default-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "script-src 'self'",
        "style-src 'self'",
    ] {
        assert!(policy.contains(part), "{address}: {policy}");
    }
    assert!(!policy.contains("unsafe"), "{address}: {policy}");
    let login = ["/login", "/person", "/Authorize", "/authorize"].iter().any(|end| address.contains(end));
    assert!(login || policy.contains("form-action 'self'"), "{address}: {policy}");
    for (name, value) in [
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        assert_eq!(answer.header(name), value, "{address}: {name}");
    }
    assert!(answer.header("permissions-policy").contains("camera=()"), "{address}");
    let page = answer.text();
    for inline in ["<style", " style=", "<script>", "javascript:", " onclick=", " onload=", " onsubmit="] {
        assert!(!page.contains(inline), "{address} has {inline}");
    }
}

#[tokio::test]
async fn every_page_carries_the_headers_of_pages() {
    let app = app().await;
    let (cookies, _) = app.login(DIRECTOR).await;
    let mut pages = BTreeSet::new();
    for route in app.routes() {
        let open = matches!(route.method.as_str(), "GET" | "ANY");
        // A logout would end the session that the others need.
        if !open || route.path.ends_with("logout") {
            continue;
        }
        let (Some(prefix), path) = (route.role.prefix(), filled(&route.path)) else { continue };
        let address = format!("{prefix}{path}");
        let answer = app.get(&address).header("cookie", &cookies).send().await;
        assert_eq!(answer.header("server"), "", "{address}");
        if answer.header("content-type").starts_with("text/html") {
            assert_guarded(&address, &answer);
            pages.insert(address);
        }
    }
    assert!(pages.len() >= 15, "{pages:?}");
}

#[tokio::test]
async fn no_cache_keeps_a_token() {
    let app = app().await;
    for (path, basic) in [
        ("/api/GetPersonalToken?env=tt02&userId=1&partyId=2", "Basic YWxsdGluZzphbGx0aW5n"),
        ("/authentication/api/v1/refresh", ""),
        ("/authentication/api/v1/exchange/maskinporten", ""),
    ] {
        let mut call = app.get(path);
        if !basic.is_empty() {
            call = call.header("authorization", basic);
        }
        let answer = call.send().await;
        let token = answer.status == 200;
        assert!(
            !token || answer.header("cache-control").contains("no-store"),
            "{path}: {:?}",
            answer.headers
        );
    }
    for path in ["/token", "/idporten/token"] {
        let answer = app.post(path).form(&[("grant_type", "x")]).send().await;
        assert!(answer.header("cache-control").contains("no-store"), "{path}: {:?}", answer.headers);
    }
}

/// A browser that goes from host to host over https, and keeps every line that sets a cookie.
struct Traveller<'a> {
    app: &'a TestApp,
    jar: BTreeMap<String, String>,
    lines: Vec<String>,
}

impl Traveller<'_> {
    async fn go(&mut self, address: &str) -> (String, Answer) {
        let mut here = url::Url::parse(address).unwrap();
        for _ in 0..12 {
            let path = &here[url::Position::BeforePath..url::Position::AfterQuery];
            let cookies: Vec<_> = self.jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let call = self.app.call(Method::GET, path).header("host", here.host_str().unwrap());
            let answer = call
                .header("x-forwarded-proto", here.scheme())
                .header("cookie", &cookies.join("; "))
                .send()
                .await;
            for line in answer.headers.get_all("set-cookie") {
                let line = line.to_str().unwrap().to_owned();
                let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
                if line.contains("Max-Age=0") {
                    self.jar.remove(name);
                } else {
                    self.jar.insert(name.to_owned(), value.to_owned());
                }
                self.lines.push(line);
            }
            if !answer.status.is_redirection() {
                return (here.to_string(), answer);
            }
            here = here.join(answer.header("location")).unwrap();
            assert_eq!(here.scheme(), "https", "{here}");
        }
        panic!("no end at {here}");
    }
}

/// The real host names, over https: login, language, change of provider's page, logout.
#[tokio::test]
async fn every_cookie_over_https_is_hardened() {
    let app = app().await;
    let host = |role: Role| format!("https://{}", role.hosts(&app.ctx.config)[0]);
    let (portal, platform, frontend) = (host(Role::PORTAL), host(Role::PLATFORM), host(Role::AM_UI));
    let mut browser = Traveller { app: &app, jar: BTreeMap::new(), lines: vec![] };
    // A page for people who have logged in leads to the login on other hosts.
    let (end, page) = browser.go(&format!("{portal}/innboks")).await;
    assert!(end.starts_with("https://login.test.idporten.no/login?t="), "{end}");
    assert_eq!(page.status, 200);
    let (end, _) = browser.go("https://login.test.idporten.no/language?to=nn&t=x").await;
    assert!(end.contains("/login"), "{end}");
    let goto: String = url::form_urlencoded::byte_serialize(format!("{portal}/innboks").as_bytes()).collect();
    let login = format!("{platform}/authentication/api/v1/authentication?goto={goto}");
    let (end, page) = browser.go(&format!("{login}&login_hint=testid:{DIRECTOR}_idporten-loa-high")).await;
    assert_eq!((end, page.status.as_u16()), (format!("{portal}/innboks"), 200));
    let (end, page) = browser.go(&format!("{portal}/sprak/nn?til=/hjelp")).await;
    assert!(end.ends_with("/hjelp") && page.text().contains("lang=\"nn\""), "{end}");
    let path = format!("/accessmanagement/api/v1/systemuser/request/{ID}/logout");
    let (end, _) = browser.go(&format!("{frontend}{path}")).await;
    assert!(end.starts_with("https://login.test.idporten.no/logout?"), "{end}");
    let (end, _) = browser.go(&format!("{platform}/authentication/api/v1/logout/handleloggedout")).await;
    assert_eq!(end, format!("{portal}/"), "the logout has gone round all hosts");

    let mut names = BTreeSet::new();
    for line in &browser.lines {
        let name = line.split('=').next().unwrap();
        names.insert(name.to_owned());
        assert!(line.contains("; Secure") && line.contains("; Path=/"), "{line}");
        let read_by_scripts = ["AltinnPartyId", "AltinnPartyUuid", "XSRF-TOKEN"].contains(&name);
        assert!(read_by_scripts || line.contains("; HttpOnly"), "{line}");
        // The agencies' logout forms come from other sites, and must bring the provider's session (identity §2.7).
        let site = if name == "IDPORTEN_AUTH" && !line.contains("Max-Age=0") { "None" } else { "Lax" };
        assert!(line.contains(&format!("; SameSite={site}")), "{line}");
        let shared = line.contains("; Domain=tt02.altinn.no");
        assert!(!line.contains("; Domain") || shared, "{line}");
        assert!(!(shared && name.starts_with("__Host-")), "{line}");
    }
    let wire = [
        "AltinnLogoutInfo",
        "AltinnPartyId",
        "AltinnPartyUuid",
        "AltinnStudioRuntime",
        "IDPORTEN_AUTH",
        "IDPORTEN_SELECTED_LANGUAGE",
        "XSRF-TOKEN",
        "altinnsession",
        "authngoto",
        "oidcnonce",
    ];
    let ours = ["__Host-IDPORTEN_BROWSER", "__Host-allting_language"];
    let known: BTreeSet<String> = wire.iter().chain(&ours).map(|name| (*name).to_owned()).collect();
    assert_eq!(names, known);
}
