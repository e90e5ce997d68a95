//! Who may do what: every operation of the OpenAPI document, tried by everyone on a running server.

use crate::harness::app::App;
use crate::harness::client::{Requests, Response};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The smallest role that an operation is open to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Smallest {
    Anyone,
    Contributor,
    Editor,
    Admin,
}

use Smallest::{Admin, Anyone, Contributor, Editor};

const EVERYONE: [Smallest; 4] = [Anyone, Contributor, Editor, Admin];

/// What is meant, written by hand: an operation that is missing here fails the test, and so does one that is gone.
const EXPECTED: &[(&str, Smallest)] = &[
    ("check_liveness", Anyone),
    ("list_metrics", Admin),
    ("check_readiness", Anyone),
    ("list_signing_keys", Anyone),
    ("list_problems", Anyone),
    ("find_problem", Anyone),
    // Identity
    ("create_session", Anyone),
    ("refresh_session", Anyone),
    ("end_session", Contributor),
    ("find_me", Contributor),
    ("list_sessions", Contributor),
    ("delete_session", Contributor),
    ("update_password", Contributor),
    ("reset_password", Anyone),
    ("accept_invitation", Anyone),
    ("find_totp", Contributor),
    ("enrol_totp", Contributor),
    ("confirm_totp", Contributor),
    ("disable_totp", Contributor),
    ("create_recovery_codes", Contributor),
    // Delivery
    ("list_articles", Anyone),
    ("find_article", Anyone),
    ("list_related_articles", Anyone),
    ("list_authors", Anyone),
    ("find_author", Anyone),
    ("list_sections", Anyone),
    ("find_section", Anyone),
    ("list_tags", Anyone),
    ("find_tag", Anyone),
    ("list_publications", Anyone),
    ("find_publication", Anyone),
    ("list_branches", Anyone),
    ("find_branch", Anyone),
    ("list_issues", Anyone),
    ("find_issue", Anyone),
    ("list_pages", Anyone),
    ("find_page", Anyone),
    ("list_collections", Anyone),
    ("find_collection", Anyone),
    ("list_redirects", Anyone),
    ("find_redirect", Anyone),
    ("list_meetings", Anyone),
    ("find_meeting", Anyone),
    ("find_meetings_calendar", Anyone),
    ("find_branch_calendar", Anyone),
    ("find_meeting_calendar", Anyone),
    ("find_site", Anyone),
    ("find_preview", Anyone),
    ("list_changes", Anyone),
    ("list_corrections", Anyone),
    // Editing: articles
    ("list_editor_articles", Contributor),
    ("find_editor_article", Contributor),
    ("create_article", Contributor),
    ("update_article", Contributor),
    ("delete_article", Contributor),
    ("submit_article", Contributor),
    ("return_article", Editor),
    ("change_articles", Contributor),
    ("publish_article", Editor),
    ("schedule_article", Editor),
    ("unschedule_article", Editor),
    ("unpublish_article", Editor),
    ("withdraw_article", Editor),
    ("restore_article", Editor),
    ("find_readiness", Contributor),
    ("create_preview_link", Contributor),
    ("list_preview_links", Contributor),
    ("delete_preview_link", Contributor),
    ("delete_preview_links", Contributor),
    ("list_article_revisions", Contributor),
    ("find_article_revision", Contributor),
    ("diff_article_revision", Contributor),
    ("restore_article_revision", Contributor),
    ("find_article_lock", Contributor),
    ("lock_article", Contributor),
    ("unlock_article", Contributor),
    // Editing: records
    ("list_editor_authors", Contributor),
    ("find_editor_author", Contributor),
    ("create_author", Editor),
    ("update_author", Editor),
    ("delete_author", Editor),
    ("list_author_revisions", Contributor),
    ("find_author_revision", Contributor),
    ("list_editor_sections", Contributor),
    ("find_editor_section", Contributor),
    ("create_section", Editor),
    ("update_section", Editor),
    ("delete_section", Editor),
    ("list_section_revisions", Contributor),
    ("find_section_revision", Contributor),
    ("list_editor_tags", Contributor),
    ("find_editor_tag", Contributor),
    ("create_tag", Editor),
    ("update_tag", Editor),
    ("delete_tag", Editor),
    ("list_tag_revisions", Contributor),
    ("find_tag_revision", Contributor),
    ("list_editor_publications", Contributor),
    ("find_editor_publication", Contributor),
    ("create_publication", Editor),
    ("update_publication", Editor),
    ("delete_publication", Editor),
    ("list_publication_revisions", Contributor),
    ("find_publication_revision", Contributor),
    ("list_editor_branches", Contributor),
    ("find_editor_branch", Contributor),
    ("create_branch", Editor),
    ("update_branch", Editor),
    ("delete_branch", Editor),
    ("list_branch_revisions", Contributor),
    ("find_branch_revision", Contributor),
    ("list_editor_venues", Contributor),
    ("find_editor_venue", Contributor),
    ("create_venue", Editor),
    ("update_venue", Editor),
    ("delete_venue", Editor),
    ("list_venue_revisions", Contributor),
    ("find_venue_revision", Contributor),
    ("list_editor_meetings", Contributor),
    ("find_editor_meeting", Contributor),
    ("create_meeting", Editor),
    ("update_meeting", Editor),
    ("delete_meeting", Editor),
    ("list_meeting_revisions", Contributor),
    ("find_meeting_revision", Contributor),
    // Media
    ("find_media_file", Anyone),
    ("list_editor_media", Contributor),
    ("find_editor_media", Contributor),
    ("create_media", Contributor),
    ("update_media", Contributor),
    ("delete_media", Contributor),
    ("list_editor_issues", Contributor),
    ("find_editor_issue", Contributor),
    ("create_issue", Editor),
    ("update_issue", Editor),
    ("delete_issue", Editor),
    ("list_issue_revisions", Contributor),
    ("find_issue_revision", Contributor),
    ("list_editor_pages", Contributor),
    ("find_editor_page", Contributor),
    ("create_page", Editor),
    ("update_page", Editor),
    ("delete_page", Editor),
    ("list_page_revisions", Contributor),
    ("find_page_revision", Contributor),
    ("list_editor_collections", Contributor),
    ("find_editor_collection", Contributor),
    ("create_collection", Editor),
    ("update_collection", Editor),
    ("delete_collection", Editor),
    ("list_collection_revisions", Contributor),
    ("find_collection_revision", Contributor),
    ("list_editor_redirects", Contributor),
    ("find_editor_redirect", Contributor),
    ("create_redirect", Editor),
    ("replace_redirects", Editor),
    ("update_redirect", Editor),
    ("delete_redirect", Editor),
    ("merge_tag", Editor),
    ("merge_author", Editor),
    // The site
    ("find_editor_site", Contributor),
    ("update_site", Admin),
    ("list_audit_entries", Admin),
    ("list_editor_changes", Contributor),
    ("list_editor_corrections", Contributor),
    ("list_article_corrections", Contributor),
    ("find_editor_correction", Contributor),
    ("create_correction", Editor),
    ("update_correction", Editor),
    ("delete_correction", Editor),
    // People and keys
    ("list_users", Admin),
    ("find_user", Admin),
    ("create_user", Admin),
    ("update_user", Admin),
    ("delete_user", Admin),
    ("create_invitation", Admin),
    ("list_user_sessions", Admin),
    ("delete_user_session", Admin),
    ("delete_user_sessions", Admin),
    ("list_api_keys", Admin),
    ("find_api_key", Admin),
    ("create_api_key", Admin),
    ("update_api_key", Admin),
    ("delete_api_key", Admin),
    ("rotate_api_key", Admin),
];

