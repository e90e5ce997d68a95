//! `GET /v1/meetings`

use crate::harness::builders::{id_of, make_branch, make_meeting, make_tag};
use crate::harness::client::Requests;
use crate::records::{assert_query_refused, column, walk};
use serde_json::json;

on_both! {
    fn reader_lists_no_meetings_and_gets_an_empty_list(app: &App) {
        let list = app.anonymous().get("/v1/meetings?total=true").assert_status(200).json();
        assert_eq!(list, json!({"data": [], "page": {"limit": 20, "next": null, "previous": null, "total": 0}}));
    }

    fn reader_lists_what_is_on_and_what_is_to_come(app: &App) {
        let (editor, reader) = (app.editor(), app.anonymous());
        let utc = |minutes| json!({"timezone": "UTC", "duration_minutes": minutes});
        // It is nine o'clock.
        make_meeting(&editor, "Ended", "2026-11-26T08:00", utc(59));
        make_meeting(&editor, "Ends now", "2026-11-26T08:00", utc(60));
        make_meeting(&editor, "Is on", "2026-11-26T08:00", utc(61));
        make_meeting(&editor, "Is on for a month", "2026-10-27T08:00", utc(44_640));
        make_meeting(&editor, "Begins now", "2026-11-26T09:00", utc(30));
        make_meeting(&editor, "Later", "2027-11-26T09:00", utc(30));
        let listed = || column(&reader.get("/v1/meetings").assert_status(200).json(), "slug");
        assert_eq!(listed(), ["is-on-for-a-month", "is-on", "begins-now", "later"]);
        app.clock.advance_seconds(60);
        assert_eq!(listed(), ["is-on-for-a-month", "begins-now", "later"]);
        app.clock.advance_seconds(40 * 24 * 3600);
        assert_eq!(listed(), ["later"]);
        app.clock.advance_seconds(400 * 24 * 3600);
        assert!(listed().is_empty());
        assert_eq!(app.editor().get("/v1/editor/meetings?total=true").json()["page"]["total"], 6, "an editor sees past ones too");
    }

    fn reader_chooses_a_window(app: &App) {
        let (editor, reader) = (app.editor(), app.anonymous());
        for (title, local) in [("One", "2026-12-01T10:00"), ("Two", "2026-12-02T10:00"), ("Three", "2026-12-03T10:00"), ("Old", "2020-01-01T10:00")] {
            make_meeting(&editor, title, local, json!({"timezone": "UTC", "duration_minutes": 60}));
        }
        for (query, slugs) in [
            ("from=2026-12-02T00:00:00Z", vec!["two", "three"]),
            // A window takes what is on at its beginning, and not what ends or begins at its edges.
            ("from=2026-12-01T10:59:00Z&to=2026-12-02T10:00:00Z", vec!["one"]),
            ("from=2026-12-01T11:00:00Z&to=2026-12-02T10:00:01Z", vec!["two"]),
            ("to=2026-12-02T23:00:00Z", vec!["one", "two"]),
            ("from=2000-01-01T00:00:00Z&to=2026-12-02T00:00:00Z", vec!["old", "one"]),
            ("from=2026-12-03T21:00:00%2B11:00", vec!["three"]),
            ("from=2030-01-01T00:00:00Z", vec![]),
            // From now until then is no time at all.
            ("to=2020-12-02T00:00:00Z", vec![]),
        ] {
            let list = reader.get(&format!("/v1/meetings?total=true&{query}")).assert_status(200).json();
            assert_eq!((column(&list, "slug"), &list["page"]["total"]), (slugs.iter().map(|slug| (*slug).to_owned()).collect(), &json!(slugs.len())), "{query}");
        }
        assert_query_refused(reader.get("/v1/meetings?from=2026-12-02T00:00:00Z&to=2026-12-02T00:00:00Z"), "to");
        for bad in ["from=today", "from=2026-12-02", "from="] {
            assert_query_refused(reader.get(&format!("/v1/meetings?{bad}")), "from");
        }
    }

    fn reader_lists_the_meetings_of_a_branch_or_a_tag(app: &App) {
        let (editor, reader) = (app.editor(), app.anonymous());
        let (north, south) = (make_branch(&editor, "North", json!({})), make_branch(&editor, "South", json!({})));
        let tags: Vec<_> = ["Ferries", "Boats", "Wind"].iter().map(|name| make_tag(&editor, name)).collect();
        make_meeting(&editor, "One", "2026-12-01T10:00", json!({"branch_id": north["id"], "tag_ids": [tags[0]["id"], tags[1]["id"]]}));
        make_meeting(&editor, "Two", "2026-12-02T10:00", json!({"branch_id": south["id"], "tag_ids": [tags[1]["id"]]}));
        make_meeting(&editor, "Three", "2026-12-03T10:00", json!({"branch_id": north["id"], "tag_ids": [tags[2]["id"]]}));
        make_meeting(&editor, "Four", "2026-12-04T10:00", json!({}));
        for (query, slugs) in [
            ("branch=north".to_owned(), vec!["one", "three"]),
            (format!("branch={}", id_of(&south)), vec!["two"]),
            ("tag=ferries".to_owned(), vec!["one"]),
            ("tag=boats".to_owned(), vec!["one", "two"]),
            // With any of them, and none twice.
            ("tag=ferries,boats".to_owned(), vec!["one", "two"]),
            (format!("tag={},wind", id_of(&tags[0])), vec!["one", "three"]),
            ("tag=boats,wind&branch=north".to_owned(), vec!["one", "three"]),
            ("tag=ferries&branch=south".to_owned(), vec![]),
        ] {
            for who in ["/v1/meetings", "/v1/editor/meetings"] {
                let list = editor.get(&format!("{who}?total=true&{query}")).assert_status(200).json();
                assert_eq!((column(&list, "slug"), &list["page"]["total"]), (slugs.iter().map(|slug| (*slug).to_owned()).collect(), &json!(slugs.len())), "{query}");
            }
        }
        for (query, parameter) in [
            ("branch=nowhere", "branch"), ("branch=", "branch"), ("branch=01936d6c-7a10-7c3e-9d55-6b1f0e9a4c21", "branch"), ("tag=ferries,nothing", "tag"),
            ("tag=ferries,", "tag"), ("tag=", "tag"), ("tag=FERRIES", "tag"), ("venue=hall", "venue"), ("status=cancelled", "status"),
        ] {
            assert_query_refused(reader.get(&format!("/v1/meetings?{query}")), parameter);
        }
    }

    fn reader_pages_through_meetings_and_misses_none(app: &App) {
        let (editor, reader) = (app.editor(), app.anonymous());
        let mut by_start: Vec<(String, String)> = (0..27)
            .map(|number| {
                if number % 6 == 0 {
                    app.clock.advance_seconds(1);
                }
                // Several at the same time, in the order of neither their making nor their titles.
                let made = make_meeting(&editor, "Meeting", &format!("2026-12-{:02}T10:00", 1 + (number * 7) % 5), json!({}));
                (made["time"]["starts_at_utc"].as_str().expect("a time").to_owned(), id_of(&made).to_owned())
            })
            .collect();
        by_start.sort();
        let ids: Vec<String> = by_start.into_iter().map(|(_, id)| id).collect();
        assert_eq!(walk(&reader, "/v1/meetings?limit=10"), ids);
        assert_eq!(walk(&editor, "/v1/editor/meetings?limit=10"), ids);
        let reversed: Vec<String> = ids.iter().rev().cloned().collect();
        assert_eq!(walk(&reader, "/v1/meetings?limit=10&sort=-starts_at&total=true"), reversed);
        for sort in ["updated_at", "-updated_at"] {
            let mut walked = walk(&reader, &format!("/v1/meetings?sort={sort}&limit=10&fields=id"));
            walked.sort();
            let mut all = ids.clone();
            all.sort();
            assert_eq!(walked, all, "{sort}");
        }
        let cursor = reader.get("/v1/meetings?limit=1").json()["page"]["next"].as_str().expect("a next page").to_owned();
        assert_query_refused(reader.get(&format!("/v1/meetings?sort=-starts_at&cursor={cursor}")), "cursor");
        assert_query_refused(reader.get(&format!("/v1/meetings?cursor={}x", &cursor[..cursor.len() - 1])), "cursor");
    }

    fn anyone_is_told_which_parameter_is_wrong(app: &App) {
        let editor = app.editor();
        for (query, parameter) in crate::records::BAD_QUERIES {
            for who in ["/v1/meetings", "/v1/editor/meetings"] {
                assert_query_refused(editor.get(&format!("{who}?{query}")), parameter);
            }
        }
        app.anonymous().get("/v1/editor/meetings").assert_status(401).problem();
    }
}
