//! Corrections: what editors put right, and readers see at once.

mod change;
mod list;
mod show;

use crate::harness::builders::id_of;
use crate::harness::client::{Requests, SignedIn};
use serde_json::{Value, json};

/// Where the corrections of an article are.
pub fn corrections_of(article: &Value) -> String {
    format!("/v1/editor/articles/{}/corrections", id_of(article))
}

/// Corrects an article, and returns what is shown afterwards.
#[track_caller]
pub fn correct(editor: &SignedIn, article: &Value, text: &str) -> Value {
    editor.post(&corrections_of(article), &json!({"type": "correction", "text": text})).assert_status(201).json()
}

/// One member of all items of an array.
#[track_caller]
pub fn each<'a>(items: &'a Value, name: &str) -> Vec<&'a str> {
    let items = items.as_array().unwrap_or_else(|| panic!("no list: {items}"));
    items.iter().map(|item| item[name].as_str().unwrap_or_else(|| panic!("no {name}: {item}"))).collect()
}
