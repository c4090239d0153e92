//! The register on a real database.

use crate::Register;
use db::Db;
use kernel::pid::{Kind, Synthetic};
use kernel::{Pid, SystemClock};
use ports::population::{
    Address, Counts, LoadError, Organisation, OrganisationContact, Person, PersonContact, RegisterSink,
    Registers, Role, SelfIdentified, SelfIdentifiedKind,
};
use ports::register::{PartyKind, PartyRef, Register as _};
use std::sync::Arc;
use testkit::TestDb;

const SETS: [db::MigrationSet; 1] = [crate::MIGRATIONS];

const DIRECTOR: &str = "12837122463";
const CITIZEN: &str = "19919640521";
const COMPANY: &str = "310200107";
const BRANCH: &str = "310200204";
const ACCOUNTANT: &str = "310200301";

fn sandbox(db: &Db) -> Register {
    Register::on(db.clone(), Arc::new(SystemClock), true)
}

async fn load(db: &Db, register: &Register, registers: &Registers) -> Result<[Counts; 4], LoadError> {
    let mut tx = db.begin("test").await?;
    match register.load(&mut tx, registers).await {
        Ok(counts) => {
            tx.commit().await?;
            Ok(counts)
        }
        Err(error) => {
            tx.rollback().await;
            Err(error)
        }
    }
}

fn person(pid: &str, first: &str, last: &str) -> Person {
    Person {
        pid: pid.to_owned(),
        first_name: Some(first.to_owned()),
        last_name: Some(last.to_owned()),
        ..Person::default()
    }
}

fn unit(org_no: &str, name: &str, unit_type: &str) -> Organisation {
    Organisation {
        org_no: org_no.to_owned(),
        name: name.to_owned(),
        unit_type: unit_type.to_owned(),
        ..Organisation::default()
    }
}

fn role(from: &str, role: &str, to: &str) -> Role {
    Role { from: from.to_owned(), role: role.to_owned(), to: to.to_owned(), via_organisation: None }
}

fn sample() -> Registers {
    let mut director = person(DIRECTOR, "Kari", "Nordli");
    director.address = Some(Address { street: Some("Storgata 1".to_owned()), ..Address::default() });
    director.contact = Some(PersonContact {
        email: Some("kari@epost.test".to_owned()),
        mobile: Some("+4799999999".to_owned()),
        language: Some("nn".to_owned()),
        ..PersonContact::default()
    });
    let mut company = unit(COMPANY, "SAMEIET FJORDUTSIKTEN", "ESEK");
    company.contact = Some(OrganisationContact { emails: vec!["styret@x.test".to_owned()], mobiles: vec![] });
    let branch =
        Organisation { parent: Some(COMPANY.to_owned()), ..unit(BRANCH, "FJORDUTSIKTEN AVD", "BEDR") };
    let company_urn = format!("urn:altinn:organization:identifier-no:{COMPANY}");
    Registers {
        persons: vec![director, person(CITIZEN, "Amir", "Hussain")],
        // A sub-unit may stand before its main unit.
        organisations: vec![branch, company, unit(ACCOUNTANT, "TALL AS", "AS")],
        self_identified: vec![SelfIdentified {
            user_name: Some("Student1".to_owned()),
            email: None,
            user_id: None,
            party_id: None,
            party_uuid: None,
            kind: SelfIdentifiedKind::Educational,
        }],
        roles: vec![
            role(&company_urn, "DAGL", &format!("urn:altinn:person:identifier-no:{DIRECTOR}")),
            role(
                &company_urn,
                "urn:altinn:external-role:ccr:regnskapsforer",
                &format!("urn:altinn:organization:identifier-no:{ACCOUNTANT}"),
            ),
        ],
    }
}

fn pointer(done: Result<[Counts; 4], LoadError>) -> String {
    match done {
        Err(LoadError::Input(error)) => error.pointer,
        other => panic!("{other:?}"),
    }
}

