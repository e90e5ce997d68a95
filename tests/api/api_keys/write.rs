//! Making, finding, changing and deleting keys.

use super::{make_key, path, secret};
use crate::harness::app::{START, wait_until};
use crate::harness::client::Requests;
use crate::records::{assert_query_refused, walk};
use serde_json::{Value, json};

on_both! {
    fn admin_makes_a_key_and_sees_its_secret_once(app: &App) {
        let admin = app.admin();
        let answer = admin.post("/v1/editor/api-keys", &json!({"name": "Build", "scopes": ["desk:read", "changes:read"]})).assert_status(201);
        let shown = answer.json();
        assert_eq!((answer.location(), answer.etag()), (path(&shown), "\"1\"".to_owned()));
        let key = secret(&shown);
        assert!(key.starts_with("mhk_") && key.len() == 50 && key[4..].bytes().all(|byte| byte.is_ascii_alphanumeric()), "{key}");
        let mut expected = shown.clone();
        expected.as_object_mut().expect("an object").shift_remove("key");
        assert_eq!(expected, json!({
            "id": shown["id"], "version": 1, "created_at": START, "updated_at": START, "updated_by": admin.login.id.to_string(), "name": "Build",
            "scopes": ["desk:read", "changes:read"], "owner_id": admin.login.id.to_string(), "hint": key[..8], "expires_at": "2027-11-26T09:00:00Z",
        }));
        assert_eq!(admin.get(&path(&shown)).assert_status(200).json(), expected);
        let everything = [admin.get("/v1/editor/api-keys").text().to_owned(), admin.get("/v1/editor/audit?limit=100").text().to_owned()];
        assert!(everything.iter().all(|text| !text.contains(&key) && !text.contains("hash")), "{everything:?}");
        let stored = |text: &str| app.database().contains("api_keys", &["name", "hint", "secret_hash", "previous_hash"], text);
        assert!(stored(&key[..8]) && !stored(&key) && !stored(&key[..12]));
    }

    fn admin_is_told_of_every_fault(app: &App) {
        let admin = app.admin();
        let (shown, _) = make_key(app, &admin, &["desk:read"]);
        for (body, faults) in [
            (json!({"name": null, "scopes": null}), vec![("/name", "required"), ("/scopes", "required")]),
            (json!({"name": " ", "scopes": [], "expires_at": "2026-11-26T08:59:59Z"}), vec![("/expires_at", "out_of_range"), ("/name", "required"), ("/scopes", "too_short")]),
            (json!({"name": "x", "scopes": ["*", "desk:read", "desk:read", 1, "users:write"], "expires_at": "2029-11-26T09:00:00Z"}),
                vec![("/expires_at", "out_of_range"), ("/scopes/0", "not_one_of"), ("/scopes/2", "repeated"), ("/scopes/3", "not_one_of"), ("/scopes/4", "not_one_of")]),
            (json!({"name": "x", "scopes": "desk:read", "expires_at": "tomorrow"}), vec![("/expires_at", "invalid_format"), ("/scopes", "wrong_type")]),
        ] {
            let expected = faults.iter().map(|(place, code)| ((*place).to_owned(), (*code).to_owned())).collect::<Vec<_>>();
            assert_eq!(admin.post("/v1/editor/api-keys", &body).assert_status(422).faults(), expected, "{body}");
            assert_eq!(admin.patch(&path(&shown), "*", &body).assert_status(422).faults(), expected, "{body}");
        }
        for name in ["id", "version", "owner_id", "key", "secret_hash", "hint", "created_at", "last_used_at", "previous_until", "updated_by"] {
            for value in [json!("01936d6c-7a10-7c3e-9d55-6b1f0e9a4c21"), json!({"x": 1})] {
                let mut body = json!({"name": "x", "scopes": ["desk:read"]});
                body[name] = value.clone();
                assert_eq!(admin.post("/v1/editor/api-keys", &body).assert_status(422).fault_pointers(), [format!("/{name}")]);
                assert_eq!(admin.patch(&path(&shown), "*", &json!({name: value})).assert_status(422).fault_pointers(), [format!("/{name}")]);
            }
        }
        assert_eq!(admin.get("/v1/editor/api-keys?total=true").json()["page"]["total"], 1);
    }

    fn admin_narrows_a_key_and_it_holds_at_once(app: &App) {
        let admin = app.admin();
        let (shown, program) = make_key(app, &admin, &["desk:read", "records:write"]);
        program.post("/v1/editor/tags", &json!({"name": "One"})).assert_status(201);
        let changed = admin.patch(&path(&shown), "\"1\"", &json!({"scopes": ["desk:read"], "name": "Reader"})).assert_status(200);
        assert_eq!((changed.etag(), &changed.json()["scopes"], changed.json().get("key")), ("\"2\"".to_owned(), &json!(["desk:read"]), None));
        program.post("/v1/editor/tags", &json!({"name": "Two"})).assert_status(403);
        program.get("/v1/editor/tags").assert_status(200);
        assert_eq!(admin.patch(&path(&shown), "\"2\"", &json!({"name": "Reader"})).assert_status(200).etag(), "\"2\"");
        let refused = admin.patch(&path(&shown), "\"1\"", &json!({"name": "X"})).assert_status(412).problem();
        assert_eq!(refused["current"]["differing"], json!(["name", "scopes"]));
        admin.delete(&path(&shown), "\"2\"").assert_status(204);
        program.get("/v1/editor/tags").assert_status(401);
        admin.get(&path(&shown)).assert_status(404);
    }

    fn key_ends_with_its_time(app: &App) {
        let admin = app.admin();
        let (shown, program) = make_key(app, &admin, &["desk:read"]);
        admin.patch(&path(&shown), "*", &json!({"expires_at": "2026-11-26T09:10:00Z"})).assert_status(200);
        app.clock.advance_seconds(599);
        program.get("/v1/editor/tags").assert_status(200);
        app.clock.advance_seconds(1);
        assert_eq!(program.get("/v1/editor/tags").assert_status(401).problem_code(), "unauthenticated");
        // One that has passed may stand while something else is changed.
        admin.patch(&path(&shown), "*", &json!({"name": "Old"})).assert_status(200);
        admin.patch(&path(&shown), "*", &json!({"expires_at": "2026-11-27T09:00:00Z"})).assert_status(200);
        program.get("/v1/editor/tags").assert_status(200);
    }

    fn admin_sees_when_a_key_was_used(app: &App) {
        let admin = app.admin();
        let (shown, program) = make_key(app, &admin, &["desk:read"]);
        assert_eq!(shown.get("last_used_at"), None);
        let used_at = |time: &str| {
            let is_so = || admin.get(&path(&shown)).json()["last_used_at"] == time;
            wait_until(&format!("used at {time}"), is_so);
        };
        program.get("/v1/editor/tags").assert_status(200);
        used_at(START);
        // It is noted once a minute at most.
        app.clock.advance_seconds(59);
        program.get("/v1/editor/tags").assert_status(200);
        app.clock.advance_seconds(1);
        program.get("/v1/editor/tags").assert_status(200);
        used_at("2026-11-26T09:01:00Z");
        assert_eq!(admin.get(&path(&shown)).etag(), "\"1\"", "a use is no change");
    }

    fn admin_lists_keys(app: &App) {
        let admin = app.admin();
        let other = app.log_in(&app.db_create_user(masthead_domain::permission::Role::Admin));
        for _ in 0..4 {
            make_key(app, &admin, &["desk:read"]);
        }
        make_key(app, &other, &["desk:read"]);
        assert_eq!(walk(&admin, "/v1/editor/api-keys?limit=2").len(), 5);
        assert_eq!(admin.get(&format!("/v1/editor/api-keys?owner={}&total=true", other.login.id)).json()["page"]["total"], 1);
        for (query, parameter) in [("owner=me", "owner"), ("fields=secret_hash", "fields"), ("secret_hash=x", "secret_hash")] {
            assert_query_refused(admin.get(&format!("/v1/editor/api-keys?{query}")), parameter);
        }
    }

    fn key_created_under_one_idempotency_key_is_one(app: &App) {
        let admin = app.admin();
        let body = json!({"name": "Build", "scopes": ["desk:read"]}).to_string();
        let headers = [("content-type", "application/json"), ("idempotency-key", "once")];
        let answers: Vec<Value> = (0..2).map(|_| admin.send("POST", "/v1/editor/api-keys", &headers, body.as_bytes()).assert_status(201).json()).collect();
        assert_eq!(answers[0], answers[1]);
        assert_eq!(admin.get("/v1/editor/api-keys?total=true").json()["page"]["total"], 1);
        assert!(!app.database().contains("kept_replies", &["reply"], &secret(&answers[0])), "a secret is kept in the open");
    }
}
