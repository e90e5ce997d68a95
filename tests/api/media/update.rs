//! Changing what is said of a file.

use crate::harness::builders::{etag_of, id_of};
use crate::harness::client::Requests;
use crate::harness::pictures::{png, upload};
use serde_json::json;

on_both! {
    fn editor_describes_a_picture_and_each_version_is_kept(app: &App) {
        let editor = app.editor();
        let shown = upload(&editor, "a.png", &png(30, 20)).assert_status(201).json();
        let path = format!("/v1/editor/media/{}", id_of(&shown));
        let words = json!({
            "name": "Ferry", "alt": "A boat", "caption": "At dusk", "credit": "Ida", "licence": "CC BY 4.0", "language": "en-NZ",
            "focal_point": {"x": 0.25, "y": 1}, "decorative": true,
        });
        let changed = editor.patch(&path, &etag_of(&shown), &words).assert_status(200).json();
        for (name, value) in words.as_object().expect("members") {
            let same = changed[name] == *value || name == "focal_point" && changed[name] == json!({"x": 0.25, "y": 1.0});
            assert!(same, "{name}: {}", changed[name]);
        }
        assert_eq!((&changed["version"], &changed["url"], &changed["hash"]), (&json!(2), &shown["url"], &shown["hash"]));
        // Again the same, and only one word of it.
        editor.patch(&path, "\"2\"", &words).assert_status(200);
        let stale = editor.patch(&path, "\"1\"", &json!({"alt": "Another"})).assert_status(412);
        let problem = stale.problem();
        assert_eq!(problem["current"]["version"], 2);
        assert_eq!(problem["current"]["differing"].as_array().map(Vec::len), Some(8), "{problem:#}");
        let less = editor.patch(&path, "\"2\"", &json!({"caption": null, "focal_point": null})).assert_status(200).json();
        assert_eq!((less.get("caption"), less.get("focal_point"), &less["alt"]), (None, None, &json!("A boat")));
        let entries = app.admin().get("/v1/editor/audit?subject=media&sort=at").assert_status(200).json();
        let actions: Vec<&str> = entries["data"].as_array().expect("entries").iter().filter_map(|entry| entry["action"].as_str()).collect();
        assert_eq!(actions, ["media.create", "media.update", "media.update"]);
        assert_eq!(entries["data"][2]["before"]["caption"], "At dusk");
    }

    fn what_the_server_knows_cannot_be_set(app: &App) {
        let editor = app.editor();
        let shown = upload(&editor, "a.png", &png(30, 20)).assert_status(201).json();
        let path = format!("/v1/editor/media/{}", id_of(&shown));
        let refused = editor.patch(
            &path,
            "\"1\"",
            &json!({"id": "x", "hash": "y", "url": "z", "width": 1, "bytes": 1, "version": 9, "created_at": "2026-11-26T07:30:00Z", "created_by": null,
                    "focal_point": {"x": 1.5, "z": 0}, "name": " ", "language": "English!", "decorative": "no"}),
        );
        let places = refused.assert_status(422).fault_pointers();
        let expected =
            ["/bytes", "/created_at", "/created_by", "/decorative", "/focal_point/x", "/focal_point/y", "/focal_point/z", "/hash", "/id", "/language", "/name", "/url", "/version", "/width"];
        assert_eq!(places, expected);
        assert_eq!(editor.get(&path).json(), shown);
        editor.send("PATCH", &path, &[("content-type", "application/json")], b"{}").assert_status(428);
        editor.patch("/v1/editor/media/nothing", "\"1\"", &json!({})).assert_status(404);
    }

    fn contributor_changes_their_own_only(app: &App) {
        let (editor, contributor) = (app.editor(), app.contributor());
        let own = upload(&contributor, "own.png", &png(30, 20)).assert_status(201).json();
        let other = upload(&editor, "other.png", &png(31, 20)).assert_status(201).json();
        let path = |shown: &serde_json::Value| format!("/v1/editor/media/{}", id_of(shown));
        contributor.patch(&path(&own), "\"1\"", &json!({"alt": "Mine"})).assert_status(200);
        contributor.patch(&path(&other), "\"1\"", &json!({"alt": "Mine"})).assert_status(403);
        contributor.delete(&path(&other), "\"1\"").assert_status(403);
        contributor.get(&path(&other)).assert_status(200);
        editor.patch(&path(&own), "\"2\"", &json!({"alt": "Ours"})).assert_status(200);
        contributor.delete(&path(&own), "\"3\"").assert_status(204);
    }
}
