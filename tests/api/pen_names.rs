//! Who is behind a pen name: editors know, nobody else does.

use crate::harness::builders::{etag_of, id_of, make, make_author, make_public_article, make_publication};
use crate::harness::client::Requests;
use serde_json::json;

const SECRET: &str = "Zebedee-Quillfeather";

on_both! {
    fn editors_see_the_real_name_and_nobody_else_does(app: &App) {
        let (editor, reader) = (app.editor(), app.anonymous());
        let author = make(&editor, "authors", &json!({"name": "The Lamplighter", "real_name": SECRET}));
        assert_eq!(author["real_name"], SECRET);
        let other = make_author(&editor, "Ann Ott");
        make_public_article(&editor, json!({"slug": "one", "bylines": [{"author_id": author["id"]}]}));
        for path in [
            "/v1/authors", "/v1/authors/the-lamplighter", "/v1/articles", "/v1/articles/one?include=related,latest,meetings", "/v1/articles?author=the-lamplighter",
            "/v1/articles?q=lamplighter", "/v1/search?q=x", "/v1/collections", "/v1/changes",
        ] {
            assert!(!reader.get(path).text().contains(SECRET), "{path}");
        }
        assert_eq!(reader.get("/v1/articles?total=true&q=Quillfeather").assert_status(200).json()["page"]["total"], 0);
        reader.get("/v1/authors?fields=real_name").assert_status(400);
        for path in ["/v1/editor/authors".to_owned(), format!("/v1/editor/authors/{}", id_of(&author)), "/v1/editor/authors?fields=real_name".to_owned()] {
            assert!(editor.get(&path).assert_status(200).text().contains(SECRET), "{path}");
            assert!(app.admin().get(&path).assert_status(200).text().contains(SECRET), "{path}");
            let answer = app.contributor().get(&path).assert_status(200);
            assert!(!answer.text().contains("real_name") && !answer.text().contains(SECRET), "{answer}");
        }
        let revision = format!("/v1/editor/authors/{}/revisions/1", id_of(&author));
        assert!(editor.get(&revision).assert_status(200).text().contains(SECRET));
        assert!(!app.contributor().get(&revision).assert_status(200).text().contains("real_name"));
        let path = format!("/v1/editor/authors/{}", id_of(&author));
        let changed = editor.patch(&path, &etag_of(&author), &json!({"bio": "Lights lamps."})).assert_status(200).json();
        assert_eq!(changed["real_name"], SECRET, "a patch that leaves it out keeps it");
        assert!(!app.contributor().patch(&path, "*", &json!({"bio": "x"})).assert_status(403).text().contains(SECRET));
        // Merged, the name goes with the one that is gone.
        editor.action(&format!("{path}/merge"), "*", &json!({"into_id": other["id"]})).assert_status(200);
        assert!(!editor.get("/v1/editor/authors").text().contains(SECRET));
        let cleared = make(&editor, "authors", &json!({"name": "N", "real_name": SECRET}));
        let cleared = editor.patch(&format!("/v1/editor/authors/{}", id_of(&cleared)), "*", &json!({"real_name": null})).assert_status(200).json();
        assert_eq!(cleared.get("real_name"), None);
    }

    fn what_was_agreed_in_private_is_for_editors_only(app: &App) {
        let (editor, contributor) = (app.editor(), app.contributor());
        let paper = make_publication(&editor, "North", json!({"private_notes": SECRET, "private_contact": SECRET}));
        let one = format!("/v1/editor/publications/{}", id_of(&paper));
        for path in [one.clone(), format!("{one}/revisions/1"), "/v1/editor/publications".to_owned(), "/v1/editor/publications?fields=private_notes".to_owned()] {
            assert!(editor.get(&path).assert_status(200).text().contains(SECRET), "{path}");
            assert!(!contributor.get(&path).assert_status(200).text().contains(SECRET), "{path}");
        }
        let changed = editor.patch(&one, &etag_of(&paper), &json!({"country": "AU"})).assert_status(200).json();
        assert_eq!((&changed["private_notes"], &changed["private_contact"]), (&json!(SECRET), &json!(SECRET)));
    }
}
