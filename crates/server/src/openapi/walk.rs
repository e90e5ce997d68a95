//! Ways through a document: its operations, its references and its schemas.

use serde_json::{Map, Value, json};

/// A JSON object.
pub type Object = Map<String, Value>;

/// The keys of a path item that hold operations (OpenAPI 3.1.1, section 4.8.9.1).
const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// Keywords whose value is one schema (JSON Schema 2020-12, section 10).
const ONE_SCHEMA: [&str; 11] = [
    "items",
    "additionalProperties",
    "not",
    "contains",
    "if",
    "then",
    "else",
    "propertyNames",
    "unevaluatedItems",
    "unevaluatedProperties",
    "contentSchema",
];
/// Keywords whose value is a list of schemas.
const SCHEMA_LIST: [&str; 4] = ["oneOf", "anyOf", "allOf", "prefixItems"];
/// Keywords whose value names schemas.
const SCHEMA_MAP: [&str; 4] = ["properties", "patternProperties", "$defs", "dependentSchemas"];

/// How many references may follow one another before a document counts as circular.
const MAX_REFERENCES: usize = 16;

/// Where an operation stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// `/v1/articles/{slug}`.
    pub path: String,
    /// `get`, in lower case.
    pub method: String,
}

/// Every operation under `paths`, in the document's order.
pub fn operations(document: &Value) -> Vec<(Place, &Object)> {
    let mut found = Vec::new();
    for (path, item) in members(document.get("paths")) {
        for (method, operation) in members(Some(item)).filter(|(method, _)| METHODS.contains(&method.as_str())) {
            if let Some(operation) = operation.as_object() {
                found.push((Place { path: path.clone(), method: method.clone() }, operation));
            }
        }
    }
    found
}

/// Changes every operation under `paths`.
pub fn change_operations(document: &mut Value, change: &mut dyn FnMut(&Place, &mut Object)) {
    let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) else { return };
    for (path, item) in paths {
        let Some(item) = item.as_object_mut() else { continue };
        for (method, operation) in item.iter_mut().filter(|(method, _)| METHODS.contains(&method.as_str())) {
            if let Some(operation) = operation.as_object_mut() {
                change(&Place { path: path.clone(), method: method.clone() }, operation);
            }
        }
    }
}

/// The members of an object; none of anything else.
pub fn members(node: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    node.and_then(Value::as_object).into_iter().flatten()
}

/// The items of a list; none of anything else.
pub fn items(node: Option<&Value>) -> impl Iterator<Item = &Value> {
    node.and_then(Value::as_array).into_iter().flatten()
}

/// The text under `key`.
pub fn text<'node>(node: &'node Value, key: &str) -> Option<&'node str> {
    node.get(key).and_then(Value::as_str)
}

/// The object under `key`, made where there is none.
pub fn object_in<'object>(object: &'object mut Object, key: &str) -> Option<&'object mut Object> {
    object.entry(key).or_insert_with(|| json!({})).as_object_mut()
}

/// The components of one kind, made where there are none.
pub fn components<'document>(document: &'document mut Value, kind: &str) -> Option<&'document mut Object> {
    object_in(object_in(document.as_object_mut()?, "components")?, kind)
}

/// `{"$ref": "#/components/<kind>/<name>"}`.
pub fn reference_to(kind: &str, name: &str) -> Value {
    json!({ "$ref": format!("#/components/{kind}/{name}") })
}

/// The name at the end of a reference to a component of `kind`.
pub fn component_name<'node>(node: &'node Value, kind: &str) -> Option<&'node str> {
    text(node, "$ref")?.strip_prefix("#/components/")?.strip_prefix(kind)?.strip_prefix('/')
}

/// What `node` stands for: itself, or what its reference leads to.
pub fn resolve<'document>(document: &'document Value, node: &'document Value) -> &'document Value {
    let mut here = node;
    for _ in 0..MAX_REFERENCES {
        let Some(target) = text(here, "$ref").and_then(|reference| reference.strip_prefix('#')).and_then(|pointer| document.pointer(pointer)) else {
            break;
        };
        here = target;
    }
    here
}

