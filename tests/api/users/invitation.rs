//! `POST /v1/editor/users/{id}/invitation` and `POST /v1/auth/invitation`

use super::{CHOSEN, invite, path, token};
use crate::harness::app::{App, Login};
use crate::harness::client::{Requests, Response};
use serde_json::{Value, json};

fn accept(app: &App, body: &Value) -> Response {
    app.anonymous().post("/v1/auth/invitation", body)
}

fn login(app: &App, password: &str) -> Response {
    app.anonymous().post("/v1/auth/login", &json!({"email": "ida@paper.example", "password": password}))
}

on_both! {
    fn invited_user_chooses_a_password_once(app: &App) {
        let admin = app.admin();
        let user = invite(&admin, "ida@paper.example", "editor");
        for password in ["", "x", CHOSEN] {
            assert_eq!(login(app, password).assert_status(401).problem_code(), "wrong_credentials");
        }
        accept(app, &json!({"token": token(&user), "password": CHOSEN, "name": "Ida R. Moss"})).assert_status(204);
        let tokens = login(app, CHOSEN).assert_status(200).json();
        assert!(tokens["access_token"].is_string());
        let refused = accept(app, &json!({"token": token(&user), "password": "another one that is long"})).assert_status(401);
        assert_eq!(refused.problem_code(), "link_refused");
        let shown = admin.get(&path(&user)).json();
        assert_eq!((&shown["name"], &shown["version"], &shown["updated_by"]), (&json!("Ida R. Moss"), &json!(2), &user["id"]));
        assert_eq!(admin.patch(&path(&user), "\"1\"", &json!({"name": "Ida"})).assert_status(412).problem()["current"]["differing"], json!(["name"]));
        assert_eq!(admin.send("POST", &format!("{}/invitation", path(&user)), &[], &[]).assert_status(409).problem_code(), "invitation_accepted");
        let entries = admin.get("/v1/editor/audit?action=auth.accept_invitation").json();
        assert_eq!(entries["data"][0]["actor_id"], user["id"]);
        assert!(!admin.get("/v1/editor/audit?limit=100").text().contains(CHOSEN));
    }

    fn second_invitation_kills_the_first(app: &App) {
        let admin = app.admin();
        let user = invite(&admin, "ida@paper.example", "editor");
        app.clock.advance_seconds(3600);
        let admin = app.admin();
        let second = admin.send("POST", &format!("{}/invitation", path(&user)), &[], &[]).assert_status(200).json();
        assert_eq!(second["expires_at"], "2026-11-29T10:00:00Z");
        assert_eq!(admin.get(&path(&user)).json()["invited_until"], second["expires_at"]);
        accept(app, &json!({"token": token(&user), "password": CHOSEN})).assert_status(401);
        accept(app, &json!({"token": second["token"], "password": CHOSEN})).assert_status(204);
    }

    fn invitation_ends_after_three_days(app: &App) {
        let user = invite(&app.admin(), "ida@paper.example", "editor");
        app.clock.advance_seconds(72 * 3600);
        accept(app, &json!({"token": token(&user), "password": CHOSEN})).assert_status(401);
        let again = app.admin().send("POST", &format!("{}/invitation", path(&user)), &[], &[]).assert_status(200).json();
        app.clock.advance_seconds(72 * 3600 - 1);
        accept(app, &json!({"token": again["token"], "password": CHOSEN})).assert_status(204);
    }

    fn invited_user_chooses_badly_and_tries_again(app: &App) {
        let user = invite(&app.admin(), "ida@paper.example", "editor");
        for (body, faults) in [
            (json!({"token": token(&user), "password": "short"}), vec![("/password", "too_short")]),
            (json!({"token": token(&user), "password": "passwordpassword"}), vec![("/password", "too_common")]),
            (json!({"token": token(&user), "password": CHOSEN, "name": "", "role": "admin", "email": "x"}), vec![("/email", "unknown"), ("/name", "required"), ("/role", "unknown")]),
            (json!({}), vec![("/password", "required"), ("/token", "required")]),
        ] {
            let answer = accept(app, &body).assert_status(422);
            assert_eq!(answer.faults(), faults.iter().map(|(place, code)| ((*place).to_owned(), (*code).to_owned())).collect::<Vec<_>>(), "{body}");
        }
        accept(app, &json!({"token": token(&user), "password": CHOSEN})).assert_status(204);
    }

    fn tokens_of_other_kinds_are_no_invitations(app: &App) {
        let admin = app.admin();
        let user = invite(&admin, "ida@paper.example", "editor");
        for other in [admin.refresh_token.as_str(), "mhi_2JcV0m3o8XK1yVxq6Zb0c9n5d4e7f1a2B3C4D5E6F7G", "x", &token(&user).to_uppercase()] {
            accept(app, &json!({"token": other, "password": CHOSEN})).assert_status(401);
        }
        // Nor is an invitation good for anything else.
        let value = format!("Bearer {}", token(&user));
        app.anonymous().get_with("/v1/auth/me", &[("authorization", &value)]).assert_status(401);
        app.anonymous().post("/v1/auth/refresh", &json!({"refresh_token": token(&user)})).assert_status(401);
        app.anonymous().post("/v1/auth/password/reset", &json!({"token": token(&user), "new_password": CHOSEN})).assert_status(401);
        accept(app, &json!({"token": token(&user), "password": CHOSEN})).assert_status(204);
    }

    fn ten_accept_at_once_and_one_password_is_set(app: &App) {
        let user = invite(&app.admin(), "ida@paper.example", "editor");
        let passwords: Vec<String> = (0..10).map(|number| format!("ferry number {number} leaves the wharf")).collect();
        let taken: Vec<&String> = std::thread::scope(|scope| {
            let threads: Vec<_> = passwords
                .iter()
                .map(|password| {
                    let user = &user;
                    scope.spawn(move || (accept(app, &json!({"token": token(user), "password": password})).status == 204).then_some(password))
                })
                .collect();
            threads.into_iter().filter_map(|thread| thread.join().expect("an answer")).collect()
        });
        assert_eq!(taken.len(), 1, "{taken:?}");
        let id = masthead_domain::id::UserId::parse(user["id"].as_str().expect("an id")).expect("an id");
        app.log_in(&Login { id, email: "ida@paper.example".to_owned(), password: taken[0].clone(), name: String::new() });
    }
}
