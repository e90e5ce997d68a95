//! What a key is needed for: the one place where the scopes of keys meet the routes. An operation that is not named here
//! takes no key: what is new is closed until somebody opens it.

use masthead_domain::api_key::Scope;

/// The collections that articles and pages are made of.
const RECORDS: [&str; 15] = [
    "authors",
    "sections",
    "tags",
    "publications",
    "branches",
    "venues",
    "meetings",
    "credits",
    "issues",
    "collections",
    "pages",
    "redirects",
    "previews",
    "preview-links",
    "slugs",
];

/// The steps of an article that readers notice.
const PUBLIC_STEPS: [&str; 6] = ["publish", "schedule", "unschedule", "unpublish", "withdraw", "corrections"];

/// The scopes that a key needs for an operation, named by its method and the pattern of its route; none where no key will do.
#[must_use]
pub fn scopes_of(method: &str, pattern: &str) -> Option<&'static [Scope]> {
    if pattern == "/metrics" {
        return Some(&[Scope::MetricsRead]);
    }
    let mut segments = pattern.strip_prefix("/v1/editor/")?.split('/');
    let collection = segments.next()?;
    let is_read = method == "GET" || method == "HEAD";
    match (collection, is_read) {
        ("audit", true) => Some(&[Scope::AuditRead]),
        ("changes", true) => Some(&[Scope::ChangesRead]),
        ("articles" | "corrections" | "media" | "site", true) => Some(&[Scope::DeskRead]),
        (collection, true) if RECORDS.contains(&collection) => Some(&[Scope::DeskRead]),
        ("articles", false) => Some(article_scopes(segments.collect())),
        ("media", false) => Some(&[Scope::MediaWrite]),
        (collection, false) if RECORDS.contains(&collection) => Some(&[Scope::RecordsWrite]),
        _ => None,
    }
}

fn article_scopes(below: Vec<&str>) -> &'static [Scope] {
    match below.as_slice() {
        // Many at once may be any step.
        ["bulk"] => &[Scope::ArticlesWrite, Scope::ArticlesPublish],
        [_, "restore"] => &[Scope::ArticlesPublish],
        [_, step, ..] if PUBLIC_STEPS.contains(step) => &[Scope::ArticlesPublish],
        _ => &[Scope::ArticlesWrite],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_operation_needs_the_smallest_scope_that_covers_it() {
        for (method, pattern, expected) in [
            ("GET", "/metrics", Some(&[Scope::MetricsRead][..])),
            ("GET", "/v1/editor/articles/{id}", Some(&[Scope::DeskRead])),
            ("POST", "/v1/editor/articles", Some(&[Scope::ArticlesWrite])),
            ("PATCH", "/v1/editor/articles/{id}", Some(&[Scope::ArticlesWrite])),
            ("POST", "/v1/editor/articles/{id}/submit", Some(&[Scope::ArticlesWrite])),
            ("POST", "/v1/editor/articles/{id}/revisions/{n}/restore", Some(&[Scope::ArticlesWrite])),
            ("POST", "/v1/editor/articles/{id}/publish", Some(&[Scope::ArticlesPublish])),
            ("POST", "/v1/editor/articles/{id}/restore", Some(&[Scope::ArticlesPublish])),
            ("POST", "/v1/editor/articles/bulk", Some(&[Scope::ArticlesWrite, Scope::ArticlesPublish])),
            ("DELETE", "/v1/editor/tags/{id}", Some(&[Scope::RecordsWrite])),
            ("POST", "/v1/editor/media", Some(&[Scope::MediaWrite])),
            ("GET", "/v1/editor/media/{id}", Some(&[Scope::DeskRead])),
            ("GET", "/v1/editor/audit", Some(&[Scope::AuditRead])),
            ("GET", "/v1/editor/changes", Some(&[Scope::ChangesRead])),
        ] {
            assert_eq!(scopes_of(method, pattern), expected, "{method} {pattern}");
        }
    }

    /// What stands under `/v1/editor` and is no matter of keys: whoever has those could make more of them, or of users.
    const WITHOUT_KEYS: [&str; 3] = ["users", "api-keys", "webhooks"];

    /// A new collection is named in `RECORDS`, in a line of `scopes_of`, or here.
    #[test]
    fn each_collection_of_the_desk_is_decided_upon() {
        let document = crate::api_document::raw_document();
        let paths = document["paths"].as_object().map(|paths| paths.keys().cloned().collect::<Vec<_>>()).unwrap_or_default();
        for path in paths.iter().filter(|path| path.starts_with("/v1/editor/")) {
            let is_decided = WITHOUT_KEYS.iter().any(|name| path[11..].split('/').next() == Some(name)) || scopes_of("GET", path).is_some();
            assert!(is_decided, "say what a key is needed for at {path}");
        }
    }

    #[test]
    fn what_no_scope_covers_takes_no_key() {
        for (method, pattern) in [
            ("GET", "/v1/editor/users"),
            ("POST", "/v1/editor/api-keys"),
            ("GET", "/v1/editor/api-keys/{id}"),
            ("PATCH", "/v1/editor/site"),
            ("POST", "/v1/editor/something-new"),
            ("GET", "/v1/editor/something-new"),
            ("GET", "/v1/auth/me"),
            ("POST", "/v1/auth/password"),
            ("GET", "/v1/editor"),
            ("GET", ""),
        ] {
            assert_eq!(scopes_of(method, pattern), None, "{method} {pattern}");
        }
    }
}
