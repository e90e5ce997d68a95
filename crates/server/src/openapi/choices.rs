//! Names for the enumerations in queries.
//!
//! utoipa collects the schemas of bodies but not those of parameters, so a handler writes the choices of a parameter in
//! place (`#[param(inline)]`). Here they move among the components: generators make a type of each component, and a poor
//! name of each nameless one. A component with the same choices is used if there is one. Otherwise the name is the
//! schema's `title`, or else made from the parameter, with the tag before it where only operations of one tag have it.

use std::collections::BTreeSet;

use serde_json::Value;

use super::walk::{change_operations, components, items, operations, reference_to, text};

/// The choices of one or more parameters.
struct Choice {
    parameter: String,
    schema: Value,
    tags: BTreeSet<String>,
    name: String,
}

impl Choice {
    fn is_of(&self, parameter: &str, schema: &Value) -> bool {
        self.parameter == parameter && self.schema.get("enum") == schema.get("enum")
    }
}

/// Moves every inline enumeration of a query parameter, or of the items of one, among the components.
pub fn name(document: &mut Value) {
    let mut choices = collect(document);
    let Some(schemas) = components(document, "schemas") else { return };
    for choice in &mut choices {
        let same = |schema: &Value| schema.get("enum") == choice.schema.get("enum");
        let existing = schemas.iter().find(|(_, schema)| same(schema)).map(|(name, _)| name.clone());
        choice.name = existing.unwrap_or_else(|| free_name(choice, schemas.keys()));
        let mut schema = choice.schema.clone();
        if let Some(schema) = schema.as_object_mut() {
            schema.retain(|keyword, _| keyword != "title" && keyword != "default");
        }
        schemas.entry(choice.name.clone()).or_insert(schema);
    }
    schemas.sort_keys();
    change_operations(document, &mut |_, operation| {
        for parameter in operation.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten() {
            let name = text(parameter, "name").unwrap_or_default().to_owned();
            let Some(schema) = choice_of_mut(parameter) else { continue };
            if let Some(choice) = choices.iter().find(|choice| choice.is_of(&name, schema)) {
                *schema = with_default(schema, reference_to("schemas", &choice.name));
            }
        }
    });
}

fn collect(document: &Value) -> Vec<Choice> {
    let mut choices: Vec<Choice> = Vec::new();
    for (_, operation) in operations(document) {
        let tag = items(operation.get("tags")).find_map(Value::as_str).unwrap_or_default();
        for parameter in items(operation.get("parameters")) {
            let name = text(parameter, "name").unwrap_or_default();
            let Some(schema) = choice_of(parameter) else { continue };
            match choices.iter_mut().find(|choice| choice.is_of(name, schema)) {
                Some(choice) => {
                    choice.tags.insert(tag.to_owned());
                }
                None => choices.push(Choice {
                    parameter: name.to_owned(),
                    schema: schema.clone(),
                    tags: BTreeSet::from([tag.to_owned()]),
                    name: String::new(),
                }),
            }
        }
    }
    choices
}

/// The schema of a query parameter, or of its items, if it is an inline enumeration.
fn choice_of(parameter: &Value) -> Option<&Value> {
    let schema = parameter.get("schema").filter(|_| text(parameter, "in") == Some("query"))?;
    Some(schema.get("items").unwrap_or(schema)).filter(|choice| is_enumeration(choice))
}

fn choice_of_mut(parameter: &mut Value) -> Option<&mut Value> {
    choice_of(parameter)?;
    let schema = parameter.get_mut("schema")?;
    if schema.get("items").is_some() { schema.get_mut("items") } else { Some(schema) }
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

/// The name that the choices ask for, with a number behind it where other choices have that.
fn free_name<'name>(choice: &Choice, taken: impl Iterator<Item = &'name String> + Clone) -> String {
    let only_tag = choice.tags.first().filter(|_| choice.tags.len() == 1).map_or("", String::as_str);
    let wanted = text(&choice.schema, "title").map_or_else(|| pascal_case(&[only_tag, &choice.parameter]), |title| pascal_case(&[title]));
    let numbered = |number: usize| if number == 1 { wanted.clone() } else { format!("{wanted}{number}") };
    (1..).map(numbered).find(|name| taken.clone().all(|other| other != name)).unwrap_or_default()
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
    use crate::openapi::walk::members;

    /// The document of two operations whose parameter `sort` has these schemas, after naming.
    fn named(schema: Value, other_tag: &str, other: Value) -> Value {
        let parameters = |schema: Value| json!([{ "name": "sort", "in": "query", "schema": schema }]);
        let mut document = json!({ "paths": {
            "/v1/tags": { "get": { "tags": ["tags"], "parameters": parameters(schema) } },
            "/v1/others": { "get": { "tags": [other_tag], "parameters": parameters(other) } },
        } });
        name(&mut document);
        document
    }

    fn names(document: &Value) -> Vec<&String> {
        members(document.pointer("/components/schemas")).map(|(name, _)| name).collect()
    }

    #[test]
    fn the_same_choices_get_one_name() {
        let choices = json!({ "type": "string", "enum": ["name", "-name"], "default": "name" });
        let document = named(choices.clone(), "tags", choices.clone());
        assert_eq!(document.pointer("/components/schemas"), Some(&json!({ "TagsSort": { "type": "string", "enum": ["name", "-name"] } })));
        let schema = document.pointer("/paths/~1v1~1tags/get/parameters/0/schema");
        assert_eq!(schema, Some(&json!({ "$ref": "#/components/schemas/TagsSort", "default": "name" })));
        assert_eq!(names(&named(choices.clone(), "authors", choices)), ["Sort"]);
    }

    #[test]
    fn other_choices_get_another_name() {
        let titled = json!({ "type": "string", "enum": ["a", "b"], "title": "TagsSort" });
        let document = named(json!({ "type": "string", "enum": ["name", "-name"] }), "tags", titled);
        assert_eq!(names(&document), ["TagsSort", "TagsSort2"]);
    }
}
