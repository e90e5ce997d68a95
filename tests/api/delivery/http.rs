//! What HTTP asks of every reply: validators, methods, media types, CORS, security headers, request ids.

use super::read;
use crate::harness::app::App;
use crate::harness::builders::{etag_of, id_of, make_article, make_author, make_public_article};
use crate::harness::client::{Requests, Response};
use crate::harness::database::Backend;
use serde_json::{Value, json};

const JSON: (&str, &str) = ("content-type", "application/json");

/// One request for each kind of reply, from 200 to 500-and-something.
fn replies(app: &App) -> Vec<Response> {
    let (reader, editor) = (app.anonymous(), app.editor());
    make_public_article(&editor, json!({"slug": "one"}));
    let etag = reader.get("/v1/articles/one").etag();
    vec![
        reader.get("/v1/articles/one").assert_status(200),
        reader.get("/v1/articles").assert_status(200),
        reader.head("/v1/articles/one").assert_status(200),
        reader.get("/health/live").assert_status(200),
        reader.get("/.well-known/jwks.json").assert_status(200),
        reader.get("/problems").assert_status(200),
        editor.get("/v1/editor/articles").assert_status(200),
        editor.post("/v1/editor/tags", &json!({"name": "T"})).assert_status(201),
        editor.delete("/v1/editor/tags/t", "\"1\"").assert_status(204),
        reader.send("OPTIONS", "/v1/articles", &[], &[]).assert_status(204),
        reader.get_with("/v1/articles/one", &[("if-none-match", &etag)]).assert_status(304),
        reader.get("/v1/articles?colour=red").assert_status(400),
        editor.send("POST", "/v1/editor/tags", &[JSON], b"{").assert_status(400),
        reader.get("/v1/auth/me").assert_status(401),
        reader.post("/v1/auth/login", &json!({"email": "a@b.example", "password": "x"})).assert_status(401),
        app.contributor().post("/v1/editor/tags", &json!({"name": "T"})).assert_status(403),
        reader.get("/v1/articles/none").assert_status(404),
        reader.get("/nothing").assert_status(404),
        reader.send("DELETE", "/v1/articles", &[], &[]).assert_status(405),
        reader.get_with("/v1/articles", &[("accept", "text/html")]).assert_status(406),
        editor.delete("/v1/editor/articles/one", "\"2\"").assert_status(409),
        editor.delete("/v1/editor/articles/one", "\"1\"").assert_status(412),
        editor.send("POST", "/v1/editor/tags", &[JSON], &vec![b' '; 3 * 1024 * 1024 + 1]).assert_status(413),
        reader.get(&format!("/v1/articles?section={}", "a".repeat(9000))).assert_status(414),
        editor.send("POST", "/v1/editor/tags", &[("content-type", "text/plain")], b"{}").assert_status(415),
        editor.post("/v1/editor/tags", &json!({})).assert_status(422),
        editor.send("DELETE", "/v1/editor/articles/one", &[], &[]).assert_status(428),
        reader.get_with("/v1/articles", &[("x-long", &"a".repeat(17 * 1024))]).assert_status(431),
    ]
}

