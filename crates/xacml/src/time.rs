//! Dates, times and durations with an optional zone, as XML Schema writes them. A value without a zone is taken as UTC.

use jiff::civil;
use jiff::{Span, Timestamp, ToSpan};

const MICROS_PER_SECOND: i128 = 1_000_000;

/// Civil date and time with the zone that was written, if any.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DateTime {
    civil: civil::DateTime,
    offset_minutes: Option<i32>,
}

impl DateTime {
    pub(crate) fn at(instant: Timestamp) -> Self {
        Self { civil: instant.to_zoned(jiff::tz::TimeZone::UTC).datetime(), offset_minutes: Some(0) }
    }

    /// Microseconds since 1970 in UTC.
    pub(crate) fn instant(&self) -> i128 {
        let epoch = civil::date(1970, 1, 1).at(0, 0, 0, 0);
        let since = self.civil.duration_since(epoch).as_micros();
        since - i128::from(self.offset_minutes.unwrap_or(0)) * 60 * MICROS_PER_SECOND
    }

    /// Microseconds into the day, in UTC, without wrapping over midnight.
    pub(crate) fn add_micros(&self, micros: i128) -> Option<Self> {
        let micros = i64::try_from(micros).ok()?;
        let civil = self.civil.checked_add(Span::new().try_microseconds(micros).ok()?).ok()?;
        Some(Self { civil, ..*self })
    }

    pub(crate) fn add_months(&self, months: i64) -> Option<Self> {
        let civil = self.civil.checked_add(Span::new().try_months(months).ok()?).ok()?;
        Some(Self { civil, ..*self })
    }

    /// The same clock time with a zone: what `time-in-range` gives a bare time.
    pub(crate) fn with_zone_of(&self, other: &Self) -> Self {
        Self { offset_minutes: self.offset_minutes.or(other.offset_minutes), ..*self }
    }

    pub(crate) fn next_day(&self) -> Self {
        Self { civil: self.civil.checked_add(1.day()).unwrap_or(self.civil), ..*self }
    }

    pub(crate) fn date_only(&self) -> Self {
        Self { civil: self.civil.date().at(0, 0, 0, 0), ..*self }
    }

    pub(crate) fn time_only(&self) -> Self {
        Self { civil: civil::date(1970, 1, 1).to_datetime(self.civil.time()), ..*self }
    }

