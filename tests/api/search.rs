//! What readers find: `GET /v1/articles?q=`.

mod filters;
mod highlights;
mod hostile;
mod languages;
mod paging;
mod relevance;
mod renames;
mod steps;
mod visibility;
mod words;

use crate::delivery::{read, slugs};
use crate::harness::app::App;
use crate::harness::builders::{make_article, step};
use crate::harness::client::SignedIn;
use serde_json::{Value, json};

/// Percent-encodes a query.
pub fn encoded(text: &str) -> String {
    text.bytes().map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// What is found, with how many there are.
#[track_caller]
pub fn search(app: &App, q: &str) -> Value {
    read(app, &format!("/v1/articles?total=true&limit=100&q={}", encoded(q)))
}

/// The slugs of what is found, which is also what is counted.
#[track_caller]
pub fn found(app: &App, q: &str) -> Vec<String> {
    let list = search(app, q);
    let slugs = slugs(&list);
    assert_eq!(list["page"]["total"], slugs.len(), "{q}");
    slugs
}

/// An article of that slug, title and body, published some hours ago.
#[track_caller]
pub fn publish_text(app: &App, editor: &SignedIn, slug: &str, hours_ago: i64, title: &str, body: &str) -> Value {
    let article = make_article(editor, json!({"slug": slug, "title": title, "body": {"format": "markdown", "source": body}}));
    step(editor, &article, "publish", json!({"published_at": app.clock.now().plus_seconds(-3600 * hours_ago).to_string()}))
}
