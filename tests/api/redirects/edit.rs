//! `POST /v1/editor/redirects`, `PATCH` and `DELETE /v1/editor/redirects/{id}`

use super::{DESK, lookup, to};
use crate::harness::builders::{etag_of, id_of, make};
use crate::harness::client::Requests;
use serde_json::{Value, json};

on_both! {
    fn editor_creates_changes_and_deletes_a_redirect(app: &App) {
        let editor = app.editor();
        let answer = editor.post(DESK, &json!({"from": "/2012/05/the-last-ferry/", "to": "/articles/the-last-ferry#top"})).assert_status(201);
        let shown = answer.json();
        assert_eq!((answer.etag().as_str(), answer.location()), ("\"1\"", format!("{DESK}/{}", id_of(&shown))));
        assert_eq!((&shown["from"], &shown["to"], &shown["status"]), (&json!("/2012/05/the-last-ferry"), &json!("/articles/the-last-ferry#top"), &json!(301)));
        assert_eq!(editor.get(&answer.location()).assert_status(200).json(), shown);
        let path = answer.location();
        assert_eq!(editor.patch(&path, "\"1\"", &json!({"status": 301})).assert_status(200).etag(), "\"1\"", "a patch that changes nothing keeps the version");
        let changed = editor.patch(&path, "\"1\"", &json!({"to": "https://other.example/ferry", "status": 302})).assert_status(200);
        assert_eq!((changed.etag().as_str(), lookup(app, "/2012/05/the-last-ferry")), ("\"2\"", Some((json!("https://other.example/ferry"), json!(302)))));
        let stale = editor.patch(&path, "\"1\"", &json!({"status": 301})).assert_status(412).problem()["current"]["differing"].clone();
        assert_eq!(stale, json!(["status", "to"]));
        let gone = editor.patch(&path, "\"2\"", &json!({"to": null, "status": 410})).assert_status(200).json();
        assert_eq!((gone.get("to"), lookup(app, "/2012/05/the-last-ferry")), (None, Some((Value::Null, json!(410)))));
        let moved = editor.patch(&path, "\"3\"", &json!({"from": "/elsewhere"})).assert_status(200).json();
        assert_eq!((lookup(app, "/2012/05/the-last-ferry"), lookup(app, "/elsewhere")), (None, Some((Value::Null, json!(410)))));
        editor.delete(&path, &etag_of(&moved)).assert_status(204);
        assert_eq!(lookup(app, "/elsewhere"), None);
        editor.get(&path).assert_status(404);
        app.contributor().post(DESK, &json!({"from": "/a", "to": "/b"})).assert_status(403);
        let actions = app.admin().get("/v1/editor/audit?limit=100").assert_status(200).json();
        let count = |action: &str| actions["data"].as_array().expect("a list").iter().filter(|entry| entry["action"] == action).count();
        assert_eq!((count("redirect.create"), count("redirect.update"), count("redirect.delete")), (1, 3, 1));
    }

    fn chains_are_led_to_their_end_and_loops_are_refused(app: &App) {
        let editor = app.editor();
        let create = |from: &str, to: &str, status: i32| make(&editor, "redirects", &json!({"from": from, "to": to, "status": status}));
        create("/a", "/b", 301);
        create("/t", "/b/", 302);
        create("/b", "/c", 301);
        // Those that led to it lead on, and one that leads to it is led to its end.
        assert_eq!(lookup(app, "/a"), to("/c"));
        assert_eq!(lookup(app, "/t"), Some((json!("/c"), json!(302))), "what is for a while stays so");
        assert_eq!(create("/z", "/a", 308)["to"], "/c");
        let last = create("/c", "https://other.example/c", 301);
        for path in ["/a", "/b", "/c", "/z"] {
            assert_eq!(lookup(app, path), to("https://other.example/c"), "{path}");
        }
        for (from, to) in [("/same", "/same"), ("/same", "/same/#part"), ("/same/", "/s%61me")] {
            let answer = editor.post(DESK, &json!({"from": from, "to": to})).assert_status(422);
            assert_eq!(answer.faults(), [("/to".to_owned(), "circular".to_owned())], "{from} {to}");
        }
        create("/x", "/y", 301);
        let answer = editor.post(DESK, &json!({"from": "/y", "to": "/x"})).assert_status(422);
        assert_eq!(answer.faults(), [("/to".to_owned(), "circular".to_owned())]);
        let answer = editor.patch(&format!("{DESK}/{}", id_of(&last)), "*", &json!({"to": "/c?"})).assert_status(422);
        assert_eq!(answer.faults(), [("/to".to_owned(), "circular".to_owned())]);
        // What leads to something gone is gone.
        make(&editor, "redirects", &json!({"from": "/y", "status": 410}));
        assert_eq!(lookup(app, "/x"), Some((Value::Null, json!(410))));
    }

    fn editor_is_told_of_every_fault(app: &App) {
        let editor = app.editor();
        make(&editor, "redirects", &json!({"from": "/taken", "to": "/b"}));
        for (body, faults) in [
            (json!({}), vec![("/from", "required"), ("/to", "required")]),
            (json!({"from": "a", "to": "b", "status": 303}), vec![("/from", "invalid_format"), ("/status", "not_one_of"), ("/to", "invalid_format")]),
            (json!({"from": "/a/../b", "to": "javascript:alert(1)"}), vec![("/from", "invalid_format"), ("/to", "invalid_format")]),
            (json!({"from": "//evil.example", "to": "//evil.example"}), vec![("/from", "invalid_format"), ("/to", "invalid_format")]),
            (json!({"from": "/a", "to": "/b", "status": 410}), vec![("/to", "unknown")]),
            (json!({"from": 7, "to": [], "status": "301", "slug": "x"}), vec![("/from", "wrong_type"), ("/slug", "unknown"), ("/status", "wrong_type"), ("/to", "wrong_type")]),
            (json!({"from": "/a%zz", "to": "/b\nc"}), vec![("/from", "invalid_format"), ("/to", "control_character")]),
            (json!({"from": format!("/{}", "a".repeat(2000)), "to": "/b"}), vec![("/from", "too_long")]),
            (json!({"from": "/taken/", "to": "/c"}), vec![("/from", "taken")]),
        ] {
            let answer = editor.post(DESK, &body).assert_status(422);
            assert_eq!(answer.faults(), faults.iter().map(|(place, code)| ((*place).to_owned(), (*code).to_owned())).collect::<Vec<_>>(), "{body}");
        }
        assert_eq!(editor.post(DESK, &json!([])).assert_status(422).faults(), [(String::new(), "wrong_type".to_owned())]);
        assert_eq!(editor.get(&format!("{DESK}?total=true")).json()["page"]["total"], 1);
        editor.get(&format!("{DESK}/taken")).assert_status(404);
    }
}
