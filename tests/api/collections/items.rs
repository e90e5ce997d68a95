//! `GET /v1/collections/{slug}`

use super::{publish_all, read, slot, slugs};
use crate::harness::builders::{id_of, make, make_article, make_section, make_tag, publish, step};
use crate::harness::client::Requests;
use crate::records::assert_query_refused;
use serde_json::{Value, json};

on_both! {
    fn those_put_in_by_hand_come_first_and_the_rule_fills_up(app: &App) {
        let editor = app.editor();
        let (section, tag) = (make_section(&editor, "City"), make_tag(&editor, "Ferries"));
        let old = publish_all(app, &editor, &["old-a", "old-b"], &json!({}));
        publish_all(app, &editor, &["new-1", "new-2", "new-3"], &json!({"section_id": section["id"], "language": "de"}));
        publish_all(app, &editor, &["tagged"], &json!({"section_id": section["id"], "tag_ids": [tag["id"]]}));
        let draft = make_article(&editor, json!({"title": "draft"}));
        let body = json!({"name": "Front page", "size": 4, "slots": [slot(&old[1]), slot(&draft), slot(&old[0])], "fill": {}});
        let collection = make(&editor, "collections", &body);
        let path = format!("/v1/editor/collections/{}", id_of(&collection));
        let items = || slugs(&read(app, "/v1/collections/front-page"));
        assert_eq!(items(), ["old-b", "old-a", "tagged", "new-3"]);
        for (fill, expected) in [
            (json!({"section_id": section["id"]}), vec!["old-b", "old-a", "tagged", "new-3"]),
            (json!({"section_id": section["id"], "language": "de", "tag_id": null}), vec!["old-b", "old-a", "new-3", "new-2"]),
            (json!({"section_id": section["id"], "language": "en", "tag_id": tag["id"]}), vec!["old-b", "old-a", "tagged"]),
        ] {
            editor.patch(&path, "*", &json!({"fill": null})).assert_status(200);
            assert_eq!(items(), ["old-b", "old-a"]);
            editor.patch(&path, "*", &json!({"fill": fill})).assert_status(200);
            assert_eq!(items(), expected);
        }
        // One that the rule finds too does not stand there twice; too many by hand are cut.
        editor.patch(&path, "*", &json!({"fill": {"section_id": null, "language": null, "tag_id": null}, "size": 100})).assert_status(200);
        assert_eq!(items(), ["old-b", "old-a", "tagged", "new-3", "new-2", "new-1"]);
        editor.patch(&path, "*", &json!({"size": 1})).assert_status(200);
        assert_eq!(items(), ["old-b"]);
        let shown = read(app, &format!("/v1/collections/{}", id_of(&collection)));
        let mut members: Vec<&str> = shown.as_object().expect("an object").keys().map(String::as_str).collect();
        members.sort_unstable();
        assert_eq!(members, ["id", "items", "name", "slug", "updated_at"]);
    }

    fn a_slot_counts_while_its_article_is_public_and_until_its_end(app: &App) {
        let editor = app.editor();
        let articles = publish_all(app, &editor, &["one", "two", "three"], &json!({}));
        let later = make_article(&editor, json!({"slug": "later", "title": "later"}));
        let scheduled = step(&editor, &later, "schedule", json!({"publish_at": "2026-11-26T10:00:00Z"}));
        let slots = json!([
            {"article_id": articles[0]["id"], "ends_at": "2026-11-26T11:00:00Z"}, slot(&later),
            {"article_id": articles[1]["id"], "title": "Another title"}, {"article_id": articles[2]["id"], "ends_at": "2026-11-26T09:00:00Z"},
        ]);
        make(&editor, "collections", &json!({"name": "Front page", "slots": slots}));
        let shown = || app.anonymous().get("/v1/collections/front-page").assert_status(200);
        let at = |time: &str| app.clock.set(masthead_domain::time::Timestamp::parse(time).expect("a time"));
        let kept = shown();
        assert_eq!(slugs(&kept.json()), ["one", "two"]);
        assert_eq!((&kept.json()["items"][1]["title"], &kept.json()["items"][1]["teaser_title"]), (&json!("Another title"), &json!("Another title")));
        // Kept replies end with the next thing that happens by the clock alone.
        at("2026-11-26T09:59:58Z");
        assert_eq!(slugs(&shown().json()), ["one", "two"]);
        assert!(shown().header("cache-control").is_some_and(|control| control.contains("s-maxage=2,") || control.ends_with("s-maxage=2")), "{}", shown());
        at("2026-11-26T10:00:00Z");
        assert_eq!(slugs(&shown().json()), ["one", "later", "two"]);
        at("2026-11-26T10:59:59Z");
        assert!(shown().header("cache-control").is_some_and(|control| control.contains("s-maxage=1,") || control.ends_with("s-maxage=1")), "{}", shown());
        at("2026-11-26T11:00:00Z");
        assert_eq!(slugs(&shown().json()), ["later", "two"]);
        let editor = app.editor();
        let current = editor.get(&format!("/v1/editor/articles/{}", id_of(&scheduled))).json();
        let draft = step(&editor, &current, "unpublish", Value::Null);
        assert_eq!(slugs(&shown().json()), ["two"]);
        publish(&editor, &draft);
        assert_eq!(slugs(&shown().json()), ["later", "two"]);
    }

    fn reader_leaves_out_what_stands_elsewhere_on_the_page(app: &App) {
        let editor = app.editor();
        let articles = publish_all(app, &editor, &["a", "b", "c", "d"], &json!({}));
        let collection = make(&editor, "collections", &json!({"name": "Front page", "size": 2, "slots": [slot(&articles[0])], "fill": {}}));
        assert_eq!(slugs(&read(app, "/v1/collections/front-page")), ["a", "d"]);
        assert_eq!(slugs(&read(app, "/v1/collections/front-page?exclude=a")), ["d", "c"]);
        assert_eq!(slugs(&read(app, &format!("/v1/collections/front-page?exclude=nothing,d,{}", id_of(&articles[2])))), ["a", "b"]);
        editor.patch(&format!("/v1/editor/collections/{}", id_of(&collection)), "*", &json!({"slug": "home"})).assert_status(200);
        assert_eq!(app.anonymous().get("/v1/collections/front-page?exclude=a").assert_status(301).location(), "/v1/collections/home?exclude=a");
        assert_eq!(read(app, "/v1/collections/home?fields=slug"), json!({"slug": "home"}));
        app.anonymous().get("/v1/collections/nothing").assert_status(404);
        let many = vec!["x"; 51].join(",");
        for (query, name) in [("limit=1", "limit"), ("fields=slots", "fields"), ("exclude=", "exclude"), (&*format!("exclude={many}"), "exclude")] {
            assert_query_refused(app.anonymous().get(&format!("/v1/collections/home?{query}")), name);
        }
    }
}
