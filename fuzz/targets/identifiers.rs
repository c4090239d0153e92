//! Identity numbers, organisation numbers, party URNs, ISO 6523 and scopes: reading what was written gives the same, and
//! no identity number passes the mask of the log.
#![no_main]

use kernel::{Iso6523, OrgNo, PartyUrn, Pid, ScopeSet};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(pid) = Pid::parse(text) {
        assert_eq!(pid.as_str(), text);
        let _ = (pid.kind(), pid.series(), pid.gender(), pid.birth_date());
        assert_ne!(pid.masked(), text);
    }
    if let Ok(org_no) = OrgNo::parse(text) {
        assert_eq!(org_no.as_str(), text);
        assert!(org_no.has_valid_check_digit());
    }
    if let Ok(urn) = PartyUrn::parse(text) {
        assert_eq!(PartyUrn::parse(&urn.to_urn()).expect("what we write we read"), urn);
    }
    if let Ok(id) = Iso6523::from_id(text) {
        assert_eq!(Iso6523::from_value(&id.to_value()).expect("what we write we read"), id);
    }
    let scopes = ScopeSet::parse(text);
    assert!(scopes.iter().all(|scope| scopes.contains(scope)));
    let masked = kernel::pid::mask_all(text);
    let longest_runs = masked.split(|c: char| !c.is_ascii_digit());
    assert!(longest_runs.into_iter().all(|run| run.len() != 11), "{masked}");
});
