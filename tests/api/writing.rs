//! What holds for every change: the audit log, trials, and changes that are sent twice.

use crate::harness::builders::{etag_of, id_of, make_article, make_tag, publish};
use crate::harness::client::{Requests, Response, SignedIn};
use masthead_domain::time::Timestamp;
use serde_json::{Value, json};

/// Sends a change under a key.
fn post_under(key: &str, editor: &SignedIn, path: &str, etag: Option<&str>, body: &Value) -> Response {
    let mut headers = vec![("content-type", "application/json"), ("idempotency-key", key)];
    headers.extend(etag.map(|etag| ("if-match", etag)));
    editor.send("POST", path, &headers, body.to_string().as_bytes())
}

fn actions(entries: &Value) -> Vec<&str> {
    entries["data"].as_array().expect("a list").iter().map(|entry| entry["action"].as_str().expect("an action")).collect()
}

on_both! {
    fn admin_reads_who_did_what_and_from_where(app: &App) {
        let editor = app.editor();
        let tag = make_tag(&editor, "Ferries");
        let path = format!("/v1/editor/tags/{}", id_of(&tag));
        let headers = [("content-type", "application/merge-patch+json"), ("if-match", "\"1\""), ("x-request-id", "the-one-that-counts")];
        editor.send("PATCH", &path, &headers, json!({"name": "Boats"}).to_string().as_bytes()).assert_status(200);
        editor.delete(&path, "\"2\"").assert_status(204);
        let entries = app.admin().get(&format!("/v1/editor/audit?entity={}", id_of(&tag))).assert_status(200).json();
        assert_eq!(actions(&entries), ["tag.delete", "tag.update", "tag.create"]);
        let update = &entries["data"][1];
        assert_eq!((&update["before"], &update["after"]), (&json!({"name": "Ferries"}), &json!({"name": "Boats"})));
        assert_eq!(update["actor_id"], editor.login.id.to_string());
        assert_eq!(update["actor_name"], "Edith Editor");
        assert_eq!((&update["subject"], &update["label"]), (&json!("tag"), &json!("Boats")));
        assert_eq!((&update["request_id"], &update["address"]), (&json!("the-one-that-counts"), &json!("127.0.0.1")));
    }

    fn admin_narrows_the_audit_log_down(app: &App) {
        let editor = app.editor();
        let article = publish(&editor, &make_article(&editor, json!({"title": "Old"})));
        make_tag(&editor, "Ferries");
        app.clock.set(Timestamp::parse("2026-11-26T10:00:00Z").expect("a time"));
        let editor = app.editor();
        editor.patch(&format!("/v1/editor/articles/{}", id_of(&article)), &etag_of(&article), &json!({"title": "New"})).assert_status(200);
        let admin = app.admin();
        let listed = |query: &str| admin.get(&format!("/v1/editor/audit?{query}")).assert_status(200).json();
        assert_eq!(actions(&listed("subject=article&sort=at")), ["article.create", "article.publish", "article.update"]);
        assert_eq!(actions(&listed("action=tag.create")), ["tag.create"]);
        assert_eq!(actions(&listed("from=2026-11-26T10:00:00Z&subject=article")), ["article.update"]);
        assert_eq!(listed(&format!("actor={}&total=true&limit=1&subject=article", editor.login.id))["page"]["total"], 3);
        assert_eq!(actions(&listed(&format!("actor={}", app.admin().login.id))).into_iter().filter(|action| action.starts_with("tag")).count(), 0);
        let published = listed("action=article.publish");
        assert_eq!((&published["data"][0]["before"]["state"], &published["data"][0]["after"]["state"]), (&json!("draft"), &json!("published")));
        let refused = admin.get("/v1/editor/audit?actor=me&from=2026-11-26T10:00:00Z&to=2026-11-25T10:00:00Z").assert_status(400);
        assert_eq!(refused.fault_pointers(), ["actor", "to"]);
        app.editor().get("/v1/editor/audit").assert_status(403);
    }

    fn editor_makes_a_change_once_however_often_it_is_sent(app: &App) {
        let editor = app.editor();
        let first = post_under("once", &editor, "/v1/editor/tags", None, &json!({"name": "Ferries"})).assert_status(201);
        assert_eq!(first.header("idempotency-replayed"), None);
        let again = post_under("once", &editor, "/v1/editor/tags", None, &json!({"name": "Ferries"})).assert_status(201);
        assert_eq!(again.header("idempotency-replayed"), Some("true"));
        assert_eq!((again.json(), again.etag(), again.location()), (first.json(), first.etag(), first.location()));
        assert_eq!(app.anonymous().get("/v1/tags?total=true").json()["page"]["total"], 1);
        let other = post_under("once", &editor, "/v1/editor/tags", None, &json!({"name": "Boats"})).assert_status(422);
        assert_eq!(other.problem_code(), "idempotency_key_reused");
        assert_eq!(post_under("once", &editor, "/v1/editor/sections", None, &json!({"name": "Ferries"})).status, 422);
        // A key belongs to whoever sent it.
        post_under("once", &app.admin(), "/v1/editor/tags", None, &json!({"name": "Boats"})).assert_status(201);
        for bad in ["", "\u{e9}", &"x".repeat(256)] {
            let refused = post_under(bad, &editor, "/v1/editor/tags", None, &json!({"name": "Quays"})).assert_status(400);
            assert_eq!(refused.problem_code(), "invalid_header");
        }
    }

    fn editor_repeats_a_step_after_the_version_has_moved_and_gets_the_first_reply(app: &App) {
        let editor = app.editor();
        let article = make_article(&editor, json!({}));
        let path = format!("/v1/editor/articles/{}", id_of(&article));
        let publish = || post_under("publish it", &editor, &format!("{path}/publish"), Some("\"1\""), &json!({}));
        let first = publish().assert_status(200);
        editor.patch(&path, &first.etag(), &json!({"title": "Moved on"})).assert_status(200);
        let again = publish().assert_status(200);
        assert_eq!((again.header("idempotency-replayed"), again.json()), (Some("true"), first.json()));
    }

    fn editor_repeats_what_was_refused_and_it_is_tried_again(app: &App) {
        let editor = app.editor();
        let create = || post_under("parent", &editor, "/v1/editor/tags", None, &json!({"name": "Ferries", "slug": "boats"}));
        let boats = editor.post("/v1/editor/tags", &json!({"name": "Boats"})).assert_status(201);
        create().assert_status(422);
        editor.delete(&boats.location(), &boats.etag()).assert_status(204);
        create().assert_status(201);
        create().assert_status(201);
    }

    fn editor_sends_one_change_many_times_at_once(app: &App) {
        let editor = app.editor();
        let answers: Vec<Response> = std::thread::scope(|scope| {
            let senders: Vec<_> =
                (0..8).map(|_| scope.spawn(|| post_under("race", &editor, "/v1/editor/articles", None, &json!({"title": "Strike"})))).collect();
            senders.into_iter().map(|sender| sender.join().expect("an answer")).collect()
        });
        let ids: std::collections::BTreeSet<String> = answers.into_iter().map(|answer| id_of(&answer.assert_status(201).json()).to_owned()).collect();
        assert_eq!(ids.len(), 1);
        assert_eq!(editor.get("/v1/editor/articles?total=true").json()["page"]["total"], 1);
    }

    fn replies_are_forgotten_after_a_day_and_never_stored_readable(app: &App) {
        let editor = app.editor();
        // Long ones: a short text may stand by chance among the letters of what is sealed.
        post_under("one-and-only", &editor, "/v1/editor/tags", None, &json!({"name": "Unmistakable"})).assert_status(201);
        let stored = |text: &str| app.database().contains("kept_replies", &["actor_id", "key_hash", "request_hash", "reply"], text);
        assert!(stored(&editor.login.id.to_string()) && !stored("Unmistakable") && !stored("one-and-only"));
        app.clock.set(Timestamp::parse("2026-11-27T08:59:59Z").expect("a time"));
        app.run_jobs();
        assert!(stored(&editor.login.id.to_string()));
        app.clock.set(Timestamp::parse("2026-11-27T09:00:01Z").expect("a time"));
        app.run_jobs();
        assert!(!stored(&editor.login.id.to_string()));
    }

    fn editor_tries_changes_and_nothing_changes(app: &App) {
        let editor = app.editor();
        let article = make_article(&editor, json!({}));
        let path = format!("/v1/editor/articles/{}", id_of(&article));
        let head = app.anonymous().get("/v1/articles").header("masthead-revision").map(str::to_owned);
        let published = editor.action(&format!("{path}/publish?dry_run=true"), "\"1\"", &json!({})).assert_status(200);
        assert_eq!(published.header("masthead-dry-run"), Some("true"));
        assert_eq!((&published.json()["state"], published.etag().as_str()), (&json!("published"), "\"2\""));
        let made = editor.post("/v1/editor/tags?dry_run=true", &json!({"name": "Ferries"})).assert_status(201);
        assert_eq!(made.json()["slug"], "ferries");
        editor.patch(&format!("{path}?dry_run=true"), "\"1\"", &json!({"title": "Other"})).assert_status(200);
        editor.delete(&format!("{path}?dry_run=true"), "\"1\"").assert_status(204);
        let refused = editor.post("/v1/editor/tags?dry_run=true", &json!({"colour": 1})).assert_status(422);
        assert_eq!(refused.fault_pointers(), ["/colour", "/name"]);
        assert_eq!(editor.get(&path).assert_status(200).json(), article);
        assert_eq!(app.anonymous().get("/v1/articles").header("masthead-revision").map(str::to_owned), head);
        assert_eq!(actions(&app.admin().get("/v1/editor/audit?subject=article").json()), ["article.create"]);
        for query in ["dry_run=yes", "dryrun=true", "dry_run=true&dry_run=true"] {
            editor.post(&format!("/v1/editor/tags?{query}"), &json!({"name": "Ferries"})).assert_status(400);
        }
        // A trial uses no key up.
        post_under("trial", &editor, "/v1/editor/tags?dry_run=true", None, &json!({"name": "Quays"})).assert_status(201);
        let real = post_under("trial", &editor, "/v1/editor/tags", None, &json!({"name": "Quays"})).assert_status(201);
        assert_eq!(real.header("idempotency-replayed"), None);
    }
}
