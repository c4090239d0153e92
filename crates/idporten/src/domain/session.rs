//! When a login may be used again without asking the person.

use super::acr::{Acr, Family};
use super::authorize::{Prompt, Request};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

/// Idle limit and absolute limit of a session.
pub const IDLE: SignedDuration = SignedDuration::from_mins(30);
/// Counted from the login itself.
pub const ABSOLUTE: SignedDuration = SignedDuration::from_mins(120);

/// One login within the browser's session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    pub session_id: Uuid,
    pub pid: String,
    pub acr: Acr,
    pub amr: String,
    pub auth_time: Timestamp,
    pub last_used: Timestamp,
}

impl Login {
    /// Is the session alive at all?
    pub fn is_live(&self, now: Timestamp) -> bool {
        now.duration_since(self.last_used) <= IDLE && now.duration_since(self.auth_time) <= ABSOLUTE
    }

    /// May `request` be answered with this login? The isolation rule is kept by the look-up: a client with `sso_disabled`
    /// finds only its own login, others only the shared one.
    pub fn answers(&self, request: &Request, now: Timestamp) -> bool {
        let fresh = request.max_age.is_none_or(|max| now.duration_since(self.auth_time).as_secs() <= max);
        self.is_live(now)
            && fresh
            && !request.prompt.contains(&Prompt::Login)
            && self.acr.family() != Family::Eidas
            && request.requested.accepts(self.acr)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::acr::Requested;
    use crate::domain::authorize::tests::request;

    fn login(acr: Acr) -> Login {
        let at = "2026-01-15T12:00:00Z".parse().unwrap();
        Login {
            session_id: Uuid::nil(),
            pid: String::new(),
            acr,
            amr: "BankID".into(),
            auth_time: at,
            last_used: at,
        }
    }

    #[test]
    fn thirty_minutes_idle_ends_it() {
        let login = login(Acr::High);
        let asked = request();
        let at = |minutes| login.auth_time + SignedDuration::from_mins(minutes);
        assert!(login.answers(&asked, at(30)));
        assert!(!login.answers(&asked, at(31)));
        let kept = Login { last_used: at(110), ..login.clone() };
        assert!(kept.answers(&asked, at(120)));
        assert!(!kept.answers(&asked, at(121)), "two hours is the end whatever the use");
    }

    #[test]
    fn a_higher_level_needs_a_new_login() {
        let now = login(Acr::Substantial).auth_time;
        let mut asked = request();
        asked.requested = Requested::parse(Some("idporten-loa-high")).unwrap();
        assert!(!login(Acr::Substantial).answers(&asked, now));
        assert!(login(Acr::High).answers(&asked, now));
    }

    #[test]
    fn prompt_and_age_are_obeyed() {
        let login = login(Acr::High);
        let mut asked = request();
        asked.max_age = Some(60);
        assert!(login.answers(&asked, login.auth_time + SignedDuration::from_secs(60)));
        assert!(!login.answers(&asked, login.auth_time + SignedDuration::from_secs(61)));
        asked.max_age = None;
        asked.prompt = vec![Prompt::Login];
        assert!(!login.answers(&asked, login.auth_time));
    }
}
