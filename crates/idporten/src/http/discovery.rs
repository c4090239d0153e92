//! `GET /.well-known/openid-configuration`

use crate::Idporten;
use crate::wire::discovery;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header;
use httpkit::{Origin, Role};

/// The document, with the addresses by which this caller reaches us.
pub async fn get(State(idp): State<Idporten>, origin: Origin) -> Response {
    let back = origin.url("");
    // WIRE: on their own host names the login pages lie on another host than the issuer.
    let hosts = Role::IDPORTEN.hosts(&idp.ctx.config);
    let front = match hosts.as_slice() {
        [issuer, login] if back.split("://").nth(1) == Some(issuer.as_str()) => {
            back.replacen(issuer.as_str(), login, 1)
        }
        _ => back.clone(),
    };
    let document = discovery::document(idp.issuer(), &back, &front, idp.is_sandbox());
    ([(header::CACHE_CONTROL, "public, max-age=86400")], axum::Json(document)).into_response()
}
