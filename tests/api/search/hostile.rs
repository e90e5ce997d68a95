//! Queries that are meant to break something, or only look so: each is answered, and none is more than plain text.

use super::{encoded, found, publish_text};
use crate::harness::app::App;
use crate::harness::client::Requests;
use crate::harness::shared::shared;

const HOSTILE: [&str; 36] = [
    "\"",
    "\"\"\"",
    "'",
    "''",
    "\\",
    "\\\\'",
    "(",
    ")",
    "((((((((((",
    "()",
    "AND",
    "OR",
    "NOT",
    "ferry AND",
    "NOT ferry",
    "ferry NEAR council",
    "NEAR(ferry council, 2)",
    "title:ferry",
    "{terms}: ferry",
    "-ferry",
    "^ferry",
    "ferry ^ 2",
    "+ferry",
    "ferry & !council",
    "ferry | council",
    "ferry <-> council",
    "ferry:*",
    "ferry:A",
    "'ferry':1A",
    "!!",
    "& | ! <->",
    "%",
    "_",
    "'; DROP TABLE search; --",
    "ferry\u{a0}\u{202e}council",
    "\u{ffff}\u{10ffff}\u{1f600}",
];

/// Asks, and asserts that the answer is a list.
#[track_caller]
fn ask(app: &App, query: &str) {
    let answer = app.anonymous().get(&format!("/v1/articles?total=true&q={}", encoded(query)));
    // Control characters are no plain text anywhere, and every limit is told.
    let is_refused = query.chars().any(char::is_control) || query.chars().count() > 400 || query.split_whitespace().count() > 32;
    if is_refused && answer.status == 400 {
        assert_eq!(answer.problem_code(), "invalid_query", "{query:?}");
        return;
    }
    let list = answer.assert_status(200).json();
    assert!(list["page"]["total"].is_u64() && list["data"].is_array(), "{query:?}: {list}");
}

on_both! {
    fn reader_sends_hostile_queries_and_is_answered(app: &App) {
        let editor = app.editor();
        publish_text(app, &editor, "a", 1, "Ferry", "The council keeps the ferry.");
        for query in HOSTILE {
            ask(app, query);
        }
        for piece in ["*", "\"", "(", "a* ", "' ", "\" ", "字", "\u{301}", "-", "_ "] {
            ask(app, &piece.repeat(400 / piece.chars().count()));
        }
        let raw = app.send_raw(format!("GET /v1/articles?q={} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "*".repeat(10_240)).as_bytes());
        assert!(raw.starts_with("HTTP/1.1 414"), "{}", raw.lines().next().unwrap_or_default());
        // Operators are words, and nothing else.
        assert_eq!(found(app, "council & !ferry"), ["a"]);
        assert_eq!(found(app, "title:ferry"), [""; 0]);
        assert_eq!(found(app, "ferry NOT council"), [""; 0]);
    }

    fn reader_searches_for_naughty_strings_and_is_answered(app: &App) {
        let Some(path) = shared("data/strings/blns/blns.json") else { return };
        let list = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let strings: Vec<String> = serde_json::from_slice(&list).expect("a list of strings");
        assert!(strings.len() > 400, "the list is not whole: {}", strings.len());
        let editor = app.editor();
        publish_text(app, &editor, "a", 1, "Ferry", "The council keeps the ferry.");
        for string in strings.iter().filter(|string| encoded(string).len() < 8000) {
            ask(app, string);
        }
    }
}
