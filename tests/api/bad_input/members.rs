//! Members that are missing, of the wrong type, too long, unknown, or refer to nothing.

use super::{Endpoint, Takes, endpoints, kept};
use crate::harness::client::{Requests, Response};
use serde_json::{Value, json};

const NOBODY: &str = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c21";

/// A bad value of a member, where in it the fault is, and its code.
struct Bad {
    value: Value,
    inside: &'static str,
    code: &'static str,
}

fn bad(value: impl Into<Value>, code: &'static str) -> Bad {
    Bad { value: value.into(), inside: "", code }
}

/// Bad values of what a member takes, the first of the wrong type. `good` is a good one.
fn bad_values(takes: Takes, good: &Value) -> Vec<Bad> {
    let formats = |values: &[&str], code: &'static str| values.iter().map(move |value| bad(*value, code)).collect::<Vec<_>>();
    let mut all = match takes {
        Takes::Integer(..) | Takes::Number(..) => vec![bad("1", "wrong_type"), bad(true, "wrong_type"), bad(json!([1]), "wrong_type")],
        Takes::Object => vec![bad("x", "wrong_type"), bad(json!([]), "wrong_type"), bad(1, "wrong_type"), bad(false, "wrong_type")],
        Takes::Ids(_) | Takes::Objects(_) | Takes::Words => vec![bad("x", "wrong_type"), bad(json!({}), "wrong_type"), bad(1, "wrong_type")],
        _ => vec![bad(7, "wrong_type"), bad(true, "wrong_type"), bad(json!([]), "wrong_type"), bad(json!({}), "wrong_type")],
    };
    all.extend(match takes {
        Takes::Line(max) => {
            let mut lines = formats(&["a\nb", "a\tb", "a\r", "\u{0}", "a\u{1b}[1m", "a\u{7f}b"], "control_character");
            lines.push(bad("é".repeat(max + 1), "too_long"));
            lines
        }
        Takes::Text(max) => {
            let mut texts = formats(&["\u{0}", "a\u{8}b", "a\u{1b}[1m", "a\u{7f}b"], "control_character");
            texts.push(bad("é".repeat(max + 1), "too_long"));
            texts
        }
        Takes::Slug => {
            let mut slugs = formats(&["", "Up", "a b", "a--b", "-a", "a-", "a_b", "a/b", "..", "é", "a%20b", NOBODY], "invalid_format");
            slugs.extend([bad("a".repeat(121), "too_long"), bad("a\u{0}", "control_character")]);
            slugs
        }
        Takes::Url => {
            let mut urls = formats(
                &[
                    "javascript:alert(1)",
                    "JAVASCRIPT:alert(1)",
                    "data:text/html,<b>x</b>",
                    "vbscript:x",
                    "file:///etc/passwd",
                    "ftp://a.example",
                    "//a.example",
                    "/a",
                    "a.example",
                    "https://",
                    "https:a.example",
                    "https://user:password@a.example",
                    "https://a.example/ b",
                    " https://a.example",
                    "https:\\\\a.example",
                    "https://a.example/\"onclick=",
                    "",
                ],
                "invalid_format",
            );
            urls.extend([bad(format!("https://a.example/{}", "a".repeat(2000)), "too_long"), bad("java\nscript:alert(1)", "control_character")]);
            urls
        }
        Takes::Email => {
            formats(&["", "nobody", "@a.example", "a@", "a b@c.example", "a@b@c.example", "<a@b.example>", "mailto:a@b.example"], "invalid_format")
        }
        Takes::Language => formats(&["", "e", "english language", "en_NZ", "en-", "-en", "en-ñ", "123"], "invalid_format"),
        Takes::Zone => formats(
            &["", "Mars/Olympus", "pacific/auckland", "+13:00", "../../etc/passwd", "/etc/localtime", "Pacific/Auckland "],
            "unknown_time_zone",
        ),
        Takes::LocalTime => formats(&["", "tomorrow", "2026-12-03", "2026-12-03T19:00Z", "2026-02-30T19:00"], "invalid_format"),
        Takes::Date => formats(&["", "today", "2026", "2026-13", "2026-02-30", "26-11-20", "2026/11"], "invalid_format"),
        Takes::Time => formats(
            &["", "tomorrow", "2026-11-20", "2026-11-20T06:00:00", "2026-02-30T06:00:00Z", "2026-11-20T06:00:00Z[UTC]", "1764000000"],
            "invalid_format",
        ),
        Takes::Word => formats(&["", "purple", "\u{0}", "YES"], "not_one_of"),
        Takes::Words => vec![
            Bad { value: json!(["purple"]), inside: "/0", code: "not_one_of" },
            Bad { value: json!([7]), inside: "/0", code: "not_one_of" },
            Bad { value: json!([good[0], good[0]]), inside: "/1", code: "repeated" },
        ],
        Takes::Integer(min, max) => vec![
            bad(min - 1, "out_of_range"),
            bad(max + 1, "out_of_range"),
            bad(i64::MIN, "out_of_range"),
            bad(u64::MAX, "out_of_range"),
            bad(1.5, "wrong_type"),
            bad(1e300, "wrong_type"),
        ],
        Takes::Number(min, max) => vec![bad(min - 0.001, "out_of_range"), bad(max + 0.001, "out_of_range"), bad(1e300, "out_of_range")],
        Takes::Id => {
            let mut ids =
                formats(&["", "x", "urn:uuid:01936d6c-7a10-7c3e-9d55-6b1f0e9a4c21", "01936d6c7a107c3e9d556b1f0e9a4c21", "\u{0}"], "invalid_format");
            ids.push(bad(NOBODY, "dangling"));
            ids
        }
        Takes::Ids(max) => vec![
            Bad { value: json!([7]), inside: "/0", code: "wrong_type" },
            Bad { value: json!([null]), inside: "/0", code: "wrong_type" },
            Bad { value: json!(["x"]), inside: "/0", code: "invalid_format" },
            Bad { value: json!([good[0], NOBODY]), inside: "/1", code: "dangling" },
            Bad { value: json!([good[0], good[0]]), inside: "/1", code: "repeated" },
            bad(vec![good[0].clone(); max + 1], "too_long"),
        ],
        Takes::Object => vec![],
        Takes::Objects(max) => vec![
            Bad { value: json!([good[0], 7]), inside: "/1", code: "wrong_type" },
            Bad { value: json!([null]), inside: "/0", code: "wrong_type" },
            bad(vec![good[0].clone(); max + 1], "too_long"),
        ],
    });
    all
}

