//! `POST /v1/editor/issues`, `PATCH` and `DELETE /v1/editor/issues/{id}`

use crate::harness::builders::{etag_of, id_of, make, make_article, make_issue, publish};
use crate::harness::client::Requests;
use serde_json::{Value, json};

on_both! {
    fn editor_creates_an_issue_with_all_members(app: &App) {
        let editor = app.editor();
        let body = json!({
            "title": "Issue 175", "number": 175, "issued_on": "2023-05", "description": "The ferry.",
            "cover_image": {"url": "https://a.example/175.jpg", "alt": "A ferry", "width": 3}, "pdf_url": "https://files.example/175.pdf",
        });
        let answer = editor.post("/v1/editor/issues", &body).assert_status(201);
        let shown = answer.json();
        assert_eq!((answer.etag().as_str(), answer.location()), ("\"1\"", format!("/v1/editor/issues/{}", id_of(&shown))));
        assert_eq!(shown["slug"], "issue-175");
        for (name, value) in body.as_object().expect("an object") {
            assert_eq!(&shown[name], value, "{name}");
        }
        assert_eq!(editor.get(&answer.location()).assert_status(200).json(), shown);
        assert_eq!(editor.get("/v1/editor/issues/issue-175").assert_status(200).json(), shown);
        assert_eq!(make(&editor, "issues", &body)["slug"], "issue-175-2");
        app.contributor().get(&answer.location()).assert_status(200);
        app.contributor().post("/v1/editor/issues", &body).assert_status(403);
    }

    fn editor_changes_an_issue_by_a_patch(app: &App) {
        let editor = app.editor();
        let issue = make_issue(&editor, "Issue 1", "2026-10-31", json!({"number": 1, "pdf_url": "https://files.example/1.pdf"}));
        let path = format!("/v1/editor/issues/{}", id_of(&issue));
        assert_eq!(editor.patch(&path, "\"1\"", &json!({"number": 1})).assert_status(200).etag(), "\"1\"");
        let changed = editor.patch(&path, "\"1\"", &json!({"number": 2, "pdf_url": null})).assert_status(200);
        assert_eq!((changed.etag().as_str(), &changed.json()["number"], changed.json().get("pdf_url")), ("\"2\"", &json!(2), None));
        let stale = editor.patch(&path, "\"1\"", &json!({"number": 3})).assert_status(412).problem()["current"]["differing"].clone();
        assert_eq!(stale, json!(["number", "pdf_url"]));
        editor.send_json("PATCH", &path, "application/json", None, &json!({})).assert_status(428);
    }

    fn a_slug_that_an_issue_gave_up_leads_to_the_one_it_has(app: &App) {
        let (editor, reader) = (app.editor(), app.anonymous());
        let issue = make_issue(&editor, "Issue 1", "2026-10", Value::Null);
        let path = format!("/v1/editor/issues/{}", id_of(&issue));
        editor.patch(&path, "\"1\"", &json!({"slug": "one"})).assert_status(200);
        editor.patch(&path, "\"2\"", &json!({"slug": "the-first"})).assert_status(200);
        for slug in ["issue-1", "one"] {
            assert_eq!(reader.get(&format!("/v1/issues/{slug}?fields=slug")).assert_status(301).location(), "/v1/issues/the-first?fields=slug");
        }
    }

    fn an_issue_with_articles_cannot_be_deleted(app: &App) {
        let editor = app.editor();
        let issue = make_issue(&editor, "Issue 1", "2026-10", Value::Null);
        let path = format!("/v1/editor/issues/{}", id_of(&issue));
        let draft = make_article(&editor, json!({"issue_id": issue["id"]}));
        assert_eq!(editor.delete(&path, "*").assert_status(409).problem_code(), "in_use");
        // Readers still see it there while the draft has let go of it.
        let public = publish(&editor, &draft);
        let article = format!("/v1/editor/articles/{}", id_of(&draft));
        let changed = editor.patch(&article, &etag_of(&public), &json!({"issue_id": null})).assert_status(200).json();
        editor.delete(&path, "*").assert_status(409);
        publish(&editor, &changed);
        editor.delete(&path, "*").assert_status(204);
        app.anonymous().get("/v1/issues/issue-1").assert_status(404);
    }
}
