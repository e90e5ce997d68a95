//! `GET /v1/<collection>`

use super::super::{assert_query_refused, column, delivered, member_names, walk};
use crate::harness::builders::{id_of, make};
use crate::harness::client::Requests;
use serde_json::json;

/// Queries that no list of records takes, and the parameter that the refusal names.
pub const BAD_QUERIES: [(&str, &str); 33] = [
    ("limit=0", "limit"),
    ("limit=101", "limit"),
    ("limit=-1", "limit"),
    ("limit=abc", "limit"),
    ("limit=", "limit"),
    ("limit", "limit"),
    ("limit=1.5", "limit"),
    ("limit=1e1", "limit"),
    ("limit=%201", "limit"),
    ("limit=99999999999999999999", "limit"),
    ("limit=10&limit=10", "limit"),
    ("sort=colour", "sort"),
    ("sort=", "sort"),
    ("sort=--name", "sort"),
    ("sort=name,updated_at", "sort"),
    ("sort=NAME", "sort"),
    ("total=yes", "total"),
    ("total=1", "total"),
    ("fields=", "fields"),
    ("fields=colour", "fields"),
    ("fields=name,,slug", "fields"),
    ("fields=name,", "fields"),
    ("updated_since=yesterday", "updated_since"),
    ("updated_since=2026-11-26", "updated_since"),
    ("updated_since=2026-11-26T09:00:00", "updated_since"),
    ("updated_since=2026-13-26T09:00:00Z", "updated_since"),
    ("cursor=", "cursor"),
    ("cursor=abc", "cursor"),
    ("cursor=%27%20OR%201%3D1", "cursor"),
    ("colour=red", "colour"),
    ("Limit=10", "Limit"),
    ("name=%ff", "name"),
    ("name=%00", "name"),
];

