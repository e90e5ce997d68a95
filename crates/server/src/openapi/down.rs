//! The document as OpenAPI 3.0.3, for generators that read no 3.1 (<https://spec.openapis.org/oas/v3.0.3.html>).
//!
//! Nothing is said twice by hand: what 3.0 cannot say is rewritten (`null`, literals, exclusive limits) or left out
//! (webhooks, and operations that take only `multipart/form-data`, which some of those generators refuse).

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::bodies::is_json;
use super::nullability::{admits_null, take_null};
use super::reach::drop_unused;
use super::walk::{Object, change_operations, change_schemas, items, members, resolve, text};

/// Where 3.0 readers find the licences; 3.0 knows addresses, no SPDX identifiers.
const LICENCE_URL: &str = "https://spdx.org/licenses/MIT.html";

/// Keywords of JSON Schema 2020-12 that a 3.0 schema object does not have (section 4.7.24) and that nothing replaces.
const UNKNOWN_KEYWORDS: [&str; 22] = [
    "$schema",
    "$id",
    "$anchor",
    "$comment",
    "$defs",
    "$dynamicRef",
    "$dynamicAnchor",
    "propertyNames",
    "contentMediaType",
    "contentEncoding",
    "contentSchema",
    "if",
    "then",
    "else",
    "contains",
    "minContains",
    "maxContains",
    "dependentRequired",
    "dependentSchemas",
    "unevaluatedItems",
    "unevaluatedProperties",
    "prefixItems",
];

/// How deep unions may be nested.
const MAX_DEPTH: usize = 8;

/// The 3.0.3 document that says the same as the 3.1 one.
pub fn to_3_0(document: &Value) -> Value {
    let mut older = document.clone();
    if let Some(root) = older.as_object_mut() {
        root.insert("openapi".to_owned(), json!("3.0.3"));
        root.shift_remove("webhooks");
        root.shift_remove("jsonSchemaDialect");
    }
    if let Some(info) = older.get_mut("info").and_then(Value::as_object_mut) {
        info.shift_remove("summary");
        if let Some(licence) = info.get_mut("license").and_then(Value::as_object_mut)
            && licence.shift_remove("identifier").is_some()
        {
            licence.entry("url").or_insert_with(|| json!(LICENCE_URL));
        }
    }
    if let Some(components) = older.get_mut("components").and_then(Value::as_object_mut) {
        components.shift_remove("pathItems");
    }
    leave_multipart_out(&mut older);
    drop_unused(&mut older, &["schemas", "responses", "parameters", "headers"]);
    drop_unused_tags(&mut older);
    change_operations(&mut older, &mut |_, operation| describe_bytes(operation));
    let kinds = Kinds::of(document);
    change_schemas(&mut older, &mut |schema| rewrite(schema, &kinds));
    older
}

/// The type of each schema among the components: 3.0 wants it beside `nullable`, also where a reference says it all.
struct Kinds(BTreeMap<String, String>);

impl Kinds {
    fn of(document: &Value) -> Self {
        let schemas = members(document.pointer("/components/schemas"));
        Self(schemas.map(|(name, schema)| (format!("#/components/schemas/{name}"), Self::kind_of(document, schema, 0))).collect())
    }

    /// A union has the type of its first variant.
    fn kind_of(document: &Value, schema: &Value, depth: usize) -> String {
        let schema = resolve(document, schema);
        let first = ["oneOf", "anyOf", "allOf"].iter().find_map(|keyword| items(schema.get(keyword)).next());
        match (text(schema, "type"), first) {
            (Some(kind), _) => kind.to_owned(),
            (None, Some(variant)) if depth < MAX_DEPTH => Self::kind_of(document, variant, depth + 1),
            _ => "object".to_owned(),
        }
    }

    /// The type of a schema with references, as far as these tell.
    fn beside(&self, schema: &Object) -> Option<Value> {
        let variant = ["oneOf", "anyOf", "allOf"].iter().find_map(|keyword| items(schema.get(*keyword)).next());
        let reference = schema.get("$ref").or_else(|| variant.and_then(|variant| variant.get("$ref")));
        self.0.get(reference?.as_str()?).map(|kind| json!(kind))
    }
}

/// A body without a schema is any bytes in 3.1; 3.0 has a format for them.
fn describe_bytes(operation: &mut Object) {
    let mut holders: Vec<&mut Value> = Vec::new();
    for (key, node) in operation.iter_mut() {
        match key.as_str() {
            "requestBody" => holders.push(node),
            "responses" => holders.extend(node.as_object_mut().into_iter().flatten().map(|(_, response)| response)),
            _ => {}
        }
    }
    for (media_type, body) in holders.into_iter().filter_map(|holder| holder.get_mut("content")?.as_object_mut()).flatten() {
        let undescribed = body.get("schema").is_none_or(|schema| *schema == json!({}));
        if let Some(body) = body.as_object_mut().filter(|_| undescribed && !is_json(media_type) && !media_type.starts_with("text/")) {
            body.insert("schema".to_owned(), json!({ "type": "string", "format": "binary" }));
        }
    }
}

