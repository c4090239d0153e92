//! A certified client library against the running server: identity §2.3.2.

use config::Config;
use jose::KeySet;
use serde_json::json;
use std::path::Path;
use std::process::Command;
use testkit::TempDir;

const CALLBACK: &str = "https://rp.example/cb";

#[tokio::test(flavor = "multi_thread")]
async fn openid_client_is_content_with_every_answer() {
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients");
    if !scripts.join("node_modules").exists() {
        eprintln!("skipped: scripts/setup has not installed the packages of {}", scripts.display());
        return;
    }
    let pem = jose::generate_rsa(2048).unwrap();
    let jwks = KeySet::from_pem(&pem, Some("rp-1")).unwrap().jwks();
    let client = |method: &str| {
        let mut client = json!({"clientId": method, "redirectUris": [CALLBACK], "scopes": ["openid", "profile"],
            "authMethod": method});
        match method {
            "private_key_jwt" => client["jwks"] = jwks.clone(),
            "none" => {}
            // What RFC 6749 wants form-encoded inside Basic.
            _ => client["secret"] = json!("s%cr:et +&="),
        }
        client
    };
    let clients: Vec<_> =
        ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"].map(client).into();

    let directory = TempDir::new();
    let population = directory.join("clients.json");
    let document = json!({"format": "allting-population/1", "idportenClients": clients});
    std::fs::write(&population, document.to_string()).unwrap();
    // The issuer holds the port, so the port must be known before the server has it.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let issuer = format!("http://127.0.0.1:{port}/idporten");
    let settings = [
        ("storage.data", directory.path().display().to_string()),
        ("server.listen", format!("127.0.0.1:{port}")),
        ("issuers.idporten", issuer.clone()),
        ("population.persons", "40".to_owned()),
        ("population.organisations", "30".to_owned()),
    ];
    let settings = settings.map(|(key, value)| (key.to_owned(), value)).to_vec();
    let config = Config::load(None, std::iter::empty(), &settings).unwrap();
    let running = allting::start::start(config, &[population]).await.unwrap();

    let argument =
        json!({"issuer": issuer, "callback": CALLBACK, "pid": "12837122463", "clients": clients, "pem": pem});
    let run = move || {
        Command::new("node").arg(scripts.join("relying-party.mjs")).arg(argument.to_string()).output()
    };
    let output = tokio::task::spawn_blocking(run).await.unwrap().unwrap();
    running.stop().await.unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{told}\n{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(told.lines().filter(|line| line.ends_with(": ok")).count(), 9, "{told}");
}
