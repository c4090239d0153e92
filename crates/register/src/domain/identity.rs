//! Ids of parties and users that a file leaves out: always the same for the same natural key.

use uuid::Uuid;

const NAMESPACE: Uuid = Uuid::from_u128(0x6a1c_2f70_9d35_5c1e_8f4b_2b7e_9a03_d511);
/// Below lie ids that were pinned by files, such as those of other test tools.
const FIRST_PARTY_ID: i64 = 50_000_000;
const FIRST_USER_ID: i64 = 20_000_000;
/// Ids are spread over this many; the largest still fits in 31 bits, as the wire wants.
const SPREAD: i64 = 1 << 30;

/// The ids that a natural key (`person:…`, `organisation:…`) gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Derived {
    /// `partyUuid`
    pub uuid: Uuid,
    /// `partyId`, when nobody has it yet.
    pub party_id: i64,
    /// `userId`, when nobody has it yet.
    pub user_id: i64,
}

impl Derived {
    /// Derives from the key.
    pub fn from_key(key: &str) -> Self {
        let uuid = Uuid::new_v5(&NAMESPACE, key.as_bytes());
        let (high, low) = uuid.as_u64_pair();
        // Both halves hold at least 60 bits of the hash.
        Self {
            uuid,
            party_id: FIRST_PARTY_ID + (low & (SPREAD as u64 - 1)) as i64,
            user_id: FIRST_USER_ID + ((high >> 20) & (SPREAD as u64 - 1)) as i64,
        }
    }
}

/// The id to try when `id` belongs to someone else.
pub fn next_party_id(id: i64) -> i64 {
    next(id, FIRST_PARTY_ID)
}

/// The id to try when `id` belongs to someone else.
pub fn next_user_id(id: i64) -> i64 {
    next(id, FIRST_USER_ID)
}

fn next(id: i64, first: i64) -> i64 {
    first + (id + 1 - first).rem_euclid(SPREAD)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_fit_the_wire_and_never_change() {
        let derived = Derived::from_key("person:12837122463");
        assert_eq!(derived, Derived::from_key("person:12837122463"));
        assert_ne!(derived.uuid, Derived::from_key("person:27898031131").uuid);
        let range = FIRST_PARTY_ID..i64::from(i32::MAX);
        assert!(range.contains(&derived.party_id));
        assert!(range.contains(&(FIRST_PARTY_ID + SPREAD - 1)));
        assert_eq!(next_party_id(FIRST_PARTY_ID + SPREAD - 1), FIRST_PARTY_ID);
    }
}
