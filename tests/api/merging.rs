//! `POST /v1/editor/tags/{id}/merge` and `/v1/editor/authors/{id}/merge`

mod articles;
mod others;
mod refused;

use crate::harness::app::App;
use crate::harness::builders::id_of;
use crate::harness::client::{Requests, Response, SignedIn};
use serde_json::{Value, json};

/// Merges a record into another of its collection.
pub fn merge(editor: &SignedIn, collection: &str, old: &Value, into: &Value) -> Response {
    editor.action(&format!("/v1/editor/{collection}/{}/merge", id_of(old)), "*", &json!({"into_id": into["id"]}))
}

/// What an editor is shown of an article.
#[track_caller]
pub fn shown(editor: &SignedIn, article: &Value) -> Value {
    editor.get(&format!("/v1/editor/articles/{}", id_of(article))).assert_status(200).json()
}

/// The slugs of the articles that readers get under a query, with a total that fits them.
#[track_caller]
pub fn listed(app: &App, query: &str) -> Vec<String> {
    let list = app.anonymous().get(&format!("/v1/articles?total=true&{query}")).assert_status(200).json();
    let slugs = crate::records::column(&list, "slug");
    assert_eq!(list["page"]["total"], slugs.len(), "{query}");
    slugs
}
