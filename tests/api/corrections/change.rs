//! Making, changing and deleting corrections.

use super::{correct, corrections_of, each};
use crate::harness::builders::{id_of, make_article, make_public_article};
use crate::harness::client::Requests;
use serde_json::json;

on_both! {
    fn editor_changes_and_deletes_a_correction(app: &App) {
        let editor = app.editor();
        let article = make_public_article(&editor, json!({"slug": "one", "title": "Ferries"}));
        let made = editor.post(&corrections_of(&article), &json!({"type": "correction", "text": "It was 1921."})).assert_status(201);
        let path = made.location();
        assert_eq!((made.etag(), &path), ("\"1\"".to_owned(), &format!("{}/{}", corrections_of(&article), id_of(&made.json()))));
        let shown = made.json();
        assert_eq!((&shown["created_by"], &shown["at"]), (&json!(editor.login.id.to_string()), &json!("2026-11-26T09:00:00Z")));
        assert_eq!((&shown["article"]["title"], &shown["article"]["state"]), (&json!("Ferries"), &json!("published")));
        assert_eq!(shown["article"]["page_url"], "https://paper.example/articles/one");
        let read = editor.get(&path).assert_status(200);
        assert_eq!((read.json(), read.etag()), (shown, made.etag()));
        // By the slug of the article too.
        editor.get(&format!("/v1/editor/articles/one/corrections/{}", id_of(&read.json()))).assert_status(200);
        app.clock.advance_seconds(60);
        let changed = editor.patch(&path, "\"1\"", &json!({"type": "clarification"})).assert_status(200);
        assert_eq!((changed.etag(), &changed.json()["text"]), ("\"2\"".to_owned(), &json!("It was 1921.")));
        assert_eq!((&changed.json()["at"], &changed.json()["updated_at"]), (&json!("2026-11-26T09:00:00Z"), &json!("2026-11-26T09:01:00Z")));
        assert_eq!(app.anonymous().get("/v1/articles/one").json()["corrections"][0]["type"], "clarification");
        // What changes nothing keeps the version.
        assert_eq!(editor.patch(&path, "\"2\"", &json!({"text": "It was 1921."})).assert_status(200).etag(), "\"2\"");
        let stale = editor.patch(&path, "\"1\"", &json!({"text": "x"})).assert_status(412).problem();
        assert_eq!((&stale["current"]["version"], &stale["current"]["differing"]), (&json!(2), &json!(["type"])));
        assert_eq!(stale["current"]["changed_by"], "Edith Editor");
        editor.send_json("PATCH", &path, "application/json", None, &json!({"text": "x"})).assert_status(428);
        editor.send("DELETE", &path, &[], b"").assert_status(428);
        editor.delete(&path, "\"1\"").assert_status(412);
        editor.delete(&path, "\"2\"").assert_status(204);
        assert_eq!(app.anonymous().get("/v1/articles/one").json()["corrections"], json!([]));
        editor.get(&path).assert_status(404);
        editor.delete(&path, "*").assert_status(404);
        let audit = app.admin().get("/v1/editor/audit?subject=correction").assert_status(200).json();
        assert_eq!(each(&audit["data"], "action"), ["correction.delete", "correction.update", "correction.create"]);
        assert_eq!((&audit["data"][1]["before"], &audit["data"][1]["after"]), (&json!({"type": "correction"}), &json!({"type": "clarification"})));
        assert_eq!((&audit["data"][0]["before"]["text"], &audit["data"][0]["label"]), (&json!("It was 1921."), &json!("Ferries")));
    }

    fn a_correction_is_found_under_its_own_article_only(app: &App) {
        let editor = app.editor();
        let (one, two) = (make_public_article(&editor, json!({})), make_public_article(&editor, json!({})));
        let correction = correct(&editor, &one, "x");
        for id in [id_of(&correction), "nothing", "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c21"] {
            let wrong = format!("{}/{id}", corrections_of(&two));
            editor.get(&wrong).assert_status(404);
            editor.patch(&wrong, "*", &json!({"text": "y"})).assert_status(404);
            editor.delete(&wrong, "*").assert_status(404);
        }
        let nowhere = "/v1/editor/articles/01936d6c-7a10-7c3e-9d55-6b1f0e9a4c21/corrections";
        editor.post(nowhere, &json!({"type": "update", "text": "x"})).assert_status(404);
        editor.get(nowhere).assert_status(404);
        assert_eq!(editor.get(&format!("{}/{}", corrections_of(&one), id_of(&correction))).assert_status(200).json()["text"], "x");
    }

    fn contributor_corrects_nothing_and_reads_their_own(app: &App) {
        let (contributor, editor) = (app.contributor(), app.editor());
        let own = make_article(&contributor, json!({}));
        let other = make_article(&editor, json!({}));
        let correction = correct(&editor, &own, "Own.");
        correct(&editor, &other, "Other.");
        contributor.post(&corrections_of(&own), &json!({"type": "update", "text": "x"})).assert_status(403);
        let path = format!("{}/{}", corrections_of(&own), id_of(&correction));
        contributor.patch(&path, "*", &json!({"text": "x"})).assert_status(403);
        contributor.delete(&path, "*").assert_status(403);
        contributor.get(&path).assert_status(200);
        contributor.get(&corrections_of(&other)).assert_status(404);
        assert_eq!(each(&contributor.get("/v1/editor/corrections").assert_status(200).json()["data"], "text"), ["Own."]);
        let refused = contributor.get(&format!("/v1/editor/corrections?article={}", id_of(&other))).assert_status(400);
        assert_eq!(refused.faults(), [("article".to_owned(), "dangling".to_owned())]);
    }

    fn editor_is_told_of_every_fault(app: &App) {
        let editor = app.editor();
        let article = make_article(&editor, json!({}));
        let correction = correct(&editor, &article, "x");
        let (collection, item) = (corrections_of(&article), format!("{}/{}", corrections_of(&article), id_of(&correction)));
        let at = |pointer: &str, code: &str| (pointer.to_owned(), code.to_owned());
        for (body, faults) in [
            (json!({"type": "erratum", "text": 7, "at": "tomorrow", "id": 1}), vec![at("/at", "invalid_format"), at("/id", "unknown"), at("/text", "wrong_type"), at("/type", "not_one_of")]),
            (json!({"type": "update", "text": " \n\u{3000}"}), vec![at("/text", "required")]),
            (json!({"type": "update", "text": "x".repeat(2001)}), vec![at("/text", "too_long")]),
            (json!({"type": "update", "text": "a\u{0}b"}), vec![at("/text", "control_character")]),
            (json!({"type": "update", "text": "x", "at": "2026-11-26T09:00:01Z"}), vec![at("/at", "out_of_range")]),
            (json!([]), vec![at("", "wrong_type")]),
        ] {
            assert_eq!(editor.post(&collection, &body).assert_status(422).faults(), faults);
            assert_eq!(editor.patch(&item, "*", &body).assert_status(422).faults(), faults);
        }
        assert_eq!(editor.post(&collection, &json!({})).assert_status(422).faults(), [at("/text", "required"), at("/type", "required")]);
        assert_eq!(editor.patch(&item, "*", &json!({"text": null, "type": null})).assert_status(422).faults(), [at("/text", "required"), at("/type", "required")]);
        let two_thousand = "é".repeat(2000);
        editor.post(&format!("{collection}?dry_run=true"), &json!({"type": "update", "text": two_thousand})).assert_status(201);
        assert_eq!(editor.get(&format!("{collection}?total=true")).assert_status(200).json()["page"]["total"], 1);
        assert_eq!(editor.get(&item).json(), correction);
        for number in 1..50 {
            correct(&editor, &article, &number.to_string());
        }
        let refused = editor.post(&collection, &json!({"type": "update", "text": "x"})).assert_status(422);
        assert_eq!(refused.faults(), [at("", "too_long")]);
        // Where the time is taken away, it is that of the change.
        app.clock.advance_seconds(60);
        assert_eq!(editor.patch(&item, "*", &json!({"at": null})).assert_status(200).json()["at"], "2026-11-26T09:01:00Z");
    }
}
