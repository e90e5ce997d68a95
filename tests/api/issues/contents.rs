//! `GET /v1/issues/{slug}`, and articles by their issue.

use crate::harness::builders::{etag_of, id_of, make_article, make_issue, make_public_article, publish, step};
use crate::harness::client::Requests;
use crate::records::{assert_query_refused, column};
use serde_json::{Value, json};

on_both! {
    fn the_contents_stand_by_page_and_place_and_hold_only_what_is_public(app: &App) {
        let (editor, reader) = (app.editor(), app.anonymous());
        let issue = make_issue(&editor, "Issue 175", "2026-11", json!({"number": 175}));
        let other = make_issue(&editor, "Issue 176", "2026-12", json!({"number": 176}));
        let within = |slug: &str, page: Value, position: Value| {
            json!({"slug": slug, "title": slug, "issue_id": issue["id"], "issue_page": page, "issue_position": position})
        };
        for (slug, page, position) in
            [("nowhere", json!(null), json!(null)), ("three-b", json!(3), json!(2)), ("one", json!(1), json!(null)), ("three-a", json!(3), json!(1)), ("three-c", json!(3), json!(null))]
        {
            make_public_article(&editor, within(slug, page, position));
            app.clock.advance_seconds(60);
        }
        make_public_article(&editor, json!({"slug": "elsewhere", "issue_id": other["id"]}));
        make_article(&editor, within("draft", json!(1), json!(null)));
        let scheduled = make_article(&editor, within("later", json!(2), json!(null)));
        step(&editor, &scheduled, "schedule", json!({"publish_at": "2026-11-26T10:00:00Z"}));
        let slugs = || -> Vec<String> {
            let shown = reader.get("/v1/issues/issue-175").assert_status(200).json();
            shown["contents"].as_array().expect("contents").iter().map(|one| one["slug"].as_str().expect("a slug").to_owned()).collect()
        };
        assert_eq!(slugs(), ["one", "three-a", "three-b", "three-c", "nowhere"]);
        let shown = reader.get(&format!("/v1/issues/{}", id_of(&issue))).assert_status(200).json();
        assert_eq!((&shown["contents"][0]["issue_page"], &shown["number"], &shown["page_url"]), (&json!(1), &json!(175), &json!("https://paper.example/issues/issue-175")));
        for private in ["version", "created_at", "updated_by", "place"] {
            assert_eq!(shown.get(private), None, "{private}");
        }
        // By the clock alone one more is there, and a kept reply does not outlive that.
        app.clock.set(masthead_domain::time::Timestamp::parse("2026-11-26T10:00:00Z").expect("a time"));
        assert_eq!(slugs(), ["one", "later", "three-a", "three-b", "three-c", "nowhere"]);
        let editor = app.editor();
        let article = editor.get("/v1/editor/articles/one").json();
        step(&editor, &article, "unpublish", Value::Null);
        assert_eq!(slugs(), ["later", "three-a", "three-b", "three-c", "nowhere"]);
    }

    fn an_issue_leads_to_those_before_and_after_it(app: &App) {
        let (editor, reader) = (app.editor(), app.anonymous());
        let second = make_issue(&editor, "Second", "2026-10", json!({"number": 2}));
        let read = |slug: &str| reader.get(&format!("/v1/issues/{slug}")).assert_status(200).json();
        assert_eq!((read("second").get("previous"), read("second").get("next")), (None, None));
        make_issue(&editor, "First", "2026-10", json!({"number": 1}));
        make_issue(&editor, "Fourth", "2026-11-15", json!({}));
        make_issue(&editor, "Third", "2026-11", json!({"number": 3}));
        let chain: Vec<(Value, Value)> =
            ["first", "second", "third", "fourth"].iter().map(|slug| (read(slug)["previous"]["slug"].clone(), read(slug)["next"]["slug"].clone())).collect();
        let expected = json!([[null, "second"], ["first", "third"], ["second", "fourth"], ["third", null]]);
        assert_eq!(json!(chain), expected);
        assert_eq!(read("first")["next"], json!({"id": second["id"], "slug": "second", "number": 2, "title": "Second", "issued_on": "2026-10", "page_url": "https://paper.example/issues/second"}));
        editor.patch(&format!("/v1/editor/issues/{}", id_of(&second)), "*", &json!({"issued_on": "2027-01"})).assert_status(200);
        assert_eq!((&read("first")["next"]["slug"], &read("fourth")["next"]["slug"]), (&json!("third"), &json!("second")));
    }

    fn readers_get_the_issue_of_an_article_and_filter_by_it(app: &App) {
        let (editor, reader) = (app.editor(), app.anonymous());
        let issue = make_issue(&editor, "Issue 175", "2026-11", json!({"number": 175}));
        make_issue(&editor, "Issue 176", "2026-12", Value::Null);
        let one = make_public_article(&editor, json!({"slug": "one", "issue_id": issue["id"], "issue_page": 12}));
        make_public_article(&editor, json!({"slug": "two", "body": {"source": "A sundew."}, "issue_id": issue["id"]}));
        make_public_article(&editor, json!({"slug": "three"}));
        let shown = reader.get("/v1/articles/one").assert_status(200).json();
        let expected = json!({"id": issue["id"], "slug": "issue-175", "number": 175, "title": "Issue 175", "issued_on": "2026-11", "page_url": "https://paper.example/issues/issue-175"});
        assert_eq!((&shown["issue"], &shown["issue_page"]), (&expected, &json!(12)));
        assert_eq!(reader.get("/v1/articles/three").json().get("issue"), None);
        for name in ["issue-175", id_of(&issue)] {
            let list = reader.get(&format!("/v1/articles?total=true&issue={name}&fields=slug,issue")).assert_status(200).json();
            assert_eq!((column(&list, "slug"), &list["page"]["total"], &list["data"][0]["issue"]), (vec!["two".to_owned(), "one".to_owned()], &json!(2), &expected));
            let desk = editor.get(&format!("/v1/editor/articles?total=true&issue={name}")).assert_status(200).json();
            assert_eq!((column(&desk, "slug").len(), &desk["page"]["total"]), (2, &json!(2)));
        }
        assert_eq!(column(&reader.get("/v1/articles?issue=issue-175&q=sundew").assert_status(200).json(), "slug"), ["two"]);
        assert_eq!(column(&reader.get("/v1/articles?issue=issue-176").assert_status(200).json(), "slug"), Vec::<String>::new());
        for list in ["/v1/articles", "/v1/editor/articles"] {
            assert_query_refused(editor.get(&format!("{list}?issue=nothing")), "issue");
        }
        // A renamed issue is renamed in its articles at once.
        editor.patch(&format!("/v1/editor/issues/{}", id_of(&issue)), "*", &json!({"title": "May"})).assert_status(200);
        assert_eq!(reader.get("/v1/articles/one").json()["issue"]["title"], "May");
        // What is entered later is public when it is published.
        let patch = json!({"issue_page": 13});
        let changed = editor.patch(&format!("/v1/editor/articles/{}", id_of(&one)), &etag_of(&one), &patch).assert_status(200).json();
        assert_eq!(reader.get("/v1/articles/one").json()["issue_page"], 12);
        publish(&editor, &changed);
        assert_eq!(reader.get("/v1/articles/one").json()["issue_page"], 13);
    }
}
