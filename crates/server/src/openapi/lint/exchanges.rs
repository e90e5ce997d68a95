//! Requests and responses: descriptions, failures, media types, headers and examples.

use serde_json::{Value, json};

use super::named;
use crate::openapi::bodies::is_json;
use crate::openapi::headers;
use crate::openapi::parameters::{IDEMPOTENCY_KEY, IF_MATCH, IF_NONE_MATCH, header_parameter, takes_if_none_match};
use crate::openapi::responses::{PROBLEM, expected_failures, is_failure};
use crate::openapi::surface::Surface;
use crate::openapi::walk::{Object, Place, component_name, items, members, operations, resolve, text};

pub fn check(document: &Value, faults: &mut Vec<String>) {
    let all = operations(document);
    for (place, operation) in &all {
        check_request(document, place, operation, faults);
        check_header_parameters(document, place, operation, faults);
        let responses = operation.get("responses");
        for (status, response) in members(responses) {
            check_response(document, place, operation, status, response, faults);
        }
        if !members(responses).any(|(status, _)| !is_failure(status)) {
            faults.push(format!("{}: no success is described", named(place)));
        }
        for status in expected_failures(document, place, operation) {
            if responses.is_none_or(|responses| responses.get(status.to_string()).is_none()) {
                faults.push(format!("{}: {status} is possible but not described", named(place)));
            }
        }
        let takes_bytes = |operation: &Object| media_types(operation).any(|media_type| media_type == "application/octet-stream");
        if media_types(operation).any(|media_type| media_type.starts_with("multipart/"))
            && !takes_bytes(operation)
            && !all.iter().any(|(_, other)| other.get("tags") == operation.get("tags") && takes_bytes(other))
        {
            faults.push(format!("{}: no operation beside this multipart one takes the bytes alone (application/octet-stream)", named(place)));
        }
    }
    let code = document.pointer("/components/schemas/Problem/properties/code").map(|code| resolve(document, code));
    if code.and_then(|code| code.get("enum")).is_none() && !all.is_empty() {
        faults.push("Problem: `code` is not a closed list".to_owned());
    }
    for (name, hook) in members(document.get("webhooks")) {
        for (_, operation) in members(Some(hook)).filter(|(_, operation)| operation.is_object()) {
            if operation.as_object().is_none_or(|operation| header_parameter(document, operation, "webhook-signature").is_none()) {
                faults.push(format!("webhook {name}: the header webhook-signature is not declared"));
            }
        }
    }
}

fn media_types(operation: &Object) -> impl Iterator<Item = &String> {
    members(operation.get("requestBody").and_then(|body| body.get("content"))).map(|(media_type, _)| media_type)
}

fn check_request(document: &Value, place: &Place, operation: &Object, faults: &mut Vec<String>) {
    let Some(body) = operation.get("requestBody") else { return };
    let place_name = named(place);
    check_content(document, &format!("{place_name}: the request"), body.get("content"), faults);
    if members(body.get("content")).next().is_none() {
        faults.push(format!("{place_name}: the request body is empty"));
    }
    if place.method == "patch" && media_types(operation).any(|media_type| media_type != "application/json") {
        faults.push(format!("{place_name}: a PATCH is described as application/json and nothing else, for generators' sake"));
    }
}

fn check_header_parameters(document: &Value, place: &Place, operation: &Object, faults: &mut Vec<String>) {
    let mut wanted = Vec::new();
    if takes_if_none_match(place) {
        wanted.push(IF_NONE_MATCH);
    }
    if place.method == "post" && Surface::of(&place.path) == Surface::Editing {
        wanted.push(IDEMPOTENCY_KEY);
    }
    // The exceptions of handlers are not published, so what answers 412 or 428 is asked for `If-Match`, not every change.
    let answers = |status: &str| operation.get("responses").is_some_and(|responses| responses.get(status).is_some());
    if answers("412") || answers("428") {
        wanted.push(IF_MATCH);
    }
    for name in wanted.into_iter().filter(|name| header_parameter(document, operation, name).is_none()) {
        faults.push(format!("{}: the header parameter {name} is not declared", named(place)));
    }
}

fn check_response(document: &Value, place: &Place, operation: &Object, status: &str, response: &Value, faults: &mut Vec<String>) {
    let place_name = format!("{}: {status}", named(place));
    let response = resolve(document, response);
    if text(response, "description").is_none_or(str::is_empty) {
        faults.push(format!("{place_name} has no description"));
    }
    if is_failure(status) {
        let schema = response.get("content").and_then(|content| content.get(PROBLEM)).and_then(|body| body.get("schema"));
        let others = members(response.get("content")).any(|(media_type, _)| media_type != PROBLEM);
        if schema.and_then(|schema| component_name(schema, "schemas")) != Some("Problem") || others {
            faults.push(format!("{place_name} is not the one Problem as {PROBLEM}"));
        }
    }
    check_content(document, &place_name, response.get("content"), faults);
    for name in headers::expected(document, place, operation, status, response) {
        // Whether an editing answer has a version is the handler's to say; its exception is not published.
        let excused = name == "Version-ETag" || headers::declares(response, headers::wire_name(name));
        if !excused {
            faults.push(format!("{place_name} does not declare the header {name}"));
        }
    }
}

fn check_content(document: &Value, place: &str, content: Option<&Value>, faults: &mut Vec<String>) {
    for (media_type, body) in members(content) {
        if is_json(media_type) && body.get("example").is_none() && body.get("examples").is_none() {
            faults.push(format!("{place} has no example as {media_type}"));
        }
        let Some(schema) = body.get("schema").filter(|_| is_json(media_type)) else { continue };
        let named = component_name(schema, "schemas").is_some();
        let list_of_named =
            schema.get("type") == Some(&json!("array")) && schema.get("items").and_then(|items| component_name(items, "schemas")).is_some();
        if !named && !list_of_named {
            faults.push(format!("{place} has a nameless schema as {media_type}"));
        }
    }
    if items(content).next().is_some() {
        faults.push(format!("{place} has a list where media types belong"));
    }
    if place.ends_with("the request")
        && members(content).any(|(media_type, body)| is_json(media_type) && resolve(document, body).get("schema").is_none())
    {
        faults.push(format!("{place} has no schema"));
    }
}
