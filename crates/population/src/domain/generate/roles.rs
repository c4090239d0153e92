//! Who holds which role in which organisation, by the codes of Enhetsregisteret.

use super::{Maker, organisation_urn, person_urn};
use crate::domain::personas::{
    ACCOUNTING_FIRM, BRG, BUSINESS_MANAGER, CONDOMINIUM, DIGDIR, HOUSING_COOPERATIVE, INDUSTRY_COMPANY,
    OTHER_CONDOMINIUM, PROPERTY_COMPANY, SKD, SPORTS_CLUB, TTD, personas,
};
use ports::population::OrganisationStatus;
use rand::Rng;
use rand::seq::SliceRandom;

/// Client counts of the largest accounting firms, the persona's first; the rest of the clients spread over the others.
const LARGEST_FIRMS: [usize; 3] = [940, 310, 160];

/// How many roles the personas hold; they come first.
const PERSONA_ROLES: usize = 7;

/// What the drawing of roles needs to know of an organisation.
struct Unit {
    org_no: String,
    unit_type: String,
    industry: String,
    employees: u32,
}

pub fn assign(maker: &mut Maker) {
    let alive: Vec<Unit> = maker
        .organisations
        .iter()
        .filter(|unit| unit.parent.is_none() && unit.status != OrganisationStatus::Deleted)
        .map(|unit| Unit {
            org_no: unit.org_no.clone(),
            unit_type: unit.unit_type.clone(),
            industry: unit.industry_codes.first().cloned().unwrap_or_default(),
            employees: unit.employees.unwrap_or(0),
        })
        .collect();
    persona_roles(maker);
    for unit in &alive {
        people_of(maker, unit);
    }
    accountants(maker, &alive);
    auditors(maker, &alive);
    business_managers(maker, &alive);
}

fn persona_roles(maker: &mut Maker) {
    let [director, accountant, leader, _, manager] = personas() else { return };
    let held: [_; PERSONA_ROLES] = [
        (CONDOMINIUM, "DAGL", director.pid),
        (HOUSING_COOPERATIVE, "DAGL", director.pid),
        (ACCOUNTING_FIRM, "DAGL", accountant.pid),
        (OTHER_CONDOMINIUM, "LEDE", leader.pid),
        (PROPERTY_COMPANY, "LEDE", leader.pid),
        (SPORTS_CLUB, "LEDE", leader.pid),
        (INDUSTRY_COMPANY, "DAGL", manager.pid),
    ];
    for (org_no, code, pid) in held {
        maker.role(organisation_urn(org_no), code, person_urn(pid));
    }
}

/// The roles that persons hold.
fn people_of(maker: &mut Maker, unit: &Unit) {
    let from = organisation_urn(&unit.org_no);
    let draw = |maker: &mut Maker, code: &str, how_many: usize| {
        for _ in 0..how_many {
            if let Some(pid) = adult(maker) {
                // What a persona is, nobody else is beside it.
                let mut personas = maker.roles.iter().take(PERSONA_ROLES);
                if !personas.any(|role| role.from == from && role.role == code) {
                    maker.role(from.clone(), code, person_urn(&pid));
                }
            }
        }
    };
    match unit.unit_type.as_str() {
        "ENK" => draw(maker, "INNH", 1),
        "AS" | "ASA" => {
            if unit.employees > 0 || maker.chance(55) {
                draw(maker, "DAGL", 1);
            }
            draw(maker, "LEDE", 1);
            let members = maker.random.random_range(0..=3);
            draw(maker, "MEDL", members);
            let deputies = usize::from(maker.chance(45));
            draw(maker, "VARA", deputies);
            if members > 1 && maker.chance(20) {
                draw(maker, "NEST", 1);
            }
        }
        "BRL" | "ESEK" | "BBL" | "SA" | "STI" | "SAM" => {
            draw(maker, "LEDE", 1);
            let members = maker.random.random_range(2..=4);
            draw(maker, "MEDL", members);
            let deputies = maker.random.random_range(0..=2);
            draw(maker, "VARA", deputies);
            if matches!(unit.unit_type.as_str(), "BBL" | "SA") || unit.employees > 0 {
                draw(maker, "DAGL", 1);
            }
        }
        "FLI" => {
            draw(maker, "LEDE", 1);
            draw(maker, "NEST", 1);
            let members = maker.random.random_range(1..=4);
            draw(maker, "MEDL", members);
            let contacts = usize::from(maker.chance(40));
            draw(maker, "KONT", contacts);
        }
        "DA" => draw(maker, "DTPR", 2),
        "ANS" => draw(maker, "DTSO", 2),
        "NUF" => draw(maker, "REPR", 1),
        "PRE" => draw(maker, "BEST", 1),
        "KBO" => draw(maker, "BOBE", 1),
        "KOMM" => {
            draw(maker, "DAGL", 1);
            draw(maker, "KONT", 1);
            draw(maker, "KOMK", 1);
        }
        "ORGL" if [SKD, BRG, TTD, DIGDIR].contains(&unit.org_no.as_str()) => {
            draw(maker, "DAGL", 1);
            draw(maker, "KONT", 1);
        }
        _ => {}
    }
}

