//! Life of a vendor's request and what it may ask for.

use super::{AccessPackage, Kind, Problem, Right, System};
use jiff::{SignedDuration, Timestamp};
use ports::accessmanagement::PackageInfo;
use ports::authentication::RequestStatus;
use std::collections::{BTreeSet, HashMap};
use url::Url;

/// A request is shown as timed out when it is older than this; its status stays as it was.
const SHOWN_AS_TIMED_OUT: SignedDuration = SignedDuration::from_hours(180 * 24);

/// What the customer decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decision {
    Approve,
    Reject,
}

/// The status after a decision. Only a new request can be decided, whatever its age.
pub(crate) fn decide(status: RequestStatus, decision: Decision) -> Result<RequestStatus, Problem> {
    match (status, decision) {
        (RequestStatus::New, Decision::Approve) => Ok(RequestStatus::Accepted),
        (RequestStatus::New, Decision::Reject) => Ok(RequestStatus::Rejected),
        _ => Err(Problem::STATUS_NOT_NEW),
    }
}

/// Older than the 180 days in which a request is meant to be answered.
pub(crate) fn timed_out(created: Timestamp, now: Timestamp) -> bool {
    now.duration_since(created) > SHOWN_AS_TIMED_OUT
}

/// Status word on the wire.
pub(crate) fn word(status: RequestStatus) -> &'static str {
    match status {
        RequestStatus::New => "New",
        RequestStatus::Accepted => "Accepted",
        RequestStatus::Rejected => "Rejected",
        RequestStatus::Denied => "Denied",
        RequestStatus::TimedOut => "Timedout",
    }
}

/// Status from its stored code.
pub(crate) fn status_from_code(code: i64) -> RequestStatus {
    match code {
        2 => RequestStatus::Accepted,
        3 => RequestStatus::Rejected,
        4 => RequestStatus::Denied,
        5 => RequestStatus::TimedOut,
        _ => RequestStatus::New,
    }
}

/// Status from its wire word.
pub(crate) fn status_from_word(word: &str) -> Option<RequestStatus> {
    Some(match word {
        "New" => RequestStatus::New,
        "Accepted" => RequestStatus::Accepted,
        "Rejected" => RequestStatus::Rejected,
        "Denied" => RequestStatus::Denied,
        "Timedout" => RequestStatus::TimedOut,
        _ => return None,
    })
}

/// What an earlier standard request on the same triple says to another one.
pub(crate) fn earlier(status: RequestStatus) -> Problem {
    match status {
        RequestStatus::Accepted => Problem::EARLIER_ACCEPTED,
        RequestStatus::New | RequestStatus::TimedOut => Problem::EARLIER_PENDING,
        RequestStatus::Denied => Problem::EARLIER_DENIED,
        RequestStatus::Rejected => Problem::EARLIER_REJECTED,
    }
}

/// The redirect URL must be one of the system's, query and fragment aside.
pub(crate) fn check_redirect(system: &System, wanted: Option<&str>) -> Result<(), Problem> {
    let Some(wanted) = wanted else { return Ok(()) };
    if system.redirect_urls.is_empty() {
        return Err(Problem::NO_REDIRECTS);
    }
    let base = |text: &str| {
        let url = Url::parse(text).ok()?;
        let host = url.host_str()?.to_owned();
        // User information is part of the authority: a URL with it never equals a registered one without.
        let user = (url.username().to_owned(), url.password().map(str::to_owned));
        Some((url.scheme().to_owned(), user, host, url.port_or_known_default(), url.path().to_owned()))
    };
    let Some(wanted) = base(wanted) else { return Err(Problem::REDIRECT_INVALID) };
    if system.redirect_urls.iter().filter_map(|allowed| base(allowed)).any(|allowed| allowed == wanted) {
        Ok(())
    } else {
        Err(Problem::REDIRECT_INVALID)
    }
}