/// An operation of the document.
struct Operation {
    id: String,
    method: String,
    path: String,
}

fn operations() -> Vec<Operation> {
    let document = masthead_server::api_document::raw_document();
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            if let Some(id) = operation["operationId"].as_str() {
                operations.push(Operation { id: id.to_owned(), method: method.to_uppercase(), path: path.clone() });
            } else {
                assert!(["parameters", "summary", "description", "servers"].contains(&method.as_str()), "{method} {path} has no operation id");
            }
        }
    }
    operations
}

/// Tries an operation on something that does not exist, newly logged in, so that one trial does not change the next.
fn attempt(app: &App, who: Smallest, operation: &Operation) -> Response {
    let path = operation.path.split('/').map(|part| if part.starts_with('{') { "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c21" } else { part });
    let path = path.collect::<Vec<_>>().join("/");
    let headers = [("content-type", "application/json"), ("if-match", "\"1\"")];
    let (headers, body): (&[_], &[u8]) = if operation.method == "GET" { (&[], b"") } else { (&headers, b"{}") };
    match who {
        Anyone => app.anonymous().send(&operation.method, &path, headers, body),
        Contributor => app.contributor().send(&operation.method, &path, headers, body),
        Editor => app.editor().send(&operation.method, &path, headers, body),
        Admin => app.admin().send(&operation.method, &path, headers, body),
    }
}

on_both! {
    fn everyone_may_do_what_is_meant_and_nothing_else(app: &App) {
        let operations = operations();
        let expected: BTreeMap<&str, Smallest> = EXPECTED.iter().copied().collect();
        assert_eq!(expected.len(), EXPECTED.len(), "an operation is expected twice");
        let unknown: Vec<&str> = operations.iter().map(|operation| operation.id.as_str()).filter(|id| !expected.contains_key(id)).collect();
        assert!(unknown.is_empty(), "say in EXPECTED who may do this: {unknown:?}");
        let gone: Vec<&&str> = expected.keys().filter(|id| !operations.iter().any(|operation| operation.id == **id)).collect();
        assert!(gone.is_empty(), "no longer in the document: {gone:?}");

        let mut table = "| operation | method | path | anonymous | contributor | editor | admin |\n| --- | --- | --- | --- | --- | --- | --- |\n".to_owned();
        let mut wrong = Vec::new();
        for operation in &operations {
            let smallest = expected[operation.id.as_str()];
            let is_private = ["/v1/editor/", "/v1/auth/", "/metrics"].iter().any(|private| operation.path.starts_with(private));
            let is_way_in = ["/v1/auth/login", "/v1/auth/refresh", "/v1/auth/invitation", "/v1/auth/password/reset"].contains(&operation.path.as_str());
            if (smallest == Anyone) == (is_private && !is_way_in) {
                wrong.push(format!("{} is expected to be open to {smallest:?} under {}", operation.id, operation.path));
            }
            write!(table, "| {} | {} | {} |", operation.id, operation.method, operation.path).expect("a table");
            for who in EVERYONE {
                let answer = attempt(app, who, operation);
                write!(table, " {} |", answer.status).expect("a table");
                let is_right = match (who >= smallest, who) {
                    (true, _) => answer.status != 401 && answer.status != 403,
                    (false, Anyone) => answer.status == 401 && answer.problem_code() == "unauthenticated",
                    (false, _) => answer.status == 403 && answer.problem_code() == "forbidden",
                };
                if !is_right || answer.status >= 500 || answer.status == 405 {
                    wrong.push(format!("{} as {who:?}: {}", operation.id, answer.status));
                }
            }
            table.push('\n');
        }
        println!("{table}");
        let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("roles.md");
        std::fs::write(&file, &table).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
}
