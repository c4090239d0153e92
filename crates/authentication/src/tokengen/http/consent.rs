//! `GET /api/GetConsentToken`

use axum::response::Response;
use httpkit::problem;

/// Not built: the token of a service that no longer exists.
pub async fn get() -> Response {
    problem::not_implemented("token-generator.md")
}
