//! `/v1/editor/users`

mod beat;
mod create;
mod delete;
mod invitation;
mod list;
mod sessions;
mod update;

use crate::harness::app::{App, Login};
use crate::harness::builders::id_of;
use crate::harness::client::{Requests, SignedIn};
use serde_json::{Value, json};

/// What everybody chooses here who accepts an invitation.
pub const CHOSEN: &str = "seven ferries leave before dawn";

/// Someone newly invited, as the reply shows them.
#[track_caller]
pub fn invite(admin: &SignedIn, email: &str, role: &str) -> Value {
    admin.post("/v1/editor/users", &json!({"email": email, "name": "Ida Moss", "role": role})).assert_status(201).json()
}

/// The token of an invitation.
pub fn token(shown: &Value) -> &str {
    shown["invitation"]["token"].as_str().unwrap_or_else(|| panic!("no token in {shown}"))
}

/// Someone newly invited who has accepted and logged in.
#[track_caller]
pub fn join(app: &App, admin: &SignedIn, email: &str, role: &str) -> (Value, SignedIn) {
    let shown = invite(admin, email, role);
    app.anonymous().post("/v1/auth/invitation", &json!({"token": token(&shown), "password": CHOSEN})).assert_status(204);
    let login = Login {
        id: masthead_domain::id::UserId::parse(id_of(&shown)).expect("an id"),
        email: email.to_owned(),
        password: CHOSEN.to_owned(),
        name: "Ida Moss".to_owned(),
    };
    (admin.get(&path(&shown)).assert_status(200).json(), app.log_in(&login))
}

/// The path of a user who was shown.
pub fn path(shown: &Value) -> String {
    format!("/v1/editor/users/{}", id_of(shown))
}
