//! The pages under `docs/wire` say what the server does.

use crate::support::{app, production};
use allting::{doctor, unbuilt};
use http::Method;
use serde_json::json;
use std::path::{Path, PathBuf};

fn wire() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/wire")
}

fn read(name: &str) -> String {
    std::fs::read_to_string(wire().join(name)).unwrap()
}

/// Compares what stands between the page's two marks, or writes it when asked to; answers the page.
fn assert_generated(name: &str, wanted: &str) -> String {
    let page = read(name);
    let (before, rest) = page.split_once("<!-- generated").unwrap();
    let (mark, rest) = rest.split_once("-->\n").unwrap();
    let (found, after) = rest.split_once("<!-- /generated -->").unwrap();
    if std::env::var_os("ALLTING_BLESS").is_some() {
        let page = format!("{before}<!-- generated{mark}-->\n{wanted}<!-- /generated -->{after}");
        std::fs::write(wire().join(name), page).unwrap();
    } else {
        assert_eq!(found, wanted, "docs/wire/{name}: set ALLTING_BLESS=1 and run the test again");
    }
    page
}

#[tokio::test]
async fn the_page_of_hosts_is_what_the_doctor_says() {
    let app = app().await;
    let table = doctor::hosts_table(app.routes());
    assert_generated("hosts.md", &table);
    for role in ["platform", "innrapporteringboligsameie", "idporten"] {
        assert!(table.contains(&format!("| {role} |")), "{role}");
    }
}

#[test]
fn the_first_page_lists_every_page_and_everything_that_is_not_built() {
    let page = assert_generated("README.md", &unbuilt::document());
    let files =
        std::fs::read_dir(wire()).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    for file in files.filter(|file| file != "README.md") {
        assert!(page.contains(&format!("]({file})")), "{file} is not listed");
    }
}

#[tokio::test]
async fn what_is_known_and_not_built_says_so_and_shadows_nothing() {
    for app in [app().await, production().await] {
        let page = format!("docs/wire/{}", unbuilt::ROW);
        for (role, list) in unbuilt::TABLE {
            for unbuilt in *list {
                let path = unbuilt.path.replace(['{', '}'], "");
                let below = unbuilt.tree.then(|| format!("{path}/some/Thing/7"));
                for path in [Some(path.clone()), below, Some(format!("{path}?a=b"))].into_iter().flatten() {
                    let path = format!("/_host/{}{path}", role.label());
                    for method in [Method::GET, Method::PUT] {
                        let answer = app.call(method, &path).send().await;
                        assert_eq!(answer.status, 501, "{path} {}", answer.text());
                        assert_eq!(answer.json()["documentation"], json!(page));
                        assert!(answer.json()["type"].as_str().unwrap().ends_with("not-implemented"));
                    }
                }
            }
        }
        for path in [
            "/storage",
            "/storage/api/v2/instances",
            "/events/api/v1/other",
            "/accessmanagement/api/v1/other",
            "/dialogporten/api/v1/other",
        ] {
            assert_eq!(app.get(path).send().await.status, 404, "{path}");
        }
        for route in app.routes().iter().filter(|route| route.method.as_str() != "ANY") {
            let answer = super::matrix::call(&app, route).send().await;
            let documented = answer.text().contains(unbuilt::ROW);
            assert!(!documented, "{} {} is shadowed", route.method, route.path);
        }
        // The real services match paths whatever their case.
        let answer = app.get("/Events/API/v1/App/party").send().await;
        assert_eq!(answer.status, 501);
    }
}
