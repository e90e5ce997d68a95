//! Deleting media.

use super::path_of;
use crate::harness::builders::id_of;
use crate::harness::client::Requests;
use crate::harness::pictures::{png, upload};

on_both! {
    fn editor_deletes_an_item_and_its_file_is_not_found_any_more(app: &App) {
        let editor = app.editor();
        let [first, second] = ["a.png", "b.png"].map(|name| upload(&editor, name, &png(30, 20)).assert_status(201).json());
        let file = path_of(&first["url"]);
        editor.get(&file).assert_status(200);
        let path = format!("/v1/editor/media/{}", id_of(&first));
        editor.send("DELETE", &path, &[], b"").assert_status(428);
        editor.delete(&path, "\"9\"").assert_status(412);
        editor.delete(&path, "\"1\"").assert_status(204);
        editor.get(&path).assert_status(404);
        // Another item shows it still.
        app.anonymous().get(&file).assert_status(200);
        editor.delete(&format!("/v1/editor/media/{}", id_of(&second)), "\"1\"").assert_status(204);
        app.anonymous().get(&file).assert_status(404);
        // Added again, it is there again.
        upload(&editor, "c.png", &png(30, 20)).assert_status(201);
        app.anonymous().get(&file).assert_status(200);
        let entries = app.admin().get("/v1/editor/audit?action=media.delete").assert_status(200).json();
        assert_eq!(entries["data"].as_array().map(Vec::len), Some(2));
    }
}
