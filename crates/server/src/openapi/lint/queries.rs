//! Parameters: described, and those of a query flat, so that every generator and every form can write them, and bounded, so that a caller knows what is taken.

use serde_json::{Value, json};

use super::named;
use crate::openapi::walk::{items, operations, resolve, text};

pub fn check(document: &Value, faults: &mut Vec<String>) {
    for (place, operation) in operations(document) {
        for parameter in items(operation.get("parameters")).map(|parameter| resolve(document, parameter)) {
            let name = text(parameter, "name").unwrap_or_default();
            if text(parameter, "description").is_none_or(str::is_empty) {
                faults.push(format!("{}: the parameter `{name}` has no description", named(&place)));
            }
            if text(parameter, "in") == Some("query")
                && let Some(fault) = fault_of(document, name, parameter)
            {
                faults.push(format!("{}: the query parameter `{name}` {fault}", named(&place)));
            }
        }
    }
}

fn fault_of(document: &Value, name: &str, parameter: &Value) -> Option<&'static str> {
    if name.contains(['[', ']', '.']) || text(parameter, "style").is_some_and(|style| style != "form") {
        return Some("is written in brackets or another nested style");
    }
    let Some(schema) = parameter.get("schema").map(|schema| resolve(document, schema)) else { return Some("has no schema") };
    if text(schema, "type") != Some("array") {
        return fault_of_scalar(schema);
    }
    if parameter.get("explode") != Some(&json!(false)) {
        return Some("is a list that is not joined by commas (`explode: false`)");
    }
    match schema.get("items").map(|items| resolve(document, items)) {
        Some(item) if text(item, "type") != Some("array") => fault_of_scalar(item),
        _ => Some("is a list of lists, or of nothing"),
    }
}

fn fault_of_scalar(schema: &Value) -> Option<&'static str> {
    let has = |keywords: &[&str]| keywords.iter().any(|keyword| schema.get(*keyword).is_some());
    match text(schema, "type") {
        Some("boolean") => None,
        Some("string") if has(&["enum", "const", "pattern", "format", "maxLength"]) => None,
        Some("string") => Some("is any text: it needs an enumeration, a pattern, a format or a greatest length"),
        Some("integer" | "number") if has(&["minimum", "exclusiveMinimum"]) && has(&["maximum", "exclusiveMaximum"]) => None,
        Some("integer" | "number") => Some("is any number: it needs a minimum and a maximum"),
        _ => Some("is neither a scalar nor a list of scalars"),
    }
}
