//! `allting token maskinporten` against a server that listens.

use clap::Parser;
use config::Config;
use population::personas::VENDOR_CLIENT;
use testkit::TempDir;

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    args: cli::token::MaskinportenArgs,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fetches_a_token_or_tells_why_not() {
    let files = TempDir::new();
    let settings = [
        ("storage.data", files.path().display().to_string()),
        ("storage.durability", "normal".into()),
        ("population.persons", "10".into()),
        ("population.organisations", "10".into()),
        ("server.listen", "127.0.0.1:0".into()),
    ];
    let settings = settings.map(|(key, value)| (key.to_owned(), value)).to_vec();
    let server =
        allting::start::start(Config::load(None, std::iter::empty(), &settings).unwrap(), &[]).await.unwrap();
    let run = |scope: &str| {
        let line =
            ["x", "--client", VENDOR_CLIENT, "--scope", scope, "--sandbox-vendor", "--url", &server.url];
        cli::token::maskinporten(Line::try_parse_from(line).unwrap().args)
    };
    run("altinn:authentication/systemregister.write").await.unwrap();
    let refused = format!("{:#}", run("altinn:serviceowner").await.unwrap_err());
    assert!(
        refused.contains("invalid_scope: MP-200: ") && refused.contains("why: the scope exists"),
        "{refused}"
    );
    server.stop().await.unwrap();
}
