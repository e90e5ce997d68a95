#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed, and the panic says where"
)]

use serde_json::{Value, json};

use super::{down, finish, lint, sample};

fn at<'document>(document: &'document Value, pointer: &str) -> &'document Value {
    document.pointer(pointer).ok_or(pointer).unwrap()
}

fn statuses(document: &Value, operation: &str) -> Vec<String> {
    at(document, operation)["responses"].as_object().unwrap().keys().cloned().collect()
}

fn headers(document: &Value, response: &str) -> Vec<String> {
    document.pointer(response).and_then(|response| response["headers"].as_object()).unwrap().keys().cloned().collect()
}

#[test]
fn a_finished_document_breaks_no_rule() {
    let document = finish(sample::raw());
    assert_eq!(lint::lint(&document), Vec::<String>::new());
}

#[test]
fn the_document_of_the_handlers_breaks_no_rule() {
    let document = finish(crate::api_document::raw_document());
    assert_eq!(lint::lint(&document), Vec::<String>::new());
}

#[test]
fn finishing_twice_changes_nothing() {
    let once = finish(sample::raw());
    assert_eq!(finish(once.clone()), once);
}

#[test]
fn the_head_tells_the_version_of_the_api() {
    let document = finish(sample::raw());
    assert_eq!(at(&document, "/openapi"), "3.1.0");
    assert_eq!(at(&document, "/info/title"), "Masthead");
    assert_eq!(at(&document, "/info/version"), "1.0.0");
    assert_eq!(at(&document, "/servers/0/url"), "/");
    assert_eq!(at(&document, "/tags/0/name"), "articles");
    assert!(document.get("security").is_none());
}

#[test]
fn only_editing_asks_for_a_token() {
    let document = finish(sample::raw());
    assert_eq!(at(&document, "/paths/~1v1~1articles/get/security"), &json!([]));
    assert_eq!(at(&document, "/paths/~1v1~1editor~1articles/post/security"), &json!([{ "bearer": [] }]));
}

#[test]
fn what_may_be_absent_is_never_null() {
    let document = finish(sample::raw());
    let article = at(&document, "/components/schemas/ArticleOut/properties");
    assert_eq!(article["standfirst"]["type"], "string");
    assert_eq!(article["status"]["$ref"], "#/components/schemas/Status");
    assert_eq!(article["published_at"]["type"], json!(["string", "null"]));
    assert_eq!(at(&document, "/components/schemas/Page/properties/next/type"), &json!(["string", "null"]));
}

#[test]
fn a_patch_has_a_schema_of_its_own() {
    let document = finish(sample::raw());
    let patch = at(&document, "/components/schemas/ArticlePatch");
    assert!(patch.get("required").is_none());
    assert_eq!(patch["properties"]["title"]["type"], "string");
    assert_eq!(patch["properties"]["standfirst"]["type"], json!(["string", "null"]));
    assert_eq!(patch["additionalProperties"], false);
    let body = "/paths/~1v1~1editor~1articles~1{id}/patch/requestBody/content/application~1json";
    assert_eq!(at(&document, body)["schema"]["$ref"], "#/components/schemas/ArticlePatch");
    assert_eq!(at(&document, "/components/schemas/ArticleIn/required"), &json!(["title"]));
}

#[test]
fn failures_follow_from_what_an_operation_takes() {
    let document = finish(sample::raw());
    assert_eq!(statuses(&document, "/paths/~1v1~1articles/get"), ["200", "304", "400", "406", "414", "431", "500", "503"]);
    assert_eq!(
        statuses(&document, "/paths/~1v1~1articles~1{slug}/get"),
        ["200", "301", "304", "400", "404", "406", "410", "414", "431", "500", "503"]
    );
    assert_eq!(
        statuses(&document, "/paths/~1v1~1editor~1articles/post"),
        ["201", "400", "401", "403", "406", "408", "409", "413", "414", "415", "422", "431", "500", "503"]
    );
    assert_eq!(
        statuses(&document, "/paths/~1v1~1editor~1articles~1{id}~1publish/post"),
        ["200", "400", "401", "403", "404", "406", "409", "412", "414", "422", "428", "431", "500", "503"]
    );
    assert_eq!(at(&document, "/paths/~1v1~1editor~1articles~1{id}~1publish/post/responses/409/$ref"), "#/components/responses/Conflict");
    let own = at(&document, "/paths/~1v1~1editor~1articles/post/responses/409");
    assert_eq!(own["description"], "The slug is taken");
    assert_eq!(own["content"]["application/problem+json"]["example"]["status"], 409);
    assert_eq!(own["content"]["application/problem+json"]["example"]["code"], "illegal_step");
    assert!(own["content"].get("application/json").is_none());
}

