//! Writes a `Response` document.

use crate::reader::NAMESPACE;
use crate::response::{DecisionResult, FulfilledDuty, Response};
use quick_xml::escape::escape;
use std::fmt::Write;

/// By the standard.
pub fn write_response_xml(response: &Response) -> String {
    let mut out = format!("<?xml version=\"1.0\" encoding=\"utf-8\"?><Response xmlns=\"{NAMESPACE}\">");
    for result in &response.results {
        write_result(&mut out, result);
    }
    out.push_str("</Response>");
    out
}

fn attribute(out: &mut String, name: &str, value: Option<&str>) {
    if let Some(value) = value {
        _ = write!(out, " {name}=\"{}\"", escape(value));
    }
}

fn write_result(out: &mut String, result: &DecisionResult) {
    _ = write!(out, "<Result><Decision>{}</Decision>", result.decision.word());
    _ = write!(out, "<Status><StatusCode Value=\"{}\"/>", result.status.urn());
    if let Some(message) = &result.message {
        _ = write!(out, "<StatusMessage>{}</StatusMessage>", escape(message.as_str()));
    }
    out.push_str("</Status>");
    write_duties(out, "Obligations", "Obligation", "ObligationId", &result.obligations);
    write_duties(out, "AssociatedAdvice", "Advice", "AdviceId", &result.advice);
    for category in &result.categories {
        _ = write!(out, "<Attributes Category=\"{}\">", escape(category.category.as_ref()));
        for entry in &category.attributes {
            _ = write!(
                out,
                "<Attribute AttributeId=\"{}\" IncludeInResult=\"true\"",
                escape(entry.id.as_ref())
            );
            attribute(out, "Issuer", entry.issuer.as_deref());
            out.push('>');
            for (data_type, value) in &entry.values {
                write_value(out, "AttributeValue", data_type.uri(), value);
            }
            out.push_str("</Attribute>");
        }
        out.push_str("</Attributes>");
    }
    if !result.policies.is_empty() {
        out.push_str("<PolicyIdentifierList>");
        for (id, version, is_set) in &result.policies {
            let name = if *is_set { "PolicySetIdReference" } else { "PolicyIdReference" };
            _ = write!(
                out,
                "<{name} Version=\"{}\">{}</{name}>",
                escape(version.as_str()),
                escape(id.as_str())
            );
        }
        out.push_str("</PolicyIdentifierList>");
    }
    out.push_str("</Result>");
}

fn write_value(out: &mut String, name: &str, data_type: &str, value: &str) {
    _ = write!(out, "<{name} DataType=\"{}\">{}</{name}>", escape(data_type), escape(value));
}

fn write_duties(out: &mut String, list: &str, item: &str, id: &str, duties: &[FulfilledDuty]) {
    if duties.is_empty() {
        return;
    }
    _ = write!(out, "<{list}>");
    for duty in duties {
        _ = write!(out, "<{item} {id}=\"{}\">", escape(duty.id.as_str()));
        for assigned in &duty.assignments {
            _ = write!(out, "<AttributeAssignment AttributeId=\"{}\"", escape(assigned.attribute.as_str()));
            attribute(out, "Category", assigned.category.as_deref());
            attribute(out, "Issuer", assigned.issuer.as_deref());
            attribute(out, "DataType", Some(assigned.data_type.uri()));
            _ = write!(out, ">{}</AttributeAssignment>", escape(assigned.value.as_str()));
        }
        _ = write!(out, "</{item}>");
    }
    _ = write!(out, "</{list}>");
}
