//! Schemas that utoipa joins with `allOf`, as one schema each.
//!
//! It writes `allOf` for a flattened member (`#[serde(flatten)]`) and for a default beside a reference. Python
//! generators drop the first kind, and both say in a roundabout way what can be said straight.

use serde_json::{Value, json};

use super::walk::{Object, change_schemas, items, members, resolve};

/// Writes every `allOf` of objects as one object, and every default beside something as part of it.
pub fn write_out(document: &mut Value) {
    let before = document.clone();
    change_schemas(document, &mut |schema| {
        let parts: Vec<Value> = items(schema.get("allOf")).cloned().collect();
        let Some(object) = schema.as_object_mut().filter(|_| !parts.is_empty()) else { return };
        let joined = with_default(&parts).or_else(|| one_object(&before, &parts));
        if let Some(joined) = joined {
            object.shift_remove("allOf");
            for (keyword, value) in joined {
                object.entry(keyword).or_insert(value);
            }
        }
    });
}

/// `allOf: [{…}, {"type": "object", "default": …}]`: utoipa's way to give a default to what has a schema of its own.
fn with_default(parts: &[Value]) -> Option<Object> {
    let [own, Value::Object(addition)] = parts else { return None };
    let is_addition = addition.keys().all(|keyword| ["type", "default", "description", "example"].contains(&keyword.as_str()));
    let mut joined = own.as_object().filter(|_| is_addition && addition.contains_key("default"))?.clone();
    for (keyword, value) in addition.iter().filter(|(keyword, _)| *keyword != "type") {
        joined.insert(keyword.clone(), value.clone());
    }
    Some(joined)
}

/// The members of all the parts, if each of them is an object.
fn one_object(document: &Value, parts: &[Value]) -> Option<Object> {
    let mut joined = Object::new();
    joined.insert("type".to_owned(), json!("object"));
    let (mut required, mut properties, mut is_closed) = (Vec::new(), Object::new(), false);
    for part in parts {
        let part = resolve(document, part);
        if part.get("allOf").is_some() {
            let inner: Vec<Value> = items(part.get("allOf")).cloned().collect();
            let inner = Value::Object(one_object(document, &inner)?);
            required.extend(items(inner.get("required")).cloned());
            properties.extend(members(inner.get("properties")).map(|(name, property)| (name.clone(), property.clone())));
            continue;
        }
        part.get("properties")?;
        required.extend(items(part.get("required")).cloned());
        properties.extend(members(part.get("properties")).map(|(name, property)| (name.clone(), property.clone())));
        is_closed |= part.get("additionalProperties") == Some(&json!(false));
        if let Some(description) = part.get("description") {
            joined.entry("description").or_insert_with(|| description.clone());
        }
    }
    if !required.is_empty() {
        joined.insert("required".to_owned(), Value::Array(required));
    }
    joined.insert("properties".to_owned(), Value::Object(properties));
    if is_closed {
        joined.insert("additionalProperties".to_owned(), json!(false));
    }
    Some(joined)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written_out(schema: Value) -> Value {
        let part = json!({ "type": "object", "required": ["title"], "properties": { "title": { "type": "string" } } });
        let mut document = json!({ "components": { "schemas": { "ArticleIn": part, "Noun": schema } }, "paths": {} });
        write_out(&mut document);
        document.pointer("/components/schemas/Noun").cloned().unwrap_or_default()
    }

    #[test]
    fn a_flattened_member_becomes_part_of_the_object() {
        let own = json!({ "type": "object", "required": ["id"], "properties": { "id": { "type": "string" } } });
        let schema = json!({ "allOf": [{ "$ref": "#/components/schemas/ArticleIn" }, own], "description": "An article." });
        let expected = json!({
            "description": "An article.",
            "type": "object",
            "required": ["title", "id"],
            "properties": { "title": { "type": "string" }, "id": { "type": "string" } },
        });
        assert_eq!(written_out(schema), expected);
    }

    #[test]
    fn a_default_goes_with_what_it_is_the_default_of() {
        let schema = json!({ "allOf": [{ "type": "string", "enum": ["a", "b"] }, { "type": "object", "default": "a" }] });
        assert_eq!(written_out(schema), json!({ "type": "string", "enum": ["a", "b"], "default": "a" }));
    }

    #[test]
    fn what_cannot_be_joined_stays() {
        let schema = json!({ "allOf": [{ "type": "string" }, { "minLength": 3 }] });
        assert_eq!(written_out(schema.clone()), schema);
    }
}
