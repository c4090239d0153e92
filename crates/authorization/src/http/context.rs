//! From a request context to a response context; what goes wrong becomes Indeterminate, never a 4xx (authorization.md §2.2).

use crate::domain::facts::{Api, Fault};
use crate::domain::multi;
use crate::service::Pdp;
use xacml::{Decision, DecisionResult, Profile, Request, Response, StatusCode};

/// Answers one request or each of several.
pub async fn answer(pdp: &Pdp, request: Request, api: Api, ip: Option<&str>) -> Response {
    match try_answer(pdp, request, api, ip).await {
        Ok(results) => Response { results },
        Err(fault) => failed(&fault, api),
    }
}

async fn try_answer(
    pdp: &Pdp,
    request: Request,
    api: Api,
    ip: Option<&str>,
) -> Result<Vec<DecisionResult>, Fault> {
    let Some(parts) = multi::split(&request)? else {
        return Ok(vec![pdp.answer(request, api, true, ip).await?]);
    };
    let mut results = Vec::with_capacity(parts.len());
    for part in parts {
        results.push(pdp.answer(part, api, false, ip).await?);
    }
    Ok(results)
}

/// Reads the platform's JSON profile.
pub fn read_json(bytes: &[u8]) -> Result<Request, Fault> {
    let document: serde_json::Value =
        httpkit::json_from(bytes).map_err(|(path, reason)| Fault::Request(format!("{path}: {reason}")))?;
    xacml::read_request_json(&document, Profile::Platform).map_err(|error| Fault::Request(error.to_string()))
}

/// One Indeterminate for a request that cannot be decided.
pub fn failed(fault: &Fault, api: Api) -> Response {
    let status = match (fault, api) {
        (Fault::Argument(_), Api::External) => StatusCode::ProcessingError,
        _ => StatusCode::SyntaxError,
    };
    match fault {
        Fault::Db(error) => tracing::error!(%error, "a decision failed"),
        Fault::Argument(reason) | Fault::Request(reason) => {
            tracing::debug!(reason, "a request cannot be decided");
        }
    }
    let mut result = DecisionResult::new(Decision::Indeterminate, status);
    if !matches!(fault, Fault::Db(_)) {
        result.message = Some(fault.to_string());
    }
    Response { results: vec![result] }
}
