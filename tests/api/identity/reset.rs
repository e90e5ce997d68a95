//! `masthead user reset-link` and `POST /v1/auth/password/reset`

use crate::harness::app::PASSWORD;
use crate::harness::client::{Client, Requests};
use crate::harness::process::Process;
use masthead_domain::user::LinkPurpose;
use masthead_server::config::Config;
use masthead_server::one_time_links;
use serde_json::{Value, json};

const NEW: &str = "seven ferries leave before dawn";

/// Someone who has not logged in, at a server of its own process.
struct Stranger(Client);

impl Requests for Stranger {
    fn client(&self) -> &Client {
        &self.0
    }

    fn authorization(&self) -> Option<String> {
        None
    }
}

/// The token of a link for a user, as the command makes it.
fn make_link(app: &crate::harness::app::App, id: masthead_domain::id::UserId) -> String {
    let mut conn = app.database().connect();
    let link = conn.in_transaction(|conn| one_time_links::make(conn, &Config::default(), LinkPurpose::PasswordReset, id, app.clock.now()));
    link.unwrap_or_else(|error| panic!("{error}")).token.expose().to_owned()
}

on_both! {
    fn user_with_a_link_chooses_a_new_password_once_and_all_sessions_end(app: &App) {
        let (here, there) = (app.editor(), app.editor());
        let token = make_link(app, here.login.id);
        let reset = |body: &Value| app.anonymous().post("/v1/auth/password/reset", body);
        assert_eq!(reset(&json!({"token": token, "new_password": "short"})).assert_status(422).faults(), [("/new_password".to_owned(), "too_short".to_owned())]);
        assert_eq!(reset(&json!({"token": token, "new_password": NEW, "email": "x"})).assert_status(422).fault_pointers(), ["/email"]);
        assert_eq!(reset(&json!({})).assert_status(422).fault_pointers(), ["/new_password", "/token"]);
        here.get("/v1/auth/me").assert_status(200);
        reset(&json!({"token": token, "new_password": NEW})).assert_status(204);
        for dead in [&here, &there] {
            dead.get("/v1/auth/me").assert_status(401);
            dead.post("/v1/auth/refresh", &json!({"refresh_token": dead.refresh_token})).assert_status(401);
        }
        assert_eq!(reset(&json!({"token": token, "new_password": "eight ferries leave before dawn"})).assert_status(401).problem_code(), "link_refused");
        app.anonymous().post("/v1/auth/login", &json!({"email": here.login.email, "password": PASSWORD})).assert_status(401);
        app.anonymous().post("/v1/auth/login", &json!({"email": here.login.email, "password": NEW})).assert_status(200);
        let entries = app.admin().get("/v1/editor/audit?action=auth.reset_password").json();
        assert_eq!(entries["data"][0]["actor_id"], here.login.id.to_string());
    }

    fn link_ends_after_a_day_with_the_next_one_and_with_disabling(app: &App) {
        let editor = app.editor();
        let reset = |token: &str| app.anonymous().post("/v1/auth/password/reset", &json!({"token": token, "new_password": NEW})).status;
        let first = make_link(app, editor.login.id);
        let second = make_link(app, editor.login.id);
        assert_eq!(reset(&first), 401);
        app.clock.advance_seconds(24 * 3600);
        assert_eq!(reset(&second), 401);
        let third = make_link(app, editor.login.id);
        let admin = app.admin();
        let path = format!("/v1/editor/users/{}", editor.login.id);
        admin.patch(&path, "*", &json!({"disabled": true})).assert_status(200);
        admin.patch(&path, "*", &json!({"disabled": false})).assert_status(200);
        assert_eq!(reset(&third), 401);
        app.anonymous().post("/v1/auth/login", &json!({"email": editor.login.email, "password": PASSWORD})).assert_status(200);
    }
}

#[test]
fn operator_makes_a_link_that_the_server_takes() {
    let mut process = Process::serve(&[("MASTHEAD_DESK_URL", "https://desk.paper.example/")]);
    let stranger = Stranger(Client::new(&format!("http://{}", process.address("serving"))));
    stranger.post("/v1/auth/login", &Process::login()).assert_status(200);
    let told = process.run(&["user", "reset-link", "--email", Process::EMAIL], "");
    let lines: Vec<&str> = told.lines().collect();
    assert_eq!(lines[0], format!("https://desk.paper.example/password-reset#token={}", lines[1]));
    assert!(lines[1].starts_with("mhp_"), "{told}");
    stranger.post("/v1/auth/password/reset", &json!({"token": lines[1], "new_password": NEW})).assert_status(204);
    stranger.post("/v1/auth/login", &Process::login()).assert_status(401);
    stranger.post("/v1/auth/login", &json!({"email": Process::EMAIL, "password": NEW})).assert_status(200);
    process.run(&["user", "reset", "--email", Process::EMAIL, "--password-stdin", "--remove-totp"], Process::PASSWORD);
    stranger.post("/v1/auth/login", &Process::login()).assert_status(200);
}