#[test]
fn headers_are_declared_where_they_occur() {
    let document = finish(sample::raw());
    let kept = ["Vary", "Cache-Tag", "Surrogate-Key", "Masthead-Revision"];
    let validated = |first: &[&'static str]| [first, &["X-Request-Id", "ETag", "Cache-Control"], &kept].concat();
    assert_eq!(
        headers(&document, "/paths/~1v1~1articles/get/responses/200"),
        [validated(&[]), vec!["Last-Modified", "Content-Encoding", "Link"]].concat()
    );
    assert_eq!(
        headers(&document, "/paths/~1v1~1articles~1{slug}/get/responses/200"),
        [validated(&["Last-Modified"]), vec!["Content-Encoding"]].concat()
    );
    assert_eq!(headers(&document, "/paths/~1v1~1articles~1{slug}/get/responses/301"), [&["X-Request-Id", "Location"], &kept[..]].concat());
    assert_eq!(
        headers(&document, "/paths/~1v1~1editor~1articles/post/responses/201"),
        ["X-Request-Id", "Location", "Masthead-Revision", "Masthead-Dry-Run", "Idempotency-Replayed", "ETag"]
    );
    assert_eq!(headers(&document, "/components/responses/Unauthorized"), ["X-Request-Id", "WWW-Authenticate"]);
    assert_eq!(headers(&document, "/components/responses/ServiceUnavailable"), ["X-Request-Id", "Retry-After"]);
    let parameters = at(&document, "/paths/~1v1~1editor~1articles~1{id}/delete/parameters");
    assert_eq!(parameters[1]["$ref"], "#/components/parameters/If-Match");
}

#[test]
fn a_handler_can_say_that_a_thing_has_no_version() {
    let mut raw = sample::raw();
    raw.pointer_mut("/paths/~1v1~1editor~1articles~1{id}/delete").unwrap()["x-unversioned"] = json!(true);
    let document = finish(raw);
    let operation = at(&document, "/paths/~1v1~1editor~1articles~1{id}/delete");
    assert!(operation.get("x-unversioned").is_none());
    let parameters: Vec<Option<&str>> = operation["parameters"].as_array().unwrap().iter().map(|parameter| parameter["$ref"].as_str()).collect();
    assert_eq!(parameters, [None, Some("#/components/parameters/dry_run")]);
    assert_eq!(
        statuses(&document, "/paths/~1v1~1editor~1articles~1{id}/delete"),
        ["204", "400", "401", "403", "404", "406", "414", "431", "500", "503"]
    );
    assert_eq!(lint::lint(&document), Vec::<String>::new());
}

#[test]
fn lists_in_a_query_are_joined_by_commas() {
    let document = finish(sample::raw());
    let fields = at(&document, "/paths/~1v1~1articles/get/parameters/3");
    assert_eq!(fields["name"], "fields");
    assert_eq!(fields["explode"], false);
    assert_eq!(fields["style"], "form");
    assert_eq!(fields["schema"]["items"]["$ref"], "#/components/schemas/ArticlesFields");
    assert_eq!(at(&document, "/paths/~1v1~1articles/get/parameters/4/schema/$ref"), "#/components/schemas/ArticleSort");
    assert_eq!(at(&document, "/components/schemas/ArticleSort/enum"), &json!(["title", "-title"]));
}

#[test]
fn optional_parameters_show_no_example() {
    let document = finish(sample::raw());
    let parameters = at(&document, "/paths/~1v1~1articles/get/parameters").as_array().unwrap();
    assert_eq!(parameters[1]["name"], "tag");
    assert!(parameters.iter().all(|parameter| parameter.get("example").is_none()));
    assert_eq!(at(&document, "/components/parameters/If-Match/example"), "\"3\"");
}

#[test]
fn examples_are_composed_from_the_parts() {
    let document = finish(sample::raw());
    let request = at(&document, "/paths/~1v1~1editor~1articles/post/requestBody/content/application~1json/example");
    assert_eq!(request, &json!({ "title": "Nurses strike again", "standfirst": "text", "status": "draft", "tags": ["text"] }));
    let response = at(&document, "/paths/~1v1~1editor~1articles/post/responses/201/content/application~1json/example");
    assert_eq!(response["published_at"], "2026-05-01T09:30:00Z");
    assert_eq!(response["blocks"], json!([{ "type": "paragraph", "text": "text" }]));
    assert!(response.get("parent").is_none());
    let failure = at(&document, "/components/responses/NotFound/content/application~1problem+json/example");
    let expected = json!({
        "type": "https://api.paper.example/problems/not_found",
        "title": "There is nothing here",
        "status": 404,
        "detail": "There is nothing at this address.",
        "instance": "/v1/editor/articles",
        "request_id": "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c21",
        "code": "not_found",
    });
    assert_eq!(failure, &expected);
    let faults = at(&document, "/components/responses/UnprocessableContent/content/application~1problem+json/example/errors");
    assert_eq!(faults, &json!([{ "pointer": "/credits/0/original_url", "code": "required", "message": "must not be empty" }]));
    let stale = at(&document, "/components/responses/PreconditionFailed/content/application~1problem+json/example");
    assert_eq!(stale["current"]["version"], 4);
    assert!(stale.get("allowed").is_none());
}

#[test]
fn the_older_document_leaves_multipart_out() {
    let document = finish(sample::raw());
    let older = down::to_3_0(&document);
    assert_eq!(at(&older, "/openapi"), "3.0.3");
    assert_eq!(at(&older, "/info/license/url"), "https://spdx.org/licenses/MIT.html");
    assert!(older.pointer("/paths/~1v1~1editor~1media").is_none());
    assert!(older.pointer("/components/schemas/UploadForm").is_none());
    assert!(older.pointer("/paths/~1v1~1editor~1media~1raw/post").is_some());
    assert!(!older.to_string().contains("\"null\""));
    assert_eq!(at(&older, "/components/schemas/Page/properties/next"), &json!({ "type": "string", "nullable": true }));
}
