//! Operations of end users.

pub mod activities;
pub mod bulk_set_labels;
pub mod get_dialog;
pub mod label_log;
pub mod parties;
pub mod search_dialogs;
pub mod seen_log;
pub mod set_labels;
pub mod transmissions;
