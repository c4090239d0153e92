//! Reads a `Request` document.

use crate::dom::{Element, ReadError, parse};
use crate::request::{Attribute, Category, Request};
use crate::value::DataType;

/// Reads a request in XML.
pub fn read_request_xml(xml: &str) -> Result<Request, ReadError> {
    let root = parse(xml)?;
    let fail = |element: &Element, reason: String| ReadError::at(xml, element.offset, reason);
    if root.name != "Request" || root.namespace != crate::reader::NAMESPACE {
        return Err(fail(&root, "a Request of XACML 3.0 was wanted".to_owned()));
    }
    let flag = |element: &Element, name: &str| match element.attribute(name).map(str::trim) {
        None | Some("false" | "0") => Ok(false),
        Some("true" | "1") => Ok(true),
        Some(other) => Err(fail(element, format!("{name} is {other:?}, not true or false"))),
    };
    let needed = |element: &Element, name: &str| {
        element
            .attribute(name)
            .map(str::to_owned)
            .ok_or_else(|| fail(element, format!("{} lacks attribute {name}", element.name)))
    };
    let mut request = Request {
        return_policy_ids: flag(&root, "ReturnPolicyIdList")?,
        combined_decision: flag(&root, "CombinedDecision")?,
        ..Request::default()
    };
    for element in &root.children {
        match element.name.as_str() {
            "Attributes" => {
                let mut category = Category::new(needed(element, "Category")?);
                category.id =
                    element.attribute("xml:id").or_else(|| element.attribute("id")).map(str::to_owned);
                for entry in element.all("Attribute") {
                    let values = entry
                        .all("AttributeValue")
                        .map(|value| {
                            Ok((DataType::from_uri(&needed(value, "DataType")?), value.text.clone()))
                        })
                        .collect::<Result<Vec<_>, ReadError>>()?;
                    if values.is_empty() {
                        return Err(fail(entry, "Attribute has no AttributeValue".to_owned()));
                    }
                    category.attributes.push(Attribute {
                        id: needed(entry, "AttributeId")?.into(),
                        issuer: entry.attribute("Issuer").map(str::to_owned),
                        include_in_result: flag(entry, "IncludeInResult")?,
                        values,
                    });
                }
                request.categories.push(category);
            }
            "MultiRequests" => {
                for reference in element.all("RequestReference") {
                    let ids = reference
                        .all("AttributesReference")
                        .map(|id| needed(id, "ReferenceId"))
                        .collect::<Result<Vec<_>, ReadError>>()?;
                    request.multi.push(ids);
                }
            }
            "RequestDefaults" => {}
            _ => return Err(fail(element, format!("element {} is not allowed here", element.name))),
        }
    }
    Ok(request)
}
