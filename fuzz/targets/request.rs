//! Decision requests as XML and as JSON in both profiles: never a panic, and what was read can be decided and written.
#![no_main]

use libfuzzer_sys::fuzz_target;
use xacml::{CompiledPolicy, Profile};

const POLICY: &str = include_str!("../seeds/policy/roles.xml");

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let policy = xacml::read_policy(POLICY).expect("the seed is a policy");
    let root = xacml::PolicyDocument::Policy(Box::new(policy.clone()));
    let compiled = CompiledPolicy::new(policy);
    let json = serde_json::from_str(text).ok();
    let read = |profile| json.as_ref().and_then(|json| xacml::read_request_json(json, profile).ok());
    let requests =
        [xacml::read_request_xml(text).ok(), read(Profile::Standard), read(Profile::Platform)];
    let now = jiff::Timestamp::from_second(1_790_000_000).expect("a time");
    for request in requests.into_iter().flatten() {
        let answer = xacml::evaluate(&root, &[], &request, now);
        let _ = (xacml::write_response_xml(&answer), xacml::write_response_json(&answer));
        let _ = xacml::write_platform_json(&answer);
        for single in request.split().into_iter().flatten() {
            let verdict = compiled.evaluate(&single, now);
            let _ = compiled.result(&single, &verdict);
        }
    }
});
