//! What a vendor may write into the system register (identity §4.3). Everything that must be looked up is looked up
//! before and handed in, so that the rules stay pure.

use super::{AccessPackage, Right, right};
use ports::accessmanagement::PackageInfo;
use std::collections::{BTreeSet, HashMap, HashSet};
use url::Url;

/// Resource types whose rights a system user can receive.
const DELEGABLE_TYPES: &[&str] = &[
    "AltinnApp",
    "Systemresource",
    "Default",
    "CorrespondenceService",
    "BrokerService",
    "GenericAccessResource",
    "MigratedApp",
];

const SYSTEM_ID: &str = "/registersystemrequest/systemid";
const VENDOR_ID: &str = "/registersystemrequest/vendor/id";
const CLIENT_ID: &str = "/registersystemrequest/clientid";
const REDIRECTS: &str = "/registersystemrequest/allowedredirecturls";
const RIGHTS: &str = "/registersystemrequest/rights/resource";
const PACKAGES: &str = "/registersystemrequest/accesspackages";

/// One entry of `validationErrors`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// The number in `AUTH.VLD-nnnnn`.
    pub number: u16,
    pub title: &'static str,
    pub path: &'static str,
    pub extension: Option<(&'static str, String)>,
}

impl Fault {
    const fn new(number: u16, title: &'static str, path: &'static str) -> Self {
        Self { number, title, path, extension: None }
    }

    fn listing(mut self, key: &'static str, values: &[&str]) -> Self {
        self.extension = Some((key, values.join(" | ")));
        self
    }

    /// `AUTH.VLD-nnnnn`
    pub(crate) fn code(&self) -> String {
        format!("AUTH.VLD-{:05}", self.number)
    }
}

/// Organisation number of an ISO 6523 reference `0192:<orgnr>`.
pub(crate) fn org_no_of_reference(id: &str) -> Option<&str> {
    id.strip_prefix("0192:").filter(|org_no| org_no.len() == 9 && org_no.bytes().all(|b| b.is_ascii_digit()))
}

/// The vendor reference is not one: reported alone, before anything else.
pub(crate) fn bad_vendor() -> Fault {
    Fault::new(0, "The org number identifier is not valid ISO6523 identifier", VENDOR_ID)
}

/// The id in the body of a PUT differs from the one in the path: reported alone.
pub(crate) fn id_mismatch() -> Fault {
    Fault::new(12, "The system id in the body differs from the one in the path", SYSTEM_ID)
}

/// What has been looked up for the rules.
#[derive(Debug, Default)]
pub(crate) struct Known {
    /// The id is taken, by a deleted system too.
    pub id_taken: bool,
    /// Those of the request's client ids that are bound to another system.
    pub bound_clients: Vec<String>,
    /// Resource type by registry id.
    pub resource_types: HashMap<String, String>,
    /// Packages of the catalogue by URN.
    pub packages: HashMap<String, PackageInfo>,
}

/// What a new system says about itself.
#[derive(Debug)]
pub(crate) struct Draft<'a> {
    pub id: &'a str,
    pub vendor_org_no: &'a str,
    pub rights: &'a [Right],
    pub packages: &'a [AccessPackage],
    pub client_ids: &'a [String],
    pub redirect_urls: &'a [String],
    pub visible: bool,
}

/// All faults of a new system, in the wire's order.
pub(crate) fn check_new(draft: &Draft<'_>, known: &Known) -> Vec<Fault> {
    let mut faults = Vec::new();
    if draft.id.contains(' ') {
        faults.push(Fault::new(13, "The system id may not contain spaces", SYSTEM_ID));
    }
    if draft.id.split_once('_').map(|(org_no, _)| org_no) != Some(draft.vendor_org_no) {
        let title = "The system id must begin with the vendor's organisation number and an underscore";
        faults.push(Fault::new(1, title, SYSTEM_ID));
    }
    if known.id_taken {
        faults.push(Fault::new(2, "The system id already exists", SYSTEM_ID));
    }
    if !draft.redirect_urls.iter().all(|url| is_absolute_https(url)) {
        faults.push(Fault::new(5, "One or more of the redirect urls are not absolute https urls", REDIRECTS));
    }
    if !known.bound_clients.is_empty() {
        faults.push(client_bound());
    }
    faults.extend(check_rights(draft.rights, known));
    faults.extend(check_packages(draft.packages, draft.visible, known));
    faults
}

