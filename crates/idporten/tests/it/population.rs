//! `idportenClients` of population files.

use crate::support::server;
use ports::population::{LoadError, PopulationSink};
use serde_json::{Value, json};

async fn load(server: &crate::support::Server, items: &[Value]) -> Result<(u64, u64, u64), String> {
    let mut tx = server.db.begin("test").await.unwrap();
    match server.idp.load(&mut tx, "idportenClients", items).await {
        Ok(counts) => {
            tx.commit().await.unwrap();
            Ok((counts.created, counts.updated, counts.unchanged))
        }
        Err(LoadError::Input(e)) => Err(e.to_string()),
        Err(LoadError::Db(e)) => panic!("{e}"),
    }
}

testkit::db_suite! { [jobs::migrations()];
    async fn loading_twice_changes_nothing_and_the_dump_loads(db: db::Db) {
        let server = server(&db).await;
        let mut item = json!({"clientId": "new", "redirectUris": ["https://x.example/cb"], "scopes": ["openid"],
            "authMethod": "client_secret_post", "secret": "s"});
        assert_eq!(load(&server, &[item.clone()]).await, Ok((1, 0, 0)));
        assert_eq!(load(&server, &[item.clone()]).await, Ok((0, 0, 1)));
        item["secret"] = json!("other");
        assert_eq!(load(&server, &[item]).await, Ok((0, 1, 0)));
        let dump = server.idp.dump("idportenClients").await.unwrap();
        assert!(dump.iter().all(|item| item.get("secret").is_none() && item["clientId"] != "altinn-portal"));
        assert_eq!(load(&server, &dump).await, Ok((0, 0, 6)));
    }

    async fn faults_name_the_member(db: db::Db) {
        let server = server(&db).await;
        let good = json!({"clientId": "x", "redirectUris": ["https://x.example/cb"], "scopes": [], "authMethod": "none"});
        for (changes, pointer) in [
            (json!({"redirectUris": []}), "/1/redirectUris: "),
            (json!({"redirectUris": ["/cb"]}), "/1/redirectUris: "),
            (json!({"clientId": ""}), "/1/clientId: "),
            (json!({"authMethod": "private_key_jwt"}), "/1/jwks: "),
            (json!({"secret": "s"}), "/1/secret: "),
            (json!({"colour": "red"}), "/1: unknown field `colour`"),
        ] {
            let mut bad = good.clone();
            bad.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
            let error = load(&server, &[good.clone(), bad]).await.unwrap_err();
            assert!(error.starts_with(pointer), "{error}");
        }
    }
}
