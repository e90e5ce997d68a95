//! The Big List of Naughty Strings: taken and given back byte for byte, or refused with a reason.

use crate::harness::builders::{etag_of, id_of};
use crate::harness::client::{Requests, Response};
use crate::harness::shared::shared;
use masthead_domain::read::is_blank;
use serde_json::{Value, json};
use std::collections::HashMap;

/// Strings that are not in the list and have caused trouble elsewhere.
const MORE: [&str; 12] = [
    "NUL \u{0} inside",
    "\u{1b}[31mred",
    "\u{85}\u{2028}\u{2029}",
    "e\u{301} and é",
    "\u{feff}mark",
    "\u{fffe}\u{ffff}\u{10ffff}",
    "\\u0000 \\x00 \\",
    "{publication} {slug} %s %n {{7*7}} ${7*7}",
    "<script>alert(1)</script>",
    "&lt;b&gt; &amp;amp; &#x27;",
    "'; DROP TABLE tags; --",
    "line one\nline two",
];

/// The id of what was made, or nothing where it was refused for what is in that member.
#[track_caller]
fn made(answer: &Response, member: &str, string: &str) -> Option<String> {
    if answer.status == 201 {
        let shown = answer.json();
        // What nobody can see is as if it had not been sent.
        if is_blank(string) {
            assert_eq!(shown.get(member), None, "{answer}");
            return None;
        }
        assert_eq!(shown[member], string, "{answer}");
        return Some(id_of(&shown).to_owned());
    }
    assert_eq!(answer.status, 422, "{string:?}: {answer}");
    let faults = answer.faults();
    let codes = ["control_character", "required", "too_long"];
    assert!(!faults.is_empty() && faults.iter().all(|(_, code)| codes.contains(&code.as_str())), "{string:?}: {answer}");
    // Refused for a reason that it gives, not for being strange.
    let is_long = string.chars().count() > 200;
    assert!(is_blank(string) || is_long || string.chars().any(|character| character < ' ' || character == '\u{7f}'), "{string:?}: {answer}");
    None
}

/// Asserts that a list shows these strings in that member, byte for byte, each under its id.
#[track_caller]
fn assert_listed(who: &impl Requests, collection: &str, member: &str, strings: &HashMap<String, String>) {
    let mut seen = 0;
    let mut cursor = String::new();
    loop {
        let page = who.get(&format!("{collection}?limit=100{cursor}")).assert_status(200).json();
        for item in page["data"].as_array().expect("items") {
            let Some(string) = strings.get(id_of(item)) else { continue };
            assert_eq!(item[member].as_str(), Some(string.as_str()), "{collection}: {item:#}");
            seen += 1;
        }
        let Some(next) = page["page"]["next"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(seen, strings.len(), "{collection} shows not all of them");
}

on_both! {
    fn editor_sends_naughty_strings_and_gets_them_back(app: &App) {
        let Some(path) = shared("data/strings/blns/blns.json") else { return };
        let list = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let mut strings: Vec<String> = serde_json::from_slice(&list).expect("a list of strings");
        assert!(strings.len() > 400, "the list is not whole: {}", strings.len());
        strings.extend(MORE.map(str::to_owned));
        let (editor, reader) = (app.editor(), app.anonymous());
        let (mut names, mut bios, mut titles) = (HashMap::new(), HashMap::new(), HashMap::new());
        for string in &strings {
            if let Some(id) = made(&editor.post("/v1/editor/tags", &json!({"name": string})), "name", string) {
                names.insert(id, string.clone());
            }
            if let Some(id) = made(&editor.post("/v1/editor/authors", &json!({"name": "Ida Moss", "bio": string})), "bio", string) {
                bios.insert(id, string.clone());
            }
            let article = json!({"title": string, "standfirst": string, "body": {"source": "The ferry stays."}});
            let answer = editor.post("/v1/editor/articles", &article);
            if let Some(id) = made(&answer, "title", string) {
                let shown: Value = answer.json();
                assert_eq!(shown["standfirst"].as_str(), Some(string.as_str()));
                editor.action(&format!("/v1/editor/articles/{id}/publish"), &etag_of(&shown), &Value::Null).assert_status(200);
                titles.insert(id, string.clone());
            }
        }
        assert!(names.len() > 400 && bios.len() > names.len() && titles.len() > names.len(), "{} {} {}", names.len(), bios.len(), titles.len());
        assert_listed(&editor, "/v1/editor/tags", "name", &names);
        assert_listed(&reader, "/v1/tags", "name", &names);
        assert_listed(&editor, "/v1/editor/authors", "bio", &bios);
        assert_listed(&reader, "/v1/authors", "bio", &bios);
        for member in ["title", "standfirst"] {
            assert_listed(&editor, "/v1/editor/articles", member, &titles);
            assert_listed(&reader, "/v1/articles", member, &titles);
        }
    }
}
