//! `GET /calendar/branches/{slug}.ics`

use super::{lines, values};
use crate::harness::builders::{etag_of, id_of, make_branch, make_meeting, make_tag};
use crate::harness::client::Requests;
use crate::records::assert_query_refused;
use serde_json::json;

on_both! {
    fn reader_subscribes_to_the_meetings_of_a_branch(app: &App) {
        let (editor, reader) = (app.editor(), app.anonymous());
        let (north, south) = (make_branch(&editor, "North", json!({})), make_branch(&editor, "South", json!({})));
        let tag = make_tag(&editor, "Ferries");
        make_meeting(&editor, "One", "2026-12-01T10:00", json!({"branch_id": north["id"], "tag_ids": [tag["id"]]}));
        make_meeting(&editor, "Two", "2026-12-02T10:00", json!({"branch_id": south["id"]}));
        make_meeting(&editor, "Three", "2026-12-03T10:00", json!({"branch_id": north["id"], "timezone": "Australia/Sydney"}));
        let calendar = reader.get("/calendar/branches/north.ics").assert_status(200);
        assert_eq!(values(&calendar, "SUMMARY"), ["One", "Three"]);
        assert_eq!(values(&calendar, "X-WR-CALNAME"), ["North"]);
        let zones: Vec<String> = lines(&calendar).into_iter().filter(|(property, _)| property == "TZID").map(|(_, value)| value).collect();
        assert_eq!(zones, ["Australia/Sydney", "Pacific/Auckland"]);
        assert_eq!(values(&reader.get(&format!("/calendar/branches/{}.ics", id_of(&south))).assert_status(200), "SUMMARY"), ["Two"]);
        assert_eq!(values(&reader.get("/calendar/branches/north.ics?tag=ferries").assert_status(200), "SUMMARY"), ["One"]);
        assert_eq!(values(&reader.get("/calendar/branches/north.ics?to=2026-12-02T00:00:00Z").assert_status(200), "SUMMARY"), ["One"]);
    }

    fn a_branch_without_meetings_has_a_calendar_too(app: &App) {
        make_branch(&app.editor(), "North", json!({}));
        let calendar = app.anonymous().get("/calendar/branches/north.ics").assert_status(200);
        assert!(values(&calendar, "SUMMARY").is_empty());
        assert!(lines(&calendar).contains(&("TZID".to_owned(), "Pacific/Auckland".to_owned())), "a calendar has at least one part: {calendar}");
    }

    fn a_branch_that_is_called_otherwise_leads_on(app: &App) {
        let (editor, reader) = (app.editor(), app.anonymous());
        let branch = make_branch(&editor, "North", json!({}));
        editor.patch(&format!("/v1/editor/branches/{}", id_of(&branch)), &etag_of(&branch), &json!({"slug": "far-north", "name": "Far North"})).assert_status(200);
        let moved = reader.get("/calendar/branches/north.ics?to=2027-12-02T00:00:00Z").assert_status(301);
        assert_eq!(moved.location(), "/calendar/branches/far-north.ics?to=2027-12-02T00:00:00Z");
        assert_eq!(values(&reader.get(&moved.location()).assert_status(200), "NAME"), ["Far North"]);
    }

    fn what_cannot_be_asked_is_refused(app: &App) {
        let (editor, reader) = (app.editor(), app.anonymous());
        make_branch(&editor, "North", json!({}));
        assert_eq!(reader.get("/calendar/branches/nowhere.ics").assert_status(404).problem_code(), "not_found");
        assert_query_refused(reader.get("/calendar/branches/north.ics?branch=north"), "branch");
        assert_query_refused(reader.get("/calendar/branches/north.ics?tag=nothing"), "tag");
        assert_query_refused(reader.get("/calendar/branches/north.ics?limit=5"), "limit");
    }
}
