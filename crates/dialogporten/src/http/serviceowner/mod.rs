//! Operations of service owners.

pub mod activities;
pub mod create_activity;
pub mod create_dialog;
pub mod create_transmission;
pub mod delete_dialog;
pub mod get_dialog;
pub mod patch_dialog;
pub mod purge_dialog;
pub mod search_dialogs;
pub mod seen_log;
pub mod transmissions;
pub mod update_dialog;

use crate::Dialogporten;
use crate::caller::Owner;
use crate::wire::input::Reading;

/// How a body of this owner is read.
pub fn reading<'a>(dialogs: &'a Dialogporten, owner: &Owner) -> Reading<'a> {
    Reading { now: dialogs.ctx.clock.now(), ids: &*dialogs.ctx.ids, privileges: owner.privileges }
}
