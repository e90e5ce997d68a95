//! `PATCH /v1/editor/articles/{id}`

use super::path_of;
use crate::harness::app::App;
use crate::harness::builders::{etag_of, id_of, make_article, make_public_article, make_tag, publish, step};
use crate::harness::client::{Requests, Response, SignedIn};
use serde_json::{Value, json};

#[track_caller]
fn save(who: &SignedIn, article: &Value, patch: Value) -> Value {
    who.patch(&path_of(article), &etag_of(article), &patch).assert_status(200).json()
}

/// Where an old address leads.
#[track_caller]
fn assert_moved(app: &App, from: &str, to: &str) {
    let answer = app.anonymous().get(from).assert_status(301);
    assert_eq!(answer.location(), to, "{from}");
}

on_both! {
    fn contributor_saves_and_the_version_rises_by_one(app: &App) {
        let contributor = app.contributor();
        let draft = make_article(&contributor, json!({}));
        app.clock.advance_seconds(60);
        let answer = contributor.patch(&path_of(&draft), &etag_of(&draft), &json!({"title": "Better"})).assert_status(200);
        let saved = answer.json();
        assert_eq!((&saved["version"], &saved["revision"], &saved["title"]), (&json!(2), &json!(2), &json!("Better")));
        assert_eq!((&saved["created_at"], &saved["updated_at"]), (&json!("2026-11-26T09:00:00Z"), &json!("2026-11-26T09:01:00Z")));
        assert_eq!(answer.etag(), "\"2\"");
        assert_eq!(saved["slug"], draft["slug"], "an address does not follow the title");
    }

    fn contributor_saves_without_a_change_and_the_version_stays(app: &App) {
        let contributor = app.contributor();
        let draft = make_article(&contributor, json!({}));
        app.clock.advance_seconds(60);
        for patch in [json!({}), json!({"title": draft["title"]}), json!({"slug": draft["slug"], "body": draft["body"], "standfirst": Value::Null})] {
            let answer = contributor.patch(&path_of(&draft), &etag_of(&draft), &patch).assert_status(200);
            assert_eq!(answer.etag(), etag_of(&draft));
            assert_eq!(answer.json(), draft);
        }
    }

    fn editor_saves_by_merge_patch(app: &App) {
        let editor = app.editor();
        let (one, two) = (make_tag(&editor, "One"), make_tag(&editor, "Two"));
        let draft = make_article(&editor, json!({"standfirst": "S", "byline_text": "B", "tag_ids": [one["id"], two["id"]], "lead_image": {"url": "https://a.example/1.jpg", "alt": "A"}}));
        let saved = save(&editor, &draft, json!({"standfirst": Value::Null, "tag_ids": [two["id"]], "lead_image": {"alt": "Another"}}));
        assert_eq!(saved.get("standfirst"), None);
        assert_eq!(saved["byline_text"], "B");
        assert_eq!(saved["tag_ids"], json!([two["id"]]));
        assert_eq!(saved["lead_image"], json!({"url": "https://a.example/1.jpg", "alt": "Another"}));
        let answer = editor.patch(&path_of(&saved), &etag_of(&saved), &json!({"title": Value::Null})).assert_status(422);
        assert_eq!(answer.faults(), [("/title".to_owned(), "required".to_owned())]);
    }

    fn editor_saves_over_another_s_save_and_is_told_what_differs(app: &App) {
        let editor = app.editor();
        let draft = make_article(&editor, json!({}));
        app.clock.advance_seconds(60);
        let now = save(&app.admin(), &draft, json!({"title": "Other", "standfirst": "New"}));
        let problem = editor.patch(&path_of(&draft), &etag_of(&draft), &json!({"title": "Mine"})).assert_status(412).problem();
        assert_eq!(problem["code"], "stale_version");
        assert_eq!(problem["current"], json!({"version": 2, "changed_at": "2026-11-26T09:01:00Z", "changed_by": "Ada Admin", "revision": 2, "base_revision": 1, "differing": ["standfirst", "title"]}));
        let published = publish(&editor, &now);
        let problem = editor.patch(&path_of(&draft), &etag_of(&now), &json!({"title": "Mine"})).assert_status(412).problem();
        let current = &problem["current"];
        assert_eq!((&current["version"], &current["differing"]), (&published["version"], &json!([])), "a step changes no content");
        assert_eq!((&current["revision"], &current["base_revision"]), (&json!(2), &json!(2)));
        // Across the step the first version is still of the first revision.
        let problem = editor.patch(&path_of(&draft), &etag_of(&draft), &json!({"title": "Mine"})).assert_status(412).problem();
        assert_eq!((&problem["current"]["base_revision"], &problem["current"]["differing"]), (&json!(1), &json!(["standfirst", "title"])));
        let problem = editor.patch(&path_of(&draft), "\"99\"", &json!({"title": "Mine"})).assert_status(412).problem();
        assert_eq!((problem["current"].get("base_revision"), &problem["current"]["differing"]), (None, &json!([])));
    }

    fn editor_merges_with_what_a_refusal_says(app: &App) {
        let editor = app.editor();
        let draft = make_article(&editor, json!({"title": "Ferry", "standfirst": "It stays."}));
        save(&app.admin(), &draft, json!({"standfirst": "It stays for now."}));
        let current = editor.patch(&path_of(&draft), &etag_of(&draft), &json!({"title": "Last ferry"})).assert_status(412).problem()["current"].clone();
        let diff = editor.get(&format!("{}/revisions/{}/diff?against={}", path_of(&draft), current["revision"], current["base_revision"]));
        let diff = diff.assert_status(200).json();
        assert_eq!((&diff["fields"][0]["field"], diff["fields"].as_array().map(Vec::len)), (&json!("standfirst"), Some(1)));
        // Nobody else has touched what this editor changes.
        let merged = editor.patch(&path_of(&draft), &format!("\"{}\"", current["version"]), &json!({"title": "Last ferry"})).assert_status(200).json();
        assert_eq!((&merged["title"], &merged["standfirst"]), (&json!("Last ferry"), &json!("It stays for now.")));
    }

    fn many_save_at_once_and_all_but_one_are_told_what_the_first_did(app: &App) {
        let (editor, admin) = (app.editor(), app.admin());
        let article = make_article(&editor, json!({}));
        let tag = make_tag(&editor, "Ferries");
        let places = [path_of(&article), format!("/v1/editor/tags/{}", id_of(&tag)), "/v1/editor/site".to_owned()];
        for (path, member) in places.iter().zip(["title", "name", "title"]) {
            let answers: Vec<Response> = std::thread::scope(|scope| {
                let patch = |number: usize| admin.patch(path, "\"1\"", &json!({member: format!("Number {number}")}));
                let savers: Vec<_> = (0..6).map(|number| scope.spawn(move || patch(number))).collect();
                savers.into_iter().map(|saver| saver.join().expect("an answer")).collect()
            });
            let (saved, refused): (Vec<Response>, Vec<Response>) = answers.into_iter().partition(|answer| answer.status == 200);
            assert_eq!((saved.len(), refused.len()), (1, 5), "{path}");
            for answer in refused {
                let current = answer.assert_status(412).problem()["current"].clone();
                let expected = json!({
                    "version": 2, "changed_at": "2026-11-26T09:00:00Z", "changed_by": "Ada Admin", "revision": 2, "base_revision": 1, "differing": [member],
                });
                assert_eq!(current, expected, "{path}");
            }
        }
    }

    fn editor_saves_without_a_sound_version_and_is_refused(app: &App) {
        let editor = app.editor();
        let draft = make_article(&editor, json!({}));
        let patch = json!({"title": "Mine"});
        let answer = editor.send_json("PATCH", &path_of(&draft), "application/merge-patch+json", None, &patch).assert_status(428);
        assert_eq!(answer.problem_code(), "version_required");
        for tag in ["W/\"1\"", "\"01\"", "\"+1\"", "\"2\"", "\"-1\"", "\"x\"", "1", "\"\"", "\"99999999999\""] {
            editor.patch(&path_of(&draft), tag, &patch).assert_status(412).problem();
        }
        assert_eq!(editor.get(&path_of(&draft)).json(), draft);
        editor.patch(&path_of(&draft), "\"7\", \"1\"", &patch).assert_status(200);
        editor.patch(&path_of(&draft), "*", &json!({"title": "Whatever is there"})).assert_status(200);
    }

    fn contributor_edits_an_own_public_article_and_is_refused(app: &App) {
        let (contributor, editor) = (app.contributor(), app.editor());
        let draft = make_article(&contributor, json!({}));
        let scheduled = step(&editor, &draft, "schedule", json!({"publish_at": "2026-11-27T00:00:00Z"}));
        let attempt = |article: &Value| contributor.patch(&path_of(article), &etag_of(article), &json!({"title": "Sneaked in"}));
        attempt(&scheduled).assert_status(403).problem();
        let published = publish(&editor, &scheduled);
        attempt(&published).assert_status(403).problem();
        contributor.get(&path_of(&published)).assert_status(200);
        let draft = step(&editor, &published, "unpublish", Value::Null);
        attempt(&draft).assert_status(200);
    }

    fn editor_edits_a_published_article_and_readers_see_it_when_published(app: &App) {
        let editor = app.editor();
        let published = make_public_article(&editor, json!({"slug": "open"}));
        let before = app.anonymous().get("/v1/articles/open").assert_status(200);
        app.clock.advance_seconds(60);
        let edited = save(&editor, &published, json!({"title": "New title", "body": {"source": "New text"}, "standfirst": "New standfirst"}));
        assert_eq!((&edited["has_unpublished_changes"], &edited["revision"], &edited["public_revision"]), (&json!(true), &json!(2), &json!(1)));
        let still = app.anonymous().get("/v1/articles/open").assert_status(200);
        assert_eq!((still.etag(), still.json()), (before.etag(), before.json()));
        publish(&editor, &edited);
        let after = app.anonymous().get("/v1/articles/open").assert_status(200);
        assert_ne!(after.etag(), before.etag());
        let shown = after.json();
        assert_eq!((&shown["title"], &shown["standfirst"]), (&json!("New title"), &json!("New standfirst")));
        assert_eq!((&shown["published_at"], &shown["updated_at"]), (&json!("2026-11-26T09:00:00Z"), &json!("2026-11-26T09:01:00Z")));
    }

    fn editor_changes_a_slug_and_the_old_one_leads_on_when_published(app: &App) {
        let editor = app.editor();
        let first = make_public_article(&editor, json!({"slug": "one"}));
        let edited = save(&editor, &first, json!({"slug": "two"}));
        app.anonymous().get("/v1/articles/one").assert_status(200);
        app.anonymous().get("/v1/articles/two").assert_status(404);
        let second = publish(&editor, &edited);
        app.anonymous().get("/v1/articles/two").assert_status(200);
        assert_moved(app, "/v1/articles/one?body=text&include=related", "/v1/articles/two?body=text&include=related");
        assert_moved(app, "/v1/articles/one/related", "/v1/articles/two/related");
        let third = publish(&editor, &save(&editor, &second, json!({"slug": "three"})));
        assert_moved(app, "/v1/articles/one", "/v1/articles/three");
        assert_moved(app, "/v1/articles/two", "/v1/articles/three");
        publish(&editor, &save(&editor, &third, json!({"slug": "one"})));
        app.anonymous().get("/v1/articles/one").assert_status(200);
        assert_moved(app, "/v1/articles/three", "/v1/articles/one");
        app.anonymous().get(&format!("/v1/articles/{}", id_of(&first))).assert_status(200);
    }

    fn editor_changes_a_slug_while_unpublished_and_the_old_one_leads_on(app: &App) {
        let editor = app.editor();
        let draft = step(&editor, &make_public_article(&editor, json!({"slug": "one"})), "unpublish", Value::Null);
        app.anonymous().get("/v1/articles/one").assert_status(404);
        let renamed = save(&editor, &draft, json!({"slug": "two"}));
        app.anonymous().get("/v1/articles/one").assert_status(404);
        publish(&editor, &renamed);
        assert_moved(app, "/v1/articles/one", "/v1/articles/two");
    }

    fn editor_gives_a_slug_away_and_its_new_holder_has_it(app: &App) {
        let editor = app.editor();
        publish(&editor, &save(&editor, &make_public_article(&editor, json!({"slug": "wanted"})), json!({"slug": "other"})));
        assert_moved(app, "/v1/articles/wanted", "/v1/articles/other");
        let heir = make_article(&editor, json!({"slug": "wanted", "title": "Heir"}));
        assert_moved(app, "/v1/articles/wanted", "/v1/articles/other");
        publish(&editor, &heir);
        assert_eq!(app.anonymous().get("/v1/articles/wanted").assert_status(200).json()["id"], id_of(&heir));
    }

    fn editor_edits_an_article_whose_pinned_one_is_gone(app: &App) {
        let editor = app.editor();
        let pinned = make_article(&editor, json!({"title": "Pinned"}));
        let draft = make_article(&editor, json!({"related_ids": [id_of(&pinned)]}));
        editor.delete(&path_of(&pinned), &etag_of(&pinned)).assert_status(204);
        save(&editor, &draft, json!({"title": "A typo less"}));
        let answer = editor.post("/v1/editor/articles", &json!({"title": "T", "related_ids": [id_of(&pinned)]})).assert_status(422);
        assert_eq!(answer.fault_pointers(), ["/related_ids/0"]);
    }
}
