//! The OpenAPI document: collected from the routes, finished, and served.

use crate::app::raw_document;
use crate::openapi::{down, finish};
use serde_json::Value;

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
