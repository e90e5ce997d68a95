//! `POST /v1/auth/logout`

use crate::harness::client::Requests;
use serde_json::{Value, json};

on_both! {
    fn editor_logs_out_and_all_tokens_are_dead_at_once(app: &App) {
        let (editor, elsewhere) = (app.editor(), app.editor());
        editor.send("POST", "/v1/auth/logout", &[], &[]).assert_status(204);
        let answer = editor.get("/v1/auth/me").assert_status(401);
        assert_eq!(answer.header("www-authenticate"), Some("Bearer realm=\"masthead\""));
        editor.get("/v1/editor/articles").assert_status(401);
        editor.send("POST", "/v1/auth/logout", &[], &[]).assert_status(401);
        let refresh = |token: &str| app.anonymous().post("/v1/auth/refresh", &json!({"refresh_token": token}));
        assert_eq!(refresh(&editor.refresh_token).assert_status(401).problem_code(), "refresh_token_refused");
        // The other login goes on.
        elsewhere.get("/v1/auth/me").assert_status(200);
        refresh(&elsewhere.refresh_token).assert_status(200);
        assert_eq!(elsewhere.get("/v1/auth/sessions").json()["data"].as_array().map(Vec::len), Some(1));
        app.anonymous().post("/v1/auth/logout", &Value::Null).assert_status(401);
        let entries = app.admin().get("/v1/editor/audit?action=auth.logout").json();
        assert_eq!(entries["data"].as_array().map(Vec::len), Some(1), "{entries}");
        assert_eq!(entries["data"][0]["actor_id"], editor.login.id.to_string());
    }

    fn nothing_that_is_not_known_is_asked_of_a_login_in_vain(app: &App) {
        let editor = app.editor();
        for (method, path) in [
            ("POST", "login"), ("POST", "refresh"), ("POST", "logout"), ("POST", "password"), ("POST", "password/reset"), ("POST", "invitation"), ("POST", "totp"),
            ("POST", "totp/confirm"), ("POST", "totp/disable"), ("POST", "totp/recovery-codes"), ("DELETE", "sessions/01936d6c-7a10-7c3e-9d55-6b1f0e9a4c21"),
        ] {
            let answer = editor.send_json(method, &format!("/v1/auth/{path}?dry_run=true"), "application/json", None, &json!({}));
            assert_eq!(answer.assert_status(400).fault_pointers(), ["dry_run"], "{path}");
        }
        editor.get("/v1/auth/me").assert_status(200);
    }
}
