//! `POST /v1/editor/meetings`

use crate::harness::builders::{id_of, make, make_branch, make_tag, make_venue};
use crate::harness::client::Requests;
use serde_json::{Value, json};

fn at(starts_at_local: &str, timezone: &str) -> Value {
    json!({"title": "Readers’ evening", "starts_at_local": starts_at_local, "timezone": timezone, "duration_minutes": 90})
}

on_both! {
    fn editor_creates_a_meeting_with_all_members(app: &App) {
        let editor = app.editor();
        let (tag, other) = (make_tag(&editor, "Ferries"), make_tag(&editor, "Boats"));
        let (branch, venue) = (make_branch(&editor, "Wharf", json!({})), make_venue(&editor, "Hall", json!({})));
        let body = json!({
            "title": "Keep the last ferry",
            "summary": "What the council plans.",
            "description": "Speakers from **both** shores.",
            "description_format": "markdown",
            "starts_at_local": "2026-11-26T18:30",
            "timezone": "Australia/Sydney",
            "duration_minutes": 90,
            "status": "tentative",
            "status_reason": "The hall is not ours yet.",
            "attendance": "hybrid",
            "branch_id": branch["id"],
            "venue_id": venue["id"],
            "organiser": "Harbour Workers' Union",
            "online_url": "https://meet.example/ferry",
            "registration_url": "https://sign-up.example/ferry",
            "contact_email": "sydney@paper.example",
            "tag_ids": [tag["id"], other["id"]],
        });
        let answer = editor.post("/v1/editor/meetings", &body).assert_status(201);
        let shown = answer.json();
        assert_eq!((answer.etag().as_str(), answer.location()), ("\"1\"", format!("/v1/editor/meetings/{}", id_of(&shown))));
        assert_eq!(shown["slug"], "keep-the-last-ferry");
        for (name, value) in body.as_object().expect("an object") {
            assert_eq!(&shown[name], value, "{name}");
        }
        assert_eq!(editor.get(&answer.location()).assert_status(200).json(), shown);
        assert_eq!(make(&editor, "meetings", &body)["slug"], "keep-the-last-ferry-2");
    }

    fn editor_enters_wall_times_and_gets_instants(app: &App) {
        let editor = app.editor();
        for (local, zone, starts_at, ends_at, utc) in [
            ("2026-11-26T18:30", "Australia/Sydney", "2026-11-26T18:30:00+11:00", "2026-11-26T20:00:00+11:00", "2026-11-26T07:30:00Z"),
            ("2026-07-26T18:30", "Australia/Sydney", "2026-07-26T18:30:00+10:00", "2026-07-26T20:00:00+10:00", "2026-07-26T08:30:00Z"),
            // Queensland keeps standard time all year.
            ("2026-11-26T18:30", "Australia/Brisbane", "2026-11-26T18:30:00+10:00", "2026-11-26T20:00:00+10:00", "2026-11-26T08:30:00Z"),
            // Lord Howe Island sets its clocks by half an hour.
            ("2026-11-26T18:30", "Australia/Lord_Howe", "2026-11-26T18:30:00+11:00", "2026-11-26T20:00:00+11:00", "2026-11-26T07:30:00Z"),
            ("2026-07-26T18:30", "Australia/Lord_Howe", "2026-07-26T18:30:00+10:30", "2026-07-26T20:00:00+10:30", "2026-07-26T08:00:00Z"),
            ("2026-11-26T18:30:00", "Asia/Kathmandu", "2026-11-26T18:30:00+05:45", "2026-11-26T20:00:00+05:45", "2026-11-26T12:45:00Z"),
            ("2026-11-26T18:30", "America/St_Johns", "2026-11-26T18:30:00-03:30", "2026-11-26T20:00:00-03:30", "2026-11-26T22:00:00Z"),
            ("2024-02-29T23:30", "UTC", "2024-02-29T23:30:00+00:00", "2024-03-01T01:00:00+00:00", "2024-02-29T23:30:00Z"),
            // It lasts while the clocks go forward, and ends an hour later on the wall.
            ("2026-10-04T01:30", "Australia/Sydney", "2026-10-04T01:30:00+10:00", "2026-10-04T04:00:00+11:00", "2026-10-03T15:30:00Z"),
        ] {
            let time = make(&editor, "meetings", &at(local, zone))["time"].clone();
            assert_eq!(time["timezone"], zone);
            assert_eq!(time["starts_at_local"], &local[..16], "{zone}");
            assert_eq!((&time["starts_at"], &time["ends_at"]), (&json!(starts_at), &json!(ends_at)), "{local} {zone}");
            assert_eq!(time["starts_at_utc"], utc, "{local} {zone}");
            assert_eq!(time["duration_minutes"], 90);
        }
    }

    fn editor_enters_a_time_that_the_clocks_skip_and_is_told(app: &App) {
        let editor = app.editor();
        for (local, zone) in [
            ("2026-10-04T02:00", "Australia/Sydney"),
            ("2026-10-04T02:59", "Australia/Sydney"),
            ("2026-10-04T02:15", "Australia/Lord_Howe"),
            ("2026-03-29T02:30", "Europe/Berlin"),
            // A whole day was skipped when Samoa changed sides.
            ("2011-12-30T12:00", "Pacific/Apia"),
        ] {
            for choice in [Value::Null, "earlier".into(), "later".into()] {
                let mut body = at(local, zone);
                body["ambiguous_time"] = choice;
                let answer = editor.post("/v1/editor/meetings", &body).assert_status(422);
                assert_eq!(answer.faults(), [("/starts_at_local".to_owned(), "local_time_skipped".to_owned())], "{answer}");
            }
        }
        for (local, zone) in [
            ("2026-10-04T01:59", "Australia/Sydney"),
            ("2026-10-04T03:00", "Australia/Sydney"),
            ("2026-10-04T02:30", "Australia/Lord_Howe"),
            ("2026-10-04T02:30", "Australia/Brisbane"),
        ] {
            make(&editor, "meetings", &at(local, zone));
        }
    }

    fn editor_enters_a_time_that_comes_twice_and_must_choose(app: &App) {
        let editor = app.editor();
        for (local, zone, earlier, later) in [
            ("2026-04-05T02:30", "Australia/Sydney", "2026-04-05T02:30:00+11:00", "2026-04-05T02:30:00+10:00"),
            ("2026-04-05T01:45", "Australia/Lord_Howe", "2026-04-05T01:45:00+11:00", "2026-04-05T01:45:00+10:30"),
        ] {
            let answer = editor.post("/v1/editor/meetings", &at(local, zone)).assert_status(422);
            assert_eq!(answer.faults(), [("/starts_at_local".to_owned(), "local_time_twice".to_owned())], "{answer}");
            for (choice, starts_at) in [("earlier", earlier), ("later", later)] {
                let mut body = at(local, zone);
                body["ambiguous_time"] = choice.into();
                let shown = make(&editor, "meetings", &body);
                assert_eq!(shown["time"]["starts_at"], starts_at);
                assert_eq!(shown["ambiguous_time"], choice);
            }
        }
        // The choice says nothing where there is none.
        let mut body = at("2026-04-05T03:30", "Australia/Sydney");
        body["ambiguous_time"] = "later".into();
        assert_eq!(make(&editor, "meetings", &body)["time"]["starts_at"], "2026-04-05T03:30:00+10:00");
    }

    fn editor_leaves_the_zone_to_the_branch(app: &App) {
        let editor = app.editor();
        let branch = make_branch(&editor, "Brisbane", json!({"timezone": "Australia/Brisbane"}));
        let sydney = make_branch(&editor, "Sydney", json!({"timezone": "Australia/Sydney"}));
        let mut body = json!({"title": "Meeting", "starts_at_local": "2026-11-26T18:30", "duration_minutes": 60, "branch_id": branch["id"]});
        let shown = make(&editor, "meetings", &body);
        assert_eq!((&shown["timezone"], &shown["time"]["starts_at"]), (&json!("Australia/Brisbane"), &json!("2026-11-26T18:30:00+10:00")));
        body["timezone"] = "Pacific/Auckland".into();
        assert_eq!(make(&editor, "meetings", &body)["time"]["starts_at"], "2026-11-26T18:30:00+13:00", "a zone that is given wins");

        let skipped = json!({"title": "Meeting", "starts_at_local": "2026-10-04T02:30", "duration_minutes": 60, "branch_id": sydney["id"]});
        let answer = editor.post("/v1/editor/meetings", &skipped).assert_status(422);
        assert_eq!(answer.faults(), [("/starts_at_local".to_owned(), "local_time_skipped".to_owned())], "{answer}");
        let nowhere = json!({"title": "Meeting", "starts_at_local": "2026-10-04T02:30", "duration_minutes": 60});
        let answer = editor.post("/v1/editor/meetings", &nowhere).assert_status(422);
        assert_eq!(answer.faults(), [("/timezone".to_owned(), "required".to_owned())], "{answer}");
    }

    fn editor_enters_times_that_are_none_and_is_told(app: &App) {
        let editor = app.editor();
        for local in [
            "2026-11-26", "18:30", "2026-11-26 18:30", "2026-11-26T18:30Z", "2026-11-26T18:30+11:00", "2026-11-26T18:30:30", "2026-11-26T24:00",
            "2026-11-26T18:60", "2026-02-29T18:30", "2026-13-01T18:30", "2026-1-1T18:30", "0000-01-01T00:00", "9999-12-31T23:59", "-026-11-26T18:30",
            "2026-11-26T1８:30", "", "tomorrow",
        ] {
            let answer = editor.post("/v1/editor/meetings", &at(local, "Australia/Sydney")).assert_status(422);
            assert_eq!(answer.faults(), [("/starts_at_local".to_owned(), "invalid_format".to_owned())], "{local}: {answer}");
        }
        for (minutes, code) in [(json!(0), "out_of_range"), (json!(44_641), "out_of_range"), (json!(-90), "out_of_range"), (json!("90"), "wrong_type"), (json!(1.5), "wrong_type"), (json!(null), "required")] {
            let mut body = at("2026-11-26T18:30", "Australia/Sydney");
            body["duration_minutes"] = minutes;
            let answer = editor.post("/v1/editor/meetings", &body).assert_status(422);
            assert_eq!(answer.faults(), [("/duration_minutes".to_owned(), code.to_owned())], "{answer}");
        }
    }

    fn contributor_and_anonymous_create_no_meeting(app: &App) {
        let body = at("2026-11-26T18:30", "Australia/Sydney");
        app.contributor().post("/v1/editor/meetings", &body).assert_status(403).problem();
        app.anonymous().post("/v1/editor/meetings", &body).assert_status(401).problem();
        assert_eq!(app.editor().get("/v1/editor/meetings?total=true").json()["page"]["total"], 0);
    }
}
