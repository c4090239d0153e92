//! Dialogs as such: types, rules and state changes. No I/O.

pub mod access;
pub mod change;
pub mod draft;
pub mod hierarchy;
pub mod labels;
pub mod language;
pub mod model;
pub mod names;
pub mod order;
pub mod party;
pub mod rules;
