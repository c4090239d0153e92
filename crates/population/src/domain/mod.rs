//! The generator and the personas: pure, no I/O.

pub mod generate;
pub mod personas;
mod words;
