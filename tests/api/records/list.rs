//! `GET /v1/editor/<collection>`

use super::{BAD_QUERIES, KINDS, assert_query_refused, column, member_names, walk};
use crate::harness::builders::{id_of, make};
use crate::harness::client::Requests;
use serde_json::json;

on_both! {
    fn editor_lists_all_records_by_name(app: &App) {
        let (editor, contributor) = (app.editor(), app.contributor());
        // By code point: both databases must agree, whatever the machine's language is.
        let names = ["!", "10", "2", "Alpha", "Zulu", "alpha", "beta", "zulu", "Ärger", "ärger", "東京"];
        for kind in &KINDS {
            assert_eq!(contributor.get(&kind.desk()).assert_status(200).json()["data"], json!([]));
            for name in names.iter().rev() {
                make(&editor, kind.collection, &kind.body(name));
            }
            let list = contributor.get(&kind.desk()).assert_status(200).json();
            assert_eq!(column(&list, "name"), names, "{}", kind.collection);
            assert_eq!(list["page"], json!({"limit": 20, "next": null, "previous": null}));
            let one = contributor.get(&format!("{}/alpha", kind.desk())).json();
            assert!(list["data"].as_array().is_some_and(|items| items.contains(&one)), "an item is shown in the list as by itself");
            let fewer = contributor.get(&format!("{}?fields=id,version", kind.desk())).assert_status(200).json();
            assert_eq!(member_names(&fewer["data"][0]), ["id", "version"]);
        }
    }

    fn editor_pages_through_records_and_misses_none(app: &App) {
        let editor = app.editor();
        for kind in &KINDS {
            let mut made: Vec<String> =
                (0..25).map(|number| id_of(&make(&editor, kind.collection, &kind.body(&format!("Name {}", number % 7)))).to_owned()).collect();
            made.sort();
            for sort in ["name", "-name", "updated_at", "-updated_at"] {
                let mut walked = walk(&editor, &format!("{}?limit=10&sort={sort}", kind.desk()));
                walked.sort();
                assert_eq!(walked, made, "{} by {sort}", kind.collection);
            }
        }
    }

    fn editor_lists_what_has_changed_since(app: &App) {
        let editor = app.editor();
        for kind in &KINDS {
            let old = make(&editor, kind.collection, &kind.body("Old"));
            make(&editor, kind.collection, &kind.body("Older"));
            app.clock.advance_seconds(60);
            let changed = editor.patch(&format!("{}/{}", kind.desk(), id_of(&old)), "*", &json!({"name": "New"})).assert_status(200).json();
            let since = changed["updated_at"].as_str().expect("a time");
            let list = editor.get(&format!("{}?updated_since={since}&total=true", kind.desk())).assert_status(200).json();
            assert_eq!(column(&list, "slug"), ["old"]);
            assert_eq!(list["page"]["total"], 1);
        }
    }

    fn editor_is_told_which_parameter_is_wrong(app: &App) {
        let editor = app.editor();
        for kind in &KINDS {
            for (query, parameter) in BAD_QUERIES {
                assert_query_refused(editor.get(&format!("{}?{query}", kind.desk())), parameter);
            }
            app.anonymous().get(&kind.desk()).assert_status(401).problem();
        }
    }
}
