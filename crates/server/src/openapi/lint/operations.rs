//! Operations: names, texts, tags and who may call them. Generators make function names, modules and authentication of these.

use std::collections::BTreeSet;

use serde_json::Value;

use super::named;
use crate::openapi::walk::{Object, items, members, operations, text};

pub fn check(document: &Value, faults: &mut Vec<String>) {
    let mut seen = BTreeSet::new();
    for (place, operation) in operations(document) {
        let place = named(&place);
        let name = operation.get("operationId").and_then(Value::as_str).unwrap_or_default();
        if !is_verb_and_resource(name) {
            faults.push(format!("{place}: the operationId `{name}` is not of the form <verb>_<resource>"));
        }
        if !seen.insert(name) {
            faults.push(format!("{place}: the operationId `{name}` occurs twice"));
        }
        check_texts(&place, operation, faults);
        check_tags(document, &place, operation, faults);
        check_security(document, &place, operation, faults);
    }
    for (name, hook) in members(document.get("webhooks")) {
        for (_, operation) in members(Some(hook)).filter(|(_, operation)| operation.is_object()) {
            if let Some(operation) = operation.as_object() {
                check_texts(&format!("webhook {name}"), operation, faults);
            }
        }
    }
}

/// Lower-case words joined by `_`, at least two: `list_articles`.
fn is_verb_and_resource(name: &str) -> bool {
    let words: Vec<&str> = name.split('_').collect();
    let is_word = |word: &&str| {
        word.starts_with(|first: char| first.is_ascii_lowercase())
            && word.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit())
    };
    words.len() >= 2 && words.iter().all(is_word)
}

fn check_texts(place: &str, operation: &Object, faults: &mut Vec<String>) {
    for key in ["summary", "description"] {
        if operation.get(key).and_then(Value::as_str).is_none_or(|text| text.trim().is_empty()) {
            faults.push(format!("{place}: there is no {key}"));
        }
    }
}

fn check_tags(document: &Value, place: &str, operation: &Object, faults: &mut Vec<String>) {
    let tags: Vec<&str> = items(operation.get("tags")).filter_map(Value::as_str).collect();
    let [tag] = tags.as_slice() else {
        faults.push(format!("{place}: there are {} tags instead of one", tags.len()));
        return;
    };
    let declared = items(document.get("tags")).find(|declared| text(declared, "name") == Some(tag));
    if declared.and_then(|declared| text(declared, "description")).is_none() {
        faults.push(format!("{place}: the tag `{tag}` is not declared with a description"));
    }
}

fn check_security(document: &Value, place: &str, operation: &Object, faults: &mut Vec<String>) {
    let Some(security) = operation.get("security").and_then(Value::as_array) else {
        faults.push(format!("{place}: it is not said who may call it (`security`)"));
        return;
    };
    for (scheme, _) in security.iter().flat_map(|requirement| members(Some(requirement))) {
        if document.pointer(&format!("/components/securitySchemes/{scheme}")).is_none() {
            faults.push(format!("{place}: the security scheme `{scheme}` is not declared"));
        }
    }
}
