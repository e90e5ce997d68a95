//! `GET /calendar/meetings.ics`

use super::values;
use crate::harness::builders::{id_of, make_branch, make_meeting, make_tag};
use crate::harness::client::Requests;
use crate::records::assert_query_refused;
use masthead_domain::id::MeetingId;
use masthead_store::{meetings, record};
use serde_json::json;
use uuid::Uuid;

on_both! {
    fn reader_subscribes_to_what_is_to_come_and_what_was_of_late(app: &App) {
        let (editor, reader) = (app.editor(), app.anonymous());
        let utc = json!({"timezone": "UTC", "duration_minutes": 60});
        // It is nine o'clock on 26 November.
        for (title, local) in [
            ("Long over", "2026-10-28T22:59"),
            ("Over at midnight", "2026-10-28T23:00"),
            ("Over", "2026-10-28T23:01"),
            ("Today", "2026-11-26T01:00"),
            ("To come", "2028-12-03T10:00"),
        ] {
            make_meeting(&editor, title, local, utc.clone());
        }
        let shown = |query: &str| values(&reader.get(&format!("/calendar/meetings.ics{query}")).assert_status(200), "SUMMARY");
        assert_eq!(shown(""), ["Over", "Today", "To come"]);
        assert_eq!(shown("?from=2026-10-28T00:00:00Z&to=2026-11-26T01:00:00Z"), ["Long over", "Over at midnight", "Over"]);
        assert_eq!(shown("?from=2027-01-01T00:00:00Z"), ["To come"]);
        // The window moves with the days, whoever asked before.
        app.clock.advance_seconds(15 * 3600 - 1);
        assert_eq!(shown(""), ["Over", "Today", "To come"]);
        app.clock.advance_seconds(1);
        assert_eq!(shown(""), ["Today", "To come"]);
        app.clock.advance_seconds(27 * 24 * 3600);
        assert_eq!(shown(""), ["Today", "To come"]);
        app.clock.advance_seconds(24 * 3600);
        assert_eq!(shown(""), ["To come"]);
    }

    fn reader_narrows_a_calendar_down(app: &App) {
        let (editor, reader) = (app.editor(), app.anonymous());
        let north = make_branch(&editor, "North", json!({}));
        let tag = make_tag(&editor, "Ferries");
        make_meeting(&editor, "One", "2026-12-01T10:00", json!({"branch_id": north["id"]}));
        make_meeting(&editor, "Two", "2026-12-02T10:00", json!({"tag_ids": [tag["id"]]}));
        let get = |query: &str| reader.get(&format!("/calendar/meetings.ics{query}")).assert_status(200);
        assert_eq!(values(&get(""), "SUMMARY"), ["One", "Two"]);
        assert_eq!(values(&get(""), "NAME"), ["Untitled"]);
        assert_eq!((values(&get("?branch=north"), "SUMMARY"), values(&get("?branch=north"), "NAME")), (vec!["One".to_owned()], vec!["North".to_owned()]));
        assert_eq!(values(&get("?tag=ferries"), "SUMMARY"), ["Two"]);
        assert!(values(&get("?tag=ferries&branch=north"), "SUMMARY").is_empty());
    }

    fn what_cannot_be_asked_is_refused(app: &App) {
        let reader = app.anonymous();
        for (query, fault) in [
            ("from=today", "from"), ("from=2026-12-02T00:00:00Z&to=2026-12-02T00:00:00Z", "to"),
            ("branch=nowhere", "branch"), ("tag=nothing", "tag"), ("updated_since=2026-12-02T00:00:00Z", "updated_since"), ("total=true", "total"), ("x=y", "x"),
        ] {
            assert_query_refused(reader.get(&format!("/calendar/meetings.ics?{query}")), fault);
        }
        assert_eq!(reader.post("/calendar/meetings.ics", &json!({})).status, 405);
    }

    fn a_calendar_is_cached_like_everything_else(app: &App) {
        let (editor, reader) = (app.editor(), app.anonymous());
        let branch = make_branch(&editor, "North", json!({}));
        let meeting = make_meeting(&editor, "One", "2026-12-01T10:00", json!({"branch_id": branch["id"], "summary": "Words, ".repeat(200)}));
        let path = "/calendar/meetings.ics";
        let first = reader.get(path).assert_status(200);
        let etag = first.etag();
        assert_eq!(reader.get(path).assert_status(200).body, first.body, "the bytes stay");
        let known = reader.get_with(path, &[("if-none-match", &etag)]).assert_status(304);
        assert!(known.body.is_empty() && known.etag() == etag);
        let head = reader.head(path).assert_status(200);
        assert_eq!((head.header("content-type"), head.etag()), (Some("text/calendar; charset=utf-8"), etag.clone()));
        let packed = reader.get_with(path, &[("accept-encoding", "br")]).assert_status(200);
        assert_eq!((packed.header("content-encoding"), packed.header("content-type")), (Some("br"), Some("text/calendar; charset=utf-8")));
        let tags = first.header_list("cache-tag");
        for tag in ["meetings", "site", &format!("meeting-{}", &id_of(&meeting)[24..]), &format!("branch-{}", &id_of(&branch)[24..])] {
            assert!(tags.iter().any(|one| one == tag), "{tag} is not in {tags:?}");
        }
        assert_eq!(first.header("last-modified"), Some("Thu, 26 Nov 2026 09:00:00 GMT"));
        // It changes at midnight at the latest.
        app.clock.advance_seconds(15 * 3600 - 10);
        let late = reader.get(path).assert_status(200);
        assert_eq!(late.header("cache-control"), Some("public, max-age=0, s-maxage=10, stale-while-revalidate=0"));
        make_meeting(&app.editor(), "Two", "2026-12-02T10:00", json!({}));
        assert_ne!(reader.get_with(path, &[("if-none-match", &etag)]).assert_status(200).etag(), etag);
    }

    fn what_was_makes_room_for_what_is_to_come(app: &App) {
        let (editor, reader) = (app.editor(), app.anonymous());
        make_meeting(&editor, "Past", "2026-11-25T10:00", json!({"timezone": "UTC"}));
        let first = make_meeting(&editor, "Next", "2026-12-01T10:00", json!({"timezone": "UTC"}));
        let mut conn = app.database().connect();
        let row = meetings::find(&mut conn, &record::Key::parse(id_of(&first)).expect("an id")).expect("it is there");
        let add = |numbers: std::ops::Range<u32>, conn: &mut masthead_store::dialect::Conn| {
            for number in numbers {
                let slug = masthead_domain::slug::Slug::parse(&format!("next-{number}")).expect("a slug");
                let copy = meetings::Meeting { id: MeetingId(Uuid::from_u128(u128::from(number))), slug, starts_at: row.starts_at.plus_seconds(i64::from(number)), ..row.clone() };
                meetings::insert(conn, &copy).expect("it is added");
            }
        };
        add(2..500, &mut conn);
        // A change by the API makes the new rows known.
        let shown = |title: &str| {
            make_meeting(&editor, title, "2020-11-25T10:00", json!({"timezone": "UTC"}));
            values(&reader.get("/calendar/meetings.ics").assert_status(200), "SUMMARY")
        };
        let all = shown("Long ago");
        assert_eq!((all.len(), all[0].as_str()), (500, "Past"));
        add(500..503, &mut conn);
        let all = shown("Longer ago");
        assert_eq!((all.len(), all[0].as_str()), (500, "Next"), "a calendar that is full leaves out what is over, then what is furthest off");
    }
}
