//! SQL.

pub mod clients;
pub mod grants;
pub mod population;
pub mod port;
pub mod refusals;
pub mod scopes;
