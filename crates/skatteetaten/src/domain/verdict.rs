//! The back office's judgement of a delivery: what is checked after the delivery has been taken.

use super::delivery::leveranser;
use super::scheme::Scheme;
use serde_json::Value;

/// How grave a deviation (avvik) is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gravity {
    /// The leveranse is rejected.
    Rejected,
    /// A warning.
    Warning,
}

/// A deviation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deviation {
    /// Code (`avvikskode`). The real list is not published; these are Allting's own.
    pub code: &'static str,
    /// What is wrong (`avvikstekst`).
    pub text: String,
    /// What to do (`veiledning`).
    pub guidance: &'static str,
    /// How grave.
    pub gravity: Gravity,
}

/// Judgement of one leveranse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// `oppgavegiversLeveranseReferanse`
    pub own_reference: Option<String>,
    /// Tasks in it.
    pub tasks: usize,
    /// Tasks with a warning.
    pub warned: usize,
    /// What deviates.
    pub deviations: Vec<Deviation>,
}

impl Judged {
    /// Is it approved.
    pub fn approved(&self) -> bool {
        self.deviations.iter().all(|deviation| deviation.gravity != Gravity::Rejected)
    }
}

/// Judges every leveranse of a document.
pub fn judge(scheme: Scheme, document: &Value) -> Vec<Judged> {
    leveranser(document).into_iter().map(|leveranse| judge_one(scheme, leveranse)).collect()
}

fn judge_one(scheme: Scheme, leveranse: &Value) -> Judged {
    let none = vec![];
    let tasks = leveranse["oppgave"].as_array().unwrap_or(&none);
    let summary = &leveranse["oppgaveoppsummering"];
    let mut deviations = Vec::new();
    let stated = summary["antallOppgaver"].as_u64().unwrap_or(0);
    if stated != tasks.len() as u64 {
        deviations.push(Deviation {
            code: "ANTALL_OPPGAVER",
            text: format!("Oppsummeringen sier {stated} oppgaver, men leveransen har {}.", tasks.len()),
            guidance: "Rett antallOppgaver i oppsummeringen og send hele leveransen på nytt.",
            gravity: Gravity::Rejected,
        });
    }
    for (sum, part) in scheme.sums() {
        let Some(stated) = cents(&summary[*sum]) else { continue };
        let added: i128 = tasks.iter().filter_map(|task| cents(&task[*part])).sum();
        if stated != added {
            deviations.push(Deviation {
                code: "SUM_AVVIKER",
                text: format!(
                    "{sum} er oppgitt til {}, men oppgavene summerer til {}.",
                    kroner(stated),
                    kroner(added)
                ),
                guidance: "Rett summen eller oppgavene og send hele leveransen på nytt.",
                gravity: Gravity::Rejected,
            });
        }
    }
    let warned = tasks.iter().filter(|task| !known_owner(task)).count();
    if warned > 0 {
        deviations.push(Deviation {
            code: "OPPGAVEEIER_UGYLDIG",
            text: format!(
                "{warned} oppgaver har et fødselsnummer eller organisasjonsnummer med feil kontrollsiffer."
            ),
            guidance: "Kontroller nummeret på eieren. Oppgaven kan ikke knyttes til noen før det er rettet.",
            gravity: Gravity::Warning,
        });
    }
    let own_reference = leveranse["oppgavegiversLeveranseReferanse"].as_str().map(str::to_owned);
    Judged { own_reference, tasks: tasks.len(), warned, deviations }
}

fn known_owner(task: &Value) -> bool {
    let owner = &task["oppgaveeier"];
    match (owner["foedselsnummer"].as_str(), owner["organisasjonsnummer"].as_str()) {
        (Some(pid), _) => kernel::Pid::parse(pid).is_ok(),
        (None, Some(org_no)) => kernel::OrgNo::parse(org_no).is_ok(),
        (None, None) => false,
    }
}

/// An amount in hundredths, exact; amounts are written as whole kroner or with two decimals.
fn cents(amount: &Value) -> Option<i128> {
    let text = amount.as_number()?.to_string();
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let negative = whole.starts_with('-');
    let whole: i128 = whole.trim_start_matches('-').parse().ok()?;
    let fraction: i128 = format!("{fraction:0<2}").get(..2)?.parse().ok()?;
    let value = whole.checked_mul(100)?.checked_add(fraction)?;
    Some(if negative { -value } else { value })
}

fn kroner(cents: i128) -> String {
    if cents % 100 == 0 {
        (cents / 100).to_string()
    } else {
        format!("{},{:02}", cents / 100, (cents % 100).abs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn document(stated: i64, count: u64) -> Value {
        json!({"leveranse": {"oppgaveoppsummering": {"antallOppgaver": count, "sumAndelFormue": stated}, "oppgave": [
            {"oppgaveeier": {"organisasjonsnummer": "310149942"}, "andelFormue": 100.5},
            {"oppgaveeier": {"foedselsnummer": "21879498012"}, "andelFormue": 99.5}]}})
    }

    #[test]
    fn sums_that_agree_are_approved() {
        let judged = judge(Scheme::Boligsameie, &document(200, 2));
        assert!(judged[0].approved() && judged[0].deviations.is_empty());
    }

    #[test]
    fn a_wrong_sum_or_count_rejects_and_says_both_figures() {
        let judged = judge(Scheme::Boligsameie, &document(201, 3));
        let texts: Vec<_> = judged[0].deviations.iter().map(|d| (d.code, d.text.as_str())).collect();
        assert_eq!(texts[0].0, "ANTALL_OPPGAVER");
        assert_eq!(texts[1].1, "sumAndelFormue er oppgitt til 201, men oppgavene summerer til 200.");
        assert!(!judged[0].approved());
    }

    #[test]
    fn an_owner_with_a_wrong_check_digit_is_a_warning_only() {
        let mut document = document(200, 2);
        document["leveranse"]["oppgave"][1]["oppgaveeier"] = json!({"foedselsnummer": "00000000000"});
        let judged = judge(Scheme::Boligsameie, &document);
        assert!(judged[0].approved());
        assert_eq!(judged[0].warned, 1);
    }
}
