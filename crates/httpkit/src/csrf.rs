//! Proof that a change made with the portal's cookie or an operator's token came from our own page.

use crate::{Caller, Operator, keys::same_secret, problem};
use axum::extract::{Form, FromRequest, Request};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// Cookie from which a script reads the token.
pub const XSRF_COOKIE: &str = "XSRF-TOKEN";
/// Header in which a script sends it back.
pub const XSRF_HEADER: &str = "x-xsrf-token";

/// Does the request carry the session's token in its header.
pub(crate) fn header_proves(headers: &HeaderMap, expected: &str) -> bool {
    headers.get(XSRF_HEADER).and_then(|v| v.to_str().ok()).is_some_and(|sent| same_secret(sent, expected))
}

/// A form of a page, which must hold the session's token in its field `_csrf` (or in the header, when a script sends it).
#[derive(Debug, Clone)]
pub struct CsrfForm<T>(pub T);

#[derive(Deserialize)]
struct Proof {
    #[serde(rename = "_csrf", default)]
    csrf: String,
}

impl<S: Sync + Send, T: DeserializeOwned> FromRequest<S> for CsrfForm<T> {
    type Rejection = Response;
    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let by_cookie = request.extensions().get::<Caller>().map(|caller| caller.csrf_token().to_owned());
        let operator =
            || request.extensions().get::<Operator>().map(|operator| operator.csrf_token().to_owned());
        let Some(expected) = by_cookie.or_else(operator) else {
            return Err(problem::empty(StatusCode::UNAUTHORIZED));
        };
        let (parts, body) = request.into_parts();
        let again = |bytes: Bytes| Request::from_parts(parts.clone(), bytes.into());
        let proven_by_header = header_proves(&parts.headers, &expected);
        let bytes = Bytes::from_request(Request::from_parts(parts.clone(), body), state)
            .await
            .map_err(IntoResponse::into_response)?;
        let proof = Form::<Proof>::from_request(again(bytes.clone()), state)
            .await
            .map_err(IntoResponse::into_response)?;
        if !proven_by_header && !same_secret(&proof.csrf, &expected) {
            return Err(problem::text(
                StatusCode::FORBIDDEN,
                "The form has expired. Go back, reload the page and try again.",
            ));
        }
        let form = Form::<T>::from_request(again(bytes), state).await.map_err(IntoResponse::into_response)?;
        Ok(Self(form.0))
    }
}
