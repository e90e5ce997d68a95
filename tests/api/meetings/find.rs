//! `GET /v1/meetings/<slug>`

use crate::harness::builders::{id_of, make_branch, make_meeting, make_tag, make_venue};
use crate::harness::client::Requests;
use crate::records::{assert_query_refused, member_names};
use serde_json::json;

on_both! {
    fn reader_finds_a_meeting_with_all_that_belongs_to_it(app: &App) {
        let (editor, reader) = (app.editor(), app.anonymous());
        let tag = make_tag(&editor, "Ferries");
        let branch = make_branch(&editor, "Wharf", json!({"contact_email": "wharf@paper.example"}));
        let venue = json!({
            "street_address": "12 Ropewalk Lane",
            "latitude": -33.86,
            "longitude": 151.21,
            "step_free": "no",
            "accessible_toilet": "yes",
            "access_notes": "Ring the bell.",
            "access_contact": "Kit, 555 0100",
        });
        let venue = make_venue(&editor, "Hall", venue);
        let extra = json!({
            "branch_id": branch["id"],
            "venue_id": venue["id"],
            "tag_ids": [tag["id"]],
            "description": "Speakers from **both** shores. <script>alert(1)</script>",
            "attendance": "hybrid",
            "online_url": "https://meet.example/ferry",
        });
        let made = make_meeting(&editor, "Ferry", "2026-12-03T19:00", extra);
        let answer = reader.get("/v1/meetings/ferry").assert_status(200);
        let shown = answer.json();
        assert_eq!(shown["page_url"], "https://paper.example/meetings/ferry");
        assert_eq!(shown["time"], made["time"]);
        assert_eq!(shown["time"]["starts_at"], "2026-12-03T19:00:00+13:00");
        assert_eq!((&shown["branch"]["slug"], &shown["branch"]["page_url"]), (&json!("wharf"), &json!("https://paper.example/branches/wharf")));
        let hall = &shown["venue"];
        assert_eq!((&hall["step_free"], &hall["accessible_toilet"], &hall["hearing_loop"]), (&json!("no"), &json!("yes"), &json!("unknown")));
        assert_eq!((&hall["access_notes"], &hall["access_contact"]), (&json!("Ring the bell."), &json!("Kit, 555 0100")));
        assert_eq!((&hall["latitude"], &hall["longitude"]), (&json!(-33.86), &json!(151.21)));
        assert_eq!(shown["tags"][0]["name"], "Ferries");
        let html = shown["description_html"].as_str().expect("a description");
        assert!(html.contains("<strong>both</strong>") && !html.contains("<script"), "{html}");
        for name in ["version", "created_at", "updated_by", "description", "branch_id", "venue_id", "tag_ids"] {
            assert_eq!(shown.get(name), None, "{name} is of the editing side");
            assert_query_refused(reader.get(&format!("/v1/meetings/ferry?fields={name}")), "fields");
            assert_query_refused(reader.get(&format!("/v1/meetings?fields={name}")), "fields");
        }
        assert_eq!(reader.get(&format!("/v1/meetings/{}", id_of(&made))).assert_status(200).body, answer.body);
        assert_eq!(reader.get("/v1/meetings").json()["data"], json!([shown]));
        let fewer = reader.get("/v1/meetings/ferry?fields=title,time").assert_status(200).json();
        assert_eq!(member_names(&fewer), ["time", "title"]);
        assert_query_refused(reader.get("/v1/meetings/ferry?colour=red"), "colour");
    }

    fn reader_finds_a_past_meeting_by_its_slug(app: &App) {
        let reader = app.anonymous();
        make_meeting(&app.editor(), "Long ago", "2001-02-03T19:00", json!({}));
        assert_eq!(reader.get("/v1/meetings").json()["data"], json!([]));
        assert_eq!(reader.get("/v1/meetings/long-ago").assert_status(200).json()["time"]["starts_at"], "2001-02-03T19:00:00+13:00");
    }

    fn reader_of_an_old_slug_is_led_to_the_new_one_in_one_step(app: &App) {
        let (editor, reader) = (app.editor(), app.anonymous());
        let made = make_meeting(&editor, "First", "2026-12-03T19:00", json!({}));
        let path = format!("/v1/editor/meetings/{}", id_of(&made));
        for slug in ["second", "third"] {
            editor.patch(&path, "*", &json!({"slug": slug})).assert_status(200);
        }
        for old in ["first", "second"] {
            assert_eq!(reader.get(&format!("/v1/meetings/{old}")).assert_status(301).location(), "/v1/meetings/third");
        }
        make_meeting(&editor, "First", "2026-12-10T19:00", json!({}));
        assert_eq!(reader.get("/v1/meetings/first").assert_status(200).json()["time"]["starts_at_local"], "2026-12-10T19:00");
    }

    fn reader_who_has_it_already_gets_no_body(app: &App) {
        let (editor, reader) = (app.editor(), app.anonymous());
        let venue = make_venue(&editor, "Hall", json!({}));
        make_meeting(&editor, "Ferry", "2026-12-03T19:00", json!({"venue_id": venue["id"]}));
        let answer = reader.get("/v1/meetings/ferry").assert_status(200);
        let known = [("if-none-match", answer.etag())];
        let known = [(known[0].0, known[0].1.as_str())];
        assert!(reader.get_with("/v1/meetings/ferry", &known).assert_status(304).body.is_empty());
        let head = reader.head("/v1/meetings/ferry").assert_status(200);
        assert_eq!((head.etag(), head.body.len(), head.header("content-length")), (answer.etag(), 0, answer.header("content-length")));
        // What is shown of the venue is part of it.
        editor.patch("/v1/editor/venues/hall", "*", &json!({"step_free": "yes"})).assert_status(200);
        reader.get_with("/v1/meetings/ferry", &known).assert_status(200);
    }

    fn reader_does_not_find_what_is_not_there(app: &App) {
        for name in ["01936d6c-7a10-7c3e-9d55-6b1f0e9a4c21", "nowhere", "%00", "Up"] {
            assert_eq!(app.anonymous().get(&format!("/v1/meetings/{name}")).assert_status(404).problem_code(), "not_found");
            assert_eq!(app.editor().get(&format!("/v1/editor/meetings/{name}")).assert_status(404).problem_code(), "not_found");
        }
    }
}
