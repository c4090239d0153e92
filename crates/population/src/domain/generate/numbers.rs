//! Gives out numbers, each once.

use jiff::civil::Date;
use kernel::pid::{Gender, Kind, Synthetic};
use kernel::{OrgNo, Pid};
use rand::Rng;
use std::collections::HashSet;

#[derive(Default)]
pub struct Numbers {
    pids: HashSet<Pid>,
    org_nos: HashSet<OrgNo>,
}

impl Numbers {
    /// Marks a number as given.
    pub fn reserve_pid(&mut self, pid: &str) {
        self.pids.extend(Pid::parse_digits(pid));
    }

    /// Marks a number as given.
    pub fn reserve_org_no(&mut self, org_no: &str) {
        self.org_nos.extend(OrgNo::parse_digits(org_no));
    }

    /// A synthetic number of the Tenor series for someone born on `birth`. `None` when the day's numbers are used up.
    pub fn pid(&mut self, random: &mut impl Rng, birth: Date, gender: Gender, kind: Kind) -> Option<Pid> {
        let ranges = Pid::individual_numbers(birth.year());
        let range = ranges.first()?;
        let width = range.end() - range.start() + 1;
        let start = random.random_range(0..width);
        let pid = (0..width)
            .map(|step| range.start() + (start + step) % width)
            .filter(|individual| (individual % 2 == 1) == (gender == Gender::Male))
            .filter_map(|individual| Pid::compute(birth, individual, kind, Some(Synthetic::Tenor)))
            .find(|pid| !self.pids.contains(pid))?;
        self.pids.insert(pid);
        Some(pid)
    }

    /// A number of the synthetic series 2 and 3.
    pub fn org_no(&mut self, random: &mut impl Rng) -> String {
        loop {
            let candidate = OrgNo::compute(random.random_range(20_000_000..40_000_000));
            if let Some(org_no) = candidate.filter(|org_no| self.org_nos.insert(*org_no)) {
                return org_no.to_string();
            }
        }
    }
}
