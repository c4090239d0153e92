//! Loading and dumping of right holders and delegations.

use crate::support::*;
use ports::accessmanagement::AccessManagement;
use ports::population::{Counts, LoadError, PopulationSink};
use serde_json::{Value, json};

const BAKER_URN: &str = "urn:altinn:organization:identifier-no:310000001";
const LIV_URN: &str = "urn:altinn:person:identifier-no:04829198763";

async fn load(server: &Server, member: &str, items: &[Value]) -> Result<Counts, LoadError> {
    let mut tx = server.db.begin("test").await.unwrap();
    let counts = server.access.load(&mut tx, member, items).await;
    if counts.is_ok() {
        tx.commit().await.unwrap();
    } else {
        tx.rollback().await;
    }
    counts
}

testkit::db_suite! { [jobs::migrations()];
    async fn what_is_loaded_holds_and_comes_out_again(db: db::Db) {
        let server = server(&db).await;
        let at = "2026-01-02T03:04:05Z";
        let delegations = [
            json!({ "from": BAKER_URN, "to": LIV_URN, "package": TAX, "by": BAKER_URN, "at": at }),
            json!({ "from": BAKER_URN, "to": LIV_URN, "resource": "ske-open", "actions": ["write"], "by": BAKER_URN, "at": at }),
            json!({ "from": BAKER_URN, "to": LIV_URN, "role": "utinn" }),
        ];
        let created = |n| Counts { created: n, ..Counts::default() };
        assert_eq!(load(&server, "delegations", &delegations).await.unwrap(), created(3));
        let again = load(&server, "delegations", &delegations).await.unwrap();
        assert_eq!((again.created, again.unchanged), (0, 3));

        let got = server.access.connection(BAKER, LIV).await.unwrap();
        assert_eq!(
            (got.packages, got.roles),
            (vec![TAX.to_owned()], vec!["urn:altinn:rolecode:utinn".to_owned()])
        );
        let dumped = server.access.dump("delegations").await.unwrap();
        assert_eq!(dumped.len(), 3);
        for item in &delegations[..2] {
            assert!(dumped.contains(item), "{dumped:#?}");
        }
        assert_eq!(server.access.dump("rightholders").await.unwrap(), Vec::<Value>::new());

        let holder = json!({ "from": BAKER_URN, "to": "urn:altinn:person:identifier-no:02829198765" });
        assert_eq!(load(&server, "rightholders", std::slice::from_ref(&holder)).await.unwrap(), created(1));
        assert_eq!(server.access.dump("rightholders").await.unwrap(), [holder]);
    }

    async fn faults_are_named_by_pointer_and_leave_nothing(db: db::Db) {
        let server = server(&db).await;
        let with = |member: &str, value: Value| {
            let mut item = json!({ "from": BAKER_URN, "to": LIV_URN });
            item[member] = value;
            item
        };
        let faults = [
            (json!({ "from": BAKER_URN, "to": LIV_URN }), "/1"),
            (with("package", json!("finnes-ikke")), "/1/package"),
            (with("role", json!("finnes-ikke")), "/1/role"),
            (with("actions", json!(["read"])), "/1/actions"),
            (with("nonsense", json!(1)), "/1"),
            (
                json!({ "from": "urn:altinn:organization:identifier-no:310999999", "to": LIV_URN, "package": TAX }),
                "/1/from",
            ),
            (json!({ "from": BAKER_URN, "to": "someone", "package": TAX }), "/1/to"),
        ];
        for (item, pointer) in faults {
            let good = json!({ "from": BAKER_URN, "to": LIV_URN, "package": TAX });
            match load(&server, "delegations", &[good, item.clone()]).await {
                Err(LoadError::Input(error)) => assert_eq!(error.pointer, pointer, "{item}: {error}"),
                other => panic!("{item}: {other:?}"),
            }
        }
        assert_eq!(server.rows().await, [0; 5]);
    }
}
