//! `GET /v1/editor/articles/{id}/readiness`, and what a paper insists on.

use super::path_of;
use crate::harness::app::App;
use crate::harness::builders::{etag_of, id_of, make_article, make_meeting, make_public_article, make_publication, make_section, publish};
use crate::harness::client::Requests;
use crate::harness::pictures::{pdf, png, upload};
use serde_json::{Value, json};

fn readiness(app: &App, article: &Value, query: &str) -> Value {
    app.editor().get(&format!("{}/readiness{query}", path_of(article))).assert_status(200).json()
}

/// What was found, as pairs of check and place.
fn found(readiness: &Value, kind: &str) -> Vec<(String, String)> {
    let word = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    readiness[kind].as_array().expect("findings").iter().map(|finding| (word(&finding["check"]), word(&finding["pointer"]))).collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(check, pointer)| ((*check).to_owned(), (*pointer).to_owned())).collect()
}

fn insist(app: &App, policies: Value) {
    let admin = app.admin();
    let site = admin.get("/v1/editor/site").assert_status(200);
    admin.patch("/v1/editor/site", &site.etag(), &json!({"readiness": policies})).assert_status(200);
}

on_both! {
    fn editor_is_told_what_stands_in_the_way_and_what_to_look_at(app: &App) {
        let editor = app.editor();
        let publication = make_publication(&editor, "North", json!({"credit_requires": ["original_url"], "permission_from": "2026-11-27T00:00:00Z"}));
        let gone = make_article(&editor, json!({}));
        make_meeting(&editor, "Over", "2026-11-20T19:00", json!({"slug": "over"}));
        make_meeting(&editor, "To come", "2027-11-20T19:00", json!({"slug": "to-come"}));
        let used = make_public_article(&editor, json!({"slug": "used"}));
        publish(&editor, &editor.patch(&path_of(&used), &etag_of(&used), &json!({"slug": "moved"})).assert_status(200).json());
        let draft = make_article(&editor, json!({
            "slug": "used",
            "body": {"source": "[a](https://paper.example/meetings/over) [b](/meetings/to-come) [c](/meetings/nowhere)"},
            "credits": [{"publication_id": publication["id"]}],
            "related_ids": [used["id"], gone["id"]],
            "lead_image": {"url": "https://pictures.example/a.jpg", "alt": " "},
        }));
        let shown = readiness(app, &draft, "");
        assert_eq!(shown["is_ready"], false);
        assert_eq!(found(&shown, "blockers"), pairs(&[("-", "/credits/0/original_url"), ("-", "/credits/0/publication_id")]));
        let warnings = [
            ("missing_alt", "/lead_image/alt"), ("missing_section", "/section_id"), ("missing_standfirst", "/standfirst"),
            ("dead_relation", "/related_ids/1"), ("slug_was_used", "/slug"), ("past_meeting", "/body/source"),
        ];
        assert_eq!(found(&shown, "warnings"), pairs(&warnings));
        let then = readiness(app, &draft, "?at=2028-01-01T00:00:00Z");
        assert_eq!(found(&then, "blockers"), pairs(&[("-", "/credits/0/original_url")]));
        assert_eq!(found(&then, "warnings").iter().filter(|(check, _)| check == "past_meeting").count(), 2);
        app.editor().get(&format!("{}/readiness?at=soon", path_of(&draft))).assert_status(400);
        assert_eq!(editor.get(&path_of(&draft)).json()["version"], 1);
    }

    fn editor_publishes_what_the_paper_does_not_insist_on(app: &App) {
        let bare = make_article(&app.editor(), json!({}));
        let shown = readiness(app, &bare, "");
        assert_eq!((&shown["is_ready"], found(&shown, "warnings").len()), (&json!(true), 3));
        insist(app, json!({"missing_section": "ignore", "missing_byline": "ignore", "missing_standfirst": "ignore"}));
        assert_eq!(found(&readiness(app, &bare, ""), "warnings"), pairs(&[]));
        publish(&app.editor(), &bare);
    }

    fn editor_publishes_against_what_the_paper_insists_on_and_is_refused(app: &App) {
        let editor = app.editor();
        insist(app, json!({"missing_section": "block", "missing_byline": "block"}));
        let draft = make_article(&editor, json!({"body": Value::Null}));
        let act = |name: &str, body: Value| editor.action(&format!("{}/{name}", path_of(&draft)), &etag_of(&draft), &body).assert_status(422).fault_pointers();
        assert_eq!(act("publish", Value::Null), ["/body", "/bylines", "/section_id"]);
        assert_eq!(act("schedule", json!({"publish_at": "2027-01-01T00:00:00Z"})), ["/body", "/bylines", "/section_id"]);
        let section = make_section(&editor, "City");
        let whole = json!({"body": {"source": "Text."}, "byline_text": "By us", "section_id": section["id"]});
        let draft = editor.patch(&path_of(&draft), &etag_of(&draft), &whole).assert_status(200).json();
        assert_eq!(readiness(app, &draft, "")["is_ready"], true);
        publish(&editor, &draft);
        assert_eq!(app.admin().patch("/v1/editor/site", "*", &json!({"readiness": {"missing_alt": "maybe", "spelling": "block"}})).assert_status(422).fault_pointers(), ["/readiness/missing_alt", "/readiness/spelling"]);
    }

    fn a_picture_whose_own_words_say_what_is_to_be_seen_needs_none_of_the_article(app: &App) {
        let editor = app.editor();
        let item = |width: u32, words: Value| {
            let shown = upload(&editor, "a.png", &png(width, 20)).assert_status(201).json();
            editor.patch(&format!("/v1/editor/media/{}", id_of(&shown)), "*", &words).assert_status(200).json()["id"].clone()
        };
        let (told, adorning, untold) = (item(30, json!({"alt": "A ferry"})), item(31, json!({"decorative": true})), item(32, json!({"caption": "C"})));
        let report = upload(&editor, "a.pdf", &pdf()).assert_status(201).json()["id"].clone();
        insist(app, json!({"missing_alt": "block", "missing_byline": "ignore", "missing_section": "ignore", "missing_standfirst": "ignore"}));
        for (lead, alt, missing) in [(&told, Value::Null, false), (&adorning, Value::Null, false), (&untold, Value::Null, true), (&untold, json!("Seen"), false), (&told, json!(" "), true)] {
            let draft = make_article(&editor, json!({"lead_image": {"media_id": lead, "alt": alt}}));
            let expected: &[(&str, &str)] = if missing { &[("missing_alt", "/lead_image/alt")] } else { &[] };
            assert_eq!(found(&readiness(app, &draft, ""), "blockers"), pairs(expected), "{draft}");
        }
        let media = [&told, &untold, &report, &adorning].map(|id| json!({"media_id": id}));
        let draft = make_article(&editor, json!({"media": media}));
        assert_eq!(found(&readiness(app, &draft, ""), "blockers"), pairs(&[("missing_alt", "/media/1/alt")]));
        let draft = make_article(&editor, json!({"byline_text": " "}));
        insist(app, json!({"missing_byline": "block"}));
        assert_eq!(found(&readiness(app, &draft, ""), "blockers"), pairs(&[("missing_byline", "/bylines")]));
    }
}
