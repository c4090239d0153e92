//! The authorization request: its checks, in the order in which they are answered.

use super::acr::Requested;
use super::client::{AuthMethod, Client, Grant};
use crate::wire::params::Params;
use serde::{Deserialize, Serialize};
use url::Url;

/// An error that the client is told of (RFC 6749 §4.1.2.1 and the extensions of OpenID Connect).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OauthError {
    pub code: &'static str,
    pub description: String,
}

impl OauthError {
    /// Error code and what is wrong.
    pub fn new(code: &'static str, description: impl Into<String>) -> Self {
        Self { code, description: description.into() }
    }
}

/// An error that is shown to the person, since the client cannot be trusted to receive it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageFault {
    /// Missing, unknown or inactive client.
    Client,
    /// Missing or unregistered redirect address.
    RedirectUri,
    /// Pushed request that is unknown, used, too old or somebody else's.
    RequestUri,
}

/// How the answer travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ResponseMode {
    Query,
    FormPost,
}

/// Values of `prompt`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Prompt {
    None,
    Login,
    Consent,
}

/// A request that has passed every check that needs no session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    pub client_id: String,
    pub redirect_uri: String,
    pub response_mode: ResponseMode,
    pub state: Option<String>,
    pub nonce: Option<String>,
    pub scopes: Vec<String>,
    pub challenge: String,
    pub requested: Requested,
    pub prompt: Vec<Prompt>,
    pub max_age: Option<i64>,
    pub ui_locales: Option<String>,
    pub login_hint: Option<String>,
    pub resources: Vec<String>,
}

impl Request {
    /// Is this an OpenID request, or only one for an access token?
    pub fn wants_id_token(&self) -> bool {
        self.scopes.iter().any(|scope| scope == "openid")
    }
}

/// Where an error may be sent: the checks of client and address have passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnAddress {
    pub redirect_uri: String,
    pub response_mode: ResponseMode,
    pub state: Option<String>,
}

/// The first check: may anything be sent back at all?
pub fn return_address(client: &Client, params: &Params) -> Result<ReturnAddress, PageFault> {
    let redirect_uri = match params.all("redirect_uri").as_slice() {
        [uri] if client.allows_redirect(uri) => (*uri).to_owned(),
        _ => return Err(PageFault::RedirectUri),
    };
    let response_mode = match params.get("response_mode") {
        Some("form_post") => ResponseMode::FormPost,
        _ => ResponseMode::Query,
    };
    Ok(ReturnAddress { redirect_uri, response_mode, state: params.get("state").map(str::to_owned) })
}

/// All further checks.
pub fn check(client: &Client, to: &ReturnAddress, params: &Params) -> Result<Request, OauthError> {
    let invalid = |description: &str| Err(OauthError::new("invalid_request", description));
    if let Some(name) = params.repeated(&["resource"]) {
        return Err(OauthError::new("invalid_request", format!("parameter {name} is repeated")));
    }
    match params.get("response_type") {
        None => return invalid("response_type is missing"),
        Some("code") => {}
        Some(_) => return Err(OauthError::new("unsupported_response_type", "response_type must be code")),
    }
    if !client.grants.contains(&Grant::AuthorizationCode) {
        return Err(OauthError::new(
            "unauthorized_client",
            "the client may not use the authorization code flow",
        ));
    }
    if params.get("request").is_some() {
        return Err(OauthError::new("request_not_supported", "signed request objects are not supported"));
    }
    if !matches!(params.get("response_mode"), None | Some("query" | "form_post")) {
        return invalid("response_mode must be query or form_post");
    }
    check_state(client, to.state.as_deref())?;
    let scopes = check_scopes(client, params.get("scope"))?;
    let challenge = check_challenge(params)?;
    let Some(requested) = Requested::parse(params.get("acr_values")) else {
        return invalid("acr_values holds no known value");
    };
    let max_age = match params.get("max_age").map(str::parse::<i64>) {
        None => None,
        Some(Ok(seconds)) if seconds >= 0 => Some(seconds),
        Some(_) => return invalid("max_age must be a number of seconds"),
    };
    Ok(Request {
        client_id: client.id.clone(),
        redirect_uri: to.redirect_uri.clone(),
        response_mode: to.response_mode,
        state: to.state.clone(),
        nonce: params.get("nonce").map(str::to_owned),
        scopes,
        challenge,
        requested,
        prompt: check_prompt(params.get("prompt"))?,
        max_age,
        ui_locales: params.get("ui_locales").map(str::to_owned),
        login_hint: params.get("login_hint").map(str::to_owned),
        resources: check_resources(params)?,
    })
}

fn check_state(client: &Client, state: Option<&str>) -> Result<(), OauthError> {
    match state {
        None if client.auth_method == AuthMethod::None => {
            Err(OauthError::new("invalid_request", "state is required for a public client"))
        }
        Some(state) if !state.bytes().all(|b| (0x20..=0x7e).contains(&b)) => {
            Err(OauthError::new("invalid_request", "state may hold printable ASCII only"))
        }
        _ => Ok(()),
    }
}

fn check_scopes(client: &Client, scope: Option<&str>) -> Result<Vec<String>, OauthError> {
    let Some(scope) = scope else {
        return Err(OauthError::new("invalid_request", "scope is missing"));
    };
    let mut scopes: Vec<String> = Vec::new();
    for wanted in scope.split(' ').filter(|s| !s.is_empty()) {
        if !client.scopes.iter().any(|granted| granted == wanted) {
            return Err(OauthError::new("invalid_scope", "a scope is not registered on the client"));
        }
        if !scopes.iter().any(|seen| seen == wanted) {
            scopes.push(wanted.to_owned());
        }
    }
    if scopes.is_empty() {
        return Err(OauthError::new("invalid_scope", "scope is empty"));
    }
    Ok(scopes)
}

