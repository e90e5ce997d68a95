//! `POST /v1/editor/users`

use super::{CHOSEN, invite, join, path};
use crate::harness::app::{PUBLIC_URL, START};
use crate::harness::client::Requests;
use serde_json::{Value, json};

on_both! {
    fn admin_adds_a_user_and_gets_the_link_once(app: &App) {
        let admin = app.admin();
        let answer = admin.post("/v1/editor/users", &json!({"email": "Ida@Paper.Example", "name": "Ida Moss", "role": "editor"})).assert_status(201);
        let shown = answer.json();
        assert_eq!(answer.location(), path(&shown));
        assert_eq!(answer.etag(), "\"1\"");
        let invitation = &shown["invitation"];
        let token = invitation["token"].as_str().expect("a token");
        assert!(token.starts_with("mhi_") && token.len() == 47, "{token}");
        assert_eq!(invitation["url"], format!("{PUBLIC_URL}/desk/invitation#token={token}"));
        assert_eq!(invitation["expires_at"], "2026-11-29T09:00:00Z");
        let mut expected = shown.clone();
        expected.as_object_mut().expect("an object").shift_remove("invitation");
        assert_eq!(
            expected,
            json!({
                "id": shown["id"], "version": 1, "created_at": START, "updated_at": START, "updated_by": admin.login.id.to_string(),
                "email": "ida@paper.example", "name": "Ida Moss", "role": "editor", "disabled": false, "section_ids": [], "branch_ids": [], "has_password": false,
                "has_second_factor": false, "invited_until": "2026-11-29T09:00:00Z",
            })
        );
        let found = admin.get(&path(&shown)).assert_status(200);
        assert_eq!((found.json(), found.etag()), (expected, "\"1\"".to_owned()));
        assert!(!found.text().contains("mh") && !found.text().contains("hash"), "{found}");
        let entries = admin.get(&format!("/v1/editor/audit?entity={}", shown["id"].as_str().expect("an id"))).json();
        assert_eq!(entries["data"][0]["action"], "user.create");
        assert_eq!(entries["data"][0]["after"], json!({"email": "ida@paper.example", "name": "Ida Moss", "role": "editor", "disabled": false, "section_ids": [], "branch_ids": []}));
        assert!(!entries.to_string().contains("mhi_"), "{entries}");
    }

    fn admin_leaves_the_name_out(app: &App) {
        let shown = app.admin().post("/v1/editor/users", &json!({"email": "kit.ash@paper.example", "role": "contributor"})).assert_status(201).json();
        assert_eq!(shown["name"], "kit.ash");
    }

    fn admin_is_told_of_every_fault(app: &App) {
        let admin = app.admin();
        invite(&admin, "ida@paper.example", "editor");
        for (body, faults) in [
            (json!({}), vec![("/email", "required"), ("/role", "required")]),
            (json!([]), vec![("", "wrong_type")]),
            (json!({"email": "x", "role": "owner", "name": " ", "disabled": "no", "colour": 1}),
                vec![("/colour", "unknown"), ("/disabled", "wrong_type"), ("/email", "invalid_format"), ("/name", "required"), ("/role", "not_one_of")]),
            (json!({"email": "IDA@paper.example", "role": "editor"}), vec![("/email", "taken")]),
            (json!({"email": "idä@paper.example", "role": "editor"}), vec![("/email", "invalid_format")]),
            (json!({"email": "a@b.example\u{0}", "role": "editor"}), vec![("/email", "control_character")]),
            (json!({"email": "a@b.example", "role": "editor", "name": "x".repeat(201)}), vec![("/name", "too_long")]),
        ] {
            let answer = admin.post("/v1/editor/users", &body).assert_status(422);
            assert_eq!(answer.faults(), faults.iter().map(|(place, code)| ((*place).to_owned(), (*code).to_owned())).collect::<Vec<_>>(), "{body}");
        }
        assert_eq!(admin.get("/v1/editor/users?total=true").json()["page"]["total"], 2);
    }

    fn admin_sets_what_is_not_theirs_and_is_refused(app: &App) {
        let admin = app.admin();
        let shown = invite(&admin, "ida@paper.example", "contributor");
        let before = admin.get(&path(&shown)).json();
        for name in ["id", "version", "created_at", "updated_at", "updated_by", "password", "password_hash", "has_password", "has_second_factor", "totp", "last_login_at", "invited_until", "invitation", "disabled_at", "session_id", "__proto__"] {
            for value in [json!("01936d6c-7a10-7c3e-9d55-6b1f0e9a4c21"), json!({"x": 1}), json!(true)] {
                let mut body = json!({"email": "new@paper.example", "role": "contributor"});
                body[name] = value.clone();
                assert_eq!(admin.post("/v1/editor/users", &body).assert_status(422).fault_pointers(), [format!("/{name}")]);
                assert_eq!(admin.patch(&path(&shown), "*", &json!({name: value})).assert_status(422).fault_pointers(), [format!("/{name}")]);
            }
        }
        assert_eq!(admin.get(&path(&shown)).json(), before);
        assert_eq!(admin.get("/v1/editor/users?total=true").json()["page"]["total"], 2);
    }

    fn admin_tries_it_out_and_nobody_is_added(app: &App) {
        let admin = app.admin();
        let answer = admin.post("/v1/editor/users?dry_run=true", &json!({"email": "ida@paper.example", "role": "editor"})).assert_status(201);
        assert_eq!(answer.header("masthead-dry-run"), Some("true"));
        assert_eq!(admin.get("/v1/editor/users?total=true").json()["page"]["total"], 1);
        let token = answer.json()["invitation"]["token"].clone();
        app.anonymous().post("/v1/auth/invitation", &json!({"token": token, "password": CHOSEN})).assert_status(401);
    }

    fn contributor_tries_every_verb_on_users_and_keys(app: &App) {
        let admin = app.admin();
        let (user, contributor) = join(app, &admin, "ida@paper.example", "contributor");
        let key = admin.post("/v1/editor/api-keys", &json!({"name": "Build", "scopes": ["desk:read"]})).assert_status(201).json();
        let key_path = format!("/v1/editor/api-keys/{}", key["id"].as_str().expect("an id"));
        let (before, key_before) = (admin.get(&path(&user)).json(), admin.get(&key_path).json());
        let headers = [("content-type", "application/json"), ("if-match", "*")];
        let raised = json!({"role": "admin"}).to_string();
        for who in [&contributor, &app.editor()] {
            for target in ["/v1/editor/users".to_owned(), path(&user), format!("{}/sessions", path(&user)), format!("{}/invitation", path(&user)), "/v1/editor/api-keys".to_owned(), key_path.clone(), format!("{key_path}/rotate")] {
                for method in ["GET", "POST", "PATCH", "PUT", "DELETE"] {
                    let body: &[u8] = if method == "GET" { b"" } else { raised.as_bytes() };
                    let sent = if method == "DELETE" { who.delete(&target, "*") } else if method == "GET" { who.get(&target) } else { who.send(method, &target, &headers, body) };
                    assert!([403, 405].contains(&sent.status), "{sent}");
                }
            }
        }
        assert_eq!(admin.get(&path(&user)).json(), before);
        assert_eq!(admin.get(&key_path).json(), key_before);
        let sessions = admin.get(&format!("{}/sessions", path(&user))).json();
        assert_eq!(sessions["data"].as_array().map(Vec::len), Some(1));
        let anonymous = app.anonymous();
        for target in ["/v1/editor/users", &path(&user), "/v1/editor/api-keys", &key_path] {
            anonymous.get(target).assert_status(401);
            anonymous.post(target, &Value::Null);
        }
    }
}
