//! `DELETE /v1/editor/meetings/<id>`

use crate::harness::builders::{id_of, make_meeting};
use crate::harness::client::Requests;
use serde_json::json;

on_both! {
    fn editor_deletes_a_meeting_and_it_is_gone(app: &App) {
        let editor = app.editor();
        let made = make_meeting(&editor, "Ferry", "2026-12-03T19:00", json!({}));
        let path = format!("/v1/editor/meetings/{}", id_of(&made));
        app.contributor().delete(&path, "\"1\"").assert_status(403);
        app.anonymous().delete(&path, "\"1\"").assert_status(401);
        editor.send("DELETE", &path, &[], &[]).assert_status(428).problem();
        editor.delete(&path, "\"2\"").assert_status(412).problem();
        editor.delete(&path, "\"1\"").assert_status(204);
        editor.get(&path).assert_status(404);
        editor.delete(&path, "*").assert_status(404);
        editor.patch(&path, "*", &json!({})).assert_status(404);
        app.anonymous().get("/v1/meetings/ferry").assert_status(404).problem();
        assert_eq!(app.anonymous().get("/v1/meetings?total=true").json()["page"]["total"], 0);
    }
}
