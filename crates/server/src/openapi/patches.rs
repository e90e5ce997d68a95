//! Bodies of `PATCH`: merge patches (RFC 7396).
//!
//! A handler names the schema of its `POST`, `<Noun>In`. From it `<Noun>Patch` is made: the same members, none required,
//! and those that may be absent from the whole may be `null`, which removes them. Lists are sent whole. The type is
//! `application/json`, because generators stop at `application/merge-patch+json`; the server takes both.

use std::collections::BTreeMap;

use serde_json::Value;

use super::nullability::give_null;
use super::reach::is_referenced;
use super::walk::{change_operations, component_name, components, items, operations, reference_to};

/// The only content type that a documented `PATCH` has.
const JSON: &str = "/requestBody/content/application~1json/schema";

/// Makes the patch schemas and points the operations at them.
pub fn write(document: &mut Value) {
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    for (place, operation) in operations(document) {
        let operation = Value::Object(operation.clone());
        if place.method != "patch" {
            continue;
        }
        if let Some(whole) = operation.pointer(JSON).and_then(|schema| component_name(schema, "schemas")).filter(|name| !name.ends_with("Patch")) {
            names.insert(whole.to_owned(), format!("{}Patch", whole.strip_suffix("In").unwrap_or(whole)));
        }
    }
    let Some(schemas) = components(document, "schemas") else { return };
    for (whole, patch) in &names {
        if let Some(schema) = schemas.get(whole).map(patch_of).filter(|_| !schemas.contains_key(patch)) {
            schemas.insert(patch.clone(), schema);
        }
    }
    schemas.sort_keys();
    change_operations(document, &mut |place, operation| {
        let schema = operation.get_mut("requestBody").and_then(|body| body.pointer_mut("/content/application~1json/schema"));
        if let Some(schema) = schema.filter(|_| place.method == "patch")
            && let Some(patch) = component_name(schema, "schemas").and_then(|whole| names.get(whole))
        {
            *schema = reference_to("schemas", patch);
        }
    });
    for whole in names.keys() {
        // What only a `PATCH` names is replaced, not doubled.
        if !is_referenced(document, &format!("#/components/schemas/{whole}"))
            && let Some(schemas) = components(document, "schemas")
        {
            schemas.remove(whole);
        }
    }
}

/// The merge patch of what `whole` describes.
fn patch_of(whole: &Value) -> Value {
    let mut patch = whole.clone();
    let required: Vec<String> = items(whole.get("required")).filter_map(Value::as_str).map(str::to_owned).collect();
    let Some(object) = patch.as_object_mut() else { return patch };
    object.shift_remove("required");
    object.shift_remove("example");
    object.shift_remove("examples");
    if let Some(Value::String(description)) = object.get_mut("description") {
        *description = format!("{}\n\nWhat is left out stays as it is, `null` removes, a list replaces the whole list.", description.trim_end());
    }
    for (name, property) in object.get_mut("properties").and_then(Value::as_object_mut).into_iter().flatten() {
        if let Some(property) = property.as_object_mut() {
            // What is left out of a patch does not fall back to a default: it stays.
            property.shift_remove("default");
        }
        if !required.contains(name) {
            give_null(property);
        }
    }
    patch
}
