//! `GET /v1/editor/articles/{id}/revisions/{number}/diff`

use super::{revisions_of, save};
use crate::harness::builders::{make_article, make_author};
use crate::harness::client::Requests;
use serde_json::{Value, json};

/// The difference in a member, which is there.
#[track_caller]
fn field<'v>(diff: &'v Value, name: &str) -> &'v Value {
    let fields = diff["fields"].as_array().unwrap_or_else(|| panic!("no fields: {diff}"));
    fields.iter().find(|field| field["field"] == name).unwrap_or_else(|| panic!("no {name}: {diff}"))
}

fn names(diff: &Value) -> Vec<&str> {
    diff["fields"].as_array().expect("fields").iter().map(|field| field["field"].as_str().expect("a name")).collect()
}

/// One of the two texts, put together from all pieces but those left out.
fn put_together(field: &Value, left_out: &str) -> String {
    let pieces = field["words"].as_array().unwrap_or_else(|| panic!("no words: {field}"));
    pieces.iter().filter(|piece| piece["op"] != left_out).map(|piece| piece["text"].as_str().expect("a text")).collect()
}

on_both! {
    fn editor_compares_a_revision_with_the_one_before(app: &App) {
        let editor = app.editor();
        let (ida, ana) = (make_author(&editor, "Ida"), make_author(&editor, "Ana"));
        let byline = |author: &Value| json!([{"author_id": author["id"], "role": "words"}]);
        let draft = make_article(&editor, json!({"title": "Ferry lost", "byline_text": "B", "bylines": byline(&ida), "slug": "ferry"}));
        save(
            &editor,
            &draft,
            &json!({"title": "Last ferry lost", "standfirst": "New", "byline_text": null, "bylines": byline(&ana), "body": {"source": "The council voted **seven to one**.\n\nThe ferry stays."}}),
        );
        let diff = editor.get(&format!("{}/2/diff", revisions_of(&draft))).assert_status(200).json();
        assert_eq!((&diff["number"], &diff["against"]), (&json!(2), &json!(1)));
        assert_eq!(names(&diff), ["title", "standfirst", "body", "bylines", "byline_text"]);
        let words = json!([{"op": "delete", "text": "Ferry"}, {"op": "insert", "text": "Last ferry"}, {"op": "equal", "text": " lost"}]);
        assert_eq!(*field(&diff, "title"), json!({"field": "title", "before": "Ferry lost", "after": "Last ferry lost", "words": words, "unit": "words"}));
        assert_eq!(*field(&diff, "standfirst"), json!({"field": "standfirst", "after": "New", "words": [{"op": "insert", "text": "New"}], "unit": "words"}));
        assert_eq!(*field(&diff, "byline_text"), json!({"field": "byline_text", "before": "B"}));
        assert_eq!(*field(&diff, "bylines"), json!({"field": "bylines", "before": byline(&ida), "after": byline(&ana)}));
        let body = field(&diff, "body");
        assert_eq!(body["words"], json!([
            {"op": "equal", "text": "The council voted **seven to "}, {"op": "delete", "text": "two"}, {"op": "insert", "text": "one"},
            {"op": "equal", "text": "**.\n\nThe ferry stays."},
        ]));
        assert_eq!(body["before"]["format"], "markdown");
    }

    fn editor_compares_any_two_revisions(app: &App) {
        let editor = app.editor();
        let first = make_article(&editor, json!({"title": "One", "slug": "one"}));
        let second = save(&editor, &first, &json!({"title": "Two"}));
        save(&editor, &second, &json!({"title": "Three", "standfirst": "S"}));
        let path = revisions_of(&first);
        let diff = editor.get(&format!("{path}/3/diff?against=1")).assert_status(200).json();
        assert_eq!((names(&diff), &field(&diff, "title")["before"]), (vec!["title", "standfirst"], &json!("One")));
        let back = editor.get(&format!("{path}/1/diff?against=3")).assert_status(200).json();
        assert_eq!((&field(&back, "title")["before"], &field(&back, "title")["after"]), (&json!("Three"), &json!("One")));
        assert_eq!(field(&back, "standfirst").get("after"), None);
        assert_eq!(editor.get(&format!("{path}/2/diff?against=2")).assert_status(200).json()["fields"], json!([]));
        let whole = editor.get(&format!("{path}/1/diff")).assert_status(200).json();
        assert_eq!((whole.get("against"), names(&whole)), (None, vec!["title", "slug", "body", "language"]));
        for against in ["4", "0", "-1", "x", "", "2147483648", "1&against=2"] {
            let refused = editor.get(&format!("{path}/3/diff?against={against}")).assert_status(400);
            assert_eq!(refused.fault_pointers(), ["against"]);
        }
    }

    fn words_are_found_in_scripts_without_spaces(app: &App) {
        let editor = app.editor();
        let draft = make_article(&editor, json!({"title": "市議会は渡し船を残す"}));
        save(&editor, &draft, &json!({"title": "市議会は最終便を残す"}));
        let diff = editor.get(&format!("{}/2/diff", revisions_of(&draft))).json();
        let words = json!([
            {"op": "equal", "text": "市議会は"}, {"op": "delete", "text": "渡し船"}, {"op": "insert", "text": "最終便"}, {"op": "equal", "text": "を残す"},
        ]);
        assert_eq!(field(&diff, "title")["words"], words);
    }

    fn one_word_is_found_in_the_longest_body(app: &App) {
        let editor = app.editor();
        let paragraph = "The council voted seven to two, and the ferry stays. ".repeat(9);
        let long = format!("{paragraph}\n\n").repeat(1_000);
        let after = long.replacen("seven", "eight", 1);
        let draft = make_article(&editor, json!({"body": {"source": long}}));
        save(&editor, &draft, &json!({"body": {"source": after}}));
        let diff = editor.get(&format!("{}/2/diff", revisions_of(&draft))).assert_status(200).json();
        let body = field(&diff, "body");
        assert_eq!((put_together(body, "insert"), put_together(body, "delete")), (long, after));
        assert_eq!((body["words"].as_array().map(Vec::len), &body["unit"]), (Some(4), &json!("words")));
    }

    fn the_longest_bodies_with_little_in_common_do_not_stall_the_server(app: &App) {
        let editor = app.editor();
        let text = |step: usize| -> String {
            let words = (0..60_000).map(|at| format!("{}{}", at * step % 1_000, if at % 10 == 9 { "\n" } else { " " }));
            words.collect::<String>().chars().take(499_000).collect()
        };
        let (before, after) = (text(7).repeat(2), text(11).repeat(2));
        let draft = make_article(&editor, json!({"body": {"source": before}}));
        save(&editor, &draft, &json!({"body": {"source": after}}));
        let began = std::time::Instant::now();
        let diff = editor.get(&format!("{}/2/diff", revisions_of(&draft))).assert_status(200).json();
        assert!(began.elapsed().as_secs() < 30, "{:?}", began.elapsed());
        let body = field(&diff, "body");
        assert_eq!((put_together(body, "insert"), put_together(body, "delete")), (before, after));
    }
}
