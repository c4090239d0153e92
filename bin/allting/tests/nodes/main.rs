//! Real processes of the real binary: killed, paused, restarted, several of them on one database.
//! Short forms run with the other tests; `scripts/durability` and `scripts/nodes` run the long ones and print the figures.
#![cfg(test)]

mod harness;

mod clock;
mod crash;
mod demo;
mod durability;
mod jobs;
mod rolling;
mod shared;
mod start;