on_both! {
    fn every_reply_is_safe_in_a_browser_and_has_an_id(app: &App) {
        for reply in replies(app) {
            assert_eq!(reply.header("x-content-type-options"), Some("nosniff"), "{reply}");
            assert_eq!(reply.header("content-security-policy"), Some("default-src 'none'; frame-ancestors 'none'"), "{reply}");
            assert_eq!(reply.header("referrer-policy"), Some("no-referrer"), "{reply}");
            assert_eq!(reply.header("server"), None, "{reply}");
            let id = reply.header("x-request-id").unwrap_or_default();
            assert!(id.len() == 36 && reply.headers.get_all("x-request-id").iter().count() == 1, "{reply}");
            if reply.status >= 400 {
                let problem = reply.problem();
                assert_eq!(reply.header("cache-control"), Some("no-store"), "{reply}");
                // What `type` leads to exists and says the same.
                let described = app.anonymous().get(problem["type"].as_str().expect("an address")).assert_status(200).json();
                for member in ["type", "title", "status", "code"] {
                    assert_eq!(described[member], problem[member], "{reply}");
                }
                let text = reply.text().to_lowercase();
                for inner in ["sql", "diesel", "panicked", "/work", "src/", "crates", "select "] {
                    assert!(!text.contains(inner), "{inner} in {reply}");
                }
            }
            if reply.status == 401 && problem_is_about_a_token(&reply) {
                assert!(reply.header("www-authenticate").is_some_and(|scheme| scheme.starts_with("Bearer")), "{reply}");
            }
        }
    }

    fn reader_keeps_a_copy_until_it_changes(app: &App) {
        let editor = app.editor();
        let author = make_author(&editor, "Ida Moss");
        make_public_article(&editor, json!({"slug": "one", "bylines": [{"author_id": author["id"]}]}));
        let reader = app.anonymous();
        for path in ["/v1/articles/one", "/v1/articles?limit=5", "/v1/articles/one/related", "/v1/authors", "/v1/authors/ida-moss", "/v1/site", "/v1/meetings"] {
            let answer = reader.get(path).assert_status(200);
            let tag = answer.etag();
            assert!(tag.starts_with('"') && tag.ends_with('"') && tag.len() > 10, "{answer}");
            assert_eq!(answer.header("cache-control"), Some("public, max-age=0, s-maxage=60, stale-while-revalidate=30"), "{path}");
            for known in [tag.clone(), format!("W/{tag}"), format!("\"x\", {tag}"), "*".to_owned()] {
                let same = reader.get_with(path, &[("if-none-match", &known)]).assert_status(304);
                assert_eq!((same.body.len(), same.etag()), (0, tag.clone()), "{path} {known}");
                assert_eq!(same.header("cache-control"), answer.header("cache-control"));
            }
            reader.get_with(path, &[("if-none-match", "\"x\"")]).assert_status(200);
            let head = reader.head(path).assert_status(200);
            assert!(head.body.is_empty());
            for name in ["etag", "content-type", "cache-control", "last-modified", "link", "content-length"] {
                assert_eq!(head.header(name), answer.header(name), "{name} of HEAD {path}");
            }
            assert_eq!(head.header("content-length"), Some(answer.body.len().to_string().as_str()), "{path}");
            reader.send("HEAD", path, &[("if-none-match", &tag)], &[]).assert_status(304);
        }
        assert_eq!(reader.get("/v1/articles/one").header("last-modified"), Some("Thu, 26 Nov 2026 09:00:00 GMT"));
        // There is a time for what shows nothing, too.
        for path in ["/v1/articles?language=xx", "/v1/corrections", "/v1/redirects", "/v1/meetings?from=2090-01-01T00:00:00Z", "/calendar/meetings.ics", "/v1/tags"] {
            assert_eq!(reader.get(path).assert_status(200).header("last-modified"), Some("Thu, 26 Nov 2026 09:00:00 GMT"), "{path}");
        }
        // Another form is another representation, and what it refers to is part of it.
        let tag = reader.get("/v1/articles/one").etag();
        assert_ne!(reader.get("/v1/articles/one?body=text").etag(), tag);
        editor.patch("/v1/editor/authors/ida-moss", &etag_of(&author), &json!({"name": "Ida Mossgrove"})).assert_status(200);
        let answer = reader.get_with("/v1/articles/one", &[("if-none-match", &tag)]).assert_status(200);
        assert_eq!(answer.json()["byline"]["text"], "By Ida Mossgrove");
    }

    fn everyone_s_request_id_is_kept_if_it_is_sane(app: &App) {
        let reader = app.anonymous();
        for path in ["/v1/articles", "/v1/nothing"] {
            for sane in ["abc-123", "A.b_c", &"a".repeat(128)] {
                assert_eq!(reader.get_with(path, &[("x-request-id", sane)]).header("x-request-id"), Some(sane));
            }
            for insane in ["", "a b", "a\tb", "<script>", "a;b", &"a".repeat(129)] {
                let answer = reader.get_with(path, &[("x-request-id", insane)]);
                assert!(answer.header("x-request-id").is_some_and(|id| id.len() == 36 && id != insane), "{insane}: {answer}");
            }
        }
        let answer = reader.get_with("/v1/nothing", &[("x-request-id", "mine")]);
        assert_eq!(answer.problem()["request_id"], "mine");
    }

    fn reader_with_another_method_is_told_which_are_allowed(app: &App) {
        let (reader, editor) = (app.anonymous(), app.editor());
        let draft = make_article(&editor, json!({}));
        for (method, path, allowed) in [
            ("POST", "/v1/articles".to_owned(), vec!["GET", "HEAD", "OPTIONS"]),
            ("PUT", "/v1/articles/one".to_owned(), vec!["GET", "HEAD", "OPTIONS"]),
            ("DELETE", "/health/live".to_owned(), vec!["GET", "HEAD", "OPTIONS"]),
            ("PATCH", "/v1/editor/articles".to_owned(), vec!["GET", "HEAD", "OPTIONS", "POST"]),
            ("PUT", format!("/v1/editor/articles/{}", id_of(&draft)), vec!["DELETE", "GET", "HEAD", "OPTIONS", "PATCH"]),
            ("GET", format!("/v1/editor/articles/{}/publish", id_of(&draft)), vec!["OPTIONS", "POST"]),
            ("GET", "/v1/auth/login".to_owned(), vec!["OPTIONS", "POST"]),
        ] {
            let answer = reader.send(method, &path, &[], &[]).assert_status(405);
            assert_eq!(answer.problem_code(), "method_not_allowed");
            let mut allow = answer.header_list("allow");
            allow.sort();
            assert_eq!(allow, allowed, "{method} {path}");
        }
        // A method in a header is no method.
        let answer = editor.send("POST", &format!("/v1/editor/articles/{}", id_of(&draft)), &[("x-http-method-override", "DELETE"), ("if-match", "*")], &[]);
        answer.assert_status(405);
        editor.get(&format!("/v1/editor/articles/{}", id_of(&draft))).assert_status(200);
    }

    fn reader_who_takes_no_json_gets_none(app: &App) {
        make_public_article(&app.editor(), json!({"slug": "one"}));
        let reader = app.anonymous();
        for accept in ["application/json", "*/*", "application/*", "text/html, */*;q=0.1", "APPLICATION/JSON", "application/problem+json", "application/json;q=0.5"] {
            reader.get_with("/v1/articles/one", &[("accept", accept)]).assert_status(200);
        }
        for accept in ["text/html", "application/xml", "application/json;q=0", "text/*"] {
            assert_eq!(reader.get_with("/v1/articles/one", &[("accept", accept)]).assert_status(406).problem_code(), "not_acceptable", "{accept}");
        }
    }

    fn editor_sends_a_body_that_cannot_be_read_and_is_refused(app: &App) {
        let editor = app.editor();
        let send = |media_type: &str, body: &[u8]| editor.send("POST", "/v1/editor/tags", &[("content-type", media_type)], body);
        for media_type in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/xml", "json"] {
            assert_eq!(send(media_type, b"{\"name\":\"T\"}").assert_status(415).problem_code(), "unsupported_media_type", "{media_type}");
        }
        for body in [&b""[..], b"{", b"{\"name\":\"a\",\"name\":\"b\"}", b"{\"name\":\"\xff\"}", b"{\"name\":\"a\"} x", b"{\"name\":NaN}", b"\xef\xbb\xbf{\"name\":\"a\"}", &[b'['; 1000]] {
            assert_eq!(send("application/json", body).assert_status(400).problem_code(), "malformed_json", "{}", String::from_utf8_lossy(body));
        }
        for body in [&b"[]"[..], b"null", b"7", b"\"x\""] {
            assert_eq!(send("application/json", body).assert_status(422).problem_code(), "validation_failed");
        }
        send("Application/JSON; charset=UTF-8", b"{\"name\":\"T\"}").assert_status(201);
    }

    fn nobody_opens_a_path_by_spelling_it_otherwise(app: &App) {
        let editor = app.editor();
        let draft = make_article(&editor, json!({"slug": "draft"}));
        make_public_article(&editor, json!({"slug": "one"}));
        for path in [
            "/v1/articles/", "/v1//articles", "//v1/articles", "/v1/articles/one/", "/v1/articles//one", "/V1/articles", "/v1/Articles", "/v1/articles/ONE",
            "/v1/articles/one%2frelated", "/v1%2farticles", "/v1/%61rticles", "/v1/articles/%6fne", "/v1/articles/one;x", "/v1/articles/one.json", "/v1/articles/one%00", "/v1/./articles",
            "/v1/tags/../articles", "/v1/articles/..%2feditor/articles", "/v1/editor", "/v1", "/", "/v1/articles/one/draft", "/v1/articles/%", "/v1/articles/%zz",
        ] {
            // By hand: a client would tidy the path up.
            let answer = app.send_raw(format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").as_bytes());
            let status = answer.split(' ').nth(1).unwrap_or_default();
            assert!(["400", "404"].contains(&status) && answer.contains("application/problem+json"), "{path}: {answer}");
        }
        for path in [
            "/v1/editor/articles/", "/v1//editor/articles", "//v1/editor/articles", "/V1/editor/articles", "/v1/Editor/articles", "/v1/%65ditor/articles", "/v1/editor%2farticles",
            "/v1/editor/./articles", "/v1/articles/../editor/articles", "/v1/editor;x/articles", "/v1/%2565ditor/articles",
        ] {
            let request = format!("GET {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\nconnection: close\r\n\r\n", editor.access_token);
            let answer = app.send_raw(request.as_bytes());
            let status = answer.split(' ').nth(1).unwrap_or_default();
            assert!(["400", "404"].contains(&status), "{path}: {answer}");
            assert!(!answer.contains(id_of(&draft)), "{path}: {answer}");
        }
    }

    fn nobody_smuggles_a_second_request(app: &App) {
        for request in [
            "GET /v1/articles HTTP/1.1\r\n\r\n",
            "POST /v1/auth/login HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nGET /health/live HTTP/1.1\r\nhost: x\r\n\r\n",
            "POST /v1/auth/login HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nabcdef",
            "POST /v1/auth/login HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n",
            "GET /v1/articles\r\n\r\n",
            "NONSENSE\r\n\r\n",
        ] {
            let answer = app.send_raw(request.replace("\r\n\r\n", "\r\nconnection: close\r\n\r\n").as_bytes());
            assert!(!answer.contains("\"status\":\"ok\""), "{request:?}: {answer}");
        }
    }

    fn pages_of_any_origin_read_the_delivery_side(app: &App) {
        make_public_article(&app.editor(), json!({"slug": "one"}));
        let reader = app.anonymous();
        let document = masthead_server::api_document::raw_document();
        // What needs a parameter is refused without it.
        let needs_none = |item: &Value| !item["get"]["parameters"].as_array().into_iter().flatten().any(|parameter| parameter["required"] == json!(true));
        let paths = document["paths"].as_object().expect("paths").iter().filter(|(_, item)| item.get("get").is_some() && needs_none(item));
        let lists = paths.map(|(path, _)| path).filter(|path| path.starts_with("/v1/") && !path.contains('{'));
        for path in lists.filter(|path| !path.starts_with("/v1/editor/") && !path.starts_with("/v1/auth/")) {
            let answer = reader.get_with(path, &[("origin", "https://anyone.example")]).assert_status(200);
            assert_eq!(answer.header("access-control-allow-origin"), Some("*"), "{path}");
            assert!(!answer.header_list("vary").contains(&"Origin".to_owned()), "one copy does for all origins: {answer}");
        }
        for origin in ["https://anyone.example", "null"] {
            let answer = reader.get_with("/v1/articles/one", &[("origin", origin)]).assert_status(200);
            assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
            assert_eq!(answer.header("access-control-allow-credentials"), None);
            assert!(answer.header_list("access-control-expose-headers").contains(&"ETag".to_owned()));
            let preflight = reader.send("OPTIONS", "/v1/articles/one", &[("origin", origin), ("access-control-request-method", "GET"), ("access-control-request-headers", "if-none-match")], &[]).assert_status(204);
            assert_eq!(preflight.header("access-control-allow-origin"), Some("*"));
            assert_eq!(preflight.header_list("access-control-allow-methods"), ["GET", "HEAD"]);
            assert!(preflight.header_list("access-control-allow-headers").contains(&"If-None-Match".to_owned()));
            // A page may read why it was refused.
            assert_eq!(reader.get_with("/v1/articles/none", &[("origin", origin)]).assert_status(404).header("access-control-allow-origin"), Some("*"));
        }
    }
}

