//! Loading and dumping of the members `scopes` and `maskinportenClients`.

use crate::support::{VENDOR, client, scopes, server};
use ports::maskinporten::MaskinportenClients;
use ports::population::{Counts, LoadError, PopulationSink};
use serde_json::{Value, json};

testkit::db_suite! { [jobs::migrations()];
    async fn loading_again_changes_nothing_and_a_dump_loads(db: db::Db) {
        let server = server(&db).await;
        for member in ["scopes", "maskinportenClients"] {
            let dump = server.clients.dump(member).await.unwrap();
            let mut tx = server.db.begin("again").await.unwrap();
            let counts = server.clients.load(&mut tx, member, &dump).await.unwrap();
            assert_eq!(counts, Counts { unchanged: dump.len() as u64, ..Counts::default() });
        }
        let mut tx = server.db.begin("again").await.unwrap();
        let counts = server.clients.load(&mut tx, "scopes", &scopes()).await.unwrap();
        assert_eq!(counts.unchanged, 4);
        let changed = json!({"name": "altinn:closed", "owner": "991825827", "grantedTo": [VENDOR]});
        let counts = server.clients.load(&mut tx, "scopes", &[changed]).await.unwrap();
        assert_eq!(counts, Counts { updated: 1, ..Counts::default() });
    }

    async fn the_port_finds_active_clients(db: db::Db) {
        let server = server(&db).await;
        let found = server.clients.client("vendor").await.unwrap().unwrap();
        assert_eq!((found.org_no.as_str(), found.scopes.len()), (VENDOR, 4));
        assert_eq!(server.clients.client("nobody").await.unwrap(), None);
    }

    async fn errors_point_at_the_fault(db: db::Db) {
        let server = server(&db).await;
        let good = client("another", &server.vendor);
        let with = |name: &str, value: Value| {
            let mut item = good.clone();
            item[name] = value;
            item
        };
        for (member, item, pointer) in [
            ("maskinportenClients", with("clientId", json!("")), "/1/clientId"),
            ("maskinportenClients", with("orgNo", json!("31014994")), "/1/orgNo"),
            ("maskinportenClients", with("scopes", json!(["altinn:open", "altinn:nothing"])), "/1/scopes/1"),
            ("maskinportenClients", with("tokenLifetime", json!(-1)), "/1/tokenLifetime"),
            ("maskinportenClients", with("jwks", json!({"keys": [{"kty": "EC"}]})), "/1/jwks"),
            ("maskinportenClients", with("secret", json!("x")), "/1"),
            ("scopes", json!({"name": "altinn", "owner": "991825827"}), "/1/name"),
            ("scopes", json!({"name": "altinn:x", "owner": VENDOR}), "/1/owner"),
            ("scopes", json!({"name": "altinn:x", "owner": "991825827", "grantedTo": ["1"]}), "/1/grantedTo/0"),
        ] {
            let first = if member == "scopes" { scopes().remove(0) } else { good.clone() };
            let mut tx = server.db.begin("bad").await.unwrap();
            let refused = server.clients.load(&mut tx, member, &[first, item.clone()]).await;
            let Err(LoadError::Input(error)) = refused else { panic!("{item}: {refused:?}") };
            assert_eq!(error.pointer, pointer, "{item}");
        }
    }
}
