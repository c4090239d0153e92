//! The rows hold what the rules promise, on both engines.

use super::systems::{ChangeType, NewChange};
use super::{requests, systems, users};
use crate::systemuser::domain::{AccessPackage, Kind, Request, Right, System, Triple, User};
use db::{Db, Tx};
use jiff::Timestamp;
use ports::authentication::RequestStatus;
use serde_json::{Map, json};
use std::future::Future;
use uuid::Uuid;

const VENDOR: &str = "310000001";
const OWNER: &str = "310000002";

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_770_000_000 + second).unwrap()
}

fn system(id: &str, clients: &[&str]) -> System {
    System {
        id: id.to_owned(),
        internal_id: Uuid::from_u128(1),
        vendor_org_no: VENDOR.to_owned(),
        name: Map::from_iter([("nb".to_owned(), json!("Regnskap"))]),
        description: Map::new(),
        rights: vec![Right { action: Some("write".to_owned()), ..Right::to_resource("ske-x") }],
        packages: vec![AccessPackage { urn: "urn:altinn:accesspackage:p".to_owned() }],
        client_ids: clients.iter().map(|id| (*id).to_owned()).collect(),
        redirect_urls: vec!["https://vendor.example/done".to_owned()],
        visible: true,
        deleted: false,
    }
}

fn request(id: u128, kind: Kind) -> Request {
    Request {
        id: Uuid::from_u128(id),
        kind,
        system_id: "310000001_a".to_owned(),
        vendor_org_no: VENDOR.to_owned(),
        party_org_no: OWNER.to_owned(),
        external_ref: OWNER.to_owned(),
        title: "Regnskap".to_owned(),
        rights: vec![Right::to_resource("ske-x")],
        packages: vec![],
        redirect_url: Some("https://vendor.example/done".to_owned()),
        status: RequestStatus::New,
        escalated: false,
        created: at(0),
    }
}

fn user(id: u128) -> User {
    User {
        id: Uuid::from_u128(id),
        kind: Kind::Standard,
        system_id: "310000001_a".to_owned(),
        vendor_org_no: VENDOR.to_owned(),
        owner: Uuid::from_u128(500),
        owner_party_id: 50_000_001,
        owner_org_no: OWNER.to_owned(),
        external_ref: OWNER.to_owned(),
        title: "Regnskap".to_owned(),
        packages: vec![],
        created: at(0),
        changed: at(0),
        deleted: false,
        sequence: 0,
    }
}

/// One committed transaction.
async fn write<T, F>(db: &Db, work: impl FnOnce(Tx) -> F) -> db::Result<T>
where
    F: Future<Output = (Tx, db::Result<T>)>,
{
    let (tx, result) = work(db.begin("test").await?).await;
    match result {
        Ok(value) => tx.commit().await.map(|()| value),
        Err(error) => {
            tx.rollback().await;
            Err(error)
        }
    }
}

async fn with_system(db: &Db, system: System) -> db::Result<()> {
    write(db, |mut tx| async move {
        let result = systems::insert(&mut tx, &system, at(0)).await;
        (tx, result)
    })
    .await
}

fn triple() -> Triple {
    Triple { system_id: "310000001_a".to_owned(), org_no: OWNER.to_owned(), external_ref: OWNER.to_owned() }
}

