//! `POST /v1/editor/<collection>`

use super::{KINDS, members};
use crate::harness::app::START;
use crate::harness::builders::id_of;
use crate::harness::client::Requests;
use serde_json::json;

on_both! {
    fn editor_creates_a_record_and_is_told_where_it_is(app: &App) {
        let editor = app.editor();
        for kind in &KINDS {
            let body = kind.body("Harbour & Wharf");
            let answer = editor.post(&kind.desk(), &body).assert_status(201);
            let shown = answer.json();
            assert_eq!(answer.etag(), "\"1\"", "{answer}");
            assert_eq!(answer.location(), format!("{}/{}", kind.desk(), id_of(&shown)));
            assert_eq!(shown["version"], 1);
            assert_eq!(shown["slug"], "harbour-wharf");
            assert_eq!((&shown["created_at"], &shown["updated_at"]), (&START.into(), &START.into()));
            assert_eq!(shown["updated_by"], editor.login.id.to_string());
            for (name, value) in members(&body) {
                assert_eq!(&shown[name], value, "{}: {name}", kind.collection);
            }
            assert_eq!(members(&shown).len(), members(&body).len() + 6, "{shown:#}");
            assert_eq!(editor.get(&answer.location()).assert_status(200).json(), shown);
        }
    }

    fn editor_creates_a_record_from_no_more_than_it_needs(app: &App) {
        let editor = app.editor();
        for kind in &KINDS {
            let mut body = json!({"name": "Wharf"});
            if kind.collection == "branches" {
                body["timezone"] = "Australia/Sydney".into();
            }
            let shown = editor.post(&kind.desk(), &body).assert_status(201).json();
            for name in kind.optional {
                assert_eq!(shown.get(name), None, "{}: {shown:#}", kind.collection);
            }
        }
        let publication = editor.get("/v1/editor/publications/wharf").json();
        assert_eq!(publication["credit_requires"], json!(["original_url"]));
        assert_eq!((&publication["permission"], &publication["index_policy"]), (&json!("granted"), &json!("index")));
        let venue = editor.get("/v1/editor/venues/wharf").json();
        assert_eq!((&venue["step_free"], &venue["latitude"]), (&json!("unknown"), &json!(null)), "unknown is not no");
    }

    fn editor_gives_one_name_three_times_and_gets_numbered_slugs(app: &App) {
        let editor = app.editor();
        for kind in &KINDS {
            for slug in ["zoe-lodzs-hall", "zoe-lodzs-hall-2", "zoe-lodzs-hall-3"] {
                let shown = editor.post(&kind.desk(), &kind.body("Zoë & Łódź’s “Hall”")).assert_status(201).json();
                assert_eq!(shown["slug"], slug, "{}", kind.collection);
            }
            let shown = editor.post(&kind.desk(), &kind.body("!?")).assert_status(201).json();
            assert_eq!(shown["slug"], "untitled", "{}", kind.collection);
        }
    }

    fn editor_gives_a_slug_that_stays(app: &App) {
        let editor = app.editor();
        for kind in &KINDS {
            let mut body = kind.body("Harbour");
            body["slug"] = "of-my-own-2".into();
            assert_eq!(editor.post(&kind.desk(), &body).assert_status(201).json()["slug"], "of-my-own-2", "{}", kind.collection);
            let answer = editor.post(&kind.desk(), &body).assert_status(422);
            assert_eq!(answer.faults(), [("/slug".to_owned(), "taken".to_owned())], "{answer}");
            // What one kind has taken is free for the others, as the next turn shows.
        }
    }

    fn contributor_and_anonymous_create_nothing(app: &App) {
        let (editor, contributor) = (app.editor(), app.contributor());
        for kind in &KINDS {
            let body = kind.body("Harbour");
            assert_eq!(contributor.post(&kind.desk(), &body).assert_status(403).problem_code(), "forbidden");
            let answer = app.anonymous().post(&kind.desk(), &body).assert_status(401);
            assert_eq!(answer.problem_code(), "unauthenticated");
            assert!(answer.header("www-authenticate").is_some_and(|value| value.starts_with("Bearer")), "{answer}");
            // Who may not write is told so before anything is said about the body.
            assert_eq!(contributor.post(&kind.desk(), &json!([])).status, 403);
            assert_eq!(editor.get(&format!("{}?total=true", kind.desk())).json()["page"]["total"], 0);
        }
    }
}
