//! A client as strangers have it: HTTP, cookies, forms. The demo never reaches into the server.

use anyhow::{Context, bail, ensure};
use reqwest::{Method, StatusCode};
use serde_json::Value;
use url::Url;

/// One client with cookies of its own.
pub struct Http {
    client: reqwest::Client,
    /// Where paths begin.
    pub base: String,
}

/// A client to be, which asks no proxy of the machine.
pub fn builder() -> reqwest::ClientBuilder {
    // The second call of a process finds the first one's choice, which is the same.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    reqwest::Client::builder().no_proxy()
}

/// An answer, read whole.
#[derive(Debug)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Where it came from, redirects followed.
    pub url: Url,
    /// The body.
    pub text: String,
    /// Its media type.
    pub kind: String,
}

impl Answer {
    /// The body as JSON.
    pub fn json(&self) -> anyhow::Result<Value> {
        serde_json::from_str(&self.text)
            .with_context(|| format!("{} answered {} without JSON", self.url, self.status))
    }

    /// The answer, if it has this status.
    pub fn expect(self, status: u16) -> anyhow::Result<Self> {
        let start: String = self.text.chars().take(400).collect();
        ensure!(self.status == status, "{} answered {}, not {status}: {start}", self.url, self.status);
        Ok(self)
    }
}

/// What to send.
#[derive(Default)]
pub struct Send<'a> {
    /// Bearer token.
    pub token: Option<&'a str>,
    /// Body as JSON.
    pub json: Option<Value>,
    /// Body as form fields.
    pub form: Option<&'a [(&'a str, &'a str)]>,
    /// Further headers.
    pub headers: &'a [(&'a str, &'a str)],
}

impl Http {
    /// A client without cookies yet.
    pub fn new(base: &str) -> anyhow::Result<Self> {
        let client = builder().cookie_store(true).build()?;
        Ok(Self { client, base: base.to_owned() })
    }

    /// Sends to a path of the server, or to an absolute address that the server gave.
    pub async fn send(&self, method: Method, address: &str, send: Send<'_>) -> anyhow::Result<Answer> {
        let url =
            if address.starts_with("http") { address.to_owned() } else { format!("{}{address}", self.base) };
        let mut request = self.client.request(method, &url);
        if let Some(token) = send.token {
            request = request.bearer_auth(token);
        }
        if let Some(json) = send.json {
            request = request.header("content-type", "application/json").body(json.to_string());
        }
        if let Some(form) = send.form {
            request = request.form(form);
        }
        for (name, value) in send.headers {
            request = request.header(*name, *value);
        }
        let answer = request.send().await.with_context(|| url.clone())?;
        let (status, url) = (answer.status(), answer.url().clone());
        let kind =
            answer.headers().get("content-type").and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
        Ok(Answer { status, url, text: answer.text().await?, kind })
    }

    /// Reads, with a token if there is one.
    pub async fn get(&self, address: &str, token: Option<&str>) -> anyhow::Result<Answer> {
        self.send(Method::GET, address, Send { token, ..Send::default() }).await
    }

    /// Sends JSON with a token.
    pub async fn post(&self, address: &str, token: &str, json: Value) -> anyhow::Result<Answer> {
        self.send(Method::POST, address, Send { token: Some(token), json: Some(json), ..Send::default() })
            .await
    }

    /// Sends a form.
    pub async fn form(&self, address: &str, fields: &[(&str, &str)]) -> anyhow::Result<Answer> {
        self.send(Method::POST, address, Send { form: Some(fields), ..Send::default() }).await
    }
}

/// The value of a hidden field of a page's form.
pub fn hidden(page: &str, name: &str) -> anyhow::Result<String> {
    let marker = format!("name=\"{name}\" value=\"");
    let Some((_, rest)) = page.split_once(&marker) else { bail!("the page has no field {name}") };
    Ok(rest.split('"').next().unwrap_or_default().to_owned())
}

/// Addresses of the page's links that contain `part`.
pub fn links(page: &str, part: &str) -> Vec<String> {
    let addresses = page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    addresses.filter(|address| address.contains(part)).map(|address| address.replace("&amp;", "&")).collect()
}
