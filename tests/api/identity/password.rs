//! `POST /v1/auth/password`

use crate::harness::app::{Login, PASSWORD};
use crate::harness::client::Requests;
use masthead_domain::permission::Role;
use serde_json::json;

const NEW: &str = "seven ferries leave before dawn";

on_both! {
    fn editor_changes_the_password_and_all_other_sessions_end(app: &App) {
        let (here, there) = (app.editor(), app.editor());
        let other = app.log_in(&app.db_create_user(Role::Editor));
        here.post("/v1/auth/password", &json!({"current_password": PASSWORD, "new_password": NEW})).assert_status(204);
        here.get("/v1/auth/me").assert_status(200);
        there.get("/v1/auth/me").assert_status(401);
        app.anonymous().post("/v1/auth/refresh", &json!({"refresh_token": there.refresh_token})).assert_status(401);
        app.anonymous().post("/v1/auth/refresh", &json!({"refresh_token": here.refresh_token})).assert_status(200);
        other.get("/v1/auth/me").assert_status(200);
        let old = json!({"email": here.login.email, "password": PASSWORD});
        app.anonymous().post("/v1/auth/login", &old).assert_status(401);
        app.log_in(&Login { password: NEW.to_owned(), ..here.login.clone() });
    }

    fn editor_without_the_current_password_changes_nothing(app: &App) {
        let editor = app.editor();
        for (body, places) in [
            (json!({"current_password": "not the password", "new_password": NEW}), vec!["/current_password"]),
            (json!({"current_password": "", "new_password": NEW}), vec!["/current_password"]),
            (json!({"new_password": NEW}), vec!["/current_password"]),
            (json!({"current_password": PASSWORD}), vec!["/new_password"]),
            (json!({}), vec!["/current_password", "/new_password"]),
            (json!({"current_password": PASSWORD, "new_password": NEW, "email": "a@b.example", "user_id": "x", "password_hash": "x"}), vec!["/email", "/password_hash", "/user_id"]),
        ] {
            let answer = editor.post("/v1/auth/password", &body).assert_status(422);
            assert_eq!(answer.fault_pointers(), places, "{body}");
        }
        app.editor().get("/v1/auth/me").assert_status(200);
        app.anonymous().post("/v1/auth/password", &json!({"current_password": PASSWORD, "new_password": NEW})).assert_status(401);
    }

    fn editor_chooses_a_password_that_is_guessed_early_and_is_refused(app: &App) {
        let editor = app.editor();
        for (password, code) in [
            ("fourteen chars".to_owned(), "too_short"),
            (String::new(), "too_short"),
            ("x7Qp".repeat(33), "too_long"),
            ("passwordpassword".to_owned(), "too_common"),
            ("123456789012345".to_owned(), "too_common"),
            ("qwertyuiopasdfgh".to_owned(), "too_common"),
            ("aaaaaaaaaaaaaaaa".to_owned(), "too_common"),
        ] {
            let answer = editor.post("/v1/auth/password", &json!({"current_password": PASSWORD, "new_password": password})).assert_status(422);
            assert_eq!(answer.faults(), [("/new_password".to_owned(), code.to_owned())], "{password}");
            assert!(password.is_empty() || !answer.text().contains(&password), "a password comes back");
        }
        app.editor().get("/v1/auth/me").assert_status(200);
    }
}
