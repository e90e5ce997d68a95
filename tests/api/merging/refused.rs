//! What is refused.

use crate::harness::builders::{id_of, make_author, make_tag};
use crate::harness::client::Requests;
use serde_json::json;

on_both! {
    fn editor_merges_into_what_is_no_target_and_is_told(app: &App) {
        let editor = app.editor();
        let (old, new) = (make_tag(&editor, "Ferry"), make_tag(&editor, "Ferries"));
        let author = make_author(&editor, "Ida");
        let path = format!("/v1/editor/tags/{}/merge", id_of(&old));
        for (body, place, code) in [
            (json!({}), "/into_id", "required"), (json!({"into_id": old["id"]}), "/into_id", "circular"), (json!({"into_id": author["id"]}), "/into_id", "dangling"),
            (json!({"into_id": "ferries"}), "/into_id", "invalid_format"), (json!({"into_id": 7}), "/into_id", "wrong_type"), (json!([]), "", "wrong_type"),
            (json!({"into_id": new["id"], "force": true}), "/force", "unknown"),
        ] {
            assert_eq!(editor.action(&path, "*", &body).assert_status(422).faults(), [(place.to_owned(), code.to_owned())], "{body}");
        }
        let body = json!({"into_id": new["id"]});
        editor.post(&path, &body).assert_status(428);
        editor.patch(&format!("/v1/editor/tags/{}", id_of(&old)), "*", &json!({"description": "x"})).assert_status(200);
        assert_eq!(editor.action(&path, "\"1\"", &body).assert_status(412).problem()["current"]["version"], 2);
        app.contributor().action(&path, "*", &body).assert_status(403);
        editor.action("/v1/editor/tags/01936d6c-7a10-7c3e-9d55-6b1f0e9a4c21/merge", "*", &body).assert_status(404);
        for tag in [&old, &new] {
            editor.get(&format!("/v1/editor/tags/{}", id_of(tag))).assert_status(200);
        }
        assert_eq!(editor.action(&path, "\"2\"", &body).assert_status(200).json(), new);
        editor.action(&path, "*", &body).assert_status(404);
    }
}
