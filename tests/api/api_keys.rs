//! `/v1/editor/api-keys`, and what keys are good for.

mod rotate;
mod scopes;
mod write;

use crate::harness::app::App;
use crate::harness::client::{Client, Requests, SignedIn};
use serde_json::{Value, json};

/// A program with a key.
pub struct Program {
    client: Client,
    pub key: String,
}

impl Requests for Program {
    fn client(&self) -> &Client {
        &self.client
    }

    fn authorization(&self) -> Option<String> {
        Some(format!("Bearer {}", self.key))
    }
}

/// The secret in a reply.
#[track_caller]
pub fn secret(shown: &Value) -> String {
    shown["key"].as_str().unwrap_or_else(|| panic!("no key in {shown}")).to_owned()
}

pub fn program(app: &App, key: &str) -> Program {
    Program { client: app.anonymous().client, key: key.to_owned() }
}

/// A new key with these scopes, as it is shown, and the program that has it.
#[track_caller]
pub fn make_key(app: &App, admin: &SignedIn, scopes: &[&str]) -> (Value, Program) {
    let shown = admin.post("/v1/editor/api-keys", &json!({"name": "Build", "scopes": scopes})).assert_status(201).json();
    let program = program(app, &secret(&shown));
    (shown, program)
}

/// The path of a key that was shown.
pub fn path(shown: &Value) -> String {
    format!("/v1/editor/api-keys/{}", crate::harness::builders::id_of(shown))
}
