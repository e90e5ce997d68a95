//! Replies: entity tags, conditional requests, sparse fields, and addresses of pages.

use crate::clock::Clock;
use crate::config::Config;
use crate::desk::Versioned;
use crate::error::ApiError;
use crate::seal::Seal;
use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use masthead_domain::slug::Slug;
use masthead_domain::time::Timestamp;
use masthead_domain::web_address;
use masthead_store::db::Db;
use masthead_store::dialect::Conn;
use masthead_store::error::Error;
use masthead_store::record::Key;
use masthead_store::retired_slugs;
use masthead_store::revisions::Kind;
use serde::Serialize;
use serde_json::Value;
use std::future::{Ready, ready};

/// What every delivery handler uses.
pub struct Delivery {
    pub db: Data<Db>,
    pub clock: Data<Clock>,
    pub seal: Data<Seal>,
    pub config: Data<Config>,
}

impl FromRequest for Delivery {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let parts = (
            request.app_data::<Data<Db>>().cloned(),
            request.app_data::<Data<Clock>>().cloned(),
            request.app_data::<Data<Seal>>().cloned(),
            request.app_data::<Data<Config>>().cloned(),
        );
        ready(match parts {
            (Some(db), Some(clock), Some(seal), Some(config)) => Ok(Self { db, clock, seal, config }),
            _ => Err(ApiError::internal("the app lacks its delivery data")),
        })
    }
}

impl Delivery {
    /// The address of a page on the paper's website.
    #[must_use]
    pub fn page_url(&self, pattern: &str, slug: &Slug) -> String {
        web_address::page(&self.config.public_url, pattern, slug.as_str())
    }
}

/// A thing found by its slug or id, or by a slug that it had.
pub enum Found<Here, Moved = Here> {
    Here(Here),
    Moved(Moved),
}

/// Finds a thing, by a slug that it gave up if need be.
pub fn find_or_moved<T>(conn: &mut Conn, kind: Kind, key: &Key, find: impl Fn(&mut Conn, &Key) -> Result<T, Error>) -> Result<Found<T>, Error> {
    match (find(conn, key), key) {
        (Err(Error::NotFound), Key::Slug(slug)) => {
            let id = retired_slugs::find(conn, kind, slug)?;
            find(conn, &Key::Id(id)).map(Found::Moved)
        }
        (found, _) => found.map(Found::Here),
    }
}

/// The reply to a request by a slug that was given up: the query goes along.
pub fn moved(request: &HttpRequest, collection: &str, place: impl std::fmt::Display) -> HttpResponse {
    let query = request.query_string();
    let mark = if query.is_empty() { "" } else { "?" };
    HttpResponse::MovedPermanently()
        .insert_header((header::LOCATION, format!("{collection}/{place}{mark}{query}")))
        .insert_header((header::CACHE_CONTROL, CACHE_CONTROL))
        .finish()
}

/// Kept by anyone, but asked for again each time: a reply is never older than the last publication.
const CACHE_CONTROL: &str = "public, max-age=0, must-revalidate";

/// A delivery reply with its entity tag, or 304 where the client has it already.
pub fn reply(request: &HttpRequest, bytes: Vec<u8>, last_modified: Option<Timestamp>, link: Option<String>) -> HttpResponse {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &bytes);
    let tag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(digest.as_ref().get(..12).unwrap_or_default()));
    let is_known = request.headers().get_all(header::IF_NONE_MATCH).filter_map(|value| value.to_str().ok()).any(|value| names_tag(value, &tag));
    let mut builder = if is_known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    builder.insert_header((header::ETAG, tag)).insert_header((header::CACHE_CONTROL, CACHE_CONTROL));
    if let Some(time) = last_modified {
        builder.insert_header((header::LAST_MODIFIED, time.to_http_date()));
    }
    if let Some(link) = link {
        builder.insert_header((header::LINK, link));
    }
    if is_known { builder.finish() } else { builder.content_type("application/json").body(bytes) }
}

/// Whether `If-None-Match` names a tag, by the weak comparison (RFC 9110, 13.1.2).
fn names_tag(value: &str, tag: &str) -> bool {
    value.trim() == "*" || value.split(',').any(|other| other.trim().trim_start_matches("W/") == tag)
}

/// Replies with an item, reduced to `fields`.
pub fn reply_item<T: Serialize>(
    request: &HttpRequest,
    item: &T,
    fields: Option<&[&str]>,
    last_modified: Timestamp,
) -> Result<HttpResponse, ApiError> {
    Ok(reply(request, item_bytes(item, fields)?, Some(last_modified), None))
}

/// Replies with a list, each of its items reduced to `fields`.
pub fn reply_list<T: Serialize>(request: &HttpRequest, list: &T, fields: Option<&[&str]>, link: Option<String>) -> Result<HttpResponse, ApiError> {
    Ok(reply(request, list_bytes(list, fields)?, None, link))
}

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

fn item_bytes<T: Serialize>(item: &T, fields: Option<&[&str]>) -> Result<Vec<u8>, ApiError> {
    let Some(fields) = fields else { return serde_json::to_vec(item).map_err(ApiError::internal) };
    let mut value = serde_json::to_value(item).map_err(ApiError::internal)?;
    keep_fields(&mut value, fields);
    serde_json::to_vec(&value).map_err(ApiError::internal)
}

fn list_bytes<T: Serialize>(list: &T, fields: Option<&[&str]>) -> Result<Vec<u8>, ApiError> {
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
