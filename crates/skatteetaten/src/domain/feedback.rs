//! The feedback document (tilbakemelding) as XML.

use super::scheme::Scheme;
use super::verdict::{Deviation, Gravity, Judged};
use jiff::Timestamp;
use quick_xml::Writer;
use quick_xml::events::{BytesText, Event};
use std::io;
use uuid::Uuid;

/// Namespace of the root element.
pub const NAMESPACE: &str =
    "urn:ske:fastsetting:innsamling:grunnlagsdata:tilbakemelding:innsendingstilbakemelding:v2";

/// What the document tells.
#[derive(Debug)]
pub struct Feedback<'a> {
    /// Scheme.
    pub scheme: Scheme,
    /// Who sent: organisation number and name.
    pub sender: (&'a str, &'a str),
    /// Whom the data concern: organisation number and name.
    pub party: (&'a str, &'a str),
    /// When the delivery was taken.
    pub received: Timestamp,
    /// When it was judged.
    pub handled: Timestamp,
    /// `forsendelseId`
    pub filing: Uuid,
    /// Income year.
    pub income_year: i64,
    /// Judgement of each leveranse.
    pub judged: &'a [Judged],
}

impl Feedback<'_> {
    /// The whole document; elements stand in the sequence of the published schema.
    pub fn to_xml(&self) -> io::Result<Vec<u8>> {
        let mut xml = Writer::new_with_indent(Vec::new(), b' ', 2);
        xml.write_event(Event::Decl(quick_xml::events::BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        xml.create_element("tilbakemelding").with_attribute(("xmlns", NAMESPACE)).write_inner_content(
            |xml| {
                text(xml, "oppgavetype", self.scheme.name())?;
                xml.create_element("innsending").write_inner_content(|xml| {
                    organisation(xml, "innsender", self.sender)?;
                    text(xml, "innsendingstidspunkt", &self.received.to_string())?;
                    text(xml, "behandletTidspunkt", &self.handled.to_string())?;
                    text(xml, "forsendelseid", &self.filing.to_string())
                })?;
                xml.create_element("fil").write_inner_content(|xml| self.file(xml)).map(drop)
            },
        )?;
        Ok(xml.into_inner())
    }

    fn file(&self, xml: &mut Writer<Vec<u8>>) -> io::Result<()> {
        let approved = self.judged.iter().filter(|judged| judged.approved()).count();
        for deviation in self.judged.iter().flat_map(|judged| &judged.deviations) {
            avvik(xml, "filavvik", deviation)?;
        }
        xml.create_element("leveranseoppsummering").write_inner_content(|xml| {
            text(xml, "antallLeveranser", &self.judged.len().to_string())?;
            text(xml, "antallGodkjenteLeveranser", &approved.to_string())?;
            text(xml, "antallAvvisteLeveranser", &(self.judged.len() - approved).to_string())
        })?;
        for (index, judged) in self.judged.iter().enumerate() {
            xml.create_element("leveranse").write_inner_content(|xml| self.leveranse(xml, index, judged))?;
        }
        Ok(())
    }

    fn leveranse(&self, xml: &mut Writer<Vec<u8>>, index: usize, judged: &Judged) -> io::Result<()> {
        let approved = judged.approved();
        text(xml, "leveransestatus", if approved { "godkjent" } else { "avvist" })?;
        text(xml, "leveransereferanse", &format!("{}-{}", self.filing, index + 1))?;
        if let Some(own) = &judged.own_reference {
            text(xml, "oppgavegiversleveransereferanse", own)?;
        }
        organisation(xml, "oppgavegiver", self.party)?;
        text(xml, "inntektsaar", &self.income_year.to_string())?;
        xml.create_element("oppgaveoppsummering").write_inner_content(|xml| {
            text(xml, "antallOppgaver", &judged.tasks.to_string())?;
            text(xml, "antallAvvisteOppgaver", &(if approved { 0 } else { judged.tasks }).to_string())?;
            text(xml, "antallOppgaverMedVarsel", &judged.warned.to_string())
        })?;
        Ok(())
    }
}

fn organisation(xml: &mut Writer<Vec<u8>>, name: &str, (org_no, org_name): (&str, &str)) -> io::Result<()> {
    xml.create_element(name)
        .write_inner_content(|xml| {
            text(xml, "organisasjonsnummer", org_no)?;
            text(xml, "organisasjonsnavn", org_name)
        })
        .map(drop)
}

fn avvik(xml: &mut Writer<Vec<u8>>, name: &str, deviation: &Deviation) -> io::Result<()> {
    xml.create_element(name)
        .write_inner_content(|xml| {
            text(xml, "avvikskode", deviation.code)?;
            text(xml, "avvikstekst", &deviation.text)?;
            text(xml, "veiledning", deviation.guidance)?;
            let gravity = match deviation.gravity {
                Gravity::Rejected => "avvist",
                Gravity::Warning => "advarsel",
            };
            text(xml, "alvorlighetsgrad", gravity)
        })
        .map(drop)
}

fn text(xml: &mut Writer<Vec<u8>>, name: &str, value: &str) -> io::Result<()> {
    xml.create_element(name).write_text_content(BytesText::new(value)).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_stand_in_the_published_sequence_and_names_are_escaped() {
        let judged = [Judged { own_reference: Some("L-1".into()), tasks: 2, warned: 0, deviations: vec![] }];
        let at: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
        let feedback = Feedback {
            scheme: Scheme::Boligsameie,
            sender: ("310149942", "Lys & Co <AS>"),
            party: ("313876144", "Sameiet"),
            received: at,
            handled: at,
            filing: Uuid::nil(),
            income_year: 2023,
            judged: &judged,
        };
        let xml = String::from_utf8(feedback.to_xml().unwrap()).unwrap();
        let order = [
            "<oppgavetype>boligsameie",
            "<innsender>",
            "Lys &amp; Co &lt;AS&gt;",
            "<innsendingstidspunkt>",
            "<behandletTidspunkt>",
            "<forsendelseid>",
            "<fil>",
            "<leveranseoppsummering>",
            "<leveransestatus>godkjent",
            "<leveransereferanse>",
            "<oppgavegiversleveransereferanse>L-1",
            "<oppgavegiver>",
            "<inntektsaar>2023",
            "<antallOppgaverMedVarsel>0",
        ];
        let places: Vec<_> =
            order.iter().map(|part| xml.find(part).unwrap_or_else(|| panic!("{part} in {xml}"))).collect();
        assert!(places.is_sorted(), "{xml}");
    }
}
