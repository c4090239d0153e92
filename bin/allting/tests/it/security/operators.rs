//! The operators' door, open in a sandbox that names nobody, else closed to all but those it names.

use crate::house::call;
use crate::support::{Answer, TestApp, app, app_with, production, production_with};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{Method, StatusCode};
use httpkit::{Access, RouteLine};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Output};

/// A file of operators in a directory of its own.
struct Names(PathBuf);

impl Names {
    fn new() -> Self {
        let directory = std::env::temp_dir()
            .join(format!("allting-operators-{}", uuid::Uuid::from_bytes(crate::support::random())));
        std::fs::create_dir_all(&directory).unwrap();
        Self(directory)
    }

    fn file(&self) -> String {
        self.0.join("operators").display().to_string()
    }

    /// `allting operator add`
    fn command(&self, name: &str) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_allting"));
        command.args(["operator", "add", name, "--file", &self.file()]).output().unwrap()
    }

    /// The token of a new operator.
    fn add(&self, name: &str) -> String {
        let output = self.command(name);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }
}

impl Drop for Names {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn basic(name: &str, token: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{name}:{token}")))
}

fn doors(app: &TestApp) -> Vec<RouteLine> {
    let doors: Vec<_> =
        app.routes().iter().filter(|route| route.access == Access::Operator).cloned().collect();
    assert!(!doors.is_empty());
    doors
}

fn assert_closed(route: &RouteLine, who: &str, answer: &Answer) {
    assert_eq!(answer.status, 401, "{} {} as {who}", route.method, route.path);
    assert!(answer.header("www-authenticate").starts_with("Basic realm="));
    assert_eq!(answer.json()["type"], "operator-required");
}

#[tokio::test]
async fn production_that_names_no_operators_lets_nobody_in() {
    let app = production().await;
    for route in doors(&app) {
        assert_closed(&route, "nobody", &call(&app, &route).send().await);
        let guess = basic("sandbox", "");
        assert_closed(&route, "a guess", &call(&app, &route).header("authorization", &guess).send().await);
    }
}

#[tokio::test]
async fn a_name_with_its_token_opens_every_door_and_nothing_else_does() {
    let names = Names::new();
    let (kari, ola) = (names.add("kari"), names.add("ola"));
    let settings = [("operations.operators", names.file())];
    let settings = settings.each_ref().map(|(key, value)| (*key, value.as_str()));
    let production = production_with(&settings, vec![]).await;
    let sandbox = app_with(&settings).await;
    for app in [&production, &sandbox] {
        for route in doors(app) {
            assert_closed(&route, "nobody", &call(app, &route).send().await);
            let right = call(app, &route).header("authorization", &basic("kari", &kari)).send().await;
            assert!(!matches!(right.status.as_u16(), 401 | 500..), "{} {}", route.path, right.status);
        }
        let metrics = |credential: String| async move {
            app.get("/metrics").header("authorization", &credential).send().await.status
        };
        for wrong in [
            basic("ola", &kari),
            basic("kari", &ola),
            basic("kari", ""),
            basic("", &kari),
            basic("Kari", &kari),
            format!("Bearer {kari}"),
            format!("Basic {kari}"),
        ] {
            assert_eq!(metrics(wrong.clone()).await, 401, "{wrong}");
        }
        assert_eq!(metrics(basic("ola", &ola)).await, 200);
    }
    // A line that is taken out holds at once, and a file that is spoilt lets nobody in.
    let text = std::fs::read_to_string(names.file()).unwrap();
    let without_kari: String = text.lines().filter(|line| !line.starts_with("kari:")).collect();
    for (left, kari_is_in, ola_is_in) in [(without_kari.as_str(), 401, 200), ("spoilt", 401, 401)] {
        std::fs::write(names.file(), left).unwrap();
        for (name, token, wanted) in [("kari", &kari, kari_is_in), ("ola", &ola, ola_is_in)] {
            let call = production.get("/metrics").header("authorization", &basic(name, token));
            assert_eq!(call.send().await.status.as_u16(), wanted, "{name} with {left:?}");
        }
    }
}

#[tokio::test]
async fn failed_tries_are_rationed() {
    let names = Names::new();
    let token = names.add("kari");
    let app = production_with(
        &[("operations.operators", &names.file()), ("server.trusted_proxies", "127.0.0.1")],
        vec![],
    )
    .await;
    let status = |from: &'static str, token: String| {
        let call = app.get("/metrics").header("x-forwarded-for", from);
        async move { call.header("authorization", &basic("kari", &token)).send().await }
    };
    for _ in 0..10 {
        assert_eq!(status("192.0.2.1", "guess".into()).await.status, 401);
    }
    for tried in ["guess".to_owned(), token.clone()] {
        let rationed = status("198.51.100.9, 192.0.2.1", tried).await;
        assert_eq!((rationed.status, rationed.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, "60"));
    }
    assert_eq!(status("192.0.2.2", token).await.status, 200, "others are not held back");
}

#[tokio::test]
async fn a_page_of_another_origin_changes_nothing_with_an_operators_browser() {
    let app = app().await;
    for route in doors(&app).iter().filter(|route| route.method != Method::GET) {
        for (header, value) in [
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
            ("origin", "https://evil.example"),
            ("origin", "null"),
        ] {
            let answer = call(&app, route).header(header, value).send().await;
            assert_eq!(answer.status, 403, "{} {header}: {value}", route.path);
            assert_eq!(answer.json()["type"], "foreign-origin");
        }
    }
}

#[test]
fn the_command_adds_a_name_once_for_its_owners_eyes_only() {
    let names = Names::new();
    let token = names.add("kari");
    assert_eq!(token.len(), 43);
    let text = std::fs::read_to_string(names.file()).unwrap();
    assert!(text.starts_with("kari:") && !text.contains(&token));
    let mode = std::fs::metadata(names.file()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    for name in ["kari", "two words", "", "a:b"] {
        let refused = names.command(name);
        assert!(!refused.status.success() && refused.stdout.is_empty(), "{name}");
    }
    assert_eq!(std::fs::read_to_string(names.file()).unwrap(), text);
    // A last line without its end is not run into.
    std::fs::write(names.file(), text.trim_end()).unwrap();
    names.add("ola");
    assert_eq!(httpkit::read_operators(names.file().as_ref()).unwrap(), ["kari", "ola"]);
}

#[tokio::test]
async fn a_file_with_anything_doubtful_in_it_refuses_the_start() {
    let names = Names::new();
    names.add("kari");
    let good = std::fs::read_to_string(names.file()).unwrap();
    for bad in [None, Some(String::new()), Some(format!("{good}\n")), Some(good.replace(':', "="))] {
        match &bad {
            None => std::fs::remove_file(names.file()).unwrap(),
            Some(text) => std::fs::write(names.file(), text).unwrap(),
        }
        let data = names.0.join("data");
        let output = Command::new(env!("CARGO_BIN_EXE_allting"))
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(&data)
            .env("ALLTING_OPERATIONS__OPERATORS", names.file())
            .env("ALLTING_POPULATION__PERSONS", "0")
            .output()
            .unwrap();
        assert!(!output.status.success(), "{bad:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("operations.operators"), "{bad:?}");
    }
}
