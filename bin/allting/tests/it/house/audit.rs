//! Every change is written down, and every look-up of a person: `support::Call::send` asks after each successful request of
//! any test here that is no read. What need not leave a row stands here, with the reason.

use crate::skatteetaten::{sound, world};
use crate::support::{CITIZEN, DIRECTOR, TestApp, app};
use audit::{Action, Actor, ActorKind, Filter, LookupFilter, Row};
use db::{Db, Engine, MigrationSet, Sql, Value};
use kernel::{Clock, SystemClock};
use population::personas::CONDOMINIUM;
use ports::register::PartyRef;
use serde_json::json;
use std::time::{Duration, Instant};
use testkit::TestDb;
use uuid::Uuid;

/// A request (`*` for one segment of the path, `**` for all that follow), and why it leaves no row.
const QUIET: &[(&str, &str)] = &[
    ("POST /token", "tokens have a log of their own: maskinporten_issued_token"),
    ("POST /idporten/**", "steps on the way to a login and its tokens, which have a log of their own"),
    ("POST /mockporten/**", "steps on the way to a login"),
    ("POST /par", "a step on the way to a login"),
    ("POST /authorize", "a step on the way to a login"),
    ("POST /authentication/api/v1/introspection", "asks about a token"),
    ("POST /authorization/api/v1/decision", "asks; decisions have a log of their own: az_decision"),
    ("POST /authorization/api/v1/authorize", "asks; decisions have a log of their own: az_decision"),
    ("POST /accessmanagement/api/v1/*/authorizedparties", "a query; a person's number leaves a look-up"),
    ("POST /register/api/v1/parties/lookup", "a query; a person's number leaves a look-up"),
    ("POST /register/api/v1/parties/partylistbyuuid", "a query without numbers"),
    ("POST /register/api/v1/*/parties/query", "a query; a person's number leaves a look-up"),
    ("POST /register/api/v2/internal/parties/query", "a query; a person's number leaves a look-up"),
    ("POST /register/api/v1/*/parties/main-units", "a query about organisations"),
    ("POST /register/api/v2/internal/parties/main-units", "a query about organisations"),
    ("POST /resourceregistry/api/v1/resource/bysubjects", "a query"),
    ("POST /aktor", "chooses whom the browser's pages show; kept in its cookie alone"),
    (
        "POST /sandkasse/**",
        "the console: faults and clock write their rows; a button that changes nothing writes none",
    ),
    ("DELETE /sandbox/api/v1/faults", "takes away what there is, possibly nothing"),
    ("PUT /sandbox/api/v1/snapshots/*", "keeps what there is and changes nothing of it"),
    ("DELETE /sandbox/api/v1/snapshots/*", "throws a copy away and changes nothing of what there is"),
    ("POST /sandbox/api/v1/snapshots/*/restore", "brings the log of then back with all the rest"),
    ("POST /test/**", "routes of tests"),
];

/// Need this request, by method and path, leave no audit row?
pub fn is_quiet(request: &str) -> bool {
    let on_shared_origin = |rest: &str| rest.split_once('/').map(|(_, path)| format!("/{path}"));
    let request = match request.split_once(" /_host/") {
        Some((method, rest)) => format!("{method} {}", on_shared_origin(rest).unwrap_or_default()),
        None => request.to_owned(),
    };
    let segments: Vec<_> = request.trim_end_matches('/').split('/').collect();
    QUIET.iter().any(|(known, _)| {
        let (known, more) = known.strip_suffix("/**").map_or((*known, false), |known| (known, true));
        let known: Vec<_> = known.split('/').collect();
        let fits = |(wanted, found): (&&str, &&str)| *wanted == "*" || wanted.eq_ignore_ascii_case(found);
        let length = if more { known.len() < segments.len() } else { known.len() == segments.len() };
        length && known.iter().zip(&segments).all(fits)
    })
}

async fn entries(app: &TestApp, filter: Filter) -> Vec<Row> {
    audit::page(&app.ctx.db, &filter, 100).await.unwrap()
}

