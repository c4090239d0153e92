//! What operators do, on the whole application.

mod backup;
mod snapshots;
