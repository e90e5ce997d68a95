//! Bodies that are not JSON, and bodies that may be left out.

use serde_json::{Value, json};

use super::nullability::take_null;
use super::walk::{Object, change_operations, component_name};

/// Writes every body of bytes as `type: string, format: binary`, which generators of both versions understand; utoipa
/// takes `Vec<u8>` for a list of numbers, as it would be in JSON. Components are left alone.
pub fn correct(document: &mut Value) {
    change_operations(document, &mut |_, operation| {
        if let Some(content) = operation.get_mut("requestBody").and_then(content_of) {
            correct_content(content);
            // A body that may be left out is left out, not `null`; `required` says so.
            content.values_mut().filter_map(|body| body.get_mut("schema")).for_each(|schema| {
                take_null(schema);
            });
        }
        for (_, response) in operation.get_mut("responses").and_then(Value::as_object_mut).into_iter().flatten() {
            if let Some(content) = content_of(response) {
                correct_content(content);
            }
        }
    });
}

/// The bodies by media type, of a request body or a response.
pub fn content_of(holder: &mut Value) -> Option<&mut Object> {
    holder.get_mut("content").and_then(Value::as_object_mut)
}

/// Whether bodies of this media type are JSON (RFC 6839, section 3.1).
pub fn is_json(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    essence == "application/json" || essence.ends_with("+json")
}

fn correct_content(content: &mut Object) {
    for (media_type, body) in content.iter_mut() {
        let holds_text = is_json(media_type) || media_type.starts_with("text/") || media_type.starts_with("multipart/") || media_type.contains("xml");
        if let Some(schema) = body.get_mut("schema").filter(|schema| !holds_text && component_name(schema, "schemas").is_none()) {
            *schema = json!({ "type": "string", "format": "binary" });
        }
    }
}
