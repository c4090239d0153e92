//! Main units and sub-units.

use super::{Maker, people};
use crate::domain::personas::{
    ACCOUNTING_FIRM, BRG, BUSINESS_MANAGER, CONDOMINIUM, DIGDIR, HOUSING_COOPERATIVE, INDUSTRY_COMPANY,
    OTHER_CONDOMINIUM, PROPERTY_COMPANY, SKD, SPORTS_CLUB, TTD, VENDOR,
};
use crate::domain::words::WORDS;
use jiff::civil::Date;
use ports::population::{Organisation, OrganisationContact, OrganisationStatus, Vat};
use rand::Rng;

/// Number, name, unit type, industry, e-mail address, sub-units.
type Fixed = (&'static str, &'static str, &'static str, &'static str, &'static str, usize);

const FIXED: [Fixed; 13] = [
    (CONDOMINIUM, "SAMEIET FJORDUTSIKTEN", "ESEK", "81.101", "styret@fjordutsikten.test", 0),
    (HOUSING_COOPERATIVE, "LERKEVEIEN BORETTSLAG", "BRL", "68.201", "styret@lerkeveien.test", 0),
    (ACCOUNTING_FIRM, "TALLKNUSEREN REGNSKAP AS", "AS", "69.201", "post@tallknuseren.test", 2),
    (VENDOR, "REGNBUE SYSTEMER AS", "AS", "62.010", "post@regnbue.test", 1),
    (OTHER_CONDOMINIUM, "SAMEIET ELVEBREDDEN", "ESEK", "81.101", "styret@elvebredden.test", 0),
    (PROPERTY_COMPANY, "SOLHEIM EIENDOM AS", "AS", "68.209", "post@solheim-eiendom.test", 1),
    (SPORTS_CLUB, "NORDBYEN IDRETTSLAG", "FLI", "93.120", "post@nordbyen-il.test", 1),
    (INDUSTRY_COMPANY, "NORDLYS INDUSTRI AS", "AS", "25.110", "post@nordlys-industri.test", 4),
    (BUSINESS_MANAGER, "TRYGG FORVALTNING AS", "AS", "68.320", "post@trygg-forvaltning.test", 1),
    (SKD, "SKATTEETATEN", "ORGL", "84.110", "skd@etat.test", 0),
    (BRG, "BRØNNØYSUNDREGISTRENE", "ORGL", "84.110", "brg@etat.test", 0),
    (TTD, "TESTDEPARTEMENTET", "ORGL", "84.110", "ttd@etat.test", 0),
    (DIGDIR, "DIGITALISERINGSDIREKTORATET", "ORGL", "84.110", "digdir@etat.test", 0),
];

pub fn generate(maker: &mut Maker) {
    for (org_no, ..) in FIXED {
        maker.numbers.reserve_org_no(org_no);
    }
    for (org_no, name, unit_type, industry, mail, sub_units) in FIXED {
        let mut unit = main_unit(maker, org_no.to_owned(), name.to_owned(), unit_type, industry);
        unit.status = OrganisationStatus::Active;
        unit.deleted_at = None;
        unit.contact = Some(OrganisationContact { emails: vec![mail.to_owned()], mobiles: vec![] });
        add(maker, unit, sub_units);
    }
    while maker.main_units < maker.options.organisations {
        let unit_type = maker.pick_weighted(&WORDS.unit_types).code;
        one(maker, unit_type);
    }
}

fn one(maker: &mut Maker, unit_type: &'static str) {
    let industry = industry(maker, unit_type);
    let org_no = maker.numbers.org_no(&mut maker.random);
    let name = name(maker, unit_type, industry);
    let unit = main_unit(maker, org_no, name, unit_type, industry);
    let sub_units = match unit_type {
        _ if unit.status == OrganisationStatus::Deleted => 0,
        "AS" | "ASA" | "SA" | "NUF" | "STI" => match maker.random.random_range(0..100) {
            0..=44 => 0,
            45..=93 => 1,
            94..=98 => maker.random.random_range(2..=4),
            _ => maker.random.random_range(5..=12),
        },
        "ENK" => usize::from(maker.chance(55)),
        "KOMM" => maker.random.random_range(8..=16),
        "FLI" => usize::from(maker.chance(15)),
        "DA" | "ANS" | "BBL" => 1,
        _ => 0,
    };
    add(maker, unit, sub_units);
}

fn industry(maker: &mut Maker, unit_type: &str) -> &'static str {
    match unit_type {
        "BRL" => "68.201",
        "ESEK" | "SAM" => "81.101",
        "BBL" => "41.101",
        "KOMM" => "84.110",
        "FLI" => ["93.120", "94.991", "94.910", "94.120"][maker.random.random_range(0..4)],
        "KBO" => "82.990",
        _ => maker.pick_weighted(&WORDS.industries).code,
    }
}

