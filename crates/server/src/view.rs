//! Replies of the editing side, and sparse fields.

use crate::desk::Versioned;
use crate::error::ApiError;
use actix_web::HttpResponse;
use actix_web::http::header;
use serde::Serialize;
use serde_json::Value;

/// Room for a list of ten articles, so that it is written without being moved again and again.
const REPLY_BYTES: usize = 24 * 1024;

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
    let Some(fields) = fields else { return bytes(item) };
    let mut value = serde_json::to_value(item).map_err(ApiError::internal)?;
    keep_fields(&mut value, fields);
    bytes(&value)
}

/// A list as JSON, each of its items reduced to `fields`.
///
/// # Errors
/// Where it cannot be written.
pub fn list_bytes<T: Serialize>(list: &T, fields: Option<&[&str]>) -> Result<Vec<u8>, ApiError> {
    let Some(fields) = fields else { return bytes(list) };
    let mut value = serde_json::to_value(list).map_err(ApiError::internal)?;
    if let Some(items) = value.get_mut("data").and_then(Value::as_array_mut) {
        for item in items {
            keep_fields(item, fields);
        }
    }
    bytes(&value)
}

fn bytes<T: Serialize>(value: &T) -> Result<Vec<u8>, ApiError> {
    let mut bytes = Vec::with_capacity(REPLY_BYTES);
    serde_json::to_writer(&mut bytes, value).map_err(ApiError::internal)?;
    // It may be kept for long.
    bytes.shrink_to_fit();
    Ok(bytes)
}

fn keep_fields(value: &mut Value, fields: &[&str]) {
    if let Some(object) = value.as_object_mut() {
        object.retain(|name, _| fields.contains(&name.as_str()));
    }
}
