//! Which questions a dialog puts to the decision point, and what the answers allow.

use super::model::{Aggregate, Dialog};
use super::names::ContentType;
use super::rules::RESOURCE_PREFIX;
use ports::authorization::{Decision, Question, Subject};
use uuid::Uuid;

/// The dialog as a whole.
pub const MAIN: &str = "main";
const SUBRESOURCE: &str = "urn:altinn:subresource";

/// An action on the dialog as a whole (`main`) or on a part of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Asked {
    /// Action.
    pub action: String,
    /// Part.
    pub attribute: String,
}

/// Everything that must be asked, each once, in the order in which it is asked.
pub fn asked(aggregate: &Aggregate) -> Vec<Asked> {
    let parts = &aggregate.dialog.parts;
    let gui = parts.gui_actions.iter().map(|a| (&a.action, &a.attribute));
    let api = parts.api_actions.iter().map(|a| (&a.action, &a.attribute));
    let mut all: Vec<Asked> = gui
        .chain(api)
        .map(|(action, attribute)| Asked {
            action: action.clone(),
            attribute: attribute.clone().unwrap_or_else(|| MAIN.to_owned()),
        })
        .collect();
    for attribute in aggregate.transmissions.iter().filter_map(|t| t.attribute.as_deref()) {
        all.push(Asked {
            action: transmission_action(attribute).to_owned(),
            attribute: attribute.to_owned(),
        });
    }
    all.push(Asked { action: "read".to_owned(), attribute: MAIN.to_owned() });
    all.sort();
    all.dedup();
    all
}

fn transmission_action(attribute: &str) -> &'static str {
    if attribute.starts_with(RESOURCE_PREFIX) { "read" } else { "transmissionread" }
}

/// The question as the decision point takes it.
pub fn question(dialog: &Dialog, party: Uuid, subject: &Subject, asked: &Asked) -> Question {
    let mut question = Question {
        subject: subject.clone(),
        resource: dialog.resource.clone(),
        party,
        action: asked.action.clone(),
        instance: Some(instance_ref(dialog)),
        attribute: None,
    };
    if let Some(other) = asked.attribute.strip_prefix(RESOURCE_PREFIX) {
        // WIRE: dialogporten §12.2, another resource has a policy of its own and knows nothing of this instance.
        question.resource = other.to_lowercase();
        question.instance = None;
        return question;
    }
    question.attribute = Some(match asked.attribute.rsplit_once(':') {
        Some((id, value)) => (id.to_owned(), value.to_owned()),
        None => (SUBRESOURCE.to_owned(), asked.attribute.clone()),
    });
    question
}

/// What a right to a single instance names: the app instance or message behind the dialog, else the dialog itself.
pub fn instance_ref(dialog: &Dialog) -> String {
    const APP: &str = "urn:altinn:instance-id:";
    const STORAGE: &str = "urn:altinn:integration:storage:";
    const MESSAGE: &str = "urn:altinn:correspondence-id:";
    let app = dialog
        .owner_labels
        .iter()
        .filter_map(|l| l.strip_prefix(APP).or_else(|| l.strip_prefix(STORAGE)))
        .filter(|rest| {
            rest.split_once('/').is_some_and(|(party, guid)| {
                party.parse::<u32>().is_ok_and(|p| p > 0) && Uuid::try_parse(guid).is_ok()
            })
        })
        .max();
    if let Some(rest) = app {
        return format!("{APP}{rest}");
    }
    let message = dialog
        .owner_labels
        .iter()
        .find(|l| l.strip_prefix(MESSAGE).is_some_and(|guid| Uuid::try_parse(guid).is_ok()));
    message.cloned().unwrap_or_else(|| format!("urn:altinn:dialog-id:{}", dialog.id))
}

/// Level of login for a dialog whose policy does not tell its own (dialogporten §12.4).
pub const UNKNOWN_LEVEL: u8 = 3;

