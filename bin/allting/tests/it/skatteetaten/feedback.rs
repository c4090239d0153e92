//! The agency's answer: verdict, document, transmission, e-mail.

use super::{Filed, World, delivery, sound, world};
use crate::support::{Answer, DIALOGS};
use population::personas::CONDOMINIUM;
use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::{Value, json};

impl World {
    async fn dialog(&self, filed: &Filed) -> Value {
        let token = self.user.token(&self.app, DIALOGS).await;
        let path = format!("/dialogporten/api/v1/enduser/dialogs/{}", filed.dialog);
        let answer = self.app.get(&path).bearer(&token).send().await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    }

    /// The transmission that answers the delivery.
    async fn answer_to(&self, filed: &Filed) -> Value {
        let dialog = self.dialog(filed).await;
        let mut answers = dialog["transmissions"].as_array().unwrap().iter();
        answers.find(|one| one["relatedTransmissionId"] == filed.filing.as_str()).unwrap().clone()
    }

    /// The document behind the attachment's address for systems.
    async fn document(&self, transmission: &Value) -> Answer {
        let urls = transmission["attachments"][0]["urls"].as_array().unwrap();
        let api = urls.iter().find(|url| url["consumerType"] == "Api").unwrap()["url"].as_str().unwrap();
        let path = api.strip_prefix(crate::support::BASE).unwrap();
        self.app.get(path).bearer(&self.token).send().await
    }

    async fn mails(&self, to: &str) -> Vec<Value> {
        let answer = self.app.get(&format!("/sandbox/api/v1/messages?to={to}")).send().await;
        answer.json()["messages"].as_array().unwrap().clone()
    }
}

#[tokio::test]
async fn a_sound_delivery_is_approved() {
    let world = world().await;
    let filed = world.filed(&sound()).await;
    assert_eq!(world.dialog(&filed).await["status"], "InProgress");
    world.app.drain().await;
    let dialog = world.dialog(&filed).await;
    assert_eq!(dialog["status"], "Completed");
    assert_eq!(dialog["transmissions"].as_array().unwrap().len(), 2);
    let answer = world.answer_to(&filed).await;
    assert_eq!(answer["type"], "Acceptance");
    let document = world.document(&answer).await;
    assert_eq!(document.status, 200, "{}", document.text());
    assert!(document.header("content-type").starts_with("application/xml"));
    let found = read(&document.text());
    check(&found, &GRAMMAR).unwrap();
    let value = |path: &str| found.find(path).map(|element| element.text.as_str());
    assert_eq!(value("innsending/forsendelseid"), Some(filed.filing.as_str()));
    assert_eq!(value("innsending/innsender/organisasjonsnummer"), Some("310200409"));
    assert_eq!(value("fil/leveranse/leveransestatus"), Some("godkjent"));
    assert_eq!(value("fil/leveranse/oppgavegiver/organisasjonsnummer"), Some(CONDOMINIUM));
    assert_eq!(value("fil/leveranse/oppgavegiversleveransereferanse"), Some("L-1"));
    assert_eq!(value("fil/leveranseoppsummering/antallGodkjenteLeveranser"), Some("1"));
    assert_eq!(value("fil/filavvik"), None);
}

#[tokio::test]
async fn a_wrong_sum_is_rejected_with_the_reason() {
    let world = world().await;
    let filed = world.filed(&delivery("L-<&>", 1)).await;
    world.app.drain().await;
    assert_eq!(world.dialog(&filed).await["status"], "RequiresAttention");
    let answer = world.answer_to(&filed).await;
    assert_eq!(answer["type"], "Rejection");
    assert!(answer["content"]["summary"].to_string().contains("27709"), "{answer}");
    let document = world.document(&answer).await.text();
    let found = read(&document);
    check(&found, &GRAMMAR).unwrap();
    let value = |path: &str| found.find(path).map(|element| element.text.as_str());
    assert_eq!(value("fil/leveranse/leveransestatus"), Some("avvist"));
    assert_eq!(value("fil/leveranse/oppgavegiversleveransereferanse"), Some("L-<&>"));
    assert_eq!(value("fil/filavvik/avvikskode"), Some("SUM_AVVIKER"));
    assert_eq!(value("fil/filavvik/alvorlighetsgrad"), Some("avvist"));
    assert_eq!(value("fil/leveranse/oppgaveoppsummering/antallAvvisteOppgaver"), Some("2"));

    // A corrected delivery in the same dialog settles it.
    let corrected = world.filed(&sound()).await;
    assert_eq!(corrected.dialog, filed.dialog);
    world.app.drain().await;
    assert_eq!(world.dialog(&filed).await["status"], "Completed");
}

