//! `PATCH /v1/editor/<collection>/<id>`

use super::{KINDS, members};
use crate::harness::app::START;
use crate::harness::builders::{etag_of, id_of, make};
use crate::harness::client::Requests;
use serde_json::{Value, json};
use uuid::Uuid;

on_both! {
    fn editor_patches_one_member_and_the_others_stay(app: &App) {
        let editor = app.editor();
        for kind in &KINDS {
            let made = make(&editor, kind.collection, &kind.body("Harbour"));
            let path = format!("{}/{}", kind.desk(), id_of(&made));
            app.clock.advance_seconds(60);
            let answer = editor.patch(&path, "\"1\"", &json!({"name": "Wharf"})).assert_status(200);
            assert_eq!(answer.etag(), "\"2\"");
            let mut expected = made.clone();
            expected["name"] = "Wharf".into();
            expected["version"] = 2.into();
            expected["updated_at"] = answer.json()["updated_at"].clone();
            assert_ne!(expected["updated_at"], START);
            // The slug stays too: links to it must not break because a name was corrected.
            assert_eq!(answer.json(), expected);
            assert_eq!(editor.get(&path).json(), expected);
        }
    }

    fn editor_patches_every_member_by_itself(app: &App) {
        let editor = app.editor();
        for kind in &KINDS {
            let bare = match kind.collection {
                "branches" => json!({"name": "Bare", "timezone": "Pacific/Auckland"}),
                _ => json!({"name": "Bare"}),
            };
            let mut shown = make(&editor, kind.collection, &bare);
            let path = format!("{}/{}", kind.desk(), id_of(&shown));
            let body = kind.body("Full");
            for (name, value) in members(&body) {
                // Neither of the two can be without the other.
                let patch = match name.as_str() {
                    "latitude" | "longitude" => json!({"latitude": body["latitude"], "longitude": body["longitude"]}),
                    _ => json!({name: value}),
                };
                shown = editor.patch(&path, &etag_of(&shown), &patch).assert_status(200).json();
                assert_eq!(&shown[name], value, "{}: {name}", kind.collection);
            }
            for (name, value) in members(&body) {
                assert_eq!(&shown[name], value, "{}: {name} did not stay", kind.collection);
            }
        }
    }

    fn editor_takes_members_away_with_null(app: &App) {
        let editor = app.editor();
        for kind in &KINDS {
            let mut shown = make(&editor, kind.collection, &kind.body("Harbour"));
            let path = format!("{}/{}", kind.desk(), id_of(&shown));
            for name in kind.optional {
                let before = members(&shown).len();
                shown = editor.patch(&path, &etag_of(&shown), &json!({*name: null})).assert_status(200).json();
                assert_eq!(shown.get(*name), None, "{}: {shown:#}", kind.collection);
                assert_eq!(members(&shown).len(), before - 1, "{name} took others along: {shown:#}");
            }
            let answer = editor.patch(&path, &etag_of(&shown), &json!({"name": null})).assert_status(422);
            assert_eq!(answer.faults(), [("/name".to_owned(), "required".to_owned())]);
            // A slug is never without: null leaves it as it is.
            let same = editor.patch(&path, &etag_of(&shown), &json!({"slug": null})).assert_status(200).json();
            assert_eq!(same, shown);
        }
    }

    fn editor_replaces_a_list_whole(app: &App) {
        let editor = app.editor();
        let made = make(&editor, "publications", &json!({"name": "North", "credit_requires": ["original_url", "licence"]}));
        let path = format!("/v1/editor/publications/{}", id_of(&made));
        let shown = editor.patch(&path, "\"1\"", &json!({"credit_requires": ["original_title"]})).assert_status(200).json();
        assert_eq!(shown["credit_requires"], json!(["original_title"]));
        let shown = editor.patch(&path, "\"2\"", &json!({"credit_requires": []})).assert_status(200).json();
        assert_eq!(shown["credit_requires"], json!([]));
    }

    fn editor_changes_nothing_and_the_version_stays(app: &App) {
        let (editor, other) = (app.editor(), app.admin());
        for kind in &KINDS {
            let made = make(&editor, kind.collection, &kind.body("Harbour"));
            let path = format!("{}/{}", kind.desk(), id_of(&made));
            app.clock.advance_seconds(60);
            for patch in [json!({}), json!({"name": "Harbour"}), kind.body("Harbour"), json!({"slug": "harbour"})] {
                let answer = other.patch(&path, "\"1\"", &patch).assert_status(200);
                assert_eq!((answer.etag().as_str(), answer.json()), ("\"1\"", made.clone()), "{patch}");
            }
        }
    }

    fn editor_without_a_version_is_asked_for_it(app: &App) {
        let editor = app.editor();
        for kind in &KINDS {
            let made = make(&editor, kind.collection, &kind.body("Harbour"));
            let path = format!("{}/{}", kind.desk(), id_of(&made));
            let answer = editor.send_json("PATCH", &path, "application/merge-patch+json", None, &json!({"name": "Wharf"})).assert_status(428);
            assert_eq!(answer.problem_code(), "version_required");
            assert_eq!(editor.get(&path).json(), made);
        }
    }

    fn editor_with_a_stale_version_learns_what_has_changed(app: &App) {
        let (editor, admin) = (app.editor(), app.admin());
        for kind in &KINDS {
            let made = make(&editor, kind.collection, &kind.body("Harbour"));
            let path = format!("{}/{}", kind.desk(), id_of(&made));
            app.clock.advance_seconds(60);
            let (gone, kept) = (kind.optional[0], json!({"name": "Wharf", "slug": "wharf", kind.optional[0]: null}));
            let current = admin.patch(&path, "\"1\"", &kept).assert_status(200).json();
            for etag in ["\"1\"", "\"99\"", "W/\"2\"", "\"x\"", "2", "\"-1\"", "\"99999999999999999999\"", ""] {
                let answer = editor.patch(&path, etag, &json!({"name": "Mine"})).assert_status(412);
                assert_eq!(answer.problem_code(), "stale_version");
                let said = &answer.problem()["current"];
                assert_eq!(said["version"], 2, "{answer}");
                assert_eq!(said["changed_by"], admin.login.name, "{answer}");
                assert_eq!(said["changed_at"], current["updated_at"], "{answer}");
                let mut differing = if etag == "\"1\"" { vec![gone, "name", "slug"] } else { vec![] };
                differing.sort_unstable();
                assert_eq!(said["differing"], json!(differing), "{etag}: {answer}");
            }
            assert_eq!(editor.get(&path).json(), current);
        }
    }

    fn editor_patches_whatever_version_there_is(app: &App) {
        let editor = app.editor();
        for kind in &KINDS {
            let made = make(&editor, kind.collection, &kind.body("Harbour"));
            let path = format!("{}/{}", kind.desk(), id_of(&made));
            assert_eq!(editor.patch(&path, "*", &json!({"name": "Wharf"})).assert_status(200).etag(), "\"2\"");
            assert_eq!(editor.patch(&path, "\"1\", \"2\"", &json!({"name": "Pier"})).assert_status(200).etag(), "\"3\"");
        }
    }

    fn editor_cannot_take_the_slug_of_another(app: &App) {
        let editor = app.editor();
        for kind in &KINDS {
            make(&editor, kind.collection, &kind.body("Taken"));
            let made = make(&editor, kind.collection, &kind.body("Harbour"));
            let path = format!("{}/{}", kind.desk(), id_of(&made));
            let answer = editor.patch(&path, "\"1\"", &json!({"slug": "taken"})).assert_status(422);
            assert_eq!(answer.faults(), [("/slug".to_owned(), "taken".to_owned())]);
            let by_slug = editor.patch(&format!("{}/harbour", kind.desk()), "\"1\"", &json!({"slug": "free"})).assert_status(200);
            assert_eq!(by_slug.json()["slug"], "free");
        }
    }

    fn contributor_and_anonymous_change_nothing(app: &App) {
        let (editor, contributor) = (app.editor(), app.contributor());
        for kind in &KINDS {
            let made = make(&editor, kind.collection, &kind.body("Harbour"));
            let path = format!("{}/{}", kind.desk(), id_of(&made));
            contributor.patch(&path, "\"1\"", &json!({"name": "Mine"})).assert_status(403);
            app.anonymous().patch(&path, "\"1\"", &json!({"name": "Mine"})).assert_status(401);
            assert_eq!(editor.get(&path).json(), made);
        }
    }

    fn editor_cannot_patch_what_is_not_there(app: &App) {
        let editor = app.editor();
        for kind in &KINDS {
            for name in [Uuid::now_v7().to_string(), "nowhere".to_owned(), "%00".to_owned()] {
                let answer = editor.patch(&format!("{}/{name}", kind.desk()), "*", &json!({"name": "x"})).assert_status(404);
                assert_eq!(answer.problem_code(), "not_found");
            }
        }
    }

    fn editor_cannot_set_what_the_server_keeps(app: &App) {
        let editor = app.editor();
        for kind in &KINDS {
            let made = make(&editor, kind.collection, &kind.body("Harbour"));
            let path = format!("{}/{}", kind.desk(), id_of(&made));
            for name in ["id", "version", "created_at", "updated_at", "updated_by", "page_url"] {
                for value in [made[name].clone(), "x".into(), Value::Null] {
                    let answer = editor.patch(&path, "\"1\"", &json!({name: value})).assert_status(422);
                    assert_eq!(answer.faults(), [(format!("/{name}"), "unknown".to_owned())], "{answer}");
                }
            }
            assert_eq!(editor.get(&path).json(), made);
        }
    }
}
