//! Problem codes `AUTH-nnnnn` (identity §4.11). The numbers and statuses are the wire's; the words are ours.

/// A refusal with its code and members beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    /// The number in `AUTH-nnnnn`.
    pub number: u16,
    /// Further members of the answer.
    pub extensions: Vec<(&'static str, String)>,
}

macro_rules! problems {
    ($($(#[$doc:meta])* $name:ident = $number:literal, $status:literal, $title:literal;)*) => {
        impl Problem {
            $($(#[$doc])* pub(crate) const $name: Problem = Problem { number: $number, extensions: Vec::new() };)*

            fn entry(&self) -> (u16, &'static str) {
                match self.number {
                    $($number => ($status, $title),)*
                    _ => (500, "Unknown problem"),
                }
            }
        }

        #[cfg(test)]
        const NUMBERS: &[(u16, u16)] = &[$(($number, $status)),*];
    };
}

problems! {
    PARTY_NOT_FOUND = 0, 400, "No organisation is known by this organisation number or party id";
    RIGHT_NOT_DELEGABLE = 1, 400, "One or more rights are unknown to the system or cannot be delegated";
    USER_EXISTS = 4, 400, "A system user already exists for this system, organisation and external reference";
    EARLIER_ACCEPTED = 6, 400, "An earlier request for the same external reference has been accepted";
    EARLIER_PENDING = 7, 400, "An earlier request for the same external reference is pending";
    EARLIER_DENIED = 8, 400, "An earlier request for the same external reference has been denied";
    EARLIER_REJECTED = 9, 400, "An earlier request for the same external reference has been rejected";
    REQUEST_NOT_FOUND = 10, 404, "The request does not exist";
    SYSTEM_NOT_FOUND = 11, 404, "The system does not exist";
    STATUS_NOT_NEW = 13, 409, "The request has been answered already";
    CHECK_UNKNOWN = 14, 403, "The delegation check failed for an unknown reason";
    USER_NOT_FOUND = 15, 404, "The system user does not exist";
    MISSING_ROLE = 16, 403, "The delegation check failed: the user lacks the role that gives access";
    NAME_MISSING = 17, 404, "The system has no Norwegian name";
    NO_DIRECT_DELEGATION = 18, 403, "The delegation check failed: the user lacks a direct delegation";
    SRR_RESTRICTION = 19, 403, "The delegation check failed: the resource owner has restricted the right";
    LEVEL_TOO_LOW = 20, 403, "The delegation check failed: the authentication level is too low";
    REDIRECT_INVALID = 21, 400, "The redirectUrl is not among those registered for the system";
    VENDOR_MISSING = 23, 401, "The token names no vendor organisation";
    DELETE_NOT_OWNED = 24, 403, "The system user belongs to another party";
    NO_REDIRECTS = 26, 400, "The system has no registered redirect URLs";
    AGENT_REQUEST_NOT_FOUND = 30, 404, "The agent request does not exist";
    EXPECTED_AGENT = 34, 400, "The system user is not an agent system user";
    EXPECTED_STANDARD = 36, 400, "The system user is not a standard system user";
    PARTY_MISMATCH = 41, 403, "The request is for another party";
    AGENT_PARTY_MISMATCH = 42, 403, "The agent request is for another party";
    PACKAGE_NOT_ALLOWED = 53, 400, "The user may not delegate one or more access packages";
    AGENT_NEEDS_PACKAGE = 58, 400, "An agent request needs at least one access package";
    NEEDS_RIGHT_OR_PACKAGE = 59, 400, "A request needs at least one right or access package";
    PACKAGE_NOT_ON_SYSTEM = 63, 400, "One or more access packages are not registered on the system";
    PACKAGE_NOT_STANDARD = 64, 400, "One or more access packages cannot be given to a standard system user";
    PACKAGE_NOT_AGENT = 65, 400, "One or more access packages cannot be given to an agent system user";
    NOT_ACCESS_MANAGER = 66, 403, "The user is not an access manager of the party";
    MISSING_PACKAGE = 68, 403, "The delegation check failed: the user lacks the access package that gives access";
    ACCESS_LIST = 69, 403, "The delegation check failed: the party is not on the resource's access list";
    RESOURCE_NOT_DELEGABLE = 70, 403, "The delegation check failed: the resource cannot be delegated";
    MASKINPORTEN_SCHEMA = 71, 403, "The delegation check failed: the resource is a Maskinporten schema";
}

impl Problem {
    /// HTTP status.
    pub(crate) fn status(&self) -> u16 {
        self.entry().0
    }

    /// Words for the reader.
    pub(crate) fn title(&self) -> &'static str {
        self.entry().1
    }

    /// `AUTH-nnnnn`
    pub(crate) fn code(&self) -> String {
        format!("AUTH-{:05}", self.number)
    }

    /// With one more member.
    pub(crate) fn with(mut self, name: &'static str, value: String) -> Self {
        self.extensions.push((name, value));
        self
    }

    /// The problem of a right that may not be delegated, by the first reason of the check that is a refusal: reasons may
    /// also say what is held.
    pub(crate) fn of_check(reasons: &[String]) -> Self {
        let refusal = |reason: &String| {
            let code = reason.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
            Some(match code {
                "MissingPackageAccess" => Self::MISSING_PACKAGE,
                "MissingRoleAccess" => Self::MISSING_ROLE,
                "MissingDelegationAccess" => Self::NO_DIRECT_DELEGATION,
                "MissingSrrRightAccess" => Self::SRR_RESTRICTION,
                "InsufficientAuthenticationLevel" => Self::LEVEL_TOO_LOW,
                "AccessListValidationFail" => Self::ACCESS_LIST,
                "ResourceNotDelegable" => Self::RESOURCE_NOT_DELEGABLE,
                "ResourceIsMaskinPortenSchema" => Self::MASKINPORTEN_SCHEMA,
                _ => return None,
            })
        };
        let problem = reasons.iter().find_map(refusal).unwrap_or(Self::CHECK_UNKNOWN);
        if reasons.is_empty() { problem } else { problem.with("delegationReasons", reasons.join(", ")) }
    }

    /// Codes that the portal's back end passes on with their own number (identity §4.11); `None` for the others.
    pub(crate) fn portal_code(&self) -> Option<String> {
        // 10 is not in the list of §4.11, but §4.12 gives an unknown request its own number.
        const PASSED: &[u16] = &[
            1, 2, 3, 4, 10, 11, 14, 15, 16, 18, 19, 20, 28, 43, 44, 45, 50, 51, 53, 55, 57, 62, 66, 68, 69,
            70, 71,
        ];
        PASSED.contains(&self.number).then(|| format!("AMUI-{:05}", self.number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_unique_and_statuses_are_refusals() {
        let mut seen = std::collections::HashSet::new();
        for (number, status) in NUMBERS {
            assert!(seen.insert(number), "{number} twice");
            assert!((400..500).contains(status), "{number} has status {status}");
        }
    }

    #[test]
    fn first_reason_decides() {
        let reasons = ["MissingPackageAccess".to_owned(), "MissingRoleAccess".to_owned()];
        let problem = Problem::of_check(&reasons);
        assert_eq!((problem.code().as_str(), problem.status()), ("AUTH-00068", 403));
        assert_eq!(
            problem.extensions,
            [("delegationReasons", "MissingPackageAccess, MissingRoleAccess".to_owned())]
        );
        assert_eq!(Problem::of_check(&["MissingRoleAccess: needs dagl".to_owned()]).number, 16);
        let held = ["PackageAccess: held".to_owned(), "ResourceNotDelegable: never".to_owned()];
        assert_eq!(Problem::of_check(&held).number, 70);
        assert_eq!(Problem::of_check(&["RoleAccess".to_owned()]).number, 14);
        assert_eq!(Problem::of_check(&[]).number, 14);
    }

    #[test]
    fn portal_keeps_only_the_codes_it_knows() {
        assert_eq!(Problem::MISSING_ROLE.portal_code().as_deref(), Some("AMUI-00016"));
        assert_eq!(Problem::STATUS_NOT_NEW.portal_code(), None);
    }
}