testkit::db_suite! { [db::migrations!("authentication", ["0001_systemuser"])];

    /// Clients keep the vendor's order; one client serves one system, and deletion sets it free.
    async fn a_client_serves_one_system(db: Db) {
        with_system(&db, system("310000001_a", &["z", "a"])).await.unwrap();
        assert_eq!(systems::get(&db, "310000001_a").await.unwrap(), Some(system("310000001_a", &["z", "a"])));
        let refused = with_system(&db, system("310000001_b", &["a"])).await.unwrap_err();
        assert!(matches!(refused, db::Error::Unique(_)), "{refused}");
        assert_eq!(systems::get(&db, "310000001_b").await.unwrap(), None);
        let ids = ["a".to_owned(), "z".to_owned(), "free".to_owned()];
        assert_eq!(systems::bound_elsewhere(&db, &ids, "310000001_a").await.unwrap(), Vec::<String>::new());
        let mut bound = systems::bound_elsewhere(&db, &ids, "310000001_b").await.unwrap();
        bound.sort();
        assert_eq!(bound, ["a", "z"]);

        let deleted = System { deleted: true, client_ids: vec![], ..system("310000001_a", &[]) };
        write(&db, |mut tx| async move {
            let result = systems::update(&mut tx, &deleted, at(1)).await;
            (tx, result)
        })
        .await
        .unwrap();
        with_system(&db, system("310000001_b", &["a"])).await.unwrap();
        let listed: Vec<_> = systems::of_vendor(&db, VENDOR).await.unwrap().into_iter().map(|s| s.id).collect();
        assert_eq!(listed, ["310000001_b"]);
    }

    /// Newest first.
    async fn the_change_log_keeps_order_and_body(db: Db) {
        with_system(&db, system("310000001_a", &[])).await.unwrap();
        for (n, change_type) in [(1, ChangeType::Create), (2, ChangeType::Delete)] {
            write(&db, |mut tx| async move {
                let data = json!({"Id": "x"});
                let change = NewChange {
                    change_type,
                    org_no: VENDOR,
                    client_id: Some("c"),
                    data: (n == 1).then_some(&data),
                    at: at(0),
                };
                let result = systems::log(&mut tx, "310000001_a", &change).await;
                (tx, result)
            })
            .await
            .unwrap();
        }
        let log = systems::changes(&db, "310000001_a").await.unwrap();
        let seen: Vec<_> = log.iter().map(|c| (c.change_type, c.changed_data.clone())).collect();
        assert_eq!(seen, [("delete", None), ("create", Some(json!({"Id": "x"})))]);
    }

    /// Of two decisions on one request only the first is written, and a deleted request cannot be decided.
    async fn a_request_is_decided_once(db: Db) {
        with_system(&db, system("310000001_a", &[])).await.unwrap();
        let decide = |id: u128, status| {
            write(&db, move |mut tx| async move {
                let result = requests::decide(&mut tx, Uuid::from_u128(id), status, at(1)).await;
                (tx, result)
            })
        };
        for (id, kind) in [(1, Kind::Standard), (2, Kind::Agent)] {
            write(&db, |mut tx| async move {
                let result = requests::insert(&mut tx, &request(id, kind)).await;
                (tx, result)
            })
            .await
            .unwrap();
        }
        assert_eq!(requests::get(&db, Uuid::from_u128(1)).await.unwrap(), Some(request(1, Kind::Standard)));
        assert!(decide(1, RequestStatus::Accepted).await.unwrap());
        assert!(!decide(1, RequestStatus::Rejected).await.unwrap());
        let stored = requests::by_triple(&db, &triple(), Kind::Standard).await.unwrap().unwrap();
        assert_eq!(stored.status, RequestStatus::Accepted);
        assert_eq!(requests::pending(&db, OWNER, Kind::Standard).await.unwrap(), []);

        let gone = write(&db, |mut tx| async move {
            let result = requests::delete(&mut tx, Uuid::from_u128(2), at(1)).await;
            (tx, result)
        });
        assert!(gone.await.unwrap());
        assert_eq!(requests::get(&db, Uuid::from_u128(2)).await.unwrap(), None);
        assert!(!decide(2, RequestStatus::Accepted).await.unwrap());
    }

    /// The same may be asked for again only when the earlier request is deleted.
    async fn one_request_per_triple_and_kind(db: Db) {
        with_system(&db, system("310000001_a", &[])).await.unwrap();
        let insert = |id| {
            write(&db, move |mut tx| async move {
                let result = requests::insert(&mut tx, &request(id, Kind::Standard)).await;
                (tx, result)
            })
        };
        insert(1).await.unwrap();
        assert!(matches!(insert(2).await, Err(db::Error::Unique(_))));
        write(&db, |mut tx| async move {
            let result = requests::delete_triple(&mut tx, &triple(), Kind::Standard, at(1)).await;
            (tx, result)
        })
        .await
        .unwrap();
        insert(2).await.unwrap();
        let page = requests::by_system(&db, "310000001_a", Kind::Standard, Uuid::nil(), 10).await.unwrap();
        assert_eq!(page.iter().map(|r| r.id).collect::<Vec<_>>(), [Uuid::from_u128(2)]);
    }

    /// Every change takes a new number; a deleted system user stays in the stream and frees its triple.
    async fn the_stream_follows_every_change(db: Db) {
        with_system(&db, system("310000001_a", &[])).await.unwrap();
        let insert = |id| {
            write(&db, move |mut tx| async move {
                let result = users::insert(&mut tx, &user(id)).await;
                (tx, result)
            })
        };
        let delete = |id| {
            write(&db, move |mut tx| async move {
                let result = users::delete(&mut tx, Uuid::from_u128(id), at(5)).await;
                (tx, result)
            })
        };
        insert(1).await.unwrap();
        assert!(matches!(insert(2).await, Err(db::Error::Unique(_))));
        assert!(delete(1).await.unwrap());
        insert(2).await.unwrap();
        let stream = users::stream(&db, 0, 10).await.unwrap();
        let seen: Vec<_> = stream.iter().map(|u| (u.id.as_u128(), u.deleted, u.sequence)).collect();
        assert_eq!(seen, [(1, true, 2), (2, false, 3)]);
        assert_eq!(users::sequence_max(&db).await.unwrap(), 3);
        assert_eq!(users::stream(&db, 2, 10).await.unwrap().len(), 1);
        assert_eq!(users::of_owner(&db, Uuid::from_u128(500)).await.unwrap().len(), 1);
    }

    /// Client, vendor, owner and reference must all fit, and both rows be live (identity §4.7).
    async fn maskinporten_finds_only_what_fits_in_everything(db: Db) {
        with_system(&db, system("310000001_a", &["c"])).await.unwrap();
        write(&db, |mut tx| async move {
            let result = users::insert(&mut tx, &user(1)).await;
            (tx, result)
        })
        .await
        .unwrap();
        let find = |client, vendor, owner, reference| {
            let db = db.clone();
            async move { users::by_client(&db, client, vendor, owner, reference).await.unwrap().is_some() }
        };
        assert!(find("c", VENDOR, OWNER, OWNER).await);
        assert!(!find("d", VENDOR, OWNER, OWNER).await);
        assert!(!find("c", OWNER, OWNER, OWNER).await);
        assert!(!find("c", VENDOR, VENDOR, OWNER).await);
        assert!(!find("c", VENDOR, OWNER, "other").await);
        let deleted = System { deleted: true, ..system("310000001_a", &["c"]) };
        write(&db, |mut tx| async move {
            let result = systems::update(&mut tx, &deleted, at(1)).await;
            (tx, result)
        })
        .await
        .unwrap();
        assert!(!find("c", VENDOR, OWNER, OWNER).await);
    }
}