/// There must be something to ask for. `None` = the member was left out.
pub(crate) fn check_not_empty(
    kind: Kind,
    rights: Option<&[Right]>,
    packages: Option<&[AccessPackage]>,
) -> Result<(), Problem> {
    let none = |len: Option<usize>| len.unwrap_or(0) == 0;
    let (rights, packages) = (rights.map(<[_]>::len), packages.map(<[_]>::len));
    match kind {
        Kind::Agent if none(packages) => Err(Problem::AGENT_NEEDS_PACKAGE),
        Kind::Standard if rights.is_none() && packages.is_none() => Err(Problem::RIGHT_NOT_DELEGABLE),
        Kind::Standard if none(rights) && none(packages) => Err(Problem::NEEDS_RIGHT_OR_PACKAGE),
        _ => Ok(()),
    }
}

/// Every right must be one of the system's, and there may not be more of them than the system has.
pub(crate) fn check_rights(system: &System, rights: &[Right]) -> Result<(), Problem> {
    let known: BTreeSet<_> = system.rights.iter().map(Right::key).collect();
    if rights.len() > system.rights.len() || rights.iter().any(|right| !known.contains(&right.key())) {
        return Err(Problem::RIGHT_NOT_DELEGABLE);
    }
    Ok(())
}

/// Every package must be on the system and fit the kind of system user.
pub(crate) fn check_packages(
    kind: Kind,
    system: &System,
    packages: &[AccessPackage],
    catalogue: &HashMap<String, PackageInfo>,
) -> Result<(), Problem> {
    let missing: Vec<&str> = packages
        .iter()
        .filter(|package| !system.packages.contains(package))
        .map(|package| package.urn.as_str())
        .collect();
    if packages.len() > system.packages.len() {
        // WIRE: no list of names when more packages are asked for than the system has (identity §4.4).
        return Err(Problem::PACKAGE_NOT_ON_SYSTEM);
    }
    if !missing.is_empty() {
        return Err(Problem::PACKAGE_NOT_ON_SYSTEM.with("NotFoundPackages", missing.join(", ")));
    }
    let fits = |urn: &str| {
        catalogue.get(urn).is_some_and(|info| match kind {
            Kind::Standard => info.assignable,
            Kind::Agent => info.delegable,
        })
    };
    let unfit: Vec<&str> =
        packages.iter().map(|package| package.urn.as_str()).filter(|urn| !fits(urn)).collect();
    if unfit.is_empty() {
        return Ok(());
    }
    let problem = match kind {
        Kind::Standard => Problem::PACKAGE_NOT_STANDARD,
        Kind::Agent => Problem::PACKAGE_NOT_AGENT,
    };
    Err(problem.with("NotDelegablePackages", unfit.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::Map;
    use uuid::Uuid;

    fn system() -> System {
        System {
            id: "310000001_x".into(),
            internal_id: Uuid::nil(),
            vendor_org_no: "310000001".into(),
            name: Map::new(),
            description: Map::new(),
            rights: vec![Right::to_resource("a"), Right::to_resource("b")],
            packages: vec![AccessPackage { urn: "urn:altinn:accesspackage:p".into() }],
            client_ids: Vec::new(),
            redirect_urls: vec!["https://vendor.example/done".into()],
            visible: true,
            deleted: false,
        }
    }

    fn info(assignable: bool, delegable: bool) -> HashMap<String, PackageInfo> {
        let urn = "urn:altinn:accesspackage:p".to_owned();
        let info = PackageInfo {
            id: Uuid::nil(),
            urn: urn.clone(),
            name: serde_json::Value::Null,
            description: serde_json::Value::Null,
            assignable,
            delegable,
            resources: Vec::new(),
        };
        HashMap::from([(urn, info)])
    }

    fn any_decision() -> impl Strategy<Value = Decision> {
        prop_oneof![Just(Decision::Approve), Just(Decision::Reject)]
    }

    proptest! {
        /// Of any run of decisions exactly the first takes effect; every later one is refused and changes nothing.
        #[test]
        fn first_decision_stands(decisions in prop::collection::vec(any_decision(), 1..12)) {
            let mut status = RequestStatus::New;
            let mut taken = Vec::new();
            for decision in &decisions {
                match decide(status, *decision) {
                    Ok(next) => { taken.push(*decision); status = next; }
                    Err(problem) => prop_assert_eq!(problem, Problem::STATUS_NOT_NEW),
                }
            }
            prop_assert_eq!(taken, vec![decisions[0]]);
            let expected = match decisions[0] {
                Decision::Approve => RequestStatus::Accepted,
                Decision::Reject => RequestStatus::Rejected,
            };
            prop_assert_eq!(status, expected);
        }

        /// A request never gets a right that the system lacks.
        #[test]
        fn rights_are_a_subset(names in prop::collection::vec("[abc]", 0..5)) {
            let rights: Vec<_> = names.iter().map(|name| Right::to_resource(name)).collect();
            let allowed = check_rights(&system(), &rights).is_ok();
            prop_assert_eq!(allowed, rights.len() <= 2 && !names.iter().any(|name| name == "c"));
        }

        /// Every stored code gives back its status and word.
        #[test]
        fn words_and_codes_agree(code in 1_i64..=5) {
            let status = status_from_code(code);
            prop_assert_eq!(status as i64, code);
            prop_assert_eq!(status_from_word(word(status)), Some(status));
        }
    }

    #[test]
    fn age_is_shown_after_180_days() {
        let created: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        assert!(!timed_out(created, "2026-06-30T00:00:00Z".parse().unwrap()));
        assert!(timed_out(created, "2026-06-30T00:00:01Z".parse().unwrap()));
    }

    #[test]
    fn redirect_is_compared_without_query() {
        let system = system();
        assert_eq!(check_redirect(&system, None), Ok(()));
        assert_eq!(check_redirect(&system, Some("https://vendor.example/done?case=1#x")), Ok(()));
        for foreign in [
            "https://vendor.example/other",
            "http://vendor.example/done",
            "https://vendor.example:444/done",
            "https://vendor.example@evil.example/done",
            "https://user@vendor.example/done",
            "//vendor.example/done",
            "not a url",
        ] {
            assert_eq!(check_redirect(&system, Some(foreign)), Err(Problem::REDIRECT_INVALID), "{foreign}");
        }
        let none = System { redirect_urls: Vec::new(), ..system };
        assert_eq!(check_redirect(&none, Some("https://vendor.example/done")), Err(Problem::NO_REDIRECTS));
    }

    #[test]
    fn something_must_be_asked_for() {
        let number = |kind, rights, packages| check_not_empty(kind, rights, packages).unwrap_err().number;
        assert_eq!(number(Kind::Standard, None, None), 1);
        assert_eq!(number(Kind::Standard, Some(&[]), None), 59);
        assert_eq!(number(Kind::Agent, None, Some(&[])), 58);
        assert!(check_not_empty(Kind::Standard, Some(&[Right::to_resource("a")]), None).is_ok());
    }

    #[test]
    fn packages_must_fit_the_kind() {
        let system = system();
        let wanted = [AccessPackage { urn: "urn:altinn:accesspackage:p".into() }];
        assert_eq!(check_packages(Kind::Standard, &system, &wanted, &info(true, false)), Ok(()));
        let refused = check_packages(Kind::Agent, &system, &wanted, &info(true, false)).unwrap_err();
        assert_eq!(refused.number, 65);
        assert_eq!(refused.extensions, [("NotDelegablePackages", wanted[0].urn.clone())]);
        let other = [AccessPackage { urn: "urn:altinn:accesspackage:q".into() }];
        let refused = check_packages(Kind::Standard, &system, &other, &info(true, true)).unwrap_err();
        assert_eq!((refused.number, refused.extensions.len()), (63, 1));
        let many = [other[0].clone(), other[0].clone()];
        let refused = check_packages(Kind::Standard, &system, &many, &info(true, true)).unwrap_err();
        assert_eq!((refused.number, refused.extensions.len()), (63, 0));
    }
}
