//! The head of the document: what the API is, where it is served, its tags, and how a caller proves who they are.

use serde_json::{Value, json};

use super::walk::{components, items, operations, text};
use super::{API_VERSION, surface, walk};
use crate::key_scopes::scopes_of;

/// What the API is, in Markdown (OpenAPI 3.1.1, section 4.8.2).
const DESCRIPTION: &str = "A headless content API for newspapers.\n\n\
    Readers' programs use the delivery surface (`/v1/...`): published content, no login, cacheable. \
    Editors' programs use the editing surface (`/v1/editor/...`) with a bearer token or an API key.\n\n\
    Failures are problem documents (RFC 9457), lists go on by cursor, and changes name the version they are made on (`If-Match`).";

/// Every tag an operation may carry, in the order of the page.
const TAGS: [(&str, &str); 32] = [
    ("articles", "News, from draft to archive."),
    ("revisions", "Every saved state of an article."),
    ("previews", "Unpublished revisions, behind signed addresses."),
    ("authors", "The people who write."),
    ("sections", "The parts of the paper, as a tree."),
    ("tags", "What articles are about."),
    ("publications", "Papers whose pieces are republished here, and on what terms."),
    ("credits", "Where republished pieces come from."),
    ("corrections", "What articles got wrong, and was put right."),
    ("changes", "What has changed, in order and without gaps."),
    ("meetings", "Meetings, one-off and recurring."),
    ("branches", "Local groups that hold meetings."),
    ("venues", "Places where meetings are held."),
    ("issues", "Printed issues and their contents."),
    ("collections", "Hand-ordered lists of articles."),
    ("pages", "Standing pages, such as the imprint."),
    ("redirects", "Addresses that lead elsewhere."),
    ("site", "The paper's own settings."),
    ("media", "Pictures and documents."),
    ("search", "Full-text search."),
    ("feeds", "Atom, RSS and JSON Feed."),
    ("calendar", "iCalendar files."),
    ("sitemaps", "What search engines read."),
    ("webhooks", "Calls to other programs when content changes."),
    ("imports", "Content from other systems."),
    ("exports", "Content for other systems."),
    ("auth", "Login, sessions and second factors."),
    ("account", "The signed-in person's own account."),
    ("users", "Who may sign in."),
    ("api-keys", "Keys for programs."),
    ("audit", "Who did what."),
    ("operations", "For those who run the server: health, metrics, keys, and what the problem codes mean."),
];

/// Writes the head over utoipa's, and each operation's `security` where its handler left it out.
pub fn write(document: &mut Value) {
    let tags = used_tags(document);
    walk::change_operations(document, &mut |place, operation| {
        let public = json!([]);
        let declared = operation.get("security").cloned();
        // utoipa writes `security(())` as one requirement that requires nothing.
        let security = match declared {
            Some(declared) if declared == json!([{}]) => public,
            Some(declared) => declared,
            None if surface::needs_token(&place.path) => json!([{ "bearer": [] }]),
            None => public,
        };
        if security != json!([]) {
            tell_scopes(place, operation);
        }
        operation.insert("security".to_owned(), security);
    });
    if let Some(schemes) = components(document, "securitySchemes") {
        schemes.insert(
            "bearer".to_owned(),
            json!({
                "type": "http",
                "scheme": "bearer",
                "bearerFormat": "JWT",
                "description": "The access token of `POST /v1/auth/login`, or an API key.",
            }),
        );
    }
    let Some(root) = document.as_object_mut() else { return };
    root.remove("security");
    let mut rest: Vec<(String, Value)> = root.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
    rest.retain(|(key, _)| !["openapi", "info", "servers", "tags"].contains(&key.as_str()));
    root.clear();
    root.insert("openapi".to_owned(), json!("3.1.0"));
    root.insert(
        "info".to_owned(),
        json!({
            "title": "Masthead",
            "version": API_VERSION,
            "description": DESCRIPTION,
            "contact": { "name": "Masthead maintainers", "url": "https://masthead.example" },
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        }),
    );
    root.insert("servers".to_owned(), json!([{ "url": "/", "description": "The server that this document came from." }]));
    root.insert("tags".to_owned(), tags);
    root.extend(rest);
}

/// Adds to an operation's description what a key needs for it.
fn tell_scopes(place: &walk::Place, operation: &mut walk::Object) {
    let told = match scopes_of(&place.method.to_ascii_uppercase(), &place.path) {
        Some(scopes) => {
            let words: Vec<String> = scopes.iter().map(|scope| format!("`{scope}`")).collect();
            format!("An API key needs {}.", words.join(" and "))
        }
        None => "No API key is taken.".to_owned(),
    };
    let description = operation.get("description").and_then(Value::as_str).unwrap_or_default();
    if description.ends_with(&told) {
        return;
    }
    let whole = format!("{description}\n\n{told}");
    operation.insert("description".to_owned(), Value::String(whole.trim_start().to_owned()));
}

/// The tags that some operation carries: those of [`TAGS`] first, then any that it lacks, with the description the raw
/// document gives them (the lint reports those that have none).
fn used_tags(document: &Value) -> Value {
    let all = operations(document);
    let used: Vec<&str> = all.iter().flat_map(|(_, operation)| items(operation.get("tags"))).filter_map(Value::as_str).collect();
    let known = TAGS.iter().filter(|(name, _)| used.contains(name));
    let mut tags: Vec<Value> = known.map(|(name, description)| json!({ "name": name, "description": description })).collect();
    for name in used {
        if tags.iter().any(|tag| text(tag, "name") == Some(name)) {
            continue;
        }
        let declared = items(document.get("tags")).find(|tag| text(tag, "name") == Some(name));
        tags.push(declared.cloned().unwrap_or_else(|| json!({ "name": name })));
    }
    Value::Array(tags)
}
