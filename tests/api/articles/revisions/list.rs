//! `GET /v1/editor/articles/{id}/revisions`

use super::{path_of, revisions_of, save};
use crate::harness::builders::{make_article, publish, step};
use crate::harness::client::{Requests, SignedIn};
use crate::records::link;
use masthead_domain::permission::Role;
use serde_json::{Value, json};

fn numbers(list: &Value) -> Vec<i64> {
    list["data"].as_array().expect("a list").iter().map(|revision| revision["number"].as_i64().expect("a number")).collect()
}

/// An article with that many revisions.
fn revised(editor: &SignedIn, count: usize) -> Value {
    (1..count).fold(make_article(editor, json!({})), |article, number| save(editor, &article, &json!({"title": format!("Title {number}")})))
}

on_both! {
    fn editor_sees_who_changed_what_when_and_why(app: &App) {
        let contributor = app.contributor();
        let draft = make_article(&contributor, json!({"revision_note": "First thoughts"}));
        assert_eq!(draft.get("revision_note"), None);
        app.clock.advance_seconds(60);
        let editor = app.editor();
        let edited = save(&editor, &draft, &json!({"title": "Better", "revision_note": "Shorter — “better”"}));
        let published = publish(&editor, &edited);
        app.clock.advance_seconds(60);
        save(&editor, &published, &json!({"title": "Best"}));
        let list = editor.get(&format!("{}?total=true", revisions_of(&draft))).assert_status(200).json();
        let expected = json!([
            {
                "number": 3, "version": 4, "created_at": "2026-11-26T09:02:00Z", "created_by": editor.login.id.to_string(),
                "created_by_name": "Edith Editor", "is_public": false, "is_prepared": false, "is_current": true,
            },
            {
                "number": 2, "version": 2, "created_at": "2026-11-26T09:01:00Z", "created_by": editor.login.id.to_string(),
                "created_by_name": "Edith Editor", "note": "Shorter — “better”", "is_public": true, "is_prepared": false, "is_current": false,
            },
            {
                "number": 1, "version": 1, "created_at": "2026-11-26T09:00:00Z", "created_by": contributor.login.id.to_string(),
                "created_by_name": "Connie Contributor", "note": "First thoughts", "is_public": false, "is_prepared": false, "is_current": false,
            },
        ]);
        assert_eq!(list["data"], expected);
        assert_eq!(list["page"]["total"], 3);
    }

    fn a_note_alone_makes_no_revision(app: &App) {
        let editor = app.editor();
        let draft = make_article(&editor, json!({}));
        let same = editor.patch(&path_of(&draft), "\"1\"", &json!({"revision_note": "Nothing to see"})).assert_status(200);
        assert_eq!((same.etag().as_str(), same.json()), ("\"1\"", draft.clone()));
        save(&editor, &draft, &json!({"title": "New", "revision_note": "  "}));
        let list = editor.get(&revisions_of(&draft)).json();
        assert_eq!(numbers(&list), [2, 1]);
        assert!(list["data"].as_array().expect("a list").iter().all(|revision| revision.get("note").is_none()), "{list}");
        let refused = editor.patch(&path_of(&draft), "\"2\"", &json!({"revision_note": "two\nlines", "title": 7})).assert_status(422);
        assert_eq!(refused.fault_pointers(), ["/revision_note", "/title"]);
        let refused = editor.post("/v1/editor/articles", &json!({"revision_note": "x".repeat(501)})).assert_status(422);
        assert_eq!(refused.fault_pointers(), ["/revision_note", "/title"]);
    }

    fn a_scheduled_revision_is_marked_as_the_public_one(app: &App) {
        let editor = app.editor();
        let scheduled = step(&editor, &make_article(&editor, json!({})), "schedule", json!({"publish_at": "2026-11-27T00:00:00Z"}));
        assert_eq!(editor.get(&revisions_of(&scheduled)).json()["data"][0]["is_public"], true);
        let draft = step(&editor, &scheduled, "unschedule", Value::Null);
        assert_eq!(editor.get(&revisions_of(&draft)).json()["data"][0]["is_public"], false);
    }

    fn a_prepared_revision_is_marked_until_it_takes_its_place(app: &App) {
        let editor = app.editor();
        let edited = save(&editor, &publish(&editor, &make_article(&editor, json!({}))), &json!({"title": "Tomorrow's"}));
        let marks = |article: &Value| {
            let revision = editor.get(&format!("{}/2", revisions_of(article))).assert_status(200).json();
            (revision["is_public"].clone(), revision["is_prepared"].clone())
        };
        assert_eq!(marks(&edited), (json!(false), json!(false)));
        step(&editor, &edited, "schedule", json!({"publish_at": "2026-11-26T09:05:00Z"}));
        assert_eq!(marks(&edited), (json!(false), json!(true)));
        app.clock.advance_seconds(300);
        app.run_jobs();
        assert_eq!(marks(&edited), (json!(true), json!(false)));
    }

    fn editor_turns_the_pages_and_misses_nothing_while_somebody_saves(app: &App) {
        let editor = app.editor();
        let article = revised(&editor, 5);
        let first = editor.get(&format!("{}?limit=2", revisions_of(&article))).assert_status(200);
        assert_eq!(numbers(&first.json()), [5, 4]);
        save(&editor, &article, &json!({"title": "Meanwhile"}));
        let second = editor.get(&link(&first, "next").expect("a second page")).assert_status(200);
        assert_eq!(numbers(&second.json()), [3, 2]);
        let third = editor.get(&link(&second, "next").expect("a third page")).assert_status(200);
        assert_eq!((numbers(&third.json()), link(&third, "next")), (vec![1], None));
        let back = editor.get(&link(&second, "prev").expect("the first page again")).assert_status(200);
        assert_eq!(numbers(&back.json()), [5, 4]);
        let oldest = editor.get(&format!("{}?sort=number&limit=3", revisions_of(&article))).assert_status(200);
        assert_eq!(numbers(&oldest.json()), [1, 2, 3]);
        let cursor = first.json()["page"]["next"].as_str().expect("a cursor").to_owned();
        let other = make_article(&editor, json!({}));
        for path in [
            format!("{}?cursor={cursor}", revisions_of(&other)),
            format!("{}?cursor={cursor}x", revisions_of(&article)),
            format!("{}?cursor={cursor}&sort=number", revisions_of(&article)),
            format!("{}?limit=101", revisions_of(&article)),
            format!("{}?sort=version", revisions_of(&article)),
            format!("{}?author=me", revisions_of(&article)),
        ] {
            editor.get(&path).assert_status(400).problem();
        }
    }

    fn contributor_sees_the_revisions_of_own_articles_only(app: &App) {
        let contributor = app.contributor();
        let own = make_article(&contributor, json!({}));
        let published = publish(&app.editor(), &own);
        assert_eq!(numbers(&contributor.get(&revisions_of(&published)).assert_status(200).json()), [1]);
        let other = make_article(&app.log_in(&app.db_create_user(Role::Contributor)), json!({}));
        for path in [revisions_of(&other), "/v1/editor/articles/nothing/revisions".to_owned()] {
            for end in ["", "/1", "/1/diff"] {
                contributor.get(&format!("{path}{end}")).assert_status(404).problem();
            }
        }
    }
}
