//! `POST /v1/editor/articles`

use super::path_of;
use crate::harness::builders::{etag_of, make_article, make_public_article};
use crate::harness::client::Requests;
use serde_json::{Value, json};

/// Something that no one made.
const NOBODY: &str = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c21";

on_both! {
    fn contributor_creates_a_draft_with_a_slug(app: &App) {
        let contributor = app.contributor();
        let answer = contributor.post("/v1/editor/articles", &json!({"title": "Don’t mourn, organise — now!"})).assert_status(201);
        let draft = answer.json();
        assert_eq!(draft["slug"], "dont-mourn-organise-now");
        assert_eq!(draft["state"], "draft");
        assert_eq!((&draft["version"], &draft["revision"]), (&json!(1), &json!(1)));
        assert_eq!(draft["created_by"], contributor.login.id.to_string());
        assert_eq!(draft["created_at"], "2026-11-26T09:00:00Z");
        assert_eq!(draft["page_url"], "https://paper.example/articles/dont-mourn-organise-now");
        for absent in ["public_revision", "published_at", "publish_at"] {
            assert_eq!(draft.get(absent), None, "{absent}");
        }
        assert_eq!(answer.etag(), "\"1\"");
        assert_eq!(contributor.get(&answer.location()).assert_status(200).json(), draft);
    }

    fn editor_creates_articles_of_one_title_with_numbered_slugs(app: &App) {
        let editor = app.editor();
        let slugs: Vec<Value> = (0..3).map(|_| make_article(&editor, json!({"title": "Strike"}))["slug"].clone()).collect();
        assert_eq!(slugs, ["strike", "strike-2", "strike-3"]);
    }

    fn editor_creates_with_a_slug_in_use_and_is_refused(app: &App) {
        let editor = app.editor();
        let published = make_public_article(&editor, json!({"slug": "first"}));
        make_article(&editor, json!({"slug": "draft"}));
        // The slug that readers know is taken even after the writer has chosen another.
        editor.patch(&path_of(&published), &etag_of(&published), &json!({"slug": "second"})).assert_status(200);
        for slug in ["first", "second", "draft"] {
            let answer = editor.post("/v1/editor/articles", &json!({"title": "T", "slug": slug})).assert_status(422);
            assert_eq!(answer.faults(), [("/slug".to_owned(), "taken".to_owned())], "{slug}");
        }
    }

    fn contributor_creates_and_is_told_of_every_fault(app: &App) {
        let answer = app.contributor().post("/v1/editor/articles", &json!({
            "title": " ",
            "slug": "Not a slug",
            "body": {"format": "latex", "source": 7},
            "bylines": [{"author_id": NOBODY}, {"role": "words"}],
            "credits": [{"publication_id": NOBODY, "relation": "stolen", "original_url": "javascript:alert(1)"}],
            "section_id": NOBODY,
            "tag_ids": [NOBODY, NOBODY, "x"],
            "related_ids": [NOBODY],
            "language": "english_au",
            "lead_image": {"alt": "A ferry"},
            "colour/1": "red",
        })).assert_status(422);
        assert_eq!(answer.fault_pointers(), [
            "/body/format",
            "/body/source",
            "/bylines/0/author_id",
            "/bylines/1/author_id",
            "/colour~11",
            "/credits/0/original_url",
            "/credits/0/publication_id",
            "/credits/0/relation",
            "/language",
            "/lead_image/url",
            "/related_ids/0",
            "/section_id",
            "/slug",
            "/tag_ids/0",
            "/tag_ids/1",
            "/tag_ids/2",
            "/title",
        ]);
        assert_eq!(app.editor().get("/v1/editor/articles?total=true").json()["page"]["total"], 0);
    }

    fn contributor_creates_with_unclean_html_and_is_told_what_went(app: &App) {
        let body = json!({"format": "html", "source": "<p onclick=\"x()\">Safe</p><script>alert(1)</script><a href=\"javascript:x\">link</a>"});
        let draft = make_article(&app.contributor(), json!({"body": body}));
        let html = draft["body_html"].as_str().expect("HTML");
        assert!(html.contains("<p>Safe</p>"), "{html}");
        assert!(!html.contains("script") && !html.contains("onclick"), "{html}");
        let removed: Vec<&str> = draft["removed"].as_array().expect("a list").iter().filter_map(|one| one["what"].as_str()).collect();
        assert!(removed.contains(&"element script") && removed.contains(&"attribute onclick on p"), "{removed:?}");
        // What was typed is kept as it was typed.
        assert_eq!(draft["body"], body);
    }

    fn anonymous_creates_nothing(app: &App) {
        app.anonymous().post("/v1/editor/articles", &json!({"title": "T"})).assert_status(401).problem();
    }

    fn contributor_learns_nothing_of_the_drafts_of_others(app: &App) {
        let (editor, contributor) = (app.editor(), app.contributor());
        let (hidden, public) = (make_article(&editor, json!({"slug": "hidden"})), make_public_article(&editor, json!({"slug": "public"})));
        let own = make_article(&contributor, json!({"slug": "own", "related_ids": [public["id"]]}));
        let name = |id: &Value| contributor.post("/v1/editor/articles", &json!({"title": "T", "related_ids": [id]})).assert_status(422).problem()["errors"].clone();
        assert_eq!(name(&hidden["id"]), name(&json!(NOBODY)));
        contributor.patch(&path_of(&own), "*", &json!({"related_ids": [public["id"], hidden["id"]]})).assert_status(422);
        let mine = make_article(&contributor, json!({"related_ids": [own["id"], public["id"]]}));
        // What an editor has picked stays where its creator works on.
        let picked = editor.patch(&path_of(&mine), "*", &json!({"related_ids": [hidden["id"]]})).assert_status(200).json();
        let saved = contributor.patch(&path_of(&mine), &etag_of(&picked), &json!({"title": "Another"})).assert_status(200).json();
        assert_eq!(saved["related_ids"], json!([hidden["id"]]));
    }
}
