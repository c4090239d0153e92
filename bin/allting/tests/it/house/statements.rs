//! Every registered statement can be prepared.

use crate::support::app;

#[tokio::test]
async fn every_statement_prepares() {
    let app = app().await;
    assert!(app.statements.iter().map(|list| list.len()).sum::<usize>() > 100);
    if let Err(failures) = app.ctx.db.prepare_all(&app.statements).await {
        panic!("{failures:#?}");
    }
}

/// The same on a server, when there is one.
#[tokio::test]
async fn every_statement_prepares_on_postgresql() {
    let app = app().await;
    let Some(test) = testkit::TestDb::on(db::Engine::Postgres, &app.migrations).await else { return };
    let failures = test.db.prepare_all(&app.statements).await;
    test.close().await;
    if let Err(failures) = failures {
        panic!("{failures:#?}");
    }
}