/// From the request to the job, and from the row to the decision that permitted it.
#[tokio::test]
async fn a_filing_is_one_trace_with_actor_party_and_decision() {
    let world = world().await;
    let answer = world.file("0195cf11-92fc-41bb-9dac-2a28e3d5f26b", &sound()).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let body = answer.json();
    let of_trace = Filter { trace: Some(answer.trace()), ..Filter::default() };
    let rows = entries(&world.app, of_trace.clone()).await;
    let words: Vec<_> = rows.iter().rev().map(|row| row.action.as_str()).collect();
    assert_eq!(words, ["dialog.create", "event.publish", "event.publish", "filing.receive"], "{rows:?}");
    let received = &rows[0];
    assert_eq!(received.actor, Actor::system_user(world.user.id));
    assert_eq!(received.on_behalf_of, Some(world.user.party.uuid));
    assert_eq!(
        (&received.subject, received.resource.as_deref()),
        (&body["forsendelseId"].as_str().unwrap().to_owned(), Some("ske-innrapportering-boligsameie"))
    );
    let decision = received.decision.expect("the decision that let it in");
    let made = entries(&world.app, Filter { decision: Some(decision), ..Filter::default() }).await;
    assert!(made.iter().any(|row| row.id == received.id));
    // Decisions come a moment later.
    let until = Instant::now() + Duration::from_secs(10);
    let sql = Sql::new("test.decision", "SELECT operation, decision FROM az_decision WHERE id = $1");
    let logged = loop {
        if let Some(row) = world.app.ctx.db.query_opt(&sql, &[Value::Uuid(decision)]).await.unwrap() {
            break row;
        }
        assert!(Instant::now() < until, "the decision is not in its log");
        tokio::task::yield_now().await;
    };
    assert_eq!((logged.get::<String>(0).unwrap().as_str(), logged.get::<i64>(1).unwrap()), ("write", 0));

    world.app.drain().await;
    let rows = entries(&world.app, of_trace).await;
    let judged = rows.iter().find(|row| row.action == "filing.answer").expect("judged under the same trace");
    assert_eq!(judged.actor, Actor::platform("skatteetaten.feedback"));
    assert_eq!((judged.on_behalf_of, &judged.subject), (Some(world.user.party.uuid), &received.subject));
    assert!(rows.iter().any(|row| row.action == "notification.send"));
    // What the customer did before to let the vendor in, under other traces.
    let party = Filter {
        party: vec![world.user.party.uuid.to_string()],
        action: Some("systemuser".into()),
        ..Filter::default()
    };
    let approved = entries(&world.app, party).await;
    let director = world.app.party(PartyRef::Pid(DIRECTOR.into())).await;
    assert_eq!(approved.len(), 1);
    assert_eq!(
        (approved[0].action.as_str(), &approved[0].actor),
        ("systemuser.approve", &Actor::person(director.uuid))
    );
    assert!(approved[0].decision.is_some());
}

#[tokio::test]
async fn a_look_up_by_number_names_who_looked_and_never_the_number() {
    let app = app().await;
    let token = app
        .test_token("GetEnterpriseToken", "scopes=altinn:register/partylookup.admin&org=skd&orgNo=974761076")
        .await;
    let ask =
        async |body| app.post("/register/api/v1/parties/lookup").bearer(&token).json(&body).send().await;
    let found = ask(json!({"ssn": CITIZEN})).await;
    let missing = ask(json!({"ssn": "21879498012"})).await;
    let organisation = ask(json!({"orgNo": CONDOMINIUM})).await;
    assert_eq!(
        (found.status.as_u16(), missing.status.as_u16(), organisation.status.as_u16()),
        (200, 404, 200)
    );
    let citizen = app.party(PartyRef::Pid(CITIZEN.into())).await.uuid;
    let rows = audit::lookups(&app.ctx.db, &LookupFilter::default(), 10).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.person).collect::<Vec<_>>(), [None, Some(citizen)]);
    assert_eq!(rows[1].actor, Actor { kind: ActorKind::Organisation, id: "974761076".into() });
    assert_eq!(
        (rows[1].operation.as_str(), rows[1].purpose.as_str()),
        ("register.lookup", "altinn:register/partylookup.admin")
    );
    assert_eq!(rows[1].trace, Some(found.trace()));
    assert!(!format!("{rows:?}").contains(CITIZEN) && !format!("{rows:?}").contains("21879498012"));
    let query = app.post("/register/api/v2/internal/parties/query").bearer(&token);
    let urns = json!({"data": [format!("urn:altinn:person:identifier-no:{CITIZEN}"), format!("urn:altinn:organization:identifier-no:{CONDOMINIUM}")]});
    let answer = query.json(&urns).send().await;
    assert_eq!((answer.status.as_u16(), app.lookups(&answer).await), (200, 1));
    let subject = format!("urn:altinn:person:identifier-no:{CITIZEN}");
    let explained = app
        .get(&format!("/allting/api/v1/explain/access?subject={subject}&resource=ske-innrapportering-boligsameie&party=urn:altinn:organization:identifier-no:{CONDOMINIUM}&action=read"))
        .bearer(&app.test_token("GetEnterpriseToken", "scopes=altinn:authorization/authorize&org=skd&orgNo=974761076").await)
        .send()
        .await;
    assert_eq!((explained.status.as_u16(), app.lookups(&explained).await), (200, 1), "{}", explained.text());
}

