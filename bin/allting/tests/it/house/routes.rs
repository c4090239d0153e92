//! The route table against its golden files. A route that anyone may call is a decision, so it shows in a review.

use crate::support::{TestApp, app, app_with_routes, production};
use httpkit::{Access, Role, RouteLine, Routes};
use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;

/// Sets the golden files to what was found.
const BLESS: &str = "ALLTING_BLESS";

/// One line a route: role, method, path and what it asks for.
fn table(routes: &[RouteLine]) -> Vec<String> {
    routes
        .iter()
        .map(|route| {
            format!("{} {} {} {}", route.role.label(), route.method, route.path, demand(route.access))
        })
        .collect()
}

fn demand(access: Access) -> String {
    match access {
        Access::Public(_) => "public".into(),
        Access::Client(_) => "client".into(),
        Access::Token { any_of: [], maskinporten_only: false } => "token".into(),
        Access::Token { any_of: [], maskinporten_only: true } => "maskinporten".into(),
        Access::Token { any_of, maskinporten_only: false } => format!("scope {}", any_of.join("|")),
        Access::Token { any_of, maskinporten_only: true } => format!("maskinporten {}", any_of.join("|")),
        Access::Platform => "platform".into(),
        Access::PlatformOr(any_of) => format!("platform or scope {}", any_of.join("|")),
        Access::Session => "session".into(),
        Access::Operator => "operator".into(),
        Access::Sandbox(_) => "sandbox".into(),
    }
}

/// Every route that the guard lets anyone through to, with the reason.
fn open_doors(routes: &[RouteLine]) -> Vec<String> {
    routes
        .iter()
        .filter_map(|route| match route.access {
            Access::Public(why) | Access::Client(why) => {
                let (label, method, path) = (route.role.label(), &route.method, &route.path);
                Some(format!("{label} {method} {path} — {}: {why}", demand(route.access)))
            }
            _ => None,
        })
        .collect()
}

/// Lines that stand in one list only; `None` when the lists are the same.
fn difference(golden: &[String], found: &[String]) -> Option<String> {
    let (golden_set, found_set): (BTreeSet<_>, BTreeSet<_>) =
        (golden.iter().collect(), found.iter().collect());
    let mut text = String::new();
    for gone in golden_set.difference(&found_set) {
        writeln!(text, "- {gone}").unwrap();
    }
    for new in found_set.difference(&golden_set) {
        writeln!(text, "+ {new}").unwrap();
    }
    (golden != found).then_some(text)
}

fn golden(name: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    std::fs::read_to_string(path).unwrap_or_default().lines().map(str::to_owned).collect()
}

pub(super) fn assert_golden(name: &str, found: &[String]) {
    if std::env::var_os(BLESS).is_some() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
        std::fs::write(path, found.join("\n") + "\n").unwrap();
        return;
    }
    if let Some(difference) = difference(&golden(name), found) {
        panic!(
            "tests/golden/{name} says otherwise:\n{difference}If the change is meant, set {BLESS}=1, run the test again and review the file."
        );
    }
}

#[tokio::test]
async fn public_routes_are_the_reviewed_ones_each_with_its_reason() {
    let app = app().await;
    let doors = open_doors(app.routes());
    for door in &doors {
        let reason = door.rsplit(": ").next().unwrap();
        assert!(!reason.trim().is_empty(), "no reason is given: {door}");
    }
    assert_golden("public-routes.txt", &doors);
}

#[tokio::test]
async fn production_has_the_same_routes_without_the_test_doors() {
    let (sandbox, production) = (app().await, production().await);
    assert_golden("routes-sandbox.txt", &table(sandbox.routes()));
    assert_golden("routes-production.txt", &table(production.routes()));
    let (doors, same): (Vec<_>, Vec<_>) =
        sandbox.routes().iter().cloned().partition(|route| matches!(route.access, Access::Sandbox(_)));
    assert!(doors.len() > 5, "{doors:?}");
    let address = |route: &RouteLine| format!("{} {} {}", route.role.label(), route.method, route.path);
    let addresses = |routes: &[RouteLine]| routes.iter().map(address).collect::<Vec<_>>();
    assert_eq!(difference(&addresses(&same), &addresses(production.routes())), None);
    let changes = difference(&table(production.routes()), &table(sandbox.routes())).unwrap();
    assert_golden("routes-difference.txt", &changes.lines().map(str::to_owned).collect::<Vec<_>>());
    // What the sandbox leaves open for trying out, production closes; nothing is the other way round.
    for (here, there) in same.iter().zip(production.routes()).filter(|(a, b)| a.access != b.access) {
        assert!(matches!(here.access, Access::Public(_)), "{here:?} {there:?}");
        assert!(!matches!(there.access, Access::Public(_) | Access::Client(_)), "{there:?}");
        let answer = super::matrix::call(&production, there).send().await;
        assert_eq!(answer.status, 401, "{}", address(there));
    }
    for door in doors {
        let answer = super::matrix::call(&production, &door).send().await;
        assert!(matches!(answer.status.as_u16(), 404 | 405 | 421), "{} {}", address(&door), answer.status);
    }
}

/// The check itself is checked: a forgotten guard is found by it.
#[tokio::test]
async fn a_planted_open_route_is_reported() {
    let planted: TestApp = app_with_routes(
        Routes::new(Role::PLATFORM, ())
            .get("/planted/secrets", Access::Public("nobody has thought about it"), async || "secret")
            .done(),
    )
    .await;
    assert_eq!(planted.get("/planted/secrets").send().await.text(), "secret");
    let reported = difference(&golden("public-routes.txt"), &open_doors(planted.routes())).unwrap();
    assert_eq!(reported, "+ platform GET /planted/secrets — public: nobody has thought about it\n");
}
