//! Shapes exactly as they travel.

pub mod discovery;
pub mod params;
pub mod population;
