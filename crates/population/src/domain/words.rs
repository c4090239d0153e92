//! The word lists in `data/population`, embedded and split once.

use std::sync::LazyLock;

/// A municipality's postal place.
pub struct Place {
    /// Municipality number.
    pub municipality: &'static str,
    /// Name of the municipality.
    pub name: &'static str,
    /// Postal code.
    pub postal_code: &'static str,
    /// Postal place.
    pub city: &'static str,
    weight: u32,
}

/// An industry code with its weight.
pub struct Industry {
    /// `NN.NNN`
    pub code: &'static str,
    weight: u32,
}

/// A unit type with its share.
pub struct UnitType {
    /// `AS`, `ENK` …
    pub code: &'static str,
    weight: u32,
}

/// Something that is picked more often the heavier it is.
pub trait Weighted {
    /// How heavy.
    fn weight(&self) -> u32;
}

macro_rules! weighted {
    ($($kind:ty),*) => { $(impl Weighted for $kind { fn weight(&self) -> u32 { self.weight } })* };
}
weighted!(Place, Industry, UnitType);

/// All lists.
pub struct Words {
    /// Given names of women.
    pub female: Vec<&'static str>,
    /// Given names of men.
    pub male: Vec<&'static str>,
    /// Surnames.
    pub surnames: Vec<&'static str>,
    /// Street names.
    pub streets: Vec<&'static str>,
    /// Postal places.
    pub places: Vec<Place>,
    /// Industries.
    pub industries: Vec<Industry>,
    /// Unit types of main units that occur.
    pub unit_types: Vec<UnitType>,
}

/// The lists.
pub static WORDS: LazyLock<Words> = LazyLock::new(|| Words {
    female: first_names("f"),
    male: first_names("m"),
    surnames: lines(include_str!("../../../../data/population/surnames.txt")).collect(),
    streets: lines(include_str!("../../../../data/population/streets.txt")).collect(),
    places: columns(include_str!("../../../../data/population/places.txt"))
        .map(|[municipality, name, postal_code, city, weight]| Place {
            municipality,
            name,
            postal_code,
            city,
            weight: number(weight),
        })
        .collect(),
    industries: columns(include_str!("../../../../data/population/industries.txt"))
        .map(|[code, _title, weight]| Industry { code, weight: number(weight) })
        .collect(),
    unit_types: columns(include_str!("../../../../data/population/unit-types.txt"))
        .map(|[code, _title, share]| UnitType { code, weight: number(share) })
        .filter(|unit_type| unit_type.weight > 0)
        .collect(),
});

fn first_names(gender: &str) -> Vec<&'static str> {
    columns(include_str!("../../../../data/population/first-names.txt"))
        .filter(|[of, _]| *of == gender)
        .map(|[_, name]| name)
        .collect()
}

fn lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}

fn columns<const N: usize>(text: &'static str) -> impl Iterator<Item = [&'static str; N]> {
    lines(text).filter_map(|line| line.split('\t').collect::<Vec<_>>().try_into().ok())
}

fn number(text: &str) -> u32 {
    text.parse().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_has_its_columns() {
        let count = |text: &'static str| lines(text).count();
        assert_eq!(WORDS.places.len(), count(include_str!("../../../../data/population/places.txt")));
        assert_eq!(WORDS.industries.len(), count(include_str!("../../../../data/population/industries.txt")));
        assert_eq!(
            WORDS.female.len() + WORDS.male.len(),
            count(include_str!("../../../../data/population/first-names.txt"))
        );
        assert!(
            WORDS.places.iter().all(|place| place.municipality.len() == 4
                && place.postal_code.len() == 4
                && place.weight > 0)
        );
        assert_eq!(WORDS.unit_types.iter().map(Weighted::weight).sum::<u32>(), 1000);
    }
}
