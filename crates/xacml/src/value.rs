//! Data types and their values.

use crate::time::{
    DateTime, parse_date, parse_date_time, parse_duration_seconds, parse_time, parse_year_month,
};
use std::cmp::Ordering;

const XSD: &str = "http://www.w3.org/2001/XMLSchema#";

/// A data type.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the standard's own names")]
pub enum DataType {
    String,
    Boolean,
    Integer,
    Double,
    Time,
    Date,
    DateTime,
    DayTimeDuration,
    YearMonthDuration,
    AnyUri,
    HexBinary,
    Base64Binary,
    Rfc822Name,
    X500Name,
    IpAddress,
    DnsName,
    /// One that this engine only carries.
    Other(String),
}

impl DataType {
    /// From its URI.
    pub fn from_uri(uri: &str) -> Self {
        let known = match uri {
            "urn:oasis:names:tc:xacml:1.0:data-type:rfc822Name" => Some(Self::Rfc822Name),
            "urn:oasis:names:tc:xacml:1.0:data-type:x500Name" => Some(Self::X500Name),
            "urn:oasis:names:tc:xacml:2.0:data-type:ipAddress" => Some(Self::IpAddress),
            "urn:oasis:names:tc:xacml:2.0:data-type:dnsName" => Some(Self::DnsName),
            "http://www.w3.org/TR/2002/WD-xquery-operators-20020816#dayTimeDuration"
            | "urn:oasis:names:tc:xacml:2.0:data-type:dayTimeDuration" => Some(Self::DayTimeDuration),
            "http://www.w3.org/TR/2002/WD-xquery-operators-20020816#yearMonthDuration"
            | "urn:oasis:names:tc:xacml:2.0:data-type:yearMonthDuration" => Some(Self::YearMonthDuration),
            _ => uri.strip_prefix(XSD).and_then(Self::from_short_name),
        };
        known.unwrap_or_else(|| Self::Other(uri.to_owned()))
    }

    /// From the name used in function identifiers and in the JSON profile (`string`, `anyURI`, `dateTime` …).
    pub fn from_short_name(name: &str) -> Option<Self> {
        Some(match name {
            "string" => Self::String,
            "boolean" => Self::Boolean,
            "integer" => Self::Integer,
            "double" => Self::Double,
            "time" => Self::Time,
            "date" => Self::Date,
            "dateTime" => Self::DateTime,
            "dayTimeDuration" => Self::DayTimeDuration,
            "yearMonthDuration" => Self::YearMonthDuration,
            "anyURI" => Self::AnyUri,
            "hexBinary" => Self::HexBinary,
            "base64Binary" => Self::Base64Binary,
            "rfc822Name" => Self::Rfc822Name,
            "x500Name" => Self::X500Name,
            "ipAddress" => Self::IpAddress,
            "dnsName" => Self::DnsName,
            _ => return None,
        })
    }

    /// The URI.
    pub fn uri(&self) -> &str {
        match self {
            Self::String => "http://www.w3.org/2001/XMLSchema#string",
            Self::Boolean => "http://www.w3.org/2001/XMLSchema#boolean",
            Self::Integer => "http://www.w3.org/2001/XMLSchema#integer",
            Self::Double => "http://www.w3.org/2001/XMLSchema#double",
            Self::Time => "http://www.w3.org/2001/XMLSchema#time",
            Self::Date => "http://www.w3.org/2001/XMLSchema#date",
            Self::DateTime => "http://www.w3.org/2001/XMLSchema#dateTime",
            Self::DayTimeDuration => "http://www.w3.org/2001/XMLSchema#dayTimeDuration",
            Self::YearMonthDuration => "http://www.w3.org/2001/XMLSchema#yearMonthDuration",
            Self::AnyUri => "http://www.w3.org/2001/XMLSchema#anyURI",
            Self::HexBinary => "http://www.w3.org/2001/XMLSchema#hexBinary",
            Self::Base64Binary => "http://www.w3.org/2001/XMLSchema#base64Binary",
            Self::Rfc822Name => "urn:oasis:names:tc:xacml:1.0:data-type:rfc822Name",
            Self::X500Name => "urn:oasis:names:tc:xacml:1.0:data-type:x500Name",
            Self::IpAddress => "urn:oasis:names:tc:xacml:2.0:data-type:ipAddress",
            Self::DnsName => "urn:oasis:names:tc:xacml:2.0:data-type:dnsName",
            Self::Other(uri) => uri,
        }
    }
}

/// A parsed value.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    Boolean(bool),
    Integer(i128),
    Double(f64),
    Time(DateTime),
    Date(DateTime),
    DateTime(DateTime),
    /// Microseconds.
    DayTime(i128),
    /// Months.
    YearMonth(i64),
    Hex(Vec<u8>),
    Base64(Vec<u8>),
    /// Strings and everything compared as text; the text is in its canonical form.
    Text(DataType, String),
}

impl Value {
    pub(crate) fn string(text: impl Into<String>) -> Self {
        Self::Text(DataType::String, text.into())
    }

