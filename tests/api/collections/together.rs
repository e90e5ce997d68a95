//! `GET /v1/collections`

use super::{publish_all, read, slot, slugs};
use crate::harness::builders::{id_of, make};
use crate::harness::client::Requests;
use crate::records::{assert_query_refused, column, walk};
use serde_json::json;

on_both! {
    fn collections_are_listed_without_their_articles(app: &App) {
        let editor = app.editor();
        for name in ["Front page", "Culture", "Sport"] {
            make(&editor, "collections", &json!({"name": name, "fill": {}}));
        }
        let list = read(app, "/v1/collections?total=true");
        assert_eq!((column(&list, "name"), &list["page"]["total"], list["data"][0].get("items")), (vec!["Culture".to_owned(), "Front page".to_owned(), "Sport".to_owned()], &json!(3), None));
        assert_eq!(walk(&app.anonymous(), "/v1/collections?limit=1&sort=-name").len(), 3);
        assert_query_refused(app.anonymous().get("/v1/collections?exclude=a"), "exclude");
    }

    fn no_article_stands_twice_in_those_asked_for_together(app: &App) {
        let editor = app.editor();
        let articles = publish_all(app, &editor, &["a", "b", "c", "d", "e", "f"], &json!({}));
        let front = make(&editor, "collections", &json!({"name": "Front page", "size": 3, "slots": [slot(&articles[1])], "fill": {}}));
        make(&editor, "collections", &json!({"name": "Culture", "size": 3, "slots": [slot(&articles[1]), slot(&articles[5]), slot(&articles[0])]}));
        make(&editor, "collections", &json!({"name": "Latest", "size": 2, "fill": {}}));
        let together = |query: &str| -> Vec<Vec<String>> {
            let list = read(app, &format!("/v1/collections?{query}"));
            list["data"].as_array().expect("a list").iter().map(slugs).collect()
        };
        assert_eq!(together("slugs=front-page,culture,latest"), [vec!["b", "f", "e"], vec!["a"], vec!["d", "c"]]);
        // The order counts, also for what is kept.
        assert_eq!(together("slugs=culture,latest,front-page"), [vec!["b", "f", "a"], vec!["e", "d"], vec!["c"]]);
        assert_eq!(together("slugs=front-page,culture,latest"), [vec!["b", "f", "e"], vec!["a"], vec!["d", "c"]]);
        assert_eq!(together("slugs=latest,latest&exclude=f,e"), [vec!["d", "c"]]);
        // By id, and by a slug that was given up.
        editor.patch(&format!("/v1/editor/collections/{}", id_of(&front)), "*", &json!({"slug": "home"})).assert_status(200);
        assert_eq!(together(&format!("slugs=latest,{}", id_of(&front))), together("slugs=latest,front-page"));
        let list = read(app, "/v1/collections?slugs=home,latest&total=true&fields=slug,name");
        assert_eq!(list["data"], json!([{"slug": "home", "name": "Front page"}, {"slug": "latest", "name": "Latest"}]));
        assert_eq!((&list["page"]["next"], &list["page"]["total"]), (&json!(null), &json!(2)));
        for (query, name) in [
            ("slugs=home,nothing", "slugs"), ("slugs=home,N!", "slugs"), ("slugs=", "slugs"), ("slugs=home&limit=5", "limit"), ("slugs=home&sort=name", "sort"),
            ("slugs=home&updated_since=2026-11-26T09:00:00Z", "updated_since"),
        ] {
            assert_query_refused(app.anonymous().get(&format!("/v1/collections?{query}")), name);
        }
        let many = vec!["x"; 21].join(",");
        assert_query_refused(app.anonymous().get(&format!("/v1/collections?slugs={many}")), "slugs");
    }
}
