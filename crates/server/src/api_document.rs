//! The OpenAPI document: collected from the routes, finished, and served.

use crate::error::ApiError;
use crate::memory;
use crate::openapi::{down, finish};
use crate::reply::{content_tag, names_tag};
use crate::routes::routes;
use crate::routing::{describe, fallback};
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::Value;
use std::sync::LazyLock;

/// Where the document is served, as 3.1 and as 3.0.3.
pub const PATHS: [&str; 2] = ["/openapi.json", "/openapi-3.0.json"];

static DOCUMENT: LazyLock<String> = LazyLock::new(document);
static DOCUMENT_3_0: LazyLock<String> = LazyLock::new(document_3_0);

/// The document as utoipa describes the routes.
#[must_use]
pub fn raw_document() -> Value {
    describe(routes)
}

/// The document, OpenAPI 3.1, as text.
#[must_use]
pub fn document() -> String {
    text(&finish(raw_document()))
}

/// The document as OpenAPI 3.0.3.
#[must_use]
pub fn document_3_0() -> String {
    text(&down::to_3_0(&finish(raw_document())))
}

fn text(document: &Value) -> String {
    let mut text = serde_json::to_string_pretty(document).unwrap_or_default();
    text.push('\n');
    text
}

/// The text, made at the first request for it, beside the workers: that takes time and memory, which is given back.
async fn made(text: &'static LazyLock<String>) -> Result<&'static str, ApiError> {
    if let Some(text) = LazyLock::get(text) {
        return Ok(text);
    }
    let make = || {
        let text = LazyLock::force(text);
        memory::return_freed();
        text
    };
    web::block(make).await.map(String::as_str).map_err(ApiError::internal)
}

/// Serves both, byte for byte as the command line prints them.
pub fn configure(config: &mut web::ServiceConfig) {
    let [newer, older] = PATHS;
    let serve = |path: &str, text: &'static LazyLock<String>| {
        let get = web::get().to(move |request: HttpRequest| async move { Ok::<_, ApiError>(answer(&request, made(text).await?)) });
        web::resource(path).route(get).default_service(web::to(fallback))
    };
    config.service(serve(newer, &DOCUMENT)).service(serve(older, &DOCUMENT_3_0));
}

fn answer(request: &HttpRequest, text: &'static str) -> HttpResponse {
    let tag = format!("\"{}\"", content_tag(text.as_bytes()));
    let is_known = names_tag(request.headers(), &tag);
    let mut response = if is_known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response.insert_header((header::ETAG, tag)).insert_header((header::CACHE_CONTROL, "public, max-age=0, must-revalidate"));
    if is_known { response.finish() } else { response.content_type("application/json").body(text) }
}
