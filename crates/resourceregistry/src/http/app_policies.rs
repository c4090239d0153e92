//! `POST /authorization/api/v1/policies` and `GET …/policies/roleswithaccess/{org}/{app}`: policies of apps, which the
//! registry keeps beside those of resources.

use crate::domain::document::{Document, app_id};
use crate::domain::policy::permitted_roles;
use crate::service::{ResourceRegistry, WriteError};
use crate::store::owners;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::Query;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, StatusCode};
use httpkit::problem;
use serde::Deserialize;
use std::sync::Arc;

/// The one app that writes the policies of others.
const DESIGNER: &str = "studio.designer";

#[derive(Deserialize)]
pub struct Parameters {
    org: Option<String>,
    app: Option<String>,
}

/// Puts the policy of an app in place. An app that the registry does not know yet becomes a resource of it.
pub async fn put(
    State(registry): State<Arc<ResourceRegistry>>,
    Query(parameters): Query<Parameters>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if app_of_token(&headers).as_deref() != Some(DESIGNER) {
        return problem::empty(StatusCode::FORBIDDEN);
    }
    let bad = |reason: &str| problem::text(StatusCode::BAD_REQUEST, reason);
    let given = |text: Option<String>| text.map(|text| text.to_lowercase()).unwrap_or_default();
    let (org, app) = (given(parameters.org), given(parameters.app));
    let Some(id) = app_id(&org, &app) else {
        return bad("Both org and app must be given, in letters, digits and dashes.");
    };
    if body.is_empty() {
        return bad("The policy must not be empty.");
    }
    let Ok(xml) = std::str::from_utf8(&body) else { return bad("Invalid policy: it is not UTF-8") };
    let owner = match owners::find(&registry.db, &org).await {
        Ok(Some(found)) if found.owner.code == org => found.owner,
        Ok(_) => return bad("There is no service owner with this code."),
        Err(error) => return httpkit::internal(&error),
    };
    match registry.put_app_policy(&Document::app(&id, &app, &owner), xml).await {
        Ok(()) => problem::empty(StatusCode::OK),
        Err(WriteError::Policy(reason)) => bad(&format!("Invalid policy: {reason}")),
        Err(error) => httpkit::internal(&error),
    }
}

/// The app that the platform access token names. INVARIANT: the guard has verified the token.
fn app_of_token(headers: &HeaderMap) -> Option<String> {
    let token = headers.get("PlatformAccessToken")?.to_str().ok()?;
    let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    let claims: serde_json::Value = serde_json::from_slice(&claims).ok()?;
    claims.get("urn:altinn:app")?.as_str().map(str::to_owned)
}

/// Role codes that some rule of the app's policy permits anything.
pub async fn roles_with_access(
    State(registry): State<Arc<ResourceRegistry>>,
    Path((org, app)): Path<(String, String)>,
) -> Response {
    let Some(id) = app_id(&org.to_lowercase(), &app.to_lowercase()) else {
        return problem::text(StatusCode::BAD_REQUEST, "Both org and app must be given.");
    };
    match registry.parsed_policy(&id).await {
        Ok(Some(policy)) => Json(permitted_roles(&policy)).into_response(),
        Ok(None) => problem::text(StatusCode::NOT_FOUND, &format!("There is no policy for {org}/{app}")),
        Err(error) => httpkit::internal(&error),
    }
}
