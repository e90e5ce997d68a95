//! `DELETE /v1/editor/articles/{id}`

use super::path_of;
use crate::harness::builders::{etag_of, make_article, make_public_article, make_tag, step};
use crate::harness::client::Requests;
use serde_json::{Value, json};

on_both! {
    fn contributor_deletes_an_own_draft(app: &App) {
        let contributor = app.contributor();
        let draft = make_article(&contributor, json!({"slug": "gone"}));
        contributor.delete(&path_of(&draft), &etag_of(&draft)).assert_status(204);
        for path in [path_of(&draft), "/v1/editor/articles/gone".to_owned()] {
            contributor.get(&path).assert_status(404);
        }
        contributor.delete(&path_of(&draft), &etag_of(&draft)).assert_status(404);
        assert_eq!(make_article(&contributor, json!({"slug": "gone"}))["slug"], "gone");
    }

    fn editor_deletes_what_is_public_or_will_be_and_is_refused(app: &App) {
        let editor = app.editor();
        let published = make_public_article(&editor, json!({}));
        let problem = editor.delete(&path_of(&published), &etag_of(&published)).assert_status(409).problem();
        assert_eq!((&problem["code"], &problem["state"]), (&json!("illegal_step"), &json!("published")));
        assert_eq!(problem["allowed"], json!(["publish", "schedule", "unpublish", "withdraw"]));
        let scheduled = step(&editor, &make_article(&editor, json!({})), "schedule", json!({"publish_at": "2027-01-01T00:00:00Z"}));
        let problem = editor.delete(&path_of(&scheduled), &etag_of(&scheduled)).assert_status(409).problem();
        assert_eq!((&problem["state"], &problem["allowed"]), (&json!("scheduled"), &json!(["publish", "schedule", "unschedule"])));
        let draft = step(&editor, &published, "unpublish", Value::Null);
        editor.delete(&path_of(&draft), &etag_of(&draft)).assert_status(204);
    }

    fn contributor_deletes_an_own_published_article_and_is_refused(app: &App) {
        let contributor = app.contributor();
        let published = step(&app.editor(), &make_article(&contributor, json!({})), "publish", Value::Null);
        assert_eq!(contributor.delete(&path_of(&published), &etag_of(&published)).assert_status(403).problem_code(), "forbidden");
    }

    fn editor_deletes_a_version_that_is_not_the_last_and_is_refused(app: &App) {
        let editor = app.editor();
        let draft = make_article(&editor, json!({}));
        editor.patch(&path_of(&draft), &etag_of(&draft), &json!({"title": "New"})).assert_status(200);
        editor.delete(&path_of(&draft), &etag_of(&draft)).assert_status(412).problem();
        assert_eq!(editor.send("DELETE", &path_of(&draft), &[], &[]).assert_status(428).problem_code(), "version_required");
        editor.get(&path_of(&draft)).assert_status(200);
    }

    fn editor_deletes_an_article_and_its_tag_is_free(app: &App) {
        let editor = app.editor();
        let tag = make_tag(&editor, "Ferries");
        let draft = make_article(&editor, json!({"tag_ids": [tag["id"]]}));
        assert_eq!(editor.delete("/v1/editor/tags/ferries", &etag_of(&tag)).assert_status(409).problem_code(), "in_use");
        editor.delete(&path_of(&draft), &etag_of(&draft)).assert_status(204);
        editor.delete("/v1/editor/tags/ferries", &etag_of(&tag)).assert_status(204);
    }
}
