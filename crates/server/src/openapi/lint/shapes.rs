//! Schemas: named once, no more than the server says, and without what generators are known to stumble over.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::openapi::nullability::admits_null;
use crate::openapi::reach::reachable;
use crate::openapi::walk::{component_name, inner_schemas, items, members, operations, resolve, schemas, text};

pub fn check(document: &Value, faults: &mut Vec<String>) {
    let patches = patch_schemas(document);
    let all = schemas(document);
    for (place, schema) in &all {
        check_keywords(document, place, schema, faults);
        let is_patch = patches.iter().any(|name| place == &format!("/components/schemas/{name}"));
        check_members(place, schema, is_patch, faults);
        if !is_component(place) {
            check_named(place, schema, faults);
        }
    }
    check_references(document, faults);
    check_doubles(document, faults);
}

/// `/components/schemas/Page`, but nothing inside it.
fn is_component(place: &str) -> bool {
    place.strip_prefix("/components/schemas/").is_some_and(|rest| !rest.contains('/'))
}

/// The schemas that some `PATCH` takes, in which `null` removes.
fn patch_schemas(document: &Value) -> Vec<String> {
    let pointer = "/content/application~1json/schema";
    let patches = operations(document).into_iter().filter(|(place, _)| place.method == "patch");
    let bodies = patches.filter_map(|(_, operation)| operation.get("requestBody")?.pointer(pointer));
    bodies.filter_map(|schema| component_name(schema, "schemas")).map(str::to_owned).collect()
}

fn check_keywords(document: &Value, place: &str, schema: &Value, faults: &mut Vec<String>) {
    if schema.get("discriminator").is_some() {
        faults.push(format!("{place}: a discriminator makes generated Rust fail at run time"));
    }
    if schema.get("allOf").is_some() {
        faults.push(format!("{place}: generated Python drops what is joined with allOf"));
    }
    for keyword in ["oneOf", "anyOf"] {
        let variants: Vec<&Value> = items(schema.get(keyword)).filter(|variant| variant.get("type") != Some(&json!("null"))).collect();
        if variants.is_empty() && schema.get(keyword).is_some() {
            faults.push(format!("{place}: a union of nothing"));
        }
        for variant in variants.iter().filter(|_| variants.len() > 1) {
            if component_name(variant, "schemas").is_none() {
                faults.push(format!("{place}: a variant of the union has no name"));
            } else if !has_literal_type(document, resolve(document, variant)) {
                faults.push(format!("{place}: the variant {} has no required, literal `type`", text(variant, "$ref").unwrap_or_default()));
            }
        }
    }
    if text(schema, "type") == Some("string") && schema.get("pattern").is_some() && !gives_example(schema) && !is_parameter(place) {
        faults.push(format!("{place}: a text with a pattern needs an example, for none is guessed"));
    }
}

fn gives_example(schema: &Value) -> bool {
    ["example", "examples", "default", "const", "enum"].iter().any(|keyword| schema.get(*keyword).is_some())
}

fn is_parameter(place: &str) -> bool {
    place.contains("/parameters/") || place.contains("/headers/")
}

fn has_literal_type(document: &Value, variant: &Value) -> bool {
    let Some(kind) = variant.pointer("/properties/type").map(|kind| resolve(document, kind)) else { return false };
    let literal = kind.get("const").is_some() || items(kind.get("enum")).count() == 1;
    literal && items(variant.get("required")).any(|name| name == "type")
}

fn check_members(place: &str, schema: &Value, is_patch: bool, faults: &mut Vec<String>) {
    let required: Vec<&str> = items(schema.get("required")).filter_map(Value::as_str).collect();
    for name in &required {
        if schema.get("properties").is_none_or(|properties| properties.get(name).is_none()) {
            faults.push(format!("{place}: `{name}` is required but not described"));
        }
    }
    for (name, property) in members(schema.get("properties")).filter(|_| !is_patch) {
        if !required.contains(&name.as_str()) && admits_null(property) {
            faults.push(format!("{place}: `{name}` may be absent and may be null; it must be one or the other"));
        }
    }
}

/// Objects and enumerations get a name; generators invent bad ones. A map of scalars or of something named, a free
/// object without members and a literal need none.
fn check_named(place: &str, schema: &Value, faults: &mut Vec<String>) {
    if schema.get("properties").is_some() {
        faults.push(format!("{place}: an object without a name"));
    }
    if items(schema.get("enum")).filter(|value| !value.is_null()).count() > 1 {
        faults.push(format!("{place}: an enumeration without a name"));
    }
    let nested = schema.get("additionalProperties").is_some_and(|values| !inner_schemas(values).is_empty() && values.get("$ref").is_none());
    if nested {
        faults.push(format!("{place}: a map of something without a name"));
    }
    let is_union =
        ["oneOf", "anyOf"].iter().any(|keyword| items(schema.get(keyword)).filter(|variant| variant.get("type") != Some(&json!("null"))).count() > 1);
    if is_union {
        faults.push(format!("{place}: a union without a name"));
    }
}

fn check_references(document: &Value, faults: &mut Vec<String>) {
    let reachable = reachable(document);
    for reference in &reachable {
        if reference.strip_prefix('#').and_then(|pointer| document.pointer(pointer)).is_none() {
            faults.push(format!("{reference}: there is nothing there"));
        }
    }
    for (kind, named) in members(document.get("components")).filter(|(kind, _)| *kind != "securitySchemes") {
        for (name, _) in members(Some(named)) {
            let reference = format!("#/components/{kind}/{name}");
            if !reachable.contains(&reference) {
                faults.push(format!("{reference}: nothing uses it"));
            }
        }
    }
}

/// The same object, enumeration or union under two names: to a generated client, two types that cannot be exchanged.
/// What its members are said to be is part of it, for two nouns may well have the same members.
fn check_doubles(document: &Value, faults: &mut Vec<String>) {
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for (name, schema) in members(document.pointer("/components/schemas")) {
        let is_shape = ["properties", "enum", "oneOf", "anyOf"].iter().any(|keyword| schema.get(keyword).is_some());
        let mut shape = schema.clone();
        if let Some(shape) = shape.as_object_mut() {
            shape.retain(|keyword, _| !["description", "title", "example", "examples"].contains(&keyword.as_str()));
        }
        shape.sort_all_objects();
        if let Some(first) = seen.insert(shape.to_string(), name).filter(|_| is_shape) {
            faults.push(format!("#/components/schemas/{name}: the same shape as {first}"));
        }
    }
}