/// What the caller may do with the dialog.
#[derive(Debug, Clone, Default)]
pub struct Grants {
    granted: Vec<Asked>,
    /// Level that the policy asks for.
    pub minimum_level: u8,
}

impl Grants {
    /// From the answers, in the order of the questions.
    pub fn new(asked: Vec<Asked>, decisions: &[Decision]) -> Self {
        let minimum_level = decisions.iter().filter_map(|d| d.minimum_level).max().unwrap_or(UNKNOWN_LEVEL);
        let granted =
            asked.into_iter().zip(decisions).filter(|(_, d)| d.permits()).map(|(asked, _)| asked).collect();
        Self { granted, minimum_level }
    }

    /// Any right to the dialog as a whole.
    pub fn main(&self) -> bool {
        self.granted.iter().any(|g| g.attribute == MAIN)
    }

    /// The button or action may be used.
    pub fn action(&self, action: &str, attribute: Option<&str>) -> bool {
        match attribute {
            None => self.main() && self.granted.iter().any(|g| g.action == action),
            Some(attribute) => self.granted.iter().any(|g| g.action == action && g.attribute == attribute),
        }
    }

    /// The embedded main content may be fetched.
    pub fn main_content(&self) -> bool {
        self.action("read", Some(MAIN))
    }

    /// The transmission may be read.
    pub fn transmission(&self, attribute: Option<&str>) -> bool {
        match attribute {
            None => self.main(),
            Some(attribute) => self.action(transmission_action(attribute), Some(attribute)),
        }
    }

    /// Claim `a` of the dialog token.
    pub fn claim(&self) -> String {
        let texts: Vec<String> =
            self.granted
                .iter()
                .map(|g| {
                    if g.attribute == MAIN {
                        g.action.clone()
                    } else {
                        format!("{},{}", g.action, g.attribute)
                    }
                })
                .collect();
        texts.join(";")
    }
}

/// Contents whose addresses are hidden from those who may not read.
pub const EMBEDDED: [ContentType; 2] = [ContentType::MainContentReference, ContentType::ContentReference];

#[cfg(test)]
mod tests {
    use super::*;
    use ports::authorization::Effect;

    fn asked_of(pairs: &[(&str, &str)]) -> Vec<Asked> {
        pairs.iter().map(|(a, r)| Asked { action: (*a).to_owned(), attribute: (*r).to_owned() }).collect()
    }

    fn decision(effect: Effect) -> Decision {
        Decision { effect, minimum_level: Some(2), why: vec![] }
    }

    #[test]
    fn the_token_claim_leaves_main_out_and_keeps_the_order_of_the_answers() {
        let asked = asked_of(&[
            ("read", "main"),
            ("read", "urn:altinn:resource:x"),
            ("sign", "main"),
            ("transmissionread", "part2"),
        ]);
        let mut answers = vec![decision(Effect::Permit); 4];
        answers[2] = decision(Effect::NotApplicable);
        let grants = Grants::new(asked, &answers);
        assert_eq!(grants.claim(), "read;read,urn:altinn:resource:x;transmissionread,part2");
        assert_eq!(grants.minimum_level, 2);
        assert!(!grants.action("sign", None));
    }

    #[test]
    fn a_right_to_a_part_gives_no_right_to_the_whole() {
        let grants = Grants::new(asked_of(&[("transmissionread", "part2")]), &[decision(Effect::Permit)]);
        assert!(!grants.main());
        assert!(!grants.transmission(None));
        assert!(grants.transmission(Some("part2")));
        assert!(!grants.transmission(Some("part3")));
    }

    #[test]
    fn a_level_that_nobody_tells_is_three() {
        let untold = Decision { minimum_level: None, ..decision(Effect::NotApplicable) };
        assert_eq!(Grants::new(asked_of(&[("read", "main")]), &[untold]).minimum_level, 3);
    }
}
