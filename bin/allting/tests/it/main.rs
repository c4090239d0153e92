//! Tests of the whole application: one folder a block, mirroring URLs.
#![cfg(test)]

mod accessmanagement;
mod authentication;
mod authorization;
mod dialogporten;
mod house;
mod idporten;
mod maskinporten;
mod population;
mod register;
mod resourceregistry;
mod session;
mod support;
mod tokengen;