fn leave_multipart_out(document: &mut Value) {
    let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) else { return };
    for item in paths.values_mut().filter_map(Value::as_object_mut) {
        item.retain(|_, operation| {
            let Some(content) = operation.get_mut("requestBody").and_then(|body| body.get_mut("content")).and_then(Value::as_object_mut) else {
                return true;
            };
            let before = content.len();
            content.retain(|media_type, _| !media_type.starts_with("multipart/"));
            before == 0 || !content.is_empty()
        });
    }
    paths.retain(|_, item| item.as_object().is_none_or(|item| item.values().any(|operation| operation.get("responses").is_some())));
}

fn drop_unused_tags(document: &mut Value) {
    let mut used: Vec<Value> = Vec::new();
    for (_, operation) in super::walk::operations(document) {
        used.extend(operation.get("tags").and_then(Value::as_array).into_iter().flatten().cloned());
    }
    if let Some(tags) = document.get_mut("tags").and_then(Value::as_array_mut) {
        tags.retain(|tag| tag.get("name").is_some_and(|name| used.contains(name)));
    }
}

/// Rewrites one schema, after those in it.
fn rewrite(schema: &mut Value, kinds: &Kinds) {
    match schema {
        Value::Bool(true) => *schema = json!({}),
        Value::Bool(false) => *schema = json!({ "not": {} }),
        _ => {}
    }
    rewrite_null(schema);
    let Some(object) = schema.as_object_mut() else { return };
    // `additionalProperties` is the one place where 3.0 has a truth value too.
    if let Some(values) = object.get_mut("additionalProperties") {
        if *values == json!({ "not": {} }) {
            *values = json!(false);
        } else if *values == json!({}) {
            *values = json!(true);
        }
    }
    rewrite_values(object);
    rewrite_limit(object, "exclusiveMinimum", "minimum", f64::max);
    rewrite_limit(object, "exclusiveMaximum", "maximum", f64::min);
    rewrite_bytes(object);
    if let Some(patterns) = object.shift_remove("patternProperties") {
        object.entry("additionalProperties").or_insert_with(|| first_member(&patterns));
    }
    if object.contains_key("prefixItems") {
        object.entry("items").or_insert_with(|| json!({}));
    }
    object.retain(|keyword, _| !UNKNOWN_KEYWORDS.contains(&keyword.as_str()));
    if object.contains_key("nullable")
        && !object.contains_key("type")
        && let Some(kind) = kinds.beside(object)
    {
        object.insert("type".to_owned(), kind);
    }
    // Beside a reference nothing counts in 3.0.
    if object.len() > 1
        && let Some(reference) = object.shift_remove("$ref")
    {
        object.insert("allOf".to_owned(), json!([{ "$ref": reference }]));
    }
}

/// `null` among the types or the branches becomes `nullable`; several types become branches.
fn rewrite_null(schema: &mut Value) {
    if schema.get("type") == Some(&json!("null")) {
        *schema = json!({ "nullable": true, "enum": [null] });
        return;
    }
    let has_null_value = schema.get("enum").and_then(Value::as_array).is_some_and(|values| values.contains(&Value::Null));
    // The branches were rewritten first, and so was the one that is `null`.
    let rewritten = json!({ "nullable": true, "enum": [null] });
    for keyword in ["oneOf", "anyOf"] {
        for branch in schema.get_mut(keyword).and_then(Value::as_array_mut).into_iter().flatten().filter(|branch| **branch == rewritten) {
            *branch = json!({ "type": "null" });
        }
    }
    let nullable = admits_null(schema) && take_null(schema);
    let Some(object) = schema.as_object_mut() else { return };
    if nullable {
        object.insert("nullable".to_owned(), json!(true));
        if let Some(values) = object.get_mut("enum").and_then(Value::as_array_mut).filter(|_| has_null_value) {
            values.push(Value::Null);
        }
    }
    if let Some(kinds) = object.get("type").and_then(Value::as_array).cloned() {
        object.shift_remove("type");
        let branches: Vec<Value> =
            kinds.iter().map(|kind| if kind == "array" { json!({ "type": kind, "items": {} }) } else { json!({ "type": kind }) }).collect();
        object.insert("anyOf".to_owned(), Value::Array(branches));
    }
}

/// A literal becomes an enumeration of one, a list of examples its first.
fn rewrite_values(object: &mut Object) {
    if let Some(literal) = object.shift_remove("const") {
        object.insert("enum".to_owned(), json!([literal]));
    }
    if let Some(Value::Array(examples)) = object.shift_remove("examples")
        && let Some(first) = examples.into_iter().next()
    {
        object.entry("example").or_insert(first);
    }
}