/// The first member on the way of a pointer, as a patch takes it from a body.
fn patch_of(body: &Value, pointer: &str) -> Value {
    let name = pointer.split('/').nth(1).expect("a pointer into an object");
    json!({name: body[name]})
}

/// Asserts that a body was refused for that one fault.
#[track_caller]
fn assert_refused(answer: Response, pointer: &str, code: &str) {
    let answer = answer.assert_status(422);
    assert_eq!(answer.problem_code(), "validation_failed", "{answer}");
    assert_eq!(answer.faults(), [(pointer.to_owned(), code.to_owned())], "{answer}");
    for fault in answer.problem()["errors"].as_array().expect("faults") {
        assert!(fault["message"].as_str().is_some_and(|message| !message.is_empty()), "{answer}");
    }
}

on_both! {
    fn editor_is_told_of_each_bad_member(app: &App) {
        let editor = app.editor();
        let endpoints = endpoints(&editor);
        let before = kept(app, &endpoints);
        for endpoint in &endpoints {
            for (pointer, takes) in endpoint.takes {
                let good = endpoint.body.pointer(pointer).expect("a body with every member");
                for Bad { value, inside, code } in bad_values(*takes, good) {
                    let body = endpoint.body_with(pointer, value);
                    assert_refused(editor.post(&endpoint.collection_path(), &body), &format!("{pointer}{inside}"), code);
                    assert_refused(editor.patch(&endpoint.item, "*", &patch_of(&body, pointer)), &format!("{pointer}{inside}"), code);
                }
            }
        }
        assert_eq!(kept(app, &endpoints), before);
    }

    fn editor_fills_each_member_to_its_limit_and_it_comes_back_whole(app: &App) {
        let editor = app.editor();
        for endpoint in &endpoints(&editor) {
            let mut body = endpoint.body.clone();
            for (pointer, takes) in endpoint.takes {
                // Four bytes each, and lines where there may be lines.
                let full = match takes {
                    Takes::Line(max) if !["/country", "/credit_line_template"].contains(pointer) => "𝔐".repeat(*max),
                    Takes::Text(max) => format!("\n{}\r\n\t", "𝔐".repeat(max - 4)),
                    Takes::Slug => "a".repeat(120),
                    Takes::Url => format!("https://a.example/{}", "a".repeat(2000 - 18)),
                    Takes::Number(_, max) => {
                        *body.pointer_mut(pointer).expect("a member") = json!(max);
                        continue;
                    }
                    Takes::Integer(_, max) => {
                        *body.pointer_mut(pointer).expect("a member") = json!(max);
                        continue;
                    }
                    _ => continue,
                };
                *body.pointer_mut(pointer).expect("a member") = full.into();
            }
            let answer = editor.post(&endpoint.collection_path(), &body).assert_status(201);
            let (made, found) = (answer.json(), editor.get(&answer.location()).assert_status(200).json());
            for (pointer, _) in endpoint.takes {
                if *pointer == "/revision_note" {
                    // It tells of the change, and is kept with the revision.
                    let revision = editor.get(&format!("{}/revisions/1", answer.location())).assert_status(200).json();
                    assert_eq!(Some(&revision["note"]), body.pointer(pointer), "a note came back as something else");
                    continue;
                }
                let sent = body.pointer(pointer);
                assert!(made.pointer(pointer) == sent && found.pointer(pointer) == sent, "{}: {pointer} came back as something else", endpoint.collection);
            }
        }
    }

    fn editor_is_told_of_what_is_missing(app: &App) {
        let editor = app.editor();
        let endpoints = endpoints(&editor);
        let before = kept(app, &endpoints);
        for endpoint in &endpoints {
            for pointer in endpoint.required {
                // A null says the same as nothing.
                let body = endpoint.body_with(pointer, Value::Null);
                assert_refused(editor.post(&endpoint.collection_path(), &body), pointer, "required");
                assert_refused(editor.patch(&endpoint.item, "*", &patch_of(&body, pointer)), pointer, "required");
                let (parent, name) = pointer.rsplit_once('/').expect("a pointer");
                let mut body = endpoint.body.clone();
                body.pointer_mut(parent).and_then(Value::as_object_mut).expect("an object").shift_remove(name);
                assert_refused(editor.post(&endpoint.collection_path(), &body), pointer, "required");
            }
            for pointer in ["/name", "/title"].iter().filter(|pointer| endpoint.required.contains(pointer)) {
                for blank in ["", " ", "\u{a0}\u{3000}\u{2003}"] {
                    let body = endpoint.body_with(pointer, blank.into());
                    assert_refused(editor.post(&endpoint.collection_path(), &body), pointer, "required");
                    assert_refused(editor.patch(&endpoint.item, "*", &patch_of(&body, pointer)), pointer, "required");
                }
            }
            let mut needed: Vec<&str> = endpoint.required.iter().filter(|pointer| pointer.matches('/').count() == 1).copied().collect();
            match endpoint.collection {
                // Neither without the other, but both may be left out.
                "venues" => needed.retain(|pointer| *pointer == "/name"),
                // There is no branch either to take it from.
                "meetings" => needed.push("/timezone"),
                _ => {}
            }
            needed.sort_unstable();
            assert_eq!(editor.post(&endpoint.collection_path(), &json!({})).assert_status(422).fault_pointers(), needed);
        }
        assert_eq!(kept(app, &endpoints), before);
    }

    fn editor_is_told_of_every_fault_at_once(app: &App) {
        let editor = app.editor();
        let endpoints = endpoints(&editor);
        let before = kept(app, &endpoints);
        for endpoint in &endpoints {
            let mut body = json!({"colour": "red", "a/b~c": 1});
            let mut expected = vec![("/a~1b~0c".to_owned(), "unknown".to_owned()), ("/colour".to_owned(), "unknown".to_owned())];
            for (pointer, takes) in endpoint.takes.iter().filter(|(pointer, _)| pointer.matches('/').count() == 1) {
                body[&pointer[1..]] = bad_values(*takes, &Value::Null).swap_remove(0).value;
                expected.push(((*pointer).to_owned(), "wrong_type".to_owned()));
            }
            expected.sort();
            assert_eq!(editor.post(&endpoint.collection_path(), &body).assert_status(422).faults(), expected);
            assert_eq!(editor.patch(&endpoint.item, "*", &body).assert_status(422).faults(), expected);
        }
        let articles = endpoints.last().expect("the articles");
        let body = json!({
            "title": "x",
            "body": {"format": "word", "text": "x"},
            "bylines": [{"role": "words"}, {"author_id": NOBODY, "name": "x"}],
            "credits": [{"publication_id": NOBODY, "via": [{"url": "javascript:x"}]}],
            "lead_image": {"width": 0},
        });
        let expected = [
            ("/body/format", "not_one_of"),
            ("/body/source", "required"),
            ("/body/text", "unknown"),
            ("/bylines/0/author_id", "required"),
            ("/bylines/1/name", "unknown"),
            ("/credits/0/via/0/name", "required"),
            ("/credits/0/via/0/url", "invalid_format"),
            ("/lead_image/url", "required"),
            ("/lead_image/width", "out_of_range"),
        ];
        let mut found = editor.post(&articles.collection_path(), &body).assert_status(422).faults();
        // What refers to nothing is told of too.
        assert!(found.contains(&("/credits/0/publication_id".to_owned(), "dangling".to_owned())), "{found:?}");
        found.retain(|(_, code)| code != "dangling");
        assert_eq!(found, expected.map(|(pointer, code)| (pointer.to_owned(), code.to_owned())));
        assert_eq!(kept(app, &endpoints), before);
    }

    fn editor_sends_members_that_nobody_knows(app: &App) {
        let editor = app.editor();
        let endpoints = endpoints(&editor);
        let before = kept(app, &endpoints);
        for Endpoint { body, item, collection, .. } in &endpoints {
            for name in ["colour", "", "id", "version", "created_at", "__proto__", "Name", "name ", "a\u{0}b"] {
                for value in [json!(1), Value::Null] {
                    let mut body = body.clone();
                    body[name] = value;
                    assert_refused(editor.post(&format!("/v1/editor/{collection}"), &body), &format!("/{name}"), "unknown");
                    assert_refused(editor.patch(item, "*", &json!({name: body[name]})), &format!("/{name}"), "unknown");
                }
            }
        }
        assert_eq!(kept(app, &endpoints), before);
    }

    fn editor_sends_a_slug_that_is_taken(app: &App) {
        let editor = app.editor();
        for endpoint in &endpoints(&editor) {
            let body = endpoint.body_with("/slug", "made".into());
            assert_refused(editor.post(&endpoint.collection_path(), &body), "/slug", "taken");
            let other = editor.post(&endpoint.collection_path(), &endpoint.body).assert_status(201).location();
            assert_refused(editor.patch(&other, "*", &json!({"slug": "made"})), "/slug", "taken");
            // Its own is not taken by another.
            editor.patch(&other, "*", &json!({"slug": "not-taken-yet"})).assert_status(200);
        }
    }

    fn editor_sends_what_does_not_go_together(app: &App) {
        let editor = app.editor();
        for (path, body, pointer, code) in [
            ("publications", json!({"name": "x", "permission_from": "2026-01-02T00:00:00Z", "permission_until": "2026-01-01T00:00:00Z"}), "/permission_until", "out_of_range"),
            ("publications", json!({"name": "x", "permission_from": "2026-01-02T00:00:00Z", "permission_until": "2026-01-02T11:00:00+11:00"}), "/permission_until", "out_of_range"),
            ("publications", json!({"name": "x", "country": "nz"}), "/country", "invalid_format"),
            ("publications", json!({"name": "x", "country": "Ä"}), "/country", "invalid_format"),
            ("publications", json!({"name": "x", "credit_line_template": "From us"}), "/credit_line_template", "invalid_format"),
            ("publications", json!({"name": "x", "credit_line_template": "{publication} {colour}"}), "/credit_line_template", "invalid_format"),
            ("venues", json!({"name": "x", "latitude": 1}), "/longitude", "required"),
            ("venues", json!({"name": "x", "longitude": 1}), "/latitude", "required"),
        ] {
            assert_refused(editor.post(&format!("/v1/editor/{path}"), &body), pointer, code);
            assert_eq!(editor.get(&format!("/v1/editor/{path}?total=true")).json()["page"]["total"], 0);
        }
    }
}