fn adult(maker: &mut Maker) -> Option<String> {
    // A few people sit on many boards: every fourth draw comes from the first tenth.
    let all = maker.adults.len();
    if all == 0 {
        return None;
    }
    let among = if maker.chance(25) { all.div_ceil(10) } else { all };
    let at = maker.adults[maker.random.random_range(0..among)];
    Some(maker.persons[at].pid.clone())
}

fn accountants(maker: &mut Maker, units: &[Unit]) {
    let mut firms = vec![ACCOUNTING_FIRM.to_owned()];
    firms.extend(of_industry(units, "69.201").filter(|firm| *firm != ACCOUNTING_FIRM).map(str::to_owned));
    let mut clients: Vec<&str> = Vec::new();
    for unit in units {
        let share = match unit.unit_type.as_str() {
            "AS" | "ASA" | "DA" | "ANS" | "SA" | "STI" => 88,
            "BRL" | "ESEK" => 90,
            "ENK" | "NUF" => 68,
            "FLI" => 25,
            _ => 0,
        };
        if maker.chance(share) && !firms.contains(&unit.org_no) {
            clients.push(&unit.org_no);
        }
    }
    clients.shuffle(&mut maker.random);
    // The personas' housing organisations have business managers, who keep their books.
    clients.retain(|org_no| *org_no != CONDOMINIUM && *org_no != HOUSING_COOPERATIVE);
    let mut rest = clients.as_slice();
    for (firm, count) in firms.iter().zip(LARGEST_FIRMS) {
        let (theirs, others) = rest.split_at(count.min(rest.len()));
        for client in theirs {
            maker.role(organisation_urn(client), "REGN", organisation_urn(firm));
        }
        rest = others;
    }
    for client in rest {
        let firm = firms[maker.random.random_range(0..firms.len())].clone();
        if firm != ACCOUNTING_FIRM {
            maker.role(organisation_urn(client), "REGN", organisation_urn(&firm));
        }
    }
}

fn auditors(maker: &mut Maker, units: &[Unit]) {
    let firms: Vec<&str> = of_industry(units, "69.202").collect();
    if firms.is_empty() {
        return;
    }
    for unit in units {
        let share = match unit.unit_type.as_str() {
            "ASA" | "STI" | "BBL" | "KOMM" => 100,
            "BRL" => 95,
            "SA" => 60,
            "AS" if unit.employees > 20 => 90,
            "AS" => 18,
            "ESEK" => 35,
            _ => 0,
        };
        let firm = firms[maker.random.random_range(0..firms.len())];
        if maker.chance(share) && firm != unit.org_no {
            maker.role(organisation_urn(&unit.org_no), "REVI", organisation_urn(firm));
        }
    }
}

fn business_managers(maker: &mut Maker, units: &[Unit]) {
    let mut firms: Vec<&str> =
        units.iter().filter(|unit| unit.unit_type == "BBL").map(|unit| unit.org_no.as_str()).collect();
    firms.push(BUSINESS_MANAGER);
    for unit in units.iter().filter(|unit| matches!(unit.unit_type.as_str(), "BRL" | "ESEK")) {
        let personas = [CONDOMINIUM, HOUSING_COOPERATIVE, OTHER_CONDOMINIUM].contains(&unit.org_no.as_str());
        let firm = if personas { BUSINESS_MANAGER } else { firms[maker.random.random_range(0..firms.len())] };
        if personas || maker.chance(85) {
            maker.role(organisation_urn(&unit.org_no), "FFØR", organisation_urn(firm));
        }
    }
}

fn of_industry<'a>(units: &'a [Unit], code: &'static str) -> impl Iterator<Item = &'a str> {
    units
        .iter()
        .filter(move |unit| unit.industry == code && matches!(unit.unit_type.as_str(), "AS" | "ASA"))
        .map(|unit| unit.org_no.as_str())
}
