//! Parameters that follow from a rule, and how lists are written in a query.

use serde_json::{Value, json};

use super::surface::{Surface, changes_version};
use super::walk::{Object, Place, change_operations, components, items, reference_to, resolve, text};

/// Conditional reads (RFC 9110, section 13.1.2).
pub const IF_NONE_MATCH: &str = "If-None-Match";
/// Reads that must not be older than something the caller knows of.
pub const MIN_REVISION: &str = "Masthead-Min-Revision";
/// Changes to a known version (RFC 9110, section 13.1.1).
pub const IF_MATCH: &str = "If-Match";
/// Changes that are made once however often they are sent.
pub const IDEMPOTENCY_KEY: &str = "Idempotency-Key";
/// Changes that are only tried.
const DRY_RUN: &str = "dry_run";

/// Adds the header parameters that the contract promises, and makes every list in a query a comma list.
pub fn write(document: &mut Value) {
    let before = document.clone();
    change_operations(document, &mut |place, operation| {
        let mut wanted = Vec::new();
        if takes_if_none_match(place) {
            wanted.push(IF_NONE_MATCH);
        }
        if takes_if_none_match(place) {
            wanted.push(MIN_REVISION);
        }
        if changes_version(place, operation) {
            wanted.push(IF_MATCH);
        }
        if makes_change(place) {
            wanted.push(DRY_RUN);
        }
        if makes_change(place) && place.method == "post" {
            wanted.push(IDEMPOTENCY_KEY);
        }
        wanted.retain(|name| header_parameter(&before, operation, name).is_none() && !refers_to(operation, name));
        let Some(parameters) = operation.entry("parameters").or_insert_with(|| json!([])).as_array_mut() else { return };
        parameters.extend(wanted.into_iter().map(|name| reference_to("parameters", name)));
        for parameter in parameters.iter_mut() {
            let is_list = parameter.get("schema").is_some_and(|schema| text(resolve(&before, schema), "type") == Some("array"));
            if let Some(parameter) = parameter.as_object_mut().filter(|parameter| parameter.get("in") == Some(&json!("query")) && is_list) {
                parameter.insert("style".to_owned(), json!("form"));
                parameter.insert("explode".to_owned(), json!(false));
            }
        }
        parameters.iter_mut().for_each(forget_example_of_optional);
        if parameters.is_empty() {
            operation.shift_remove("parameters");
        }
    });
    if let Some(shared) = components(document, "parameters") {
        for (name, parameter) in shared_parameters() {
            shared.insert(name.to_owned(), parameter);
        }
    }
}

/// An optional parameter shows no example: interactive pages fill it in and send it, and so filter by a tag that nobody
/// asked for.
fn forget_example_of_optional(parameter: &mut Value) {
    let Some(parameter) = parameter.as_object_mut().filter(|parameter| parameter.get("required") != Some(&json!(true))) else { return };
    for keyword in ["example", "examples"] {
        parameter.shift_remove(keyword);
        if let Some(schema) = parameter.get_mut("schema").and_then(Value::as_object_mut) {
            schema.shift_remove(keyword);
        }
    }
}

/// Whether an operation has the shared parameter of that name already.
fn refers_to(operation: &Object, name: &str) -> bool {
    items(operation.get("parameters")).any(|parameter| *parameter == reference_to("parameters", name))
}

/// Whether an operation changes what editors see.
pub fn makes_change(place: &Place) -> bool {
    place.method != "get" && Surface::of(&place.path) == Surface::Editing
}

/// Whether a read can be answered with 304.
pub fn takes_if_none_match(place: &Place) -> bool {
    place.method == "get" && Surface::of(&place.path).is_cacheable()
}

/// The header parameter `name` of an operation, its own or shared. Names of headers know no case.
pub fn header_parameter<'document>(document: &'document Value, operation: &'document Object, name: &str) -> Option<&'document Value> {
    items(operation.get("parameters")).map(|parameter| resolve(document, parameter)).find(|parameter| {
        text(parameter, "in") == Some("header") && text(parameter, "name").is_some_and(|declared| declared.eq_ignore_ascii_case(name))
    })
}

fn shared_parameters() -> [(&'static str, Value); 5] {
    [
        (
            IDEMPOTENCY_KEY,
            json!({
                "name": IDEMPOTENCY_KEY,
                "in": "header",
                "required": false,
                "description": "A text of the client's own, new for each change. Sent again with the same request within 24 hours, nothing is done and the first answer is given again, with `Idempotency-Replayed: true`; with another request the answer is 422.",
                "schema": { "type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[\\x21-\\x7e]+$" },
            }),
        ),
        (
            DRY_RUN,
            json!({
                "name": DRY_RUN,
                "in": "query",
                "required": false,
                "description": "Whether to change nothing and only to answer what would happen; the answer then has `Masthead-Dry-Run: true`.",
                "schema": { "type": "boolean", "default": false },
            }),
        ),
        (
            IF_NONE_MATCH,
            json!({
                "name": IF_NONE_MATCH,
                "in": "header",
                "required": false,
                "description": "The `ETag` of the copy already held; the answer is 304 while it is still good.",
                "schema": { "type": "string" },
            }),
        ),
        (
            MIN_REVISION,
            json!({
                "name": MIN_REVISION,
                "in": "header",
                "required": false,
                "description": "A `Masthead-Revision` that the caller knows of, from a change or an earlier answer: the answer is of that revision or a later one, or 503 where it has not arrived in time.",
                "schema": { "type": "integer", "format": "int64", "minimum": 0 },
            }),
        ),
        (
            IF_MATCH,
            json!({
                "name": IF_MATCH,
                "in": "header",
                "required": true,
                "description": "The `ETag` of the version that the change is made on. Without it the answer is 428; when somebody else was faster, 412. `*` means any version.",
                "schema": { "type": "string", "pattern": "^(\\*|\"[0-9]+\")$" },
                "example": "\"3\"",
            }),
        ),
    ]
}
