//! Members of population files.

use crate::support::{BASE, CUSTOMER, PACKAGE, RESOURCE, SYSTEM, Server, VENDOR, request, system, with};
use ports::authentication::SystemUsers;
use ports::population::{Counts, LoadError, PopulationSink};
use serde_json::{Value, json};

async fn load(server: &Server, member: &str, items: &[Value]) -> Result<Counts, LoadError> {
    let mut tx = server.db.begin("population").await.unwrap();
    let counts = server.population.load(&mut tx, member, items).await;
    match counts {
        Ok(_) => tx.commit().await.unwrap(),
        Err(_) => tx.rollback().await,
    }
    counts
}

fn user() -> Value {
    json!({
        "id": "0195cf11-92fc-71bb-9dac-000000000001", "system": SYSTEM, "type": "standard", "externalRef": "shop",
        "party": format!("urn:altinn:organization:identifier-no:{CUSTOMER}"), "title": "Butikk",
        "rights": [{"resource": RESOURCE, "actions": ["write"]}], "packages": [PACKAGE],
        "created": "2026-01-01T00:00:00Z",
    })
}

testkit::db_suite! { [];
    async fn what_is_loaded_works_and_is_dumped_again(db: db::Db) {
        let server = Server::new(&db).await;
        let created = Counts { created: 1, ..Counts::default() };
        let unchanged = Counts { unchanged: 1, ..Counts::default() };
        assert_eq!(load(&server, "systems", &[system()]).await.unwrap(), created);
        assert_eq!(load(&server, "systems", &[system()]).await.unwrap(), unchanged);
        let hidden = with(system(), json!({"isVisible": false}));
        let updated = Counts { updated: 1, ..Counts::default() };
        assert_eq!(load(&server, "systems", &[hidden]).await.unwrap(), updated);
        assert_eq!(load(&server, "systemUsers", &[user()]).await.unwrap(), created);
        assert_eq!(load(&server, "systemUsers", &[user()]).await.unwrap(), unchanged);
        assert!(server.users.by_external_id("client-1", VENDOR, CUSTOMER, Some("shop")).await.unwrap().is_some());

        let dumped = server.population.dump("systems").await.unwrap();
        let expected = with(system(), json!({"isVisible": false, "vendor": {"ID": format!("0192:{VENDOR}")}}));
        assert_eq!(dumped, [expected]);
        assert_eq!(load(&server, "systems", &dumped).await.unwrap(), unchanged);
        assert_eq!(server.population.dump("systemUsers").await.unwrap().len(), 1);

        // Requests come out as they came in through the API.
        let (status, _) = server
            .post(&server.vendor(VENDOR), &format!("{BASE}/systemuser/request/vendor"), request())
            .await;
        assert_eq!(status, 201);
        let requests = server.population.dump("systemUserRequests").await.unwrap();
        assert_eq!(load(&server, "systemUserRequests", &requests).await.unwrap(), unchanged);
        let second = testkit::TestDb::sqlite(&[]).await;
        let other = Server::new(&second.db).await;
        load(&other, "systems", &[system()]).await.unwrap();
        assert_eq!(load(&other, "systemUserRequests", &requests).await.unwrap(), created);
        assert_eq!(other.population.dump("systemUserRequests").await.unwrap(), requests);
    }

    async fn an_error_names_the_place(db: db::Db) {
        let server = Server::new(&db).await;
        load(&server, "systems", &[system()]).await.unwrap();
        let cases = [
            (json!({"party": "urn:altinn:organization:identifier-no:999999999"}), "/0/party"),
            (json!({"type": "other"}), "/0/type"),
            (json!({"system": "310149942_unknown"}), "/0/system"),
            (json!({"surplus": 1}), "/0"),
        ];
        for (change, pointer) in cases {
            match load(&server, "systemUsers", &[with(user(), change)]).await {
                Err(LoadError::Input(error)) => assert_eq!(error.pointer, pointer),
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(server.count("authn_systemuser").await, 0);
    }
}
