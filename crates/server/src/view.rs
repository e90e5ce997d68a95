//! Replies of the editing side, and sparse fields.

use crate::desk::Versioned;
use crate::error::ApiError;
use actix_web::HttpResponse;
use actix_web::http::header;
use serde::Serialize;
use serde_json::Value;

/// The editing side's reply with a list.
pub fn desk_list<T: Serialize>(list: &T, fields: Option<&[&str]>, link: Option<String>) -> Result<HttpResponse, ApiError> {
    let mut builder = HttpResponse::Ok();
    if let Some(link) = link {
        builder.insert_header((header::LINK, link));
    }
    Ok(builder.content_type("application/json").body(list_bytes(list, fields)?))
}

/// The editing side's reply with an item.
pub fn desk_item<T: Serialize>(found: &Versioned<T>, fields: Option<&[&str]>) -> Result<HttpResponse, ApiError> {
    let tag = crate::desk::entity_tag(found.version);
    let bytes = item_bytes(&found.value, fields)?;
    Ok(HttpResponse::Ok().insert_header((header::ETAG, tag)).content_type("application/json").body(bytes))
}

/// An item as JSON, reduced to `fields`.
///
/// # Errors
/// Where it cannot be written.
pub fn item_bytes<T: Serialize>(item: &T, fields: Option<&[&str]>) -> Result<Vec<u8>, ApiError> {
    let Some(fields) = fields else { return serde_json::to_vec(item).map_err(ApiError::internal) };
    let mut value = serde_json::to_value(item).map_err(ApiError::internal)?;
    keep_fields(&mut value, fields);
    serde_json::to_vec(&value).map_err(ApiError::internal)
}

/// A list as JSON, each of its items reduced to `fields`.
///
/// # Errors
/// Where it cannot be written.
pub fn list_bytes<T: Serialize>(list: &T, fields: Option<&[&str]>) -> Result<Vec<u8>, ApiError> {
    let Some(fields) = fields else { return serde_json::to_vec(list).map_err(ApiError::internal) };
    let mut value = serde_json::to_value(list).map_err(ApiError::internal)?;
    if let Some(items) = value.get_mut("data").and_then(Value::as_array_mut) {
        for item in items {
            keep_fields(item, fields);
        }
    }
    serde_json::to_vec(&value).map_err(ApiError::internal)
}

fn keep_fields(value: &mut Value, fields: &[&str]) {
    if let Some(object) = value.as_object_mut() {
        object.retain(|name, _| fields.contains(&name.as_str()));
    }
}
