//! What readers see of corrections, and when.

use super::{correct, corrections_of, each};
use crate::changes::{follow, told};
use crate::harness::app::App;
use crate::harness::builders::{etag_of, id_of, make_article, make_public_article, publish, step};
use crate::harness::client::Requests;
use serde_json::{Value, json};

fn shown(app: &App) -> Value {
    app.anonymous().get("/v1/articles/one").assert_status(200).json()
}

on_both! {
    fn reader_sees_a_correction_at_once_wherever_the_article_is_whole(app: &App) {
        let editor = app.editor();
        let article = make_public_article(&editor, json!({"slug": "one"}));
        make_public_article(&editor, json!({"slug": "two", "related_ids": [id_of(&article)]}));
        let before = app.anonymous().get("/v1/articles/one").assert_status(200);
        assert_eq!(before.json()["corrections"], json!([]));
        app.clock.advance_seconds(60);
        let first = correct(&editor, &article, "It was 1921.");
        let after = app.anonymous().get("/v1/articles/one").assert_status(200);
        let expected = json!({"id": first["id"], "type": "correction", "text": "It was 1921.", "at": "2026-11-26T09:01:00Z"});
        assert_eq!(after.json()["corrections"], json!([expected]));
        assert_ne!((after.etag(), after.header("last-modified")), (before.etag(), before.header("last-modified")));
        // Whoever copies what was changed since finds it.
        assert_eq!(after.json()["updated_at"], "2026-11-26T09:01:00Z");
        let since = app.anonymous().get("/v1/articles?updated_since=2026-11-26T09:01:00Z").assert_status(200).json();
        assert_eq!(each(&since["data"], "slug"), ["one"]);
        // An older one goes below.
        let older = json!({"type": "update", "text": "A second <vote> & more\nfollowed.", "at": "2026-11-26T08:00:00+00:00"});
        editor.post(&corrections_of(&article), &older).assert_status(201);
        let page = app.anonymous().get("/v1/articles/one?include=related,latest&fields=corrections").assert_status(200).json();
        assert_eq!(each(&page["corrections"], "text"), ["It was 1921.", "A second <vote> & more\nfollowed."]);
        // Not in short forms, and in lists only where it is asked for.
        let other = app.anonymous().get("/v1/articles/two?include=related,latest").assert_status(200);
        assert!(!other.text().contains("1921"), "{other}");
        assert!(!app.anonymous().get("/v1/articles").text().contains("corrections"));
        let list = app.anonymous().get("/v1/articles?fields=slug,corrections").assert_status(200).json();
        assert_eq!(list["data"][1]["corrections"][1]["type"], "update");
        assert_eq!(list["data"][0]["corrections"], json!([]));
        // The article itself is as it was.
        assert_eq!(editor.get(&format!("/v1/editor/articles/{}", id_of(&article))).json()["version"], article["version"]);
        assert_eq!(told(&follow(&app.anonymous(), "/v1/changes", 2, 10)), ["article corrected"; 2]);
    }

    fn corrections_stay_when_the_article_is_published_again(app: &App) {
        let editor = app.editor();
        let draft = make_article(&editor, json!({"slug": "one"}));
        correct(&editor, &draft, "At the draft.");
        app.anonymous().get("/v1/articles/one").assert_status(404);
        let article = publish(&editor, &draft);
        app.clock.advance_seconds(1);
        correct(&editor, &article, "In public.");
        let path = format!("/v1/editor/articles/{}", id_of(&article));
        let article = publish(&editor, &editor.patch(&path, &etag_of(&article), &json!({"title": "Anew"})).assert_status(200).json());
        assert_eq!((&shown(app)["title"], each(&shown(app)["corrections"], "text")), (&json!("Anew"), vec!["In public.", "At the draft."]));
        let article = step(&editor, &article, "unpublish", Value::Null);
        app.clock.advance_seconds(1);
        correct(&editor, &article, "While it was away.");
        publish(&editor, &article);
        assert_eq!(each(&shown(app)["corrections"], "text"), ["While it was away.", "In public.", "At the draft."]);
    }

    fn correction_of_a_scheduled_article_appears_with_it(app: &App) {
        let editor = app.editor();
        let article = step(&editor, &make_article(&editor, json!({"slug": "one"})), "schedule", json!({"publish_at": "2026-11-26T09:10:00Z"}));
        correct(&editor, &article, "Before its time.");
        assert_eq!(told(&follow(&editor, "/v1/editor/changes", 0, 10)), ["article scheduled"]);
        assert_eq!(app.anonymous().get("/v1/corrections").assert_status(200).json()["data"], json!([]));
        app.clock.advance_seconds(600);
        assert_eq!(each(&shown(app)["corrections"], "text"), ["Before its time."]);
        // One that is public by the clock and not announced yet is announced by its correction, once.
        correct(&editor, &article, "In time.");
        assert_eq!(app.run_jobs(), 0);
        correct(&editor, &article, "Later.");
        assert_eq!(told(&follow(&editor, "/v1/editor/changes", 0, 10)), ["article scheduled", "article published", "article corrected"]);
        assert_eq!(shown(app)["published_at"], "2026-11-26T09:10:00Z");
    }

    fn nothing_is_lost_when_many_correct_while_others_publish(app: &App) {
        let editor = app.editor();
        let article = make_public_article(&editor, json!({"slug": "one"}));
        let path = format!("/v1/editor/articles/{}", id_of(&article));
        std::thread::scope(|scope| {
            for writer in 0..4 {
                let (editor, article) = (&editor, &article);
                scope.spawn(move || {
                    for number in 0..8 {
                        correct(editor, article, &format!("Number {writer} {number}."));
                    }
                });
            }
            scope.spawn(|| {
                let mut article = article.clone();
                for number in 0..12 {
                    let saved = editor.patch(&path, &etag_of(&article), &json!({"title": format!("Title {number}")})).assert_status(200).json();
                    article = publish(&editor, &saved);
                }
            });
        });
        let now = shown(app);
        assert_eq!((now["corrections"].as_array().expect("a list").len(), &now["title"]), (32, &json!("Title 11")));
    }
}
