//! `GET /v1/editor/articles/{id}`

use super::path_of;
use crate::harness::builders::{etag_of, id_of, make_article};
use crate::harness::client::Requests;
use masthead_domain::permission::Role;
use serde_json::json;

on_both! {
    fn contributor_reads_another_s_draft_and_finds_nothing(app: &App) {
        let other = app.log_in(&app.db_create_user(Role::Contributor));
        let draft = make_article(&other, json!({"title": "Not yours"}));
        let contributor = app.contributor();
        let missing = contributor.get("/v1/editor/articles/no-such-thing").assert_status(404).problem();
        for path in [path_of(&draft), "/v1/editor/articles/not-yours".to_owned()] {
            for answer in [contributor.get(&path), contributor.patch(&path, &etag_of(&draft), &json!({"title": "Mine"})), contributor.delete(&path, &etag_of(&draft))] {
                let mut problem = answer.assert_status(404).problem();
                problem["instance"] = missing["instance"].clone();
                problem["request_id"] = missing["request_id"].clone();
                assert_eq!(problem, missing, "another's draft looks different from none");
            }
            other.get(&path).assert_status(200);
        }
        let list = contributor.get("/v1/editor/articles?total=true").assert_status(200).json();
        assert_eq!((&list["data"], &list["page"]["total"]), (&json!([]), &json!(0)));
    }

    fn editor_reads_everyone_s_drafts(app: &App) {
        let draft = make_article(&app.contributor(), json!({}));
        assert_eq!(app.editor().get(&path_of(&draft)).assert_status(200).json(), draft);
    }

    fn editor_reads_some_members_only(app: &App) {
        let editor = app.editor();
        let draft = make_article(&editor, json!({}));
        let answer = editor.get(&format!("{}?fields=id,title", path_of(&draft))).assert_status(200);
        assert_eq!(answer.json(), json!({"id": id_of(&draft), "title": draft["title"]}));
        assert_eq!(answer.etag(), etag_of(&draft));
        for query in ["fields=password_hash", "fields=", "include=related", "fields=id&fields=title"] {
            editor.get(&format!("{}?{query}", path_of(&draft))).assert_status(400).problem();
        }
    }

    fn contributor_reads_what_no_cache_may_keep(app: &App) {
        let contributor = app.contributor();
        let draft = make_article(&contributor, json!({}));
        for path in [path_of(&draft), "/v1/editor/articles".to_owned(), "/v1/auth/me".to_owned()] {
            assert_eq!(contributor.get(&path).assert_status(200).header("cache-control"), Some("no-store"), "{path}");
        }
    }
}
