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
