//! `GET /v1/<collection>/<slug>`

use super::super::{assert_query_refused, delivered, member_names};
use crate::harness::app::PUBLIC_URL;
use crate::harness::builders::{etag_of, id_of, make};
use crate::harness::client::Requests;
use serde_json::json;
use uuid::Uuid;

on_both! {
    fn reader_finds_a_record_by_slug_and_by_id(app: &App) {
        let (editor, reader) = (app.editor(), app.anonymous());
        for kind in delivered() {
            let body = kind.body("Harbour");
            let made = make(&editor, kind.collection, &body);
            let by_slug = reader.get(&format!("{}/harbour", kind.public())).assert_status(200);
            assert_eq!(by_slug.body, reader.get(&format!("{}/{}", kind.public(), id_of(&made))).assert_status(200).body);
            let shown = by_slug.json();
            assert_eq!(member_names(&shown), kind.public_members());
            for name in kind.public_members().iter().filter(|name| !["page_url", "ancestors"].contains(&name.as_str())) {
                assert_eq!(shown[name], made[name], "{}: {name}", kind.collection);
            }
            assert_eq!(shown["page_url"], format!("{PUBLIC_URL}/{}/harbour", kind.collection));
            assert!(by_slug.header("cache-control").is_some_and(|value| value.contains("public")), "{by_slug}");
            assert_eq!(by_slug.header("access-control-allow-origin"), Some("*"), "{by_slug}");
            assert_eq!(by_slug.header("last-modified"), Some("Thu, 26 Nov 2026 09:00:00 GMT"), "{by_slug}");
        }
    }

    fn reader_never_sees_what_is_private(app: &App) {
        let (editor, reader) = (app.editor(), app.anonymous());
        for kind in delivered() {
            make(&editor, kind.collection, &kind.body("Harbour"));
            for path in [format!("{}/harbour", kind.public()), kind.public()] {
                assert!(!reader.get(&path).assert_status(200).text().contains("SECRET"), "{path}");
                let of_the_desk = ["version", "created_at", "updated_by"];
                for name in kind.private.iter().chain(&of_the_desk) {
                    assert_query_refused(reader.get(&format!("{path}?fields={name}")), "fields");
                    assert_query_refused(reader.get(&format!("{path}?fields=name,{name}")), "fields");
                }
            }
            for name in kind.private {
                for sort in [(*name).to_owned(), format!("-{name}")] {
                    assert_query_refused(reader.get(&format!("{}?sort={sort}", kind.public())), "sort");
                    assert_query_refused(editor.get(&format!("{}?sort={sort}", kind.desk())), "sort");
                }
                assert_query_refused(reader.get(&format!("{}?{name}=x", kind.public())), name);
            }
        }
    }

    fn reader_finds_the_members_asked_for(app: &App) {
        let (editor, reader) = (app.editor(), app.anonymous());
        for kind in delivered() {
            make(&editor, kind.collection, &kind.body("Harbour"));
            let path = format!("{}/harbour", kind.public());
            assert_eq!(reader.get(&format!("{path}?fields=slug,name")).assert_status(200).json(), json!({"slug": "harbour", "name": "Harbour"}));
            let all = kind.public_members().join(",");
            assert_eq!(reader.get(&format!("{path}?fields={all}")).assert_status(200).json(), reader.get(&path).json());
            assert_query_refused(reader.get(&format!("{path}?colour=red")), "colour");
            assert_query_refused(reader.get(&format!("{path}?fields=name&fields=slug")), "fields");
        }
    }

    fn reader_of_an_old_slug_is_led_to_the_new_one_in_one_step(app: &App) {
        let (editor, reader) = (app.editor(), app.anonymous());
        for kind in delivered() {
            let mut shown = make(&editor, kind.collection, &kind.body("First"));
            for slug in ["second", "third", "fourth"] {
                let path = format!("{}/{}", kind.desk(), id_of(&shown));
                shown = editor.patch(&path, &etag_of(&shown), &json!({"slug": slug})).assert_status(200).json();
            }
            for old in ["first", "second", "third"] {
                let answer = reader.get(&format!("{}/{old}", kind.public())).assert_status(301);
                assert_eq!(answer.location(), format!("{}/fourth", kind.public()));
                let answer = reader.get(&format!("{}/{old}?fields=name", kind.public())).assert_status(301);
                assert_eq!(answer.location(), format!("{}/fourth?fields=name", kind.public()));
            }
            reader.get(&format!("{}/fourth", kind.public())).assert_status(200);

            // Back again: the slug is its own, and leads nowhere.
            let path = format!("{}/{}", kind.desk(), id_of(&shown));
            editor.patch(&path, "*", &json!({"slug": "first"})).assert_status(200);
            reader.get(&format!("{}/first", kind.public())).assert_status(200);
            for old in ["second", "third", "fourth"] {
                assert_eq!(reader.get(&format!("{}/{old}", kind.public())).assert_status(301).location(), format!("{}/first", kind.public()));
            }
            editor.delete(&path, "*").assert_status(204);
            for old in ["first", "second", "third", "fourth"] {
                reader.get(&format!("{}/{old}", kind.public())).assert_status(404).problem();
            }
        }
    }

    fn reader_of_a_slug_that_another_took_finds_the_other(app: &App) {
        let (editor, reader) = (app.editor(), app.anonymous());
        for kind in delivered() {
            let one = make(&editor, kind.collection, &kind.body("Harbour"));
            editor.patch(&format!("{}/{}", kind.desk(), id_of(&one)), "*", &json!({"slug": "wharf"})).assert_status(200);
            // Given up, it is free, also for a slug made from a name.
            let other = make(&editor, kind.collection, &kind.body("Harbour"));
            assert_eq!(other["slug"], "harbour");
            let path = format!("{}/harbour", kind.public());
            assert_eq!(reader.get(&path).assert_status(200).json()["id"], other["id"]);
            editor.patch(&format!("{}/{}", kind.desk(), id_of(&other)), "*", &json!({"slug": "pier"})).assert_status(200);
            assert_eq!(reader.get(&path).assert_status(301).location(), format!("{}/pier", kind.public()));
        }
    }

    fn reader_who_has_it_already_gets_no_body(app: &App) {
        let (editor, reader) = (app.editor(), app.anonymous());
        for kind in delivered() {
            let made = make(&editor, kind.collection, &kind.body("Harbour"));
            for path in [format!("{}/harbour", kind.public()), kind.public(), format!("{}?fields=name", kind.public())] {
                let etag = reader.get(&path).assert_status(200).etag();
                assert!(etag.starts_with('"') && etag.ends_with('"') && etag.len() > 2, "{etag} is not strong");
                for known in [etag.clone(), format!("W/{etag}"), format!("\"other\", {etag}"), "*".to_owned()] {
                    let answer = reader.get_with(&path, &[("if-none-match", &known)]).assert_status(304);
                    assert!(answer.body.is_empty() && answer.etag() == etag, "{answer}");
                    assert!(answer.header("cache-control").is_some(), "{answer}");
                }
                reader.get_with(&path, &[("if-none-match", "\"other\"")]).assert_status(200);
                let whole = reader.get(&path);
                let head = reader.head(&path).assert_status(200);
                assert!(head.body.is_empty(), "{head}");
                for name in ["etag", "content-type", "cache-control", "last-modified", "content-length"] {
                    assert_eq!(head.header(name), whole.header(name), "{name} of HEAD {path}");
                }
                reader.send("HEAD", &path, &[("if-none-match", &etag)], &[]).assert_status(304);
            }
            let path = format!("{}/harbour", kind.public());
            let etag = reader.get(&path).etag();
            editor.patch(&format!("{}/{}", kind.desk(), id_of(&made)), "*", &json!({"name": "Harbour two"})).assert_status(200);
            assert_ne!(reader.get_with(&path, &[("if-none-match", &etag)]).assert_status(200).etag(), etag);
        }
    }

    fn reader_does_not_find_what_is_not_there(app: &App) {
        let reader = app.anonymous();
        for kind in delivered() {
            for name in [Uuid::now_v7().to_string().as_str(), "nowhere", "Up", "a%20b", "%00", "%ff", "..%2f", &"x".repeat(500)] {
                let answer = reader.get(&format!("{}/{name}", kind.public())).assert_status(404);
                assert_eq!(answer.problem_code(), "not_found");
            }
        }
        // Venues are shown with their meetings and have no address of their own.
        reader.get("/v1/venues").assert_status(404).problem();
    }
}
