//! Collections: what editors put together, and the articles that readers get.

mod edit;
mod items;
mod together;

use crate::harness::app::App;
use crate::harness::builders::make_public_article;
use crate::harness::client::{Requests, SignedIn};
use serde_json::{Value, json};

/// Published articles of these slugs, a minute apart, and what the editing side shows of them.
pub fn publish_all(app: &App, editor: &SignedIn, slugs: &[&str], extra: &Value) -> Vec<Value> {
    let publish = |slug: &&str| {
        let mut body = extra.clone();
        body["slug"] = (*slug).into();
        body["title"] = (*slug).into();
        app.clock.advance_seconds(60);
        make_public_article(editor, body)
    };
    slugs.iter().map(publish).collect()
}

/// A slot of an article.
pub fn slot(article: &Value) -> Value {
    json!({"article_id": article["id"]})
}

/// The slugs of the items of a collection.
#[track_caller]
pub fn slugs(collection: &Value) -> Vec<String> {
    let items = collection["items"].as_array().unwrap_or_else(|| panic!("no items: {collection:#}"));
    items.iter().map(|item| item["slug"].as_str().expect("a slug").to_owned()).collect()
}

/// What readers get at a path.
#[track_caller]
pub fn read(app: &App, path: &str) -> Value {
    app.anonymous().get(path).assert_status(200).json()
}
