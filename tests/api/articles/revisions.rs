//! `/v1/editor/articles/{id}/revisions`

mod diff;
mod list;
mod read;
mod restore;

use super::path_of;
use crate::harness::builders::etag_of;
use crate::harness::client::{Requests, SignedIn};
use serde_json::Value;

/// The address of the revisions of an article.
fn revisions_of(article: &Value) -> String {
    format!("{}/revisions", path_of(article))
}

/// Saves over the version shown, and returns what is shown afterwards.
#[track_caller]
fn save(who: &SignedIn, article: &Value, patch: &Value) -> Value {
    who.patch(&path_of(article), &etag_of(article), patch).assert_status(200).json()
}
