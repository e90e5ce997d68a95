//! What becomes of meetings, collections, addresses and the audit log.

use super::{merge, shown};
use crate::harness::builders::{etag_of, id_of, make, make_author, make_meeting, make_public_article, make_tag};
use crate::harness::client::Requests;
use serde_json::json;

on_both! {
    fn meetings_and_collections_refer_to_the_other_tag(app: &App) {
        let (editor, reader) = (app.editor(), app.anonymous());
        let (old, new, other) = (make_tag(&editor, "Ferry"), make_tag(&editor, "Ferries"), make_tag(&editor, "Rents"));
        let one = make_meeting(&editor, "One", "2026-12-03T19:00", json!({"tag_ids": [other["id"], old["id"]]}));
        let both = make_meeting(&editor, "Both", "2026-12-04T19:00", json!({"tag_ids": [old["id"], new["id"]]}));
        let collection = make(&editor, "collections", &json!({"name": "Boats", "fill": {"tag_id": old["id"], "language": "en"}}));
        make_public_article(&editor, json!({"slug": "ferry", "tag_ids": [old["id"]]}));
        merge(&editor, "tags", &old, &new).assert_status(200);
        let shown = |collection: &str, thing: &serde_json::Value| editor.get(&format!("/v1/editor/{collection}/{}", id_of(thing))).assert_status(200).json();
        assert_eq!((&shown("meetings", &one)["tag_ids"], &shown("meetings", &one)["version"]), (&json!([other["id"], new["id"]]), &json!(2)));
        assert_eq!(shown("meetings", &both)["tag_ids"], json!([new["id"]]));
        assert_eq!(shown("collections", &collection)["fill"], json!({"tag_id": new["id"], "language": "en"}));
        let meetings = reader.get("/v1/meetings?tag=ferries").assert_status(200).json();
        assert_eq!(crate::records::column(&meetings, "slug"), ["one", "both"]);
        assert_eq!(reader.get("/v1/collections/boats").json()["items"][0]["slug"], "ferry");
        // Nothing refers to what is gone, and what is left can be changed like any other.
        editor.patch(&format!("/v1/editor/meetings/{}", id_of(&one)), "*", &json!({"title": "Still one"})).assert_status(200);
    }

    fn old_addresses_and_old_ids_lead_to_what_is_left_in_one_step(app: &App) {
        let (editor, reader) = (app.editor(), app.anonymous());
        for collection in ["tags", "authors"] {
            let record = |name: &str| make(&editor, collection, &json!({"name": name}));
            let (first, second, third) = (record("First"), record("Second"), record("Third"));
            editor.patch(&format!("/v1/editor/{collection}/{}", id_of(&first)), "*", &json!({"slug": "renamed"})).assert_status(200);
            merge(&editor, collection, &first, &second).assert_status(200);
            merge(&editor, collection, &second, &third).assert_status(200);
            editor.patch(&format!("/v1/editor/{collection}/{}", id_of(&third)), "*", &json!({"slug": "last"})).assert_status(200);
            for name in ["first", "renamed", "second", "third", id_of(&first), id_of(&second)] {
                assert_eq!(reader.get(&format!("/v1/{collection}/{name}")).assert_status(301).location(), format!("/v1/{collection}/last"), "{name}");
            }
            reader.get(&format!("/v1/{collection}/{}", id_of(&third))).assert_status(200);
            editor.get(&format!("/v1/editor/{collection}/{}", id_of(&first))).assert_status(404);
            // A kept answer gives way when another takes the old slug.
            make(&editor, collection, &json!({"name": "First"}));
            reader.get(&format!("/v1/{collection}/first")).assert_status(200);
        }
    }

    fn a_merge_is_in_the_audit_log_and_kept_replies_change(app: &App) {
        let (editor, reader) = (app.editor(), app.anonymous());
        let (old, new) = (make_author(&editor, "I. Moss"), make_author(&editor, "Ida Moss"));
        make_public_article(&editor, json!({"slug": "one", "bylines": [{"author_id": old["id"]}]}));
        let before = reader.get("/v1/articles/one").assert_status(200);
        merge(&editor, "authors", &old, &new).assert_status(200);
        assert_ne!(reader.get("/v1/articles/one").assert_status(200).etag(), before.etag());
        let tag = format!("author-{}", id_of(&old).rsplit('-').next().expect("an id"));
        assert!(before.header_list("cache-tag").contains(&tag), "{before}");
        let changes = crate::delivery::changes::db_changes_since(app, 0);
        assert!(changes.iter().any(|change| change.action.to_string() == "deleted" && change.tags.0.contains(&tag)), "{changes:#?}");
        let log = app.admin().get("/v1/editor/audit?action=author.merge").assert_status(200).json();
        let entry = &log["data"][0];
        assert_eq!((&entry["entity_id"], &entry["label"], &entry["after"]["into_id"], &entry["after"]["articles"]), (&old["id"], &json!("I. Moss"), &new["id"], &json!(1)));
    }

    fn a_trial_changes_nothing(app: &App) {
        let editor = app.editor();
        let (old, new) = (make_tag(&editor, "Ferry"), make_tag(&editor, "Ferries"));
        let article = make_public_article(&editor, json!({"tag_ids": [old["id"]]}));
        let path = format!("/v1/editor/tags/{}/merge?dry_run=true", id_of(&old));
        assert_eq!(editor.action(&path, &etag_of(&old), &json!({"into_id": new["id"]})).assert_status(200).json(), new);
        assert_eq!(shown(&editor, &article), article);
        assert_eq!(editor.get(&format!("/v1/editor/tags/{}", id_of(&old))).assert_status(200).json(), old);
    }
}
