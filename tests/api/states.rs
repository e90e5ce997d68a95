//! Who may do what with an article in each of its states: every operation of the document that names an article, tried by
//! everyone on one in each state, on a running server.

use crate::harness::builders::{etag_of, id_of, make_article, publish, step};
use crate::harness::client::{Anonymous, Requests, Response, SignedIn};
use masthead_domain::permission::Role;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Where an article stands; the last of them is gone.
const STATES: [&str; 7] = ["draft", "in_review", "scheduled", "published", "prepared", "withdrawn", "deleted"];

/// Who asks: the contributor whose article it is and one whose it is not among them.
const EVERYONE: [&str; 5] = ["anonymous", "contributor", "stranger", "editor", "admin"];

/// The operations that change nothing of the article.
const READS: [&str; 8] = [
    "find_editor_article",
    "list_article_revisions",
    "find_article_revision",
    "diff_article_revision",
    "list_preview_links",
    "find_readiness",
    "list_article_corrections",
    "find_editor_correction",
];

/// The steps with the states that they may be taken from, and the rest that editors alone do.
const EDITORIAL: [(&str, &[&str]); 10] = [
    ("return_article", &["in_review"]),
    ("publish_article", &["draft", "in_review", "scheduled", "published", "prepared"]),
    ("schedule_article", &["draft", "in_review", "scheduled", "published", "prepared"]),
    ("unschedule_article", &["scheduled", "prepared"]),
    ("unpublish_article", &["published", "prepared"]),
    ("withdraw_article", &["published", "prepared"]),
    ("restore_article", &["withdrawn"]),
    ("create_correction", &["draft", "in_review", "scheduled", "published", "prepared", "withdrawn"]),
    ("update_correction", &["draft", "in_review", "scheduled", "published", "prepared", "withdrawn"]),
    ("delete_correction", &["draft", "in_review", "scheduled", "published", "prepared", "withdrawn"]),
];

/// What must be answered, written by hand; none for an operation that nothing is said of.
fn expected(operation: &str, state: &str, who: &str) -> Option<u16> {
    if ["find_article", "list_related_articles"].contains(&operation) {
        return Some(match state {
            "published" | "prepared" => 200,
            "withdrawn" => 410,
            _ => 404,
        });
    }
    if who == "anonymous" {
        return Some(401);
    }
    let (is_editor, is_own) = (["editor", "admin"].contains(&who), who == "contributor");
    let is_unseen = ["draft", "in_review"].contains(&state);
    if let Some((_, legal)) = EDITORIAL.iter().find(|(name, _)| *name == operation) {
        let done = match operation {
            "create_correction" => 201,
            "delete_correction" => 204,
            _ => 200,
        };
        return Some(match state {
            _ if !is_editor => 403,
            "deleted" => 404,
            state if legal.contains(&state) => done,
            _ => 409,
        });
    }
    let is_there = state != "deleted" && (is_editor || is_own);
    let done = match operation {
        "delete_article" | "delete_preview_link" | "delete_preview_links" | "unlock_article" => 204,
        "create_preview_link" => 201,
        _ => 200,
    };
    if operation == "find_article_lock" && who != "anonymous" {
        // Nobody holds one.
        return Some(404);
    }
    let known = READS.contains(&operation)
        || ["update_article", "delete_article", "submit_article", "restore_article_revision", "lock_article", "unlock_article"].contains(&operation)
        || operation.contains("preview_link");
    known.then_some(match operation {
        _ if !is_there => 404,
        "submit_article" if state != "draft" => 409,
        "update_article" | "delete_article" | "restore_article_revision" | "lock_article" if is_own && !is_unseen => 403,
        "delete_article" if ["scheduled", "published", "prepared"].contains(&state) => 409,
        _ => done,
    })
}

/// An article of two revisions in a state, with what else its addresses name.
struct Planted {
    article: Value,
    link: String,
    correction: Value,
}

