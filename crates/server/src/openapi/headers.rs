//! The response headers that follow from a rule.

use serde_json::{Value, json};

use super::responses::is_failure;
use super::surface::{Surface, has_exception};
use super::walk::{Object, Place, change_operations, components, members, object_in, operations, reference_to, resolve, text};

/// Declares every header where it occurs.
pub fn write(document: &mut Value) {
    let before = document.clone();
    change_operations(document, &mut |place, operation| {
        let seen = operation.clone();
        for (status, response) in operation.get_mut("responses").and_then(Value::as_object_mut).into_iter().flatten() {
            let names = expected(&before, place, &seen, status, response);
            declare(response, &names);
        }
    });
    for (name, response) in components(document, "responses").into_iter().flatten() {
        let status = super::responses::FAILURES.iter().find(|failure| failure.name == name).map_or(304, |failure| failure.status);
        declare(response, &expected_always(&status.to_string()));
    }
    if let Some(shared) = components(document, "headers") {
        for (name, header) in shared_headers() {
            shared.insert(name.to_owned(), header);
        }
    }
}

/// The shared headers that a response must have declared.
pub fn expected(document: &Value, place: &Place, operation: &Object, status: &str, response: &Value) -> Vec<&'static str> {
    let mut names = expected_always(status);
    let surface = Surface::of(&place.path);
    let body = success_body(document, response);
    if status == "200" && place.method == "get" && surface.is_cacheable() {
        names.extend(["ETag", "Cache-Control"]);
    }
    if place.method == "get" && surface.is_cacheable() && ["200", "301"].contains(&status) {
        names.extend(["Vary", "Cache-Tag", "Surrogate-Key", "Masthead-Revision"]);
    }
    if status == "200" && place.method == "get" && surface.is_cacheable() {
        names.extend(["Last-Modified", "Content-Encoding"]);
    }
    if surface == Surface::Editing && !is_failure(status) {
        names.push("Masthead-Revision");
    }
    if super::parameters::makes_change(place) && !is_failure(status) {
        names.push("Masthead-Dry-Run");
        if place.method == "post" {
            names.push("Idempotency-Replayed");
        }
    }
    if body.is_some_and(is_list) && !is_failure(status) {
        names.push("Link");
    }
    let changed = status == "201" || matches!(place.method.as_str(), "patch" | "put");
    let single = body.is_some_and(|schema| text(schema, "type") == Some("object") && !is_list(schema) && property(schema, "data").is_none());
    let versioned = surface == Surface::Editing && !has_exception(operation, "x-unversioned");
    if versioned && single && ["200", "201"].contains(&status) && (changed || place.path.contains('{') || can_be_changed(document, place)) {
        names.push("Version-ETag");
    }
    names
}

/// The headers that go with a status wherever it occurs.
pub fn expected_always(status: &str) -> Vec<&'static str> {
    let mut names = vec!["X-Request-Id"];
    match status {
        "201" | "301" | "302" | "303" | "307" | "308" => names.push("Location"),
        "304" => names.extend(["ETag", "Cache-Control"]),
        "401" => names.push("WWW-Authenticate"),
        "429" | "503" => names.push("Retry-After"),
        _ => {}
    }
    names
}

/// What a shared header is called on the wire.
pub fn wire_name(shared: &str) -> &str {
    if shared == "Version-ETag" { "ETag" } else { shared }
}

/// Whether a response declares the header that is called so on the wire.
pub fn declares(response: &Value, name: &str) -> bool {
    members(response.get("headers")).any(|(declared, _)| declared.eq_ignore_ascii_case(name))
}

fn declare(response: &mut Value, names: &[&'static str]) {
    if response.get("$ref").is_some() {
        return;
    }
    let missing: Vec<&str> = names.iter().copied().filter(|name| !declares(response, wire_name(name))).collect();
    let Some(headers) = response.as_object_mut().filter(|_| !missing.is_empty()).and_then(|response| object_in(response, "headers")) else { return };
    for name in missing {
        headers.insert(wire_name(name).to_owned(), reference_to("headers", name));
    }
}

fn success_body<'document>(document: &'document Value, response: &'document Value) -> Option<&'document Value> {
    Some(resolve(document, response.pointer("/content/application~1json/schema")?))
}

fn property<'schema>(schema: &'schema Value, name: &str) -> Option<&'schema Value> {
    schema.get("properties")?.get(name)
}

/// Lists are known by their `page`.
fn is_list(schema: &Value) -> bool {
    property(schema, "page").is_some()
}

/// Whether the thing at this address can be changed there, and so has a version.
fn can_be_changed(document: &Value, place: &Place) -> bool {
    operations(document).iter().any(|(other, _)| other.path == place.path && ["patch", "put"].contains(&other.method.as_str()))
}

fn shared_headers() -> [(&'static str, Value); 16] {
    let text = |required: bool, description: &str, example: &str| json!({ "description": description, "required": required, "schema": { "type": "string" }, "example": example });
    let mut version = text(true, "The version, to be sent as `If-Match` with a change.", "\"3\"");
    if let Some(schema) = version.get_mut("schema") {
        *schema = json!({ "type": "string", "pattern": "^\"[0-9]+\"$" });
    }
    [
        (
            "X-Request-Id",
            text(true, "Names this request in the server's log; a sane one from the caller is kept.", "01890a5d-ac96-774b-bcce-b302099a8057"),
        ),
        ("ETag", text(true, "A strong tag of exactly these bytes, for `If-None-Match`.", "\"5f2b8c1e\"")),
        ("Version-ETag", version),
        (
            "Cache-Control",
            text(
                true,
                "How long the answer may be kept, and served while it is fetched again.",
                "public, max-age=0, s-maxage=60, stale-while-revalidate=30",
            ),
        ),
        ("Last-Modified", text(false, "When the newest of what it shows was last published.", "Thu, 26 Nov 2026 07:45:00 GMT")),
        ("Vary", text(true, "The request headers that the bytes depend on.", "Accept-Encoding")),
        ("Content-Encoding", text(false, "How the body is compressed: br, zstd or gzip, by `Accept-Encoding`.", "br")),
        (
            "Cache-Tag",
            text(
                true,
                "What the reply depends on, separated by commas: the kind and the last group of an id for one thing, the plural for all of a kind. Every change names the tags that it makes stale.",
                "articles,site,article-6b1f0e9a4c21",
            ),
        ),
        ("Surrogate-Key", text(true, "The same as `Cache-Tag`, separated by blanks.", "articles site article-6b1f0e9a4c21")),
        (
            "Masthead-Revision",
            json!({ "description": "The revision of the content as a whole. A reader who sends it as `Masthead-Min-Revision` is answered with nothing older.", "required": true, "schema": { "type": "integer", "format": "int64", "minimum": 0 }, "example": 42 }),
        ),
        ("Masthead-Dry-Run", text(false, "`true` where nothing was changed, for `dry_run=true`.", "true")),
        ("Idempotency-Replayed", text(false, "`true` where this answer was given before, to the same `Idempotency-Key`.", "true")),
        ("Link", text(false, "The neighbouring pages of a list (RFC 8288).", "</v1/articles?cursor=eyJpZCI6MX0>; rel=\"next\"")),
        ("Location", text(true, "Where it is.", "/v1/articles/nurses-strike-again")),
        ("WWW-Authenticate", text(true, "How to prove who one is (RFC 6750).", "Bearer realm=\"masthead\"")),
        (
            "Retry-After",
            json!({ "description": "In how many seconds to try again.", "required": false, "schema": { "type": "integer", "minimum": 0 }, "example": 30 }),
        ),
    ]
}
