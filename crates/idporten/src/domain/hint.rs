//! `login_hint=testid:<pid>_<acr>`: login without pages, for automated tests.

use super::acr::Acr;

/// What the hint asks for.
#[derive(Debug, PartialEq, Eq)]
pub struct TestId<'a> {
    pub pid: &'a str,
    /// Absent: the client's own minimum.
    pub acr: Option<Acr>,
}

/// Why a hint that begins with `testid:` cannot be used.
#[derive(Debug, PartialEq, Eq)]
pub struct BadHint;

/// `None` when the hint is not meant for the test login at all.
pub fn parse(hint: &str) -> Option<Result<TestId<'_>, BadHint>> {
    // WIRE: clients send the colon encoded twice now and then (identity §2.8).
    let rest = hint.strip_prefix("testid:").or_else(|| hint.strip_prefix("testid%3A"))?;
    let (pid, acr) = match rest.split_once('_') {
        None => (rest, None),
        Some((pid, acr)) => match Acr::parse(acr) {
            Some(acr) => (pid, Some(acr)),
            None => return Some(Err(BadHint)),
        },
    };
    let digits = pid.len() == 11 && pid.bytes().all(|b| b.is_ascii_digit());
    Some(if digits { Ok(TestId { pid, acr }) } else { Err(BadHint) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_number_and_level() {
        let hint = parse("testid:28876895937_idporten-loa-substantial");
        assert_eq!(hint, Some(Ok(TestId { pid: "28876895937", acr: Some(Acr::Substantial) })));
        assert_eq!(parse("testid%3A28876895937"), Some(Ok(TestId { pid: "28876895937", acr: None })));
    }

    #[test]
    fn refuses_what_is_not_a_number_or_level() {
        assert_eq!(parse("testid:2887689593"), Some(Err(BadHint)));
        assert_eq!(parse("testid:28876895937_superb"), Some(Err(BadHint)));
        assert_eq!(parse("someone@example.com"), None);
    }
}
