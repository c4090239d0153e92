//! All SQL of the register.

pub mod attempts;
pub mod load;
pub mod parties;
pub mod records;
pub mod roles;

/// Every statement, for the test that prepares them on both engines.
pub const STATEMENTS: [&[&db::Sql]; 5] =
    [attempts::STATEMENTS, load::STATEMENTS, parties::STATEMENTS, records::STATEMENTS, roles::STATEMENTS];
