//! Where a hit has what was asked for.

use super::{encoded, publish_text, search};
use crate::delivery::read;
use crate::harness::builders::{make_article, make_author, publish};
use serde_json::{Value, json};

/// The parts of a highlight's text that match.
fn matched(highlight: &Value) -> Vec<String> {
    let text: Vec<char> = highlight["text"].as_str().expect("a text").chars().collect();
    let place = |matched: &Value, name: &str| usize::try_from(matched[name].as_u64().expect("a number")).expect("a place");
    let matches = highlight["matches"].as_array().expect("matches");
    matches.iter().map(|matched| text[place(matched, "start")..place(matched, "end")].iter().collect()).collect()
}

on_both! {
    fn reader_is_shown_where_it_matches(app: &App) {
        let editor = app.editor();
        let ida = make_author(&editor, "Ida Ferrier");
        let body = format!("{}The <b>ferry</b> & 😀 the FÉRRY.\n\n{}", "Filler text. ".repeat(60), "More filler. ".repeat(60));
        let article = json!({"slug": "a", "title": "😀 The Ferry’s end", "standfirst": "No boat", "body": {"source": body}, "bylines": [{"author_id": ida["id"]}]});
        publish(&editor, &make_article(&editor, article));
        let list = search(app, "ferr*");
        let highlights = list["data"][0]["highlights"].as_array().expect("highlights");
        let parts: Vec<&str> = highlights.iter().filter_map(|highlight| highlight["part"].as_str()).collect();
        assert_eq!(parts, ["title", "byline", "body"]);
        assert_eq!((matched(&highlights[0]), matched(&highlights[1]), matched(&highlights[2])), (vec!["Ferry".to_owned()], vec!["Ferrier".to_owned()], vec!["ferry".to_owned(), "FÉRRY".to_owned()]));
        let text = highlights[2]["text"].as_str().expect("a text");
        assert!(text.starts_with('…') && text.ends_with('…') && text.chars().count() <= 202, "{text}");
        assert!(text.contains("ferry & 😀 the"), "plain text, not HTML: {text}");
    }

    fn reader_gets_highlights_only_of_a_search_and_as_asked_for(app: &App) {
        let editor = app.editor();
        publish_text(app, &editor, "a", 1, "Last ferry", "Nothing");
        assert_eq!(read(app, "/v1/articles")["data"][0].get("highlights"), None);
        assert_eq!(read(app, "/v1/articles?q=ferry&fields=title")["data"][0], json!({"title": "Last ferry"}));
        let only = read(app, "/v1/articles?q=%22last+ferry%22&fields=highlights,slug")["data"][0].clone();
        assert_eq!(only, json!({"slug": "a", "highlights": [{"part": "title", "text": "Last ferry", "matches": [{"start": 0, "end": 10}]}]}));
        assert_eq!(read(app, "/v1/articles?fields=highlights,slug")["data"][0], json!({"slug": "a"}));
        // With the body beside it.
        assert_eq!(read(app, "/v1/articles?q=nothing&body=text")["data"][0]["body"]["content"].as_str().map(str::trim), Some("Nothing"));
    }

    fn reader_is_shown_scripts_without_spaces(app: &App) {
        let editor = app.editor();
        publish_text(app, &editor, "a", 1, "北京大学", "เรือข้ามฟาก");
        assert_eq!(matched(&search(app, "京大")["data"][0]["highlights"][0]), ["京大"]);
        assert_eq!(matched(&search(app, "学")["data"][0]["highlights"][0]), ["学"]);
        assert_eq!(matched(&read(app, &format!("/v1/articles?q={}", encoded("ข้าม")))["data"][0]["highlights"][0]), ["ข้าม"]);
    }
}
