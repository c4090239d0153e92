//! Dates and times as readers of a language expect them.

use crate::Language;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::sync::LazyLock;

static OSLO: LazyLock<TimeZone> = LazyLock::new(|| TimeZone::get("Europe/Oslo").unwrap_or(TimeZone::UTC));

const MONTHS: [[&str; 12]; 2] = [
    [
        "januar",
        "februar",
        "mars",
        "april",
        "mai",
        "juni",
        "juli",
        "august",
        "september",
        "oktober",
        "november",
        "desember",
    ],
    [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
];

/// A Norwegian time without an offset, as people write it: `2026-03-02` or `2026-03-02T09:00`.
pub fn local_time(text: &str) -> Option<Timestamp> {
    let local: jiff::civil::DateTime = text.parse().ok()?;
    Some(local.to_zoned(OSLO.clone()).ok()?.timestamp())
}

/// `22. november 2026`, `22 November 2026`
pub fn date(at: Timestamp, language: Language) -> String {
    let local = at.to_zoned(OSLO.clone());
    let month = usize::from(local.month().unsigned_abs()) - 1;
    match language {
        Language::Nb | Language::Nn => format!("{}. {} {}", local.day(), MONTHS[0][month], local.year()),
        Language::En => format!("{} {} {}", local.day(), MONTHS[1][month], local.year()),
    }
}

/// Date and clock: `22. november 2026 kl. 14.02`, `22 November 2026, 14:02`
pub fn time(at: Timestamp, language: Language) -> String {
    let local = at.to_zoned(OSLO.clone());
    let day = date(at, language);
    match language {
        Language::Nb | Language::Nn => format!("{day} kl. {:02}.{:02}", local.hour(), local.minute()),
        Language::En => format!("{day}, {:02}:{:02}", local.hour(), local.minute()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_norwegian_also_in_summer() {
        let at: Timestamp = "2026-06-30T22:05:00Z".parse().unwrap();
        assert_eq!(time(at, Language::Nb), "1. juli 2026 kl. 00.05");
        assert_eq!(time(at, Language::En), "1 July 2026, 00:05");
    }
}
