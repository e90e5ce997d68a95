#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on has failed, and the panic says where")]

use serde_json::{Value, json};

use super::lint;
use crate::openapi::{finish, sample};

const LIST: &str = "/paths/~1v1~1articles/get";
const CREATE: &str = "/paths/~1v1~1editor~1articles/post";
const UPDATE: &str = "/paths/~1v1~1editor~1articles~1{id}/patch";

/// Breaks the finished sample with `break_it` and asks that the lint then says `expected` of it.
fn is_found(expected: &str, break_it: impl FnOnce(&mut Value)) {
    let mut document = finish(sample::raw());
    break_it(&mut document);
    let faults = lint(&document);
    assert!(faults.iter().any(|fault| fault.contains(expected)), "`{expected}` is not among {faults:#?}");
}

fn at<'document>(document: &'document mut Value, pointer: &str) -> &'document mut Value {
    document.pointer_mut(pointer).unwrap()
}

fn remove(document: &mut Value, parent: &str, key: &str) {
    at(document, parent).as_object_mut().unwrap().shift_remove(key).unwrap();
}

#[test]
fn names_of_operations_are_unique_and_of_one_form() {
    is_found("operationId `articles` is not of the form", |document| at(document, LIST)["operationId"] = json!("articles"));
    is_found("operationId `List_articles` is not of the form", |document| at(document, LIST)["operationId"] = json!("List_articles"));
    is_found("operationId `create_article` occurs twice", |document| at(document, LIST)["operationId"] = json!("create_article"));
}

#[test]
fn operations_are_described_tagged_and_guarded() {
    is_found("there is no summary", |document| remove(document, LIST, "summary"));
    is_found("there is no description", |document| at(document, LIST)["description"] = json!(" "));
    is_found("there are 2 tags", |document| at(document, LIST)["tags"] = json!(["articles", "media"]));
    is_found("the tag `poems` is not declared", |document| at(document, LIST)["tags"] = json!(["poems"]));
    is_found("not said who may call it", |document| remove(document, LIST, "security"));
    is_found("the security scheme `cookie` is not declared", |document| at(document, LIST)["security"] = json!([{ "cookie": [] }]));
}

#[test]
fn responses_are_described_and_complete() {
    is_found("200 has no description", |document| remove(document, &format!("{LIST}/responses/200"), "description"));
    is_found("406 is possible but not described", |document| remove(document, &format!("{LIST}/responses"), "406"));
    is_found("412 is possible but not described", |document| remove(document, &format!("{UPDATE}/responses"), "412"));
    is_found("no success is described", |document| remove(document, &format!("{CREATE}/responses"), "201"));
    is_found("400 is not the one Problem", |document| {
        at(document, &format!("{LIST}/responses"))["400"] = json!({ "description": "Bad", "content": { "text/plain": {} } });
    });
    is_found("`code` is not a closed list", |document| remove(document, "/components/schemas/ProblemCode", "enum"));
}

#[test]
fn bodies_have_examples_and_names() {
    let body = "/requestBody/content/application~1json";
    is_found("the request has no example", |document| remove(document, &format!("{CREATE}{body}"), "example"));
    is_found("200 has no example", |document| remove(document, &format!("{LIST}/responses/200/content/application~1json"), "example"));
    is_found("the request has a nameless schema", |document| at(document, &format!("{CREATE}{body}"))["schema"] = json!({ "type": "object" }));
    is_found("the request body is empty", |document| at(document, &format!("{CREATE}/requestBody"))["content"] = json!({}));
    is_found("a PATCH is described as application/json and nothing else", |document| {
        at(document, &format!("{UPDATE}/requestBody/content"))["application/merge-patch+json"] = json!({});
    });
    is_found("no operation beside this multipart one", |document| remove(document, "/paths", "/v1/editor/media/raw"));
}

