//! `GET /v1/editor/users`

use super::{invite, join, path};
use crate::harness::client::Requests;
use crate::records::{assert_query_refused, column, walk};
use masthead_domain::permission::Role;
use serde_json::json;

on_both! {
    fn admin_lists_users_and_narrows_them_down(app: &App) {
        let admin = app.admin();
        app.login(Role::Contributor);
        for number in 0..5 {
            app.clock.advance_seconds(1);
            invite(&admin, &format!("{number}@paper.example"), "editor");
        }
        let fifth = invite(&admin, "zoe@paper.example", "admin");
        admin.patch(&path(&fifth), "*", &json!({"disabled": true})).assert_status(200);
        let listed = |query: &str| admin.get(&format!("/v1/editor/users?{query}")).assert_status(200).json();
        assert_eq!(listed("total=true")["page"]["total"], 8);
        assert_eq!(column(&listed("role=contributor"), "name"), ["Connie Contributor"]);
        assert_eq!(column(&listed("disabled=true"), "email"), ["zoe@paper.example"]);
        assert_eq!(listed("disabled=false&role=editor&total=true")["page"]["total"], 5);
        assert_eq!(column(&listed("sort=-updated_at&limit=2"), "email").len(), 2);
        assert_eq!(listed("updated_since=2026-11-26T09:00:04Z&total=true")["page"]["total"], 3);
        assert_eq!(listed("fields=id,role&limit=1")["data"][0].as_object().map(serde_json::Map::len), Some(2));
        for sort in ["name", "-name", "updated_at", "-updated_at"] {
            let ids = walk(&admin, &format!("/v1/editor/users?sort={sort}&limit=3"));
            assert_eq!(ids.iter().collect::<std::collections::BTreeSet<_>>().len(), 8, "{sort}");
        }
        for (query, parameter) in [("role=owner", "role"), ("disabled=1", "disabled"), ("fields=password_hash", "fields"), ("password_hash=x", "password_hash"), ("email=ida@paper.example", "email"), ("sort=password_hash", "sort")] {
            assert_query_refused(admin.get(&format!("/v1/editor/users?{query}")), parameter);
        }
        let text = listed("limit=100").to_string();
        assert!(!text.contains("argon2") && !text.contains("hash") && !text.contains("mhi_"), "{text}");
    }

    fn admin_sees_who_logged_in_last(app: &App) {
        let admin = app.admin();
        let (user, _) = join(app, &admin, "ida@paper.example", "editor");
        assert_eq!((&user["has_password"], user.get("invited_until")), (&json!(true), None));
        let shown = admin.get(&path(&user)).assert_status(200);
        assert_eq!(shown.json()["last_login_at"], "2026-11-26T09:00:00Z");
        assert_eq!(shown.etag(), "\"1\"", "a login is no change");
    }
}
