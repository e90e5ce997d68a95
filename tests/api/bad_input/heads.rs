//! Addresses and headers that nobody should send: refused at once, as problem documents, and nobody else is harmed.

use crate::harness::app::App;
use crate::harness::builders::make_public_article;
use crate::harness::client::Requests;
use serde_json::{Value, json};

/// The status and the problem document of a raw answer.
fn problem(answer: &str) -> (u16, Value) {
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no head in {answer:?}"));
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_else(|| panic!("no status in {head}"));
    assert!(head.to_lowercase().contains("content-type: application/problem+json"), "{head}");
    let problem: Value = serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {body:?}"));
    assert_eq!(problem["status"], status, "{answer}");
    assert!(problem["request_id"].as_str().is_some_and(|id| head.to_lowercase().contains(&format!("x-request-id: {id}"))), "{answer}");
    (status, problem)
}

fn get(app: &App, address: &str, headers: &str) -> (u16, Value) {
    problem(&app.send_raw(format!("GET {address} HTTP/1.1\r\nHost: paper\r\nConnection: close\r\n{headers}\r\n").as_bytes()))
}

/// Others are answered as before.
fn assert_unharmed(app: &App) {
    app.anonymous().get("/v1/articles").assert_status(200);
}

on_both! {
    fn reader_asks_with_an_endless_query_and_is_refused(app: &App) {
        for (length, statuses) in [(9_000, [414, 414]), (60_000, [414, 414]), (70_000, [400, 414]), (200_000, [414, 414]), (1 << 20, [414, 414])] {
            for address in [format!("/v1/articles?q={}", "x".repeat(length)), format!("/{}", "y".repeat(length))] {
                let (status, _) = get(app, &address, "");
                assert!(statuses.contains(&status), "{length} bytes were answered {status}");
            }
            assert_unharmed(app);
        }
    }

    fn reader_asks_with_thousands_of_parameters_and_is_refused(app: &App) {
        let reader = app.anonymous();
        let many = |count: usize| (0..count).map(|number| format!("a{number}=1")).collect::<Vec<_>>().join("&");
        assert_eq!(reader.get(&format!("/v1/articles?{}", many(64))).assert_status(400).faults().len(), 64);
        assert_eq!(reader.get(&format!("/v1/articles?{}", many(65))).assert_status(400).faults().len(), 1);
        assert_eq!(reader.get(&format!("/v1/articles?{}", many(900))).assert_status(400).faults().len(), 1);
        assert_eq!(get(app, &format!("/v1/articles?{}", many(10_000)), "").0 / 100, 4);
        let repeated = format!("/v1/articles?{}", "limit=1&".repeat(900));
        let refused = reader.get(&repeated).assert_status(400);
        assert!(refused.text().len() < 200_000, "the answer has {} bytes", refused.text().len());
        assert_unharmed(app);
    }

    fn reader_sends_endless_headers_and_is_refused(app: &App) {
        for headers in [
            format!("X-Long: {}\r\n", "x".repeat(17 << 10)),
            format!("X-Long: {}\r\n", "x".repeat(1 << 20)),
            "X-Many: 1\r\n".repeat(100),
            "X-Many: 1\r\n".repeat(100_000),
            format!("{}: 1\r\n", "x".repeat(20_000)),
            format!("If-None-Match: {}\r\n", "\"abcdefgh\", ".repeat(10_000)),
            format!("Cookie: {}\r\n", "a=b; ".repeat(10_000)),
        ] {
            let (status, problem) = get(app, "/v1/articles", &headers);
            assert_eq!((status, &problem["code"]), (431, &json!("headers_too_large")), "{}", &headers[..40]);
            assert_unharmed(app);
        }
    }

    fn somebody_sends_what_is_no_http_and_is_refused(app: &App) {
        for request in [
            "GET\r\n\r\n",
            "GET /v1/articles HTTP/9.9\r\nHost: paper\r\n\r\n",
            "GET /v1/articles HTTP/1.1\r\n\r\n",
            "GET /v1/articles HTTP/1.1\r\nHost: paper\r\nbroken header\r\n\r\n",
            "GET /v1/articles HTTP/1.1\r\nHost: paper\r\nX: a\r\n b\r\n\r\n",
            "GET /v1/a b HTTP/1.1\r\nHost: paper\r\n\r\n",
            "GET /v1/articles\u{1b}[31m HTTP/1.1\r\nHost: paper\r\n\r\n",
            "POST /v1/auth/login HTTP/1.1\r\nHost: paper\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
            "POST /v1/auth/login HTTP/1.1\r\nHost: paper\r\nContent-Length: +5\r\n\r\nabcde",
            "POST /v1/auth/login HTTP/1.1\r\nHost: paper\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "POST /v1/auth/login HTTP/1.1\r\nHost: paper\r\nTransfer-Encoding: gzip\r\n\r\n",
            "\0\0\0\0\r\n\r\n",
        ] {
            let answer = app.send_raw(request.as_bytes());
            let (status, problem) = problem(&answer);
            assert_eq!((status, &problem["code"]), (400, &json!("malformed_request")), "{request:?}");
            assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{request:?} got\n{answer}");
        }
        assert_unharmed(app);
    }

    fn reader_names_thousands_of_tags_and_gets_an_answer(app: &App) {
        let reader = app.anonymous();
        make_public_article(&app.editor(), json!({"slug": "ferry"}));
        let shown = reader.get("/v1/articles/ferry").assert_status(200);
        // As many as fit; the right one last.
        let tags = format!("{}{}", "\"x\", ".repeat(3000), shown.header("etag").unwrap());
        for _ in 0..2 {
            reader.get_with("/v1/articles/ferry", &[("if-none-match", &tags)]).assert_status(304);
            reader.get_with("/v1/articles/ferry", &[("if-none-match", &"\"x\", ".repeat(3000))]).assert_status(200);
            reader.get_with("/v1/articles/ferry", &[("if-none-match", &",".repeat(15_000))]).assert_status(200);
        }
    }

    fn reader_sends_absurd_headers_and_gets_an_answer_or_is_told(app: &App) {
        let reader = app.anonymous();
        for coding in ["gzip;q=1e99", "br;q=-1", "gzip;q=NaN", "br;q=inf", ";;;;,,,,", "*;q=0", "identity;q=0", "br;q=0.0000000000001", "\u{e9}gzip"] {
            for _ in 0..2 {
                let answer = reader.get_with("/v1/articles", &[("accept-encoding", coding)]);
                assert!([200, 400].contains(&answer.status), "{coding}: {answer}");
            }
        }
        reader.get_with("/v1/articles", &[("accept-encoding", &"gzip, ".repeat(2000))]).assert_status(200);
        for revision in ["-1", "x", "", "1.0", "9223372036854775808", "99999999999999999999999999", "0x10", " ", "1,2", "\u{e9}"] {
            let refused = reader.get_with("/v1/articles", &[("masthead-min-revision", revision)]).assert_status(400);
            assert_eq!(refused.problem_code(), "invalid_header", "{revision}");
        }
        // One that is still to come is waited for a little.
        let refused = reader.get_with("/v1/articles", &[("masthead-min-revision", "9223372036854775807")]).assert_status(503);
        assert_eq!(refused.header("retry-after"), Some("1"));
        for id in ["x y", "\u{e9}", &"x".repeat(200), "<script>", ""] {
            let answer = reader.get_with("/v1/articles", &[("x-request-id", id)]);
            assert!(answer.status == 400 || answer.header("x-request-id").is_some_and(|given| given != id), "{id:?}: {answer}");
        }
        assert_unharmed(app);
    }

    fn reader_cuts_or_forges_a_cursor_and_is_refused(app: &App) {
        let (editor, reader) = (app.editor(), app.anonymous());
        for number in 0..3 {
            make_public_article(&editor, json!({"slug": format!("a{number}")}));
        }
        let cursor = reader.get("/v1/articles?limit=1").assert_status(200).json()["page"]["next"].as_str().expect("a cursor").to_owned();
        let mut bad: Vec<String> = (0..cursor.len()).map(|length| cursor[..length].to_owned()).collect();
        for place in 0..cursor.len() {
            let other = if cursor.as_bytes()[place] == b'A' { "B" } else { "A" };
            bad.push(format!("{}{other}{}", &cursor[..place], &cursor[place + 1..]));
        }
        bad.extend([format!("{cursor}A"), format!("{cursor}="), cursor.repeat(2), "A".repeat(2048), "A".repeat(4000), "%00".to_owned(), "../..".to_owned()]);
        bad.push(reader.get("/v1/articles?limit=1&sort=title").json()["page"]["next"].as_str().map_or("x".to_owned(), str::to_owned));
        for cursor in &bad {
            let refused = reader.get(&format!("/v1/articles?limit=1&cursor={cursor}")).assert_status(400);
            assert_eq!(refused.problem_code(), "invalid_query", "{cursor}");
        }
        reader.get(&format!("/v1/articles?limit=1&cursor={cursor}")).assert_status(200);
    }

    fn reader_asks_at_the_extremes_and_is_answered_or_told(app: &App) {
        let reader = app.anonymous();
        for limit in ["0", "101", "-1", "1e2", "1.0", "", "%20", "999999999999999999999999", "9223372036854775808", "0x10", "%D9%A1", "+1", "NaN"] {
            let refused = reader.get(&format!("/v1/articles?limit={limit}")).assert_status(400);
            assert_eq!(refused.faults(), [("limit".to_owned(), "out_of_range".to_owned())], "{limit}");
        }
        for time in ["", "now", "2026", "2026-11-26", "2026-11-26T09:00:00", "2026-02-30T00:00:00Z", "10000-01-01T00:00:00Z", "-0001-01-01T00:00:00Z", "2026-11-26T25:00:00Z", "1e9", "0", "2026-11-26T09:00:00%2B99:99"] {
            for parameter in ["published_after", "published_before", "updated_since"] {
                let refused = reader.get(&format!("/v1/articles?{parameter}={time}")).assert_status(400);
                assert_eq!(refused.faults(), [(parameter.to_owned(), "invalid_format".to_owned())], "{time}");
            }
        }
        for time in ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "1970-01-01T00:00:00Z", "2026-11-26T09:00:00.999999999Z", "2026-11-26T23:59:60Z"] {
            for parameter in ["published_after", "published_before", "updated_since"] {
                let answer = reader.get(&format!("/v1/articles?{parameter}={time}"));
                assert!([200, 400].contains(&answer.status), "{time}: {answer}");
            }
        }
        // A range that ends before it begins has nothing in it.
        make_public_article(&app.editor(), json!({}));
        let reversed = "published_after=2027-01-01T00:00:00Z&published_before=2026-01-01T00:00:00Z";
        let answer = reader.get(&format!("/v1/articles?{reversed}"));
        assert!(answer.status == 400 || answer.status == 200 && answer.json()["data"] == json!([]), "{answer}");
    }
}
