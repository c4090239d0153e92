//! Tests of the whole application: one folder a block, mirroring URLs.

mod accessmanagement;
mod house;
mod maskinporten;
mod population;
mod register;
mod support;
mod session;
mod tokengen;
mod authorization;
mod resourceregistry;
