//! What a key may do: no more than its scopes, and no more than its owner.

use super::{make_key, path, program};
use crate::harness::builders::{etag_of, id_of, make_article};
use crate::harness::client::{Requests, Response};
use masthead_domain::permission::Role;
use serde_json::{Value, json};

const SCOPES: [&str; 8] =
    ["desk:read", "articles:write", "articles:publish", "records:write", "media:write", "metrics:read", "audit:read", "changes:read"];

fn is_refused(answer: &Response) -> bool {
    answer.status == 403 && answer.problem_code() == "forbidden"
}

on_both! {
    fn each_scope_opens_its_own_operations_and_no_other(app: &App) {
        let admin = app.admin();
        let article = make_article(&admin, json!({}));
        let publish = format!("/v1/editor/articles/{}/publish", id_of(&article));
        let attempts: Vec<(&str, &str, String, Value)> = vec![
            ("desk:read", "GET", "/v1/editor/articles".to_owned(), Value::Null),
            ("desk:read", "GET", "/v1/editor/site".to_owned(), Value::Null),
            ("articles:write", "POST", "/v1/editor/articles".to_owned(), json!({"title": "By a program"})),
            ("articles:publish", "POST", publish, Value::Null),
            ("records:write", "POST", "/v1/editor/tags".to_owned(), json!({"name": "By a program"})),
            ("audit:read", "GET", "/v1/editor/audit".to_owned(), Value::Null),
            ("metrics:read", "GET", "/metrics".to_owned(), Value::Null),
        ];
        for scope in SCOPES {
            let (_, program) = make_key(app, &admin, &[scope]);
            for (needed, method, path, body) in &attempts {
                let answer = match (*method, body) {
                    ("GET", _) => program.get(path),
                    (_, Value::Null) => program.action(path, &etag_of(&article), body),
                    (_, body) => program.post(path, body),
                };
                assert_eq!(is_refused(&answer), *needed != scope, "{scope}: {answer}");
                assert!(answer.status < 500 && (is_refused(&answer) || answer.status < 300), "{scope}: {answer}");
                if is_refused(&answer) {
                    assert!(answer.problem()["detail"].as_str().is_some_and(|detail| detail.contains(needed)), "{answer}");
                }
            }
        }
    }

    fn no_key_does_what_no_scope_covers(app: &App) {
        let admin = app.admin();
        let (shown, program) = make_key(app, &admin, &SCOPES);
        let user = format!("/v1/editor/users/{}", admin.login.id);
        for target in ["/v1/editor/users", &user, &format!("{user}/sessions"), "/v1/editor/api-keys", &path(&shown), "/v1/auth/me", "/v1/auth/sessions", "/v1/auth/totp"] {
            assert!(is_refused(&program.get(target)), "{target}");
        }
        for target in ["/v1/editor/users", "/v1/editor/api-keys", "/v1/auth/password", "/v1/auth/totp", "/v1/auth/logout"] {
            assert!(is_refused(&program.post(target, &json!({"name": "x", "scopes": ["desk:read"], "email": "a@b.example", "role": "admin"}))), "{target}");
        }
        assert!(is_refused(&program.patch("/v1/editor/site", "*", &json!({"title": "X"}))));
        assert!(is_refused(&program.patch(&path(&shown), "*", &json!({"name": "X"}))));
        assert!(is_refused(&program.delete(&path(&shown), "*")));
        assert!(is_refused(&program.action(&format!("{}/rotate", path(&shown)), "*", &Value::Null)));
        assert_eq!(admin.get("/v1/editor/api-keys?total=true").json()["page"]["total"], 1);
        assert_eq!(admin.get("/v1/editor/users?total=true").json()["page"]["total"], 1);
        admin.get("/v1/auth/me").assert_status(200);
    }

    fn key_does_no_more_than_its_owner(app: &App) {
        let (admin, owner) = (app.admin(), app.log_in(&app.db_create_user(Role::Admin)));
        let (_, program) = make_key(app, &owner, &SCOPES);
        let other = make_article(&admin, json!({}));
        let owner_path = format!("/v1/editor/users/{}", owner.login.id);
        program.get("/v1/editor/audit").assert_status(200);
        admin.patch(&owner_path, "*", &json!({"role": "contributor"})).assert_status(200);
        // The scope is there, the right is not.
        assert!(is_refused(&program.get("/v1/editor/audit")));
        assert!(is_refused(&program.get("/metrics")));
        assert!(is_refused(&program.post("/v1/editor/tags", &json!({"name": "X"}))));
        let draft = program.post("/v1/editor/articles", &json!({"title": "Mine"})).assert_status(201).json();
        assert_eq!(draft["created_by"], owner.login.id.to_string());
        assert!(is_refused(&program.action(&format!("/v1/editor/articles/{}/publish", id_of(&draft)), "*", &Value::Null)));
        let foreign = program.patch(&format!("/v1/editor/articles/{}", id_of(&other)), "*", &json!({"title": "Stolen"}));
        assert!([403, 404].contains(&foreign.status), "{foreign}");
        admin.patch(&owner_path, "*", &json!({"disabled": true})).assert_status(200);
        program.get("/v1/editor/articles").assert_status(401);
        admin.patch(&owner_path, "*", &json!({"disabled": false})).assert_status(200);
        program.get("/v1/editor/articles").assert_status(200);
    }

    fn audit_names_the_key(app: &App) {
        let admin = app.admin();
        let (shown, program) = make_key(app, &admin, &["records:write"]);
        let tag = program.post("/v1/editor/tags", &json!({"name": "By a program"})).assert_status(201).json();
        let entries = admin.get(&format!("/v1/editor/audit?entity={}", id_of(&tag))).json();
        assert_eq!((&entries["data"][0]["api_key_id"], &entries["data"][0]["actor_id"]), (&shown["id"], &shown["owner_id"]));
        let own = admin.get(&format!("/v1/editor/audit?entity={}", id_of(&shown))).json();
        assert_eq!(own["data"][0].get("api_key_id"), None);
    }

    fn what_is_no_key_opens_nothing(app: &App) {
        let admin = app.admin();
        let (_, real) = make_key(app, &admin, &["desk:read"]);
        let mut forged = vec!["mhk_".to_owned(), format!("{}0", real.key), real.key[..49].to_owned(), real.key.to_uppercase(), format!("mhk_{}", "a".repeat(46))];
        // One character another, with the checksum of before.
        forged.push(real.key.replacen(&real.key[10..11], if &real.key[10..11] == "x" { "y" } else { "x" }, 1));
        forged.push(admin.refresh_token.replace("mhr_", "mhk_"));
        for key in forged {
            let answer = program(app, &key).get("/v1/editor/tags").assert_status(401);
            assert_eq!(answer.problem_code(), "unauthenticated");
        }
        for headers in [[("x-api-key", real.key.clone())], [("authorization", format!("Basic {}", real.key))], [("authorization", real.key.clone())]] {
            let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
            app.anonymous().get_with("/v1/editor/tags", &headers).assert_status(401);
        }
        app.anonymous().get(&format!("/v1/editor/tags?key={}", real.key)).assert_status(401);
        real.get("/v1/editor/tags").assert_status(200);
        // A password change leaves keys as they are.
        admin.post("/v1/auth/password", &json!({"current_password": admin.login.password, "new_password": "seven ferries leave before dawn"})).assert_status(204);
        real.get("/v1/editor/tags").assert_status(200);
    }
}
