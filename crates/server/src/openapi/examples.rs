//! An example for every JSON body, composed from what the schemas say of their parts.
//!
//! A part's own `example`, `examples` or `default` comes first; then a literal or the first of an enumeration; then what
//! its format and its limits ask for. A part with a `pattern` needs an example of its own: no text is guessed for it.

use std::borrow::Cow;

use masthead_domain::vocabulary::Vocabulary;
use serde_json::{Map, Value, json};

use super::bodies::{content_of, is_json};
use super::nullability::take_null;
use super::responses::failure_of;
use super::walk::{change_operations, component_name, components, items, members, resolve, text};

/// How deep an example goes; deeper parts are left out where they may be.
const MAX_DEPTH: usize = 12;

/// The members of a problem that only some failures have, with the statuses of those.
const PECULIAR: [(&str, &[u16]); 7] =
    [("errors", &[400, 422]), ("state", &[409]), ("allowed", &[409]), ("current", &[412]), ("lock", &[]), ("results", &[]), ("uses", &[])];

/// Members of a request that stand in the place of others, which then must not be given.
const IN_PLACE_OF: [(&str, &[&str]); 3] =
    [("media_id", &["url", "width", "height"]), ("cover_media_id", &["cover_image"]), ("pdf_media_id", &["pdf_url"])];

/// Adds an example to every JSON body that has none.
pub fn write(document: &mut Value) {
    let before = document.clone();
    change_operations(document, &mut |_, operation| {
        if let Some(content) = operation.get_mut("requestBody").and_then(content_of) {
            add(&before, content, None);
            content.values_mut().filter_map(|body| body.get_mut("example")).for_each(leave_out_the_replaced);
        }
        for (status, response) in operation.get_mut("responses").and_then(Value::as_object_mut).into_iter().flatten() {
            if let Some(content) = content_of(response) {
                add(&before, content, Some(status));
            }
        }
    });
    for (name, response) in components(document, "responses").into_iter().flatten() {
        let failure = super::responses::FAILURES.iter().find(|failure| failure.name == name);
        if let Some(content) = content_of(response) {
            add(&before, content, failure.map(|failure| failure.status.to_string()).as_deref());
        }
    }
}

fn add(document: &Value, content: &mut Map<String, Value>, status: Option<&str>) {
    for (media_type, body) in content.iter_mut() {
        let Some(body) = body.as_object_mut().filter(|body| is_json(media_type) && !body.contains_key("example") && !body.contains_key("examples"))
        else {
            continue;
        };
        let Some(schema) = body.get("schema") else { continue };
        let is_problem = component_name(schema, "schemas") == Some("Problem");
        let example = match status.filter(|_| is_problem) {
            Some(status) => problem(document, schema, status),
            None => compose(document, schema),
        };
        if let Some(example) = example {
            body.insert("example".to_owned(), example);
        }
    }
}

fn leave_out_the_replaced(example: &mut Value) {
    match example {
        Value::Array(values) => values.iter_mut().for_each(leave_out_the_replaced),
        Value::Object(object) => {
            for (member, replaced) in IN_PLACE_OF {
                if object.contains_key(member) {
                    object.retain(|name, _| !replaced.contains(&name.as_str()));
                }
            }
            object.values_mut().for_each(leave_out_the_replaced);
        }
        _ => {}
    }
}

/// A problem that fits its status: one of the schema's own `examples` with that status, or else one put together.
fn problem(document: &Value, schema: &Value, status: &str) -> Option<Value> {
    let whole = resolve(document, schema);
    let number: u16 = status.parse().ok()?;
    if let Some(fitting) = items(whole.get("examples")).find(|example| example.get("status") == Some(&json!(number))) {
        return Some(fitting.clone());
    }
    let mut example = compose(document, schema)?;
    let object = example.as_object_mut()?;
    let mut show = |name: &str, value: Value| {
        if let Some(shown) = object.get_mut(name) {
            *shown = value;
        }
    };
    show("status", json!(number));
    if let Some(failure) = failure_of(status) {
        show("code", json!(failure.code.word()));
        show("title", json!(failure.code.status_and_title().1));
        show("detail", json!(failure.description));
        let address = object.get("type").and_then(Value::as_str).and_then(|address| address.rsplit_once('/'));
        if let Some(address) = address.map(|(before, _)| json!(format!("{before}/{}", failure.code))) {
            object.insert("type".to_owned(), address);
        }
    }
    let is_required = |name: &str| items(whole.get("required")).any(|required| required == name);
    object.retain(|name, _| is_required(name) || PECULIAR.iter().all(|(member, statuses)| member != name || statuses.contains(&number)));
    // A fault is in a parameter or in the body, never in both.
    let elsewhere = if number == 400 { "pointer" } else { "parameter" };
    for fault in object.get_mut("errors").and_then(Value::as_array_mut).into_iter().flatten().filter_map(Value::as_object_mut) {
        if fault.contains_key("pointer") && fault.contains_key("parameter") {
            fault.shift_remove(elsewhere);
        }
    }
    Some(example)
}

/// A value that `schema` describes; none where that would need an endless one.
pub fn compose(document: &Value, schema: &Value) -> Option<Value> {
    compose_within(document, schema, &mut Vec::new())
}

