//! The change sequence: one entry for each change that readers may see, in order and without gaps.

use crate::harness::app::App;
use crate::harness::builders::{etag_of, id_of, make_article, make_author, publish, step};
use crate::harness::client::{Requests, SignedIn};
use masthead_domain::vocabulary::Vocabulary;
use masthead_store::changes::{self, Change};
use serde_json::{Value, json};

/// All changes since a number.
pub fn db_changes_since(app: &App, sequence: i64) -> Vec<Change> {
    changes::list_since(&mut app.database().connect(), sequence, 10_000).unwrap_or_else(|error| panic!("{error}"))
}

/// The last number given.
pub fn db_head(app: &App) -> i64 {
    changes::head(&mut app.database().connect()).unwrap_or_else(|error| panic!("{error}")).sequence
}

/// The changes since a number as `kind action`, whose numbers must follow on it without a gap.
fn told(app: &App, since: i64) -> Vec<String> {
    let changes = db_changes_since(app, since);
    for (change, number) in changes.iter().zip(since + 1..) {
        assert_eq!(change.sequence, number);
    }
    changes.iter().map(|change| format!("{} {}", change.kind.word(), change.action.word())).collect()
}

on_both! {
    fn editor_s_public_changes_are_told_once_and_in_order(app: &App) {
        let editor = app.editor();
        let author = make_author(&editor, "Ida Moss");
        let start = db_head(app);
        let draft = make_article(&editor, json!({"slug": "one"}));
        let path = format!("/v1/editor/articles/{}", id_of(&draft));
        let draft = editor.patch(&path, &etag_of(&draft), &json!({"title": "A draft is nobody's affair"})).assert_status(200).json();
        assert_eq!(told(app, start), [""; 0]);
        let public = publish(&editor, &draft);
        // Saving without a change and publishing what is public already are no news.
        publish(&editor, &public);
        let public = editor.patch(&path, &etag_of(&public), &json!({"title": "Corrected"})).assert_status(200).json();
        let public = publish(&editor, &public);
        step(&editor, &public, "unpublish", Value::Null);
        editor.patch("/v1/editor/authors/ida-moss", &etag_of(&author), &json!({"name": "Ida Moss"})).assert_status(200);
        editor.patch("/v1/editor/authors/ida-moss", &etag_of(&author), &json!({"name": "Ida"})).assert_status(200);
        editor.delete("/v1/editor/authors/ida-moss", "*").assert_status(204);
        let expected = ["article published", "article updated", "article unpublished", "author updated", "author deleted"];
        assert_eq!(told(app, start), expected);
        let first = db_changes_since(app, start).remove(0);
        let end = id_of(&draft).rsplit('-').next().expect("the end of an id").to_owned();
        assert_eq!((first.revision, first.tags.0), (2, vec![format!("article-{end}"), "articles".to_owned(), "changes".to_owned()]));
        // What is refused is undone with all that was noted.
        editor.patch(&path, "\"1\"", &json!({"title": "x"})).assert_status(412);
        editor.delete("/v1/editor/tags/none", "*").assert_status(404);
        assert_eq!(told(app, start).len(), expected.len());
    }

    fn scheduled_articles_are_announced_once_when_their_time_has_come(app: &App) {
        let editor = app.editor();
        let schedule = |editor: &SignedIn, slug: &str, at: &str| {
            step(editor, &make_article(editor, json!({"slug": slug})), "schedule", json!({"publish_at": at}))
        };
        let one = schedule(&editor, "one", "2026-11-26T09:10:00Z");
        schedule(&editor, "two", "2026-11-26T09:20:00Z");
        let dropped = schedule(&editor, "three", "2026-11-26T09:10:00Z");
        let start = db_head(app);
        assert_eq!(app.run_jobs(), 0);
        step(&editor, &dropped, "unschedule", Value::Null);
        app.clock.advance_seconds(599);
        assert_eq!(app.run_jobs(), 0);
        app.clock.advance_seconds(1);
        assert_eq!((app.run_jobs(), app.run_jobs()), (1, 0));
        assert_eq!(told(app, start), ["article unscheduled", "article published"]);
        assert_eq!(id_of(&one), db_changes_since(app, start).remove(1).entity_id.0.to_string());
        // After an hour in which nobody looked, all that fell due is caught up with.
        app.clock.advance_seconds(3600);
        assert_eq!((app.run_jobs(), app.run_jobs()), (1, 0));
        // Whoever publishes anew before it was announced announces it.
        let late = schedule(&app.editor(), "four", "2026-11-26T10:30:00Z");
        app.clock.advance_seconds(3600);
        let editor = app.editor();
        let start = db_head(app);
        let saved = editor.patch(&format!("/v1/editor/articles/{}", id_of(&late)), &etag_of(&late), &json!({"title": "Late"})).assert_status(200).json();
        publish(&editor, &saved);
        assert_eq!(app.run_jobs(), 0);
        assert_eq!(told(app, start), ["article published"]);
    }
}
