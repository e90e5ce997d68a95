//! Optional means absent: a member that may be left out is never `null` as well.
//!
//! utoipa writes every `Option` as both. A client then has three states to handle where there are two, and several
//! generators write the missing member back as `null`. A member that is required may still be `null`, and then always
//! is there.

use serde_json::{Value, json};

use super::walk::{change_operations, change_schemas, components, items};

/// Takes `null` away from every property that is not required and from every parameter. In a schema called `…Patch` it
/// stays: there it removes.
pub fn make_optional_absent(document: &mut Value) {
    let mut patches = Vec::new();
    for (name, schema) in components(document, "schemas").into_iter().flatten() {
        if name.ends_with("Patch") {
            patches.push((name.clone(), schema.clone()));
        }
    }
    change_schemas(document, &mut |schema| {
        let required: Vec<String> = items(schema.get("required")).filter_map(Value::as_str).map(str::to_owned).collect();
        let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) else { return };
        for (name, property) in properties {
            if !required.contains(name) {
                take_null(property);
            }
        }
    });
    change_operations(document, &mut |_, operation| {
        for parameter in operation.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten() {
            if let Some(schema) = parameter.get_mut("schema") {
                take_null(schema);
            }
        }
    });
    if let Some(schemas) = components(document, "schemas") {
        schemas.extend(patches);
    }
}

/// What has a default may be left out of a request: in a schema called `…In` such a member is not required.
pub fn make_defaulted_optional(document: &mut Value) {
    for (name, schema) in components(document, "schemas").into_iter().flatten() {
        if !name.ends_with("In") {
            continue;
        }
        let properties = schema.get("properties").cloned().unwrap_or_default();
        if let Some(required) = schema.get_mut("required").and_then(Value::as_array_mut) {
            required.retain(|member| {
                let property = member.as_str().and_then(|name| properties.get(name));
                property.is_none_or(|property| property.get("default").is_none())
            });
        }
    }
}

/// Whether `schema` says of itself that it admits `null`.
pub fn admits_null(schema: &Value) -> bool {
    let of_type = |node: &Value| match node.get("type") {
        Some(Value::Array(kinds)) => kinds.contains(&json!("null")),
        kind => kind == Some(&json!("null")),
    };
    of_type(schema) || ["oneOf", "anyOf"].iter().any(|keyword| items(schema.get(keyword)).any(of_type))
}

/// Takes `null` away from what `schema` admits; whether it was there.
pub fn take_null(schema: &mut Value) -> bool {
    if !admits_null(schema) {
        return false;
    }
    let Some(object) = schema.as_object_mut() else { return false };
    if let Some(kinds) = object.get_mut("type").and_then(Value::as_array_mut) {
        kinds.retain(|kind| kind != "null");
        if let [only] = kinds.as_slice() {
            let only = only.clone();
            object.insert("type".to_owned(), only);
        }
    }
    if let Some(values) = object.get_mut("enum").and_then(Value::as_array_mut) {
        values.retain(|value| !value.is_null());
    }
    if object.get("default") == Some(&Value::Null) {
        object.remove("default");
    }
    for keyword in ["oneOf", "anyOf"] {
        let Some(branches) = object.get_mut(keyword).and_then(Value::as_array_mut) else { continue };
        branches.retain(|branch| branch.get("type") != Some(&json!("null")));
        if let [Value::Object(only)] = branches.as_slice() {
            let only = only.clone();
            object.remove(keyword);
            for (key, value) in only {
                object.entry(key).or_insert(value);
            }
        }
    }
    true
}

/// Adds `null` to what `schema` admits.
pub fn give_null(schema: &mut Value) {
    if admits_null(schema) {
        return;
    }
    let Some(object) = schema.as_object_mut() else { return };
    if let Some(values) = object.get_mut("enum").and_then(Value::as_array_mut) {
        values.push(Value::Null);
    }
    match object.get_mut("type") {
        Some(Value::Array(kinds)) => kinds.push(json!("null")),
        Some(kind) => *kind = json!([kind.clone(), "null"]),
        None => {
            if let Some(branches) = object.get_mut("oneOf").and_then(Value::as_array_mut) {
                branches.push(json!({ "type": "null" }));
            } else if object.contains_key("$ref") {
                let description = object.remove("description");
                let inner = Value::Object(std::mem::take(object));
                object.insert("oneOf".to_owned(), json!([inner, { "type": "null" }]));
                if let Some(description) = description {
                    object.insert("description".to_owned(), description);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(mut schema: Value) -> Value {
        take_null(&mut schema);
        schema
    }

    fn given(mut schema: Value) -> Value {
        give_null(&mut schema);
        schema
    }

    #[test]
    fn null_is_taken_from_types_enums_and_branches() {
        assert_eq!(taken(json!({ "type": ["string", "null"], "enum": ["a", null], "default": null })), json!({ "type": "string", "enum": ["a"] }));
        let branches = json!({ "oneOf": [{ "type": "null" }, { "$ref": "#/x", "description": "b" }], "description": "a" });
        assert_eq!(taken(branches), json!({ "description": "a", "$ref": "#/x" }));
        let union = json!({ "oneOf": [{ "$ref": "#/x" }, { "$ref": "#/y" }, { "type": "null" }] });
        assert_eq!(taken(union), json!({ "oneOf": [{ "$ref": "#/x" }, { "$ref": "#/y" }] }));
        assert_eq!(taken(json!({ "type": "string" })), json!({ "type": "string" }));
    }

    #[test]
    fn null_is_given_to_types_references_and_unions() {
        assert_eq!(given(json!({ "type": "string", "enum": ["a"] })), json!({ "type": ["string", "null"], "enum": ["a", null] }));
        let reference = json!({ "$ref": "#/x", "description": "a" });
        assert_eq!(given(reference), json!({ "oneOf": [{ "$ref": "#/x" }, { "type": "null" }], "description": "a" }));
        let union = json!({ "oneOf": [{ "$ref": "#/x" }, { "$ref": "#/y" }] });
        assert_eq!(given(union), json!({ "oneOf": [{ "$ref": "#/x" }, { "$ref": "#/y" }, { "type": "null" }] }));
        assert_eq!(given(json!({})), json!({}));
    }
}