/// Changes every schema of the document, inner ones before those that hold them.
pub fn change_schemas(document: &mut Value, change: &mut dyn FnMut(&mut Value)) {
    let Some(document) = document.as_object_mut() else { return };
    if let Some(schemas) = document.get_mut("components").and_then(|components| components.get_mut("schemas")).and_then(Value::as_object_mut) {
        schemas.values_mut().for_each(|schema| change_schema(schema, change));
    }
    for (key, node) in document.iter_mut() {
        if ["paths", "webhooks", "components"].contains(&key.as_str()) {
            change_schemas_beside(node, change);
        }
    }
}

/// Outside a schema, only the member `schema` holds one; examples are data.
fn change_schemas_beside(node: &mut Value, change: &mut dyn FnMut(&mut Value)) {
    match node {
        Value::Object(object) => {
            for (key, inner) in object.iter_mut() {
                match key.as_str() {
                    "schema" => change_schema(inner, change),
                    "schemas" | "example" | "examples" => {}
                    _ => change_schemas_beside(inner, change),
                }
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|inner| change_schemas_beside(inner, change)),
        _ => {}
    }
}

/// Changes `schema` after everything in it.
pub fn change_schema(schema: &mut Value, change: &mut dyn FnMut(&mut Value)) {
    if let Some(object) = schema.as_object_mut() {
        for (keyword, inner) in object.iter_mut() {
            if ONE_SCHEMA.contains(&keyword.as_str()) {
                change_schema(inner, change);
            } else if SCHEMA_LIST.contains(&keyword.as_str()) {
                inner.as_array_mut().into_iter().flatten().for_each(|schema| change_schema(schema, change));
            } else if SCHEMA_MAP.contains(&keyword.as_str()) {
                inner.as_object_mut().into_iter().flatten().for_each(|(_, schema)| change_schema(schema, change));
            }
        }
    }
    change(schema);
}

/// Every schema of the document with the place it stands at (a JSON pointer, RFC 6901, unescaped for reading).
pub fn schemas(document: &Value) -> Vec<(String, &Value)> {
    let mut found = Vec::new();
    for (name, schema) in members(document.pointer("/components/schemas")) {
        collect_schema(format!("/components/schemas/{name}"), schema, &mut found);
    }
    for key in ["paths", "webhooks", "components"] {
        if let Some(node) = document.get(key) {
            collect_beside(format!("/{key}"), node, &mut found);
        }
    }
    found
}

fn collect_beside<'document>(place: String, node: &'document Value, found: &mut Vec<(String, &'document Value)>) {
    for (key, inner) in members(Some(node)) {
        match key.as_str() {
            "schema" => collect_schema(format!("{place}/schema"), inner, found),
            "schemas" | "example" | "examples" => {}
            _ => collect_beside(format!("{place}/{key}"), inner, found),
        }
    }
    for (position, inner) in items(Some(node)).enumerate() {
        collect_beside(format!("{place}/{position}"), inner, found);
    }
}

fn collect_schema<'document>(place: String, schema: &'document Value, found: &mut Vec<(String, &'document Value)>) {
    for (step, inner) in inner_schemas(schema) {
        collect_schema(format!("{place}/{step}"), inner, found);
    }
    found.push((place, schema));
}

/// The schemas directly in `schema`, with the steps that lead to them.
pub fn inner_schemas(schema: &Value) -> Vec<(String, &Value)> {
    let mut found = Vec::new();
    for (keyword, inner) in members(Some(schema)) {
        if ONE_SCHEMA.contains(&keyword.as_str()) {
            found.push((keyword.clone(), inner));
        } else if SCHEMA_LIST.contains(&keyword.as_str()) {
            found.extend(items(Some(inner)).enumerate().map(|(position, schema)| (format!("{keyword}/{position}"), schema)));
        } else if SCHEMA_MAP.contains(&keyword.as_str()) {
            found.extend(members(Some(inner)).map(|(name, schema)| (format!("{keyword}/{name}"), schema)));
        }
    }
    found
}
