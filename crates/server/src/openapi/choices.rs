//! Names for the enumerations in queries.
//!
//! utoipa collects the schemas of bodies but not those of parameters, so a handler writes the choices of a parameter in
//! place (`#[param(inline)]`). Here they move among the components: generators make a type of each component, and a poor
//! name of each nameless one. The name is the schema's `title`, or else made from the tag and the parameter.

use serde_json::Value;

use super::walk::{change_operations, components, items, reference_to, text};

/// Moves every inline enumeration of a query parameter, or of the items of one, among the components.
pub fn name(document: &mut Value) {
    let mut named: Vec<(String, Value)> = Vec::new();
    let existing = document.pointer("/components/schemas").cloned().unwrap_or_default();
    change_operations(document, &mut |_, operation| {
        let tag = items(operation.get("tags")).find_map(Value::as_str).unwrap_or_default().to_owned();
        for parameter in operation.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten() {
            let name = text(parameter, "name").unwrap_or_default().to_owned();
            if text(parameter, "in") != Some("query") {
                continue;
            }
            let Some(schema) = parameter.get_mut("schema") else { continue };
            let choice = if schema.get("items").is_some() { schema.get_mut("items") } else { Some(schema) };
            let Some(choice) = choice.filter(|choice| is_enumeration(choice)) else { continue };
            let wanted = text(choice, "title").map_or_else(|| pascal_case(&[&tag, &name]), |title| pascal_case(&[title]));
            let name = free_name(&wanted, choice, &existing, &named);
            if !named.iter().any(|(other, _)| *other == name) {
                named.push((name.clone(), choice.clone()));
            }
            *choice = with_default(choice, reference_to("schemas", &name));
        }
    });
    if let Some(schemas) = components(document, "schemas") {
        for (name, mut schema) in named {
            if let Some(schema) = schema.as_object_mut() {
                schema.shift_remove("title");
                schema.shift_remove("default");
            }
            schemas.entry(name).or_insert(schema);
        }
        schemas.sort_keys();
    }
}

fn is_enumeration(schema: &Value) -> bool {
    items(schema.get("enum")).count() > 1
}

/// The reference, with the default that belongs to the parameter and not to the enumeration.
fn with_default(choice: &Value, mut reference: Value) -> Value {
    if let (Some(default), Some(object)) = (choice.get("default"), reference.as_object_mut()) {
        object.insert("default".to_owned(), default.clone());
    }
    reference
}

/// `wanted`, or with a number where that is already the name of other choices.
fn free_name(wanted: &str, choice: &Value, existing: &Value, named: &[(String, Value)]) -> String {
    let same = |other: &Value| other.get("enum") == choice.get("enum");
    let is_free = |name: &str| {
        let taken = existing.get(name).or_else(|| named.iter().find(|(other, _)| other == name).map(|(_, schema)| schema));
        taken.is_none_or(same)
    };
    (1..).map(|number| if number == 1 { wanted.to_owned() } else { format!("{wanted}{number}") }).find(|name| is_free(name)).unwrap_or_default()
}

fn pascal_case(pieces: &[&str]) -> String {
    let mut name = String::new();
    for word in pieces.iter().flat_map(|piece| piece.split(|letter: char| !letter.is_ascii_alphanumeric())) {
        let mut letters = word.chars();
        name.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        name.push_str(letters.as_str());
    }
    name
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn named(schema: Value, other: Value) -> Value {
        let parameters = |schema: Value| json!([{ "name": "sort", "in": "query", "schema": schema }]);
        let mut document = json!({ "paths": {
            "/v1/tags": { "get": { "tags": ["tags"], "parameters": parameters(schema) } },
            "/v1/editor/tags": { "get": { "tags": ["tags"], "parameters": parameters(other) } },
        } });
        name(&mut document);
        document
    }

    #[test]
    fn the_same_choices_get_one_name() {
        let choices = json!({ "type": "string", "enum": ["name", "-name"], "default": "name" });
        let document = named(choices.clone(), choices);
        assert_eq!(document.pointer("/components/schemas"), Some(&json!({ "TagsSort": { "type": "string", "enum": ["name", "-name"] } })));
        let schema = document.pointer("/paths/~1v1~1tags/get/parameters/0/schema");
        assert_eq!(schema, Some(&json!({ "$ref": "#/components/schemas/TagsSort", "default": "name" })));
    }

    #[test]
    fn other_choices_get_another_name() {
        let titled = json!({ "type": "string", "enum": ["a", "b"], "title": "TagsSort" });
        let document = named(json!({ "type": "string", "enum": ["name", "-name"] }), titled);
        let names: Vec<&String> = super::super::walk::members(document.pointer("/components/schemas")).map(|(name, _)| name).collect();
        assert_eq!(names, ["TagsSort", "TagsSort2"]);
    }
}
