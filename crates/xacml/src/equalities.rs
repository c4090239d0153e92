//! Finds every literal that equals a value of the request, by one hash of that value.

use crate::value::DataType;

/// Equality comparisons by hash of (slot, text); `bucket[hash & mask]` lists candidates.
#[derive(Debug, Default)]
pub(crate) struct Equalities {
    buckets: Vec<Vec<Equality>>,
    fold: bool,
    exact: bool,
}

#[derive(Debug)]
pub(crate) struct Equality {
    pub(crate) slot: usize,
    pub(crate) bit: usize,
    pub(crate) folded: bool,
    pub(crate) data_type: DataType,
    pub(crate) literal: String,
}

/// FNV-1a over the text, lower-cased when `fold`.
fn hash(slot: usize, text: &str, fold: bool) -> usize {
    let mut state = 0xcbf2_9ce4_8422_2325_u64 ^ (slot as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut feed = |byte: u8| state = (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    if !fold {
        text.bytes().for_each(feed);
    } else if text.is_ascii() {
        text.bytes().for_each(|byte| feed(byte.to_ascii_lowercase()));
    } else {
        let mut buffer = [0; 4];
        text.chars()
            .flat_map(char::to_lowercase)
            .for_each(|c| c.encode_utf8(&mut buffer).bytes().for_each(&mut feed));
    }
    (state ^ (state >> 29)) as usize
}

fn equal_folded(a: &str, b: &str) -> bool {
    if a.is_ascii() && b.is_ascii() {
        a.eq_ignore_ascii_case(b)
    } else {
        a.chars().flat_map(char::to_lowercase).eq(b.chars().flat_map(char::to_lowercase))
    }
}

impl Equalities {
    pub(crate) fn new(entries: Vec<Equality>) -> Self {
        let size = (entries.len() * 2).next_power_of_two().max(8);
        let mut table = Self {
            buckets: std::iter::repeat_with(Vec::new).take(size).collect(),
            fold: entries.iter().any(|entry| entry.folded),
            exact: entries.iter().any(|entry| !entry.folded),
        };
        for entry in entries {
            let at = hash(entry.slot, &entry.literal, entry.folded) & (size - 1);
            table.buckets[at].push(entry);
        }
        table
    }

    pub(crate) fn mark(&self, slot: usize, data_type: &DataType, text: &str, bits: &mut [u64]) {
        if self.exact {
            for entry in &self.buckets[hash(slot, text, false) & (self.buckets.len() - 1)] {
                if !entry.folded
                    && entry.slot == slot
                    && entry.data_type == *data_type
                    && entry.literal == text
                {
                    bits[entry.bit / 64] |= 1 << (entry.bit % 64);
                }
            }
        }
        if self.fold {
            for entry in &self.buckets[hash(slot, text, true) & (self.buckets.len() - 1)] {
                if entry.folded
                    && entry.slot == slot
                    && entry.data_type == *data_type
                    && equal_folded(&entry.literal, text)
                {
                    bits[entry.bit / 64] |= 1 << (entry.bit % 64);
                }
            }
        }
    }
}
