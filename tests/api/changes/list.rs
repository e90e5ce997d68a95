//! What a page of the changes shows.

use super::{follow, told};
use crate::harness::app::App;
use crate::harness::builders::{etag_of, id_of, make_article, make_public_article, make_tag, publish, step};
use crate::harness::client::Requests;
use crate::records::assert_query_refused;
use serde_json::{Value, json};

fn page(app: &App, query: &str) -> Value {
    app.anonymous().get(&format!("/v1/changes?{query}")).assert_status(200).json()
}

on_both! {
    fn reader_gets_every_public_change_and_what_has_gone(app: &App) {
        let editor = app.editor();
        assert_eq!(page(app, ""), json!({"data": [], "head": 0, "next": 0}));
        let article = make_public_article(&editor, json!({"slug": "one", "title": "A"}));
        let tag = make_tag(&editor, "Ferries");
        let path = format!("/v1/editor/articles/{}", id_of(&article));
        let article = publish(&editor, &editor.patch(&path, &etag_of(&article), &json!({"slug": "moved"})).assert_status(200).json());
        let now = page(app, "");
        assert_eq!((&now["head"], &now["next"]), (&json!(3), &json!(3)));
        let end = |id: &str| id.rsplit('-').next().expect("the end of an id").to_owned();
        let expected = json!({
            "sequence": 1, "kind": "article", "id": id_of(&article), "action": "published", "revision": 1, "at": "2026-11-26T09:00:00Z",
            // Where it is now, not where it was.
            "slug": "moved", "tags": [format!("article-{}", end(id_of(&article))), "articles", "changes"], "tombstone": false,
        });
        assert_eq!(now["data"][0], expected);
        assert_eq!((&now["data"][1]["slug"], &now["data"][1]["kind"]), (&json!("ferries"), &json!("tag")));
        editor.delete("/v1/editor/tags/ferries", &etag_of(&tag)).assert_status(204);
        let article = step(&editor, &article, "unpublish", Value::Null);
        editor.delete(&path, &etag_of(&article)).assert_status(204);
        let now = page(app, "since=3");
        assert_eq!(told(now["data"].as_array().expect("a list")), ["tag deleted", "article unpublished"]);
        for gone in now["data"].as_array().expect("a list") {
            assert_eq!((&gone["tombstone"], gone.get("slug")), (&json!(true), None));
        }
        // What has gone has no slug in what was told of it before either.
        assert!(page(app, "limit=3")["data"].as_array().expect("a list").iter().all(|change| change.get("slug").is_none()));
    }

    fn what_is_to_come_is_told_to_editors_only(app: &App) {
        let editor = app.editor();
        let scheduled = step(&editor, &make_article(&editor, json!({"slug": "secret"})), "schedule", json!({"publish_at": "2026-11-26T09:10:00Z"}));
        let before = page(app, "");
        assert_eq!(before, json!({"data": [], "head": 1, "next": 1}));
        let all = app.contributor().get("/v1/editor/changes").assert_status(200);
        assert_eq!(all.header("cache-control"), Some("no-store"));
        let change = &all.json()["data"][0];
        assert_eq!((&change["action"], &change["is_public"], &change["id"]), (&json!("scheduled"), &json!(false), &json!(id_of(&scheduled))));
        assert_eq!(change.get("slug"), None);
        app.clock.advance_seconds(600);
        assert_eq!(app.run_jobs(), 1);
        assert_eq!(told(page(app, "")["data"].as_array().expect("a list")), ["article published"]);
        assert_eq!(told(&follow(&app.editor(), "/v1/editor/changes", 0, 1)), ["article scheduled", "article published"]);
    }

    fn reader_sees_where_an_article_is_as_soon_as_the_clock_makes_it_public(app: &App) {
        let editor = app.editor();
        let article = step(&editor, &make_public_article(&editor, json!({"slug": "one"})), "unpublish", Value::Null);
        step(&editor, &article, "schedule", json!({"publish_at": "2026-11-26T09:10:00Z"}));
        let slug = || page(app, "")["data"][0].get("slug").cloned();
        assert_eq!(slug(), None);
        app.clock.advance_seconds(600);
        assert_eq!(slug(), Some(json!("one")));
    }

    fn reader_narrows_the_changes_down(app: &App) {
        let editor = app.editor();
        for number in 0..3 {
            let article = make_public_article(&editor, json!({}));
            let tag = make_tag(&editor, &format!("Tag {number}"));
            editor.patch(&format!("/v1/editor/tags/{}", id_of(&tag)), &etag_of(&tag), &json!({"name": "Other"})).assert_status(200);
            step(&editor, &article, "unpublish", Value::Null);
        }
        let told = |query: &str| told(page(app, query)["data"].as_array().expect("a list"));
        assert_eq!(told("kind=tag&action=updated"), ["tag updated"; 3]);
        assert_eq!(told("kind=article"), ["article published", "article unpublished"].repeat(3));
        assert_eq!(told("action=unpublished&limit=2"), ["article unpublished"; 2]);
        // The place to go on is that of the last one sent, or else the end.
        assert_eq!((&page(app, "action=unpublished&limit=2")["next"], &page(app, "kind=venue")["next"]), (&json!(8), &json!(12)));
        assert_eq!(told("action=unpublished&limit=2&since=8"), ["article unpublished"]);
    }

    fn reader_is_told_of_a_faulty_query(app: &App) {
        let reader = app.anonymous();
        make_tag(&app.editor(), "Ferries");
        for (parameter, value) in [
            ("since", "-1"), ("since", "x"), ("since", ""), ("since", "1.5"), ("since", "9007199254740992"), ("since", "99999999999999999999"),
            ("limit", "0"), ("limit", "101"), ("kind", "potato"), ("action", "scheduled"), ("action", "unscheduled"), ("action", "potato"), ("cursor", "x"),
        ] {
            assert_query_refused(reader.get(&format!("/v1/changes?{parameter}={value}")), parameter);
        }
        // A sequence that was begun anew, as after the return of an old copy of the database, is not taken for the one followed.
        for answer in [reader.get("/v1/changes?since=2"), app.contributor().get("/v1/editor/changes?since=2")] {
            assert_eq!(answer.assert_status(400).faults(), [("since".to_owned(), "out_of_range".to_owned())]);
        }
        app.editor().get("/v1/editor/changes?action=scheduled").assert_status(200);
        reader.get("/v1/changes?since=1").assert_status(200);
    }

    fn reader_asks_again_and_gets_no_bytes_until_something_changes(app: &App) {
        let editor = app.editor();
        make_tag(&editor, "Ferries");
        let reader = app.anonymous();
        let first = reader.get("/v1/changes").assert_status(200);
        assert_eq!(first.header_list("cache-tag"), ["changes", "site"]);
        assert_eq!(first.header("cache-control"), Some("public, max-age=0, s-maxage=60, stale-while-revalidate=30"));
        reader.get_with("/v1/changes?since=0&limit=20", &[("if-none-match", &first.etag())]).assert_status(304);
        make_tag(&editor, "Boats");
        reader.get_with("/v1/changes", &[("if-none-match", &first.etag())]).assert_status(200);
    }
}