fn check_challenge(params: &Params) -> Result<String, OauthError> {
    let Some(challenge) = params.get("code_challenge") else {
        return Err(OauthError::new("invalid_request", "code_challenge is missing"));
    };
    if params.get("code_challenge_method") != Some("S256") {
        return Err(OauthError::new("invalid_request", "code_challenge_method must be S256"));
    }
    let well_formed = challenge.len() == 43
        && challenge.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    if !well_formed {
        return Err(OauthError::new("invalid_request", "code_challenge must be 43 base64url characters"));
    }
    Ok(challenge.to_owned())
}

fn check_prompt(prompt: Option<&str>) -> Result<Vec<Prompt>, OauthError> {
    let mut prompts = Vec::new();
    for value in prompt.unwrap_or_default().split(' ').filter(|v| !v.is_empty()) {
        prompts.push(match value {
            "none" => Prompt::None,
            "login" => Prompt::Login,
            "consent" => Prompt::Consent,
            _ => return Err(OauthError::new("invalid_request", "prompt must be none, login or consent")),
        });
    }
    if prompts.contains(&Prompt::None) && prompts.len() > 1 {
        return Err(OauthError::new("invalid_request", "prompt none may not be combined"));
    }
    Ok(prompts)
}

fn check_resources(params: &Params) -> Result<Vec<String>, OauthError> {
    let mut resources = Vec::new();
    for resource in params.all("resource") {
        let absolute = Url::parse(resource).is_ok_and(|url| url.fragment().is_none());
        if !absolute {
            return Err(OauthError::new(
                "invalid_target",
                "resource must be an absolute URI without fragment",
            ));
        }
        resources.push(resource.to_owned());
    }
    Ok(resources)
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::domain::client::Lifetimes;

    pub fn client() -> Client {
        Client {
            id: "demo".into(),
            name: None,
            org_no: Some("991825827".into()),
            auth_method: AuthMethod::SecretBasic,
            jwks: None,
            redirect_uris: vec!["https://rp.example/cb".into()],
            post_logout_redirect_uris: vec![],
            frontchannel_logout_uri: None,
            scopes: vec!["openid".into(), "profile".into()],
            grants: vec![Grant::AuthorizationCode, Grant::RefreshToken],
            sso_disabled: false,
            lifetimes: Lifetimes::default(),
        }
    }

    const GOOD: &str = "response_type=code&client_id=demo&redirect_uri=https%3A%2F%2Frp.example%2Fcb&scope=openid&state=a%20b\
        &code_challenge=b7elB7ZyxIXgFyvBznKvxl7wOB-H17Pz0a3B62NIMFI&code_challenge_method=S256";

    pub fn request() -> Request {
        run(GOOD).unwrap()
    }

    fn run(query: &str) -> Result<Request, OauthError> {
        let params = Params::parse(query.as_bytes());
        let to = return_address(&client(), &params).unwrap();
        check(&client(), &to, &params)
    }

    fn code(query: &str) -> &'static str {
        run(query).unwrap_err().code
    }

    #[test]
    fn each_fault_has_its_code() {
        assert_eq!(request().state.as_deref(), Some("a b"));
        assert_eq!(
            code(&GOOD.replace("response_type=code", "response_type=token")),
            "unsupported_response_type"
        );
        assert_eq!(code(&GOOD.replace("response_type=code&", "")), "invalid_request");
        assert_eq!(code(&GOOD.replace("scope=openid", "scope=openid%20secret")), "invalid_scope");
        assert_eq!(code(&GOOD.replace("scope=openid", "scope=%20")), "invalid_scope");
        assert_eq!(code(&GOOD.replace("scope=openid&", "")), "invalid_request");
        assert_eq!(code(&GOOD.replace("S256", "plain")), "invalid_request");
        assert_eq!(code(&GOOD.replace("NIMFI", "NIMFI%3D")), "invalid_request");
        assert_eq!(code(&GOOD.replace("state=a%20b", "state=a%0Ab")), "invalid_request");
        assert_eq!(code(&format!("{GOOD}&nonce=1&nonce=2")), "invalid_request");
        assert_eq!(code(&format!("{GOOD}&prompt=none%20login")), "invalid_request");
        assert_eq!(code(&format!("{GOOD}&acr_values=gold")), "invalid_request");
        assert_eq!(code(&format!("{GOOD}&resource=not-a-uri")), "invalid_target");
        assert_eq!(code(&format!("{GOOD}&request=eyJ")), "request_not_supported");
    }

    #[test]
    fn an_address_that_is_not_registered_never_gets_an_answer() {
        for uri in ["https://rp.example/cb/", "https://rp.example/cb?x=1", "https://evil.example/cb", ""] {
            let query = format!("client_id=demo&redirect_uri={}", uri.replace(':', "%3A"));
            let params = Params::parse(query.as_bytes());
            assert_eq!(return_address(&client(), &params), Err(PageFault::RedirectUri), "{uri}");
        }
    }

    #[test]
    fn a_public_client_must_send_state() {
        let public = Client { auth_method: AuthMethod::None, ..client() };
        let params = Params::parse(GOOD.replace("&state=a%20b", "").as_bytes());
        let to = return_address(&public, &params).unwrap();
        assert_eq!(check(&public, &to, &params).unwrap_err().code, "invalid_request");
        assert!(check(&client(), &to, &params).is_ok());
    }
}
