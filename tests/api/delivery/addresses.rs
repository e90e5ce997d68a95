//! Addresses of pages come from the settings alone.

use super::read;
use crate::harness::app::PUBLIC_URL;
use crate::harness::builders::{make_author, make_branch, make_meeting, make_public_article, make_publication, make_section, make_tag};
use crate::harness::client::Requests;
use serde_json::{Value, json};

/// Headers with which a caller may try to pass for another host.
const FORGED: [(&str, &str); 8] = [
    ("host", "evil.example"),
    ("x-forwarded-host", "evil.example"),
    ("x-forwarded-proto", "gopher"),
    ("x-forwarded-server", "evil.example"),
    ("x-forwarded-prefix", "/evil"),
    ("x-original-url", "/evil"),
    ("x-host", "evil.example"),
    ("forwarded", "for=evil.example;host=evil.example;proto=gopher"),
];

on_both! {
    fn reader_with_a_forged_host_gets_the_paper_s_addresses(app: &App) {
        let editor = app.editor();
        let (author, section, tag) = (make_author(&editor, "Ida Moss"), make_section(&editor, "Harbour"), make_tag(&editor, "Ferries"));
        let publication = make_publication(&editor, "North", Value::Null);
        let branch = make_branch(&editor, "Wharf", Value::Null);
        make_meeting(&editor, "Evening", "2026-12-03T19:00", json!({"slug": "evening", "branch_id": branch["id"]}));
        let content = json!({
            "slug": "one", "section_id": section["id"], "tag_ids": [tag["id"]], "bylines": [{"author_id": author["id"]}],
            "credits": [{"publication_id": publication["id"]}],
        });
        make_public_article(&editor, content);
        make_public_article(&editor, json!({"slug": "two"}));
        let api_host = app.url.trim_start_matches("http://");
        for path in [
            "/v1/articles/one?include=related,latest,meetings", "/v1/articles", "/v1/articles?limit=1", "/v1/articles/one/related", "/v1/site", "/v1/meetings",
            "/v1/meetings/evening", "/calendar/meetings/evening.ics", "/v1/branches/wharf", "/v1/authors/ida-moss", "/v1/sections", "/v1/tags", "/v1/publications",
        ] {
            let plain = app.anonymous().get(path).assert_status(200);
            let forged = app.anonymous().get_with(path, &FORGED).assert_status(200);
            assert_eq!(forged.text(), plain.text(), "{path}");
            assert_eq!(forged.header("link"), plain.header("link"), "{path}");
            // A calendar is read from the API itself.
            let rest = plain.text().replace(&format!("{}/calendar/", app.url), "");
            assert!(!rest.contains(api_host), "{path} gives the address of the API for that of a page");
        }
        for path in ["/v1/nothing", "/v1/articles?colour=red", "/v1/editor/articles"] {
            let forged = app.anonymous().get_with(path, &FORGED);
            assert!(forged.status >= 400 && !forged.to_string().contains("evil"), "{forged}");
            assert!(forged.problem()["type"].as_str().is_some_and(|address| address.starts_with(&app.url)), "{forged}");
        }
    }

    fn reader_gets_addresses_in_the_patterns_of_the_site(app: &App) {
        let editor = app.editor();
        let (author, section, tag) = (make_author(&editor, "Ida Moss"), make_section(&editor, "Harbour"), make_tag(&editor, "Ferries"));
        make_public_article(&editor, json!({"slug": "one", "section_id": section["id"], "tag_ids": [tag["id"]], "bylines": [{"author_id": author["id"]}]}));
        assert_eq!(read(app, "/v1/articles/one")["page_url"], format!("{PUBLIC_URL}/articles/one"));
        let admin = app.admin();
        let site = admin.get("/v1/editor/site").assert_status(200);
        let patterns = json!({"article_path": "/news/{slug}.html", "section_path": "/{slug}/", "tag_path": "/about/{slug}", "author_path": "/by/{slug}"});
        admin.patch("/v1/editor/site", &site.etag(), &patterns).assert_status(200);
        let shown = read(app, "/v1/articles/one");
        assert_eq!(shown["page_url"], format!("{PUBLIC_URL}/news/one.html"));
        assert_eq!(shown["canonical_url"], shown["page_url"]);
        assert_eq!(shown["section"]["page_url"], format!("{PUBLIC_URL}/harbour/"));
        assert_eq!(shown["tags"][0]["page_url"], format!("{PUBLIC_URL}/about/ferries"));
        assert_eq!(shown["byline"]["authors"][0]["page_url"], format!("{PUBLIC_URL}/by/ida-moss"));
        assert_eq!(read(app, "/v1/tags/ferries")["page_url"], shown["tags"][0]["page_url"]);
        let site = admin.get("/v1/editor/site").assert_status(200);
        for pattern in ["/news", "news/{slug}", "//evil.example/{slug}", "https://evil.example/{slug}", "/{slug}/{slug}", "/{id}/{slug}", "/{slug}?x=1"] {
            let answer = admin.patch("/v1/editor/site", &site.etag(), &json!({"article_path": pattern})).assert_status(422);
            assert_eq!(answer.fault_pointers(), ["/article_path"], "{pattern}");
        }
    }
}
