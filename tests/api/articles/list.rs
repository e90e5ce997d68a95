//! `GET /v1/editor/articles`

use crate::harness::app::App;
use crate::harness::builders::{make_article, make_author, make_public_article, make_publication, make_section, make_tag, step};
use crate::harness::client::{Requests, SignedIn};
use serde_json::{Value, json};

/// The titles that the list has under a query, with a total that fits them.
#[track_caller]
fn titles(who: &SignedIn, query: &str) -> Vec<String> {
    let list = who.get(&format!("/v1/editor/articles?total=true&{query}")).assert_status(200).json();
    let titles: Vec<String> = list["data"].as_array().expect("a list").iter().map(|one| one["title"].as_str().expect("a title").to_owned()).collect();
    assert_eq!(list["page"]["total"], titles.len(), "{query}");
    titles
}

/// Four articles, one in each state, a minute apart.
fn fill(app: &App) -> SignedIn {
    let editor = app.editor();
    let (author, other_author) = (make_author(&editor, "Ida Moss"), make_author(&editor, "Ann Ott"));
    let section = make_section(&editor, "Harbour");
    let (ferries, trains, unused) = (make_tag(&editor, "Ferries"), make_tag(&editor, "Trains"), make_tag(&editor, "Unused"));
    assert_eq!(unused["slug"], "unused");
    let publication = make_publication(&editor, "Lantern North", Value::Null);
    make_article(&editor, json!({"title": "Draft", "section_id": section["id"], "tag_ids": [ferries["id"]], "language": "de"}));
    app.clock.advance_seconds(60);
    make_public_article(
        &editor,
        json!({"title": "Published", "tag_ids": [trains["id"], ferries["id"]], "bylines": [{"author_id": other_author["id"]}, {"author_id": author["id"], "role": "pictures"}]}),
    );
    app.clock.advance_seconds(60);
    let article = make_article(&editor, json!({"title": "Scheduled", "tag_ids": [trains["id"]], "credits": [{"publication_id": publication["id"]}]}));
    step(&editor, &article, "schedule", json!({"publish_at": "2026-11-27T06:00:00Z"}));
    app.clock.advance_seconds(60);
    make_article(&app.contributor(), json!({"title": "By a contributor", "section_id": section["id"]}));
    editor
}

on_both! {
    fn editor_lists_the_last_changed_first(app: &App) {
        let editor = fill(app);
        assert_eq!(titles(&editor, ""), ["By a contributor", "Scheduled", "Published", "Draft"]);
        assert_eq!(titles(&editor, "sort=updated_at"), ["Draft", "Published", "Scheduled", "By a contributor"]);
        assert_eq!(titles(&editor, "sort=-created_at"), ["By a contributor", "Scheduled", "Published", "Draft"]);
        assert_eq!(titles(&editor, "sort=created_at"), ["Draft", "Published", "Scheduled", "By a contributor"]);
    }

    fn editor_lists_under_each_filter(app: &App) {
        let editor = fill(app);
        for (query, expected) in [
            ("state=draft", vec!["By a contributor", "Draft"]),
            ("state=published", vec!["Published"]),
            ("state=scheduled", vec!["Scheduled"]),
            ("state=withdrawn", vec![]),
            ("section=harbour", vec!["By a contributor", "Draft"]),
            ("tag=ferries", vec!["Published", "Draft"]),
            ("tag=ferries,trains", vec!["Scheduled", "Published", "Draft"]),
            ("tag=unused", vec![]),
            ("author=ida-moss", vec!["Published"]),
            ("publication=lantern-north", vec!["Scheduled"]),
            ("language=de", vec!["Draft"]),
            ("updated_since=2026-11-26T09:02:00Z", vec!["By a contributor", "Scheduled"]),
            ("section=harbour&state=draft&tag=ferries&language=de", vec!["Draft"]),
            ("tag=ferries&author=ida-moss&state=draft", vec![]),
        ] {
            assert_eq!(titles(&editor, query), expected, "{query}");
        }
        // The clock alone moves an article from one state to the next.
        app.clock.advance_seconds(24 * 3600);
        let editor = app.editor();
        assert_eq!(titles(&editor, "state=published"), ["Scheduled", "Published"]);
        assert_eq!(titles(&editor, "state=scheduled"), Vec::<String>::new());
    }

    fn contributor_lists_own_articles_only(app: &App) {
        fill(app);
        let contributor = app.contributor();
        assert_eq!(titles(&contributor, ""), ["By a contributor"]);
        assert_eq!(titles(&contributor, "section=harbour"), ["By a contributor"]);
        assert_eq!(titles(&contributor, "state=published"), Vec::<String>::new());
    }

    fn editor_lists_page_by_page(app: &App) {
        let editor = fill(app);
        let mut seen = Vec::new();
        let mut path = "/v1/editor/articles?limit=1&fields=title".to_owned();
        loop {
            let answer = editor.get(&path).assert_status(200);
            let page = answer.json();
            seen.push(page["data"][0]["title"].as_str().expect("a title").to_owned());
            assert_eq!(page["data"][0].as_object().map(serde_json::Map::len), Some(1));
            let Some(next) = page["page"]["next"].as_str() else { break };
            assert!(answer.header("link").is_some_and(|link| link.contains(&format!("cursor={next}>; rel=\"next\""))), "{answer}");
            path = format!("/v1/editor/articles?limit=1&fields=title&cursor={next}");
        }
        assert_eq!(seen, ["By a contributor", "Scheduled", "Published", "Draft"]);
    }

    fn editor_lists_by_what_is_not_there_and_is_refused(app: &App) {
        let editor = fill(app);
        for (query, parameter) in [
            ("state=gone", "state"),
            ("section=nowhere", "section"),
            ("tag=ferries,nothing", "tag"),
            ("author=nobody", "author"),
            ("publication=nothing", "publication"),
            ("sort=title", "sort"),
            ("limit=101", "limit"),
            ("limit=0", "limit"),
            ("updated_since=yesterday", "updated_since"),
            ("created_by=me", "created_by"),
            ("cursor=abc", "cursor"),
            ("total=yes", "total"),
        ] {
            let answer = editor.get(&format!("/v1/editor/articles?{query}")).assert_status(400);
            assert_eq!(answer.fault_pointers(), [parameter], "{query}");
        }
    }
}
