//! `/v1/editor/articles/{id}/lock`

use super::path_of;
use crate::harness::builders::{etag_of, make_article, publish};
use crate::harness::client::{Requests, Response, SignedIn};
use masthead_domain::permission::Role;
use serde_json::{Value, json};

fn lock_path(article: &Value) -> String {
    format!("{}/lock", path_of(article))
}

fn lock(who: &SignedIn, article: &Value) -> Response {
    who.send("PUT", &lock_path(article), &[], &[])
}

fn take_over(who: &SignedIn, article: &Value) -> Response {
    who.send_json("PUT", &lock_path(article), "application/json", None, &json!({"take_over": true}))
}

fn unlock(who: &SignedIn, article: &Value) -> Response {
    who.send("DELETE", &lock_path(article), &[], &[])
}

/// The names of those whose locks were broken, the newest first.
fn broken(app: &crate::harness::app::App) -> Vec<String> {
    let entries = app.admin().get("/v1/editor/audit?action=article.break_lock").assert_status(200).json();
    entries["data"].as_array().expect("entries").iter().map(|entry| entry["before"]["name"].as_str().expect("a name").to_owned()).collect()
}

on_both! {
    fn editor_says_that_they_are_editing_and_others_see_it(app: &App) {
        let editor = app.editor();
        let draft = make_article(&editor, json!({}));
        editor.get(&lock_path(&draft)).assert_status(404).problem();
        let answer = lock(&editor, &draft).assert_status(200);
        let expected = json!({
            "user_id": editor.login.id.to_string(), "name": "Edith Editor", "since": "2026-11-26T09:00:00Z", "expires_at": "2026-11-26T09:10:00Z",
        });
        assert_eq!((answer.json(), answer.header("etag")), (expected.clone(), None));
        let admin = app.admin();
        assert_eq!(admin.get(&lock_path(&draft)).assert_status(200).json(), expected);
        let shown = admin.get(&path_of(&draft)).assert_status(200);
        assert_eq!((&shown.json()["lock"], shown.etag()), (&expected, etag_of(&draft)), "a lock leaves the version as it is");
        assert_eq!(admin.get(&format!("{}?fields=lock", path_of(&draft))).json(), json!({"lock": expected}));
        assert_eq!(admin.get("/v1/editor/articles").json()["data"][0].get("lock"), None);
        unlock(&editor, &draft).assert_status(204);
        unlock(&editor, &draft).assert_status(204);
        admin.get(&lock_path(&draft)).assert_status(404).problem();
        assert_eq!(admin.get(&path_of(&draft)).json(), draft);
        assert_eq!(broken(app), [""; 0]);
    }

    fn a_lock_lasts_ten_minutes_unless_it_is_renewed(app: &App) {
        let (editor, admin) = (app.editor(), app.admin());
        let draft = make_article(&editor, json!({}));
        lock(&editor, &draft).assert_status(200);
        app.clock.advance_seconds(599);
        lock(&admin, &draft).assert_status(409);
        let renewed = lock(&editor, &draft).assert_status(200).json();
        assert_eq!((&renewed["since"], &renewed["expires_at"]), (&json!("2026-11-26T09:00:00Z"), &json!("2026-11-26T09:19:59Z")));
        app.clock.advance_seconds(599);
        // Access tokens have ended by now.
        let (editor, admin) = (app.editor(), app.admin());
        lock(&admin, &draft).assert_status(409);
        app.clock.advance_seconds(1);
        // Gone by the clock alone.
        editor.get(&lock_path(&draft)).assert_status(404);
        assert_eq!(editor.get(&path_of(&draft)).json(), draft);
        unlock(&admin, &draft).assert_status(204);
        let taken = lock(&admin, &draft).assert_status(200).json();
        assert_eq!((&taken["name"], &taken["since"]), (&json!("Ada Admin"), &json!("2026-11-26T09:19:59Z")));
        lock(&editor, &draft).assert_status(409);
        assert_eq!(broken(app), [""; 0]);
    }

    fn editor_breaks_the_lock_of_somebody_else_and_it_is_noted(app: &App) {
        let (editor, admin) = (app.editor(), app.admin());
        let draft = make_article(&editor, json!({}));
        let held = lock(&editor, &draft).assert_status(200).json();
        app.clock.advance_seconds(60);
        let refused = lock(&admin, &draft).assert_status(409);
        assert_eq!((refused.problem_code().as_str(), &refused.problem()["lock"]), ("locked", &held));
        let taken = take_over(&admin, &draft).assert_status(200).json();
        assert_eq!((&taken["name"], &taken["since"]), (&json!("Ada Admin"), &json!("2026-11-26T09:01:00Z")));
        assert_eq!(lock(&editor, &draft).assert_status(409).problem()["lock"], taken);
        unlock(&editor, &draft).assert_status(204);
        admin.get(&lock_path(&draft)).assert_status(404);
        assert_eq!(broken(app), ["Ada Admin", "Edith Editor"]);
        let entry = admin.get("/v1/editor/audit?action=article.break_lock&sort=at").json()["data"][0].clone();
        assert_eq!((&entry["entity_id"], &entry["actor_name"], &entry["after"]["name"]), (&draft["id"], &json!("Ada Admin"), &json!("Ada Admin")));
        // Where there is nothing to break, nothing is broken.
        take_over(&admin, &draft).assert_status(200);
        take_over(&admin, &draft).assert_status(200);
        assert_eq!(broken(app).len(), 2);
    }

    fn contributor_locks_own_drafts_and_breaks_nobody_s_lock(app: &App) {
        let (contributor, editor) = (app.contributor(), app.editor());
        let draft = make_article(&contributor, json!({}));
        lock(&contributor, &draft).assert_status(200);
        take_over(&editor, &draft).assert_status(200);
        assert_eq!(lock(&contributor, &draft).assert_status(409).problem_code(), "locked");
        assert_eq!(unlock(&contributor, &draft).assert_status(409).problem()["lock"]["name"], "Edith Editor");
        assert_eq!(take_over(&contributor, &draft).assert_status(403).problem_code(), "forbidden");
        assert_eq!(contributor.get(&lock_path(&draft)).assert_status(200).json()["name"], "Edith Editor");
        assert_eq!(broken(app), ["Connie Contributor"]);
        let published = publish(&editor, &draft);
        lock(&contributor, &published).assert_status(403).problem();
        let other = make_article(&app.log_in(&app.db_create_user(Role::Contributor)), json!({}));
        for answer in [lock(&contributor, &other), take_over(&contributor, &other), unlock(&contributor, &other), contributor.get(&lock_path(&other))] {
            answer.assert_status(404).problem();
        }
    }

    fn a_lock_keeps_nobody_from_saving(app: &App) {
        let (editor, admin) = (app.editor(), app.admin());
        let draft = make_article(&editor, json!({}));
        let held = lock(&editor, &draft).assert_status(200).json();
        let saved = admin.patch(&path_of(&draft), "\"1\"", &json!({"title": "Other"})).assert_status(200).json();
        assert_eq!((&saved["version"], &saved["lock"]), (&json!(2), &held));
        editor.patch(&path_of(&draft), "\"1\"", &json!({"title": "Mine"})).assert_status(412).problem();
        assert_eq!(publish(&admin, &saved)["lock"], held);
    }

    fn editor_sends_a_bad_lock_or_only_tries_one(app: &App) {
        let editor = app.editor();
        let draft = make_article(&editor, json!({}));
        let put = |body: &Value| editor.send_json("PUT", &lock_path(&draft), "application/json", None, body);
        assert_eq!(put(&json!({"take_over": 1, "user_id": "x"})).assert_status(422).fault_pointers(), ["/take_over", "/user_id"]);
        put(&json!([])).assert_status(422).problem();
        let tried = editor.send("PUT", &format!("{}?dry_run=true", lock_path(&draft)), &[], &[]).assert_status(200);
        assert_eq!(tried.header("masthead-dry-run"), Some("true"));
        editor.get(&lock_path(&draft)).assert_status(404);
    }

    fn many_lock_at_once_and_one_has_it(app: &App) {
        let draft = make_article(&app.editor(), json!({}));
        let people: Vec<SignedIn> = (0..6).map(|_| app.log_in(&app.db_create_user(Role::Editor))).collect();
        let answers: Vec<Response> = std::thread::scope(|scope| {
            let lockers: Vec<_> = people.iter().map(|person| scope.spawn(|| lock(person, &draft))).collect();
            lockers.into_iter().map(|locker| locker.join().expect("an answer")).collect()
        });
        let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409, 409, 409, 409, 409]);
    }

    fn locks_that_have_ended_are_swept(app: &App) {
        let editor = app.editor();
        let (one, two) = (make_article(&editor, json!({})), make_article(&editor, json!({})));
        lock(&editor, &one).assert_status(200);
        app.clock.advance_seconds(300);
        lock(&editor, &two).assert_status(200);
        let kept = |article: &Value| {
            let id = article["id"].as_str().expect("an id");
            app.database().contains("article_locks", &["article_id"], id)
        };
        app.run_jobs();
        assert!(kept(&one) && kept(&two));
        app.clock.advance_seconds(300);
        app.run_jobs();
        assert!(!kept(&one) && kept(&two));
        app.clock.advance_seconds(300);
        app.run_jobs();
        assert!(!kept(&two));
    }
}
