//! Numbers for tokens that name nobody in particular.

use jiff::civil::Date;
use kernel::pid::{Kind, Synthetic};
use kernel::{Ids, OrgNo, Pid};

/// A random valid synthetic identity number.
pub fn random_pid(ids: &dyn Ids) -> String {
    loop {
        let mut bytes = [0u8; 6];
        ids.fill(&mut bytes);
        let year = 1950 + i16::from(bytes[0] % 50);
        let (month, day) = (1 + (bytes[1] % 12) as i8, 1 + (bytes[2] % 28) as i8);
        let individual = u16::from_be_bytes([bytes[3], bytes[4]]) % 500;
        let Ok(birth) = Date::new(year, month, day) else { continue };
        if let Some(pid) = Pid::compute(birth, individual, Kind::BirthNumber, Some(Synthetic::Tenor)) {
            return pid.as_str().to_owned();
        }
    }
}

/// A random valid organisation number of the synthetic series.
pub fn random_org_no(ids: &dyn Ids) -> String {
    loop {
        let mut bytes = [0u8; 4];
        ids.fill(&mut bytes);
        let first_eight = 30_000_000 + u32::from_be_bytes(bytes) % 10_000_000;
        if let Some(org_no) = OrgNo::compute(first_eight) {
            return org_no.as_str().to_owned();
        }
    }
}

/// A random number from `from`, below `from + span`.
pub fn random_number(ids: &dyn Ids, from: i64, span: u32) -> i64 {
    let mut bytes = [0u8; 4];
    ids.fill(&mut bytes);
    from + i64::from(u32::from_be_bytes(bytes) % span)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::SeededIds;

    #[test]
    fn numbers_are_valid_and_synthetic() {
        let ids = SeededIds::new(1);
        for _ in 0..50 {
            assert!(Pid::parse(&random_pid(&ids)).unwrap().is_synthetic());
            assert!(OrgNo::parse(&random_org_no(&ids)).unwrap().is_synthetic());
        }
    }
}
