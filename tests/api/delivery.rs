//! What readers get: `/v1/articles`, and what holds for the whole delivery side.

mod addresses;
mod cache;
pub mod changes;
mod credits;
mod http;
mod item;
mod list;
mod nodes;
mod paging;
mod related;
mod subsections;
mod tags;
mod visibility;
mod whole_page;

use crate::harness::app::App;
use crate::harness::client::Requests;
use serde_json::Value;

/// What a reader gets at a path.
#[track_caller]
pub fn read(app: &App, path: &str) -> Value {
    app.anonymous().get(path).assert_status(200).json()
}

/// The slugs of the items in a list, or in any other array of items.
#[track_caller]
pub fn slugs(items: &Value) -> Vec<String> {
    let items = items.get("data").unwrap_or(items).as_array().unwrap_or_else(|| panic!("no list: {items:#}"));
    items.iter().map(|item| item["slug"].as_str().unwrap_or_else(|| panic!("no slug: {item:#}")).to_owned()).collect()
}
