//! `GET /v1/issues` and `GET /v1/editor/issues`

use crate::harness::builders::make_issue;
use crate::harness::client::Requests;
use crate::records::{assert_query_refused, column, walk};
use serde_json::json;

on_both! {
    fn issues_are_listed_by_date_and_number(app: &App) {
        let editor = app.editor();
        for (title, date, number) in [("C", "2026-11", 10), ("A", "2026-10-31", 99), ("D", "2026-11-01", 2), ("B", "2026-11", 9)] {
            make_issue(&editor, title, date, json!({"number": number}));
            app.clock.advance_seconds(60);
        }
        let titles = |query: &str| column(&app.anonymous().get(&format!("/v1/issues?{query}")).assert_status(200).json(), "title");
        assert_eq!(titles(""), ["D", "C", "B", "A"]);
        assert_eq!(titles("sort=issued_on"), ["A", "B", "C", "D"]);
        assert_eq!(titles("sort=updated_at"), ["C", "A", "D", "B"]);
        assert_eq!(titles("updated_since=2026-11-26T09:02:00Z"), ["D", "B"]);
        for sort in ["issued_on", "-issued_on", "updated_at"] {
            for list in ["/v1/issues", "/v1/editor/issues"] {
                assert_eq!(walk(&editor, &format!("{list}?limit=1&sort={sort}")).len(), 4);
            }
        }
        let list = app.anonymous().get("/v1/issues?total=true&limit=1").assert_status(200).json();
        assert_eq!((&list["page"]["total"], list["data"][0].get("contents")), (&json!(4), None));
        for query in ["sort=title", "updated_since=today", "fields=place", "cursor=x", "number=1"] {
            let name = query.split('=').next().expect("a name");
            assert_query_refused(app.anonymous().get(&format!("/v1/issues?{query}")), name);
            assert_query_refused(editor.get(&format!("/v1/editor/issues?{query}")), name);
        }
    }
}
