//! `GET /sandbox/api/v1/population/persons`

use crate::support::app;
use population::personas;

#[tokio::test]
async fn persons_are_found_by_name_and_number() {
    let app = app().await;
    let kari = personas()[0].pid;
    for query in ["kari%20nord", "NORDLI", kari] {
        let found = app.get(&format!("/sandbox/api/v1/population/persons?q={query}")).send().await.json();
        let persons = found["data"].as_array().unwrap();
        assert!(persons.iter().any(|person| person["pid"] == kari && person["userId"].is_i64()), "{query}");
    }
    assert_eq!(app.get("/sandbox/api/v1/population/persons?q=").send().await.status, 400);
    assert_eq!(
        app.get("/sandbox/api/v1/population/persons?q=zzzz").send().await.json()["data"],
        serde_json::json!([])
    );
}
