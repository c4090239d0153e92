//! Housekeeping of what tokens and refusals leave behind.

use crate::support::{Server, server};
use serde_json::json;
use std::time::Duration;

async fn left(server: &Server) -> [i64; 3] {
    server.schedules[0].task.run().await.unwrap();
    let sql = db::Sql::new(
        "test.left",
        "SELECT (SELECT count(*) FROM maskinporten_used_grant), (SELECT count(*) FROM maskinporten_issued_token), \
         (SELECT count(*) FROM maskinporten_refusal)",
    );
    let row = server.db.query_one(&sql, &[]).await.unwrap();
    [row.get(0).unwrap(), row.get(1).unwrap(), row.get(2).unwrap()]
}

testkit::db_suite! { [jobs::migrations()];
    async fn each_thing_is_forgotten_in_its_time(db: db::Db) {
        let server = server(&db).await;
        server.token(&server.grant(json!({}))).await;
        server.token(&server.grant(json!({"scope": "altinn:nothing", "jti": "2"}))).await;
        assert_eq!(left(&server).await, [1, 1, 1]);
        server.clock.advance(Duration::from_secs(101));
        assert_eq!(left(&server).await, [0, 1, 1], "the grant has expired, so it cannot come again");
        server.clock.advance(Duration::from_hours(8 * 24));
        assert_eq!(left(&server).await, [0, 1, 0]);
        server.clock.advance(Duration::from_hours(90 * 24));
        assert_eq!(left(&server).await, [0, 0, 0]);
    }
}
