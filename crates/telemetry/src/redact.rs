//! Takes what must not be logged out of a line of text.

use std::borrow::Cow;

/// Masks runs of exactly eleven digits (national identity numbers) and compact JWTs in `line`. Grows linearly with its length.
pub fn redact(line: &str) -> Cow<'_, str> {
    let bytes = line.as_bytes();
    let mut out = String::new();
    let mut kept = 0;
    let mut at = 0;
    while at < bytes.len() {
        let word_start = starts_word(bytes, at);
        let end = if !word_start {
            None
        } else if bytes[at].is_ascii_digit() {
            eleven_digits(bytes, at)
        } else if bytes[at..].starts_with(b"eyJ") {
            jwt(bytes, at)
        } else {
            None
        };
        match end {
            Some(end) => {
                out.push_str(&line[kept..at]);
                out.push_str(if bytes[at].is_ascii_digit() { "***********" } else { "[token]" });
                kept = end;
                at = end;
            }
            None => at += 1,
        }
    }
    if kept == 0 {
        return Cow::Borrowed(line);
    }
    out.push_str(&line[kept..]);
    Cow::Owned(out)
}

/// Begins a word, also behind an escape of JSON (`\n`) or of an address (`%3A`), whose last letter is none of the word.
fn starts_word(bytes: &[u8], at: usize) -> bool {
    match bytes[..at] {
        [.., b'%', a, b] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit() => true,
        [] | [.., b'\\', b'b' | b'f' | b'n' | b'r' | b't'] => true,
        [.., before] => !is_word(before),
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
}

fn eleven_digits(bytes: &[u8], at: usize) -> Option<usize> {
    let digits = bytes[at..].iter().take(12).take_while(|b| b.is_ascii_digit()).count();
    let next_is_word = bytes.get(at + digits).is_some_and(|b| is_word(*b));
    (digits == 11 && !next_is_word).then_some(at + digits)
}

fn jwt(bytes: &[u8], at: usize) -> Option<usize> {
    let length = bytes[at..]
        .iter()
        .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'='))
        .count();
    let segments = bytes[at..at + length].split(|b| *b == b'.').count();
    (segments >= 3).then_some(at + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identity_numbers_and_tokens_are_masked() {
        assert_eq!(redact("pid=21879498012, ok"), "pid=***********, ok");
        assert_eq!(
            redact("urn:altinn:person:identifier-no:21879498012"),
            "urn:altinn:person:identifier-no:***********"
        );
        assert_eq!(redact("subject=urn%3Aperson%3A21879498012&x"), "subject=urn%3Aperson%3A***********&x");
        assert_eq!(redact(r"a\n21879498012\n"), r"a\n***********\n");
        assert_eq!(redact("Bearer eyJhbGciOiJSUzI1NiJ9.e30.c2ln end"), "Bearer [token] end");
    }

    #[test]
    fn other_numbers_stay() {
        for text in ["310149942", "218794980123", "id 019a21879498012b", "12:11:10"] {
            assert_eq!(redact(text), text);
        }
    }
}
