//! Tests of the whole application: one folder a block, mirroring URLs.
#![cfg(test)]

mod accessmanagement;
mod authentication;
mod authorization;
mod dialogporten;
mod events;
mod house;
mod idporten;
mod limits;
mod maskinporten;
mod notifications;
mod operate;
mod operations;
mod population;
mod portal;
mod production;
mod register;
mod resourceregistry;
mod sandbox;
mod security;
mod session;
mod skatteetaten;
mod support;
mod tokengen;