fn main_unit(
    maker: &mut Maker,
    org_no: String,
    name: String,
    unit_type: &str,
    industry: &str,
) -> Organisation {
    let registered = maker.days_ago(60, 11_000).max(Date::constant(1995, 2, 20));
    let status = match maker.random.random_range(0..1000) {
        _ if unit_type == "KBO" => OrganisationStatus::Active,
        0..=24 => OrganisationStatus::Deleted,
        25..=29 => OrganisationStatus::Bankrupt,
        30..=35 => OrganisationStatus::BeingDissolved,
        _ => OrganisationStatus::Active,
    };
    let business = matches!(unit_type, "AS" | "ASA" | "ENK" | "NUF" | "DA" | "ANS" | "SA" | "PRE");
    let vat = (business && maker.chance(58)).then(|| Vat {
        category: if industry.starts_with("01.") { "primærnæring" } else { "alminnelig" }.to_owned(),
        term_length: if industry.starts_with("01.") { "aarlig" } else { "tomaanedlig" }.to_owned(),
        from: registered,
    });
    let address = people::address(maker);
    Organisation {
        contact: contact(maker, &name, unit_type),
        name,
        unit_type: unit_type.to_owned(),
        status,
        deleted_at: (status == OrganisationStatus::Deleted).then(|| maker.days_ago(1, 59)),
        registered: Some(registered),
        industry_codes: vec![industry.to_owned()],
        postal_address: maker.chance(30).then(|| people::address(maker)),
        business_address: Some(address),
        vat,
        employees: match unit_type {
            "KOMM" => Some(maker.random.random_range(300..6_000)),
            "AS" | "ASA" | "SA" | "STI" if maker.chance(55) => Some(maker.random.random_range(1..60)),
            "ENK" if maker.chance(10) => Some(maker.random.random_range(1..6)),
            _ => None,
        },
        org_no,
        ..Organisation::default()
    }
}

fn contact(maker: &mut Maker, name: &str, unit_type: &str) -> Option<OrganisationContact> {
    let host: String = name.to_lowercase().chars().filter(char::is_ascii_alphanumeric).take(24).collect();
    let share = if unit_type == "ENK" { 80 } else { 94 };
    maker.chance(share).then(|| OrganisationContact {
        emails: if host.is_empty() { vec![] } else { vec![format!("post@{host}.test")] },
        mobiles: if maker.chance(40) { vec![maker.mobile()] } else { vec![] },
    })
}

fn add(maker: &mut Maker, unit: Organisation, sub_units: usize) {
    let parent = unit.clone();
    maker.organisations.push(unit);
    maker.main_units += 1;
    for _ in 0..sub_units {
        let org_no = maker.numbers.org_no(&mut maker.random);
        let address =
            if sub_units == 1 { parent.business_address.clone() } else { Some(people::address(maker)) };
        let place = address.as_ref().and_then(|address| address.city.clone()).unwrap_or_default();
        maker.organisations.push(Organisation {
            org_no,
            name: if sub_units == 1 { parent.name.clone() } else { format!("{} AVD {place}", parent.name) },
            unit_type: if parent.unit_type == "FLI" { "AAFY" } else { "BEDR" }.to_owned(),
            parent: Some(parent.org_no.clone()),
            registered: parent.registered,
            industry_codes: parent.industry_codes.clone(),
            business_address: address,
            employees: parent.employees.map(|all| all / u32::try_from(sub_units).unwrap_or(1)),
            ..Organisation::default()
        });
    }
}

fn name(maker: &mut Maker, unit_type: &str, industry: &str) -> String {
    let surname = maker.pick(&WORDS.surnames);
    let street = maker.pick(&WORDS.streets);
    let trade = trade(industry);
    let name = match unit_type {
        "BRL" => format!("{street} borettslag"),
        "ESEK" => format!("Sameiet {street} {}", maker.random.random_range(1..90)),
        "SAM" => format!("{street} realsameie"),
        "BBL" => format!("{} boligbyggelag", maker.pick_weighted(&WORDS.places).name),
        "KOMM" => format!("{} kommune", maker.pick_weighted(&WORDS.places).name),
        "FLI" => {
            let place = maker.pick_weighted(&WORDS.places).name;
            let kind =
                ["idrettslag", "velforening", "sangkor", "skolekorps", "jakt- og fiskelag", "seniorlag"];
            format!("{place} {}", kind[maker.random.random_range(0..kind.len())])
        }
        "STI" => format!("Stiftelsen {surname}"),
        "KBO" => format!("{surname} {trade} AS konkursbo"),
        "PRE" => format!("Partrederiet {surname}"),
        "ENK" if maker.chance(45) => {
            let first = if maker.chance(50) { maker.pick(&WORDS.female) } else { maker.pick(&WORDS.male) };
            format!("{first} {surname}")
        }
        "ENK" => format!("{surname} {trade}"),
        form => {
            let other = maker.pick(&WORDS.surnames);
            if maker.chance(30) {
                format!("{surname} & {other} {trade} {form}")
            } else {
                format!("{surname} {trade} {form}")
            }
        }
    };
    name.to_uppercase()
}

fn trade(industry: &str) -> &'static str {
    match industry.get(..2).unwrap_or_default() {
        "01" => "gård",
        "02" => "skog",
        "03" => "fiske",
        "41" | "42" => "bygg",
        "43" => "håndverk",
        "45" => "bil",
        "46" | "47" => "handel",
        "49" | "50" | "52" => "transport",
        "55" | "56" => "servering",
        "62" | "63" => "data",
        "64" => "holding",
        "68" => "eiendom",
        "69" => "regnskap",
        "70" => "rådgivning",
        "71" => "teknikk",
        "85" => "kurs",
        "86" | "87" | "88" => "helse",
        "90" | "91" | "93" => "kultur",
        "96" => "velvære",
        _ => "drift",
    }
}
