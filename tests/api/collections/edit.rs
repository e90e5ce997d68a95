//! `POST /v1/editor/collections`, `PATCH` and `DELETE /v1/editor/collections/{id}`

use super::{read, slot, slugs};
use crate::harness::builders::{id_of, make, make_article, make_section, make_tag};
use crate::harness::client::Requests;
use crate::records::column;
use serde_json::json;

const NOBODY: &str = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c21";

on_both! {
    fn editor_creates_a_collection_with_all_members(app: &App) {
        let editor = app.editor();
        let (article, section, tag) = (make_article(&editor, json!({})), make_section(&editor, "City"), make_tag(&editor, "Ferries"));
        let body = json!({
            "name": "Front page", "description": "Today.", "size": 5,
            "slots": [{"article_id": article["id"], "ends_at": "2026-11-27T06:00:00Z", "title": "Look"}],
            "fill": {"section_id": section["id"], "tag_id": tag["id"], "language": "en"},
        });
        let answer = editor.post("/v1/editor/collections", &body).assert_status(201);
        let shown = answer.json();
        assert_eq!((answer.etag().as_str(), answer.location()), ("\"1\"", format!("/v1/editor/collections/{}", id_of(&shown))));
        assert_eq!(shown["slug"], "front-page");
        for (name, value) in body.as_object().expect("an object") {
            assert_eq!(&shown[name], value, "{name}");
        }
        assert_eq!(editor.get(&answer.location()).assert_status(200).json(), shown);
        assert_eq!(make(&editor, "collections", &json!({"name": "Empty"}))["size"], 10);
        assert_eq!(column(&editor.get("/v1/editor/collections").json(), "name"), ["Empty", "Front page"]);
        app.contributor().post("/v1/editor/collections", &body).assert_status(403);
        // What the rule refers to is in use.
        for (collection, record) in [("sections", &section), ("tags", &tag)] {
            assert_eq!(editor.delete(&format!("/v1/editor/{collection}/{}", id_of(record)), "*").assert_status(409).problem_code(), "in_use");
        }
        editor.delete(&answer.location(), "*").assert_status(204);
        editor.delete(&format!("/v1/editor/tags/{}", id_of(&tag)), "*").assert_status(204);
    }

    fn editor_is_told_of_every_slot_that_is_wrong(app: &App) {
        let editor = app.editor();
        let article = make_article(&editor, json!({}));
        let body = json!({"name": "X", "slots": [slot(&article), {"article_id": NOBODY}, slot(&article), {}], "fill": {"section_id": NOBODY, "tag_id": NOBODY}});
        let answer = editor.post("/v1/editor/collections", &body).assert_status(422);
        let expected = [
            ("/fill/section_id", "dangling"), ("/fill/tag_id", "dangling"), ("/slots/1/article_id", "dangling"), ("/slots/2/article_id", "repeated"),
            ("/slots/3/article_id", "required"),
        ];
        assert_eq!(answer.faults(), expected.map(|(place, code)| (place.to_owned(), code.to_owned())));
        let many: Vec<_> = (0..101).map(|_| slot(&article)).collect();
        let answer = editor.post("/v1/editor/collections", &json!({"name": "X", "slots": many})).assert_status(422);
        assert_eq!(answer.faults(), [("/slots".to_owned(), "too_long".to_owned())]);
    }

    fn a_slot_whose_article_is_deleted_stays_until_it_is_taken_out(app: &App) {
        let editor = app.editor();
        let article = make_article(&editor, json!({}));
        let collection = make(&editor, "collections", &json!({"name": "Front page", "slots": [slot(&article)]}));
        editor.delete(&format!("/v1/editor/articles/{}", id_of(&article)), "*").assert_status(204);
        let path = format!("/v1/editor/collections/{}", id_of(&collection));
        let changed = editor.patch(&path, "*", &json!({"size": 3})).assert_status(200).json();
        assert_eq!(changed["slots"], json!([slot(&article)]));
        assert_eq!(slugs(&read(app, "/v1/collections/front-page")), Vec::<String>::new());
        editor.patch(&path, "*", &json!({"slots": []})).assert_status(200);
        assert_eq!(editor.patch(&path, "*", &json!({"slots": [slot(&article)]})).assert_status(422).fault_pointers(), ["/slots/0/article_id"]);
    }
}
