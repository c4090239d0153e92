//! The log on real databases.

use crate::{
    Action, Actor, ActorKind, Entry, Filter, Lookup, LookupFilter, acting, by, from, looked_up, page,
    permitted, put,
};
use db::Db;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use uuid::Uuid;

const PARTY: Uuid = Uuid::from_u128(0x11);
const OTHER: Uuid = Uuid::from_u128(0x22);
const PERSON: Uuid = Uuid::from_u128(0x33);

fn at() -> Timestamp {
    "2026-03-02T09:00:00Z".parse().unwrap()
}

async fn write(db: &Db, entry: Entry<'_>) {
    db::write_tx!(db, "test", |tx| { put(tx, &entry).await }).unwrap();
}

async fn ids(db: &Db, filter: Filter) -> Vec<String> {
    page(db, &filter, 100).await.unwrap().into_iter().map(|row| row.subject).collect()
}

testkit::db_suite! { [crate::migrations()];
    async fn statements_fit_the_tables(db: Db) {
        db.prepare_all(&crate::statements()).await.unwrap();
    }

    async fn a_row_tells_who_did_what_for_whom_and_by_which_decision(db: Db) {
        let (first, last, of_resource) = (Uuid::from_u128(1), Uuid::from_u128(2), Uuid::from_u128(3));
        crate::within(Actor::NOBODY, async {
            acting(Actor::person(PERSON));
            from(Some("client-1"), Some("session-1"));
            permitted(first, OTHER, "a");
            permitted(of_resource, PARTY, "Tax");
            permitted(last, PARTY, "b");
            let entry = Entry::new(Action::DelegationGrant, at(), "party", OTHER);
            write(&db, entry.clone().on_behalf_of(PARTY).resource("tax").detail(json!({"n": 1}))).await;
            write(&db, entry.clone().on_behalf_of(PARTY)).await;
            write(&db, entry).await;
        }).await;
        let rows = page(&db, &Filter::default(), 10).await.unwrap();
        let told: Vec<_> = rows.iter().map(|row| row.decision).collect();
        assert_eq!(told, [None, Some(last), Some(of_resource)], "newest first, the fitting permit each");
        let row = &rows[2];
        assert_eq!((row.action.as_str(), row.at), ("delegation.grant", at()));
        assert_eq!(row.actor, Actor { kind: ActorKind::Person, id: PERSON.to_string() });
        assert_eq!((row.on_behalf_of, row.resource.as_deref()), (Some(PARTY), Some("tax")));
        assert_eq!((row.subject_kind.as_str(), row.subject.as_str()), ("party", OTHER.to_string().as_str()));
        assert_eq!((row.client.as_deref(), row.session.as_deref()), (Some("client-1"), Some("session-1")));
        assert_eq!(row.detail.as_deref(), Some(r#"{"n":1}"#));
    }

    async fn what_is_undone_was_never_written(db: Db) {
        let mut tx = db.begin("test").await.unwrap();
        put(&mut tx, &Entry::new(Action::ClockMove, at(), "clock", 1)).await.unwrap();
        tx.rollback().await;
        assert!(ids(&db, Filter::default()).await.is_empty());
    }

    async fn pages_and_filters_show_what_was_asked_for(db: Db) {
        for n in 0..5 {
            let party = if n % 2 == 0 { PARTY } else { OTHER };
            let action = if n < 3 { Action::DialogCreate } else { Action::DelegationGrant };
            let actor = if n == 4 { Actor::person(PARTY) } else { Actor::organisation("310200409") };
            crate::within(actor, write(&db, Entry::new(action, at(), "thing", n).on_behalf_of(party))).await;
        }
        assert_eq!(ids(&db, Filter::default()).await, ["4", "3", "2", "1", "0"]);
        let first = page(&db, &Filter::default(), 2).await.unwrap();
        let next = Filter { before: Some(first[1].id), ..Filter::default() };
        assert_eq!(ids(&db, next).await, ["2", "1", "0"]);
        let of = |party: Vec<String>| Filter { party, ..Filter::default() };
        assert_eq!(ids(&db, of(vec![PARTY.to_string()])).await, ["4", "2", "0"]);
        assert_eq!(ids(&db, of(vec![OTHER.to_string(), "310200409".into()])).await, ["3", "2", "1", "0"]);
        assert_eq!(ids(&db, Filter { action: Some("dialog".into()), ..Filter::default() }).await, ["2", "1", "0"]);
        assert_eq!(ids(&db, Filter { action: Some("delegation.grant".into()), ..Filter::default() }).await, ["4", "3"]);
        assert_eq!(ids(&db, Filter { actor: Some(PARTY.to_string()), ..Filter::default() }).await, ["4"]);
        let middle = page(&db, &Filter::default(), 5).await.unwrap()[2].recorded_at;
        let since = ids(&db, Filter { since: Some(middle), ..Filter::default() }).await;
        let until = ids(&db, Filter { until: Some(middle), ..Filter::default() }).await;
        assert_eq!((since.len() + until.len(), since.contains(&"2".into())), (5, true));
    }

    async fn a_look_up_tells_who_looked_and_by_what_right(db: Db) {
        crate::within(Actor::organisation("310200409"), async {
            by("altinn:register/partylookup.admin");
            db::write_tx!(db, "test", |tx| {
                for person in [Some(PERSON), None] {
                    looked_up(tx, &Lookup { at: at(), operation: "register.lookup", person }).await?;
                }
                Ok::<_, db::Error>(())
            }).unwrap();
        }).await;
        let all = crate::lookups(&db, &LookupFilter::default(), 10).await.unwrap();
        assert_eq!(all.iter().map(|row| row.person).collect::<Vec<_>>(), [None, Some(PERSON)]);
        let hers = crate::lookups(&db, &LookupFilter { person: Some(PERSON), ..LookupFilter::default() }, 10).await.unwrap();
        assert_eq!(hers.len(), 1);
        assert_eq!((hers[0].actor.id.as_str(), hers[0].purpose.as_str()), ("310200409", "altinn:register/partylookup.admin"));
    }

    async fn age_takes_rows_and_says_so(db: Db) {
        for n in 0..3 {
            write(&db, Entry::new(Action::ClockMove, at(), "clock", n)).await;
        }
        let rows = page(&db, &Filter::default(), 3).await.unwrap();
        let kept = rows[0].recorded_at + SignedDuration::from_millis(-1);
        let nothing = crate::remove_before(&db, at(), kept - SignedDuration::from_hours(1), kept).await.unwrap();
        assert_eq!((nothing.entries, ids(&db, Filter::default()).await.len()), (0, 3));
        let later = rows[0].recorded_at + SignedDuration::from_hours(1);
        let removed = crate::remove_before(&db, at(), later, later).await.unwrap();
        assert_eq!((removed.entries, removed.lookups), (3, 0));
        let left = page(&db, &Filter::default(), 10).await.unwrap();
        assert_eq!((left.len(), left[0].action.as_str(), left[0].subject.as_str()), (1, "retention.remove", "audit_entry"));
        assert!(left[0].detail.as_deref().unwrap().contains(r#""rows":3"#));
    }
}
