//! GET .well-known/jwks.json and .well-known/oauth-authorization-server

use crate::Dialogporten;
use crate::request::{Answer, Req};
use axum::extract::State;
use axum::response::Response;
use serde_json::json;

/// Keys that dialog tokens are signed with.
pub async fn jwks(State(dialogs): State<Dialogporten>, req: Req) -> Response {
    let keys = dialogs.ctx.keys.dialogporten.jwks();
    req.answer(req.accepts_json().map(|()| Answer::Public(keys)))
}

/// Who signs them.
pub async fn server(State(dialogs): State<Dialogporten>, req: Req) -> Response {
    let issuer = &dialogs.ctx.config.issuers.dialogporten;
    let body = json!({"issuer": issuer, "jwks_uri": format!("{issuer}/.well-known/jwks.json")});
    req.answer(req.accepts_json().map(|()| Answer::Public(body)))
}
