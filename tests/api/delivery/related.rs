//! `GET /v1/articles/{slug}/related`: "Read more"

use super::{read, slugs};
use crate::harness::app::App;
use crate::harness::builders::{id_of, make_article, make_public_article, make_section, make_tag, step};
use crate::harness::client::{Requests, SignedIn};
use serde_json::{Value, json};

/// Publishes an article a minute after the one before.
fn add(app: &App, editor: &SignedIn, slug: &str, extra: Value) -> Value {
    app.clock.advance_seconds(60);
    let mut article = extra;
    article["slug"] = json!(slug);
    make_public_article(editor, article)
}

on_both! {
    fn reader_gets_the_likest_first_and_the_newest_among_equals(app: &App) {
        let editor = app.editor();
        let (harbour, city) = (make_section(&editor, "Harbour"), make_section(&editor, "City"));
        let [one, two, three] = ["One", "Two", "Three"].map(|name| make_tag(&editor, name)["id"].clone());
        add(app, &editor, "both-tags", json!({"tag_ids": [one, two]}));
        add(app, &editor, "tag-and-section", json!({"tag_ids": [one], "section_id": harbour["id"]}));
        add(app, &editor, "a-tag-old", json!({"tag_ids": [two], "section_id": city["id"]}));
        add(app, &editor, "a-tag-new", json!({"tag_ids": [one, three]}));
        add(app, &editor, "section", json!({"section_id": harbour["id"]}));
        add(app, &editor, "nothing-old", json!({}));
        add(app, &editor, "nothing-new", json!({"tag_ids": [three]}));
        add(app, &editor, "it", json!({"tag_ids": [one, two], "section_id": harbour["id"]}));
        let expected = ["both-tags", "tag-and-section", "a-tag-new", "a-tag-old", "section", "nothing-new", "nothing-old"];
        let related = read(app, "/v1/articles/it/related?limit=20");
        assert_eq!(slugs(&related), expected);
        for _ in 0..5 {
            assert_eq!(read(app, "/v1/articles/it/related?limit=20"), related, "the same question, another answer");
        }
        assert_eq!(slugs(&read(app, "/v1/articles/it/related")), expected[..3]);
        assert_eq!(slugs(&read(app, "/v1/articles/it?include=related")["related"]), expected[..3]);
    }

    fn reader_gets_those_picked_by_hand_first(app: &App) {
        let editor = app.editor();
        let tag = make_tag(&editor, "One")["id"].clone();
        let [picked, also, _, withdrawn, draft] = [
            add(app, &editor, "picked", json!({})),
            add(app, &editor, "also-picked", json!({"tag_ids": [tag]})),
            add(app, &editor, "like", json!({"tag_ids": [tag]})),
            add(app, &editor, "withdrawn", json!({"tag_ids": [tag]})),
            make_article(&editor, json!({"slug": "draft", "tag_ids": [tag]})),
        ];
        let scheduled = step(&editor, &make_article(&editor, json!({"slug": "due", "tag_ids": [tag]})), "schedule", json!({"publish_at": "2026-11-27T00:00:00Z"}));
        let ids: Vec<&str> = [&picked, &withdrawn, &draft, &scheduled, &also].map(id_of).to_vec();
        let it = add(app, &editor, "it", json!({"tag_ids": [tag], "related_ids": ids}));
        step(&editor, &withdrawn, "unpublish", Value::Null);
        assert_eq!(slugs(&read(app, "/v1/articles/it/related?limit=20")), ["picked", "also-picked", "like"]);
        app.clock.advance_seconds(24 * 3600);
        assert_eq!(slugs(&read(app, "/v1/articles/it/related?limit=20")), ["picked", "due", "also-picked", "like"]);
        // An article is never related to itself, not even by hand.
        let editor = app.editor();
        let answer = editor.patch(&crate::articles::path_of(&it), "*", &json!({"related_ids": [id_of(&it)]})).assert_status(422);
        assert_eq!(answer.fault_pointers(), ["/related_ids/0"]);
    }

    fn reader_of_the_only_article_gets_nothing_more(app: &App) {
        add(app, &app.editor(), "only", json!({}));
        assert_eq!(read(app, "/v1/articles/only/related"), json!({"data": []}));
        assert_eq!(read(app, "/v1/articles/only?include=related,latest,meetings")["related"], json!([]));
        for query in ["limit=0", "limit=21", "cursor=x", "section=a"] {
            app.anonymous().get(&format!("/v1/articles/only/related?{query}")).assert_status(400).problem();
        }
    }
}
