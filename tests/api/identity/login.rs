//! `POST /v1/auth/login`

use crate::harness::client::Requests;
use masthead_domain::permission::Role;
use serde_json::json;

on_both! {
    fn editor_logs_in(app: &App) {
        let login = app.login(Role::Editor);
        let answer = app.anonymous().post("/v1/auth/login", &json!({"email": login.email.to_uppercase().replace("EDITOR", "editor").replace("PAPER.EXAMPLE", "Paper.Example"), "password": login.password}));
        let answer = answer.assert_status(200);
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        let tokens = answer.json();
        assert_eq!((&tokens["token_type"], &tokens["expires_in"]), (&json!("Bearer"), &json!(900)));
        assert!(tokens["refresh_token"].as_str().is_some_and(|token| token.starts_with("mhr_") && token.len() >= 40));
        let me = app.editor().get("/v1/auth/me").assert_status(200).json();
        assert_eq!((&me["id"], &me["email"], &me["role"], &me["name"]), (&json!(login.id.to_string()), &json!(login.email), &json!("editor"), &json!(login.name)));
    }

    fn nobody_learns_which_logins_exist(app: &App) {
        let (login, disabled) = (app.login(Role::Editor), app.db_create_user(Role::Editor));
        app.database().connect().batch_execute(&format!("UPDATE users SET disabled_at = created_at WHERE email = '{}'", disabled.email)).expect("disabled");
        let mut answers = Vec::new();
        for (email, password) in [
            (login.email.as_str(), "not the password"),
            ("nobody@paper.example", login.password.as_str()),
            (&disabled.email, &disabled.password),
            ("no address at all", "x"),
            (&login.email, ""),
            (&login.email, &format!("{} ", login.password)),
            (&login.email, &login.password.to_uppercase()),
        ] {
            let answer = app.anonymous().post("/v1/auth/login", &json!({"email": email, "password": password})).assert_status(401);
            let mut problem = answer.problem();
            problem["request_id"] = json!("");
            answers.push(problem);
        }
        assert_eq!(answers[0]["code"], "wrong_credentials");
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:#?}");
    }

    fn somebody_logs_in_with_faults_and_is_told_of_all(app: &App) {
        for (body, places) in [
            (json!({}), vec!["/email", "/password"]),
            (json!({"email": "a@b.example", "password": "x", "role": "admin", "totp": 1}), vec!["/role", "/totp"]),
            (json!({"email": ["a@b.example"], "password": {"$ne": ""}}), vec!["/email", "/password"]),
            (json!({"email": "a@b.example", "password": null}), vec!["/password"]),
        ] {
            let answer = app.anonymous().post("/v1/auth/login", &body).assert_status(422);
            assert_eq!(answer.fault_pointers(), places, "{body}");
        }
    }

    fn disabled_editor_is_out_at_once(app: &App) {
        let editor = app.editor();
        editor.get("/v1/auth/me").assert_status(200);
        app.database().connect().batch_execute(&format!("UPDATE users SET disabled_at = created_at WHERE email = '{}'", editor.login.email)).expect("disabled");
        editor.get("/v1/auth/me").assert_status(401).problem();
        app.anonymous().post("/v1/auth/refresh", &json!({"refresh_token": editor.refresh_token})).assert_status(401);
    }

    fn editor_with_a_smaller_role_may_less_at_once(app: &App) {
        let editor = app.editor();
        editor.post("/v1/editor/tags", &json!({"name": "One"})).assert_status(201);
        app.database().connect().batch_execute(&format!("UPDATE users SET role = 'contributor' WHERE email = '{}'", editor.login.email)).expect("changed");
        editor.post("/v1/editor/tags", &json!({"name": "Two"})).assert_status(403);
        assert_eq!(editor.get("/v1/auth/me").assert_status(200).json()["role"], "contributor");
    }
}
