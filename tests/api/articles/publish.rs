//! `POST /v1/editor/articles/{id}/publish` and `…/unpublish`

use super::path_of;
use crate::harness::builders::{etag_of, make_article, make_public_article, make_publication, publish, step};
use crate::harness::client::{Requests, SignedIn};
use serde_json::{Value, json};

/// What a refused step says of the state.
#[track_caller]
fn refused(editor: &SignedIn, article: &Value, name: &str, body: &Value) -> (Value, Value) {
    let problem = editor.action(&format!("{}/{name}", path_of(article)), &etag_of(article), body).assert_status(409).problem();
    assert_eq!(problem["code"], "illegal_step");
    (problem["state"].clone(), problem["allowed"].clone())
}

on_both! {
    fn contributor_publishes_nothing(app: &App) {
        let contributor = app.contributor();
        let draft = make_article(&contributor, json!({}));
        for (name, body) in [("publish", Value::Null), ("schedule", json!({"publish_at": "2027-01-01T00:00:00Z"})), ("unschedule", Value::Null), ("unpublish", Value::Null), ("return", json!({"comment": "No."})), ("withdraw", json!({"reason": "No."})), ("restore", Value::Null)] {
            let answer = contributor.action(&format!("{}/{name}", path_of(&draft)), &etag_of(&draft), &body).assert_status(403);
            assert_eq!(answer.problem_code(), "forbidden", "{name}");
        }
        assert_eq!(contributor.get(&path_of(&draft)).json(), draft);
    }

    fn editor_publishes_and_the_version_rises_once(app: &App) {
        let editor = app.editor();
        let published = publish(&editor, &make_article(&editor, json!({})));
        assert_eq!((&published["version"], &published["revision"], &published["public_revision"]), (&json!(2), &json!(1), &json!(1)));
        assert_eq!((&published["state"], &published["has_unpublished_changes"]), (&json!("published"), &json!(false)));
        assert_eq!(published["published_at"], "2026-11-26T09:00:00Z");
        app.clock.advance_seconds(60);
        assert_eq!(publish(&editor, &published), published, "publishing what is public already changes nothing");
    }

    fn editor_publishes_and_is_told_of_everything_missing_at_once(app: &App) {
        let editor = app.editor();
        let refusing = make_publication(&editor, "Refusing", json!({"permission": "refused", "credit_requires": ["original_url", "original_authors", "licence"]}));
        let later = make_publication(&editor, "Later", json!({"permission_from": "2026-11-26T09:00:01Z"}));
        let over = make_publication(&editor, "Over", json!({"permission_until": "2026-11-26T09:00:00Z"}));
        let draft = make_article(&editor, json!({
            "body": Value::Null,
            "credits": [
                {"publication_id": refusing["id"], "original_authors": "Ana Ruiz"},
                {"publication_id": later["id"], "relation": "translated"},
                {"publication_id": over["id"]},
            ],
        }));
        let answer = editor.action(&format!("{}/publish", path_of(&draft)), &etag_of(&draft), &Value::Null).assert_status(422);
        let expected = [
            ("/body", "required"),
            ("/credits/0/licence", "required"),
            ("/credits/0/original_url", "required"),
            ("/credits/0/publication_id", "not_permitted"),
            ("/credits/1/publication_id", "not_permitted"),
            ("/credits/1/translator", "required"),
            ("/credits/2/publication_id", "not_permitted"),
        ];
        assert_eq!(answer.faults(), expected.map(|(place, code)| (place.to_owned(), code.to_owned())));
        assert_eq!(editor.get(&path_of(&draft)).json(), draft);
        // A second later one of the permissions has begun.
        app.clock.advance_seconds(1);
        let answer = editor.action(&format!("{}/publish", path_of(&draft)), &etag_of(&draft), &Value::Null).assert_status(422);
        assert!(!answer.fault_pointers().contains(&"/credits/1/publication_id".to_owned()), "{answer}");
    }

    fn editor_publishes_an_import_under_its_old_date(app: &App) {
        let editor = app.editor();
        let published = step(&editor, &make_article(&editor, json!({"slug": "old"})), "publish", json!({"published_at": "2020-10-19T08:00:00+02:00"}));
        assert_eq!(published["published_at"], "2020-10-19T06:00:00Z");
        let shown = app.anonymous().get("/v1/articles/old").assert_status(200).json();
        // Whoever follows what has changed must not miss it for its age.
        assert_eq!((&shown["published_at"], &shown["updated_at"]), (&json!("2020-10-19T06:00:00Z"), &json!("2026-11-26T09:00:00Z")));
        let newer = make_public_article(&editor, json!({"slug": "new"}));
        let list = app.anonymous().get("/v1/articles?fields=slug").json();
        assert_eq!(list["data"], json!([{"slug": "new"}, {"slug": "old"}]));
        assert_eq!(newer["published_at"], "2026-11-26T09:00:00Z");
    }

    fn editor_publishes_an_import_and_the_permission_is_that_of_today(app: &App) {
        let editor = app.editor();
        let over = make_publication(&editor, "Over", json!({"permission_until": "2021-01-01T00:00:00Z"}));
        let recent = make_publication(&editor, "Recent", json!({"permission_from": "2026-01-01T00:00:00Z"}));
        let earlier = json!({"published_at": "2020-10-19T06:00:00Z"});
        let draft = make_article(&editor, json!({"credits": [{"publication_id": over["id"]}]}));
        let answer = editor.action(&format!("{}/publish", path_of(&draft)), &etag_of(&draft), &earlier).assert_status(422);
        assert_eq!(answer.faults(), [("/credits/0/publication_id".to_owned(), "not_permitted".to_owned())]);
        step(&editor, &make_article(&editor, json!({"credits": [{"publication_id": recent["id"]}]})), "publish", earlier);
    }

    fn editor_publishes_under_a_date_that_cannot_be_and_is_refused(app: &App) {
        let editor = app.editor();
        let draft = make_article(&editor, json!({}));
        let act = |article: &Value, body: Value| editor.action(&format!("{}/publish", path_of(article)), &etag_of(article), &body);
        assert_eq!(act(&draft, json!({"published_at": "2026-11-26T09:00:01Z"})).assert_status(422).faults(), [("/published_at".to_owned(), "out_of_range".to_owned())]);
        assert_eq!(act(&draft, json!({"published_at": "2020-10-19"})).assert_status(422).faults(), [("/published_at".to_owned(), "invalid_format".to_owned())]);
        assert_eq!(act(&draft, json!({"publish_at": "2020-10-19T06:00:00Z"})).assert_status(422).faults(), [("/publish_at".to_owned(), "unknown".to_owned())]);
        let published = publish(&editor, &draft);
        assert_eq!(act(&published, json!({"published_at": "2020-10-19T06:00:00Z"})).assert_status(422).faults(), [("/published_at".to_owned(), "not_permitted".to_owned())]);
    }

    fn editor_publishes_again_and_the_first_publication_is_kept(app: &App) {
        let editor = app.editor();
        let published = make_public_article(&editor, json!({"slug": "kept"}));
        app.clock.advance_seconds(60);
        let draft = step(&editor, &published, "unpublish", Value::Null);
        assert_eq!((&draft["state"], &draft["published_at"]), (&json!("draft"), &json!("2026-11-26T09:00:00Z")));
        assert_eq!(draft["version"], 3);
        app.anonymous().get("/v1/articles/kept").assert_status(404);
        assert_eq!(app.anonymous().get("/v1/articles?total=true").json()["page"]["total"], 0);
        app.clock.advance_seconds(60);
        let again = publish(&editor, &draft);
        assert_eq!(again["published_at"], "2026-11-26T09:00:00Z");
        let shown = app.anonymous().get("/v1/articles/kept").assert_status(200).json();
        assert_eq!((&shown["published_at"], &shown["updated_at"]), (&json!("2026-11-26T09:00:00Z"), &json!("2026-11-26T09:02:00Z")));
        // By way of the schedule too.
        let draft = step(&editor, &again, "unpublish", Value::Null);
        step(&editor, &draft, "schedule", json!({"publish_at": "2026-11-27T00:00:00Z"}));
        app.clock.advance_seconds(24 * 3600);
        let shown = app.anonymous().get("/v1/articles/kept").assert_status(200).json();
        assert_eq!((&shown["published_at"], &shown["updated_at"]), (&json!("2026-11-26T09:00:00Z"), &json!("2026-11-27T00:00:00Z")));
    }

    fn editor_takes_an_illegal_step_and_is_told_the_legal_ones(app: &App) {
        let editor = app.editor();
        let in_the_future = json!({"publish_at": "2027-01-01T00:00:00Z"});
        let draft = make_article(&editor, json!({}));
        let of_a_draft = (json!("draft"), json!(["submit", "publish", "schedule", "delete"]));
        assert_eq!(refused(&editor, &draft, "unpublish", &Value::Null), of_a_draft);
        assert_eq!(refused(&editor, &draft, "unschedule", &Value::Null), of_a_draft);
        let scheduled = step(&editor, &draft, "schedule", in_the_future.clone());
        assert_eq!(refused(&editor, &scheduled, "unpublish", &Value::Null), (json!("scheduled"), json!(["publish", "schedule", "unschedule"])));
        let published = publish(&editor, &scheduled);
        let of_a_published = (json!("published"), json!(["publish", "schedule", "unpublish", "withdraw"]));
        assert_eq!(refused(&editor, &published, "submit", &Value::Null), of_a_published);
        assert_eq!(refused(&editor, &published, "unschedule", &Value::Null), of_a_published);
    }

    fn editor_publishes_another_version_and_is_refused(app: &App) {
        let editor = app.editor();
        let draft = make_article(&editor, json!({}));
        let path = format!("{}/publish", path_of(&draft));
        editor.patch(&path_of(&draft), &etag_of(&draft), &json!({"title": "Not proofread"})).assert_status(200);
        let problem = editor.action(&path, &etag_of(&draft), &Value::Null).assert_status(412).problem();
        assert_eq!(problem["current"]["differing"], json!(["title"]));
        assert_eq!(editor.send("POST", &path, &[], &[]).assert_status(428).problem_code(), "version_required");
        assert_eq!(app.anonymous().get("/v1/articles?total=true").json()["page"]["total"], 0);
    }
}