#[test]
fn headers_are_declared() {
    is_found("200 does not declare the header ETag", |document| remove(document, &format!("{LIST}/responses/200/headers"), "ETag"));
    is_found("200 does not declare the header Link", |document| remove(document, &format!("{LIST}/responses/200/headers"), "Link"));
    is_found("201 does not declare the header Location", |document| remove(document, &format!("{CREATE}/responses/201/headers"), "Location"));
    is_found("401 does not declare the header WWW-Authenticate", |document| {
        remove(document, "/components/responses/Unauthorized/headers", "WWW-Authenticate");
    });
    is_found("503 does not declare the header Retry-After", |document| {
        remove(document, "/components/responses/ServiceUnavailable/headers", "Retry-After");
    });
    is_found("the header parameter If-Match is not declared", |document| at(document, UPDATE)["parameters"] = json!([]));
    is_found("the header parameter Idempotency-Key is not declared", |document| at(document, CREATE)["parameters"] = json!([]));
    is_found("the header parameter If-None-Match is not declared", |document| at(document, LIST)["parameters"] = json!([]));
    is_found("the header webhook-signature is not declared", |document| {
        document["webhooks"] = json!({ "article_published": { "post": { "summary": "s", "description": "d" } } });
    });
}

#[test]
fn query_parameters_are_flat_and_bounded() {
    let change = |name: &'static str, key: &'static str, value: Value| {
        move |document: &mut Value| {
            let parameters = at(document, &format!("{LIST}/parameters")).as_array_mut().unwrap();
            parameters.iter_mut().find(|parameter| parameter["name"] == name).unwrap()[key] = value;
        }
    };
    is_found("`tag` has no description", change("tag", "description", json!("")));
    is_found("`filter[tag]` is written in brackets", change("tag", "name", json!("filter[tag]")));
    is_found("`fields` is written in brackets or another nested style", change("fields", "style", json!("deepObject")));
    is_found("`fields` is a list that is not joined by commas", change("fields", "explode", json!(true)));
    is_found("`fields` is a list of lists", change("fields", "schema", json!({ "type": "array" })));
    is_found("`tag` is any text", change("tag", "schema", json!({ "type": "string" })));
    is_found("`limit` is any number", change("limit", "schema", json!({ "type": "integer", "minimum": 1 })));
    is_found("`tag` is neither a scalar", change("tag", "schema", json!({ "type": "object" })));
}

#[test]
fn schemas_are_named_used_and_single() {
    let schemas = "/components/schemas";
    let property = |schema: Value| move |document: &mut Value| at(document, "/components/schemas/Page/properties")["next"] = schema;
    is_found("an object without a name", property(json!({ "type": "object", "properties": {} })));
    is_found("an enumeration without a name", property(json!({ "type": "string", "enum": ["a", "b"] })));
    is_found("a map of something without a name", property(json!({ "additionalProperties": { "properties": { "a": {} } } })));
    is_found("a union without a name", property(json!({ "oneOf": [{ "type": "string" }, { "type": "integer" }] })));
    is_found("Orphan: nothing uses it", |document| at(document, schemas)["Orphan"] = json!({ "type": "string" }));
    is_found("the same shape as", |document| {
        let copy = at(document, schemas)["Status"].clone();
        at(document, schemas)["Standing"] = copy;
    });
    is_found("there is nothing there", property(json!({ "$ref": "#/components/schemas/Nowhere" })));
}

#[test]
fn schemas_hold_nothing_that_generators_stumble_over() {
    let block = "/components/schemas/Block";
    is_found("generated Python drops", |document| at(document, block)["allOf"] = json!([{ "$ref": "#/components/schemas/Page" }]));
    is_found("generated Rust fail", |document| at(document, block)["discriminator"] = json!({ "propertyName": "type" }));
    is_found("a variant of the union has no name", |document| at(document, block)["oneOf"][0] = json!({ "type": "string" }));
    is_found("a union of nothing", |document| at(document, block)["oneOf"] = json!([]));
    is_found("has no required, literal `type`", |document| {
        remove(document, "/components/schemas/QuoteBlock/properties/type", "enum");
    });
    is_found("needs an example", |document| {
        at(document, "/components/schemas/Page/properties")["next"] = json!({ "type": "string", "pattern": "^a$" });
    });
}

#[test]
fn what_is_required_is_described_and_what_is_not_is_never_null() {
    is_found("`ghost` is required but not described", |document| {
        at(document, "/components/schemas/Page/required").as_array_mut().unwrap().push(json!("ghost"));
    });
    is_found("`total` may be absent and may be null", |document| {
        at(document, "/components/schemas/Page/properties/total")["type"] = json!(["integer", "null"]);
    });
}
