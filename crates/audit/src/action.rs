//! Every change that is written down.

macro_rules! actions {
    ($($(#[doc = $about:literal])+ $name:ident = $word:literal;)+) => {
        /// What was done.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Action { $($(#[doc = $about])+ $name),+ }

        impl Action {
            /// All of them, in the order of the blocks.
            pub const ALL: &[Action] = &[$(Action::$name),+];

            /// As the log has it: block or thing, a dot, what was done.
            pub fn word(self) -> &'static str {
                match self { $(Action::$name => $word),+ }
            }

            /// In plain words.
            pub fn about(self) -> &'static str {
                match self { $(Action::$name => concat!($($about),+).trim_ascii()),+ }
            }
        }
    };
}

actions! {
    /// A person logged in to the portal.
    SessionOpen = "session.open";
    /// A person's session in the portal ended.
    SessionClose = "session.close";
    /// A login at the identity provider ended, with its tokens.
    LoginClose = "login.close";
    /// A vendor registered a system.
    SystemCreate = "system.create";
    /// A vendor changed a system, or removed it.
    SystemUpdate = "system.update";
    /// A vendor asked a customer for a system user.
    SystemUserRequest = "systemuser.request";
    /// A vendor took its request back.
    SystemUserWithdraw = "systemuser.withdraw";
    /// A person passed a request on to somebody who may approve it.
    SystemUserEscalate = "systemuser.escalate";
    /// A person approved a request: the system user and its rights stand.
    SystemUserApprove = "systemuser.approve";
    /// A person rejected a request.
    SystemUserReject = "systemuser.reject";
    /// A party set up a system user by itself.
    SystemUserCreate = "systemuser.create";
    /// A system user ended, with all that it had been given.
    SystemUserRevoke = "systemuser.revoke";
    /// A party got a role for another.
    DelegationAssign = "delegation.assign";
    /// A party gave another a package or a right.
    DelegationGrant = "delegation.grant";
    /// A package or right was taken back.
    DelegationRevoke = "delegation.revoke";
    /// Everything of one role between two parties was taken back.
    DelegationRevokeAll = "delegation.revoke-all";
    /// A resource was registered.
    ResourceCreate = "resource.create";
    /// A resource was changed.
    ResourceUpdate = "resource.update";
    /// A resource was removed, with its policy.
    ResourceDelete = "resource.delete";
    /// The policy of a resource or an app was replaced.
    PolicyPut = "policy.put";
    /// An access list was made or renamed.
    AccessListPut = "accesslist.put";
    /// An access list was removed.
    AccessListDelete = "accesslist.delete";
    /// The members of an access list changed.
    AccessListMembers = "accesslist.members";
    /// An access list was connected to a resource.
    AccessListConnect = "accesslist.connect";
    /// An access list was taken off a resource.
    AccessListDisconnect = "accesslist.disconnect";
    /// A dialog was made.
    DialogCreate = "dialog.create";
    /// A dialog was changed or extended.
    DialogUpdate = "dialog.update";
    /// A dialog was marked as deleted.
    DialogDelete = "dialog.delete";
    /// A deleted dialog was taken back.
    DialogRestore = "dialog.restore";
    /// A dialog was removed for good.
    DialogPurge = "dialog.purge";
    /// Somebody opened a dialog that they had not seen as it stands.
    DialogSee = "dialog.see";
    /// Somebody set or removed labels of a dialog.
    DialogLabel = "dialog.label";
    /// An event was published.
    EventPublish = "event.publish";
    /// A subscription to events was made.
    SubscriptionCreate = "subscription.create";
    /// The endpoint of a subscription answered: it is sent events from now on.
    SubscriptionValidate = "subscription.validate";
    /// A subscription was removed.
    SubscriptionDelete = "subscription.delete";
    /// A notification was ordered.
    NotificationOrder = "notification.order";
    /// The messages of an order were handed over for sending.
    NotificationSend = "notification.send";
    /// A filing was received.
    FilingReceive = "filing.receive";
    /// A filing was judged and answered.
    FilingAnswer = "filing.answer";
    /// An operator let a message of the outbox be tried again.
    JobRetry = "job.retry";
    /// An operator took a message of the outbox out for good.
    JobDrop = "job.drop";
    /// A population file was loaded.
    PopulationImport = "population.import";
    /// The business clock of the sandbox was moved.
    ClockMove = "clock.move";
    /// The sandbox was asked for a fault.
    FaultSet = "fault.set";
    /// A fault of the sandbox, or all of them, was taken away.
    FaultClear = "fault.clear";
    /// Rows of a log were removed because of their age.
    RetentionRemove = "retention.remove";
    /// An operator looked at the log or at look-ups of persons.
    LogRead = "log.read";
}

#[cfg(test)]
mod tests {
    use super::Action;
    use std::collections::HashSet;

    #[test]
    fn every_word_is_one_of_its_kind() {
        let words: HashSet<_> = Action::ALL.iter().map(|action| action.word()).collect();
        assert_eq!(words.len(), Action::ALL.len());
        for action in Action::ALL {
            let (thing, done) = action.word().split_once('.').unwrap();
            assert!(!thing.is_empty() && !done.contains('.') && action.about().ends_with('.'), "{action:?}");
        }
    }
}