fn plant(contributor: &SignedIn, editor: &SignedIn, state: &str) -> Planted {
    let draft = make_article(contributor, json!({}));
    let path = format!("/v1/editor/articles/{}", id_of(&draft));
    let link = id_of(&editor.post(&format!("{path}/preview-links"), &json!({})).assert_status(201).json()).to_owned();
    let correction = editor.post(&format!("{path}/corrections"), &json!({"type": "update", "text": "More."})).assert_status(201).json();
    let again = |article: &Value| editor.patch(&path, &etag_of(article), &json!({"title": "Second"})).assert_status(200).json();
    let article = match state {
        "draft" => again(&draft),
        "in_review" => step(editor, &again(&draft), "submit", Value::Null),
        "scheduled" => step(editor, &again(&draft), "schedule", json!({"publish_at": "2027-01-01T00:00:00Z"})),
        "published" => again(&publish(editor, &draft)),
        "prepared" => step(editor, &again(&publish(editor, &draft)), "schedule", json!({"publish_at": "2027-01-01T00:00:00Z"})),
        "withdrawn" => step(editor, &again(&publish(editor, &draft)), "withdraw", json!({"reason": "Wrong."})),
        _ => {
            let second = again(&draft);
            editor.delete(&path, &etag_of(&second)).assert_status(204);
            second
        }
    };
    Planted { article, link, correction }
}

fn body_of(operation: &str) -> Value {
    match operation {
        "return_article" => json!({"comment": "Who says so?"}),
        "schedule_article" => json!({"publish_at": "2027-02-01T00:00:00Z"}),
        "withdraw_article" => json!({"reason": "Wrong."}),
        "create_correction" => json!({"type": "correction", "text": "It was eight to one."}),
        "update_correction" => json!({"text": "It was eight to two."}),
        "update_article" => json!({"title": "Third"}),
        _ => json!({}),
    }
}

fn attempt(who: &dyn Requests, operation: &str, method: &str, path: &str, planted: &Planted) -> Response {
    let path = path
        .replace("{id}", id_of(&planted.article))
        .replace("{slug}", id_of(&planted.article))
        .replace("{number}", if operation == "restore_article_revision" { "1" } else { "2" })
        .replace("{link_id}", &planted.link)
        .replace("{correction_id}", id_of(&planted.correction));
    let etag = if operation.ends_with("_correction") { etag_of(&planted.correction) } else { etag_of(&planted.article) };
    let headers = [("content-type", "application/json"), ("if-match", etag.as_str())];
    let body = body_of(operation).to_string();
    if method == "GET" { who.send(method, &path, &[], &[]) } else { who.send(method, &path, &headers, body.as_bytes()) }
}

on_both! {
    fn everyone_may_do_with_an_article_what_its_state_allows(app: &App) {
        let document = masthead_server::api_document::raw_document();
        let (contributor, editor, admin) = (app.contributor(), app.editor(), app.admin());
        let (stranger, anonymous): (SignedIn, Anonymous) = (app.log_in(&app.db_create_user(Role::Contributor)), app.anonymous());
        let mut table = format!("| operation | who | {} |\n| --- | --- |{}\n", STATES.join(" | "), " --- |".repeat(STATES.len()));
        let (mut wrong, mut cells) = (Vec::new(), 0);
        // One in each state serves until something was done with it.
        let mut planted: BTreeMap<&str, Planted> = BTreeMap::new();
        for (path, item) in document["paths"].as_object().expect("paths").iter().filter(|(path, _)| path.contains("/articles/{")) {
            for (method, operation) in item.as_object().expect("operations") {
                let operation = operation["operationId"].as_str().expect("an id");
                for who in EVERYONE {
                    write!(table, "| {operation} | {who} |").expect("a table");
                    for state in STATES {
                        let subject = planted.entry(state).or_insert_with(|| plant(&contributor, &editor, state));
                        let asking: &dyn Requests = match who {
                            "anonymous" => &anonymous,
                            "contributor" => &contributor,
                            "stranger" => &stranger,
                            "editor" => &editor,
                            _ => &admin,
                        };
                        let answer = attempt(asking, operation, &method.to_uppercase(), path, subject);
                        if method != "get" && answer.status < 300 {
                            planted.remove(state);
                        }
                        write!(table, " {} |", answer.status).expect("a table");
                        cells += 1;
                        match expected(operation, state, who) {
                            Some(status) if status == answer.status => {}
                            Some(status) => wrong.push(format!("{operation} of {state} by {who}: {} and not {status}", answer.status)),
                            None => wrong.push(format!("say in this file what is expected of {operation}")),
                        }
                    }
                    table.push('\n');
                }
            }
        }
        println!("{table}\n{cells} cells");
        let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("states.md");
        std::fs::write(&file, &table).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        wrong.dedup();
        assert!(wrong.is_empty(), "{} of {cells}: {wrong:#?}", wrong.len());
    }
}
