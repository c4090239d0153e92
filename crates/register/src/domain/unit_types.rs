//! Organisation forms, from the word list that the generator uses too.

use std::sync::LazyLock;

static UNIT_TYPES: LazyLock<Vec<(&'static str, &'static str)>> = LazyLock::new(|| {
    include_str!("../../../../data/population/unit-types.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| {
            let mut columns = line.split('\t');
            Some((columns.next()?, columns.next()?))
        })
        .collect()
});

static INDUSTRIES: LazyLock<Vec<(&'static str, &'static str)>> = LazyLock::new(|| {
    include_str!("../../../../data/population/industries.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| {
            let mut columns = line.split('\t');
            Some((columns.next()?, columns.next()?))
        })
        .collect()
});

static MUNICIPALITIES: LazyLock<Vec<(&'static str, &'static str)>> = LazyLock::new(|| {
    include_str!("../../../../data/population/places.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| {
            let mut columns = line.split('\t');
            Some((columns.next()?, columns.next()?))
        })
        .collect()
});

/// Name of an organisation form; `None` when there is no such form.
pub fn unit_type_name(code: &str) -> Option<&'static str> {
    find(&UNIT_TYPES, code)
}

/// Title of an industry code; `None` when the list does not have it.
pub fn industry_name(code: &str) -> Option<&'static str> {
    find(&INDUSTRIES, code)
}

/// Name of a municipality; `None` when the list does not have it.
pub fn municipality_name(number: &str) -> Option<&'static str> {
    find(&MUNICIPALITIES, number)
}

/// Forms of sub-units.
pub fn is_sub_unit(code: &str) -> bool {
    matches!(code, "BEDR" | "AAFY")
}

fn find(list: &[(&str, &'static str)], code: &str) -> Option<&'static str> {
    list.iter().find(|(known, _)| *known == code).map(|(_, name)| *name)
}
