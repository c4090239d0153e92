#![doc = include_str!("../README.md")]

pub mod accessmanagement;
pub mod authentication;
pub mod authorization;
pub mod clock;
pub mod dialogporten;
pub mod events;
pub mod faults;
pub mod idporten;
pub mod maskinporten;
pub mod notifications;
pub mod pages;
pub mod population;
pub mod register;
pub mod resourceregistry;
pub mod snapshots;

/// What a port answers when it cannot answer: the database failed or stored data are broken. Never a business refusal.
pub type Result<T, E = db::Error> = std::result::Result<T, E>;