on_both! {
    fn reader_lists_records_without_logging_in(app: &App) {
        let (editor, reader) = (app.editor(), app.anonymous());
        for kind in delivered() {
            let empty = reader.get(&format!("{}?total=true", kind.public())).assert_status(200).json();
            assert_eq!(empty, json!({"data": [], "page": {"limit": 20, "next": null, "previous": null, "total": 0}}));
            make(&editor, kind.collection, &kind.body("Wharf"));
            make(&editor, kind.collection, &kind.body("Harbour"));
            let answer = reader.get(&kind.public()).assert_status(200);
            let list = answer.json();
            assert_eq!(column(&list, "slug"), ["harbour", "wharf"]);
            assert_eq!(member_names(&list["data"][0]), kind.public_members());
            assert_eq!(list["data"][0], reader.get(&format!("{}/harbour", kind.public())).json());
            assert_eq!(answer.header("link"), None, "there is but one page: {answer}");
            let fewer = reader.get(&format!("{}?fields=slug", kind.public())).assert_status(200).json();
            assert_eq!(fewer["data"], json!([{"slug": "harbour"}, {"slug": "wharf"}]));
        }
    }

    fn reader_chooses_the_order(app: &App) {
        let (editor, reader) = (app.editor(), app.anonymous());
        for kind in delivered() {
            for name in ["Bravo", "Charlie", "Alpha"] {
                make(&editor, kind.collection, &kind.body(name));
                app.clock.advance_seconds(1);
            }
            let orders = [
                ("", ["alpha", "bravo", "charlie"]),
                ("?sort=name", ["alpha", "bravo", "charlie"]),
                ("?sort=-name", ["charlie", "bravo", "alpha"]),
                ("?sort=updated_at", ["bravo", "charlie", "alpha"]),
                ("?sort=-updated_at", ["alpha", "charlie", "bravo"]),
            ];
            for (query, slugs) in orders {
                assert_eq!(column(&reader.get(&format!("{}{query}", kind.public())).json(), "slug"), slugs, "{} {query}", kind.collection);
            }
        }
    }

    fn reader_lists_what_has_changed_since(app: &App) {
        let (editor, reader) = (app.editor(), app.anonymous());
        for kind in delivered() {
            make(&editor, kind.collection, &kind.body("Old"));
            app.clock.advance_seconds(60);
            let since = make(&editor, kind.collection, &kind.body("New"))["updated_at"].as_str().expect("a time").to_owned();
            let list = reader.get(&format!("{}?updated_since={since}&total=true", kind.public())).assert_status(200).json();
            assert_eq!((column(&list, "slug"), &list["page"]["total"]), (vec!["new".to_owned()], &json!(1)));
            let list = reader.get(&format!("{}?updated_since=9000-01-01T00:00:00%2B11:00&total=true", kind.public())).assert_status(200).json();
            assert_eq!((&list["data"], &list["page"]["total"]), (&json!([]), &json!(0)));
        }
    }

    fn reader_pages_forward_and_back_and_misses_none(app: &App) {
        let (editor, reader) = (app.editor(), app.anonymous());
        for kind in delivered() {
            // With equal names and equal times, so that only the id tells them apart.
            let mut made: Vec<String> = (0..27)
                .map(|number| {
                    if number % 5 == 0 {
                        app.clock.advance_seconds(1);
                    }
                    id_of(&make(&editor, kind.collection, &kind.body(&format!("Name {}", number % 4)))).to_owned()
                })
                .collect();
            made.sort();
            for query in ["limit=10", "sort=-name&limit=10", "limit=10&sort=updated_at&fields=id", "limit=10&sort=-updated_at", "limit=9", "limit=26", "limit=27", "limit=100", "limit=7&total=true"] {
                let mut walked = walk(&reader, &format!("{}?{query}", kind.public()));
                walked.sort();
                assert_eq!(walked, made, "{} {query}", kind.collection);
            }
            let page = reader.get(&format!("{}?limit=10&total=true", kind.public())).json();
            assert_eq!((&page["page"]["total"], &page["page"]["limit"]), (&json!(27), &json!(10)));
            assert_eq!(reader.get(&kind.public()).json()["data"].as_array().map(Vec::len), Some(20));
        }
    }

    fn reader_pages_on_while_records_are_added(app: &App) {
        let (editor, reader) = (app.editor(), app.anonymous());
        for kind in delivered() {
            let made: Vec<String> =
                (10..35).map(|number| id_of(&make(&editor, kind.collection, &kind.body(&format!("Name {number}")))).to_owned()).collect();
            let first = reader.get(&format!("{}?limit=10", kind.public())).json();
            make(&editor, kind.collection, &kind.body("A before all"));
            make(&editor, kind.collection, &kind.body("Name 15 and a half"));
            editor.delete(&format!("{}/{}", kind.desk(), made[19 - 10]), "*").assert_status(204);
            let cursor = first["page"]["next"].as_str().expect("a next page");
            let second = reader.get(&format!("{}?limit=10&cursor={cursor}", kind.public())).assert_status(200).json();
            assert_eq!(column(&second, "id"), made[10..20], "the page begins where the last one ended, even though that one is gone");
        }
    }

    fn reader_cannot_make_up_a_cursor(app: &App) {
        let (editor, reader) = (app.editor(), app.anonymous());
        for kind in delivered() {
            for name in ["Alpha", "Bravo"] {
                make(&editor, kind.collection, &kind.body(name));
            }
            let cursor = reader.get(&format!("{}?limit=1", kind.public())).json()["page"]["next"].as_str().expect("a next page").to_owned();
            reader.get(&format!("{}?cursor={cursor}", kind.public())).assert_status(200);
            for at in (0..cursor.len()).step_by(5).chain([cursor.len() - 1]) {
                let other = if cursor.as_bytes()[at] == b'A' { "B" } else { "A" };
                let tampered = format!("{}{other}{}", &cursor[..at], &cursor[at + 1..]);
                assert_query_refused(reader.get(&format!("{}?cursor={tampered}", kind.public())), "cursor");
            }
            for tampered in [cursor[..cursor.len() - 1].to_owned(), format!("{cursor}A"), cursor[1..].to_owned(), format!("{cursor}=")] {
                assert_query_refused(reader.get(&format!("{}?cursor={tampered}", kind.public())), "cursor");
            }
            for sort in ["-name", "updated_at", "-updated_at"] {
                assert_query_refused(reader.get(&format!("{}?sort={sort}&cursor={cursor}", kind.public())), "cursor");
            }
            for other in delivered().filter(|other| other.collection != kind.collection) {
                assert_query_refused(reader.get(&format!("{}?cursor={cursor}", other.public())), "cursor");
            }
        }
    }

    fn reader_is_told_which_parameter_is_wrong(app: &App) {
        let reader = app.anonymous();
        for kind in delivered() {
            for (query, parameter) in BAD_QUERIES {
                assert_query_refused(reader.get(&format!("{}?{query}", kind.public())), parameter);
            }
            let answer = reader.get(&format!("{}?limit=0&sort=x&colour=red&total=maybe", kind.public())).assert_status(400);
            assert_eq!(answer.fault_pointers(), ["colour", "limit", "sort", "total"], "all at once: {answer}");
        }
    }
}
