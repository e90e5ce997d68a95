//! The responses that follow from what an operation takes, and a description for those that have none.
//!
//! Every failure is a problem document (RFC 9457). A handler declares only what is peculiar to it: 409, 410, 301 and the
//! like. Declared without a description and a body, such a failure becomes the shared one.

use serde_json::{Value, json};

use super::bodies::content_of;
use super::parameters::{IF_MATCH, header_parameter, takes_if_none_match};
use super::surface::{Surface, has_exception};
use super::walk::{Object, Place, change_operations, components, object_in, reference_to};
use crate::error::ProblemCode;

/// The media type of a problem document (RFC 9457, section 3).
pub const PROBLEM: &str = "application/problem+json";

/// A failure that means the same wherever it occurs.
pub struct Failure {
    pub status: u16,
    /// Its key among the shared responses.
    pub name: &'static str,
    pub description: &'static str,
    /// The code of the example, of which there may be others with this status.
    pub code: ProblemCode,
}

/// Every failure that more than one operation can answer with. 405 is none: no operation stands behind it.
pub const FAILURES: [Failure; 18] = [
    Failure {
        status: 400,
        name: "BadRequest",
        description: "The request cannot be read: an unknown or wrong parameter, or malformed JSON.",
        code: ProblemCode::InvalidQuery,
    },
    Failure { status: 401, name: "Unauthorized", description: "There is no valid token.", code: ProblemCode::Unauthenticated },
    Failure { status: 403, name: "Forbidden", description: "The role or the key does not allow it.", code: ProblemCode::Forbidden },
    Failure { status: 404, name: "NotFound", description: "There is nothing at this address.", code: ProblemCode::NotFound },
    Failure {
        status: 406,
        name: "NotAcceptable",
        description: "None of the media types in `Accept` can be served.",
        code: ProblemCode::NotAcceptable,
    },
    Failure { status: 408, name: "RequestTimeout", description: "The body took too long to arrive.", code: ProblemCode::RequestTimeout },
    Failure { status: 409, name: "Conflict", description: "The present state does not allow it.", code: ProblemCode::IllegalStep },
    Failure {
        status: 412,
        name: "PreconditionFailed",
        description: "Somebody else has changed it since: the version in `If-Match` is not the current one. `current` says which is, whose change it was, and what to compare before merging.",
        code: ProblemCode::StaleVersion,
    },
    Failure { status: 413, name: "ContentTooLarge", description: "The body is too large.", code: ProblemCode::BodyTooLarge },
    Failure { status: 414, name: "UriTooLong", description: "The address is too long.", code: ProblemCode::UriTooLong },
    Failure {
        status: 415,
        name: "UnsupportedMediaType",
        description: "The body's media type or encoding is not taken here.",
        code: ProblemCode::UnsupportedMediaType,
    },
    Failure {
        status: 416,
        name: "RangeNotSatisfiable",
        description: "The part asked for lies outside of the file.",
        code: ProblemCode::RangeNotSatisfiable,
    },
    Failure {
        status: 422,
        name: "UnprocessableContent",
        description: "The request can be read, but what it asks for is incomplete or against a rule; `errors` lists every fault.",
        code: ProblemCode::ValidationFailed,
    },
    Failure { status: 428, name: "PreconditionRequired", description: "`If-Match` is missing.", code: ProblemCode::VersionRequired },
    Failure {
        status: 429,
        name: "TooManyRequests",
        description: "Too many attempts; `Retry-After` tells when to try again.",
        code: ProblemCode::TooManyRequests,
    },
    Failure { status: 431, name: "HeadersTooLarge", description: "The headers are too large.", code: ProblemCode::HeadersTooLarge },
    Failure { status: 500, name: "InternalServerError", description: "The server failed.", code: ProblemCode::Internal },
    Failure { status: 503, name: "ServiceUnavailable", description: "The server cannot answer just now.", code: ProblemCode::Unavailable },
];

/// Adds the responses that are missing, and completes those that are there.
pub fn write(document: &mut Value) {
    let before = document.clone();
    change_operations(document, &mut |place, operation| {
        let expected = expected_failures(&before, place, operation);
        let Some(responses) = object_in(operation, "responses") else { return };
        for status in expected {
            responses.entry(status.to_string()).or_insert_with(|| json!({}));
        }
        if takes_if_none_match(place) {
            responses.entry("304").or_insert_with(|| json!({}));
        }
        for (status, response) in responses.iter_mut() {
            complete(status, response);
        }
        responses.sort_keys();
    });
    let Some(shared) = components(document, "responses") else { return };
    for failure in &FAILURES {
        let body = json!({ PROBLEM: { "schema": reference_to("schemas", "Problem") } });
        shared.insert(failure.name.to_owned(), json!({ "description": failure.description, "content": body }));
    }
    shared.insert("NotModified".to_owned(), json!({ "description": "The copy that the caller holds is still good." }));
}

