//! The registry on both databases.

use crate::domain::document::Document;
use crate::service::{WriteError, Writer};
use crate::store::{access_lists, owners, policies, resources};
use crate::{MIGRATIONS, ResourceRegistry};
use kernel::SystemClock;
use ports::population::PopulationSink;
use ports::resourceregistry::ResourceRegistry as _;
use serde_json::{Value, json};
use std::sync::Arc;

fn registry(db: db::Db) -> ResourceRegistry {
    ResourceRegistry { db, clock: Arc::new(SystemClock), sandbox: true, environment: "tt02".to_owned() }
}

fn skd() -> Writer {
    Writer { org_no: "974761076".to_owned(), admin: false }
}

fn document(id: &str) -> Document {
    let texts = json!({ "nb": "a", "nn": "b", "en": "c" });
    let value = json!({
        "identifier": id, "title": texts, "description": texts, "rightDescription": texts, "contactPoints": [],
        "resourceType": "GenericAccessResource", "hasCompetentAuthority": { "organization": "974761076", "orgcode": "SKD" },
    });
    Document::read(&value).unwrap()
}

/// The same, for members of access lists only.
fn for_members(id: &str) -> Document {
    let mut value: Value = serde_json::from_str(&document(id).text()).unwrap();
    value["accessListMode"] = json!("Enabled");
    Document::read(&value).unwrap()
}

fn owner(code: &str, org_no: &str) -> Value {
    json!({ "code": code, "orgNo": org_no, "name": { "nb": code }, "scopePrefixes": ["x"] })
}

testkit::db_suite! { [audit::migrations(), MIGRATIONS];
    async fn statements_prepare(db: db::Db) {
        let all = [access_lists::STATEMENTS, owners::STATEMENTS, resources::STATEMENTS, policies::STATEMENTS];
        if let Err(failures) = db.prepare_all(&all).await {
            panic!("{failures:#?}");
        }
    }

    async fn versions_count_on_through_change_and_deletion(db: db::Db) {
        let registry = registry(db);
        let xml = |role: &str| {
            let grant = crate::domain::policy::Grant {
                subjects: vec![format!("urn:altinn:rolecode:{role}")],
                actions: vec!["read".to_owned()],
            };
            crate::domain::policy::write("skd-trial", &[grant], 3)
        };
        registry.create(&document("skd-trial"), &skd()).await.unwrap();
        assert!(matches!(registry.create(&document("skd-trial"), &skd()).await, Err(WriteError::Exists)));
        let version = async || Some(registry.policy_standing("skd-trial").await.unwrap()?.version.0);
        assert_eq!(version().await, None);
        for (role, expected) in [("dagl", 1), ("dagl", 1), ("lede", 2)] {
            registry.put_policy("skd-trial", &xml(role), &skd()).await.unwrap();
            assert_eq!(version().await, Some(expected));
        }
        let found = |subject: &str| vec![subject.to_owned(), "urn:altinn:rolecode:none".to_owned()];
        assert!(registry.resources_by_subject(&found("urn:altinn:rolecode:dagl")).await.unwrap().is_empty());
        let leader = registry.resources_by_subject(&found("urn:altinn:rolecode:LEDE")).await.unwrap();
        assert_eq!(leader, [("urn:altinn:rolecode:lede".to_owned(), "skd-trial".to_owned())]);

        let other = Writer { org_no: "974760673".to_owned(), admin: false };
        assert!(matches!(registry.delete("skd-trial", &other).await, Err(WriteError::NotOwner)));
        registry.delete("skd-trial", &skd()).await.unwrap();
        assert!(registry.resource("skd-trial").await.unwrap().is_none());
        assert_eq!(version().await, None);
        registry.create(&document("skd-trial"), &skd()).await.unwrap();
        registry.put_policy("skd-trial", &xml("lede"), &skd()).await.unwrap();
        // A compiled policy that is kept by version can never be taken for this one.
        assert_eq!(version().await, Some(4));
    }

    async fn an_access_list_shows_at_once(db: db::Db) {
        let registry = registry(db);
        let grant = crate::domain::policy::Grant {
            subjects: vec!["urn:altinn:rolecode:dagl".to_owned()],
            actions: vec!["read".to_owned()],
        };
        let xml = crate::domain::policy::write("skd-trial", &[grant], 3);
        registry.create(&document("skd-trial"), &skd()).await.unwrap();
        registry.put_policy("skd-trial", &xml, &skd()).await.unwrap();
        let only = async || registry.policy_standing("skd-trial").await.unwrap().unwrap().access_list_only;
        assert!(!only().await);
        registry.update(&for_members("skd-trial"), &skd()).await.unwrap();
        assert!(only().await);
        registry.update(&document("skd-trial"), &skd()).await.unwrap();
        assert!(!only().await);
    }

    async fn the_seed_is_there_once(db: db::Db) {
        let registry = registry(db);
        registry.seed().await.unwrap();
        let first = registry.dump("resources").await.unwrap();
        registry.seed().await.unwrap();
        assert_eq!(registry.dump("resources").await.unwrap(), first);
        let resource = registry.resource("ske-innrapportering-boligsameie").await.unwrap().unwrap();
        assert_eq!((resource.owner_code.as_str(), resource.document["versionId"].as_i64()), ("skd", Some(1)));
    }

    async fn files_load_once_and_say_what_is_wrong(db: db::Db) {
        let registry = registry(db.clone());
        let items = [owner("skd", "974761076"), owner("brg", "974760673")];
        let mut tx = db.begin("test").await.unwrap();
        let counts = registry.load(&mut tx, "serviceOwners", &items).await.unwrap();
        assert_eq!((counts.created, counts.unchanged), (2, 0));
        let counts = registry.load(&mut tx, "serviceOwners", &items).await.unwrap();
        assert_eq!((counts.created, counts.unchanged), (0, 2));
        tx.commit().await.unwrap();
        assert_eq!(registry.dump("serviceOwners").await.unwrap()[0], owner("brg", "974760673"));
        assert_eq!(registry.service_owner("SKD").await.unwrap().unwrap().org_no, "974761076");
        assert_eq!(registry.service_owner("974760673").await.unwrap().unwrap().code, "brg");

        let mut twisted = Value::Object(document("skd-trial").members().clone());
        twisted["nonsense"] = json!(1);
        let mut wrong = Value::Object(document("skd-trial").members().clone());
        wrong["policy"] = json!("<Policy");
        for (member, item, pointer) in [
            ("serviceOwners", owner("x y", "974761076"), "/0/code"),
            ("resources", twisted, "/0/nonsense"),
            ("resources", wrong, "/0/policy"),
            ("resources", json!({ "identifier": "skd-trial", "title": 1 }), "/0/title"),
        ] {
            let mut tx = db.begin("test").await.unwrap();
            let error = registry.load(&mut tx, member, &[item]).await.unwrap_err();
            tx.rollback().await;
            assert!(error.to_string().starts_with(pointer), "{error}");
        }
    }
}
