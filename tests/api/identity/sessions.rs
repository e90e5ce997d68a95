//! `/v1/auth/sessions`

use crate::harness::client::Requests;
use serde_json::{Value, json};

on_both! {
    fn editor_lists_own_sessions_the_newest_first(app: &App) {
        let first = app.editor();
        app.clock.advance_seconds(60);
        let second = app.editor();
        app.admin();
        let list = second.get("/v1/auth/sessions").assert_status(200).json();
        let sessions = list["data"].as_array().expect("a list");
        let times: Vec<&Value> = sessions.iter().map(|session| &session["created_at"]).collect();
        assert_eq!(times, ["2026-11-26T09:01:00Z", "2026-11-26T09:00:00Z"]);
        assert_eq!(sessions.iter().map(|session| session["is_current"] == true).collect::<Vec<_>>(), [true, false]);
        assert_eq!(sessions[0]["id"], second.get("/v1/auth/me").json()["session_id"]);
        assert_eq!(sessions[1]["id"], first.get("/v1/auth/me").json()["session_id"]);
        let text = list.to_string();
        assert!(!text.contains("mhr_") && !text.contains("token") && !text.contains("hash"), "{text}");
    }

    fn editor_ends_another_session_of_theirs(app: &App) {
        let (here, there) = (app.editor(), app.editor());
        let id = there.get("/v1/auth/me").json()["session_id"].as_str().expect("an id").to_owned();
        let path = format!("/v1/auth/sessions/{id}");
        // Nobody else does.
        app.admin().send("DELETE", &path, &[], &[]).assert_status(404).problem();
        there.get("/v1/auth/me").assert_status(200);
        here.send("DELETE", &path, &[], &[]).assert_status(204);
        there.get("/v1/auth/me").assert_status(401);
        app.anonymous().post("/v1/auth/refresh", &json!({"refresh_token": there.refresh_token})).assert_status(401);
        here.send("DELETE", &path, &[], &[]).assert_status(404);
        for nothing in ["/v1/auth/sessions/x", "/v1/auth/sessions/01936d6c-7a10-7c3e-9d55-6b1f0e9a4c21"] {
            here.send("DELETE", nothing, &[], &[]).assert_status(404).problem();
        }
        assert_eq!(here.get("/v1/auth/sessions").json()["data"].as_array().map(Vec::len), Some(1));
    }

    fn session_ends_when_nobody_uses_it(app: &App) {
        let editor = app.editor();
        app.clock.advance_seconds(14 * 24 * 3600);
        app.anonymous().post("/v1/auth/refresh", &json!({"refresh_token": editor.refresh_token})).assert_status(401);
    }

    fn session_ends_after_ninety_days_however_it_is_used(app: &App) {
        let mut token = app.editor().refresh_token;
        let mut days = 0;
        loop {
            app.clock.advance_seconds(10 * 24 * 3600);
            days += 10;
            let answer = app.anonymous().post("/v1/auth/refresh", &json!({"refresh_token": token}));
            if answer.status != 200 {
                answer.assert_status(401);
                break;
            }
            assert!(days < 90, "still alive after {days} days");
            token = answer.json()["refresh_token"].as_str().expect("a token").to_owned();
        }
        assert_eq!(days, 90);
    }
}
