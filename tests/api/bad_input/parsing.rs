//! Bodies that are no JSON, no object, of another type, or too large.

use super::{endpoints, kept};
use crate::harness::client::Requests;
use serde_json::json;

/// Three mebibytes and a byte.
const TOO_LARGE: usize = 3 * 1024 * 1024 + 1;

fn nested(levels: usize) -> Vec<u8> {
    // The object around it is a level too.
    [b"{\"name\":".to_vec(), vec![b'['; levels - 1], vec![b']'; levels - 1], b"}".to_vec()].concat()
}

on_both! {
    fn editor_sends_what_is_no_json_and_is_told(app: &App) {
        let editor = app.editor();
        let endpoints = endpoints(&editor);
        let before = kept(app, &endpoints);
        let bodies: [&[u8]; 24] = [
            b"",
            b" ",
            b"{",
            b"{\"name\":\"x\"",
            b"{\"name\":\"x\"}}",
            b"{\"name\":\"x\"} {}",
            b"{\"name\":\"x\",}",
            b"{'name':'x'}",
            b"{name:\"x\"}",
            b"{\"name\":undefined}",
            b"{\"name\":NaN}",
            b"{\"name\":1e999}",
            b"{\"name\":\"\xff\"}",
            b"{\"\xc3\x28\":1}",
            b"{\"name\":\"\xed\xa0\x80\"}",
            b"{\"name\":\"\\ud800\"}",
            b"{\"name\":\"\\udc00x\"}",
            b"{\"name\":\"a\nb\"}",
            b"\xef\xbb\xbf{\"name\":\"x\"}",
            b"{\"name\":\"x\",\"name\":\"y\"}",
            b"{\"name\":\"x\",\"n\\u0061me\":\"x\"}",
            b"{\"body\":{\"source\":\"x\",\"source\":\"y\"}}",
            b"name=x",
            b"{\"name\":\"x\"}\x00",
        ];
        let deep = nested(65);
        let endless = vec![b'['; 100_000];
        for endpoint in &endpoints {
            for body in bodies.iter().copied().chain([deep.as_slice(), &endless]) {
                for (method, path) in [("POST", endpoint.collection_path()), ("PATCH", endpoint.item.clone())] {
                    let answer = editor.send(method, &path, &[("content-type", "application/json"), ("if-match", "*")], body).assert_status(400);
                    assert_eq!(answer.problem_code(), "malformed_json", "{}: {answer}", String::from_utf8_lossy(&body[..body.len().min(100)]));
                }
            }
        }
        // As deep as may be, it is JSON, if nothing else.
        let answer = editor.send("POST", "/v1/editor/tags", &[("content-type", "application/json")], &nested(64)).assert_status(422);
        assert_eq!(answer.faults(), [("/name".to_owned(), "wrong_type".to_owned())]);
        assert_eq!(kept(app, &endpoints), before);
    }

    fn editor_sends_json_that_is_no_object_and_is_told(app: &App) {
        let editor = app.editor();
        let endpoints = endpoints(&editor);
        let before = kept(app, &endpoints);
        for endpoint in &endpoints {
            for body in [json!(null), json!([]), json!([{"name": "x"}]), json!("x"), json!(7), json!(true)] {
                for answer in [editor.post(&endpoint.collection_path(), &body), editor.patch(&endpoint.item, "*", &body)] {
                    let answer = answer.assert_status(422);
                    assert_eq!(answer.faults(), [(String::new(), "wrong_type".to_owned())], "{body}: {answer}");
                }
            }
        }
        assert_eq!(kept(app, &endpoints), before);
    }

    fn editor_sends_another_type_and_is_told(app: &App) {
        let editor = app.editor();
        let endpoints = endpoints(&editor);
        let before = kept(app, &endpoints);
        for endpoint in &endpoints {
            for (method, path, body) in [("POST", endpoint.collection_path(), endpoint.body.clone()), ("PATCH", endpoint.item.clone(), json!({"slug": "x"}))] {
                let body = body.to_string();
                for media_type in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/xml", "text/json", "application/jsonx", ""] {
                    let answer = editor.send(method, &path, &[("content-type", media_type), ("if-match", "*")], body.as_bytes()).assert_status(415);
                    assert_eq!(answer.problem_code(), "unsupported_media_type", "{answer}");
                }
                let answer = editor.send(method, &path, &[("if-match", "*")], body.as_bytes()).assert_status(415);
                assert_eq!(answer.problem_code(), "unsupported_media_type", "without a type: {answer}");
            }
        }
        assert_eq!(kept(app, &endpoints), before);
        for media_type in ["application/json; charset=utf-8", "Application/JSON", "application/merge-patch+json"] {
            editor.send("POST", "/v1/editor/tags", &[("content-type", media_type)], b"{\"name\":\"x\"}").assert_status(201);
        }
    }

    fn editor_sends_too_much_and_is_told(app: &App) {
        let editor = app.editor();
        let endpoints = endpoints(&editor);
        let before = kept(app, &endpoints);
        for endpoint in &endpoints {
            for (method, path) in [("POST", endpoint.collection_path()), ("PATCH", endpoint.item.clone())] {
                // Announced and never sent: it is refused before it comes.
                let head = format!(
                    "{method} {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nIf-Match: *\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: {TOO_LARGE}\r\n\r\n",
                    editor.access_token
                );
                let answer = app.send_raw(head.as_bytes());
                assert!(answer.starts_with("HTTP/1.1 413 ") && answer.contains("\"code\":\"body_too_large\""), "{answer}");
            }
        }
        // In pieces, nothing is announced.
        let mut request = format!(
            "POST /v1/editor/tags HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n{TOO_LARGE:x}\r\n",
            editor.access_token
        )
        .into_bytes();
        request.extend(vec![b' '; TOO_LARGE]);
        request.extend(b"\r\n0\r\n\r\n");
        let answer = app.send_raw(&request);
        assert!(answer.starts_with("HTTP/1.1 413 ") && answer.contains("\"code\":\"body_too_large\""), "{answer}");
        assert_eq!(kept(app, &endpoints), before);
    }

    fn editor_sends_a_body_to_nothing_and_is_told(app: &App) {
        let editor = app.editor();
        for endpoint in &endpoints(&editor) {
            let unknown = format!("{}/01936d6c-7a10-7c3e-9d55-6b1f0e9a4c21", endpoint.collection_path());
            editor.patch(&unknown, "*", &json!({})).assert_status(404).problem();
            editor.patch(&format!("{}/%00", endpoint.collection_path()), "*", &json!({})).assert_status(404).problem();
            editor.patch(&format!("{}/nothing/more", endpoint.item), "*", &json!({})).assert_status(404).problem();
            editor.post(&format!("{}/nothing", endpoint.item), &json!({})).assert_status(404).problem();
            for (method, path, allowed) in [("PUT", endpoint.collection_path(), "POST"), ("PATCH", endpoint.collection_path(), "POST"), ("POST", endpoint.item.clone(), "PATCH"), ("PUT", endpoint.item.clone(), "PATCH")] {
                let answer = editor.send_json(method, &path, "application/json", Some("*"), &json!({})).assert_status(405);
                assert_eq!(answer.problem_code(), "method_not_allowed");
                assert!(answer.header_list("allow").contains(&allowed.to_owned()), "{answer}");
            }
        }
        editor.post("/v1/editor/nothing", &json!({})).assert_status(404).problem();
        editor.post("/v1/editor", &json!({})).assert_status(404).problem();
    }
}
