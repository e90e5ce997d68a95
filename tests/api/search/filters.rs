//! A search within a section, a time, a language and so on.

use super::{found, slugs};
use crate::delivery::read;
use crate::harness::builders::{id_of, make_article, make_author, make_publication, make_section, make_tag, publish, step};
use crate::harness::client::Requests;
use serde_json::{Value, json};

on_both! {
    fn reader_finds_within_every_filter_and_in_every_order(app: &App) {
        let editor = app.editor();
        let (ida, ann) = (make_author(&editor, "Ida Moss"), make_author(&editor, "Ann Ott"));
        let (harbour, city) = (make_section(&editor, "Harbour"), make_section(&editor, "City"));
        let (ferries, trains) = (make_tag(&editor, "Ferries"), make_tag(&editor, "Trains"));
        let north = make_publication(&editor, "Lantern North", Value::Null);
        let make = |slug: &str, hour: u8, word: &str, extra: Value| {
            let mut article = json!({"slug": slug, "title": "Report", "body": {"source": word}});
            article.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
            step(&editor, &make_article(&editor, article), "publish", json!({"published_at": format!("2026-11-26T0{hour}:00:00Z")}))
        };
        let a = make("a", 1, "sundew", json!({"section_id": harbour["id"], "tag_ids": [ferries["id"]], "bylines": [{"author_id": ida["id"]}]}));
        make("b", 2, "sundew", json!({"section_id": city["id"], "tag_ids": [ferries["id"], trains["id"]], "language": "de"}));
        make("c", 3, "sundew", json!({"section_id": city["id"], "credits": [{"publication_id": north["id"]}], "bylines": [{"author_id": ann["id"]}], "language": "en-AU"}));
        make("d", 4, "marsh", json!({"section_id": city["id"], "tag_ids": [trains["id"]], "bylines": [{"author_id": ida["id"]}]}));
        app.clock.advance_seconds(1);
        let a = editor.patch(&format!("/v1/editor/articles/{}", id_of(&a)), "*", &json!({"standfirst": "Changed"})).assert_status(200).json();
        publish(&editor, &a);
        for (filter, expected) in [
            ("", vec!["c", "b", "a"]),
            ("&section=city", vec!["c", "b"]),
            ("&tag=ferries", vec!["b", "a"]),
            ("&tag=trains", vec!["b"]),
            ("&tag=ferries,trains&section=harbour", vec!["a"]),
            ("&author=ida-moss", vec!["a"]),
            ("&publication=lantern-north", vec!["c"]),
            ("&language=de", vec!["b"]),
            ("&language=en-AU", vec!["c"]),
            ("&language=en-au", vec!["c"]),
            ("&published_after=2026-11-26T01:00:00Z", vec!["c", "b"]),
            ("&published_before=2026-11-26T02:00:00Z", vec!["a"]),
            ("&published_after=2026-11-26T01:00:00Z&published_before=2026-11-26T03:00:00Z", vec!["b"]),
            ("&updated_since=2026-11-26T09:00:01Z", vec!["a"]),
            ("&exclude=c,a", vec!["b"]),
        ] {
            for order in ["", "&sort=relevance", "&sort=-published_at"] {
                let list = read(app, &format!("/v1/articles?q=sundew&total=true{filter}{order}"));
                assert_eq!((slugs(&list), &list["page"]["total"]), (expected.iter().map(ToString::to_string).collect(), &json!(expected.len())), "{filter}{order}");
            }
            let mut oldest_first = expected.clone();
            oldest_first.reverse();
            assert_eq!(slugs(&read(app, &format!("/v1/articles?q=sundew{filter}&sort=published_at"))), oldest_first, "{filter}");
        }
        assert_eq!(slugs(&read(app, "/v1/articles?q=sundew&sort=-updated_at")), ["a", "c", "b"]);
        assert_eq!(slugs(&read(app, "/v1/articles?q=sundew&sort=updated_at")), ["b", "c", "a"]);
        // What filters are written as in the index is not to be found.
        for mark in [format!("s{}", id_of(&city).replace('-', "")), format!("_s{}", id_of(&city).replace('-', "")), "_lde".to_owned(), "lde".to_owned()] {
            assert_eq!(found(app, &mark), [""; 0], "{mark}");
        }
    }

    fn reader_sorts_by_relevance_only_what_is_searched_for(app: &App) {
        let answer = app.anonymous().get("/v1/articles?sort=relevance").assert_status(400);
        assert_eq!(answer.faults(), [("sort".to_owned(), "not_one_of".to_owned())]);
        app.anonymous().get("/v1/articles?sort=relevance&q=x").assert_status(200);
        app.anonymous().get("/v1/articles?sort=-relevance&q=x").assert_status(400);
    }
}
