//! `POST /v1/auth/refresh`

use crate::harness::app::App;
use crate::harness::client::{Requests, Response};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::TcpStream;

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

    fn twenty_refreshes_at_once_leave_one_live_session(app: &App) {
        let editor = app.editor();
        let body = json!({"refresh_token": editor.refresh_token}).to_string();
        let head = format!(
            "POST /v1/auth/refresh HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {}\r\nexpect: 100-continue\r\nconnection: close\r\n\r\n",
            body.len()
        );
        let mut connections: Vec<TcpStream> = (0..20).map(|_| TcpStream::connect(app.url.trim_start_matches("http://")).expect("a connection")).collect();
        // All are under way before any can be answered: the server has asked for each body.
        for connection in &mut connections {
            connection.write_all(head.as_bytes()).expect("sent");
            let mut go_on = [0; 25];
            connection.read_exact(&mut go_on).expect("100 Continue");
            assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");
        }
        for connection in &mut connections {
            connection.write_all(body.as_bytes()).expect("sent");
        }
        let answers = connections.into_iter().map(|mut connection| {
            let mut answer = String::new();
            connection.read_to_string(&mut answer).expect("an answer");
            answer
        });
        let (won, refused): (Vec<String>, Vec<String>) = answers.partition(|answer| answer.starts_with("HTTP/1.1 200"));
        assert_eq!((won.len(), refused.len()), (1, 19));
        for answer in refused {
            assert!(answer.starts_with("HTTP/1.1 401") && answer.contains("refresh_token_refused"), "{answer}");
        }
        let tokens: Value = won[0].split_once("\r\n\r\n").and_then(|(_, body)| serde_json::from_str(body).ok()).expect("tokens");
        assert_eq!(me(app, &tokens), 200, "a client's race with itself has ended its session");
        let next = refresh(app, refresh_token(&tokens)).assert_status(200).json();
        assert_eq!(me(app, &next), 200);
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
