//! Times as the wire writes them.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// UTC with seven digits of fraction.
pub fn text(at: Timestamp) -> String {
    let civil = TimeZone::UTC.to_datetime(at);
    format!("{}{:07}Z", civil.strftime("%Y-%m-%dT%H:%M:%S."), civil.subsec_nanosecond() / 100)
}

/// Reads a time, which must carry an offset. Finer than a microsecond is cut.
pub fn parse(text: &str) -> Option<Timestamp> {
    text.parse().ok().map(kernel::clock::to_micros)
}

/// As HTTP headers have it.
pub fn http_date(at: Timestamp) -> String {
    TimeZone::UTC.to_datetime(at).strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// Without fraction and zone, as two refusals have it.
pub fn plain(at: Timestamp) -> String {
    TimeZone::UTC.to_datetime(at).strftime("%Y-%m-%dT%H:%M:%S").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seven_digits_and_a_z() {
        let at = parse("2026-01-02T04:04:05.123456789+01:00").unwrap();
        assert_eq!(text(at), "2026-01-02T03:04:05.1234560Z");
        assert_eq!(http_date(at), "Fri, 02 Jan 2026 03:04:05 GMT");
        assert_eq!(plain(at), "2026-01-02T03:04:05");
    }

    #[test]
    fn a_time_without_an_offset_is_refused() {
        assert_eq!(parse("2026-01-02T03:04:05"), None);
        assert_eq!(parse("2026-01-02"), None);
    }
}
