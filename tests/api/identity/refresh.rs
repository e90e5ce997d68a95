//! `POST /v1/auth/refresh`

use crate::harness::app::App;
use crate::harness::client::{Requests, Response};
use crate::harness::database::Backend;
use masthead_server::config::Config;
use serde_json::{Value, json};
use std::time::Duration;

fn refresh(app: &App, token: &str) -> Response {
    app.anonymous().post("/v1/auth/refresh", &json!({"refresh_token": token}))
}

fn me(app: &App, tokens: &Value) -> u16 {
    let authorization = format!("Bearer {}", tokens["access_token"].as_str().expect("a token"));
    app.anonymous().get_with("/v1/auth/me", &[("authorization", &authorization)]).status
}

fn refresh_token(tokens: &Value) -> &str {
    tokens["refresh_token"].as_str().expect("a token")
}

on_both! {
    fn editor_refreshes_and_both_tokens_are_new(app: &App) {
        let editor = app.editor();
        app.clock.advance_seconds(840);
        let first = refresh(app, &editor.refresh_token).assert_status(200);
        assert_eq!(first.header("cache-control"), Some("no-store"));
        let first = first.json();
        assert_ne!(refresh_token(&first), editor.refresh_token);
        assert_ne!(first["access_token"], editor.access_token);
        assert_eq!(me(app, &first), 200);
        // An access token lives as long as it said, and the session longer.
        app.clock.advance_seconds(120);
        editor.get("/v1/auth/me").assert_status(401);
        assert_eq!(me(app, &first), 200);
        let second = refresh(app, refresh_token(&first)).assert_status(200).json();
        assert_eq!(me(app, &second), 200);
        assert_eq!(app.editor().get("/v1/auth/sessions").json()["data"].as_array().map(Vec::len), Some(2), "a refresh is no login");
    }

    fn thief_uses_a_spent_token_and_the_session_ends(app: &App) {
        let (editor, elsewhere) = (app.editor(), app.editor());
        let second = refresh(app, &editor.refresh_token).assert_status(200).json();
        assert_eq!(me(app, &second), 200);
        assert_eq!(refresh(app, &editor.refresh_token).assert_status(401).problem_code(), "refresh_token_refused");
        assert_eq!(me(app, &second), 401, "the new access token");
        editor.get("/v1/auth/me").assert_status(401);
        refresh(app, refresh_token(&second)).assert_status(401);
        elsewhere.get("/v1/auth/me").assert_status(200);
        let entries = app.admin().get("/v1/editor/audit?action=auth.refresh_token_reused").json();
        assert_eq!(entries["data"].as_array().map(Vec::len), Some(1), "{entries}");
    }

    fn thief_uses_a_token_spent_long_ago_and_the_session_ends(app: &App) {
        let editor = app.editor();
        let second = refresh(app, &editor.refresh_token).assert_status(200).json();
        let third = refresh(app, refresh_token(&second)).assert_status(200).json();
        app.clock.advance_seconds(5 * 24 * 3600);
        let fourth = refresh(app, refresh_token(&third)).assert_status(200).json();
        refresh(app, &editor.refresh_token).assert_status(401);
        assert_eq!(me(app, &fourth), 401);
        refresh(app, refresh_token(&fourth)).assert_status(401);
    }

    fn nobody_refreshes_with_what_is_no_refresh_token(app: &App) {
        let editor = app.editor();
        for token in ["mhr_2JcV0m3o8XK1yVxq6Zb0c9n5d4e7f1a2B3C4D5E6F7G", "x", &editor.refresh_token.to_uppercase(), &format!("{} ", editor.refresh_token)] {
            assert_eq!(refresh(app, token).assert_status(401).problem_code(), "refresh_token_refused", "{token}");
        }
        assert_eq!(refresh(app, &editor.access_token).assert_status(422).faults(), [("/refresh_token".to_owned(), "too_long".to_owned())]);
        assert_eq!(app.anonymous().post("/v1/auth/refresh", &json!({})).assert_status(422).fault_pointers(), ["/refresh_token"]);
        // Nor is a refresh token good for anything else.
        app.anonymous().get_with("/v1/auth/me", &[("authorization", &format!("Bearer {}", editor.refresh_token))]).assert_status(401);
        refresh(app, &editor.refresh_token).assert_status(200);
    }
}

/// A server that holds the answer to a refresh back for longer than twenty requests take to come in on a busy machine.
fn patient(backend: Backend) -> App {
    App::start_with(backend, |config| Config { refresh_hold: Duration::from_secs(4), ..config })
}

#[test]
fn twenty_refreshes_at_once_leave_one_live_session() {
    for backend in Backend::BOTH {
        let app = patient(backend);
        let node = app.start_node(|config| Config { refresh_hold: Duration::from_secs(4), ..config });
        let editor = app.editor();
        let here = app.anonymous();
        let there = node.anonymous();
        let answers: Vec<Response> = std::thread::scope(|scope| {
            let ask = |number: usize| {
                let client = if number.is_multiple_of(2) { &here } else { &there };
                client.post("/v1/auth/refresh", &json!({"refresh_token": editor.refresh_token}))
            };
            let asking: Vec<_> = (0..20).map(|number| scope.spawn(move || ask(number))).collect();
            asking.into_iter().map(|one| one.join().expect("an answer")).collect()
        });
        let (won, refused): (Vec<Response>, Vec<Response>) = answers.into_iter().partition(|answer| answer.status == 200);
        assert_eq!((won.len(), refused.len()), (1, 19));
        for answer in refused {
            assert_eq!(answer.assert_status(401).problem_code(), "refresh_token_refused");
        }
        let tokens = won[0].json();
        assert_eq!(me(&app, &tokens), 200, "a client's race with itself has ended its session");
        // Now the answer is out, and whoever comes with the old one has it from elsewhere.
        refresh(&app, &editor.refresh_token).assert_status(401);
        assert_eq!(me(&app, &tokens), 401);
    }
}
