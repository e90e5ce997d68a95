//! The lists of all corrections.

use super::{correct, corrections_of, each};
use crate::harness::builders::{id_of, make_article, make_public_article, step};
use crate::harness::client::Requests;
use crate::records::{assert_query_refused, walk};
use serde_json::{Value, json};

on_both! {
    fn reader_gets_the_corrections_of_public_articles_the_newest_first(app: &App) {
        let editor = app.editor();
        let (one, two) = (make_public_article(&editor, json!({"slug": "one", "title": "One"})), make_public_article(&editor, json!({"slug": "two"})));
        let draft = make_article(&editor, json!({"slug": "draft"}));
        let scheduled = step(&editor, &make_article(&editor, json!({})), "schedule", json!({"publish_at": "2026-11-26T10:10:00Z"}));
        for (article, correction_type, at) in [
            (&one, "correction", "2026-11-20T00:00:00Z"), (&two, "update", "2026-11-22T00:00:00Z"), (&one, "clarification", "2026-11-21T00:00:00Z"),
            (&draft, "update", "2026-11-23T00:00:00Z"), (&scheduled, "update", "2026-11-24T00:00:00Z"),
        ] {
            editor.post(&corrections_of(article), &json!({"type": correction_type, "text": format!("of {at}"), "at": at})).assert_status(201);
        }
        let reader = app.anonymous();
        let list = |query: &str| reader.get(&format!("/v1/corrections?total=true&{query}")).assert_status(200).json();
        let types = |query: &str| each(&list(query)["data"], "type").join(" ");
        assert_eq!((types("").as_str(), &list("")["page"]["total"]), ("update clarification correction", &json!(3)));
        let first = list("")["data"][2].clone();
        assert_eq!((&first["text"], &first["at"]), (&json!("of 2026-11-20T00:00:00Z"), &json!("2026-11-20T00:00:00Z")));
        assert_eq!(first["article"], json!({"id": id_of(&one), "slug": "one", "title": "One", "page_url": "https://paper.example/articles/one"}));
        assert_eq!(types("sort=at"), "correction clarification update");
        assert_eq!(types("type=update"), "update");
        assert_eq!(types("article=one"), "clarification correction");
        assert_eq!(types(&format!("article={}", id_of(&two))), "update");
        assert_eq!(types("from=2026-11-21T00:00:00Z&to=2026-11-22T00:00:00Z"), "clarification");
        assert_eq!((types("article=one&type=update").as_str(), &list("article=one&type=update")["page"]["total"]), ("", &json!(0)));
        for (parameter, value) in [("type", "erratum"), ("article", "draft"), ("article", "nothing"), ("article", "%C3%A4"), ("from", "x"), ("sort", "text"), ("cursor", "x"), ("fields", "id")] {
            assert_query_refused(reader.get(&format!("/v1/corrections?{parameter}={value}")), parameter);
        }
        assert_query_refused(reader.get("/v1/corrections?from=2026-11-22T00:00:00Z&to=2026-11-21T00:00:00Z"), "to");
        // What goes from public takes its corrections along, and brings them back.
        step(&editor, &two, "unpublish", Value::Null);
        assert_eq!(types(""), "clarification correction");
        app.clock.advance_seconds(4200);
        assert_eq!(types(""), "update clarification correction");
    }

    fn editor_gets_all_and_turns_the_pages(app: &App) {
        let editor = app.editor();
        let articles = [make_public_article(&editor, json!({})), make_article(&editor, json!({}))];
        for number in 0..7 {
            // All at one moment.
            correct(&editor, &articles[number % 2], &number.to_string());
        }
        let ids = |path: &str| walk(&editor, path);
        let (down, mut up) = (ids("/v1/editor/corrections?limit=2"), ids("/v1/editor/corrections?limit=2&sort=at"));
        up.reverse();
        assert_eq!((down.len(), &down), (7, &up));
        assert_eq!(ids(&format!("/v1/editor/corrections?limit=2&article={}", id_of(&articles[1]))).len(), 3);
        assert_eq!(ids(&format!("{}?limit=2", corrections_of(&articles[0]))).len(), 4);
        assert_eq!(walk(&app.anonymous(), "/v1/corrections?limit=2").len(), 4);
        let drafts = editor.get("/v1/editor/corrections?limit=1").assert_status(200);
        assert_eq!(drafts.header("cache-control"), Some("no-store"));
        // Of an article that is deleted there are none.
        editor.delete(&format!("/v1/editor/articles/{}", id_of(&articles[1])), "*").assert_status(204);
        assert_eq!(ids("/v1/editor/corrections?limit=2").len(), 4);
        assert_query_refused(editor.get(&format!("{}?article=x", corrections_of(&articles[0]))), "article");
    }
}
