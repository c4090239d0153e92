//! One kind of token, one file; `call` is what all of them share.

pub mod call;
pub mod consent;
pub mod enterprise;
pub mod enterprise_user;
pub mod personal;
pub mod platform;
pub mod self_identified;
pub mod system_user;
pub mod well_known;
