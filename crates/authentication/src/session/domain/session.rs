//! A person's session in the portal.

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

/// Without use it ends after this time.
pub const IDLE: SignedDuration = SignedDuration::from_mins(30);
/// However much it is used, it ends after this time.
pub const ABSOLUTE: SignedDuration = SignedDuration::from_mins(720);

/// A session as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    pub id: Uuid,
    pub party_uuid: Uuid,
    pub party_id: i64,
    pub user_id: i64,
    pub user_name: String,
    /// Key of the provider that the person logged in with.
    pub provider: String,
    pub upstream_sid: String,
    pub acr: String,
    pub amr: String,
    pub auth_time: Timestamp,
    pub created_at: Timestamp,
    pub last_used: Timestamp,
}

impl Session {
    /// Is it open?
    pub fn is_live(&self, now: Timestamp) -> bool {
        now.duration_since(self.last_used) <= IDLE && now.duration_since(self.created_at) <= ABSOLUTE
    }
}

/// Must a person with this level log in again? Only when the highest level is asked for and the session has another;
/// a session of unknown level is left alone.
pub fn needs_step_up(acr: &str, acr_values: &str) -> bool {
    const HIGH: &str = "idporten-loa-high";
    !acr.is_empty() && acr_values.split(' ').any(|value| value == HIGH) && acr != HIGH
}

/// Values of `acr_values` that the login address takes.
pub fn acr_values_are_known(acr_values: &str) -> bool {
    const KNOWN: [&str; 6] = [
        "idporten-loa-substantial",
        "idporten-loa-high",
        "selfregistered-email",
        "level0",
        "level1",
        "level2",
    ];
    acr_values.split(' ').filter(|value| !value.is_empty()).all(|value| KNOWN.contains(&value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_highest_level_steps_up() {
        assert!(needs_step_up("idporten-loa-substantial", "idporten-loa-high"));
        assert!(!needs_step_up("idporten-loa-high", "idporten-loa-high"));
        assert!(!needs_step_up("selfregistered-email", "idporten-loa-substantial"));
        assert!(!needs_step_up("", "idporten-loa-high"));
    }
}