#[tokio::test]
async fn each_address_gets_one_mail_an_answer() {
    let world = world().await;
    let mut same = sound();
    same["leveranse"]["oppgavegiver"]["kontaktinformasjon"]["varselEpostadresse"] =
        json!("Styret@Fjordutsikten.test ");
    world.filed(&same).await;
    world.app.drain().await;
    assert_eq!(world.app.count("captured_message").await, 1, "registered and given are the same address");
    world.filed(&delivery("L-2", 1)).await;
    world.app.drain().await;
    let (registered, given) =
        (world.mails("styret@fjordutsikten.test").await, world.mails("regnskap@sameiet.example").await);
    assert_eq!((registered.len(), given.len()), (2, 1));
    let body = given[0]["body"].as_str().unwrap();
    assert!(body.contains("avvist") && !body.contains("http"), "{body}");
}

/// Messages are delivered at least once: the back office hears twice of a delivery, in turn and at the same time.
#[tokio::test]
async fn the_back_office_may_hear_of_a_delivery_more_than_once() {
    let world = world().await;
    let app = &world.app;
    let filed = world.filed(&sound()).await;
    let again = async |key: &str| {
        let message = jobs::Message {
            topic: "skatteetaten.filing.received",
            key: key.into(),
            payload: json!({ "filing": filed.filing }),
            available_at: None,
        };
        let mut tx = app.ctx.db.begin("test.again").await.unwrap();
        app.ctx.outbox.put(&mut tx, message).await.unwrap();
        tx.commit().await.unwrap();
    };
    // Other keys, so that one batch runs all three side by side.
    again("a").await;
    again("b").await;
    app.drain().await;
    let rows = app.rows().await;
    for (table, wanted) in
        [("gld_document", 3), ("dialog_transmission", 2), ("captured_message", 2), ("outbox", 0)]
    {
        assert_eq!(app.count(table).await, wanted, "{table}");
    }
    again("c").await;
    assert!(app.drain().await > 0);
    assert_eq!(app.rows().await, rows);
}

/// A sequence of elements as the published schema has it: name, fewest, most, children.
struct Rule(&'static str, usize, usize, &'static [Rule]);

const MANY: usize = usize::MAX;
const DEVIATION: [Rule; 5] = [
    Rule("avvikskode", 1, 1, &[]),
    Rule("avvikstekst", 1, 1, &[]),
    Rule("beskrivelse", 0, 1, &[]),
    Rule("veiledning", 0, 1, &[]),
    Rule("alvorlighetsgrad", 1, 1, &[]),
];
const NUMBER: Rule = Rule("organisasjonsnummer", 1, 1, &[]);
const NAME: Rule = Rule("organisasjonsnavn", 0, 1, &[]);
const DELIVERY: [Rule; 8] = [
    Rule("leveransestatus", 1, 1, &[]),
    Rule("leveransereferanse", 1, 1, &[]),
    Rule("oppgavegiversleveransereferanse", 0, 1, &[]),
    Rule("oppgavegiver", 1, 1, &[NUMBER, NAME]),
    Rule("inntektsaar", 1, 1, &[]),
    Rule("periode", 0, 1, &[]),
    Rule(
        "oppgaveoppsummering",
        0,
        1,
        &[
            Rule("antallOppgaver", 1, 1, &[]),
            Rule("antallAvvisteOppgaver", 1, 1, &[]),
            Rule("antallOppgaverMedVarsel", 1, 1, &[]),
        ],
    ),
    Rule("filnavnLeveransetilbakemelding", 0, 1, &[]),
];
/// Agency services §4.
const GRAMMAR: [Rule; 5] = [
    Rule("oppgavetype", 1, 1, &[]),
    Rule("innleveringsfrist", 0, 1, &[]),
    Rule(
        "innsending",
        1,
        1,
        &[
            Rule("innsender", 1, 1, &[NUMBER, NAME, Rule("kontaktinformasjon", 0, 1, &[])]),
            Rule("innsendingstidspunkt", 1, 1, &[]),
            Rule("behandletTidspunkt", 1, 1, &[]),
            Rule("altinnreferanse", 0, 1, &[]),
            Rule("forsendelseid", 0, 1, &[]),
            Rule("filnavnLeveransetilbakemeldinger", 0, 1, &[]),
            Rule("innsendingsavvik", 0, MANY, &DEVIATION),
        ],
    ),
    Rule(
        "fil",
        0,
        MANY,
        &[
            Rule("filnavnFraInnsending", 0, 1, &[]),
            Rule("filavvik", 0, MANY, &DEVIATION),
            Rule(
                "leveranseoppsummering",
                0,
                1,
                &[
                    Rule("antallLeveranser", 1, 1, &[]),
                    Rule("antallGodkjenteLeveranser", 1, 1, &[]),
                    Rule("antallAvvisteLeveranser", 1, 1, &[]),
                ],
            ),
            Rule("leveranse", 0, MANY, &DELIVERY),
        ],
    ),
    Rule("miljoeinformasjon", 0, 1, &[]),
];