    /// Parses a literal; the error names the type.
    pub(crate) fn parse(data_type: &DataType, raw: &str) -> Result<Self, String> {
        let text = raw.trim();
        let parsed = match data_type {
            DataType::String | DataType::Other(_) => Some(Self::Text(data_type.clone(), raw.to_owned())),
            DataType::AnyUri | DataType::DnsName | DataType::IpAddress => {
                Some(Self::Text(data_type.clone(), text.to_owned()))
            }
            DataType::Boolean => match text {
                "true" | "1" => Some(Self::Boolean(true)),
                "false" | "0" => Some(Self::Boolean(false)),
                _ => None,
            },
            DataType::Integer => text.strip_prefix('+').unwrap_or(text).parse().ok().map(Self::Integer),
            DataType::Double => match text {
                "INF" => Some(Self::Double(f64::INFINITY)),
                "-INF" => Some(Self::Double(f64::NEG_INFINITY)),
                "NaN" => Some(Self::Double(f64::NAN)),
                number if number.contains(['i', 'n', 'I', 'N']) => None,
                number => number.parse().ok().map(Self::Double),
            },
            DataType::Time => parse_time(text).map(Self::Time),
            DataType::Date => parse_date(text).map(Self::Date),
            DataType::DateTime => parse_date_time(text).map(Self::DateTime),
            DataType::DayTimeDuration => parse_duration_seconds(text).map(Self::DayTime),
            DataType::YearMonthDuration => parse_year_month(text).map(Self::YearMonth),
            DataType::HexBinary => parse_hex(text).map(Self::Hex),
            DataType::Base64Binary => parse_base64(text).map(Self::Base64),
            DataType::Rfc822Name => text.split_once('@').map(|(local, domain)| {
                Self::Text(DataType::Rfc822Name, format!("{local}@{}", domain.to_ascii_lowercase()))
            }),
            DataType::X500Name => Some(Self::Text(DataType::X500Name, canonical_x500(text))),
        };
        parsed.ok_or_else(|| format!("{raw:?} is not a {}", data_type.uri()))
    }

    pub(crate) fn data_type(&self) -> DataType {
        match self {
            Self::Boolean(_) => DataType::Boolean,
            Self::Integer(_) => DataType::Integer,
            Self::Double(_) => DataType::Double,
            Self::Time(_) => DataType::Time,
            Self::Date(_) => DataType::Date,
            Self::DateTime(_) => DataType::DateTime,
            Self::DayTime(_) => DataType::DayTimeDuration,
            Self::YearMonth(_) => DataType::YearMonthDuration,
            Self::Hex(_) => DataType::HexBinary,
            Self::Base64(_) => DataType::Base64Binary,
            Self::Text(data_type, _) => data_type.clone(),
        }
    }

    /// The value written out.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Boolean(value) => value.to_string(),
            Self::Integer(value) => value.to_string(),
            Self::Double(value) if value.is_nan() => "NaN".to_owned(),
            Self::Double(value) if value.is_infinite() => {
                if *value > 0.0 { "INF" } else { "-INF" }.to_owned()
            }
            Self::Double(value) => format!("{value:?}"),
            Self::Time(value) => value.time_text(),
            Self::Date(value) => value.date_text(),
            Self::DateTime(value) => value.date_time_text(),
            Self::DayTime(micros) => crate::time::day_time_text(*micros),
            Self::YearMonth(months) => crate::time::year_month_text(*months),
            Self::Hex(bytes) => bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02X}")),
            Self::Base64(bytes) => write_base64(bytes),
            Self::Text(_, text) => text.clone(),
        }
    }

    /// Equality of two values of one type; values of different types are never equal.
    pub(crate) fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Text(a, x), Self::Text(b, y)) => a == b && x == y,
            (Self::Boolean(a), Self::Boolean(b)) => a == b,
            (Self::Hex(a), Self::Hex(b)) | (Self::Base64(a), Self::Base64(b)) => a == b,
            _ => self.order(other) == Some(Ordering::Equal),
        }
    }

    /// Order of two values of one ordered type.
    pub(crate) fn order(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Integer(a), Self::Integer(b)) | (Self::DayTime(a), Self::DayTime(b)) => Some(a.cmp(b)),
            (Self::Double(a), Self::Double(b)) => a.partial_cmp(b),
            (Self::Time(a), Self::Time(b))
            | (Self::Date(a), Self::Date(b))
            | (Self::DateTime(a), Self::DateTime(b)) => Some(a.instant().cmp(&b.instant())),
            (Self::YearMonth(a), Self::YearMonth(b)) => Some(a.cmp(b)),
            (Self::Text(DataType::String, a), Self::Text(DataType::String, b)) => Some(a.cmp(b)),
            _ => None,
        }
    }
}

fn parse_hex(text: &str) -> Option<Vec<u8>> {
    if !text.is_ascii() || text.len() % 2 == 1 {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok()).collect()
}

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn parse_base64(text: &str) -> Option<Vec<u8>> {
    let mut bits = 0_u32;
    let mut held = 0;
    let mut bytes = Vec::new();
    for byte in text.bytes().filter(|byte| !byte.is_ascii_whitespace()) {
        if byte == b'=' {
            continue;
        }
        let digit = u32::try_from(BASE64.iter().position(|known| *known == byte)?).ok()?;
        bits = (bits << 6) | digit;
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
            bits &= (1 << held) - 1;
        }
    }
    Some(bytes)
}

fn write_base64(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let word =
            chunk.iter().enumerate().fold(0_u32, |word, (at, byte)| word | u32::from(*byte) << (16 - 8 * at));
        for at in 0..4 {
            if at <= chunk.len() {
                text.push(char::from(BASE64[(word >> (18 - 6 * at)) as usize & 63]));
            } else {
                text.push('=');
            }
        }
    }
    text
}

/// RDNs without padding, lower case; enough for equality and suffix match of ordinary names.
fn canonical_x500(text: &str) -> String {
    let mut names: Vec<String> = Vec::new();
    for part in text.split([',', ';']) {
        let attributes: Vec<String> = part
            .split('+')
            .map(|pair| {
                let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
                format!("{}={}", name.trim().to_lowercase(), value.to_lowercase())
            })
            .collect();
        names.push(attributes.join("+"));
    }
    names.join(",")
}
