//! `GET /v1/redirects` and `GET /v1/redirects/lookup`

use super::{lookup, to};
use crate::harness::builders::{id_of, make};
use crate::harness::client::Requests;
use crate::records::{assert_query_refused, column, walk};
use serde_json::json;

on_both! {
    fn all_spellings_of_an_old_address_lead_on(app: &App) {
        let editor = app.editor();
        for (from, to) in [("/2012/05/caf%c3%a9/", "/a"), ("/?p=123", "/b"), ("/tag/ferries", "/c"), ("/index.php?id=7", "/d"), ("/index.php", "/e")] {
            make(&editor, "redirects", &json!({"from": from, "to": to}));
        }
        for (path, target) in [
            ("/2012/05/café", Some("/a")), ("/2012/05/caf%C3%A9/", Some("/a")), ("/2012/05/caf%c3%a9?utm_source=x", Some("/a")), ("/?p=123", Some("/b")), ("/?p=124", None), ("/", None),
            ("/tag/ferries/", Some("/c")), ("/tag/ferries/page/2", None), ("/Tag/ferries", None), ("/index.php?id=7", Some("/d")), ("/index.php?id=8", Some("/e")), ("/index.php", Some("/e")),
        ] {
            assert_eq!(lookup(app, path), target.and_then(to), "{path}");
        }
        let reader = app.anonymous();
        let answer = reader.get("/v1/redirects/lookup?path=/tag/ferries/").assert_status(200);
        assert_eq!(answer.json(), json!({"from": "/tag/ferries", "to": "/c", "status": 301}));
        assert!(answer.header("etag").is_some() && answer.header_list("cache-tag").contains(&"redirects".to_owned()), "{answer}");
        assert_eq!(reader.get("/v1/redirects/lookup?path=/nowhere").assert_status(404).problem_code(), "not_found");
        for query in ["", "path=nowhere", "path=", "path=//x", "path=/a%25zz", "path=https://paper.example/a"] {
            assert_query_refused(reader.get(&format!("/v1/redirects/lookup?{query}")), "path");
        }
        assert_query_refused(reader.get("/v1/redirects/lookup?path=/a&fields=to"), "fields");
    }

    fn a_kept_answer_gives_way_to_a_redirect_that_fits_better(app: &App) {
        let editor = app.editor();
        make(&editor, "redirects", &json!({"from": "/a", "to": "/b"}));
        assert_eq!(lookup(app, "/a?x=1"), to("/b"));
        let better = make(&editor, "redirects", &json!({"from": "/a?x=1", "to": "/c"}));
        assert_eq!(lookup(app, "/a?x=1"), to("/c"));
        editor.delete(&format!("/v1/editor/redirects/{}", id_of(&better)), "*").assert_status(204);
        assert_eq!(lookup(app, "/a?x=1"), to("/b"));
    }

    fn redirects_are_listed_by_their_paths(app: &App) {
        let editor = app.editor();
        for (from, status) in [("/c", 410), ("/a", 301), ("/b", 302)] {
            make(&editor, "redirects", &if status == 410 { json!({"from": from, "status": 410}) } else { json!({"from": from, "to": "/x", "status": status}) });
            app.clock.advance_seconds(60);
        }
        let reader = app.anonymous();
        let list = reader.get("/v1/redirects?total=true").assert_status(200).json();
        assert_eq!(list["data"], json!([{"from": "/a", "to": "/x", "status": 301}, {"from": "/b", "to": "/x", "status": 302}, {"from": "/c", "status": 410}]));
        assert_eq!(list["page"]["total"], 3);
        assert_eq!(column(&reader.get("/v1/redirects?updated_since=2026-11-26T09:01:00Z&sort=-updated_at").json(), "from"), ["/b", "/a"]);
        for sort in ["from", "-from", "updated_at"] {
            assert_eq!(walk(&editor, &format!("/v1/editor/redirects?limit=1&sort={sort}")).len(), 3);
        }
        let first = reader.get("/v1/redirects?limit=2&fields=from").json();
        let rest = reader.get(&format!("/v1/redirects?limit=2&fields=from&cursor={}", first["page"]["next"].as_str().expect("a cursor"))).json();
        assert_eq!((&first["data"], &rest["data"]), (&json!([{"from": "/a"}, {"from": "/b"}]), &json!([{"from": "/c"}])));
        for query in ["sort=to", "path=/a", "fields=id"] {
            assert_query_refused(reader.get(&format!("/v1/redirects?{query}")), query.split('=').next().expect("a name"));
        }
    }
}
