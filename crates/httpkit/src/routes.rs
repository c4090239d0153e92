//! The route table: every route says who may call it.

use crate::{Access, Class, Refusal, Role};
use axum::handler::Handler;
use axum::response::Response;
use axum::routing::{MethodFilter, MethodRouter, on};
use http::Method;

/// Largest body of a route that sets no limit of its own.
const DEFAULT_LIMIT: usize = 1024 * 1024;

/// Turns a refusal into the wire form of an API.
pub type RefusalForm = fn(Refusal) -> Response;

/// One operation: where it lies, who may call it, what answers.
pub struct Route {
    pub(crate) role: Role,
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) access: Access,
    pub(crate) limit: usize,
    pub(crate) class: Class,
    pub(crate) refusals: Option<RefusalForm>,
    /// The handler takes a `CsrfForm`.
    pub(crate) reads_csrf_form: bool,
    pub(crate) handler: MethodRouter,
}

/// Collects the routes of one role and one state.
pub struct Routes<S> {
    role: Role,
    state: S,
    refusals: Option<RefusalForm>,
    routes: Vec<Route>,
}

impl<S: Clone + Send + Sync + 'static> Routes<S> {
    /// Starts with a role and the state that its handlers get.
    pub fn new(role: Role, state: S) -> Self {
        Self { role, state, refusals: None, routes: Vec::new() }
    }

    /// The wire form of refusals, for routes added after this call; without it they are empty 401 and 403.
    pub fn refusals(mut self, form: RefusalForm) -> Self {
        self.refusals = Some(form);
        self
    }

    /// Adds a GET route; it answers HEAD too.
    pub fn get<T: 'static>(self, path: &str, access: Access, handler: impl Handler<T, S>) -> Self {
        self.add(Method::GET, MethodFilter::GET, path, access, handler)
    }
    /// Adds a POST route.
    pub fn post<T: 'static>(self, path: &str, access: Access, handler: impl Handler<T, S>) -> Self {
        self.add(Method::POST, MethodFilter::POST, path, access, handler)
    }
    /// Adds a PUT route.
    pub fn put<T: 'static>(self, path: &str, access: Access, handler: impl Handler<T, S>) -> Self {
        self.add(Method::PUT, MethodFilter::PUT, path, access, handler)
    }
    /// Adds a PATCH route.
    pub fn patch<T: 'static>(self, path: &str, access: Access, handler: impl Handler<T, S>) -> Self {
        self.add(Method::PATCH, MethodFilter::PATCH, path, access, handler)
    }
    /// Adds a DELETE route.
    pub fn delete<T: 'static>(self, path: &str, access: Access, handler: impl Handler<T, S>) -> Self {
        self.add(Method::DELETE, MethodFilter::DELETE, path, access, handler)
    }

    /// Adds a route that answers every method; the table lists it under `ANY`.
    pub fn any<T: 'static>(mut self, path: &str, access: Access, handler: impl Handler<T, S>) -> Self {
        let every = [MethodFilter::POST, MethodFilter::PUT, MethodFilter::PATCH, MethodFilter::DELETE];
        let filter = every.into_iter().fold(MethodFilter::GET, MethodFilter::or);
        let handler = on(filter, handler).with_state(self.state.clone());
        self.push::<T>(any_method(), path, access, handler);
        self
    }

    /// Largest body, in bytes, of the route added last.
    pub fn limit(mut self, bytes: usize) -> Self {
        if let Some(route) = self.routes.last_mut() {
            route.limit = bytes;
        }
        self
    }

    /// By which limit requests to the route added last are rationed; without it, its method and access say.
    pub fn class(mut self, class: Class) -> Self {
        if let Some(route) = self.routes.last_mut() {
            route.class = class;
        }
        self
    }

    /// The routes.
    pub fn done(self) -> Vec<Route> {
        self.routes
    }

    fn add<T: 'static>(
        mut self,
        method: Method,
        filter: MethodFilter,
        path: &str,
        access: Access,
        handler: impl Handler<T, S>,
    ) -> Self {
        let handler = on(filter, handler).with_state(self.state.clone());
        self.push::<T>(method, path, access, handler);
        self
    }

    fn push<T: 'static>(&mut self, method: Method, path: &str, access: Access, handler: MethodRouter) {
        let (role, refusals) = (self.role, self.refusals);
        let path = path.to_owned();
        // `T` lists the handler's extractors. Should the compiler ever name them otherwise, changes by cookie need the header:
        // too strict, never too lax.
        let reads_csrf_form = std::any::type_name::<T>().contains("csrf::CsrfForm<");
        let (limit, class) = (DEFAULT_LIMIT, Class::of(&method, access));
        self.routes.push(Route {
            role,
            method,
            path,
            access,
            limit,
            class,
            refusals,
            reads_csrf_form,
            handler,
        });
    }
}

/// The word for every method in the route table. It is a token, so the conversion cannot fail.
fn any_method() -> Method {
    Method::from_bytes(b"ANY").unwrap_or_default()
}
