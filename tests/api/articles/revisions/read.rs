//! `GET /v1/editor/articles/{id}/revisions/{number}`

use super::{revisions_of, save};
use crate::harness::builders::{make_article, make_tag};
use crate::harness::client::Requests;
use serde_json::json;

on_both! {
    fn editor_reads_what_was_entered_then(app: &App) {
        let editor = app.editor();
        let tag = make_tag(&editor, "Ferries");
        let body = json!({"format": "html", "source": "<p onclick=\"x()\">As <b>entered</b></p><script>x</script>\n"});
        let draft = make_article(&editor, json!({"title": "Old", "body": body, "tag_ids": [tag["id"]], "slug": "ferry", "revision_note": "n"}));
        save(&editor, &draft, &json!({"title": "New", "body": {"source": "Other"}, "tag_ids": []}));
        let answer = editor.get(&format!("{}/1", revisions_of(&draft))).assert_status(200);
        let expected = json!({
            "number": 1, "version": 1, "created_at": "2026-11-26T09:00:00Z", "created_by": editor.login.id.to_string(),
            "created_by_name": "Edith Editor", "note": "n", "is_public": false, "is_prepared": false, "is_current": false,
            "content": {"title": "Old", "slug": "ferry", "body": body, "tag_ids": [tag["id"]], "language": "en"},
        });
        assert_eq!(answer.json(), expected);
        assert_eq!(answer.header("etag"), None, "a revision has no version to match");
        let second = editor.get("/v1/editor/articles/ferry/revisions/2").assert_status(200).json();
        assert_eq!((&second["content"]["title"], &second["is_current"]), (&json!("New"), &json!(true)));
    }

    fn editor_asks_for_a_revision_that_there_is_not(app: &App) {
        let editor = app.editor();
        let draft = make_article(&editor, json!({}));
        for number in ["0", "2", "-1", "01", "1.0", "x", "2147483648", "99999999999999999999"] {
            editor.get(&format!("{}/{number}", revisions_of(&draft))).assert_status(404).problem();
            editor.get(&format!("{}/{number}/diff", revisions_of(&draft))).assert_status(404).problem();
            editor.action(&format!("{}/{number}/restore", revisions_of(&draft)), "\"1\"", &json!({})).assert_status(404).problem();
        }
        editor.get(&format!("{}/1?fields=content", revisions_of(&draft))).assert_status(400).problem();
    }
}
