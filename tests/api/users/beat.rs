//! Editors whose rights are limited to sections and branches.

use super::{join, path};
use crate::harness::builders::{etag_of, id_of, make, make_article, make_branch, make_meeting, make_section, publish};
use crate::harness::client::{Requests, Response, SignedIn};
use serde_json::{Value, json};

#[track_caller]
fn assert_forbidden(answer: Response) {
    assert_eq!(answer.assert_status(403).problem_code(), "forbidden");
}

fn step(editor: &SignedIn, article: &Value, name: &str) -> Response {
    editor.action(&format!("/v1/editor/articles/{}/{name}", id_of(article)), "*", &Value::Null)
}

fn article_path(article: &Value) -> String {
    format!("/v1/editor/articles/{}", id_of(article))
}

on_both! {
    fn editor_of_a_section_keeps_to_it_and_to_all_under_it(app: &App) {
        let admin = app.admin();
        let sport = make_section(&admin, "Sport");
        let rowing = make(&admin, "sections", &json!({"name": "Rowing", "parent_id": sport["id"]}));
        let politics = make_section(&admin, "Politics");
        let (user, editor) = join(app, &admin, "ida@paper.example", "editor");
        let in_section = |section: &Value| make_article(&admin, json!({"section_id": section["id"]}));
        let (own, under, foreign, homeless) = (in_section(&sport), in_section(&rowing), in_section(&politics), make_article(&admin, json!({})));
        // Until something is said, all of it.
        editor.patch(&article_path(&foreign), &etag_of(&foreign), &json!({"standfirst": "Before"})).assert_status(200);
        let limited = admin.patch(&path(&user), "*", &json!({"section_ids": [sport["id"]]})).assert_status(200).json();
        assert_eq!(limited["section_ids"], json!([sport["id"]]));
        // It holds from the next request on, without a new login.
        for article in [&own, &under] {
            editor.patch(&article_path(article), "*", &json!({"standfirst": "Mine"})).assert_status(200);
            step(&editor, article, "publish").assert_status(200);
            step(&editor, article, "unpublish").assert_status(200);
        }
        for article in [&foreign, &homeless] {
            let before = admin.get(&article_path(article)).json();
            editor.get(&article_path(article)).assert_status(200);
            assert_forbidden(editor.patch(&article_path(article), "*", &json!({"standfirst": "Stolen"})));
            assert_forbidden(editor.patch(&article_path(article), "*", &json!({"section_id": sport["id"]})));
            assert_forbidden(step(&editor, article, "publish"));
            assert_forbidden(editor.delete(&article_path(article), "*"));
            assert_eq!(admin.get(&article_path(article)).json(), before);
        }
        let public = publish(&admin, &admin.get(&article_path(&foreign)).json());
        assert_forbidden(step(&editor, &public, "unpublish"));
        // A draft of one's own may be anywhere, but is not published there.
        let draft = make_article(&editor, json!({"section_id": politics["id"]}));
        editor.patch(&article_path(&draft), "*", &json!({"standfirst": "For politics"})).assert_status(200);
        assert_forbidden(step(&editor, &draft, "publish"));
        // Nobody widens their beat by moving sections.
        assert_forbidden(editor.patch(&format!("/v1/editor/sections/{}", id_of(&politics)), "*", &json!({"parent_id": sport["id"]})));
        assert_forbidden(editor.post("/v1/editor/sections", &json!({"name": "New", "parent_id": sport["id"]})));
        editor.post("/v1/editor/tags", &json!({"name": "Ferries"})).assert_status(201);
        admin.patch(&path(&user), "*", &json!({"section_ids": null})).assert_status(200);
        step(&editor, &draft, "publish").assert_status(200);
    }

    fn editor_of_a_branch_keeps_to_its_meetings(app: &App) {
        let admin = app.admin();
        let (wharf, hill) = (make_branch(&admin, "Wharf", Value::Null), make_branch(&admin, "Hill", Value::Null));
        let (user, editor) = join(app, &admin, "ida@paper.example", "editor");
        admin.patch(&path(&user), "*", &json!({"branch_ids": [wharf["id"]]})).assert_status(200);
        let meeting = |branch: &Value| make_meeting(&admin, "Evening", "2026-12-03T19:00", json!({"branch_id": branch["id"]}));
        let (own, foreign, homeless) = (meeting(&wharf), meeting(&hill), make_meeting(&admin, "Evening", "2026-12-03T19:00", Value::Null));
        let meeting_path = |meeting: &Value| format!("/v1/editor/meetings/{}", id_of(meeting));
        editor.patch(&meeting_path(&own), "*", &json!({"summary": "Bring tea"})).assert_status(200);
        make_meeting(&editor, "Morning", "2026-12-04T09:00", json!({"branch_id": wharf["id"]}));
        // Neither taken nor given away.
        assert_forbidden(editor.patch(&meeting_path(&own), "*", &json!({"branch_id": hill["id"]})));
        for meeting in [&foreign, &homeless] {
            assert_forbidden(editor.patch(&meeting_path(meeting), "*", &json!({"summary": "Stolen"})));
            assert_forbidden(editor.patch(&meeting_path(meeting), "*", &json!({"branch_id": wharf["id"]})));
            assert_forbidden(editor.delete(&meeting_path(meeting), "*"));
        }
        let body = json!({"title": "Evening", "starts_at_local": "2026-12-03T19:00", "timezone": "Pacific/Auckland", "duration_minutes": 60, "branch_id": hill["id"]});
        assert_forbidden(editor.post("/v1/editor/meetings", &body));
        // Of articles nothing was said.
        let article = make_article(&admin, json!({}));
        step(&editor, &article, "publish").assert_status(200);
        editor.delete(&meeting_path(&own), "*").assert_status(204);
    }

    fn beat_of_a_section_that_has_gone_is_not_everything(app: &App) {
        let admin = app.admin();
        let sport = make_section(&admin, "Sport");
        let (user, editor) = join(app, &admin, "ida@paper.example", "editor");
        admin.patch(&path(&user), "*", &json!({"section_ids": [sport["id"]]})).assert_status(200);
        admin.delete(&format!("/v1/editor/sections/{}", id_of(&sport)), "*").assert_status(204);
        let article = make_article(&admin, json!({}));
        assert_forbidden(step(&editor, &article, "publish"));
        // Other members of the user are changed all the same.
        admin.patch(&path(&user), "*", &json!({"name": "Ida"})).assert_status(200);
    }

    fn admin_is_told_of_what_is_wrong_with_a_beat(app: &App) {
        let admin = app.admin();
        let (user, _) = join(app, &admin, "ida@paper.example", "editor");
        let nobody = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c21";
        for (body, faults) in [
            (json!({"section_ids": [nobody], "branch_ids": [nobody]}), vec![("/branch_ids/0", "dangling"), ("/section_ids/0", "dangling")]),
            (json!({"section_ids": ["x", 1]}), vec![("/section_ids/0", "invalid_format"), ("/section_ids/1", "wrong_type")]),
            (json!({"section_ids": nobody}), vec![("/section_ids", "wrong_type")]),
            (json!({"branch_ids": vec![nobody; 101]}), vec![("/branch_ids", "too_long")]),
        ] {
            let answer = admin.patch(&path(&user), "*", &body).assert_status(422);
            assert_eq!(answer.faults(), faults.iter().map(|(place, code)| ((*place).to_owned(), (*code).to_owned())).collect::<Vec<_>>(), "{body}");
        }
    }
}
