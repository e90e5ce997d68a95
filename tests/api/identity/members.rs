//! Members of a body that are not the sender's to set.

use crate::harness::builders::{
    id_of, make, make_article, make_author, make_branch, make_issue, make_meeting, make_publication, make_section, make_tag, make_venue,
};
use crate::harness::client::Requests;
use serde_json::{Value, json};

/// Columns and members that only the server sets, wherever they are.
const NOT_YOURS: [&str; 30] = [
    "id",
    "version",
    "revision",
    "public_revision",
    "state",
    "status_code",
    "has_unpublished_changes",
    "publish_at",
    "published_at",
    "first_published_at",
    "visible_from",
    "visible_until",
    "created_at",
    "created_by",
    "updated_at",
    "updated_by",
    "deleted_at",
    "page_url",
    "body_html",
    "word_count",
    "removed",
    "role",
    "user_id",
    "password_hash",
    "author_id",
    "email",
    "opening",
    "document",
    "__proto__",
    "$set",
];

on_both! {
    fn editor_sets_what_is_not_theirs_and_is_refused(app: &App) {
        let editor = app.editor();
        let things: Vec<(&str, Value, Value)> = vec![
            ("articles", make_article(&editor, json!({})), json!({"title": "T"})),
            ("authors", make_author(&editor, "Ida"), json!({"name": "N"})),
            ("sections", make_section(&editor, "Harbour"), json!({"name": "N"})),
            ("tags", make_tag(&editor, "Ferries"), json!({"name": "N"})),
            ("publications", make_publication(&editor, "North", Value::Null), json!({"name": "N"})),
            ("branches", make_branch(&editor, "Wharf", Value::Null), json!({"name": "N", "timezone": "UTC"})),
            ("venues", make_venue(&editor, "Hall", Value::Null), json!({"name": "N"})),
            ("issues", make_issue(&editor, "Issue 1", "2026-11", Value::Null), json!({"title": "T", "issued_on": "2026-11"})),
            ("pages", make(&editor, "pages", &json!({"title": "About"})), json!({"title": "T"})),
            ("collections", make(&editor, "collections", &json!({"name": "Front page"})), json!({"name": "N"})),
            ("meetings", make_meeting(&editor, "Evening", "2026-12-03T19:00", Value::Null), json!({"title": "T", "starts_at_local": "2026-12-03T19:00", "timezone": "UTC", "duration_minutes": 60})),
        ];
        for (collection, shown, minimum) in &things {
            let path = format!("/v1/editor/{collection}/{}", id_of(shown));
            for name in NOT_YOURS {
                // A record may have a member of that name which is the editor's; then another type is refused all the same.
                for value in [json!({"x": 1}), json!("01936d6c-7a10-7c3e-9d55-6b1f0e9a4c21")] {
                    let mut body = minimum.clone();
                    body[name] = value.clone();
                    let created = editor.post(&format!("/v1/editor/{collection}"), &body).assert_status(422);
                    assert_eq!(created.fault_pointers(), [format!("/{name}")], "{collection}");
                    let patched = editor.patch(&path, "*", &json!({name: value})).assert_status(422);
                    assert_eq!(patched.fault_pointers(), [format!("/{name}")], "{collection}");
                }
            }
            assert_eq!(editor.get(&path).assert_status(200).json(), *shown);
            let list = editor.get(&format!("/v1/editor/{collection}?total=true")).assert_status(200).json();
            assert_eq!(list["page"]["total"], 1, "{collection}");
        }
        let admin = app.admin();
        for name in ["id", "version", "updated_at", "updated_by", "url", "public_url", "settings"] {
            let answer = admin.patch("/v1/editor/site", "*", &json!({name: "x"})).assert_status(422);
            assert_eq!(answer.faults(), [(format!("/{name}"), "unknown".to_owned())]);
        }
    }

    fn editor_nests_what_is_not_theirs_and_is_refused(app: &App) {
        let editor = app.editor();
        let (author, publication) = (make_author(&editor, "Ida"), make_publication(&editor, "North", Value::Null));
        let answer = editor.post("/v1/editor/articles", &json!({
            "title": "T",
            "body": {"source": "x", "html": "<script>", "plain": "x"},
            "bylines": [{"author_id": author["id"], "name": "Someone else"}],
            "credits": [{"publication_id": publication["id"], "html": "<b>", "publication": {"name": "X"}, "via": [{"name": "V", "html": "<b>"}]}],
            "lead_image": {"url": "https://a.example/1.jpg", "html": "<b>"},
        })).assert_status(422);
        let expected = ["/body/html", "/body/plain", "/bylines/0/name", "/credits/0/html", "/credits/0/publication", "/credits/0/via/0/html", "/lead_image/html"];
        assert_eq!(answer.faults(), expected.map(|place| (place.to_owned(), "unknown".to_owned())));
    }
}
