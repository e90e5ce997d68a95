//! Only what is public is found, and what is found is what is public.

use super::{found, publish_text, search};
use crate::harness::builders::{id_of, make_article, publish, step};
use crate::harness::client::Requests;
use serde_json::{Value, json};

on_both! {
    fn reader_never_finds_or_counts_a_draft(app: &App) {
        let editor = app.editor();
        let draft = make_article(&editor, json!({"slug": "secret", "title": "Quillwort", "standfirst": "Quillwort", "byline_text": "Quillwort"}));
        assert_eq!(found(app, "quillwort"), [""; 0]);
        let public = publish(&editor, &draft);
        assert_eq!(found(app, "quillwort"), ["secret"]);
        // The next draft of a public article.
        editor.patch(&format!("/v1/editor/articles/{}", id_of(&public)), "*", &json!({"title": "Quillwort and bogbean"})).assert_status(200);
        assert_eq!(found(app, "bogbean"), [""; 0]);
    }

    fn reader_finds_a_scheduled_article_from_its_time_on(app: &App) {
        let editor = app.editor();
        let article = make_article(&editor, json!({"slug": "due", "title": "Quillwort"}));
        step(&editor, &article, "schedule", json!({"publish_at": app.clock.now().plus_seconds(60).to_string()}));
        for sort in ["relevance", "-published_at", "updated_at"] {
            let list = crate::delivery::read(app, &format!("/v1/articles?q=quillwort&total=true&sort={sort}"));
            assert_eq!((&list["data"], &list["page"]["total"]), (&json!([]), &json!(0)));
        }
        app.clock.advance_seconds(59);
        assert_eq!(found(app, "quillwort"), [""; 0]);
        app.clock.advance_seconds(1);
        assert_eq!(found(app, "quillwort"), ["due"]);
    }

    fn reader_finds_an_article_until_its_end(app: &App) {
        let editor = app.editor();
        let end = app.clock.now().plus_seconds(60);
        let article = make_article(&editor, json!({"slug": "ends", "title": "Quillwort"}));
        step(&editor, &article, "publish", json!({"unpublish_at": end.to_string()}));
        publish_text(app, &editor, "stays", 1, "Quillwort too", "Reed");
        app.clock.advance_seconds(59);
        assert_eq!(found(app, "quillwort").len(), 2);
        // Though nothing has cleared it away yet.
        app.clock.advance_seconds(1);
        for sort in ["relevance", "-published_at", "updated_at"] {
            let list = crate::delivery::read(app, &format!("/v1/articles?q=quillwort&total=true&limit=1&sort={sort}"));
            assert_eq!((crate::delivery::slugs(&list), &list["page"]["total"]), (vec!["stays".to_owned()], &json!(1)));
        }
    }

    fn reader_no_longer_finds_what_was_unpublished(app: &App) {
        let editor = app.editor();
        let article = publish_text(app, &editor, "gone", 1, "Quillwort", "Bogbean");
        publish_text(app, &editor, "stays", 1, "Quillwort too", "Reed");
        assert_eq!(found(app, "quillwort").len(), 2);
        let draft = step(&editor, &article, "unpublish", Value::Null);
        assert_eq!(found(app, "quillwort"), ["stays"]);
        assert_eq!(found(app, "bogbean"), [""; 0]);
        publish(&editor, &draft);
        assert_eq!(found(app, "bogbean"), ["gone"]);
    }

    fn reader_finds_the_new_text_of_an_update_and_not_the_old(app: &App) {
        let editor = app.editor();
        let article = publish_text(app, &editor, "a", 1, "Quillwort", "Bogbean");
        let changed = editor.patch(&format!("/v1/editor/articles/{}", id_of(&article)), "*", &json!({"title": "Sundew", "body": {"source": "Marsh"}}));
        publish(&editor, &changed.assert_status(200).json());
        for (word, expected) in [("quillwort", vec![]), ("bogbean", vec![]), ("sundew", vec!["a"]), ("marsh", vec!["a"])] {
            assert_eq!(found(app, word), expected, "{word}");
        }
    }

    fn reader_finds_nothing_private(app: &App) {
        let editor = app.editor();
        editor.post("/v1/editor/publications", &json!({"name": "North", "credit_requires": [], "private_notes": "Quillwort"})).assert_status(201);
        let north = crate::delivery::read(app, "/v1/publications/north");
        publish(&editor, &make_article(&editor, json!({"slug": "a", "credits": [{"publication_id": north["id"]}]})));
        assert_eq!(found(app, "quillwort"), [""; 0]);
        assert_eq!(found(app, "north"), ["a"]);
        assert_eq!(search(app, "quillwort")["page"]["next"], Value::Null);
    }
}