/// A caller's trace is taken up from this machine only; a stranger does not choose what it is found by.
#[tokio::test]
async fn a_trace_goes_on_when_it_comes_from_where_it_is_believed() {
    let app = app().await;
    let given = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let answer = app.get("/health/live").header("traceparent", given).send().await;
    assert_eq!(answer.trace(), &given[3..35]);
    assert_ne!(answer.header("traceparent"), given, "a span of our own");
    let nonsense = app.get("/health/live").header("traceparent", "00-xyz").send().await;
    assert_eq!(nonsense.trace().len(), 32);
    let production = crate::support::production().await;
    let begun = production.get("/health/live").header("traceparent", given).send().await;
    assert_ne!(begun.trace(), &given[3..35]);
}

/// The page names every action, in the order of the list, and none that is not there.
#[test]
fn the_handbook_lists_the_actions() {
    let page =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/operate/audit.md")).unwrap();
    let (_, table) = page.split_once("a test compares -->\n").unwrap();
    let wanted: String = std::iter::once("| action | what was done |\n|---|---|\n".to_owned())
        .chain(Action::ALL.iter().map(|action| format!("| `{}` | {} |\n", action.word(), action.about())))
        .collect();
    assert_eq!(table, wanted);
}

/// The migrations as they were before the blocks' own logs became one.
fn before(sets: &[MigrationSet]) -> Vec<MigrationSet> {
    sets.iter()
        .map(|set| {
            let end = set
                .files
                .iter()
                .position(|file| file.name.ends_with("_common_log"))
                .unwrap_or(set.files.len());
            MigrationSet { block: set.block, files: &set.files[..end] }
        })
        .collect()
}

async fn run(db: &Db, text: &str, values: &[Value]) {
    let sql = Sql::dynamic("test.old_row", text.to_owned());
    db::write_tx!(db, "test.old_row", |tx| { tx.execute(&sql, values).await }).unwrap();
}

/// What the blocks had written down before is found in the common log, on both engines.
#[tokio::test]
async fn old_rows_move_to_the_common_log() {
    let sets = app().await.migrations.clone();
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let Some(test) = TestDb::on(engine, &[]).await else { continue };
        let db = &test.db;
        db.migrate(&before(&sets)).await.unwrap();
        let (id, party, by, at) = (
            |n| Value::Uuid(Uuid::from_u128(n)),
            Uuid::from_u128(0xa),
            Uuid::from_u128(0xb),
            SystemClock.now(),
        );
        run(db, "INSERT INTO am_audit (id, from_party, to_party, version, at, by_party, operation, subject) VALUES ($1, $2, $3, 7, $4, $5, 'revoke', 'urn:x')",
            &[id(1), party.into(), Uuid::from_u128(0xc).into(), at.into(), by.into()]).await;
        run(db, "INSERT INTO authn_systemuser_audit (id, at, subject, action, actor_party, detail) VALUES ($1, $2, $3, 'request.approve', $4, '{}')",
            &[id(2), at.into(), party.into(), by.into()]).await;
        run(db, "INSERT INTO authn_systemuser_audit (id, at, subject, action, actor_org_no, actor_client, detail) VALUES ($1, $2, $3, 'request.create', '310200409', 'c', '{}')",
            &[id(3), at.into(), party.into()]).await;
        run(db, "INSERT INTO dialog_audit (id, dialog_id, at, action, actor) VALUES ($1, $2, $3, 'seen', 'urn:altinn:person:identifier-no:21879498012')",
            &[id(4), party.into(), at.into()]).await;
        run(db, "INSERT INTO gld_log (id, filing, at, what, actor) VALUES ($1, $2, $3, 'approved', 'skatteetaten')",
            &[id(5), party.into(), at.into()]).await;
        db.migrate(&sets).await.unwrap();
        let mut rows = audit::page(db, &Filter::default(), 10).await.unwrap();
        rows.sort_by_key(|row| row.id);
        let told: Vec<_> = rows
            .iter()
            .map(|row| (row.action.as_str(), row.actor.id.clone(), row.subject_kind.as_str()))
            .collect();
        assert_eq!(
            told,
            [
                ("delegation.revoke", by.to_string(), "party"),
                ("systemuser.approve", by.to_string(), "systemuser-request"),
                ("systemuser.request", "310200409".into(), "systemuser-request"),
                ("dialog.see", String::new(), "dialog"),
                ("filing.answer", "gld.feedback".into(), "filing"),
            ],
            "{engine:?}"
        );
        assert_eq!(
            (rows[0].on_behalf_of, rows[0].at, rows[3].subject.clone()),
            (Some(party), at, party.to_string())
        );
        assert_eq!(
            rows[0].detail.as_deref().map(serde_json::from_str::<serde_json::Value>).unwrap().unwrap()["version"],
            7
        );
        assert!(!format!("{rows:?}").contains("21879498012"));
        test.close().await;
    }
}
