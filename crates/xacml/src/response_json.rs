//! Writes responses in JSON.

use crate::request::Category;
use crate::response::{Decision, DecisionResult, FulfilledDuty, Response};
use serde_json::{Map, Value, json};

/// By the standard's JSON profile: `{"Response":[…]}`, names in its case, nothing that is empty.
pub fn write_response_json(response: &Response) -> Value {
    let results: Vec<Value> = response.results.iter().map(standard_result).collect();
    json!({ "Response": results })
}

fn standard_result(result: &DecisionResult) -> Value {
    let mut status = json!({ "StatusCode": { "Value": result.status.urn() } });
    if let Some(message) = &result.message {
        status["StatusMessage"] = json!(message);
    }
    let mut object = Map::new();
    object.insert("Decision".to_owned(), json!(result.decision.word()));
    object.insert("Status".to_owned(), status);
    let mut insert = |name: &str, items: Vec<Value>| {
        if !items.is_empty() {
            object.insert(name.to_owned(), Value::Array(items));
        }
    };
    insert("Obligations", result.obligations.iter().map(standard_duty).collect());
    insert("AssociatedAdvice", result.advice.iter().map(standard_duty).collect());
    insert("Category", result.categories.iter().map(standard_category).collect());
    if !result.policies.is_empty() {
        let of_kind = |set: bool| -> Vec<Value> {
            let chosen = result.policies.iter().filter(|(_, _, is_set)| *is_set == set);
            chosen.map(|(id, version, _)| json!({ "Id": id, "Version": version })).collect()
        };
        object.insert(
            "PolicyIdentifierList".to_owned(),
            json!({ "PolicyIdReference": of_kind(false), "PolicySetIdReference": of_kind(true) }),
        );
    }
    Value::Object(object)
}

fn standard_duty(duty: &FulfilledDuty) -> Value {
    let assignments: Vec<Value> = duty
        .assignments
        .iter()
        .map(|assigned| {
            let mut value = json!({
                "AttributeId": assigned.attribute,
                "Value": assigned.value,
                "DataType": assigned.data_type.uri(),
            });
            if let Some(category) = &assigned.category {
                value["Category"] = json!(category);
            }
            if let Some(issuer) = &assigned.issuer {
                value["Issuer"] = json!(issuer);
            }
            value
        })
        .collect();
    json!({ "Id": duty.id, "AttributeAssignment": assignments })
}

fn standard_category(category: &Category) -> Value {
    let attributes: Vec<Value> = category
        .attributes
        .iter()
        .flat_map(|attribute| {
            attribute.values.iter().map(|(data_type, value)| {
                json!({ "AttributeId": attribute.id, "Value": value, "DataType": data_type.uri(),
                    "IncludeInResult": true })
            })
        })
        .collect();
    json!({ "CategoryId": category.category, "Attribute": attributes })
}

/// As the platform writes it (authorization.md §2.1): camelCase, nulls written, messages left out.
pub fn write_platform_json(response: &Response) -> Value {
    let results: Vec<Value> = response.results.iter().map(platform_result).collect();
    json!({ "response": results })
}

fn platform_result(result: &DecisionResult) -> Value {
    let obligations: Vec<Value> = result.obligations.iter().map(platform_obligation).collect();
    let categories: Vec<Value> = result.categories.iter().map(platform_category).collect();
    let or_null = |items: Vec<Value>| if items.is_empty() { Value::Null } else { Value::Array(items) };
    let echo = result.decision != Decision::Indeterminate;
    json!({
        "decision": result.decision.word(),
        "status": {
            "statusMessage": null,
            "statusDetails": null,
            "statusCode": { "value": result.status.urn(), "statusCode": null },
        },
        "obligations": or_null(obligations),
        "associateAdvice": null,
        "category": if echo { or_null(categories) } else { Value::Null },
        "policyIdentifierList": null,
    })
}

fn platform_obligation(duty: &FulfilledDuty) -> Value {
    let assignments: Vec<Value> = duty
        .assignments
        .iter()
        .map(|assigned| {
            json!({
                "attributeId": assigned.attribute,
                "value": assigned.value,
                "category": assigned.category,
                "dataType": assigned.data_type.uri(),
                "issuer": assigned.issuer,
            })
        })
        .collect();
    json!({ "id": duty.id, "attributeAssignment": assignments })
}

/// WIRE: `id`, `content` and `issuer` are null and `includeInResult` false whatever the request said.
fn platform_category(category: &Category) -> Value {
    let attributes: Vec<Value> = category
        .attributes
        .iter()
        .flat_map(|attribute| {
            attribute.values.iter().map(|(data_type, value)| {
                json!({
                    "attributeId": attribute.id,
                    "value": value,
                    "dataType": data_type.uri(),
                    "issuer": null,
                    "includeInResult": false,
                })
            })
        })
        .collect();
    json!({ "categoryId": category.category, "id": null, "content": null, "attribute": attributes })
}
