//! The published interface: the files in `openapi/` are what the server says of itself, the document keeps the
//! project's rules, and what is documented is what is served.

#[path = "../api"]
mod api {
    #[macro_use]
    pub mod harness;
}

use api::harness;
use harness::app::App;
use harness::client::Requests;
use masthead_server::openapi::lint::lint;
use masthead_server::{api_document, docs_page};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::PathBuf;

fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("openapi").join(name)
}

fn document() -> Value {
    serde_json::from_str(&api_document::document()).expect("the document is JSON")
}

/// Every operation of the document: method in capitals, path, operation.
fn operations(document: &Value) -> Vec<(String, String, Value)> {
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            all.push((method.to_ascii_uppercase(), path.clone(), operation.clone()));
        }
    }
    all
}

#[test]
fn files_are_what_the_server_prints() {
    for (name, printed) in [("openapi.json", api_document::document()), ("openapi-3.0.json", api_document::document_3_0())] {
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(file(name), &printed).unwrap();
        }
        let committed = std::fs::read_to_string(file(name)).unwrap();
        assert!(committed == printed, "openapi/{name} is not current: run with UPDATE=1 and review the difference");
    }
}

#[test]
fn document_keeps_the_rules() {
    assert_eq!(lint(&document()), Vec::<String>::new());
}

/// Whether a path is one of a pattern with parts in braces.
fn fits(pattern: &str, path: &str) -> bool {
    let (wanted, parts): (Vec<&str>, Vec<&str>) = (pattern.split('/').collect(), path.split('/').collect());
    wanted.len() == parts.len() && wanted.iter().zip(&parts).all(|(wanted, part)| wanted.starts_with('{') || wanted == part)
}

#[test]
fn what_is_documented_is_served_and_nothing_else() {
    let app = App::sqlite();
    let admin = app.admin();
    let document = document();
    let documented: BTreeSet<(String, String)> = operations(&document).into_iter().map(|(method, path, _)| (method, path)).collect();
    let paths: BTreeSet<&String> = documented.iter().map(|(_, path)| path).collect();
    for path in &paths {
        // Nothing has this id, so that nothing is changed; a handler that is reached says so in its own words.
        let filled = path
            .replace("{id}", "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c21")
            .replace("{correction_id}", "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c21")
            .replace("{slug}", "nothing-here")
            .replace("{code}", "nothing_here");
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
            if filled == "/v1/auth/logout" {
                continue;
            }
            let reply = admin.send(method, &filled, &[("content-type", "application/json"), ("if-match", "\"1\"")], b"");
            // What a more general path takes is served under a special one too.
            let is_documented = documented.iter().any(|(other, pattern)| other == method && fits(pattern, &filled));
            assert_eq!(reply.status != 405, is_documented, "{method} {path}: {reply}");
            if reply.status == 405 {
                let allowed: BTreeSet<String> = reply.header("allow").unwrap().split(", ").map(str::to_owned).collect();
                let expected = documented.iter().filter(|(_, other)| other == *path).map(|(method, _)| method.clone());
                let mut expected: BTreeSet<String> = expected.collect();
                if expected.contains("GET") {
                    expected.insert("HEAD".to_owned());
                }
                expected.insert("OPTIONS".to_owned());
                assert_eq!(allowed, expected, "{path}");
            }
            if reply.status == 404 {
                assert_ne!(reply.json()["detail"], "No such path.", "{method} {path} is documented and not served");
            }
        }
    }
    // What is served beside the document is listed here, so that a new route cannot hide.
    let beside: Vec<&str> = api_document::PATHS.into_iter().chain(docs_page::paths()).collect();
    for path in beside {
        app.anonymous().get(path).assert_status(200);
        assert!(!paths.contains(&path.to_owned()));
    }
}

/// The schema that a reference leads to.
fn resolve<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    match schema["$ref"].as_str().and_then(|reference| reference.strip_prefix('#')) {
        Some(pointer) => document.pointer(pointer).unwrap_or_else(|| panic!("{pointer} is not there")),
        None => schema,
    }
}

#[test]
fn every_member_of_an_item_can_be_asked_for_by_its_name() {
    let app = App::sqlite();
    let admin = app.admin();
    let document = document();
    let mut asked = 0;
    for (method, path, operation) in operations(&document) {
        let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
        let takes = |name: &str| parameters.iter().any(|parameter| parameter["name"] == name);
        if method != "GET" || path.contains('{') || !takes("fields") {
            continue;
        }
        let list = resolve(&document, &operation["responses"]["200"]["content"]["application/json"]["schema"]);
        let item = resolve(&document, &list["properties"]["data"]["items"]);
        let members = item["properties"].as_object().unwrap_or_else(|| panic!("{path} lists no objects: {item}")).keys();
        // What only single items carry, where `include` asks for it.
        let named: Vec<&str> = members.map(String::as_str).filter(|name| !["related", "latest", "meetings"].contains(name)).collect();
        admin.get(&format!("{path}?fields={}", named.join(","))).assert_status(200);
        asked += 1;
    }
    assert!(asked >= 14, "only {asked} lists take fields");
}

#[test]
fn anonymous_gets_401_wherever_the_document_asks_for_a_login() {
    let app = App::sqlite();
    let mut asked = 0;
    for (method, path, operation) in operations(&document()) {
        let filled = path
            .replace("{id}", "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c21")
            .replace("{correction_id}", "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c21")
            .replace("{slug}", "nothing-here")
            .replace("{code}", "nothing_here");
        let needs_login = operation["security"].as_array().is_some_and(|security| !security.is_empty());
        let reply = app.anonymous().send(&method, &filled, &[("content-type", "application/json"), ("if-match", "\"1\"")], b"{}");
        assert_eq!(reply.status == 401, needs_login, "{method} {path}: {reply}");
        if needs_login {
            assert_eq!(reply.problem_code(), "unauthenticated");
            assert!(reply.header("www-authenticate").is_some());
            asked += 1;
        }
    }
    assert!(asked > 40, "only {asked} operations ask for a login");
}

#[test]
fn document_is_served_as_printed_without_a_login() {
    let app = App::sqlite();
    for (path, printed) in api_document::PATHS.into_iter().zip([api_document::document(), api_document::document_3_0()]) {
        let reply = app.anonymous().get(path).assert_status(200);
        assert!(reply.header("etag").is_some());
        assert!(reply.text() == printed, "{path} differs from what the command line prints");
        let version: Value = serde_json::from_str(&printed).unwrap();
        assert_eq!(version["info"]["version"], "1.0.0");
    }
}