/// A limit of its own becomes the plain limit and a flag, with the stricter of the two where both are set.
fn rewrite_limit(object: &mut Object, exclusive: &str, inclusive: &str, stricter: fn(f64, f64) -> f64) {
    let Some(limit) = object.get(exclusive).filter(|limit| limit.is_number()).cloned() else { return };
    let other = object.get(inclusive).and_then(Value::as_f64);
    let excludes = match (limit.as_f64(), other) {
        (Some(limit), Some(other)) => stricter(limit, other) == limit,
        _ => true,
    };
    object.shift_remove(exclusive);
    if excludes {
        object.insert(inclusive.to_owned(), limit);
        object.insert(exclusive.to_owned(), json!(true));
    }
}

/// What 3.1 says with `contentEncoding` and `contentMediaType`, 3.0 says with a format.
fn rewrite_bytes(object: &mut Object) {
    let encoded = object.get("contentEncoding").is_some_and(|encoding| encoding == "base64");
    let raw = object.get("contentMediaType").is_some_and(|media_type| media_type == "application/octet-stream");
    if encoded || raw {
        object.entry("format").or_insert_with(|| json!(if encoded { "byte" } else { "binary" }));
    }
}

fn first_member(map: &Value) -> Value {
    map.as_object().and_then(|map| map.values().next()).cloned().unwrap_or_else(|| json!(true))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rewritten(schema: Value) -> Value {
        let kinds = json!({ "components": { "schemas": { "Status": { "type": "string" }, "Block": { "oneOf": [{ "$ref": "#/components/schemas/Status" }] } } } });
        let mut document = json!({ "components": { "schemas": { "Noun": schema } }, "paths": {} });
        let kinds = Kinds::of(&kinds);
        change_schemas(&mut document, &mut |schema| rewrite(schema, &kinds));
        document.pointer("/components/schemas/Noun").cloned().unwrap_or_default()
    }

    #[test]
    fn null_becomes_nullable() {
        assert_eq!(rewritten(json!({ "type": ["string", "null"] })), json!({ "type": "string", "nullable": true }));
        assert_eq!(
            rewritten(json!({ "oneOf": [{ "$ref": "#/components/schemas/Block" }, { "type": "null" }], "description": "a" })),
            json!({ "description": "a", "nullable": true, "type": "string", "allOf": [{ "$ref": "#/components/schemas/Block" }] })
        );
        assert_eq!(
            rewritten(json!({ "oneOf": [{ "$ref": "#/x" }, { "$ref": "#/y" }, { "type": "null" }] })),
            json!({ "oneOf": [{ "$ref": "#/x" }, { "$ref": "#/y" }], "nullable": true })
        );
        assert_eq!(
            rewritten(json!({ "type": ["string", "null"], "enum": ["a", null] })),
            json!({ "type": "string", "enum": ["a", null], "nullable": true })
        );
        assert_eq!(rewritten(json!({ "type": ["string", "integer"] })), json!({ "anyOf": [{ "type": "string" }, { "type": "integer" }] }));
    }

    #[test]
    fn newer_keywords_become_older_ones() {
        assert_eq!(rewritten(json!({ "const": "a", "type": "string" })), json!({ "type": "string", "enum": ["a"] }));
        assert_eq!(rewritten(json!({ "type": "string", "examples": ["a", "b"] })), json!({ "type": "string", "example": "a" }));
        assert_eq!(
            rewritten(json!({ "type": "integer", "exclusiveMinimum": 3, "maximum": 9 })),
            json!({ "type": "integer", "maximum": 9, "minimum": 3, "exclusiveMinimum": true })
        );
        assert_eq!(rewritten(json!({ "type": "integer", "exclusiveMaximum": 9, "maximum": 5 })), json!({ "type": "integer", "maximum": 5 }));
        assert_eq!(
            rewritten(json!({ "type": "object", "propertyNames": { "type": "string" }, "additionalProperties": true })),
            json!({ "type": "object", "additionalProperties": true })
        );
        assert_eq!(rewritten(json!({ "type": "string", "contentEncoding": "base64" })), json!({ "type": "string", "format": "byte" }));
        assert_eq!(rewritten(json!({ "type": "array", "items": true })), json!({ "type": "array", "items": {} }));
        assert_eq!(rewritten(json!({ "$ref": "#/x", "description": "a" })), json!({ "description": "a", "allOf": [{ "$ref": "#/x" }] }));
    }

    #[test]
    fn members_called_like_keywords_stay() {
        let schema = json!({ "type": "object", "properties": { "const": { "type": "string" }, "examples": { "type": "integer" } } });
        assert_eq!(rewritten(schema.clone()), schema);
    }
}
