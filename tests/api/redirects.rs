//! Redirects: addresses of the website that lead elsewhere, or are gone.

mod bulk;
mod edit;
mod lookup;

use crate::harness::app::App;
use crate::harness::client::Requests;
use serde_json::{Value, json};

const DESK: &str = "/v1/editor/redirects";

/// What a frontend is told of a path: where it leads and with which status; nothing where there is no redirect.
#[track_caller]
pub fn lookup(app: &App, path: &str) -> Option<(Value, Value)> {
    let encoded: String = path.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let answer = app.anonymous().get(&format!("/v1/redirects/lookup?path={encoded}"));
    if answer.status == 404 {
        return None;
    }
    let found = answer.assert_status(200).json();
    Some((found["to"].clone(), found["status"].clone()))
}

/// Where it leads for good.
pub fn to(address: &str) -> Option<(Value, Value)> {
    Some((json!(address), json!(301)))
}
