//! `/v1/editor/articles/{id}/preview-links` and `GET /v1/preview/{token}`

use super::path_of;
use crate::harness::builders::{etag_of, id_of, make_article, make_meeting, make_public_article, publish, step};
use crate::harness::client::{Requests, SignedIn};
use serde_json::{Value, json};

fn make_link(editor: &SignedIn, article: &Value, body: &Value) -> Value {
    editor.post(&format!("{}/preview-links", path_of(article)), body).assert_status(201).json()
}

fn preview(link: &Value) -> String {
    format!("/v1/preview/{}", link["token"].as_str().expect("a token"))
}

on_both! {
    fn frontend_shows_a_draft_in_the_shape_of_what_is_public(app: &App) {
        let contributor = app.contributor();
        let draft = make_article(&contributor, json!({"slug": "draft", "title": "Not yet", "standfirst": "Soon."}));
        let link = make_link(&contributor, &draft, &json!({}));
        assert_eq!(link["expires_at"], "2026-12-03T09:00:00Z");
        assert_eq!(link["url"], format!("https://paper.example/preview/{}", link["token"].as_str().expect("a token")));
        let answer = app.anonymous().get(&preview(&link)).assert_status(200);
        assert_eq!((answer.header("cache-control"), answer.header("x-robots-tag")), (Some("no-store"), Some("noindex")));
        let mut shown = answer.json();
        assert_eq!((&shown["preview"], &shown["title"]), (&json!(true), &json!("Not yet")));
        let text = app.anonymous().get(&format!("{}?body=text&fields=title,body", preview(&link))).assert_status(200).json();
        assert_eq!(text, json!({"preview": true, "title": "Not yet", "body": {"format": "text", "content": "The council voted seven to two.\n\nThe ferry stays."}}));
        app.anonymous().get("/v1/articles/draft").assert_status(404);
        // Published at that moment it is the same but for the mark.
        publish(&app.editor(), &draft);
        let public = app.anonymous().get("/v1/articles/draft").assert_status(200).json();
        shown.as_object_mut().expect("an article").remove("preview");
        assert_eq!(shown, public);
    }

    fn link_shows_the_latest_revision_or_the_one_it_names(app: &App) {
        let editor = app.editor();
        let first = make_public_article(&editor, json!({"title": "First", "slug": "a"}));
        let (latest, named) = (make_link(&editor, &first, &json!({})), make_link(&editor, &first, &json!({"revision": 1, "expires_in_hours": 1})));
        let second = editor.patch(&path_of(&first), &etag_of(&first), &json!({"title": "Second", "slug": "b"})).assert_status(200).json();
        let title = |link: &Value| app.anonymous().get(&preview(link)).assert_status(200).json()["title"].clone();
        assert_eq!((title(&latest), title(&named)), (json!("Second"), json!("First")));
        let refused = editor.post(&format!("{}/preview-links", path_of(&second)), &json!({"revision": 3, "expires_in_hours": 0, "scope": "site", "x": 1})).assert_status(422);
        assert_eq!(refused.fault_pointers(), ["/expires_in_hours", "/scope", "/x"]);
        let refused = editor.post(&format!("{}/preview-links", path_of(&second)), &json!({"revision": 3})).assert_status(422);
        assert_eq!(refused.faults(), [("/revision".to_owned(), "dangling".to_owned())]);
        app.clock.advance_seconds(3600);
        assert_eq!(app.anonymous().get(&preview(&named)).assert_status(410).problem_code(), "preview_ended");
        assert_eq!(title(&latest), "Second");
    }

    fn link_to_a_whole_page_brings_what_stands_around(app: &App) {
        let editor = app.editor();
        make_public_article(&editor, json!({"title": "Beside it"}));
        make_meeting(&editor, "May Day", "2027-05-01T10:00", json!({}));
        let draft = make_article(&editor, json!({"title": "Not yet"}));
        let page = app.anonymous().get(&preview(&make_link(&editor, &draft, &json!({"scope": "page"})))).assert_status(200).json();
        assert_eq!((&page["related"][0]["title"], &page["meetings"][0]["title"]), (&json!("Beside it"), &json!("May Day")));
        assert_eq!(page["latest"], json!([]), "nothing stands twice on a page");
        let alone = make_link(&editor, &draft, &json!({}));
        assert_eq!(app.anonymous().get(&preview(&alone)).json().get("latest"), None);
        assert_eq!(app.anonymous().get(&format!("{}?include=latest", preview(&alone))).json()["latest"][0]["title"], "Beside it");
    }

    fn editor_revokes_links_one_or_all(app: &App) {
        let (contributor, editor) = (app.contributor(), app.editor());
        let (draft, other) = (make_article(&contributor, json!({})), make_article(&contributor, json!({})));
        let links: Vec<Value> = (0..3).map(|_| make_link(&contributor, &draft, &json!({}))).collect();
        let foreign = make_link(&contributor, &other, &json!({}));
        let one = |link: &Value| format!("{}/preview-links/{}", path_of(&draft), id_of(link));
        // Not by way of another article.
        editor.send("DELETE", &one(&foreign), &[], &[]).assert_status(404);
        editor.send("DELETE", &one(&links[0]), &[], &[]).assert_status(204);
        editor.send("DELETE", &one(&links[0]), &[], &[]).assert_status(404);
        assert_eq!(app.anonymous().get(&preview(&links[0])).assert_status(410).problem_code(), "preview_ended");
        let listed = editor.get(&format!("{}/preview-links", path_of(&draft))).assert_status(200).json();
        let ids: Vec<&Value> = listed["data"].as_array().expect("links").iter().map(|link| &link["id"]).collect();
        assert_eq!(ids, [&links[2]["id"], &links[1]["id"]]);
        editor.send("DELETE", &format!("{}/preview-links", path_of(&draft)), &[], &[]).assert_status(204);
        app.anonymous().get(&preview(&links[1])).assert_status(410);
        app.anonymous().get(&preview(&foreign)).assert_status(200);
        let actions = app.admin().get(&format!("/v1/editor/audit?entity={}&action=article.revoke_preview_link", id_of(&draft))).json();
        assert_eq!(actions["data"].as_array().expect("entries").len(), 2);
    }

    fn forged_and_foreign_tokens_show_nothing(app: &App) {
        let editor = app.editor();
        let link = make_link(&editor, &make_article(&editor, json!({})), &json!({}));
        let token = link["token"].as_str().expect("a token");
        let swapped: String = token.chars().rev().collect();
        for bad in [&swapped, &token[1..], &format!("{token}A"), "AAAA", id_of(&link)] {
            app.anonymous().get(&format!("/v1/preview/{bad}")).assert_status(404);
        }
        // A cursor is sealed with the same key.
        make_article(&editor, json!({}));
        let cursor = editor.get("/v1/editor/articles?limit=1").json()["page"]["next"].as_str().expect("a cursor").to_owned();
        app.anonymous().get(&format!("/v1/preview/{cursor}")).assert_status(404);
        app.contributor().post(&format!("/v1/editor/articles/{}/preview-links", link["article_id"].as_str().expect("an id")), &json!({})).assert_status(404);
    }

    fn link_dies_with_its_article_and_outlives_its_steps(app: &App) {
        let editor = app.editor();
        let published = make_public_article(&editor, json!({}));
        let link = make_link(&editor, &published, &json!({}));
        let withdrawn = step(&editor, &published, "withdraw", json!({"reason": "R"}));
        app.anonymous().get(&preview(&link)).assert_status(200);
        editor.delete(&path_of(&withdrawn), &etag_of(&withdrawn)).assert_status(204);
        app.anonymous().get(&preview(&link)).assert_status(404);
    }
}
