//! Where republished pieces come from, on everything that readers get.

use super::read;
use crate::harness::app::App;
use crate::harness::builders::{etag_of, make_article, make_public_article, make_publication, publish};
use crate::harness::client::{Requests, SignedIn};
use serde_json::{Value, json};

/// The text and the HTML of a credit line as the item shows it.
fn line(app: &App, slug: &str) -> (String, String) {
    let line = read(app, &format!("/v1/articles/{slug}"))["credit_line"].clone();
    (line["text"].as_str().expect("a text").to_owned(), line["html"].as_str().expect("HTML").to_owned())
}

fn credited(editor: &SignedIn, slug: &str, credit: Value) {
    make_public_article(editor, json!({"slug": slug, "credits": [credit]}));
}

on_both! {
    fn reader_gets_the_same_credit_line_everywhere(app: &App) {
        let editor = app.editor();
        let north = make_publication(&editor, "North & South", json!({"homepage_url": "https://ns.example"}));
        let other = make_publication(&editor, "<Other>", Value::Null);
        make_public_article(&editor, json!({"slug": "credited", "credits": [
            {"publication_id": north["id"], "relation": "abridged", "original_url": "https://ns.example/a?b=1&c=", "via": [{"name": "Third <Paper>", "url": "https://third.example/?a&b"}, {"name": "Fourth"}]},
            {"publication_id": other["id"]},
        ]}));
        app.clock.advance_seconds(60);
        make_public_article(&editor, json!({"slug": "own"}));
        let expected = json!({
            "text": "North & South (abridged), via Third <Paper> and Fourth; <Other>",
            "html": "<a href=\"https://ns.example/a?b=1&amp;c=\">North &amp; South</a> (abridged), via <a href=\"https://third.example/?a&amp;b\">Third &lt;Paper&gt;</a> and Fourth; &lt;Other&gt;",
        });
        assert_eq!(read(app, "/v1/articles/credited")["credit_line"], expected);
        assert_eq!(read(app, "/v1/articles")["data"][1]["credit_line"], expected);
        assert_eq!(read(app, "/v1/articles?publication=north-south")["data"][0]["credit_line"], expected);
        assert_eq!(read(app, "/v1/articles/own/related")["data"][0]["credit_line"], expected);
        let page = read(app, "/v1/articles/own?include=related,latest");
        assert_eq!(page["related"][0]["credit_line"], expected);
        assert_eq!(read(app, "/v1/articles/own?include=latest")["latest"][0]["credit_line"], expected);
        assert_eq!(page.get("credit_line"), None);
        assert_eq!(read(app, "/v1/articles/credited")["credits"].as_array().map(Vec::len), Some(2));
    }

    fn reader_gets_the_line_of_each_relation(app: &App) {
        let editor = app.editor();
        let north = make_publication(&editor, "North", Value::Null);
        for (slug, relation, text) in [
            ("r", "republished", "North"),
            ("a", "abridged", "North (abridged)"),
            ("t", "translated", "North, translated by Joan Hale"),
            ("e", "excerpted", "North (excerpt)"),
            ("d", "adapted", "Adapted from North"),
        ] {
            credited(&editor, slug, json!({"publication_id": north["id"], "relation": relation, "translator": "Joan Hale"}));
            assert_eq!(line(app, slug), (text.to_owned(), text.to_owned()));
        }
    }

    fn reader_gets_the_line_of_a_template_or_the_editor_s_own(app: &App) {
        let editor = app.editor();
        let template = "“{original_title}” by {original_authors}, {publication} <{licence}>";
        let north = make_publication(&editor, "North", json!({"homepage_url": "https://n.example", "credit_line_template": template}));
        credited(&editor, "template", json!({"publication_id": north["id"], "original_title": "A <b> {publication}", "original_authors": "Ana & Bo", "licence": "CC"}));
        assert_eq!(line(app, "template"), (
            "“A <b> {publication}” by Ana & Bo, North <CC>".to_owned(),
            "“A &lt;b&gt; {publication}” by Ana &amp; Bo, <a href=\"https://n.example\">North</a> &lt;CC&gt;".to_owned(),
        ));
        credited(&editor, "own", json!({"publication_id": north["id"], "line": "Thanks to <them>", "via": [{"name": "East"}]}));
        assert_eq!(line(app, "own"), (
            "Thanks to <them>, via East".to_owned(),
            "<a href=\"https://n.example\">Thanks to &lt;them&gt;</a>, via East".to_owned(),
        ));
        for template in ["Without a name", "{publication} {nothing}"] {
            let answer = editor.post("/v1/editor/publications", &json!({"name": "X", "credit_line_template": template})).assert_status(422);
            assert_eq!(answer.fault_pointers(), ["/credit_line_template"]);
        }
    }

    fn reader_gets_all_of_a_credit_but_nothing_private(app: &App) {
        let editor = app.editor();
        let publication = make_publication(&editor, "North", json!({"default_licence": "CC BY", "private_notes": "canary notes", "private_contact": "canary contact", "permission_until": "2031-01-02T03:04:05Z", "index_policy": "noindex"}));
        let credit = json!({"publication_id": publication["id"], "relation": "translated", "original_title": "T", "original_url": "https://n.example/t", "original_authors": "Ana", "original_published_at": "2026-11-20T06:00:00Z", "changes": "Shortened.", "translator": "Joan"});
        credited(&editor, "one", credit);
        let shown = read(app, "/v1/articles/one");
        let credit = &shown["credits"][0];
        for (name, value) in [("relation", "translated"), ("original_title", "T"), ("original_url", "https://n.example/t"), ("original_authors", "Ana"), ("original_published_at", "2026-11-20T06:00:00Z"), ("licence", "CC BY"), ("changes", "Shortened."), ("translator", "Joan")] {
            assert_eq!(credit[name], value, "{name}");
        }
        assert_eq!(credit["publication"]["page_url"], "https://paper.example/publications/north");
        assert_eq!((&shown["canonical_url"], &shown["index_policy"]), (&json!("https://n.example/t"), &json!("noindex")));
        for path in ["/v1/articles/one?include=related,latest", "/v1/articles", "/v1/publications", "/v1/publications/north"] {
            let text = app.anonymous().get(path).assert_status(200).text().to_owned();
            assert!(!text.contains("canary") && !text.contains("2031-01-02") && !text.contains("permission"), "{path}: {text}");
        }
    }

    fn reader_gets_the_present_name_of_a_publication(app: &App) {
        let editor = app.editor();
        let north = make_publication(&editor, "North", Value::Null);
        credited(&editor, "one", json!({"publication_id": north["id"]}));
        let before = app.anonymous().get("/v1/articles/one").etag();
        editor.patch("/v1/editor/publications/north", &etag_of(&north), &json!({"name": "North Star"})).assert_status(200);
        assert_eq!(line(app, "one").0, "North Star");
        assert_ne!(app.anonymous().get("/v1/articles/one").etag(), before);
    }

    fn editor_s_credit_line_must_not_hide_a_missing_part(app: &App) {
        let editor = app.editor();
        let north = make_publication(&editor, "North", json!({"credit_requires": ["original_url"]}));
        let draft = make_article(&editor, json!({"credits": [{"publication_id": north["id"], "line": "From North"}]}));
        let answer = editor.action(&format!("{}/publish", crate::articles::path_of(&draft)), &etag_of(&draft), &Value::Null).assert_status(422);
        assert_eq!(answer.fault_pointers(), ["/credits/0/original_url"]);
        let fixed = editor.patch(&crate::articles::path_of(&draft), &etag_of(&draft), &json!({"credits": [{"publication_id": north["id"], "line": "From North", "original_url": "https://n.example/1"}]})).assert_status(200).json();
        publish(&editor, &fixed);
    }

    fn a_part_of_a_credit_that_nobody_can_read_is_missing(app: &App) {
        let editor = app.editor();
        let requires = ["licence", "original_authors", "original_title", "original_url"];
        let strict = make_publication(&editor, "Strict", json!({"credit_requires": requires}));
        let blank = json!({"publication_id": strict["id"], "original_title": "", "original_authors": " ", "licence": "\u{200b}", "line": "  "});
        let draft = make_article(&editor, json!({"credits": [blank]}));
        assert_eq!(draft["credits"], json!([{"publication_id": strict["id"], "relation": "republished"}]));
        let answer = editor.action(&format!("{}/publish", crate::articles::path_of(&draft)), &etag_of(&draft), &Value::Null).assert_status(422);
        assert_eq!(answer.fault_pointers(), requires.map(|part| format!("/credits/0/{part}")));
        let north = make_publication(&editor, "North", json!({}));
        let translated = make_article(&editor, json!({"credits": [{"publication_id": north["id"], "relation": "translated", "translator": "", "line": ""}]}));
        let answer = editor.action(&format!("{}/publish", crate::articles::path_of(&translated)), &etag_of(&translated), &Value::Null).assert_status(422);
        assert_eq!(answer.fault_pointers(), ["/credits/0/translator"]);
        credited(&editor, "plain", json!({"publication_id": north["id"], "line": "  ", "original_url": "https://n.example/1"}));
        assert_eq!(line(app, "plain").0, "North");
    }
}