    fn zone_text(&self) -> String {
        match self.offset_minutes {
            None => String::new(),
            Some(0) => "Z".to_owned(),
            Some(minutes) => {
                let sign = if minutes < 0 { '-' } else { '+' };
                format!("{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
            }
        }
    }

    pub(crate) fn time_text(&self) -> String {
        format!("{}{}", self.civil.time(), self.zone_text())
    }

    pub(crate) fn date_text(&self) -> String {
        format!("{}{}", self.civil.date(), self.zone_text())
    }

    pub(crate) fn date_time_text(&self) -> String {
        format!("{}{}", self.civil, self.zone_text())
    }
}

/// Splits a zone off the end; `skip` characters at the start cannot be a zone (the hyphens of a date).
fn split_zone(text: &str, skip: usize) -> Option<(&str, Option<i32>)> {
    if let Some(bare) = text.strip_suffix('Z') {
        return Some((bare, Some(0)));
    }
    let tail = text.get(skip..)?;
    let Some(at) = tail.rfind(['+', '-']) else { return Some((text, None)) };
    let (hours, minutes) = tail[at + 1..].split_once(':')?;
    if hours.len() != 2 || minutes.len() != 2 {
        return None;
    }
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    if hours > 14 || minutes > 59 {
        return None;
    }
    let sign = if tail.as_bytes()[at] == b'-' { -1 } else { 1 };
    Some((&text[..skip + at], Some(sign * (hours * 60 + minutes))))
}

fn civil_time(text: &str) -> Option<civil::Time> {
    let colons = text.matches(':').count();
    (colons == 2 && text.as_bytes().first()?.is_ascii_digit()).then(|| text.parse().ok())?
}

fn civil_date(text: &str) -> Option<civil::Date> {
    let ymd = text.len() == 10 && text.matches('-').count() == 2;
    ymd.then(|| text.parse().ok())?
}

pub(crate) fn parse_time(text: &str) -> Option<DateTime> {
    let (bare, offset_minutes) = split_zone(text, 0)?;
    Some(DateTime { civil: civil::date(1970, 1, 1).to_datetime(civil_time(bare)?), offset_minutes })
}

pub(crate) fn parse_date(text: &str) -> Option<DateTime> {
    let (bare, offset_minutes) = split_zone(text, 10)?;
    Some(DateTime { civil: civil_date(bare)?.at(0, 0, 0, 0), offset_minutes })
}

pub(crate) fn parse_date_time(text: &str) -> Option<DateTime> {
    let (bare, offset_minutes) = split_zone(text, 10)?;
    let (date, time) = bare.split_once('T')?;
    Some(DateTime { civil: civil_date(date)?.to_datetime(civil_time(time)?), offset_minutes })
}

/// `-P3DT4H5M6.7S` in microseconds.
pub(crate) fn parse_duration_seconds(text: &str) -> Option<i128> {
    let (negative, body) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let body = body.strip_prefix('P')?;
    let (days, clock) = match body.split_once('T') {
        Some((_, "")) => return None,
        Some((days, clock)) => (days, clock),
        None => (body, ""),
    };
    if days.is_empty() && clock.is_empty() {
        return None;
    }
    let mut total = 0_i128;
    if !days.is_empty() {
        total += days.strip_suffix('D')?.parse::<u32>().ok().map(i128::from)? * 86_400 * MICROS_PER_SECOND;
    }
    let mut rest = clock;
    for (unit, seconds) in [('H', 3600), ('M', 60)] {
        if let Some((number, after)) = rest.split_once(unit) {
            total += number.parse::<u32>().ok().map(i128::from)? * seconds * MICROS_PER_SECOND;
            rest = after;
        }
    }
    if !rest.is_empty() {
        let seconds = rest.strip_suffix('S')?;
        let (whole, fraction) = seconds.split_once('.').unwrap_or((seconds, "0"));
        total += whole.parse::<u32>().ok().map(i128::from)? * MICROS_PER_SECOND;
        let digits: String = fraction.chars().chain("000000".chars()).take(6).collect();
        total += digits.parse::<u32>().ok().map(i128::from)?;
    }
    Some(if negative { -total } else { total })
}

/// `P1Y2M` in months.
pub(crate) fn parse_year_month(text: &str) -> Option<i64> {
    let (negative, body) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let mut rest = body.strip_prefix('P')?;
    if rest.is_empty() {
        return None;
    }
    let mut months = 0_i64;
    if let Some((years, after)) = rest.split_once('Y') {
        months += i64::from(years.parse::<u32>().ok()?) * 12;
        rest = after;
    }
    if !rest.is_empty() {
        months += i64::from(rest.strip_suffix('M')?.parse::<u32>().ok()?);
    }
    Some(if negative { -months } else { months })
}

pub(crate) fn day_time_text(micros: i128) -> String {
    let sign = if micros < 0 { "-" } else { "" };
    let (seconds, fraction) = (micros.abs() / MICROS_PER_SECOND, micros.abs() % MICROS_PER_SECOND);
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    let fraction = if fraction == 0 { String::new() } else { format!(".{fraction:06}") };
    format!("{sign}P{days}DT{}H{}M{}{fraction}S", rest / 3600, rest % 3600 / 60, rest % 60)
}

pub(crate) fn year_month_text(months: i64) -> String {
    let sign = if months < 0 { "-" } else { "" };
    format!("{sign}P{}Y{}M", months.abs() / 12, months.abs() % 12)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_told_from_hyphens() {
        let east = parse_date_time("2002-03-22T08:23:47-05:00").unwrap();
        let utc = parse_date_time("2002-03-22T13:23:47Z").unwrap();
        assert_eq!(east.instant(), utc.instant());
        assert_eq!(east.date_time_text(), "2002-03-22T08:23:47-05:00");
        assert!(parse_date("2002-03-22").is_some() && parse_date("2002-03-22+01:00").is_some());
        for bad in ["2002-3-22", "2002-03-22+1", "22:00", "", "2002-13-01", "å", "2002-03-2å+01:00"] {
            assert!(parse_date(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn durations() {
        assert_eq!(parse_duration_seconds("P1DT2H3M4.5S"), Some(93_784_500_000));
        assert_eq!(parse_duration_seconds("-PT1M"), Some(-60_000_000));
        assert_eq!(parse_year_month("P1Y2M"), Some(14));
        for bad in ["P", "PT", "1D", "P1H", "PT1", "P1Y1D"] {
            assert!(parse_duration_seconds(bad).is_none(), "{bad}");
        }
    }
}
