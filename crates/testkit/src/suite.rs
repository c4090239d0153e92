//! One test body, both engines.

use std::{any::Any, future::Future, panic::AssertUnwindSafe};

use db::{Db, Engine, MigrationSet};
use futures_util::FutureExt as _;

use crate::TestDb;

/// Declares storage tests that run on SQLite always and on PostgreSQL when `ALLTING_TEST_PG` is set:
///
/// ```text
/// testkit::db_suite! { [crate::MIGRATIONS];
///     async fn keeps_a_row(db: db::Db) { … }
/// }
/// ```
/// Each becomes a module with the tests `sqlite` and `postgres`. The expression before the semicolon is a list of `MigrationSet`.
#[macro_export]
macro_rules! db_suite {
    ($sets:expr; $($(#[$meta:meta])* async fn $name:ident($db:ident: $ty:ty) $body:block)*) => { $(
        $(#[$meta])*
        #[cfg(test)]
        mod $name {
            #[allow(unused_imports, clippy::allow_attributes, clippy::wildcard_imports, reason = "a body may need none")]
            use super::*;

            async fn body($db: $ty) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                $crate::run_on($crate::Engine::Sqlite, &$sets, body).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                $crate::run_on($crate::Engine::Postgres, &$sets, body).await;
            }
        }
    )* };
}

/// Runs one test body on a fresh database, removes the database whatever happened, then lets a panic go on.
pub async fn run_on<F: Future<Output = ()>>(
    engine: Engine,
    sets: &[MigrationSet],
    body: impl FnOnce(Db) -> F,
) {
    let Some(test) = TestDb::on(engine, sets).await else {
        eprintln!("skipped: ALLTING_TEST_PG is not set");
        return;
    };
    let done: Result<(), Box<dyn Any + Send>> = AssertUnwindSafe(body(test.db.clone())).catch_unwind().await;
    test.close().await;
    if let Err(panic) = done {
        std::panic::resume_unwind(panic);
    }
}