/// The failures that follow from the surface, the parameters and the body of an operation.
pub fn expected_failures(document: &Value, place: &Place, operation: &Object) -> Vec<u16> {
    let mut statuses = vec![400, 406, 414, 431, 500, 503];
    let editing = Surface::of(&place.path) == Surface::Editing;
    if place.path.contains('{') {
        statuses.push(404);
    }
    if operation.contains_key("requestBody") {
        statuses.extend([408, 413, 415, 422]);
    } else if editing && place.method == "post" {
        // An action may find something missing.
        statuses.push(422);
    }
    if operation.get("security").and_then(Value::as_array).is_some_and(|security| !security.is_empty()) {
        statuses.extend([401, 403]);
    }
    if let Some(parameter) = header_parameter(document, operation, IF_MATCH) {
        statuses.push(412);
        if parameter.get("required") == Some(&json!(true)) {
            statuses.push(428);
        }
    }
    let guesses_secrets = Surface::of(&place.path) == Surface::Auth && operation.contains_key("requestBody");
    if guesses_secrets || has_exception(operation, "x-throttled") {
        statuses.push(429);
    }
    statuses.sort_unstable();
    statuses.dedup();
    statuses
}

/// The shared failure of a status.
pub fn failure_of(status: &str) -> Option<&'static Failure> {
    FAILURES.iter().find(|failure| failure.status.to_string() == status)
}

/// Whether a status tells of a failure.
pub fn is_failure(status: &str) -> bool {
    status.starts_with('4') || status.starts_with('5')
}

fn complete(status: &str, response: &mut Value) {
    let Some(object) = response.as_object_mut().filter(|object| !object.contains_key("$ref")) else { return };
    let described = object.get("description").and_then(Value::as_str).is_some_and(|description| !description.is_empty());
    let bare = !described && !object.contains_key("headers");
    if status == "304" && bare {
        *response = reference_to("responses", "NotModified");
        return;
    }
    let shared = failure_of(status);
    if let Some(failure) = shared.filter(|_| bare && has_plain_problem(object)) {
        *response = reference_to("responses", failure.name);
        return;
    }
    if !described {
        let description = shared.map_or_else(|| usual_description(status), |failure| failure.description);
        // The description comes first, as in every example of the standard.
        let rest = std::mem::take(object);
        object.insert("description".to_owned(), json!(description));
        object.extend(rest.into_iter().filter(|(key, _)| key != "description"));
    }
    if is_failure(status) {
        object.entry("content").or_insert_with(|| json!({ PROBLEM: { "schema": reference_to("schemas", "Problem") } }));
        if let Some(content) = content_of(response)
            && let Some(body) = content.shift_remove("application/json")
        {
            content.entry(PROBLEM).or_insert(body);
        }
    }
}

/// Whether a response has no body of its own, or the problem that all failures have and no example.
fn has_plain_problem(response: &Object) -> bool {
    let schema = json!({ "schema": reference_to("schemas", "Problem") });
    response.get("content").and_then(Value::as_object).is_none_or(|content| content.values().all(|body| *body == schema))
}

fn usual_description(status: &str) -> &'static str {
    match status {
        "200" => "As asked.",
        "201" => "Made; `Location` tells where it is.",
        "202" => "Taken; it is done later.",
        "204" => "Done; there is nothing to tell.",
        "206" => "The part asked for.",
        "301" | "308" => "It has moved for good; `Location` tells where to.",
        "302" | "303" | "307" => "It is elsewhere; `Location` tells where.",
        "410" => "It was here and has been withdrawn.",
        _ => "Another outcome.",
    }
}

#[cfg(test)]
mod tests {
    use masthead_domain::vocabulary::Vocabulary;

    use super::*;

    #[test]
    fn every_code_has_a_described_status() {
        for code in ProblemCode::ALL {
            let status = code.status_and_title().0.as_u16();
            // Where something can be gone, the operation says so itself.
            assert!(status == 405 || status == 410 || FAILURES.iter().any(|failure| failure.status == status), "{code} has the status {status}");
        }
    }

    #[test]
    fn every_failure_has_a_code_of_its_status() {
        for failure in &FAILURES {
            assert_eq!(failure.code.status_and_title().0.as_u16(), failure.status, "{}", failure.name);
        }
    }
}
