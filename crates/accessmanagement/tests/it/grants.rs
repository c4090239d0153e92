//! The port: grants, revocation, delegation checks, and how many reads they take.

use crate::support::*;
use ports::accessmanagement::{AccessManagement, Grant, Right};
use std::sync::atomic::Ordering;
use uuid::Uuid;

fn right(resource: &str, action: Option<&str>) -> Grant {
    Grant::Right(Right { resource: resource.into(), action: action.map(str::to_owned) })
}

fn tax() -> Grant {
    Grant::Package(TAX.into())
}

async fn grant(server: &Server, from: Uuid, to: Uuid, grants: &[Grant]) {
    let mut tx = server.db.begin("test").await.unwrap();
    server.access.grant(&mut tx, from, to, OLA, grants).await.unwrap();
    tx.commit().await.unwrap();
}

async fn revoke(server: &Server, from: Uuid, to: Uuid) -> u64 {
    let mut tx = server.db.begin("test").await.unwrap();
    let removed = server.access.revoke_all(&mut tx, from, to, OLA).await.unwrap();
    tx.commit().await.unwrap();
    removed
}

testkit::db_suite! { [jobs::migrations()];
    async fn statements_fit_the_tables(db: db::Db) {
        let server = server(&db).await;
        server.db.prepare_all(&server.statements).await.unwrap();
    }

    async fn grant_holds_at_once_twice_is_once_and_revocation_takes_all(db: db::Db) {
        let server = server(&db).await;
        let grants = [tax(), right("SKE-open", Some("write"))];
        grant(&server, BAKER, SYSTEM_USER, &grants).await;
        let rows = server.rows().await;
        assert_eq!(rows, [1, 1, 1, 1, 3], "assignment, package, right, one version counter, an audit row each");
        grant(&server, BAKER, SYSTEM_USER, &grants).await;
        assert_eq!(server.rows().await, rows, "the same again changes nothing");

        let got = server.access.connection(BAKER, SYSTEM_USER).await.unwrap();
        assert_eq!((got.roles.len(), got.packages), (0, vec![TAX.to_owned()]));
        assert_eq!(got.rights, [Right { resource: "ske-open".into(), action: Some("write".into()) }]);
        let shop = server.access.connection(SHOP, SYSTEM_USER).await.unwrap();
        assert_eq!(shop.packages, [TAX], "the sub-unit follows its main unit");
        let standing = server.access.granted(BAKER, SYSTEM_USER).await.unwrap();
        assert_eq!(standing.iter().map(|g| g.by).collect::<Vec<_>>(), [OLA, OLA]);

        assert_eq!(revoke(&server, BAKER, SYSTEM_USER).await, 2);
        assert_eq!(server.access.connection(BAKER, SYSTEM_USER).await.unwrap().packages.len(), 0);
        assert!(server.access.granted(BAKER, SYSTEM_USER).await.unwrap().is_empty());
        assert_eq!(server.rows().await, [0, 0, 0, 1, 4], "what happened stays written down");
        assert_eq!(revoke(&server, BAKER, SYSTEM_USER).await, 0);
    }

    async fn undone_transaction_leaves_nothing(db: db::Db) {
        let server = server(&db).await;
        let mut tx = server.db.begin("test").await.unwrap();
        server.access.grant(&mut tx, BAKER, LIV, OLA, &[tax()]).await.unwrap();
        tx.rollback().await;
        assert_eq!(server.rows().await, [0; 5]);
    }

    async fn unknown_package_is_a_fault_and_leaves_nothing(db: db::Db) {
        let server = server(&db).await;
        let mut tx = server.db.begin("test").await.unwrap();
        let unknown = [Grant::Package("urn:altinn:accesspackage:finnes-ikke".into())];
        assert!(server.access.grant(&mut tx, BAKER, LIV, OLA, &unknown).await.is_err());
        tx.rollback().await;
        assert_eq!(server.rows().await, [0; 5]);
    }

    async fn delegation_check_tells_who_may_give_what(db: db::Db) {
        let server = server(&db).await;
        let asked = [
            tax(),
            right("ske-open", None),
            right("ske-open", Some("read")),
            right("ske-closed", None),
            right("finnes-ikke", None),
            Grant::Package("urn:altinn:accesspackage:finnes-ikke".into()),
            Grant::Package("urn:altinn:accesspackage:innbygger-samliv".into()),
        ];
        let check = async |user| server.access.delegation_check(user, BAKER, &asked).await.unwrap();
        let leader = check(OLA).await;
        assert_eq!(
            leader.iter().map(|c| c.delegable).collect::<Vec<_>>(),
            [true, true, false, false, false, false, false]
        );
        assert_eq!(leader[1].actions, ["write"], "reading is the owner's own");
        let codes: Vec<&str> =
            leader[2..].iter().map(|c| c.reasons.last().unwrap().split(':').next().unwrap()).collect();
        assert_eq!(
            codes,
            ["MissingPolicyRight", "RoleAccess", "ResourceNotFound", "PackageNotFound", "WrongPartyType"]
        );
        assert!(leader[3].reasons.iter().any(|r| r.starts_with("ResourceNotDelegable")));
        for stranger in [KARI, LIV] {
            assert!(check(stranger).await.iter().all(|c| !c.delegable), "{stranger}");
        }

        // A holder of the package who manages no access may still not give it on.
        grant(&server, BAKER, LIV, &[tax()]).await;
        let holder = check(LIV).await;
        assert!(!holder[0].delegable && holder[0].reasons[0].starts_with("NotAccessManager"));
        let manager = Grant::Package("urn:altinn:accesspackage:tilgangsstyrer".into());
        grant(&server, BAKER, LIV, &[manager]).await;
        let manager = check(LIV).await;
        assert!(manager[0].delegable && manager[1].delegable);
    }

    async fn an_accountants_clients_take_a_fixed_number_of_reads(db: db::Db) {
        let few = server_in(&db, Country::small().with_clients(10)).await;
        let many = server_in(&db, Country::small().with_clients(900)).await;
        let mut reads = Vec::new();
        for (server, clients) in [(&few, 10_usize), (&many, 900)] {
            let parties = server.access.parties_of(KARI).await.unwrap();
            let (sub_units, proprietors) = (clients.div_ceil(3), clients.div_ceil(5));
            // Herself, her firm, the bakery with its shop, and the clients.
            assert_eq!(parties.len(), 4 + clients + sub_units + proprietors);
            reads.push(server.country.reads.load(Ordering::Relaxed));
        }
        assert!(reads[0] == reads[1] && reads[1] <= 9, "{reads:?}");

        let proprietor = Uuid::from_u128(10_002);
        let got = many.access.connection(proprietor, KARI).await.unwrap();
        assert!(got.packages.contains(&"urn:altinn:accesspackage:regnskapsforer-lonn".to_owned()));
    }

    async fn catalogue_answers_for_packages(db: db::Db) {
        let server = server(&db).await;
        let package = server.access.package(TAX).await.unwrap().unwrap();
        assert_eq!((package.urn.as_str(), package.assignable), (TAX, true));
        assert_eq!(package.resources, ["ske-open"]);
        assert!(server.access.package("urn:altinn:accesspackage:finnes-ikke").await.unwrap().is_none());
    }
}