testkit::db_suite! { SETS;
    async fn a_loaded_party_is_found_by_each_of_its_identifiers(db: Db) {
        let register = sandbox(&db);
        load(&db, &register, &sample()).await.unwrap();
        let kari = register.party(&PartyRef::Pid(DIRECTOR.to_owned())).await.unwrap().unwrap();
        assert_eq!((kari.name.as_str(), kari.kind), ("Kari Nordli", PartyKind::Person));
        assert!(kari.id >= 50_000_000);
        for by in [PartyRef::Id(kari.id), PartyRef::Uuid(kari.uuid), PartyRef::UserId(kari.user_id.unwrap())] {
            assert_eq!(register.party(&by).await.unwrap().as_ref(), Some(&kari), "{by:?}");
        }
        let student = register.party(&PartyRef::UserName("student1".to_owned())).await.unwrap().unwrap();
        assert_eq!(student.kind, PartyKind::SelfIdentified);
        let company = register.party(&PartyRef::OrgNo(COMPANY.to_owned())).await.unwrap().unwrap();
        let branches = register.sub_units(&[company.uuid]).await.unwrap();
        assert_eq!(branches.len(), 1);
        assert_eq!((branches[0].kind, branches[0].parent), (PartyKind::SubUnit, Some(company.uuid)));
        assert_eq!(register.party(&PartyRef::OrgNo("310200409".to_owned())).await.unwrap(), None);
        let contact = register.contact_points(kari.uuid).await.unwrap();
        assert_eq!(
            (contact.emails, contact.language),
            (vec!["kari@epost.test".to_owned()], Some("nn".to_owned()))
        );
    }

    async fn roles_are_read_from_both_ends(db: Db) {
        let register = sandbox(&db);
        load(&db, &register, &sample()).await.unwrap();
        let company = register.party(&PartyRef::OrgNo(COMPANY.to_owned())).await.unwrap().unwrap().uuid;
        let firm = register.party(&PartyRef::OrgNo(ACCOUNTANT.to_owned())).await.unwrap().unwrap().uuid;
        let mut codes: Vec<_> =
            register.roles_from(&[company]).await.unwrap().into_iter().map(|role| role.code).collect();
        codes.sort();
        assert_eq!(codes, ["DAGL", "REGN"]);
        let held = register.roles_to(&[firm]).await.unwrap();
        assert_eq!(
            held.iter().map(|role| (role.from, role.code.as_str())).collect::<Vec<_>>(),
            [(company, "REGN")]
        );
        assert!(register.roles_to(&[]).await.unwrap().is_empty());
    }

    async fn loading_again_changes_nothing_and_what_differs_is_updated(db: Db) {
        let register = sandbox(&db);
        assert!(register.is_empty().await.unwrap());
        let first = load(&db, &register, &sample()).await.unwrap();
        assert_eq!(first.map(|counts| counts.created), [2, 3, 1, 2]);
        let before = register.dump().await.unwrap();
        let again = load(&db, &register, &sample()).await.unwrap();
        assert_eq!(again.map(|counts| counts.unchanged), [2, 3, 1, 2]);
        assert_eq!(register.dump().await.unwrap(), before);
        // What was written out can be read in again, and stays what it is.
        let exported = load(&db, &register, &before).await.unwrap();
        assert_eq!(exported.map(|counts| counts.unchanged), [2, 3, 1, 2]);

        let mut changed = sample();
        changed.persons[0].contact = None;
        changed.organisations[2].name = "TALL OG SVAR AS".to_owned();
        let third = load(&db, &register, &changed).await.unwrap();
        assert_eq!(third.map(|counts| counts.updated), [1, 1, 0, 0]);
        let kari = register.party(&PartyRef::Pid(DIRECTOR.to_owned())).await.unwrap().unwrap();
        assert!(register.contact_points(kari.uuid).await.unwrap().emails.is_empty());
    }

    async fn an_export_fills_an_empty_register_with_the_same(db: Db) {
        let one = sandbox(&db);
        load(&db, &one, &sample()).await.unwrap();
        let exported = one.dump().await.unwrap();
        let other_db = TestDb::sqlite(&SETS).await;
        let other = sandbox(&other_db.db);
        load(&other_db.db, &other, &exported).await.unwrap();
        assert_eq!(other.dump().await.unwrap(), exported);
    }

    async fn ids_can_be_pinned_and_never_change(db: Db) {
        let register = sandbox(&db);
        let mut pinned = sample();
        pinned.persons[0].party_id = Some(510_001);
        pinned.persons[0].user_id = Some(20_001);
        load(&db, &register, &pinned).await.unwrap();
        assert_eq!(register.party(&PartyRef::UserId(20_001)).await.unwrap().unwrap().id, 510_001);
        pinned.persons[0].party_id = Some(510_002);
        assert_eq!(pointer(load(&db, &register, &pinned).await), "/persons/0/partyId");
        let thief = Registers {
            persons: vec![Person { party_id: Some(510_001), ..person("27898031131", "Ola", "Tveit") }],
            ..Registers::default()
        };
        assert_eq!(pointer(load(&db, &register, &thief).await), "/persons/0/partyId");
    }


    async fn a_refused_file_leaves_nothing_behind(db: Db) {
        let register = sandbox(&db);
        let mut cases: Vec<(Registers, &str)> = Vec::new();
        let mut bad = sample();
        bad.persons[1].pid = "19919640522".to_owned();
        cases.push((bad, "/persons/1/pid"));
        let mut bad = sample();
        bad.persons[1].pid = DIRECTOR.to_owned();
        cases.push((bad, "/persons/1/pid"));
        let mut bad = sample();
        bad.organisations[0].parent = Some("310200409".to_owned());
        cases.push((bad, "/organisations/0/parent"));
        let mut bad = sample();
        bad.organisations[1].unit_type = "XYZ".to_owned();
        cases.push((bad, "/organisations/1/unitType"));
        let mut bad = sample();
        bad.roles[1].to = "urn:altinn:organization:identifier-no:310200409".to_owned();
        cases.push((bad, "/roles/1/to"));
        let mut bad = sample();
        bad.roles[0].role = "KING".to_owned();
        cases.push((bad, "/roles/0/role"));
        let mut bad = sample();
        bad.roles.push(bad.roles[0].clone());
        cases.push((bad, "/roles/2"));
        for (file, place) in cases {
            assert_eq!(pointer(load(&db, &register, &file).await), place);
            assert!(register.is_empty().await.unwrap(), "{place}");
        }
    }

    async fn production_refuses_synthetic_people(db: Db) {
        let register = Register::on(db.clone(), Arc::new(SystemClock), false);
        assert_eq!(pointer(load(&db, &register, &sample()).await), "/persons/0/pid");
        let born = jiff::civil::date(1980, 5, 4);
        let real =
            (0..499).find_map(|individual| Pid::compute(born, individual, Kind::BirthNumber, None)).unwrap();
        assert_eq!(real.series(), None::<Synthetic>);
        let file = Registers { persons: vec![person(real.as_str(), "A", "B")], ..Registers::default() };
        assert!(load(&db, &register, &file).await.is_ok());
    }

    async fn persons_are_found_by_the_beginning_of_either_name_or_number(db: Db) {
        let register = sandbox(&db);
        load(&db, &register, &sample()).await.unwrap();
        for text in ["kari", "KARI N", "nordli", "nordli k", "128371"] {
            let found = register.find_persons(text, 10).await.unwrap();
            assert_eq!(found.len(), 1, "{text}");
        }
        assert!(register.find_persons("%", 10).await.unwrap().is_empty());
        assert!(register.find_persons("ordli", 10).await.unwrap().is_empty());
    }

    async fn every_statement_is_accepted_by_the_engine(db: Db) {
        let refused = db.prepare_all(&crate::store::STATEMENTS).await;
        assert!(refused.is_ok(), "{refused:?}");
    }
}
