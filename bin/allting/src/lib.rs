#![doc = include_str!("../README.md")]

pub mod blobs;
mod clock;
mod command;
pub mod compose;
pub mod demo;
pub mod doctor;
mod faults;
mod health;
mod jobs_command;
pub mod operate;
mod operator;
mod policy;
mod reload;
pub mod report;
mod sandbox;
mod serve;
mod snapshots;
pub mod start;
mod traces;
pub mod unbuilt;

pub use clock::BusinessClock;
pub use command::Cli;
