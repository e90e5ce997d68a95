//! Content, made over HTTP as an editor would make it.
//!
//! What is made is returned as the editing side shows it, and what a test does not care for is filled in. Each function
//! takes the rest of the body as JSON, whose members win over those filled in.

use super::client::{Requests, SignedIn};
use serde_json::{Value, json};

/// The entity tag of something that the editing side showed: its version.
pub fn etag_of(shown: &Value) -> String {
    let version = shown["version"].as_i64().unwrap_or_else(|| panic!("no version in {shown}"));
    format!("\"{version}\"")
}

/// The id of something that was shown.
pub fn id_of(shown: &Value) -> &str {
    shown["id"].as_str().unwrap_or_else(|| panic!("no id in {shown}"))
}

/// The members of `extra` in the place of, or after, those of `base`. No merge patch: null stays null.
fn with(mut base: Value, extra: Value) -> Value {
    match (&mut base, extra) {
        (Value::Object(base), Value::Object(extra)) => base.extend(extra),
        (_, Value::Null) => {}
        (_, extra) => panic!("{extra} is no object"),
    }
    base
}

/// Makes a thing of a collection like `authors`.
#[track_caller]
pub fn make(editor: &SignedIn, collection: &str, body: &Value) -> Value {
    let response = editor.post(&format!("/v1/editor/{collection}"), body).assert_status(201);
    let shown = response.json();
    assert_eq!(response.etag(), etag_of(&shown), "{response}");
    shown
}

#[track_caller]
pub fn make_author(editor: &SignedIn, name: &str) -> Value {
    make(editor, "authors", &json!({"name": name}))
}

#[track_caller]
pub fn make_section(editor: &SignedIn, name: &str) -> Value {
    make(editor, "sections", &json!({"name": name}))
}

#[track_caller]
pub fn make_tag(editor: &SignedIn, name: &str) -> Value {
    make(editor, "tags", &json!({"name": name}))
}

/// A publication that lets us republish and asks for nothing but its own name.
#[track_caller]
pub fn make_publication(editor: &SignedIn, name: &str, extra: Value) -> Value {
    make(editor, "publications", &with(json!({"name": name, "credit_requires": []}), extra))
}

/// A branch in New Zealand, where the clock and the seasons are the other way round.
#[track_caller]
pub fn make_branch(editor: &SignedIn, name: &str, extra: Value) -> Value {
    make(editor, "branches", &with(json!({"name": name, "timezone": "Pacific/Auckland"}), extra))
}

#[track_caller]
pub fn make_venue(editor: &SignedIn, name: &str, extra: Value) -> Value {
    make(editor, "venues", &with(json!({"name": name}), extra))
}

/// A meeting of one hour and a half in Auckland at a wall time like `2026-12-03T19:00`.
#[track_caller]
pub fn make_meeting(editor: &SignedIn, title: &str, starts_at_local: &str, extra: Value) -> Value {
    let meeting = json!({"title": title, "starts_at_local": starts_at_local, "timezone": "Pacific/Auckland", "duration_minutes": 90});
    make(editor, "meetings", &with(meeting, extra))
}

/// A printed issue of a day or a month.
#[track_caller]
pub fn make_issue(editor: &SignedIn, title: &str, issued_on: &str, extra: Value) -> Value {
    make(editor, "issues", &with(json!({"title": title, "issued_on": issued_on}), extra))
}

/// A draft with a title and a body, ready to be published as far as the harness can know.
#[track_caller]
pub fn make_article(editor: &SignedIn, extra: Value) -> Value {
    let article = json!({
        "title": "Council keeps the last ferry",
        "body": {"format": "markdown", "source": "The council voted **seven to two**.\n\nThe ferry stays."},
        "language": "en",
    });
    make(editor, "articles", &with(article, extra))
}

/// Publishes the version shown, and returns what is shown afterwards.
#[track_caller]
pub fn publish(editor: &SignedIn, article: &Value) -> Value {
    step(editor, article, "publish", Value::Null)
}

/// Takes a step, like `publish` or `withdraw`, with the version shown, and returns what is shown afterwards.
#[track_caller]
pub fn step(editor: &SignedIn, article: &Value, name: &str, body: Value) -> Value {
    let path = format!("/v1/editor/articles/{}/{name}", id_of(article));
    editor.action(&path, &etag_of(article), &body).assert_status(200).json()
}

/// A published article.
#[track_caller]
pub fn make_public_article(editor: &SignedIn, extra: Value) -> Value {
    publish(editor, &make_article(editor, extra))
}