/// All faults of a replaced system, in the wire's order. Redirect URLs are not looked at again.
pub(crate) fn check_replacement(draft: &Draft<'_>, known: &Known) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut seen = HashSet::new();
    if !draft.client_ids.iter().all(|id| seen.insert(id.to_lowercase())) {
        faults.push(Fault::new(11, "The request names a client id more than once", CLIENT_ID));
    }
    // WIRE: one error for each offending id here, one for all in a POST (identity §4.3).
    faults.extend(known.bound_clients.iter().map(|_| client_bound()));
    faults.extend(check_rights(draft.rights, known));
    faults.extend(check_packages(draft.packages, draft.visible, known));
    faults
}

/// A client of the request serves another system.
pub(crate) fn client_bound() -> Fault {
    Fault::new(4, "One of the client id is already tagged with an existing system", CLIENT_ID)
}

fn is_absolute_https(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| url.scheme() == "https" && url.has_host())
}

/// Faults of a list of rights.
pub(crate) fn check_rights(rights: &[Right], known: &Known) -> Vec<Fault> {
    let mut faults = Vec::new();
    let attributes = || rights.iter().flat_map(|right| &right.resource);
    let bad_ids: Vec<&str> =
        attributes().filter(|a| a.id != right::RESOURCE).map(|a| a.id.as_str()).collect();
    if !bad_ids.is_empty() || rights.iter().any(|right| right.resource.is_empty()) {
        let fault = Fault::new(9, "A resource id key is not urn:altinn:resource", RIGHTS);
        faults.push(fault.listing("Invalid Resource Id Details : ", &bad_ids));
    }
    let values = || attributes().filter(|a| a.id == right::RESOURCE).map(|a| a.value.as_str());
    let unknown: Vec<&str> = values().filter(|value| !known.resource_types.contains_key(*value)).collect();
    if !unknown.is_empty() {
        let fault = Fault::new(3, "One or more resources are not in the resource registry", RIGHTS);
        faults.push(fault.listing("ResourceIds Not Found : ", &unknown));
    }
    let fixed: Vec<&str> = values()
        .filter(|value| {
            known.resource_types.get(*value).is_some_and(|kind| !DELEGABLE_TYPES.contains(&kind.as_str()))
        })
        .collect();
    if !fixed.is_empty() {
        let fault = Fault::new(17, "One or more resources are of a type that cannot be delegated", RIGHTS);
        faults.push(fault.listing("ResourceIds Not Delegable : ", &fixed));
    }
    let mut seen = BTreeSet::new();
    if !rights.iter().all(|right| seen.insert((right.action.as_deref(), right.key()))) {
        faults.push(Fault::new(6, "One or more rights are duplicates", RIGHTS));
    }
    faults
}

