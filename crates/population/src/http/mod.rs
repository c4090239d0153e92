//! What the sandbox's console asks.

mod search_persons;

use httpkit::{Access, Role, Route, Routes};
use ports::register::Register;
use std::sync::Arc;

pub fn routes(register: Arc<dyn Register>) -> Vec<Route> {
    Routes::new(Role::ALLTING, register)
        .get("/sandbox/api/v1/population/persons", Access::sandbox(), search_persons::handle)
        .done()
}
