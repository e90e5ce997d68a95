//! `PUT /v1/editor/redirects`

use super::{DESK, lookup, to};
use crate::harness::builders::make;
use crate::harness::client::{Requests, Response, SignedIn};
use serde_json::{Value, json};

fn put(editor: &SignedIn, redirects: &Value) -> Response {
    editor.send_json("PUT", DESK, "application/json", None, &json!({"redirects": redirects}))
}

on_both! {
    fn editor_puts_many_at_once_and_again(app: &App) {
        let editor = app.editor();
        make(&editor, "redirects", &json!({"from": "/old", "to": "/1"}));
        make(&editor, "redirects", &json!({"from": "/stays", "to": "/x"}));
        let many = json!([
            {"from": "/?p=123", "to": "/articles/one"}, {"from": "/1", "to": "/2"}, {"from": "/2/", "to": "/3"}, {"from": "/3", "to": "/4", "status": 308},
            {"from": "/gone", "status": 410},
        ]);
        let answer = put(&editor, &many).assert_status(200).json();
        assert_eq!((&answer["created"], &answer["updated"], &answer["unchanged"], answer["data"].as_array().map(Vec::len)), (&json!(5), &json!(0), &json!(0), Some(5)));
        for path in ["/old", "/1", "/2"] {
            assert_eq!(lookup(app, path), to("/4"), "{path}");
        }
        assert_eq!((lookup(app, "/3"), lookup(app, "/gone"), lookup(app, "/stays")), (Some((json!("/4"), json!(308))), Some((Value::Null, json!(410))), to("/x")));
        let answer = put(&editor, &many).assert_status(200).json();
        assert_eq!((&answer["created"], &answer["updated"], &answer["unchanged"]), (&json!(0), &json!(0), &json!(5)));
        let answer = put(&editor, &json!([{"from": "/gone", "to": "/back"}, {"from": "/new", "to": "/gone"}])).assert_status(200).json();
        assert_eq!((&answer["created"], &answer["updated"], &answer["data"][1]["to"]), (&json!(1), &json!(1), &json!("/back")));
        app.contributor().send_json("PUT", DESK, "application/json", None, &json!({"redirects": many})).assert_status(403);
    }

    fn a_thousand_are_taken_and_one_more_is_not(app: &App) {
        let editor = app.editor();
        // A chain of a thousand, the end first and last.
        let many: Vec<Value> = (0..1000).map(|number| json!({"from": format!("/chain/{number}"), "to": format!("/chain/{}", number + 1)})).collect();
        assert_eq!(put(&editor, &json!(many)).assert_status(200).json()["created"], 1000);
        for number in [0, 500, 999] {
            assert_eq!(lookup(app, &format!("/chain/{number}")), to("/chain/1000"));
        }
        let reversed: Vec<Value> = many.iter().rev().cloned().collect();
        assert_eq!(put(&editor, &json!(reversed)).assert_status(200).json()["unchanged"], 1000);
        let answer = put(&editor, &json!([many.clone(), vec![json!({"from": "/a", "to": "/b"})]].concat())).assert_status(422);
        assert_eq!(answer.faults(), [("/redirects".to_owned(), "too_long".to_owned())]);
        // All that led there leads on by one change.
        make(&editor, "redirects", &json!({"from": "/chain/1000", "to": "/end"}));
        for number in [0, 500, 999] {
            assert_eq!(lookup(app, &format!("/chain/{number}")), to("/end"));
        }
    }

    fn all_or_none_and_every_fault_is_named_by_its_index(app: &App) {
        let editor = app.editor();
        make(&editor, "redirects", &json!({"from": "/there", "to": "/back"}));
        let answer = put(&editor, &json!([
            {"from": "/good", "to": "/fine"}, {"from": "bad", "to": "/x"}, {"to": "/x"}, {"from": "/good/", "to": "/y"}, {"from": "/l", "to": "/m"}, {"from": "/m", "to": "/l"},
            {"from": "/back", "to": "/there"}, {"from": "/s", "to": "/t", "status": 200}, 7, {"from": "/u", "to": "/v", "colour": 1},
        ])).assert_status(422);
        let expected = [
            ("/redirects/1/from", "invalid_format"), ("/redirects/2/from", "required"), ("/redirects/3/from", "repeated"), ("/redirects/4/to", "circular"),
            ("/redirects/5/to", "circular"), ("/redirects/6/to", "circular"), ("/redirects/7/status", "out_of_range"), ("/redirects/8", "wrong_type"),
            ("/redirects/9/colour", "unknown"),
        ];
        assert_eq!(answer.faults(), expected.map(|(place, code)| (place.to_owned(), code.to_owned())));
        assert_eq!((lookup(app, "/good"), lookup(app, "/there")), (None, to("/back")));
        for (body, place, code) in [(json!([]), "", "wrong_type"), (json!({}), "/redirects", "required"), (json!({"redirects": {}}), "/redirects", "wrong_type"), (json!({"redirects": []}), "/redirects", "required")] {
            let answer = editor.send_json("PUT", DESK, "application/json", None, &body).assert_status(422);
            assert_eq!(answer.faults(), [(place.to_owned(), code.to_owned())], "{body}");
        }
        let answer = editor.send_json("PUT", &format!("{DESK}?dry_run=true"), "application/json", None, &json!({"redirects": [{"from": "/trial", "to": "/x"}]}));
        assert_eq!((answer.assert_status(200).json()["created"].clone(), lookup(app, "/trial")), (json!(1), None));
    }
}
