//! `POST /v1/editor/articles/{id}/revisions/{number}/restore`

use super::{path_of, revisions_of, save};
use crate::harness::builders::{etag_of, id_of, make_article, make_author, make_publication, make_section, make_tag, publish, step};
use crate::harness::client::{Requests, Response, SignedIn};
use masthead_domain::permission::Role;
use serde_json::{Value, json};

fn restore(who: &SignedIn, article: &Value, number: i32, body: Value) -> Response {
    who.action(&format!("{}/{number}/restore", revisions_of(article)), &etag_of(article), &body)
}

fn content(who: &SignedIn, article: &Value, number: i32) -> Value {
    who.get(&format!("{}/{number}", revisions_of(article))).assert_status(200).json()["content"].clone()
}

on_both! {
    fn editor_brings_a_revision_back_as_a_new_one(app: &App) {
        let editor = app.editor();
        let first = make_article(&editor, json!({"title": "One", "standfirst": "S", "slug": "one"}));
        let second = save(&editor, &first, &json!({"title": "Two", "standfirst": null, "slug": "two", "body": {"source": "Other"}}));
        app.clock.advance_seconds(60);
        let answer = restore(&editor, &second, 1, json!({"revision_note": "Back"})).assert_status(200);
        let restored = answer.json();
        assert_eq!(answer.etag(), "\"3\"");
        assert_eq!((&restored["revision"], &restored["title"], &restored["slug"]), (&json!(3), &json!("One"), &json!("one")));
        assert_eq!(restored["body_html"], first["body_html"]);
        assert_eq!(content(&editor, &restored, 3), content(&editor, &restored, 1));
        assert_eq!(content(&editor, &restored, 2)["title"], "Two", "nothing is rewritten");
        let listed = editor.get(&revisions_of(&restored)).json()["data"][0].clone();
        assert_eq!((&listed["restored_from"], &listed["note"], &listed["created_at"]), (&json!(1), &json!("Back"), &json!("2026-11-26T09:01:00Z")));
        let entry = app.admin().get("/v1/editor/audit?action=article.restore_revision").json()["data"][0].clone();
        assert_eq!((&entry["entity_id"], &entry["after"]["title"]), (&restored["id"], &json!("One")));
    }

    fn a_revision_that_is_no_different_makes_none(app: &App) {
        let editor = app.editor();
        let first = make_article(&editor, json!({"title": "One"}));
        let again = save(&editor, &save(&editor, &first, &json!({"title": "Two"})), &json!({"title": "One"}));
        for number in [1, 3] {
            let answer = restore(&editor, &again, number, json!({"revision_note": "x"})).assert_status(200);
            assert_eq!((answer.etag(), answer.json()), (etag_of(&again), again.clone()));
        }
        assert_eq!(editor.get(&format!("{}?total=true", revisions_of(&first))).json()["page"]["total"], 3);
        assert_eq!(app.admin().get("/v1/editor/audit?action=article.restore_revision").json()["data"], json!([]));
    }

    fn editor_restores_while_it_is_public_and_readers_see_it_when_published(app: &App) {
        let editor = app.editor();
        let first = make_article(&editor, json!({"title": "One", "slug": "open"}));
        let published = publish(&editor, &save(&editor, &first, &json!({"title": "Two"})));
        let restored = restore(&editor, &published, 1, Value::Null).assert_status(200).json();
        assert_eq!((&restored["state"], &restored["has_unpublished_changes"]), (&json!("published"), &json!(true)));
        assert_eq!(app.anonymous().get("/v1/articles/open").json()["title"], "Two");
        publish(&editor, &restored);
        assert_eq!(app.anonymous().get("/v1/articles/open").json()["title"], "One");
    }

    fn editor_is_told_of_all_that_is_gone_and_leaves_it_out(app: &App) {
        let editor = app.editor();
        let (ida, ana) = (make_author(&editor, "Ida"), make_author(&editor, "Ana"));
        let (north, section) = (make_publication(&editor, "North", json!({})), make_section(&editor, "News"));
        let tags = ["One", "Two", "Three"].map(|name| make_tag(&editor, name));
        let byline = |author: &Value| json!({"author_id": author["id"], "role": "words"});
        let first = make_article(&editor, json!({
            "title": "Old", "slug": "wanted", "bylines": [byline(&ida), byline(&ana)], "credits": [{"publication_id": north["id"], "relation": "translated"}],
            "section_id": section["id"], "tag_ids": tags.iter().map(|tag| tag["id"].clone()).collect::<Vec<_>>(),
        }));
        let second = save(&editor, &first, &json!({"title": "New", "slug": "other", "bylines": [], "credits": [], "section_id": null, "tag_ids": []}));
        for (collection, gone) in [("authors", &ida), ("publications", &north), ("sections", &section), ("tags", &tags[0]), ("tags", &tags[2])] {
            editor.delete(&format!("/v1/editor/{collection}/{}", id_of(gone)), "\"1\"").assert_status(204);
        }
        make_article(&editor, json!({"title": "Heir", "slug": "wanted"}));
        let refused = restore(&editor, &second, 1, json!({})).assert_status(422);
        let dangling = |pointer: &str| (pointer.to_owned(), "dangling".to_owned());
        let mut expected: Vec<(String, String)> =
            ["/bylines/0/author_id", "/credits/0/publication_id", "/section_id", "/tag_ids/0", "/tag_ids/2"].map(dangling).to_vec();
        expected.insert(3, ("/slug".to_owned(), "taken".to_owned()));
        assert_eq!(refused.faults(), expected);
        assert_eq!(editor.get(&path_of(&second)).json(), second);
        let restored = restore(&editor, &second, 1, json!({"allow_partial": true})).assert_status(200).json();
        assert_eq!((&restored["title"], &restored["slug"]), (&json!("Old"), &json!("other")));
        assert_eq!((&restored["bylines"], &restored["tag_ids"]), (&json!([byline(&ana)]), &json!([tags[1]["id"]])));
        assert_eq!((restored.get("credits"), restored.get("section_id")), (None, None));
        // What was left out can be seen.
        let diff = editor.get(&format!("{}/3/diff?against=1", revisions_of(&restored))).json();
        let names: Vec<&Value> = diff["fields"].as_array().expect("fields").iter().map(|field| &field["field"]).collect();
        assert_eq!(names, ["slug", "bylines", "tag_ids", "credits", "section_id"]);
    }

    fn editor_restores_what_was_merged_since_under_its_new_name(app: &App) {
        let editor = app.editor();
        let tags = ["Boats", "Ferries", "Gone", "Kept"].map(|name| make_tag(&editor, name));
        let first = make_article(&editor, json!({"tag_ids": tags.iter().map(|tag| tag["id"].clone()).collect::<Vec<_>>()}));
        let second = save(&editor, &first, &json!({"tag_ids": []}));
        editor.action(&format!("/v1/editor/tags/{}/merge", id_of(&tags[0])), "\"1\"", &json!({"into_id": tags[1]["id"]})).assert_status(200);
        editor.delete(&format!("/v1/editor/tags/{}", id_of(&tags[2])), "*").assert_status(204);
        let second = editor.get(&path_of(&second)).json();
        assert_eq!(restore(&editor, &second, 1, json!({})).assert_status(422).fault_pointers(), ["/tag_ids/1"]);
        let restored = restore(&editor, &second, 1, json!({"allow_partial": true})).assert_status(200).json();
        assert_eq!(restored["tag_ids"], json!([tags[1]["id"], tags[3]["id"]]));
    }

    fn editor_restores_what_was_picked_by_hand_though_it_is_gone(app: &App) {
        let editor = app.editor();
        let picked = make_article(&editor, json!({"title": "Picked"}));
        let first = make_article(&editor, json!({"related_ids": [picked["id"]]}));
        let second = save(&editor, &first, &json!({"related_ids": []}));
        editor.delete(&path_of(&picked), &etag_of(&picked)).assert_status(204);
        let restored = restore(&editor, &second, 1, json!({})).assert_status(200).json();
        assert_eq!(restored["related_ids"], json!([picked["id"]]));
    }

    fn editor_restores_on_an_old_version_and_is_told(app: &App) {
        let editor = app.editor();
        let first = make_article(&editor, json!({"title": "One"}));
        save(&editor, &first, &json!({"title": "Two"}));
        let stale = restore(&editor, &first, 1, json!({})).assert_status(412);
        assert_eq!(stale.problem()["current"]["differing"], json!(["title"]));
        let path = format!("{}/1/restore", revisions_of(&first));
        assert_eq!(editor.post(&path, &json!({})).assert_status(428).problem_code(), "version_required");
        let refused = editor.action(&path, "*", &json!({"allow_partial": "yes", "revision_note": "a\nb", "colour": 1})).assert_status(422);
        assert_eq!(refused.fault_pointers(), ["/allow_partial", "/colour", "/revision_note"]);
        let tried = editor.action(&format!("{path}?dry_run=true"), "*", &json!({})).assert_status(200);
        assert_eq!((tried.header("masthead-dry-run"), &tried.json()["title"]), (Some("true"), &json!("One")));
        assert_eq!(editor.get(&path_of(&first)).json()["title"], "Two");
    }

    fn contributor_restores_own_drafts_only(app: &App) {
        let (contributor, editor) = (app.contributor(), app.editor());
        let draft = save(&contributor, &make_article(&contributor, json!({"title": "One"})), &json!({"title": "Two"}));
        let restored = restore(&contributor, &draft, 1, json!({})).assert_status(200).json();
        let published = publish(&editor, &restored);
        restore(&contributor, &published, 2, json!({})).assert_status(403).problem();
        let taken_back = step(&editor, &published, "unpublish", Value::Null);
        restore(&contributor, &taken_back, 2, json!({})).assert_status(200);
        let other = make_article(&app.log_in(&app.db_create_user(Role::Contributor)), json!({}));
        restore(&contributor, &other, 1, json!({})).assert_status(404).problem();
    }
}
