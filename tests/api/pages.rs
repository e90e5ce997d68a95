//! Standing pages: `/v1/editor/pages` and `/v1/pages`

use crate::harness::builders::{etag_of, id_of, make};
use crate::harness::client::Requests;
use crate::records::{assert_query_refused, column, walk};
use serde_json::{Value, json};

on_both! {
    fn editor_creates_a_page_and_readers_see_it_once_it_is_published(app: &App) {
        let (editor, reader) = (app.editor(), app.anonymous());
        let body = json!({
            "title": "About us", "description": "Who we are.", "menu_position": 10,
            "body": {"format": "markdown", "source": "We print **monthly**.\n\n<script>x</script>"},
        });
        let answer = editor.post("/v1/editor/pages", &body).assert_status(201);
        let shown = answer.json();
        assert_eq!((answer.etag().as_str(), answer.location()), ("\"1\"", format!("/v1/editor/pages/{}", id_of(&shown))));
        assert_eq!((&shown["slug"], &shown["state"]), (&json!("about-us"), &json!("draft")));
        for (name, value) in body.as_object().expect("an object") {
            assert_eq!(&shown[name], value, "{name}");
        }
        assert_eq!((shown["body_html"].as_str().map(str::trim), &shown["removed"][0]["what"]), (Some("<p>We print <strong>monthly</strong>.</p>"), &json!("element script")));
        for path in ["/v1/pages/about-us".to_owned(), format!("/v1/pages/{}", id_of(&shown))] {
            assert_eq!(reader.get(&path).assert_status(404).problem_code(), "not_found");
        }
        assert_eq!(reader.get("/v1/pages?total=true").json()["page"]["total"], 0);
        let published = editor.patch(&answer.location(), "\"1\"", &json!({"state": "published"})).assert_status(200).json();
        let read = reader.get("/v1/pages/about-us").assert_status(200);
        let expected = json!({
            "id": shown["id"], "slug": "about-us", "page_url": "https://paper.example/pages/about-us", "updated_at": published["updated_at"],
            "title": "About us", "description": "Who we are.", "menu_position": 10,
            "body": {"format": "html", "content": shown["body_html"]},
        });
        assert_eq!(read.json(), expected);
        assert!(read.header_list("cache-tag").iter().any(|tag| tag.starts_with("page-")), "{read}");
        let content = |form: &str| reader.get(&format!("/v1/pages/about-us?body={form}")).assert_status(200).json()["body"]["content"].clone();
        assert_eq!((content("text").as_str().map(str::trim), content("markdown").as_str().map(str::trim), content("none")), (Some("We print monthly."), Some("We print **monthly**."), Value::Null));
        // Taken back, it is gone at once.
        editor.patch(&answer.location(), "*", &json!({"state": "draft"})).assert_status(200);
        reader.get("/v1/pages/about-us").assert_status(404);
        assert_eq!(editor.get("/v1/editor/pages/about-us").assert_status(200).json()["version"], 3);
    }

    fn a_slug_that_a_page_gave_up_leads_on_while_it_is_published(app: &App) {
        let (editor, reader) = (app.editor(), app.anonymous());
        let page = make(&editor, "pages", &json!({"title": "Contact", "state": "published"}));
        let path = format!("/v1/editor/pages/{}", id_of(&page));
        editor.patch(&path, "*", &json!({"slug": "reach-us"})).assert_status(200);
        let changed = editor.patch(&path, "*", &json!({"slug": "write-to-us"})).assert_status(200).json();
        for slug in ["contact", "reach-us"] {
            assert_eq!(reader.get(&format!("/v1/pages/{slug}?body=text")).assert_status(301).location(), "/v1/pages/write-to-us?body=text");
        }
        editor.patch(&path, &etag_of(&changed), &json!({"state": "draft"})).assert_status(200);
        for slug in ["contact", "reach-us", "write-to-us"] {
            reader.get(&format!("/v1/pages/{slug}")).assert_status(404);
        }
        editor.delete(&path, "*").assert_status(204);
        editor.get(&path).assert_status(404);
    }

    fn pages_are_listed_as_the_menu_has_them(app: &App) {
        let (editor, reader) = (app.editor(), app.anonymous());
        for (title, position, state) in
            [("Imprint", json!(null), "published"), ("Contact", json!(20), "published"), ("About", json!(3), "published"), ("Secret", json!(1), "draft"), ("Archive", json!(null), "published")]
        {
            make(&editor, "pages", &json!({"title": title, "menu_position": position, "state": state, "body": {"source": title}}));
            app.clock.advance_seconds(60);
        }
        let titles = |query: &str| column(&reader.get(&format!("/v1/pages?{query}")).assert_status(200).json(), "title");
        assert_eq!(titles(""), ["About", "Contact", "Archive", "Imprint"]);
        assert_eq!(titles("sort=-menu"), ["Imprint", "Archive", "Contact", "About"]);
        assert_eq!(titles("in_menu=true"), ["About", "Contact"]);
        assert_eq!(titles("in_menu=false&sort=-updated_at"), ["Archive", "Imprint"]);
        assert_eq!(titles("updated_since=2026-11-26T09:02:00Z"), ["About", "Archive"]);
        let list = reader.get("/v1/pages?limit=1&total=true").json();
        assert_eq!((&list["page"]["total"], list["data"][0].get("body")), (&json!(4), None));
        assert_eq!(reader.get("/v1/pages?body=text").json()["data"][0]["body"]["content"].as_str().map(str::trim), Some("About"));
        let desk = |query: &str| column(&editor.get(&format!("/v1/editor/pages?{query}")).assert_status(200).json(), "title");
        assert_eq!(desk(""), ["Secret", "About", "Contact", "Archive", "Imprint"]);
        assert_eq!(desk("state=draft"), ["Secret"]);
        for sort in ["menu", "-menu", "updated_at"] {
            assert_eq!(walk(&reader, &format!("/v1/pages?limit=1&sort={sort}")).len(), 4);
            assert_eq!(walk(&editor, &format!("/v1/editor/pages?limit=2&sort={sort}")).len(), 5);
        }
        for query in ["sort=title", "in_menu=yes", "state=draft", "body=pdf", "fields=state"] {
            assert_query_refused(reader.get(&format!("/v1/pages?{query}")), query.split('=').next().expect("a name"));
        }
        assert_query_refused(editor.get("/v1/editor/pages?state=gone"), "state");
    }
}
