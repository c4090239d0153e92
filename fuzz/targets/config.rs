//! Settings from the environment: any text is taken or refused with a reason.
#![no_main]

use config::Config;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: (String, String)| {
    let (name, value) = data;
    let variables = [(format!("ALLTING_{name}"), value.clone())];
    let _ = Config::load(None, variables.into_iter(), &vec![(name, value)]);
});
