//! Makes a synthetic country: the same options give the same population, byte for byte.

mod numbers;
mod people;
mod registrations;
mod roles;
mod units;

use crate::domain::words::Weighted;
use crate::wire::Document;
use jiff::civil::Date;
use ports::population::{Organisation, Person, Registers, Role};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// What to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Chooses the population.
    pub seed: u64,
    /// How many persons, the personas included.
    pub persons: usize,
    /// How many main units, the personas' organisations included. Sub-units come on top.
    pub organisations: usize,
    /// The day on which the country looks like this: ages and registration dates count from it.
    pub as_of: Date,
}

impl Default for Options {
    fn default() -> Self {
        Self { seed: 1, persons: 10_000, organisations: 3_000, as_of: Date::constant(2026, 1, 1) }
    }
}

/// Makes the population.
pub fn generate(options: &Options) -> Document {
    let mut maker = Maker::new(options);
    people::generate(&mut maker);
    units::generate(&mut maker);
    roles::assign(&mut maker);
    let other = registrations::generate();
    let Maker { persons, mut organisations, mut roles, .. } = maker;
    organisations.sort_by(|a, b| a.org_no.cmp(&b.org_no));
    roles.sort();
    roles.dedup();
    let mut registers = Registers { persons, organisations, roles, ..Registers::default() };
    registers.persons.sort_by(|a, b| a.pid.cmp(&b.pid));
    Document { registers, other }
}

/// State of one run.
struct Maker {
    random: ChaCha8Rng,
    options: Options,
    numbers: numbers::Numbers,
    persons: Vec<Person>,
    organisations: Vec<Organisation>,
    main_units: usize,
    roles: Vec<Role>,
    /// Places in `persons` of those who may hold a register role.
    adults: Vec<usize>,
}

impl Maker {
    fn new(options: &Options) -> Self {
        Self {
            random: ChaCha8Rng::seed_from_u64(options.seed),
            options: options.clone(),
            numbers: numbers::Numbers::default(),
            persons: Vec::with_capacity(options.persons),
            organisations: Vec::with_capacity(options.organisations * 2),
            main_units: 0,
            roles: Vec::with_capacity(options.organisations * 5),
            adults: Vec::with_capacity(options.persons),
        }
    }

    /// True in `percent` of 100 calls.
    fn chance(&mut self, percent: u32) -> bool {
        self.random.random_range(0..100) < percent
    }

    fn pick<'a, T: ?Sized>(&mut self, words: &[&'a T]) -> &'a T {
        words[self.random.random_range(0..words.len())]
    }

    fn pick_weighted<'a, T: Weighted>(&mut self, items: &'a [T]) -> &'a T {
        let total: u32 = items.iter().map(Weighted::weight).sum();
        let mut left = self.random.random_range(0..total);
        for item in items {
            if left < item.weight() {
                return item;
            }
            left -= item.weight();
        }
        &items[0]
    }

    /// A day between `from` and `to` days before the population's day.
    fn days_ago(&mut self, from: i64, to: i64) -> Date {
        let days = self.random.random_range(from..=to);
        self.options.as_of.saturating_sub(jiff::Span::new().days(days))
    }

    fn mobile(&mut self) -> String {
        // The regulator keeps no range free for examples; nothing is ever sent to these numbers from the sandbox.
        format!("+479{:07}", self.random.random_range(0..10_000_000))
    }

    fn role(&mut self, from: String, code: &str, to: String) {
        self.roles.push(Role { from, role: code.to_owned(), to, via_organisation: None });
    }
}

fn person_urn(pid: &str) -> String {
    format!("urn:altinn:person:identifier-no:{pid}")
}

fn organisation_urn(org_no: &str) -> String {
    format!("urn:altinn:organization:identifier-no:{org_no}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::personas::{ACCOUNTING_FIRM, CONDOMINIUM, HOUSING_COOPERATIVE, personas};
    use kernel::{OrgNo, Pid};
    use proptest::prelude::*;
    use std::collections::HashSet;

    fn small(seed: u64) -> Options {
        Options { seed, persons: 400, organisations: 120, ..Options::default() }
    }

    #[test]
    fn the_country_has_the_asked_size_and_the_personas() {
        let options = Options::default();
        let Registers { persons, organisations, roles, .. } = generate(&options).registers;
        assert_eq!(persons.len(), options.persons);
        let main_units = organisations.iter().filter(|unit| unit.parent.is_none()).count();
        assert_eq!(main_units, options.organisations);
        assert!(organisations.len() > main_units + 800, "sub-units come on top");
        assert!(roles.len() > 9_000, "{}", roles.len());
        for persona in personas() {
            assert!(persons.iter().any(|person| person.pid == persona.pid), "{}", persona.key);
        }
        let holds = |from: &str, code: &str, pid: &str| {
            roles.iter().any(|role| {
                role.from == organisation_urn(from) && role.role == code && role.to == person_urn(pid)
            })
        };
        let director = personas()[0].pid;
        assert!(holds(CONDOMINIUM, "DAGL", director) && holds(HOUSING_COOPERATIVE, "DAGL", director));
        let clients = roles
            .iter()
            .filter(|role| role.role == "REGN" && role.to == organisation_urn(ACCOUNTING_FIRM))
            .count();
        assert!(clients > 900, "{clients}");
        assert!(
            !roles.iter().any(|role| role.to == person_urn(personas()[3].pid)),
            "the citizen has no roles"
        );
        for form in ["AS", "ENK", "BRL", "ESEK", "BBL", "ANS", "DA", "FLI", "KOMM", "NUF", "STI", "SA", "KBO"]
        {
            assert!(organisations.iter().any(|unit| unit.unit_type == form), "{form}");
        }
    }

    #[test]
    fn generation_is_quick() {
        let start = std::time::Instant::now();
        let _ = generate(&Options::default());
        assert!(start.elapsed().as_secs_f32() < 5.0, "{:?}", start.elapsed());
        eprintln!("generated in {:?}", start.elapsed());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(12))]

        #[test]
        fn same_options_same_bytes_and_every_number_is_valid(seed: u64) {
            let document = generate(&small(seed));
            prop_assert_eq!(document.to_json(), generate(&small(seed)).to_json());
            let Registers { persons, organisations, roles, .. } = &document.registers;
            let mut known = HashSet::new();
            for person in persons {
                let pid = Pid::parse(&person.pid).unwrap();
                prop_assert!(pid.is_synthetic());
                prop_assert!(pid.birth_date().unwrap() <= Options::default().as_of);
                prop_assert!(known.insert(person_urn(&person.pid)));
            }
            for unit in organisations {
                OrgNo::parse(&unit.org_no).unwrap();
                prop_assert!(known.insert(organisation_urn(&unit.org_no)));
            }
            for unit in organisations {
                let parent = unit.parent.as_deref().map(organisation_urn);
                prop_assert!(parent.is_none_or(|parent| known.contains(&parent)));
            }
            for role in roles {
                prop_assert!(known.contains(&role.from) && known.contains(&role.to), "{:?}", role);
            }
        }

        #[test]
        fn other_seed_other_population(seed in 2u64..) {
            prop_assert_ne!(generate(&small(1)).to_json(), generate(&small(seed)).to_json());
        }
    }
}
