//! The W3C trace context of the request or job under way.

use std::fmt::Write;

tokio::task_local! {
    static CURRENT: Trace;
}

/// One place in a trace: the trace's id, the span's, and that of the span it is a part of, if any.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trace {
    trace: [u8; 16],
    span: [u8; 8],
    parent: Option<[u8; 8]>,
}

impl Trace {
    /// From random bytes: a new trace.
    pub fn new(random: [u8; 24]) -> Self {
        let (mut trace, mut span) = ([0; 16], [0; 8]);
        trace.copy_from_slice(&random[..16]);
        span.copy_from_slice(&random[16..]);
        // All zeros means "none" in this format.
        trace[0] |= u8::from(trace == [0; 16]);
        span[0] |= u8::from(span == [0; 8]);
        Self { trace, span, parent: None }
    }

    /// Reads a `traceparent`; `None` for anything that the specification does not allow.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let dashes = [2, 35, 52].iter().all(|at| bytes.get(*at) == Some(&b'-'));
        let version = hex::<1>(bytes.get(..2)?)?;
        let length = bytes.len() == 55 || (version != [0] && bytes.get(55) == Some(&b'-'));
        if !dashes || !length || version == [0xff] {
            return None;
        }
        let (trace, span) = (hex(&bytes[3..35])?, hex(&bytes[36..52])?);
        hex::<1>(&bytes[53..55])?;
        (trace != [0; 16] && span != [0; 8]).then_some(Self { trace, span, parent: None })
    }

    /// The same trace, with the span of `fresh` as a part of this one.
    pub fn child(self, fresh: Self) -> Self {
        Self { trace: self.trace, span: fresh.span, parent: Some(self.span) }
    }

    /// The ids of the trace, the span, and the span that it is a part of.
    pub fn parts(self) -> ([u8; 16], [u8; 8], Option<[u8; 8]>) {
        (self.trace, self.span, self.parent)
    }

    /// The trace's id, 32 hex digits.
    pub fn id(self) -> String {
        digits(&self.trace)
    }

    /// The span's id, 16 hex digits.
    pub fn span(self) -> String {
        digits(&self.span)
    }

    /// As a `traceparent`, sampled.
    pub fn parent(self) -> String {
        format!("00-{}-{}-01", self.id(), self.span())
    }
}

fn digits(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        // Writing to a String cannot fail.
        let _ = write!(out, "{byte:02x}");
        out
    })
}

/// Lower-case hex, as the specification wants it.
fn hex<const N: usize>(text: &[u8]) -> Option<[u8; N]> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let mut out = [0; N];
    if text.len() != 2 * N {
        return None;
    }
    for (byte, pair) in out.iter_mut().zip(text.chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(out)
}

/// The trace under way, if there is one.
pub fn current() -> Option<Trace> {
    CURRENT.try_with(|trace| *trace).ok()
}

/// Runs work as part of a trace.
pub async fn within<F: Future>(trace: Trace, work: F) -> F::Output {
    CURRENT.scope(trace, work).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_traceparent_is_read_as_the_specification_says() {
        let good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";
        let trace = Trace::parse(good).unwrap();
        assert_eq!(trace.id(), "4bf92f3577b34da6a3ce929d0e0e4736");
        assert_eq!(trace.parent(), format!("{}01", &good[..53]));
        assert!(Trace::parse(&format!("cc{}-more", &good[2..])).is_some(), "a later version may say more");
        for bad in [
            "",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00-x",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-00",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-00",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-00",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0x",
            "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00",
            "00-4bf92f3577b34da6a3ce929d0e0e473é-00f067aa0ba902b7-00",
        ] {
            assert_eq!(Trace::parse(bad), None, "{bad}");
        }
        let child = trace.child(Trace::new([9; 24]));
        assert_eq!((child.id(), child.span()), (trace.id(), "0909090909090909".to_owned()));
        assert_eq!((trace.parts().2, child.parts().2), (None, Some(trace.parts().1)));
    }
}