/// Faults of a list of packages; `visible` = the system is shown in the portal's list.
pub(crate) fn check_packages(packages: &[AccessPackage], visible: bool, known: &Known) -> Vec<Fault> {
    let mut faults = Vec::new();
    let (mut malformed, mut unknown, mut fixed) = (Vec::new(), Vec::new(), Vec::new());
    for urn in packages.iter().map(|package| package.urn.as_str()) {
        match known.packages.get(urn) {
            _ if urn.split(':').count() < 4 => malformed.push(urn),
            None => unknown.push(urn),
            Some(info) if !info.assignable && !info.delegable => fixed.push(urn),
            Some(_) => {}
        }
    }
    let groups: Vec<String> =
        [("Invalid format: ", malformed), ("Not found: ", unknown), ("Not possible to delegate: ", fixed)]
            .into_iter()
            .filter(|(_, urns)| !urns.is_empty())
            .map(|(label, urns)| format!("{label}{}", urns.join(", ")))
            .collect();
    if !groups.is_empty() {
        let groups: Vec<&str> = groups.iter().map(String::as_str).collect();
        let fault = Fault::new(8, "One or more access packages are not valid", PACKAGES);
        faults.push(fault.listing("Invalid Urn Details : ", &groups));
    }
    let mut seen = HashSet::new();
    if !packages.iter().all(|package| seen.insert(&package.urn)) {
        faults.push(Fault::new(7, "One or more access packages are duplicates", PACKAGES));
    }
    let client_only = |package: &AccessPackage| {
        known.packages.get(&package.urn).is_some_and(|info| info.delegable && !info.assignable)
    };
    if visible && packages.iter().any(client_only) {
        let title = "A visible system may not have access packages that only serve clients";
        faults.push(Fault::new(18, title, PACKAGES));
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn info(urn: &str, assignable: bool, delegable: bool) -> (String, PackageInfo) {
        let info = PackageInfo {
            id: Uuid::nil(),
            urn: urn.to_owned(),
            name: serde_json::Value::Null,
            description: serde_json::Value::Null,
            assignable,
            delegable,
            resources: Vec::new(),
        };
        (urn.to_owned(), info)
    }

    fn known() -> Known {
        Known {
            resource_types: HashMap::from([
                ("good".to_owned(), "GenericAccessResource".to_owned()),
                ("scheme".to_owned(), "MaskinportenSchema".to_owned()),
            ]),
            packages: HashMap::from([
                info("urn:altinn:accesspackage:both", true, true),
                info("urn:altinn:accesspackage:client", false, true),
                info("urn:altinn:accesspackage:none", false, false),
            ]),
            ..Known::default()
        }
    }

    fn package(urn: &str) -> AccessPackage {
        AccessPackage { urn: urn.to_owned() }
    }

    fn numbers(faults: &[Fault]) -> Vec<u16> {
        faults.iter().map(|fault| fault.number).collect()
    }

    #[test]
    fn a_sound_system_has_no_faults() {
        let draft = Draft {
            id: "310000001_system",
            vendor_org_no: "310000001",
            rights: &[Right::to_resource("good")],
            packages: &[package("urn:altinn:accesspackage:both")],
            client_ids: &["c".to_owned()],
            redirect_urls: &["https://vendor.example/done".to_owned()],
            visible: true,
        };
        assert_eq!(check_new(&draft, &known()), []);
        assert_eq!(check_replacement(&draft, &known()), []);
    }

    /// Order of the wire: 00013, 00001, 00002, 00005, 00004, 00009, 00003, 00017, 00006, 00008, 00007, 00018.
    #[test]
    fn everything_wrong_comes_in_the_wire_order() {
        let mut wrong = Right::to_resource("x");
        wrong.resource[0].id = "urn:altinn:app".to_owned();
        let rights = [
            wrong,
            Right::to_resource("missing"),
            Right::to_resource("scheme"),
            Right::to_resource("good"),
            Right::to_resource("good"),
        ];
        let packages = [
            package("short"),
            package("urn:altinn:accesspackage:unknown"),
            package("urn:altinn:accesspackage:none"),
            package("urn:altinn:accesspackage:client"),
            package("urn:altinn:accesspackage:client"),
        ];
        let draft = Draft {
            id: "310000002 x",
            vendor_org_no: "310000001",
            rights: &rights,
            packages: &packages,
            client_ids: &["c".to_owned(), "C".to_owned()],
            redirect_urls: &["http://vendor.example".to_owned()],
            visible: true,
        };
        let known = Known { id_taken: true, bound_clients: vec!["c".into(), "C".into()], ..known() };
        let faults = check_new(&draft, &known);
        assert_eq!(numbers(&faults), [13, 1, 2, 5, 4, 9, 3, 17, 6, 8, 7, 18]);
        assert_eq!(faults[2].title, "The system id already exists");
        assert_eq!(faults[6].extension, Some(("ResourceIds Not Found : ", "missing".to_owned())));
        assert_eq!(
            faults[9].extension,
            Some((
                "Invalid Urn Details : ",
                "Invalid format: short | Not found: urn:altinn:accesspackage:unknown | \
                 Not possible to delegate: urn:altinn:accesspackage:none"
                    .to_owned()
            ))
        );
        assert_eq!(numbers(&check_replacement(&draft, &known)), [11, 4, 4, 9, 3, 17, 6, 8, 7, 18]);
    }

    #[test]
    fn an_action_makes_a_right_no_duplicate() {
        let mut read = Right::to_resource("good");
        read.action = Some("read".to_owned());
        assert_eq!(check_rights(&[read, Right::to_resource("good")], &known()), []);
    }

    #[test]
    fn invisible_systems_may_serve_clients_only() {
        let packages = [package("urn:altinn:accesspackage:client")];
        assert_eq!(numbers(&check_packages(&packages, true, &known())), [18]);
        assert_eq!(check_packages(&packages, false, &known()), []);
    }

    #[test]
    fn vendor_references() {
        assert_eq!(org_no_of_reference("0192:310000001"), Some("310000001"));
        for bad in ["310000001", "9908:310000001", "0192:", "0192:31000000x", "0192:3100000011"] {
            assert_eq!(org_no_of_reference(bad), None, "{bad}");
        }
    }

    #[test]
    fn redirect_urls_must_be_absolute_https() {
        assert!(is_absolute_https("https://vendor.example/a?b=c"));
        for bad in ["/done", "http://vendor.example", "javascript:alert(1)", "https://", "vendor.example"] {
            assert!(!is_absolute_https(bad), "{bad}");
        }
    }
}
