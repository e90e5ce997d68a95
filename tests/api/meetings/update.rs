//! `PATCH /v1/editor/meetings/<id>`

use crate::harness::builders::{etag_of, id_of, make_branch, make_meeting, make_tag};
use crate::harness::client::Requests;
use serde_json::{Value, json};

fn path_of(meeting: &Value) -> String {
    format!("/v1/editor/meetings/{}", id_of(meeting))
}

on_both! {
    fn editor_patches_a_meeting_and_the_rest_stays(app: &App) {
        let editor = app.editor();
        let tags: Vec<Value> = ["Ferries", "Boats", "Wind"].iter().map(|name| make_tag(&editor, name)["id"].clone()).collect();
        let extra = json!({"summary": "What the council plans.", "tag_ids": [tags[0], tags[1]], "organiser": "The union"});
        let made = make_meeting(&editor, "Ferry", "2026-12-03T19:00", extra);
        app.clock.advance_seconds(60);
        let shown = editor.patch(&path_of(&made), "\"1\"", &json!({"summary": "New"})).assert_status(200).json();
        let mut expected = made.clone();
        expected["summary"] = "New".into();
        expected["version"] = 2.into();
        expected["updated_at"] = shown["updated_at"].clone();
        assert_eq!(shown, expected);

        let shown = editor.patch(&path_of(&made), "\"2\"", &json!({"tag_ids": [tags[2], tags[0]], "organiser": null})).assert_status(200).json();
        assert_eq!((&shown["tag_ids"], shown.get("organiser")), (&json!([tags[2], tags[0]]), None), "the list is replaced, in its order");
        let shown = editor.patch(&path_of(&made), "\"3\"", &json!({"tag_ids": []})).assert_status(200).json();
        assert_eq!(shown.get("tag_ids"), None);
        assert_eq!(app.anonymous().get("/v1/meetings/ferry").json()["tags"], json!([]));
    }

    fn editor_moves_a_meeting_and_the_instant_follows(app: &App) {
        let editor = app.editor();
        let made = make_meeting(&editor, "Ferry", "2026-12-03T19:00", json!({"timezone": "Australia/Sydney"}));
        assert_eq!(made["time"]["starts_at_utc"], "2026-12-03T08:00:00Z");
        let shown = editor.patch(&path_of(&made), "\"1\"", &json!({"timezone": "Australia/Brisbane"})).assert_status(200).json();
        assert_eq!((&shown["time"]["starts_at_utc"], &shown["time"]["ends_at_utc"]), (&json!("2026-12-03T09:00:00Z"), &json!("2026-12-03T10:30:00Z")));
        let shown = editor.patch(&path_of(&made), "\"2\"", &json!({"starts_at_local": "2026-12-04T20:00", "duration_minutes": 60})).assert_status(200).json();
        assert_eq!((&shown["time"]["starts_at_utc"], &shown["time"]["ends_at_utc"]), (&json!("2026-12-04T10:00:00Z"), &json!("2026-12-04T11:00:00Z")));

        // The zone alone may make a good time one that is skipped.
        let shown = editor.patch(&path_of(&made), "\"3\"", &json!({"starts_at_local": "2026-10-04T02:30"})).assert_status(200).json();
        let answer = editor.patch(&path_of(&made), &etag_of(&shown), &json!({"timezone": "Australia/Sydney"})).assert_status(422);
        assert_eq!(answer.faults(), [("/starts_at_local".to_owned(), "local_time_skipped".to_owned())]);
        assert_eq!(editor.get(&path_of(&made)).json(), shown);
    }

    fn editor_takes_the_zone_away_and_the_branch_gives_one(app: &App) {
        let editor = app.editor();
        let branch = make_branch(&editor, "Brisbane", json!({"timezone": "Australia/Brisbane"}));
        let made = make_meeting(&editor, "Ferry", "2026-12-03T19:00", json!({}));
        let answer = editor.patch(&path_of(&made), "\"1\"", &json!({"timezone": null})).assert_status(422);
        assert_eq!(answer.faults(), [("/timezone".to_owned(), "required".to_owned())]);
        let patch = json!({"timezone": null, "branch_id": branch["id"]});
        let shown = editor.patch(&path_of(&made), "\"1\"", &patch).assert_status(200).json();
        assert_eq!((&shown["timezone"], &shown["time"]["starts_at_utc"]), (&json!("Australia/Brisbane"), &json!("2026-12-03T09:00:00Z")));
    }

    fn editor_moves_a_branch_and_its_meetings_keep_their_zone(app: &App) {
        let editor = app.editor();
        let branch = make_branch(&editor, "Brisbane", json!({"timezone": "Australia/Brisbane"}));
        let made = make_meeting(&editor, "Ferry", "2026-12-03T19:00", json!({"branch_id": branch["id"], "timezone": null}));
        editor.patch("/v1/editor/branches/brisbane", "\"1\"", &json!({"timezone": "Australia/Sydney"})).assert_status(200);
        assert_eq!(editor.get(&path_of(&made)).json(), made);
    }

    fn editor_cancels_a_meeting_and_readers_learn_why(app: &App) {
        let (editor, reader) = (app.editor(), app.anonymous());
        let made = make_meeting(&editor, "Ferry", "2026-12-03T19:00", json!({}));
        assert_eq!(made["status"], "scheduled");
        for (version, status) in ["cancelled", "postponed", "tentative"].iter().enumerate() {
            let patch = json!({"status": status, "status_reason": "The hall is flooded.\nAgain."});
            editor.patch(&path_of(&made), &format!("\"{}\"", version + 1), &patch).assert_status(200);
            let shown = reader.get("/v1/meetings/ferry").assert_status(200).json();
            assert_eq!((&shown["status"], &shown["status_reason"]), (&json!(status), &json!("The hall is flooded.\nAgain.")));
            assert_eq!(reader.get("/v1/meetings").json()["data"][0], shown, "it stays on the list, or nobody would learn of it");
        }
        let answer = editor.patch(&path_of(&made), "*", &json!({"status": "on fire"})).assert_status(422);
        assert_eq!(answer.faults(), [("/status".to_owned(), "not_one_of".to_owned())]);
    }

    fn editor_changes_nothing_and_the_version_stays(app: &App) {
        let editor = app.editor();
        let tag = make_tag(&editor, "Ferries");
        let made = make_meeting(&editor, "Ferry", "2026-12-03T19:00", json!({"tag_ids": [tag["id"]]}));
        app.clock.advance_seconds(60);
        for patch in [json!({}), json!({"title": "Ferry"}), json!({"tag_ids": [tag["id"]]}), json!({"starts_at_local": "2026-12-03T19:00:00"})] {
            let answer = app.admin().patch(&path_of(&made), "\"1\"", &patch).assert_status(200);
            assert_eq!((answer.etag().as_str(), answer.json()), ("\"1\"", made.clone()));
        }
    }

    fn editor_needs_the_current_version(app: &App) {
        let (editor, admin) = (app.editor(), app.admin());
        let tag = make_tag(&editor, "Ferries");
        let made = make_meeting(&editor, "Ferry", "2026-12-03T19:00", json!({}));
        let path = path_of(&made);
        editor.send_json("PATCH", &path, "application/json", None, &json!({"title": "x"})).assert_status(428).problem();
        app.clock.advance_seconds(60);
        let current = admin.patch(&path, "\"1\"", &json!({"title": "Boat", "tag_ids": [tag["id"]]})).assert_status(200).json();
        let said = editor.patch(&path, "\"1\"", &json!({"title": "x"})).assert_status(412).problem()["current"].clone();
        let expected = json!({"version": 2, "changed_at": current["updated_at"], "changed_by": admin.login.name, "revision": 2, "base_revision": 1, "differing": ["tag_ids", "title"]});
        assert_eq!(said, expected);
        assert_eq!(editor.patch(&path, "*", &json!({"title": "x"})).assert_status(200).etag(), "\"3\"");
    }

    fn contributor_and_anonymous_change_no_meeting(app: &App) {
        let made = make_meeting(&app.editor(), "Ferry", "2026-12-03T19:00", json!({}));
        app.contributor().patch(&path_of(&made), "*", &json!({"title": "x"})).assert_status(403).problem();
        app.anonymous().patch(&path_of(&made), "*", &json!({"title": "x"})).assert_status(401).problem();
        assert_eq!(app.contributor().get(&path_of(&made)).assert_status(200).json(), made);
    }
}
