//! What goes over the wire, as it is written there.

pub mod discovery;
pub mod form;
pub mod population;
pub mod token;
