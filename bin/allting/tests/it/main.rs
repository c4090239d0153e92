//! Tests of the whole application: one folder a block, mirroring URLs.

mod house;
mod support;
