#![doc = include_str!("../README.md")]

mod access;
mod address;
mod app;
mod body;
mod bounds;
mod caller;
mod casing;
mod connections;
mod csrf;
mod ctx;
mod etag;
mod faults;
mod guard;
mod hosts;
mod keys;
mod negotiate;
mod operators;
mod origin;
mod outbound;
mod pace;
mod pages;
pub mod problem;
mod rate;
mod role;
mod routes;
mod serve;
mod tls;
mod trace;

pub use access::{Access, Refusal};
pub use address::ClientAddress;
pub use app::{App, AppError, RouteLine};
pub use body::{Json, json_from};
pub use caller::{Caller, IssuerKind, SystemUserClaim};
pub use csrf::{CsrfForm, XSRF_COOKIE, XSRF_HEADER};
pub use ctx::{Ctx, Module};
pub use etag::{etag, if_match, if_none_match};
pub use keys::{KeyRing, Keys, KeysError};
pub use negotiate::negotiated_string;
pub use operators::{Operator, OperatorsError, new_operator, read_operators};
pub use origin::Origin;
pub use outbound::{HttpClient, OutboundError};
pub use pages::{html, html_leading_on, html_with_status};
pub use problem::internal;
pub use rate::{Class, Limiter};
pub use role::Role;
pub use routes::{Route, Routes};
pub use serve::{Server, serve};
pub use tls::{Tls, TlsError};
pub use trace::trace_id;

/// The cookie that carries a portal user's Altinn token.
pub const RUNTIME_COOKIE: &str = "AltinnStudioRuntime";
