//! `POST /v1/editor/api-keys/{id}/rotate`

use super::{make_key, path, program, secret};
use crate::harness::client::Requests;
use serde_json::{Value, json};

on_both! {
    fn admin_rotates_a_key_and_the_old_secret_works_for_a_day(app: &App) {
        let admin = app.admin();
        let (shown, old) = make_key(app, &admin, &["desk:read"]);
        admin.post(&format!("{}/rotate", path(&shown)), &json!({})).assert_status(428);
        let rotated = admin.action(&format!("{}/rotate", path(&shown)), "\"1\"", &Value::Null).assert_status(200).json();
        assert_eq!((&rotated["version"], &rotated["previous_until"]), (&json!(2), &json!("2026-11-27T09:00:00Z")));
        let new = program(app, &secret(&rotated));
        assert_ne!(new.key, old.key);
        app.clock.advance_seconds(24 * 3600 - 1);
        for key in [&old, &new] {
            key.get("/v1/editor/tags").assert_status(200);
        }
        app.clock.advance_seconds(1);
        old.get("/v1/editor/tags").assert_status(401);
        new.get("/v1/editor/tags").assert_status(200);
    }

    fn admin_rotates_twice_and_the_first_secret_is_dead(app: &App) {
        let admin = app.admin();
        let (shown, first) = make_key(app, &admin, &["desk:read"]);
        let rotate = |body: Value| admin.action(&format!("{}/rotate", path(&shown)), "*", &body).assert_status(200).json();
        let second = program(app, &secret(&rotate(json!({"overlap_hours": 168}))));
        let third = program(app, &secret(&rotate(json!({"overlap_hours": 168}))));
        first.get("/v1/editor/tags").assert_status(401);
        second.get("/v1/editor/tags").assert_status(200);
        // Without an overlap nothing of before works.
        let fourth = program(app, &secret(&rotate(json!({"overlap_hours": 0}))));
        for dead in [&second, &third] {
            dead.get("/v1/editor/tags").assert_status(401);
        }
        fourth.get("/v1/editor/tags").assert_status(200);
        for bad in [json!({"overlap_hours": 169}), json!({"overlap_hours": -1}), json!({"overlap_hours": "24"}), json!({"overlap": 1})] {
            admin.action(&format!("{}/rotate", path(&shown)), "*", &bad).assert_status(422);
        }
        fourth.get("/v1/editor/tags").assert_status(200);
        let entries = admin.get("/v1/editor/audit?action=api_key.rotate&total=true").json();
        assert_eq!(entries["page"]["total"], 3);
        admin.action("/v1/editor/api-keys/01936d6c-7a10-7c3e-9d55-6b1f0e9a4c21/rotate", "*", &json!({})).assert_status(404);
    }
}
