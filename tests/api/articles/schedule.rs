//! `POST /v1/editor/articles/{id}/schedule` and `…/unschedule`

use super::path_of;
use crate::harness::builders::{etag_of, make_article, make_publication, publish, step};
use crate::harness::client::Requests;
use serde_json::{Value, json};

on_both! {
    fn editor_schedules_into_the_past_and_is_refused(app: &App) {
        let editor = app.editor();
        let draft = make_article(&editor, json!({}));
        for (body, code) in [
            (json!({"publish_at": "2026-11-26T08:59:59Z"}), "out_of_range"),
            (json!({"publish_at": "2026-11-26T09:00:00Z"}), "out_of_range"),
            (json!({"publish_at": "tomorrow"}), "invalid_format"),
            (json!({"publish_at": Value::Null}), "required"),
            (json!({}), "required"),
        ] {
            let answer = editor.action(&format!("{}/schedule", path_of(&draft)), &etag_of(&draft), &body).assert_status(422);
            assert_eq!(answer.faults(), [("/publish_at".to_owned(), code.to_owned())], "{body}");
        }
        assert_eq!(editor.get(&path_of(&draft)).json(), draft);
    }

    fn editor_schedules_and_the_clock_alone_publishes(app: &App) {
        let editor = app.editor();
        let scheduled = step(&editor, &make_article(&editor, json!({"slug": "due"})), "schedule", json!({"publish_at": "2026-11-26T09:10:00Z"}));
        assert_eq!((&scheduled["state"], &scheduled["publish_at"]), (&json!("scheduled"), &json!("2026-11-26T09:10:00Z")));
        assert_eq!(scheduled.get("published_at"), None);
        let reader = app.anonymous();
        app.clock.advance_seconds(599);
        reader.get("/v1/articles/due").assert_status(404);
        assert_eq!(reader.get("/v1/articles?total=true").json()["page"]["total"], 0);
        app.clock.advance_seconds(1);
        let shown = reader.get("/v1/articles/due").assert_status(200).json();
        assert_eq!((&shown["published_at"], &shown["updated_at"]), (&json!("2026-11-26T09:10:00Z"), &json!("2026-11-26T09:10:00Z")));
        assert_eq!(reader.get("/v1/articles?total=true").json()["page"]["total"], 1);
        let published = editor.get(&path_of(&scheduled)).assert_status(200).json();
        assert_eq!((&published["state"], &published["published_at"]), (&json!("published"), &json!("2026-11-26T09:10:00Z")));
        assert_eq!(published.get("publish_at"), None);
        assert_eq!(published["version"], scheduled["version"], "nobody changed it");
    }

    fn editor_saves_after_the_clock_has_published(app: &App) {
        let editor = app.editor();
        let scheduled = step(&editor, &make_article(&editor, json!({"slug": "due"})), "schedule", json!({"publish_at": "2026-11-26T09:10:00Z"}));
        app.clock.advance_seconds(601);
        let saved = editor.patch(&path_of(&scheduled), &etag_of(&scheduled), &json!({"title": "Corrected"})).assert_status(200).json();
        assert_eq!((&saved["state"], &saved["has_unpublished_changes"]), (&json!("published"), &json!(true)));
        assert_eq!(app.anonymous().get("/v1/articles/due").json()["title"], scheduled["title"]);
        assert_eq!(publish(&editor, &saved)["published_at"], "2026-11-26T09:10:00Z");
        assert_eq!(app.anonymous().get("/v1/articles/due").json()["title"], "Corrected");
    }

    fn editor_unschedules_and_nothing_appears(app: &App) {
        let editor = app.editor();
        let scheduled = step(&editor, &make_article(&editor, json!({"slug": "due"})), "schedule", json!({"publish_at": "2026-11-26T09:10:00Z"}));
        let draft = step(&editor, &scheduled, "unschedule", Value::Null);
        assert_eq!(draft["state"], "draft");
        assert_eq!((draft.get("publish_at"), draft.get("published_at")), (None, None));
        app.clock.advance_seconds(601);
        app.anonymous().get("/v1/articles/due").assert_status(404);
        // Too late: its time has come.
        let scheduled = step(&editor, &draft, "schedule", json!({"publish_at": "2026-11-26T09:12:00Z"}));
        app.clock.advance_seconds(120);
        editor.action(&format!("{}/unschedule", path_of(&scheduled)), &etag_of(&scheduled), &Value::Null).assert_status(409);
        app.anonymous().get("/v1/articles/due").assert_status(200);
    }

    fn editor_schedules_anew(app: &App) {
        let editor = app.editor();
        let scheduled = step(&editor, &make_article(&editor, json!({"slug": "due"})), "schedule", json!({"publish_at": "2026-11-26T09:10:00Z"}));
        assert_eq!(step(&editor, &scheduled, "schedule", json!({"publish_at": "2026-11-26T10:10:00+01:00"})), scheduled, "the same instant");
        let later = step(&editor, &scheduled, "schedule", json!({"publish_at": "2026-11-26T09:12:00Z"}));
        assert_eq!(later["version"], 3);
        app.clock.advance_seconds(600);
        app.anonymous().get("/v1/articles/due").assert_status(404);
        app.clock.advance_seconds(120);
        app.anonymous().get("/v1/articles/due").assert_status(200);
    }

    fn editor_edits_a_scheduled_article_and_the_scheduled_text_appears(app: &App) {
        let editor = app.editor();
        let scheduled = step(&editor, &make_article(&editor, json!({"slug": "due", "title": "Proofread"})), "schedule", json!({"publish_at": "2026-11-26T09:10:00Z"}));
        let edited = editor.patch(&path_of(&scheduled), &etag_of(&scheduled), &json!({"title": "Half written"})).assert_status(200).json();
        assert_eq!((&edited["state"], &edited["has_unpublished_changes"]), (&json!("scheduled"), &json!(true)));
        app.clock.advance_seconds(600);
        assert_eq!(app.anonymous().get("/v1/articles/due").json()["title"], "Proofread");
    }

    fn editor_publishes_a_scheduled_article_at_once(app: &App) {
        let editor = app.editor();
        let scheduled = step(&editor, &make_article(&editor, json!({"slug": "due"})), "schedule", json!({"publish_at": "2026-11-26T09:10:00Z"}));
        assert_eq!(publish(&editor, &scheduled)["published_at"], "2026-11-26T09:00:00Z");
        app.anonymous().get("/v1/articles/due").assert_status(200);
    }

    fn editor_schedules_beyond_a_permission_and_is_refused(app: &App) {
        let editor = app.editor();
        let publication = make_publication(&editor, "North", json!({"permission_until": "2026-11-26T09:10:00Z"}));
        let draft = make_article(&editor, json!({"credits": [{"publication_id": publication["id"]}]}));
        let act = |time: &str| editor.action(&format!("{}/schedule", path_of(&draft)), &etag_of(&draft), &json!({"publish_at": time}));
        assert_eq!(act("2026-11-26T09:10:00Z").assert_status(422).faults(), [("/credits/0/publication_id".to_owned(), "not_permitted".to_owned())]);
        act("2026-11-26T09:09:59Z").assert_status(200);
    }
}
