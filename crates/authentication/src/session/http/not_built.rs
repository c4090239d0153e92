//! Operations of the API that are known and not built yet.

use axum::response::Response;
use httpkit::problem;

/// 501 with a link to the table of what is built.
pub async fn any() -> Response {
    problem::not_implemented("authentication-session.md")
}
