//! `GET /v1/editor/<collection>/<id>/revisions[/<number>]`

use super::{CONFIDENTIAL, KINDS, Kind, column, link, members};
use crate::harness::builders::{etag_of, id_of, make, make_meeting};
use crate::harness::client::Requests;
use serde_json::{Value, json};

/// The address of the revisions of a record.
fn revisions_of(collection: &str, record: &Value) -> String {
    format!("/v1/editor/{collection}/{}/revisions", id_of(record))
}

on_both! {
    fn contributor_reads_what_a_record_was_like_before(app: &App) {
        let (editor, admin, contributor) = (app.editor(), app.admin(), app.contributor());
        for kind in &KINDS {
            let Kind { collection, .. } = kind;
            let made = make(&editor, collection, &kind.body("Harbour"));
            app.clock.advance_seconds(60);
            let path = format!("{}/{}", kind.desk(), id_of(&made));
            let changed = admin.patch(&path, "\"1\"", &json!({"name": "Wharf", "slug": format!("wharf-{collection}")})).assert_status(200).json();
            let list = contributor.get(&format!("{}?total=true", revisions_of(collection, &made))).assert_status(200).json();
            assert_eq!(column(&list, "created_by_name"), ["Ada Admin", "Edith Editor"], "{collection}");
            assert_eq!(column(&list, "created_at"), [changed["updated_at"].as_str().expect("a time"), made["updated_at"].as_str().expect("a time")]);
            assert_eq!(list["page"]["total"], 2);
            let marks: Vec<(&Value, &Value)> =
                list["data"].as_array().expect("a list").iter().map(|revision| (&revision["number"], &revision["is_current"])).collect();
            assert_eq!(marks, [(&json!(2), &json!(true)), (&json!(1), &json!(false))]);
            let first = contributor.get(&format!("{}/1", revisions_of(collection, &made))).assert_status(200);
            assert_eq!(first.header("etag"), None);
            let content = first.json()["content"].clone();
            for (name, value) in members(&kind.body("Harbour")) {
                let value = if CONFIDENTIAL.contains(&name.as_str()) { &Value::Null } else { value };
                assert_eq!(&content[name], value, "{collection}: {name}");
            }
            assert_eq!(content["slug"], made["slug"]);
            let by_slug = format!("{}/{}/revisions/2", kind.desk(), changed["slug"].as_str().expect("a slug"));
            assert_eq!(contributor.get(&by_slug).assert_status(200).json()["content"]["name"], "Wharf");
            for end in ["/0", "/3", "/x"] {
                contributor.get(&format!("{}{end}", revisions_of(collection, &made))).assert_status(404).problem();
            }
            let second = contributor.get(&format!("{}?limit=1", revisions_of(collection, &made))).assert_status(200);
            let second = contributor.get(&link(&second, "next").expect("another page")).assert_status(200);
            assert_eq!(second.json()["data"][0]["number"], 1);
            // With the record its history is out of reach.
            editor.delete(&path, &etag_of(&changed)).assert_status(204);
            contributor.get(&revisions_of(collection, &made)).assert_status(404).problem();
            app.anonymous().get(&revisions_of(collection, &made)).assert_status(401).problem();
        }
    }

    fn editor_merges_a_record_with_what_a_refusal_says(app: &App) {
        let (editor, admin) = (app.editor(), app.admin());
        for kind in &KINDS {
            let made = make(&editor, kind.collection, &kind.body("Harbour"));
            let path = format!("{}/{}", kind.desk(), id_of(&made));
            admin.patch(&path, "\"1\"", &json!({"name": "Wharf"})).assert_status(200);
            let current = editor.patch(&path, "\"1\"", &json!({kind.optional[0]: null})).assert_status(412).problem()["current"].clone();
            assert_eq!((&current["revision"], &current["base_revision"], &current["differing"]), (&json!(2), &json!(1), &json!(["name"])));
            let then = |member: &str| {
                let revision = editor.get(&format!("{path}/revisions/{}", current[member])).assert_status(200).json();
                revision["content"]["name"].clone()
            };
            assert_eq!((then("base_revision"), then("revision")), (json!("Harbour"), json!("Wharf")));
            let merged = editor.patch(&path, &format!("\"{}\"", current["version"]), &json!({kind.optional[0]: null})).assert_status(200).json();
            assert_eq!((&merged["name"], merged.get(kind.optional[0])), (&json!("Wharf"), None));
        }
    }

    fn editor_reads_what_pages_issues_and_collections_were_like_before(app: &App) {
        let editor = app.editor();
        let bodies = [
            ("pages", json!({"title": "About", "body": {"format": "html", "source": "<p>As <b>entered</b></p>"}}), json!({"title": "Us", "state": "published"})),
            ("issues", json!({"title": "Issue 1", "issued_on": "2026-11"}), json!({"title": "The first"})),
            ("collections", json!({"name": "Front", "size": 3}), json!({"name": "Front page"})),
        ];
        for (collection, body, patch) in bodies {
            let made = make(&editor, collection, &body);
            let path = format!("/v1/editor/{collection}/{}", id_of(&made));
            editor.patch(&path, "\"1\"", &patch).assert_status(200);
            let first = editor.get(&format!("{path}/revisions/1")).assert_status(200).json();
            for (name, value) in members(&body) {
                assert_eq!(&first["content"][name], value, "{collection}: {name}");
            }
            let list = editor.get(&format!("{path}/revisions")).assert_status(200).json();
            let marks: Vec<&Value> = list["data"].as_array().expect("a list").iter().map(|revision| &revision["is_public"]).collect();
            assert_eq!(marks, [&json!(true), &json!(false)], "{collection}");
        }
        // A page that is a draft again is public in no revision.
        editor.patch("/v1/editor/pages/about", "*", &json!({"state": "draft"})).assert_status(200);
        let list = editor.get("/v1/editor/pages/about/revisions").assert_status(200).json();
        assert!(list["data"].as_array().expect("a list").iter().all(|revision| revision["is_public"] == false), "{list}");
    }

    fn editor_reads_what_a_meeting_was_like_before(app: &App) {
        let editor = app.editor();
        let made = make_meeting(&editor, "Ferry", "2026-12-03T19:00", json!({"description": "As **entered**"}));
        let path = format!("/v1/editor/meetings/{}", id_of(&made));
        editor.patch(&path, "\"1\"", &json!({"starts_at_local": "2026-12-04T19:00", "description": null})).assert_status(200);
        let first = editor.get(&format!("{path}/revisions/1")).assert_status(200).json();
        assert_eq!((&first["content"]["starts_at_local"], &first["content"]["description"]), (&json!("2026-12-03T19:00"), &json!("As **entered**")));
        assert_eq!(editor.get(&format!("{path}/revisions")).assert_status(200).json()["data"][0]["number"], 2);
    }
}
