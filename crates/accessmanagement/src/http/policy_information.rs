//! `policyinformation/*`: what the PDP asks, for components that decide by themselves.

use super::App;
use crate::wire::problem::{Answer, unbound};
use crate::wire::query::Params;
use axum::Json;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use ports::accessmanagement::{AccessManagement, Connection};
use serde_json::json;
use uuid::Uuid;

/// `GET policyinformation/accesspackages`
pub async fn access_packages(State(app): State<App>, RawQuery(query): RawQuery) -> Answer<Response> {
    Ok(Json(connection(&app, query.as_deref()).await?.packages).into_response())
}

/// `GET policyinformation/roles-and-accesspackages`
pub async fn roles_and_packages(State(app): State<App>, RawQuery(query): RawQuery) -> Answer<Response> {
    let connection = connection(&app, query.as_deref()).await?;
    Ok(Json(json!({ "roles": connection.roles, "accessPackages": connection.packages })).into_response())
}

async fn connection(app: &App, query: Option<&str>) -> Answer<Connection> {
    let params = Params::read(query);
    let party = |name: &str| -> Answer<Uuid> {
        let text = params.get(name).ok_or_else(|| unbound(name, "The value is required."))?;
        text.parse().map_err(|_| unbound(name, &format!("The value '{text}' is not valid.")))
    };
    Ok(app.access.connection(party("from")?, party("to")?).await?)
}
