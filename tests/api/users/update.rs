//! `PATCH /v1/editor/users/{id}`

use super::{CHOSEN, invite, join, path, token};
use crate::harness::builders::etag_of;
use crate::harness::client::Requests;
use masthead_domain::permission::Role;
use serde_json::{Value, json};

on_both! {
    fn admin_changes_a_role_and_all_sessions_end_on_every_node(app: &App) {
        let (admin, node) = (app.admin(), app.start_node(|config| config));
        let (user, contributor) = join(app, &admin, "ida@paper.example", "contributor");
        let elsewhere = node.as_seen_by(&contributor);
        elsewhere.get("/v1/auth/me").assert_status(200);
        let answer = admin.patch(&path(&user), &etag_of(&user), &json!({"role": "editor"})).assert_status(200);
        let shown = answer.json();
        assert_eq!((answer.etag(), &shown["role"], &shown["version"]), ("\"2\"".to_owned(), &json!("editor"), &json!(2)));
        for dead in [&contributor, &elsewhere] {
            dead.get("/v1/auth/me").assert_status(401);
            dead.get("/v1/editor/articles").assert_status(401);
            dead.post("/v1/auth/refresh", &json!({"refresh_token": contributor.refresh_token})).assert_status(401);
        }
        let again = app.log_in(&contributor.login);
        again.post("/v1/editor/tags", &json!({"name": "One"})).assert_status(201);
        let entries = admin.get("/v1/editor/audit?action=user.update").json();
        assert_eq!((&entries["data"][0]["before"], &entries["data"][0]["after"]), (&json!({"role": "contributor"}), &json!({"role": "editor"})));
    }

    fn admin_disables_and_enables_a_user(app: &App) {
        let admin = app.admin();
        let (user, editor) = join(app, &admin, "ida@paper.example", "editor");
        let disabled = admin.patch(&path(&user), "\"1\"", &json!({"disabled": true})).assert_status(200).json();
        assert_eq!(disabled["disabled"], true);
        editor.get("/v1/auth/me").assert_status(401);
        editor.post("/v1/auth/refresh", &json!({"refresh_token": editor.refresh_token})).assert_status(401);
        let body = json!({"email": editor.login.email, "password": editor.login.password});
        assert_eq!(app.anonymous().post("/v1/auth/login", &body).assert_status(401).problem_code(), "wrong_credentials");
        let enabled = admin.patch(&path(&user), "\"2\"", &json!({"disabled": false})).assert_status(200).json();
        assert_eq!(enabled["disabled"], false);
        // What had ended stays so.
        editor.get("/v1/auth/me").assert_status(401);
        app.log_in(&editor.login).get("/v1/auth/me").assert_status(200);
    }

    fn admin_disables_who_has_not_accepted_and_the_link_is_dead(app: &App) {
        let admin = app.admin();
        let user = invite(&admin, "ida@paper.example", "editor");
        let disabled = admin.patch(&path(&user), "\"1\"", &json!({"disabled": true})).assert_status(200).json();
        assert_eq!(disabled.get("invited_until"), None);
        assert_eq!(admin.send("POST", &format!("{}/invitation", path(&user)), &[], &[]).assert_status(409).problem_code(), "user_disabled");
        admin.patch(&path(&user), "\"2\"", &json!({"disabled": false})).assert_status(200);
        app.anonymous().post("/v1/auth/invitation", &json!({"token": token(&user), "password": CHOSEN})).assert_status(401);
    }

    fn admin_corrects_a_name_and_nobody_is_logged_out(app: &App) {
        let admin = app.admin();
        let (user, editor) = join(app, &admin, "ida@paper.example", "editor");
        let shown = admin.patch(&path(&user), "\"1\"", &json!({"name": "Ida Rose Moss", "email": "ida.moss@paper.example"})).assert_status(200).json();
        assert_eq!((&shown["name"], &shown["email"]), (&json!("Ida Rose Moss"), &json!("ida.moss@paper.example")));
        assert_eq!(editor.get("/v1/auth/me").assert_status(200).json()["name"], "Ida Rose Moss");
        // A save that changes nothing keeps the version.
        let same = admin.patch(&path(&user), "\"2\"", &json!({"name": "Ida Rose Moss", "disabled": null})).assert_status(200);
        assert_eq!(same.etag(), "\"2\"");
        assert_eq!(admin.patch(&path(&user), "\"2\"", &json!({"email": admin.login.email})).assert_status(422).faults(), [("/email".to_owned(), "taken".to_owned())]);
    }

    fn admin_with_a_stale_version_is_told_what_differs(app: &App) {
        let admin = app.admin();
        let user = invite(&admin, "ida@paper.example", "editor");
        admin.send_json("PATCH", &path(&user), "application/json", None, &json!({"name": "X"})).assert_status(428);
        admin.patch(&path(&user), "\"1\"", &json!({"name": "Ida"})).assert_status(200);
        let refused = admin.patch(&path(&user), "\"1\"", &json!({"role": "admin"})).assert_status(412).problem();
        assert_eq!(refused["current"], json!({"version": 2, "changed_at": "2026-11-26T09:00:00Z", "changed_by": "Ada Admin", "revision": 2, "base_revision": 1, "differing": ["name"]}));
        admin.delete(&path(&user), "\"1\"").assert_status(412);
    }

    fn admin_changes_nothing_of_their_own_standing(app: &App) {
        let admin = app.admin();
        let (_, other) = join(app, &admin, "kit@paper.example", "admin");
        for who in [&admin, &other] {
            let own = format!("/v1/editor/users/{}", who.login.id);
            for patch in [json!({"role": "editor"}), json!({"disabled": true})] {
                assert_eq!(who.patch(&own, "*", &patch).assert_status(409).problem_code(), "own_account");
            }
            assert_eq!(who.delete(&own, "*").assert_status(409).problem_code(), "own_account");
            who.patch(&own, "*", &json!({"name": "Me", "role": "admin", "disabled": false})).assert_status(200);
            who.get("/v1/auth/me").assert_status(200);
        }
    }

    fn last_admin_stays_one(app: &App) {
        let admin = app.admin();
        // One who is disabled, one who has not accepted: neither can log in.
        let (user, _) = join(app, &admin, "kit@paper.example", "admin");
        admin.patch(&path(&user), "*", &json!({"disabled": true})).assert_status(200);
        invite(&admin, "new@paper.example", "admin");
        // Behind the server's back the one who asks has lost the role in the meantime.
        let (other, _) = join(app, &admin, "zoe@paper.example", "admin");
        app.database().connect().batch_execute(&format!("UPDATE users SET password_hash = '' WHERE email = '{}'", admin.login.email)).expect("changed");
        for patch in [json!({"role": "editor"}), json!({"disabled": true})] {
            assert_eq!(admin.patch(&path(&other), "*", &patch).assert_status(409).problem_code(), "last_admin");
        }
        assert_eq!(admin.delete(&path(&other), "*").assert_status(409).problem_code(), "last_admin");
    }

    fn two_admins_demote_each_other_at_once_and_one_is_left(app: &App) {
        for round in 0..5 {
            let (first, second) = (app.log_in(&app.db_create_user(Role::Admin)), app.log_in(&app.db_create_user(Role::Admin)));
            let demote = |who: &crate::harness::client::SignedIn, whom: &crate::harness::client::SignedIn| {
                who.patch(&format!("/v1/editor/users/{}", whom.login.id), "*", &json!({"role": "editor"})).status
            };
            let answers: Vec<u16> = std::thread::scope(|scope| {
                let threads = [scope.spawn(|| demote(&first, &second)), scope.spawn(|| demote(&second, &first))];
                threads.map(|thread| thread.join().expect("an answer")).into()
            });
            // The slower one is refused, or finds themselves logged out already.
            assert!(answers.contains(&200) && answers.iter().any(|status| [401, 409].contains(status)), "round {round}: {answers:?}");
            let left = first.get("/v1/auth/me").status == 200 || second.get("/v1/auth/me").status == 200;
            assert!(left, "nobody is left in round {round}");
            app.database().connect().batch_execute("UPDATE users SET role = 'editor'").expect("changed");
        }
    }

    fn admin_finds_nobody(app: &App) {
        let admin = app.admin();
        for nobody in ["x", "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c21", "ida@paper.example"] {
            let path = format!("/v1/editor/users/{nobody}");
            admin.get(&path).assert_status(404).problem();
            admin.patch(&path, "*", &json!({})).assert_status(404);
            admin.delete(&path, "*").assert_status(404);
            admin.post(&format!("{path}/invitation"), &Value::Null).assert_status(404);
            admin.get(&format!("{path}/sessions")).assert_status(404);
        }
    }
}
