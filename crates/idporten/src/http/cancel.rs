//! `POST /cancel`: the person gives up.

use crate::Idporten;
use crate::domain::authorize::OauthError;
use crate::http::{browser, finish};
use crate::store::requests;
use crate::wire::params::Params;
use axum::extract::State;
use axum::response::Response;
use bytes::Bytes;
use http::HeaderMap;
use httpkit::Origin;

/// Ends the login under way and tells the client `access_denied`.
pub async fn post(State(idp): State<Idporten>, origin: Origin, headers: HeaderMap, body: Bytes) -> Response {
    let params = Params::parse(&body);
    let login_hash = idp.login_digest(params.get("t").unwrap_or_default());
    let browser = browser::binding(&headers, &origin).unwrap_or_default();
    let (browser_hash, now) = (idp.browser_digest(&browser), idp.ctx.clock.now());
    let taken = db::write_tx!(idp.ctx.db, "idporten.cancel", |tx| {
        requests::take_login(tx, &login_hash, &browser_hash, now).await
    });
    match taken {
        Ok(Some(request)) => {
            let denied = OauthError::new("access_denied", "the person cancelled the login");
            finish::error(&idp, &headers, &finish::address(&request), &denied)
        }
        Ok(None) => browser::error_page(&headers, "error-expired"),
        Err(e) => httpkit::internal(&e),
    }
}