/// `open` holds the names of the components being composed, outermost first.
fn compose_within(document: &Value, schema: &Value, open: &mut Vec<String>) -> Option<Value> {
    if let Some(own) = own_example(schema) {
        return Some(own);
    }
    if let Some(name) = component_name(schema, "schemas") {
        if open.iter().any(|outer| outer == name) || open.len() > MAX_DEPTH {
            return None;
        }
        open.push(name.to_owned());
        let composed = compose_within(document, resolve(document, schema), open);
        open.pop();
        return composed;
    }
    let mut schema = Cow::Borrowed(schema);
    if super::nullability::admits_null(&schema) && take_null(schema.to_mut()) {
        // A value says more than `null`; but `null` will do where there is no end otherwise.
        return Some(compose_within(document, &schema, open).unwrap_or(Value::Null));
    }
    for keyword in ["oneOf", "anyOf"] {
        if schema.get(keyword).is_some() {
            return items(schema.get(keyword)).find_map(|variant| compose_within(document, variant, open));
        }
    }
    if schema.get("allOf").is_some() {
        let mut whole = Map::new();
        for part in items(schema.get("allOf")) {
            whole.extend(compose_within(document, part, open)?.as_object().cloned().unwrap_or_default());
        }
        return Some(Value::Object(whole));
    }
    match kind(&schema) {
        "object" => compose_object(document, &schema, open),
        "array" => compose_list(document, &schema, open),
        "boolean" => Some(json!(true)),
        "integer" => Some(integer(&schema)),
        "number" => Some(schema.get("minimum").cloned().unwrap_or_else(|| json!(1.5))),
        "string" => Some(json!(string(&schema))),
        "null" => Some(Value::Null),
        _ => Some(json!({})),
    }
}

/// What a schema gives as an example of itself.
fn own_example(schema: &Value) -> Option<Value> {
    let first = |keyword: &str| schema.get(keyword).and_then(Value::as_array).and_then(|list| list.first());
    let default = schema.get("default").filter(|default| !default.is_null());
    schema.get("example").or_else(|| first("examples")).or(default).or_else(|| schema.get("const")).or_else(|| first("enum")).cloned()
}

fn kind(schema: &Value) -> &str {
    match schema.get("type") {
        Some(Value::String(kind)) => kind,
        Some(Value::Array(kinds)) => kinds.first().and_then(Value::as_str).unwrap_or_default(),
        _ if schema.get("properties").is_some() => "object",
        _ => "",
    }
}

fn compose_object(document: &Value, schema: &Value, open: &mut Vec<String>) -> Option<Value> {
    let mut whole = Map::new();
    for (name, property) in members(schema.get("properties")) {
        match compose_within(document, property, open) {
            Some(value) => {
                whole.insert(name.clone(), value);
            }
            None if items(schema.get("required")).any(|required| required == name.as_str()) => return None,
            None => {}
        }
    }
    if whole.is_empty()
        && let Some(values) = schema.get("additionalProperties").filter(|values| values.is_object())
        && let Some(value) = compose_within(document, values, open)
    {
        whole.insert("en".to_owned(), value);
    }
    Some(Value::Object(whole))
}

fn compose_list(document: &Value, schema: &Value, open: &mut Vec<String>) -> Option<Value> {
    let least = schema.get("minItems").and_then(Value::as_u64).unwrap_or_default();
    let item = schema.get("items").and_then(|items| compose_within(document, items, open));
    match item {
        Some(item) if schema.get("maxItems") != Some(&json!(0)) => {
            let count = usize::try_from(least.max(1)).unwrap_or(1);
            Some(Value::Array(vec![item; count]))
        }
        _ if least == 0 => Some(json!([])),
        _ => None,
    }
}

fn integer(schema: &Value) -> Value {
    let above = schema.get("exclusiveMinimum").and_then(Value::as_i64).map(|least| least.saturating_add(1));
    let least = schema.get("minimum").and_then(Value::as_i64).or(above).unwrap_or(1);
    let most = schema.get("maximum").and_then(Value::as_i64).unwrap_or(i64::MAX);
    json!(least.max(1).min(most))
}

/// A text of the schema's format and length.
fn string(schema: &Value) -> String {
    let sample = match text(schema, "format").unwrap_or_default() {
        "uuid" => "01890a5d-ac96-774b-bcce-b302099a8057",
        "date-time" => "2026-05-01T09:30:00Z",
        "date" => "2026-05-01",
        "time" => "09:30:00Z",
        "duration" => "PT1H30M",
        "uri" | "url" | "iri" => "https://paper.example/news",
        "uri-reference" | "iri-reference" => "/news",
        "email" | "idn-email" => "editor@paper.example",
        "hostname" => "paper.example",
        "ipv4" => "192.0.2.1",
        "ipv6" => "2001:db8::1",
        "byte" => "TWFzdGhlYWQ=",
        "password" => "correct horse battery staple",
        _ => "text",
    };
    let limit = |keyword: &str| schema.get(keyword).and_then(Value::as_u64).and_then(|limit| usize::try_from(limit).ok());
    let mut sample = sample.to_owned();
    while limit("minLength").is_some_and(|least| sample.chars().count() < least) {
        sample.push_str(" text");
    }
    limit("maxLength").map_or_else(|| sample.clone(), |most| sample.chars().take(most).collect())
}