#[derive(Debug, Default)]
struct Element {
    name: String,
    text: String,
    children: Vec<Element>,
}

impl Element {
    fn find(&self, path: &str) -> Option<&Element> {
        path.split('/').try_fold(self, |at, name| at.children.iter().find(|child| child.name == name))
    }
}

fn read(xml: &str) -> Element {
    let mut reader = Reader::from_str(xml);
    let mut open = vec![Element::default()];
    loop {
        match reader.read_event().unwrap() {
            Event::Start(start) => {
                let name = start.name().as_ref().to_owned();
                if open.len() == 1 {
                    let namespace = start.try_get_attribute("xmlns").unwrap().unwrap();
                    let wanted = "urn:ske:fastsetting:innsamling:grunnlagsdata:tilbakemelding:innsendingstilbakemelding:v2";
                    assert_eq!(namespace.value.as_ref(), wanted);
                    assert_eq!(name, "tilbakemelding");
                }
                open.push(Element { name, ..Element::default() });
            }
            Event::Text(text) => open.last_mut().unwrap().text += text.trim(),
            Event::GeneralRef(entity) => {
                let character = quick_xml::escape::resolve_predefined_entity(&entity).unwrap();
                open.last_mut().unwrap().text += character;
            }
            Event::End(_) => {
                let done = open.pop().unwrap();
                open.last_mut().unwrap().children.push(done);
            }
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(open.len(), 1, "an element is not closed");
    open[0].children.pop().unwrap()
}

fn check(element: &Element, rules: &[Rule]) -> Result<(), String> {
    let mut rest = element.children.iter().peekable();
    for Rule(name, fewest, most, inner) in rules {
        let mut found = 0;
        while let Some(child) = rest.next_if(|child| child.name == *name) {
            found += 1;
            if inner.is_empty() && (child.text.is_empty() || !child.children.is_empty()) {
                return Err(format!("{name} must hold text alone"));
            }
            check(child, inner)?;
        }
        if found < *fewest || found > *most {
            return Err(format!("{found} of {name} in {}", element.name));
        }
    }
    rest.next().map_or(Ok(()), |child| Err(format!("{} out of order in {}", child.name, element.name)))
}

#[test]
fn the_check_sees_a_wrong_order() {
    let swapped = read(
        "<tilbakemelding xmlns=\"urn:ske:fastsetting:innsamling:grunnlagsdata:tilbakemelding:innsendingstilbakemelding:v2\">\
         <innsending/><oppgavetype>x</oppgavetype></tilbakemelding>"
            .replace("<innsending/>", "<innsending></innsending>")
            .as_str(),
    );
    assert_eq!(check(&swapped, &GRAMMAR), Err("0 of oppgavetype in tilbakemelding".to_owned()));
}