fn problem_is_about_a_token(reply: &Response) -> bool {
    reply.problem_code() == "unauthenticated"
}

/// On SQLite and PostgreSQL by hand, since it needs another setting.
fn editing_side_is_for_known_origins_only(backend: Backend) {
    let app = App::start_with(backend, |mut config| {
        config.editor_origins = vec!["https://desk.paper.example".to_owned()];
        config
    });
    let editor = app.editor();
    for path in ["/v1/editor/articles", "/v1/auth/me"] {
        let get = |origin: &str| editor.get_with(path, &[("origin", origin)]).assert_status(200);
        let preflight = |origin: &str| {
            editor.send(
                "OPTIONS",
                path,
                &[("origin", origin), ("access-control-request-method", "PATCH"), ("access-control-request-headers", "authorization, if-match")],
                &[],
            )
        };
        for answer in [get("https://desk.paper.example"), preflight("https://desk.paper.example").assert_status(204)] {
            assert_eq!(answer.header("access-control-allow-origin"), Some("https://desk.paper.example"));
            assert_eq!(answer.header("access-control-allow-credentials"), None);
            assert!(answer.header_list("vary").contains(&"Origin".to_owned()), "{answer}");
        }
        assert!(preflight("https://desk.paper.example").header_list("access-control-allow-headers").contains(&"If-Match".to_owned()));
        for origin in [
            "https://evil.example",
            "null",
            "https://desk.paper.example.evil.example",
            "https://evil-desk.paper.example",
            "http://desk.paper.example",
            "https://desk.paper.example:444",
            "https://desk.paper.example/",
            "HTTPS://DESK.PAPER.EXAMPLE",
            "*",
            "https://paper.example",
        ] {
            for answer in [get(origin), preflight(origin)] {
                assert_eq!(answer.header("access-control-allow-origin"), None, "{origin}: {answer}");
                assert!(answer.header_list("vary").contains(&"Origin".to_owned()), "{answer}");
            }
        }
    }
    assert_eq!(read(&app, "/v1/articles")["data"], json!([]));
}

mod pages_of_known_origins_only_use_the_editing_side {
    use super::{Backend, editing_side_is_for_known_origins_only};

    #[test]
    fn sqlite() {
        editing_side_is_for_known_origins_only(Backend::Sqlite);
    }

    #[test]
    fn postgres() {
        editing_side_is_for_known_origins_only(Backend::Postgres);
    }
}
