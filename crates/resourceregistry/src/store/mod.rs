//! SQL of the registry.

pub mod access_lists;
pub mod owners;
pub mod policies;
pub mod resources;

/// When, and by whom: what every version row carries.
#[derive(Clone, Copy)]
pub struct Change<'a> {
    /// Business time.
    pub at: jiff::Timestamp,
    /// Organisation number of the caller, or the name of a loader.
    pub by: &'a str,
}
