//! What the back office does after a delivery has been taken.

pub mod feedback;
