//! Which of the API's surfaces an operation belongs to, and what follows from that: who may call it and how it is cached.

use serde_json::{Value, json};

use super::walk::{Object, Place, change_operations};

/// Answered without a token though they stand under `/v1/auth`: this is where tokens and passwords come from.
const TOKEN_SOURCES: [&str; 4] = ["/v1/auth/login", "/v1/auth/refresh", "/v1/auth/invitation", "/v1/auth/password/reset"];

/// A part of the API with rules of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Surface {
    /// Published content, for anyone, cacheable.
    Delivery,
    /// The desk: a token, never cached.
    Editing,
    /// Login and what belongs to an account.
    Auth,
    /// Unpublished content behind a signed address.
    Preview,
    /// Feeds, calendars, the sitemap and media files: for anyone, cacheable.
    Files,
    /// Health, metrics, keys and this document.
    Operation,
}

impl Surface {
    /// The surface that `path` stands on.
    pub fn of(path: &str) -> Surface {
        let under = |prefix: &str| path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        if under("/v1/editor") {
            Surface::Editing
        } else if under("/v1/auth") {
            Surface::Auth
        } else if under("/v1/preview") {
            Surface::Preview
        } else if under("/v1") {
            Surface::Delivery
        } else if under("/feeds") || under("/calendar") || under("/media") || path.starts_with("/sitemap") {
            Surface::Files
        } else {
            Surface::Operation
        }
    }

    /// Whether its `GET`s answer with a strong `ETag` and take `If-None-Match` (RFC 9111).
    pub fn is_cacheable(self) -> bool {
        matches!(self, Surface::Delivery | Surface::Files)
    }
}

/// Whether a token is needed at `path`.
pub fn needs_token(path: &str) -> bool {
    match Surface::of(path) {
        Surface::Editing => true,
        Surface::Auth => !TOKEN_SOURCES.contains(&path),
        Surface::Operation => path == "/metrics",
        Surface::Delivery | Surface::Preview | Surface::Files => false,
    }
}

/// Whether a handler set the extension `name` on its operation.
pub fn has_exception(operation: &Object, name: &str) -> bool {
    operation.get(name) == Some(&json!(true))
}

/// Whether an operation changes something that has a version: the contract asks `If-Match` of `PATCH`, `PUT`, `DELETE`
/// and the actions on one thing. A `POST` that answers 201 makes something new and has nothing to match.
pub fn changes_version(place: &Place, operation: &Object) -> bool {
    if Surface::of(&place.path) != Surface::Editing || has_exception(operation, "x-unversioned") {
        return false;
    }
    match place.method.as_str() {
        "patch" | "put" | "delete" => true,
        "post" => place.path.contains('{') && operation.get("responses").is_none_or(|responses| responses.get("201").is_none()),
        _ => false,
    }
}

/// Takes the extensions off that only this module's neighbours read.
pub fn forget_exceptions(document: &mut Value) {
    change_operations(document, &mut |_, operation| {
        operation.retain(|key, _| key != "x-unversioned" && key != "x-throttled");
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_tells_its_surface() {
        assert_eq!(Surface::of("/v1/editor/articles"), Surface::Editing);
        assert_eq!(Surface::of("/v1/editors"), Surface::Delivery);
        assert_eq!(Surface::of("/v1/auth/me"), Surface::Auth);
        assert_eq!(Surface::of("/v1/preview/{token}"), Surface::Preview);
        assert_eq!(Surface::of("/calendar/meetings.ics"), Surface::Files);
        assert_eq!(Surface::of("/sitemap.xml"), Surface::Files);
        assert_eq!(Surface::of("/health/live"), Surface::Operation);
    }

    #[test]
    fn only_token_sources_and_public_surfaces_need_no_token() {
        assert!(needs_token("/v1/editor/articles"));
        assert!(needs_token("/v1/auth/me"));
        assert!(needs_token("/metrics"));
        assert!(!needs_token("/v1/auth/login"));
        assert!(!needs_token("/v1/articles"));
        assert!(!needs_token("/health/live"));
    }
}
