//! `DELETE /v1/editor/users/{id}`

use super::{invite, join, path};
use crate::harness::builders::{id_of, make_article};
use crate::harness::client::Requests;
use serde_json::json;

on_both! {
    fn admin_deletes_who_has_written_nothing(app: &App) {
        let admin = app.admin();
        let (user, contributor) = join(app, &admin, "ida@paper.example", "contributor");
        admin.delete(&path(&user), "\"1\"").assert_status(204);
        admin.get(&path(&user)).assert_status(404);
        contributor.get("/v1/auth/me").assert_status(401);
        contributor.post("/v1/auth/refresh", &json!({"refresh_token": contributor.refresh_token})).assert_status(401);
        // The address is free again, and what happened is still known.
        invite(&admin, "ida@paper.example", "editor");
        let entries = admin.get(&format!("/v1/editor/audit?entity={}&action=user.delete", id_of(&user))).json();
        assert_eq!(entries["data"][0]["before"]["email"], "ida@paper.example");
    }

    fn admin_keeps_who_has_written_something(app: &App) {
        let admin = app.admin();
        let (user, contributor) = join(app, &admin, "ida@paper.example", "contributor");
        let article = make_article(&contributor, json!({}));
        let refused = admin.delete(&path(&user), "*").assert_status(409);
        assert_eq!(refused.problem_code(), "in_use");
        contributor.get("/v1/auth/me").assert_status(200);
        admin.patch(&path(&user), "*", &json!({"disabled": true})).assert_status(200);
        let shown = admin.get(&format!("/v1/editor/articles/{}", id_of(&article))).assert_status(200).json();
        assert_eq!(shown["created_by"], user["id"]);
    }
}
