//! Records that something refers to, and sections inside sections.

use crate::harness::builders::{
    etag_of, id_of, make, make_article, make_author, make_branch, make_issue, make_meeting, make_publication, make_section, make_tag, make_venue,
    publish, step,
};
use crate::harness::client::{Requests, SignedIn};
use crate::harness::pictures::{png, upload};
use crate::records::{assert_query_refused, column};
use serde_json::{Value, json};

/// Asserts that a record cannot be deleted, and stays.
#[track_caller]
fn assert_in_use(editor: &SignedIn, collection: &str, record: &Value) {
    let path = format!("/v1/editor/{collection}/{}", id_of(record));
    let answer = editor.delete(&path, "*").assert_status(409);
    assert_eq!(answer.problem_code(), "in_use", "{answer}");
    assert_eq!(&editor.get(&path).assert_status(200).json(), record);
}

on_both! {
    fn editor_cannot_delete_what_a_meeting_refers_to(app: &App) {
        let editor = app.editor();
        let (tag, branch, venue) = (make_tag(&editor, "Ferries"), make_branch(&editor, "Wharf", json!({})), make_venue(&editor, "Hall", json!({})));
        let refers = json!({"tag_ids": [tag["id"]], "branch_id": branch["id"], "venue_id": venue["id"]});
        let meeting = make_meeting(&editor, "Readers’ evening", "2026-12-03T19:00", refers);
        for (collection, record) in [("tags", &tag), ("branches", &branch), ("venues", &venue)] {
            assert_in_use(&editor, collection, record);
        }
        editor.delete(&format!("/v1/editor/meetings/{}", id_of(&meeting)), "*").assert_status(204);
        for (collection, record) in [("tags", &tag), ("branches", &branch), ("venues", &venue)] {
            editor.delete(&format!("/v1/editor/{collection}/{}", id_of(record)), "*").assert_status(204);
        }
    }

    fn editor_cannot_delete_what_an_article_refers_to(app: &App) {
        let editor = app.editor();
        let (author, section, tag) = (make_author(&editor, "Ida Moss"), make_section(&editor, "City"), make_tag(&editor, "Ferries"));
        let publication = make_publication(&editor, "North", json!({}));
        let records = [("authors", &author), ("sections", &section), ("tags", &tag), ("publications", &publication)];
        let refers = json!({
            "bylines": [{"author_id": author["id"]}],
            "section_id": section["id"],
            "tag_ids": [tag["id"]],
            "credits": [{"publication_id": publication["id"]}],
        });
        let draft = make_article(&editor, refers);
        for (collection, record) in records {
            assert_in_use(&editor, collection, record);
        }

        // The draft lets go of them, while readers still see the article with them.
        let published = publish(&editor, &draft);
        let path = format!("/v1/editor/articles/{}", id_of(&draft));
        let nothing = json!({"bylines": null, "section_id": null, "tag_ids": [], "credits": []});
        let changed = editor.patch(&path, &etag_of(&published), &nothing).assert_status(200).json();
        for (collection, record) in records {
            assert_in_use(&editor, collection, record);
        }
        publish(&editor, &changed);
        for (collection, record) in records {
            editor.delete(&format!("/v1/editor/{collection}/{}", id_of(record)), "*").assert_status(204);
        }
    }

    fn editor_cannot_delete_what_only_a_prepared_revision_refers_to(app: &App) {
        let editor = app.editor();
        let refers = |with: &[Value; 6]| {
            let [author, section, tag, publication, issue, picture] = with;
            json!({
                "bylines": [{"author_id": author["id"]}],
                "section_id": section["id"],
                "tag_ids": [tag["id"]],
                "credits": [{"publication_id": publication["id"]}],
                "issue_id": issue["id"],
                "lead_image": {"media_id": picture["id"]},
            })
        };
        let nothing = json!({"bylines": null, "section_id": null, "tag_ids": [], "credits": [], "issue_id": null, "lead_image": null});
        let published = publish(&editor, &make_article(&editor, json!({"slug": "live"})));
        let path = format!("/v1/editor/articles/{}", id_of(&published));
        let edit = |article: &Value, patch: &Value| editor.patch(&path, &etag_of(article), patch).assert_status(200).json();
        let at = |time: &str| json!({"publish_at": time});
        let delete = |collection: &str, record: &Value| editor.delete(&format!("/v1/editor/{collection}/{}", id_of(record)), "*");
        let make_all = |name: &str| {
            [
                make_author(&editor, name),
                make_section(&editor, name),
                make_tag(&editor, name),
                make_publication(&editor, name, json!({})),
                make_issue(&editor, name, "2026-11", json!({})),
                upload(&editor, "a.png", &png(30, 20)).assert_status(201).json(),
            ]
        };
        let collections = ["authors", "sections", "tags", "publications", "issues", "media"];
        let (first, second) = (make_all("First"), make_all("Second"));

        // One is prepared, and given up for another.
        let edited = edit(&published, &refers(&first));
        let prepared = edit(&step(&editor, &edited, "schedule", at("2026-11-26T09:10:00Z")), &refers(&second));
        for (collection, record) in collections.iter().zip(first.iter().chain(&second)) {
            assert_in_use(&editor, collection, record);
        }
        assert_eq!(editor.get("/v1/editor/media?unused=true&total=true").json()["page"]["total"], 0);
        let uses = delete("media", &first[5]).assert_status(409).problem()["uses"].clone();
        assert_eq!((&uses[0]["id"], &uses[0]["role"], uses.as_array().map(Vec::len)), (&published["id"], &json!("lead_image"), Some(1)));
        let prepared = step(&editor, &prepared, "schedule", at("2026-11-26T09:10:00Z"));
        for (collection, record) in collections.iter().zip(&first) {
            delete(collection, record).assert_status(204);
        }

        // It is cancelled.
        let third = make_all("Third");
        let edited = edit(&prepared, &nothing);
        for (collection, record) in collections.iter().zip(&second) {
            assert_in_use(&editor, collection, record);
        }
        let cancelled = step(&editor, &edited, "unschedule", Value::Null);
        for (collection, record) in collections.iter().zip(&second) {
            delete(collection, record).assert_status(204);
        }

        // It takes its place: then readers see what it refers to, until the next takes its own.
        let prepared = edit(&step(&editor, &edit(&cancelled, &refers(&third)), "schedule", at("2026-11-26T09:10:00Z")), &nothing);
        app.clock.advance_seconds(600);
        assert_eq!(app.anonymous().get("/v1/articles/live").assert_status(200).json()["section"]["id"], third[1]["id"]);
        for (collection, record) in collections.iter().zip(&third) {
            assert_in_use(&editor, collection, record);
        }
        publish(&editor, &prepared);
        for (collection, record) in collections.iter().zip(&third) {
            delete(collection, record).assert_status(204);
        }
    }

    fn what_is_worked_on_is_kept_when_a_prepared_revision_is_over_with_the_article(app: &App) {
        let editor = app.editor();
        let (first, second) = (make_tag(&editor, "First"), make_tag(&editor, "Second"));
        let until = json!({"unpublish_at": "2026-11-26T09:12:00Z"});
        let published = step(&editor, &make_article(&editor, json!({"slug": "brief"})), "publish", until);
        let path = format!("/v1/editor/articles/{}", id_of(&published));
        let edit = |article: &Value, patch: Value| editor.patch(&path, &etag_of(article), &patch).assert_status(200).json();
        let edited = edit(&published, json!({"tag_ids": [first["id"]]}));
        let prepared = step(&editor, &edited, "schedule", json!({"publish_at": "2026-11-26T09:11:00Z"}));
        edit(&prepared, json!({"tag_ids": [second["id"]]}));
        assert_in_use(&editor, "tags", &first);
        // Nobody has looked at it in its last minute.
        app.clock.advance_seconds(720);
        app.run_jobs();
        editor.delete(&format!("/v1/editor/tags/{}", id_of(&first)), "*").assert_status(204);
        assert_in_use(&editor, "tags", &second);
    }

    fn editor_deletes_what_only_a_deleted_article_referred_to(app: &App) {
        let editor = app.editor();
        let (author, section) = (make_author(&editor, "Ida Moss"), make_section(&editor, "City"));
        let article = make_article(&editor, json!({"bylines": [{"author_id": author["id"]}], "section_id": section["id"]}));
        let unpublished = step(&editor, &publish(&editor, &article), "unpublish", Value::Null);
        assert_in_use(&editor, "authors", &author);
        editor.delete(&format!("/v1/editor/articles/{}", id_of(&article)), &etag_of(&unpublished)).assert_status(204);
        editor.delete(&format!("/v1/editor/authors/{}", id_of(&author)), "*").assert_status(204);
        editor.delete(&format!("/v1/editor/sections/{}", id_of(&section)), "*").assert_status(204);
    }

    fn editor_cannot_delete_a_section_with_others_in_it(app: &App) {
        let editor = app.editor();
        let parent = make_section(&editor, "City");
        let child = make(&editor, "sections", &json!({"name": "Harbour", "parent_id": parent["id"]}));
        assert_in_use(&editor, "sections", &parent);
        editor.patch(&format!("/v1/editor/sections/{}", id_of(&child)), "\"1\"", &json!({"parent_id": null})).assert_status(200);
        editor.delete(&format!("/v1/editor/sections/{}", id_of(&parent)), "*").assert_status(204);
    }

    fn editor_cannot_put_a_section_inside_itself(app: &App) {
        let editor = app.editor();
        let mut sections = vec![make_section(&editor, "Level 1")];
        for level in 2..=8 {
            let body = json!({"name": format!("Level {level}"), "parent_id": sections[level - 2]["id"]});
            sections.push(make(&editor, "sections", &body));
        }
        let top = format!("/v1/editor/sections/{}", id_of(&sections[0]));
        for inside in [0, 1, 3] {
            let answer = editor.patch(&top, "\"1\"", &json!({"parent_id": sections[inside]["id"]})).assert_status(422);
            assert_eq!(answer.faults(), [("/parent_id".to_owned(), "circular".to_owned())], "{answer}");
        }
        let answer = editor.post("/v1/editor/sections", &json!({"name": "Level 9", "parent_id": sections[7]["id"]})).assert_status(422);
        assert_eq!(answer.faults(), [("/parent_id".to_owned(), "out_of_range".to_owned())], "{answer}");
        assert_eq!(editor.get(&top).etag(), "\"1\"");
    }

    fn readers_list_the_sections_inside_one(app: &App) {
        let editor = app.editor();
        let parent = make_section(&editor, "City");
        let child = make(&editor, "sections", &json!({"name": "Harbour", "parent_id": parent["id"]}));
        make(&editor, "sections", &json!({"name": "Pier", "parent_id": child["id"]}));
        let inside = app.anonymous().get(&format!("/v1/sections?parent={}&total=true", id_of(&parent))).assert_status(200).json();
        assert_eq!(column(&inside, "slug"), ["harbour"]);
        assert_eq!(inside["page"]["total"], 1);
        assert_eq!(inside["data"][0]["parent_id"], parent["id"]);
        assert_query_refused(app.anonymous().get("/v1/sections?parent=city"), "parent");
    }

    fn readers_see_what_a_section_stands_in(app: &App) {
        let (editor, reader) = (app.editor(), app.anonymous());
        let city = make_section(&editor, "City");
        let harbour = make(&editor, "sections", &json!({"name": "Harbour", "parent_id": city["id"]}));
        let pier = make(&editor, "sections", &json!({"name": "Pier", "parent_id": harbour["id"]}));
        let of = |section: &Value| {
            let slug = section["slug"].as_str().expect("a slug");
            json!({"id": section["id"], "slug": slug, "name": section["name"], "page_url": format!("https://paper.example/sections/{slug}")})
        };
        let found = reader.get("/v1/sections/pier").assert_status(200);
        assert_eq!(found.json()["ancestors"], json!([of(&city), of(&harbour)]));
        let tag = format!("section-{}", id_of(&city).rsplit('-').next().expect("a part"));
        assert!(found.header_list("cache-tag").contains(&tag), "{found}");
        let list = reader.get("/v1/sections?fields=slug,ancestors").assert_status(200).json();
        let expected = json!([
            {"slug": "city", "ancestors": []}, {"slug": "harbour", "ancestors": [of(&city)]}, {"slug": "pier", "ancestors": [of(&city), of(&harbour)]},
        ]);
        assert_eq!(list["data"], expected);
        assert_eq!(reader.get(&format!("/v1/sections?parent={}", id_of(&harbour))).json()["data"][0]["ancestors"], json!([of(&city), of(&harbour)]));
        // A rename above reaches them at once, as does a move.
        let town = editor.patch(&format!("/v1/editor/sections/{}", id_of(&city)), "*", &json!({"name": "Town", "slug": "town"})).assert_status(200).json();
        assert_eq!(reader.get("/v1/sections/pier").json()["ancestors"], json!([of(&town), of(&harbour)]));
        editor.patch(&format!("/v1/editor/sections/{}", id_of(&harbour)), "*", &json!({"parent_id": null})).assert_status(200);
        assert_eq!(reader.get("/v1/sections/pier").json()["ancestors"], json!([of(&harbour)]));
        assert_eq!(editor.get(&format!("/v1/editor/sections/{}", id_of(&pier))).json().get("ancestors"), None);
    }

    fn readers_list_the_publications_of_a_country(app: &App) {
        let editor = app.editor();
        for (name, country) in [("North", Some("AU")), ("South", Some("NZ")), ("Nowhere", None)] {
            make_publication(&editor, name, json!({"country": country}));
        }
        let found = app.anonymous().get("/v1/publications?country=NZ&total=true").assert_status(200).json();
        assert_eq!(column(&found, "slug"), ["south"]);
        assert_eq!(found["page"]["total"], 1);
        for bad in ["nz", "NZL", ""] {
            assert_query_refused(app.anonymous().get(&format!("/v1/publications?country={bad}")), "country");
        }
    }
}
