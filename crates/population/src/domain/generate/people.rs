//! Persons with addresses and contact data.
//!
//! Shares: about one in five is under 18 (Statistics Norway, population by age); one in fifty is reserved against digital
//! communication and nine in ten adults have contact data (Digdir, figures of the contact register); about one in eight
//! prefers nynorsk.

use super::Maker;
use crate::domain::personas::personas;
use crate::domain::words::WORDS;
use jiff::civil::Date;
use kernel::pid::{Gender, Kind};
use ports::population::{Address, Person, PersonContact};
use rand::Rng;

pub fn generate(maker: &mut Maker) {
    for persona in personas() {
        maker.numbers.reserve_pid(persona.pid);
        let (year, month, day) = persona.born;
        let person = Person {
            pid: persona.pid.to_owned(),
            first_name: Some(persona.first_name.to_owned()),
            last_name: Some(persona.last_name.to_owned()),
            birth_date: Date::new(year, month, day).ok(),
            address: Some(address(maker)),
            contact: Some(PersonContact {
                email: Some(
                    format!("{}.{}@epost.test", persona.first_name, persona.last_name).to_lowercase(),
                ),
                mobile: Some(maker.mobile()),
                language: Some("nb".to_owned()),
                updated: Some(maker.options.as_of),
                ..PersonContact::default()
            }),
            ..Person::default()
        };
        // The citizen holds no role, and the others hold theirs alone.
        maker.persons.push(person);
    }
    while maker.persons.len() < maker.options.persons {
        let age = age(maker);
        if let Some(person) = person(maker, age) {
            if (20..80).contains(&age) && person.death_date.is_none() {
                maker.adults.push(maker.persons.len());
            }
            maker.persons.push(person);
        }
    }
}

fn age(maker: &mut Maker) -> i64 {
    let (from, to) = match maker.random.random_range(0..100) {
        0..=20 => (0, 17),
        21..=53 => (18, 44),
        54..=79 => (45, 64),
        80..=94 => (65, 79),
        _ => (80, 99),
    };
    maker.random.random_range(from..=to)
}

fn person(maker: &mut Maker, age: i64) -> Option<Person> {
    let birth = maker.days_ago(age * 365 + age / 4, age * 365 + age / 4 + 364);
    let gender = if maker.chance(50) { Gender::Female } else { Gender::Male };
    let kind = if maker.chance(2) { Kind::DNumber } else { Kind::BirthNumber };
    let pid = maker.numbers.pid(&mut maker.random, birth, gender, kind)?;
    let names = if gender == Gender::Female { &WORDS.female } else { &WORDS.male };
    let first_name = maker.pick(names);
    let last_name = maker.pick(&WORDS.surnames);
    let middle_name = maker.chance(22).then(|| maker.pick(&WORDS.surnames)).filter(|name| *name != last_name);
    let dead = maker.random.random_range(0..1000) < if age > 79 { 40 } else { 2 };
    let contact = if age < 13 || dead { None } else { contact(maker, age, first_name, last_name) };
    Some(Person {
        pid: pid.as_str().to_owned(),
        first_name: Some(first_name.to_owned()),
        middle_name: middle_name.map(str::to_owned),
        last_name: Some(last_name.to_owned()),
        birth_date: Some(birth),
        death_date: dead.then(|| maker.days_ago(1, 400).max(birth)),
        address: Some(address(maker)),
        contact,
        ..Person::default()
    })
}

fn contact(maker: &mut Maker, age: i64, first_name: &str, last_name: &str) -> Option<PersonContact> {
    let reachable = maker.chance(if age > 79 { 55 } else { 93 });
    let reserved = maker.chance(if age > 74 { 8 } else { 1 });
    if !reachable && !reserved {
        return None;
    }
    let number = maker.random.random_range(10..1000);
    let language = match maker.random.random_range(0..100) {
        0..=84 => "nb",
        85..=95 => "nn",
        96..=98 => "en",
        _ => "se",
    };
    Some(PersonContact {
        email: (reachable && maker.chance(95)).then(|| mail(first_name, last_name, number)),
        mobile: (reachable && maker.chance(97)).then(|| maker.mobile()),
        reserved,
        language: Some(language.to_owned()),
        // Older than 18 months for some, which makes the address outdated (register-profile B2).
        updated: Some(maker.days_ago(0, 700)),
    })
}

fn mail(first_name: &str, last_name: &str, number: u32) -> String {
    let mut address = String::with_capacity(40);
    for letter in first_name.chars().chain(['.']).chain(last_name.chars()).flat_map(char::to_lowercase) {
        match letter {
            'æ' => address.push_str("ae"),
            'ø' => address.push('o'),
            'å' => address.push_str("aa"),
            letter if letter.is_ascii_alphanumeric() || letter == '.' => address.push(letter),
            _ => {}
        }
    }
    format!("{address}{number}@epost.test")
}

pub fn address(maker: &mut Maker) -> Address {
    let place = maker.pick_weighted(&WORDS.places);
    let street = maker.pick(&WORDS.streets);
    let number = maker.random.random_range(1..120);
    let letter = if maker.chance(15) { ["A", "B", "C"][maker.random.random_range(0..3)] } else { "" };
    Address {
        street: Some(format!("{street} {number}{letter}")),
        postal_code: Some(place.postal_code.to_owned()),
        city: Some(place.city.to_owned()),
        municipality: Some(place.municipality.to_owned()),
        ..Address::default()
    }
}
