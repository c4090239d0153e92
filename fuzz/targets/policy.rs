//! Policy XML: reading, compiling and both evaluators never panic; what has been read evaluates the same way twice.
#![no_main]

use libfuzzer_sys::fuzz_target;
use xacml::{CompiledPolicy, PolicyDocument, Profile};

const ASKED: &str = include_str!("../seeds/request/person.json");

fuzz_target!(|xml: &str| {
    let Ok(document) = xacml::read_policy_document(xml) else { return };
    let asked = serde_json::from_str(ASKED).expect("the seed is JSON");
    let request = xacml::read_request_json(&asked, Profile::Standard).expect("the seed is a request");
    let now = request_time();
    let others = std::slice::from_ref(&document);
    let answer = xacml::evaluate(&document, others, &request, now);
    assert_eq!(
        xacml::write_response_xml(&answer),
        xacml::write_response_xml(&xacml::evaluate(&document, others, &request, now))
    );
    if let PolicyDocument::Policy(policy) = document {
        let compiled = CompiledPolicy::new(*policy);
        let verdict = compiled.evaluate(&request, now);
        let _ = (compiled.result(&request, &verdict), compiled.explain(&request), compiled.obligations());
    }
});

fn request_time() -> jiff::Timestamp {
    jiff::Timestamp::from_second(1_790_000_000).expect("a time")
}
