//! `DELETE /v1/editor/<collection>/<id>`

use super::KINDS;
use crate::harness::builders::{id_of, make};
use crate::harness::client::Requests;
use serde_json::json;
use uuid::Uuid;

on_both! {
    fn editor_deletes_a_record_and_it_is_gone(app: &App) {
        let editor = app.editor();
        for kind in &KINDS {
            let made = make(&editor, kind.collection, &kind.body("Harbour"));
            let path = format!("{}/{}", kind.desk(), id_of(&made));
            let answer = editor.delete(&path, "\"1\"").assert_status(204);
            assert!(answer.body.is_empty(), "{answer}");
            editor.get(&path).assert_status(404).problem();
            editor.get(&format!("{}/harbour", kind.desk())).assert_status(404);
            editor.delete(&path, "*").assert_status(404);
            editor.patch(&path, "*", &json!({"name": "Wharf"})).assert_status(404);
            assert_eq!(editor.get(&format!("{}?total=true", kind.desk())).json()["page"]["total"], 0);
            if kind.is_delivered {
                app.anonymous().get(&format!("{}/harbour", kind.public())).assert_status(404).problem();
            }
            // Its slug is free again.
            assert_eq!(make(&editor, kind.collection, &kind.body("Harbour"))["slug"], "harbour");
        }
    }

    fn editor_deletes_by_slug_with_any_version(app: &App) {
        let editor = app.editor();
        for kind in &KINDS {
            make(&editor, kind.collection, &kind.body("Harbour"));
            editor.delete(&format!("{}/harbour", kind.desk()), "*").assert_status(204);
        }
    }

    fn editor_deletes_nothing_without_the_current_version(app: &App) {
        let editor = app.editor();
        for kind in &KINDS {
            let made = make(&editor, kind.collection, &kind.body("Harbour"));
            let path = format!("{}/{}", kind.desk(), id_of(&made));
            assert_eq!(editor.send("DELETE", &path, &[], &[]).assert_status(428).problem_code(), "version_required");
            editor.patch(&path, "\"1\"", &json!({"name": "Wharf"})).assert_status(200);
            let answer = editor.delete(&path, "\"1\"").assert_status(412);
            assert_eq!(answer.problem()["current"]["version"], 2, "{answer}");
            assert_eq!(answer.problem()["current"]["differing"], json!(["name"]), "{answer}");
            editor.get(&path).assert_status(200);
        }
    }

    fn contributor_and_anonymous_delete_nothing(app: &App) {
        let (editor, contributor) = (app.editor(), app.contributor());
        for kind in &KINDS {
            let made = make(&editor, kind.collection, &kind.body("Harbour"));
            let path = format!("{}/{}", kind.desk(), id_of(&made));
            contributor.delete(&path, "\"1\"").assert_status(403);
            app.anonymous().delete(&path, "\"1\"").assert_status(401);
            editor.get(&path).assert_status(200);
        }
    }

    fn editor_cannot_delete_what_is_not_there(app: &App) {
        let editor = app.editor();
        for kind in &KINDS {
            for name in [Uuid::now_v7().to_string(), "nowhere".to_owned(), "%00".to_owned()] {
                editor.delete(&format!("{}/{name}", kind.desk()), "*").assert_status(404).problem();
            }
        }
    }
}
