//! `/v1/editor/articles`

mod bulk;
mod create;
mod delete;
mod list;
mod lock;
mod preview;
mod publish;
mod read;
mod readiness;
mod revisions;
mod schedule;
mod update;
mod workflow;

use crate::harness::builders::id_of;
use serde_json::Value;

/// The address of an article on the editing side.
pub fn path_of(article: &Value) -> String {
    format!("/v1/editor/articles/{}", id_of(article))
}
