//! Envelope encryption: each blob is sealed under a key of its own, and that key is wrapped by a master key.
//!
//! Content is cut into segments of 64 KiB, each sealed with AES-256-GCM. The nonce of a segment is its number and whether it
//! is the last (STREAM: Hoang, Reyhanitabar, Rogaway, Vizár, 2015), so segments that are missing, moved or added are noticed. A nonce
//! can be this plain because no key seals more than one content.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rand;

/// Bytes of a key.
pub const KEY: usize = 32;
const SEGMENT: usize = 64 * 1024;
const TAG: usize = 16;
/// First byte of a sealed content: how it is sealed.
const FORM: u8 = 1;

/// A key as the cipher wants it.
pub fn cipher(key: &[u8; KEY]) -> Result<LessSafeKey, Unspecified> {
    UnboundKey::new(&AES_256_GCM, key).map(LessSafeKey::new)
}

/// Bytes that nobody can guess.
pub fn random<const N: usize>() -> Result<[u8; N], Unspecified> {
    let mut bytes = [0; N];
    rand::fill(&mut bytes)?;
    Ok(bytes)
}

fn nonce(number: usize, last: bool) -> Result<Nonce, Unspecified> {
    let mut bytes = [0; NONCE_LEN];
    let number = u32::try_from(number).map_err(|_| Unspecified)?;
    bytes[7..11].copy_from_slice(&number.to_be_bytes());
    bytes[11] = u8::from(last);
    Ok(Nonce::assume_unique_for_key(bytes))
}

/// Seals the one content of `key`, bound to `context`.
pub fn seal(key: &[u8; KEY], context: &str, content: &[u8]) -> Result<Vec<u8>, Unspecified> {
    let cipher = cipher(key)?;
    let count = content.len().div_ceil(SEGMENT).max(1);
    let mut sealed = Vec::with_capacity(1 + content.len() + count * TAG);
    sealed.push(FORM);
    for number in 0..count {
        let segment = &content[number * SEGMENT..content.len().min((number + 1) * SEGMENT)];
        let start = sealed.len();
        sealed.extend_from_slice(segment);
        let nonce = nonce(number, number + 1 == count)?;
        let tag =
            cipher.seal_in_place_separate_tag(nonce, Aad::from(context.as_bytes()), &mut sealed[start..])?;
        sealed.extend_from_slice(tag.as_ref());
    }
    Ok(sealed)
}

/// The content, if every byte of `sealed` is as it was.
pub fn open(key: &[u8; KEY], context: &str, sealed: &[u8]) -> Result<Vec<u8>, Unspecified> {
    let cipher = cipher(key)?;
    let Some((&FORM, body)) = sealed.split_first() else { return Err(Unspecified) };
    let count = body.len().div_ceil(SEGMENT + TAG);
    let mut content = Vec::with_capacity(body.len());
    for (number, segment) in body.chunks(SEGMENT + TAG).enumerate() {
        let start = content.len();
        content.extend_from_slice(segment);
        let nonce = nonce(number, number + 1 == count)?;
        let aad = Aad::from(context.as_bytes());
        let length = cipher.open_in_place(nonce, aad, &mut content[start..])?.len();
        content.truncate(start + length);
    }
    if count == 0 { Err(Unspecified) } else { Ok(content) }
}

/// Wraps a blob's key under a master key.
pub fn wrap(master: &LessSafeKey, context: &str, key: &[u8; KEY]) -> Result<Vec<u8>, Unspecified> {
    let nonce = random::<NONCE_LEN>()?;
    let mut wrapped = Vec::with_capacity(NONCE_LEN + KEY + TAG);
    wrapped.extend_from_slice(&nonce);
    wrapped.extend_from_slice(key);
    let tag = master.seal_in_place_separate_tag(
        Nonce::assume_unique_for_key(nonce),
        Aad::from(context.as_bytes()),
        &mut wrapped[NONCE_LEN..],
    )?;
    wrapped.extend_from_slice(tag.as_ref());
    Ok(wrapped)
}

/// The blob's key that was wrapped.
pub fn unwrap(master: &LessSafeKey, context: &str, wrapped: &[u8]) -> Result<[u8; KEY], Unspecified> {
    let (nonce, body) = wrapped.split_at_checked(NONCE_LEN).ok_or(Unspecified)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce)?;
    let mut body = body.to_vec();
    let key = master.open_in_place(nonce, Aad::from(context.as_bytes()), &mut body)?;
    <[u8; KEY]>::try_from(&*key).map_err(|_| Unspecified)
}

#[cfg(test)]
mod tests {
    use super::*;

    const K: [u8; KEY] = [7; KEY];

    #[test]
    fn contents_of_every_size_come_back() {
        for size in [0, 1, SEGMENT - 1, SEGMENT, SEGMENT + 1, 3 * SEGMENT, 3 * SEGMENT + 5] {
            let content: Vec<u8> = (0..size).map(|i| i as u8).collect();
            let sealed = seal(&K, "a/1", &content).unwrap();
            assert_eq!(sealed.len(), 1 + size + size.div_ceil(SEGMENT).max(1) * TAG);
            assert_eq!(open(&K, "a/1", &sealed).unwrap(), content);
        }
    }

    #[test]
    fn what_was_changed_cut_moved_or_given_another_name_does_not_open() {
        let content: Vec<u8> = (0..3 * SEGMENT).map(|i| (i / 7) as u8).collect();
        let sealed = seal(&K, "a/1", &content).unwrap();
        for at in [0, 1, SEGMENT, sealed.len() / 2, sealed.len() - 1] {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(open(&K, "a/1", &changed).is_err(), "byte {at}");
        }
        let whole = SEGMENT + TAG;
        for length in [0, 1, TAG, 1 + whole, 1 + 2 * whole, sealed.len() - 1] {
            assert!(open(&K, "a/1", &sealed[..length]).is_err(), "cut to {length}");
        }
        let (form, body) = sealed.split_at(1);
        let (first, rest) = body.split_at(whole);
        let (second, rest) = rest.split_at(whole);
        let swapped = [form, second, first, rest];
        assert!(open(&K, "a/1", &swapped.concat()).is_err());
        assert!(open(&K, "a/1", &[&sealed[..], &sealed[1..]].concat()).is_err());
        assert!(open(&K, "a/2", &sealed).is_err());
        assert!(open(&[8; KEY], "a/1", &sealed).is_err());
    }

    #[test]
    fn a_wrapped_key_opens_under_its_master_and_name_only() {
        let (one, two) = (cipher(&[1; KEY]).unwrap(), cipher(&[2; KEY]).unwrap());
        let wrapped = wrap(&one, "k/a/1", &K).unwrap();
        assert_eq!(unwrap(&one, "k/a/1", &wrapped).unwrap(), K);
        assert_ne!(wrap(&one, "k/a/1", &K).unwrap(), wrapped);
        assert!(unwrap(&two, "k/a/1", &wrapped).is_err());
        assert!(unwrap(&one, "k/a/2", &wrapped).is_err());
        assert!(unwrap(&one, "k/a/1", &wrapped[..5]).is_err());
    }
}
