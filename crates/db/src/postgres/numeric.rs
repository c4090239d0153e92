//! The binary form of `numeric`: groups of four decimal digits around the point.

const NEGATIVE: u16 = 0x4000;

/// Encodes plain decimal digits such as `-12.50`.
pub(super) fn encode(text: &str, out: &mut bytes::BytesMut) -> Result<(), String> {
    use bytes::BufMut as _;
    let wrong = || format!("{text:?} is not a decimal number");
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (NEGATIVE, digits),
        None => (0, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let plain = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if !plain(whole) || !plain(fraction) || whole.is_empty() && fraction.is_empty() || digits.len() > 1000 {
        return Err(wrong());
    }
    let scale = u16::try_from(fraction.len()).map_err(|_| wrong())?;
    let padded = format!("{}{whole}", "0".repeat((4 - whole.len() % 4) % 4));
    let mut weight = padded.len() / 4;
    let tail = format!("{fraction}{}", "0".repeat((4 - fraction.len() % 4) % 4));
    let all = padded + &tail;
    let groups = all.as_bytes().chunks(4);
    let mut groups: Vec<i16> =
        groups.map(|g| g.iter().fold(0, |sum, digit| sum * 10 + i16::from(digit - b'0'))).collect();
    while groups.last() == Some(&0) {
        groups.pop();
    }
    let zeros = groups.iter().take_while(|g| **g == 0).count();
    groups.drain(..zeros);
    if groups.is_empty() {
        weight = 1;
    }
    let weight = if groups.is_empty() { 0 } else { weight as i16 - 1 - zeros as i16 };
    out.put_i16(groups.len() as i16);
    out.put_i16(weight);
    out.put_u16(if groups.is_empty() { 0 } else { sign });
    out.put_u16(scale);
    for group in groups {
        out.put_i16(group);
    }
    Ok(())
}

/// Decodes to plain decimal digits with as many places as the value carries.
pub(super) fn decode(raw: &[u8]) -> Result<String, String> {
    let field = |i: usize| raw.get(2 * i..2 * i + 2).map(|b| i16::from_be_bytes([b[0], b[1]]));
    let cut = || "numeric is cut short".to_owned();
    let (count, weight) = (field(0).ok_or_else(cut)?, field(1).ok_or_else(cut)?);
    let (sign, scale) = (field(2).ok_or_else(cut)? as u16, field(3).ok_or_else(cut)? as u16);
    if sign > NEGATIVE {
        return Err("numeric is not a number".to_owned());
    }
    let groups: Vec<i16> =
        (0..count as usize).map(|i| field(4 + i).ok_or_else(cut)).collect::<Result<_, _>>()?;
    let group = |power: i32| {
        usize::try_from(i32::from(weight) - power).ok().and_then(|i| groups.get(i)).copied().unwrap_or(0)
    };
    let digits = |powers: &mut dyn Iterator<Item = i32>| {
        powers.fold(String::new(), |text, power| text + &format!("{:04}", group(power)))
    };
    let whole = digits(&mut (0..=i32::from(weight).max(0)).rev());
    let whole = whole.trim_start_matches('0');
    let mut out = String::from(if sign == NEGATIVE { "-" } else { "" });
    out.push_str(if whole.is_empty() { "0" } else { whole });
    if scale > 0 {
        let places = digits(&mut (1..=(i32::from(scale) + 3) / 4).map(|power| -power));
        out.push('.');
        out.push_str(&places[..scale.into()]);
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_survive() {
        for text in [
            "0",
            "0.00",
            "1",
            "-1",
            "10000",
            "12345678.90",
            "-0.0001",
            "0.00001",
            "99999999999999999999.12",
            "100000000",
        ] {
            let mut raw = bytes::BytesMut::new();
            encode(text, &mut raw).unwrap();
            assert_eq!(decode(&raw).unwrap(), text);
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in ["", "-", "1e3", "1,5", "NaN", "1.2.3", " 1"] {
            assert!(encode(text, &mut bytes::BytesMut::new()).is_err(), "{text}");
        }
        assert!(decode(&[0, 1, 0]).is_err());
    }
}
