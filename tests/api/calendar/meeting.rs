//! `GET /calendar/meetings/{slug}.ics`

use super::{lines, values};
use crate::harness::builders::{etag_of, id_of, make_branch, make_meeting, make_tag, make_venue};
use crate::harness::client::Requests;
use serde_json::json;

on_both! {
    fn reader_takes_a_meeting_with_all_that_is_known_of_it(app: &App) {
        let (editor, reader) = (app.editor(), app.anonymous());
        let branch = make_branch(&editor, "Wharf", json!({}));
        let venue = json!({"street_address": "12 Ropewalk Lane", "locality": "Auckland", "postcode": "1010", "country": "New Zealand", "latitude": -36.84, "longitude": 174.76, "access_notes": "The lift is behind the bar."});
        let venue = make_venue(&editor, "Wharf Hall; upstairs", venue);
        let tag = make_tag(&editor, "Ferries, boats");
        let meeting = make_meeting(&editor, "Keep the ferry", "2026-12-03T19:00", json!({
            "summary": "What comes next.", "description": "Speakers from **both** shores.\n\n- One\n- Two", "branch_id": branch["id"], "venue_id": venue["id"],
            "tag_ids": [tag["id"]], "attendance": "hybrid", "online_url": "https://meet.example/ferry?room=1,2", "registration_url": "https://sign-up.example/ferry",
            "contact_email": "wharf@paper.example",
        }));
        let shown = reader.get("/v1/meetings/keep-the-ferry").assert_status(200).json();
        let address = shown["calendar_url"].as_str().expect("an address");
        let path = "/calendar/meetings/keep-the-ferry.ics";
        assert!(address.ends_with(path), "{address}");
        let calendar = reader.get(path).assert_status(200);
        let expected = [
            ("BEGIN", "VCALENDAR"), ("VERSION", "2.0"), ("PRODID", "-//Masthead//Masthead//EN"), ("CALSCALE", "GREGORIAN"), ("METHOD", "PUBLISH"),
            ("NAME;LANGUAGE=en", "Keep the ferry"), ("X-WR-CALNAME", "Keep the ferry"), ("REFRESH-INTERVAL;VALUE=DURATION", "PT1H"), ("X-PUBLISHED-TTL", "PT1H"),
            ("SOURCE;VALUE=URI", address),
            ("BEGIN", "VTIMEZONE"), ("TZID", "Pacific/Auckland"), ("BEGIN", "DAYLIGHT"), ("DTSTART", "20260927T020000"), ("TZOFFSETFROM", "+1200"),
            ("TZOFFSETTO", "+1300"), ("TZNAME", "NZDT"), ("END", "DAYLIGHT"), ("END", "VTIMEZONE"),
            ("BEGIN", "VEVENT"), ("UID", id_of(&meeting)), ("SEQUENCE", "0"), ("DTSTAMP", "20261126T090000Z"), ("CREATED", "20261126T090000Z"),
            ("LAST-MODIFIED", "20261126T090000Z"), ("DTSTART;TZID=Pacific/Auckland", "20261203T190000"), ("DTEND;TZID=Pacific/Auckland", "20261203T203000"),
            ("STATUS", "CONFIRMED"), ("TRANSP", "OPAQUE"), ("SUMMARY", "Keep the ferry"),
            ("LOCATION", "Wharf Hall\\; upstairs\\, 12 Ropewalk Lane\\, Auckland 1010\\, New Zealand"), ("CONTACT", "Wharf\\, wharf@paper.example"),
            ("DESCRIPTION", "What comes next.\\n\\nSpeakers from both shores.\\n\\nOne\\nTwo\\n\\nThe lift is behind the bar.\\n\\nhttps://meet.example/ferry?room=1\\,2\\n\\nhttps://sign-up.example/ferry"),
            ("GEO", "-36.840000;174.760000"), ("CATEGORIES", "Ferries\\, boats"), ("CONFERENCE;VALUE=URI;FEATURE=VIDEO", "https://meet.example/ferry?room=1,2"),
            ("URL", shown["page_url"].as_str().expect("an address")), ("END", "VEVENT"), ("END", "VCALENDAR"),
        ];
        let expected: Vec<(String, String)> = expected.iter().map(|(property, value)| ((*property).to_owned(), (*value).to_owned())).collect();
        assert_eq!(lines(&calendar), expected);
    }

    fn a_change_keeps_the_uid_and_raises_the_sequence(app: &App) {
        let (editor, reader) = (app.editor(), app.anonymous());
        let venue = make_venue(&editor, "Wharf Hall", json!({}));
        let mut meeting = make_meeting(&editor, "Ferry", "2026-12-03T19:00", json!({"venue_id": venue["id"]}));
        let path = format!("/calendar/meetings/{}.ics", id_of(&meeting));
        let look = || {
            let calendar = reader.get(&path).assert_status(200);
            ["UID", "SEQUENCE", "DTSTART", "STATUS", "TRANSP", "LAST-MODIFIED", "LOCATION"].map(|property| values(&calendar, property).join("|"))
        };
        let first = look();
        for (change, sequence, starts, status, takes) in [
            (json!({"starts_at_local": "2026-12-04T19:00"}), "1", "20261204T190000", "CONFIRMED", "OPAQUE"),
            (json!({"status": "cancelled", "status_reason": "The hall is flooded."}), "2", "20261204T190000", "CANCELLED", "TRANSPARENT"),
            (json!({"status": "postponed"}), "3", "20261204T190000", "CANCELLED", "TRANSPARENT"),
            (json!({"status": "tentative", "slug": "another", "title": "Another"}), "4", "20261204T190000", "TENTATIVE", "OPAQUE"),
        ] {
            app.clock.advance_seconds(60);
            meeting = editor.patch(&format!("/v1/editor/meetings/{}", id_of(&meeting)), &etag_of(&meeting), &change).assert_status(200).json();
            let [uid, number, start, state, transparency, ..] = look();
            assert_eq!((&uid, number.as_str(), start.as_str(), state.as_str(), transparency.as_str()), (&first[0], sequence, starts, status, takes));
        }
        let calendar = reader.get(&path).assert_status(200);
        assert_eq!(values(&calendar, "COMMENT"), ["The hall is flooded."]);
        assert_eq!(values(&calendar, "DESCRIPTION"), ["The hall is flooded."]);
        // A venue that is called otherwise is a change of the event too, which its stamp tells.
        app.clock.advance_seconds(60);
        editor.patch(&format!("/v1/editor/venues/{}", id_of(&venue)), &etag_of(&venue), &json!({"name": "Net Loft"})).assert_status(200);
        let last = look();
        assert_eq!((last[5].as_str(), last[6].as_str()), ("20261126T090500Z", "Net Loft"));
    }

    fn a_slug_that_was_given_up_leads_on(app: &App) {
        let (editor, reader) = (app.editor(), app.anonymous());
        let meeting = make_meeting(&editor, "Ferry", "2026-12-03T19:00", json!({}));
        editor.patch(&format!("/v1/editor/meetings/{}", id_of(&meeting)), &etag_of(&meeting), &json!({"slug": "boat"})).assert_status(200);
        assert_eq!(reader.get("/calendar/meetings/ferry.ics").assert_status(301).location(), "/calendar/meetings/boat.ics");
        reader.get("/calendar/meetings/boat.ics").assert_status(200);
    }

    fn what_is_not_there_is_told(app: &App) {
        let reader = app.anonymous();
        for path in ["nowhere.ics", "Not-A-Slug.ics", ".ics", "nowhere", "a/b.ics"] {
            assert_eq!(reader.get(&format!("/calendar/meetings/{path}")).assert_status(404).problem_code(), "not_found", "{path}");
        }
        assert_eq!(reader.get("/calendar/meetings/nowhere.ics?from=2026-01-01T00:00:00Z").assert_status(400).fault_pointers(), ["from"]);
    }

    fn a_meeting_of_an_hour_that_comes_twice_is_told_in_utc(app: &App) {
        let (editor, reader) = (app.editor(), app.anonymous());
        // The clocks of Auckland go back on 4 April 2027 at three o'clock.
        for (choice, slug, utc) in [("earlier", "one", "20270403T133000Z"), ("later", "two", "20270403T143000Z")] {
            make_meeting(&editor, "Night", "2027-04-04T02:30", json!({"slug": slug, "ambiguous_time": choice}));
            assert_eq!(values(&reader.get(&format!("/calendar/meetings/{slug}.ics")).assert_status(200), "DTSTART"), [utc]);
        }
    }

    fn a_long_description_is_cut_at_a_word(app: &App) {
        let (editor, reader) = (app.editor(), app.anonymous());
        make_meeting(&editor, "Long", "2026-12-03T19:00", json!({"description": "words ".repeat(10_000)}));
        let calendar = reader.get("/calendar/meetings/long.ics").assert_status(200);
        assert_eq!(values(&calendar, "DESCRIPTION"), ["words ".repeat(333).trim_end().to_owned() + "…"]);
    }

    fn hostile_texts_stay_texts(app: &App) {
        let (editor, reader) = (app.editor(), app.anonymous());
        let title = "A, b; c\\n \u{2028}END:VEVENT \u{202e}\u{1f6a2} end";
        let summary = "One\r\nEND:VEVENT\r\nBEGIN:VALARM\nTwo";
        make_meeting(&editor, title, "2026-12-03T19:00", json!({"slug": "odd", "summary": summary}));
        let calendar = reader.get("/calendar/meetings/odd.ics").assert_status(200);
        assert_eq!(values(&calendar, "SUMMARY"), ["A\\, b\\; c\\\\n \\nEND:VEVENT \u{202e}\u{1f6a2} end"]);
        assert_eq!(values(&calendar, "DESCRIPTION"), ["One\\nEND:VEVENT\\nBEGIN:VALARM\\nTwo"]);
        let ends = lines(&calendar).iter().filter(|(property, value)| property == "END" && value == "VEVENT").count();
        assert_eq!(ends, 1);
    }
}
