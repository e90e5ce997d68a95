//! `GET /v1/articles/{slug}`

use super::read;
use crate::harness::builders::{etag_of, id_of, make_article, make_author, make_public_article, make_section, make_tag, publish};
use crate::harness::client::Requests;
use serde_json::{Value, json};

on_both! {
    fn reader_finds_an_article_by_slug_and_by_id(app: &App) {
        let editor = app.editor();
        let (section, tag) = (make_section(&editor, "Harbour"), make_tag(&editor, "Ferries"));
        let article = make_public_article(&editor, json!({
            "slug": "ferry", "title": "Ferry <b>stays</b> & sails", "section_id": section["id"], "tag_ids": [tag["id"]],
            "lead_image": {"url": "https://a.example/1.jpg", "alt": "A ferry", "width": 3, "height": 2},
        }));
        let shown = read(app, "/v1/articles/ferry");
        assert_eq!(shown, read(app, &format!("/v1/articles/{}", id_of(&article))));
        assert_eq!(shown["title"], "Ferry <b>stays</b> & sails", "a title is plain text");
        assert_eq!(shown["section"]["slug"], "harbour");
        assert_eq!(shown["tags"][0]["name"], "Ferries");
        assert_eq!(shown["lead_image"], json!({"url": "https://a.example/1.jpg", "alt": "A ferry", "width": 3, "height": 2}));
        assert_eq!((&shown["word_count"], &shown["reading_minutes"]), (&json!(9), &json!(1)));
        assert_eq!((&shown["canonical_url"], &shown["index_policy"]), (&shown["page_url"], &json!("index")));
        assert_eq!((shown.get("credit_line"), &shown["credits"]), (None, &json!([])));
        // Nothing of the editing side.
        for private in ["version", "revision", "state", "created_by", "updated_by", "created_at", "public_revision"] {
            assert_eq!(shown.get(private), None, "{private}");
        }
    }

    fn reader_gets_fields_and_includes_together(app: &App) {
        let editor = app.editor();
        make_public_article(&editor, json!({"slug": "one"}));
        make_public_article(&editor, json!({"slug": "two"}));
        let shown = read(app, "/v1/articles/one?fields=title&include=related,meetings");
        let mut members: Vec<&str> = shown.as_object().expect("an object").keys().map(String::as_str).collect();
        members.sort_unstable();
        assert_eq!(members, ["meetings", "related", "title"]);
        assert_eq!(shown["related"][0]["slug"], "two");
        for (query, place) in [("include=author", "include"), ("include=", "include"), ("fields=body_source", "fields"), ("body=pdf", "body"), ("limit=1", "limit"), ("include=related&include=latest", "include")] {
            let answer = app.anonymous().get(&format!("/v1/articles/one?{query}")).assert_status(400);
            assert!(answer.fault_pointers().iter().all(|name| name == place), "{query}: {answer}");
        }
    }

    fn reader_gets_a_teaser_title_cut_at_a_word_end(app: &App) {
        let editor = app.editor();
        let long = "Harbour workers walk out over night shifts as the port authority refuses to talk about pay";
        make_public_article(&editor, json!({"slug": "long", "title": long}));
        let shown = read(app, "/v1/articles/long");
        assert_eq!(shown["title"], long);
        assert_eq!(shown["teaser_title"], "Harbour workers walk out over night shifts as the port authority…");
        // 70 characters as a person sees them: each of these is two code points.
        let accented = "e\u{301}".repeat(70);
        make_public_article(&editor, json!({"slug": "short", "title": accented}));
        assert_eq!(read(app, "/v1/articles/short")["teaser_title"], accented);
        let admin = app.admin();
        let site = admin.get("/v1/editor/site").assert_status(200);
        admin.patch("/v1/editor/site", &site.etag(), &json!({"teaser_title_length": 15, "ellipsis": " [more]"})).assert_status(200);
        assert_eq!(read(app, "/v1/articles/long")["teaser_title"], "Harbour workers [more]");
        assert_eq!(read(app, "/v1/articles?fields=slug,teaser_title")["data"][1]["teaser_title"], "Harbour workers [more]");
    }

    fn reader_gets_the_standfirst_whole_or_the_beginning_of_the_body(app: &App) {
        let editor = app.editor();
        let standfirst = "Word ".repeat(100).trim().to_owned();
        make_public_article(&editor, json!({"slug": "with", "standfirst": standfirst}));
        let shown = read(app, "/v1/articles/with");
        assert_eq!((&shown["standfirst"], &shown["excerpt"]), (&json!(standfirst), &json!(standfirst)));
        make_public_article(&editor, json!({"slug": "without", "body": {"source": "# Head\n\nFirst *line*\nsecond line.\n\n- item\n\n<script>x</script>"}}));
        let shown = read(app, "/v1/articles/without");
        assert_eq!(shown.get("standfirst"), None);
        assert_eq!(shown["excerpt"], "Head First line second line. item");
        make_public_article(&editor, json!({"slug": "long", "body": {"source": "word ".repeat(100)}}));
        let excerpt = read(app, "/v1/articles/long")["excerpt"].as_str().expect("an excerpt").to_owned();
        assert_eq!(excerpt, format!("{}…", "word ".repeat(40).trim()));
    }

    fn reader_gets_the_byline_in_order_with_roles(app: &App) {
        let editor = app.editor();
        let [ida, ann, joan] = ["Ida Moss", "Ann Ott", "Joan Hale"].map(|name| make_author(&editor, name));
        let bylines = json!([
            {"author_id": joan["id"], "role": "translation"},
            {"author_id": ann["id"]},
            {"author_id": ida["id"]},
            {"author_id": ida["id"], "role": "pictures"},
        ]);
        let article = make_public_article(&editor, json!({"slug": "one", "bylines": bylines}));
        let byline = read(app, "/v1/articles/one")["byline"].clone();
        assert_eq!(byline["text"], "By Ann Ott and Ida Moss. Pictures by Ida Moss. Translated by Joan Hale");
        let authors: Vec<(&str, &str)> = byline["authors"].as_array().expect("authors").iter().filter_map(|one| Some((one["slug"].as_str()?, one["role"].as_str()?))).collect();
        assert_eq!(authors, [("joan-hale", "translation"), ("ann-ott", "words"), ("ida-moss", "words"), ("ida-moss", "pictures")]);
        // A name that changes changes everywhere.
        editor.patch("/v1/editor/authors/ann-ott", &etag_of(&ann), &json!({"name": "Ann Otter"})).assert_status(200);
        assert_eq!(read(app, "/v1/articles")["data"][0]["byline"]["text"], "By Ann Otter and Ida Moss. Pictures by Ida Moss. Translated by Joan Hale");
        let edited = editor.patch(&format!("/v1/editor/articles/{}", id_of(&article)), "*", &json!({"byline_text": "From our <desk>"})).assert_status(200).json();
        publish(&editor, &edited);
        let byline = read(app, "/v1/articles/one")["byline"].clone();
        assert_eq!((&byline["text"], byline["authors"].as_array().map(Vec::len)), (&json!("From our <desk>"), Some(4)));
        make_public_article(&editor, json!({"slug": "nobody"}));
        assert_eq!(read(app, "/v1/articles/nobody").get("byline"), None);
    }

    fn reader_finds_no_draft(app: &App) {
        let draft = make_article(&app.editor(), json!({"slug": "draft"}));
        let missing = app.anonymous().get("/v1/articles/nothing").assert_status(404).problem();
        for path in ["/v1/articles/draft".to_owned(), format!("/v1/articles/{}", id_of(&draft)), "/v1/articles/draft/related".to_owned()] {
            let problem = app.anonymous().get(&path).assert_status(404).problem();
            assert_eq!((&problem["detail"], &problem["code"]), (&missing["detail"], &missing["code"]));
        }
        // A login opens nothing on the delivery side.
        app.editor().get("/v1/articles/draft").assert_status(404);
        assert_eq!(read(app, "/v1/articles")["data"], Value::Array(Vec::new()));
    }
}
