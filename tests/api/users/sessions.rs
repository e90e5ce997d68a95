//! `/v1/editor/users/{id}/sessions`

use super::{join, path};
use crate::harness::client::Requests;
use serde_json::{Value, json};

on_both! {
    fn admin_ends_a_session_of_a_user(app: &App) {
        let admin = app.admin();
        let (user, here) = join(app, &admin, "ida@paper.example", "editor");
        let there = app.log_in(&here.login);
        let sessions = format!("{}/sessions", path(&user));
        let list = admin.get(&sessions).assert_status(200).json();
        assert_eq!(list["data"].as_array().map(Vec::len), Some(2));
        assert!(list["data"].as_array().is_some_and(|all| all.iter().all(|session| session["is_current"] == false && session["address"] == "127.0.0.1")));
        let id = there.get("/v1/auth/me").json()["session_id"].as_str().expect("an id").to_owned();
        // Another parent has no such session.
        let own = format!("/v1/editor/users/{}/sessions/{id}", admin.login.id);
        admin.send("DELETE", &own, &[], &[]).assert_status(404).problem();
        there.get("/v1/auth/me").assert_status(200);
        for nothing in ["x", "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c21"] {
            admin.send("DELETE", &format!("{sessions}/{nothing}"), &[], &[]).assert_status(404);
            admin.send("DELETE", &format!("/v1/editor/users/{nothing}/sessions/{id}"), &[], &[]).assert_status(404);
        }
        admin.send("DELETE", &format!("{sessions}/{id}"), &[], &[]).assert_status(204);
        there.get("/v1/auth/me").assert_status(401);
        there.post("/v1/auth/refresh", &json!({"refresh_token": there.refresh_token})).assert_status(401);
        here.get("/v1/auth/me").assert_status(200);
        admin.send("DELETE", &format!("{sessions}/{id}"), &[], &[]).assert_status(404);
        let entries = admin.get("/v1/editor/audit?action=user.end_session").json();
        assert_eq!((&entries["data"][0]["entity_id"], entries["data"].as_array().map(Vec::len)), (&user["id"], Some(1)));
    }

    fn admin_ends_all_sessions_of_a_user(app: &App) {
        let admin = app.admin();
        let (user, here) = join(app, &admin, "ida@paper.example", "editor");
        let there = app.log_in(&here.login);
        admin.send("DELETE", &format!("{}/sessions", path(&user)), &[], &[]).assert_status(204);
        for dead in [&here, &there] {
            dead.get("/v1/auth/me").assert_status(401);
        }
        assert_eq!(admin.get(&format!("{}/sessions", path(&user))).json()["data"], Value::Array(vec![]));
        admin.get("/v1/auth/me").assert_status(200);
        app.log_in(&here.login).get("/v1/auth/me").assert_status(200);
    }
}
