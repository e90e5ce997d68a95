//! How many wrong passwords are taken.

use crate::harness::app::{App, Login, PASSWORD};
use crate::harness::client::{Requests, Response};
use crate::harness::database::{Backend, Database};
use masthead_domain::permission::Role;
use masthead_server::client_address::Network;
use masthead_server::config::Config;
use serde_json::json;

/// A login that came through a proxy which says where from.
fn log_in_from(app: &App, address: &str, email: &str, password: &str) -> Response {
    let body = json!({"email": email, "password": password}).to_string();
    app.anonymous().send("POST", "/v1/auth/login", &[("content-type", "application/json"), ("x-forwarded-for", address)], body.as_bytes())
}

fn behind_a_proxy(config: Config) -> Config {
    Config { trusted_proxies: Network::parse("127.0.0.1").into_iter().collect(), ..config }
}

/// Runs a test on both databases, behind a proxy.
fn on_both_behind_a_proxy(test: impl Fn(&App)) {
    for backend in Backend::BOTH {
        test(&App::start_on(Database::new(backend), backend, behind_a_proxy));
    }
}

on_both! {
    fn eleventh_wrong_password_waits_and_so_does_the_right_one(app: &App) {
        let login = app.login(Role::Editor);
        let attempt = |email: &str, password: &str| app.anonymous().post("/v1/auth/login", &json!({"email": email, "password": password}));
        // However the address is spelt.
        for number in 0..10 {
            let email = if number % 2 == 0 { login.email.clone() } else { login.email.replace("paper", "Paper") };
            attempt(&email, &format!("wrong {number}")).assert_status(401);
        }
        let refused = attempt(&login.email, PASSWORD).assert_status(429);
        assert_eq!((refused.problem_code(), refused.header("retry-after")), ("too_many_requests".to_owned(), Some("300")));
        // For an account that does not exist it is the same.
        for number in 0..10 {
            attempt("nobody@paper.example", &format!("wrong {number}")).assert_status(401);
        }
        let nobody = attempt("nobody@paper.example", PASSWORD).assert_status(429);
        let told = |answer: &Response| {
            let mut problem = answer.problem();
            problem["request_id"] = json!("");
            problem
        };
        assert_eq!(told(&nobody), told(&refused));
        app.clock.advance_seconds(299);
        attempt(&login.email, PASSWORD).assert_status(429);
        app.clock.advance_seconds(1);
        attempt(&login.email, PASSWORD).assert_status(200);
    }

    fn right_password_forgives_wrong_ones(app: &App) {
        let login = app.login(Role::Editor);
        for _ in 0..3 {
            for number in 0..9 {
                app.anonymous().post("/v1/auth/login", &json!({"email": login.email, "password": format!("wrong {number}")})).assert_status(401);
            }
            app.log_in(&login);
        }
    }

    fn thief_of_a_session_does_not_guess_the_password(app: &App) {
        let editor = app.editor();
        let change = |current: &str| editor.post("/v1/auth/password", &json!({"current_password": current, "new_password": "seven ferries leave before dawn"}));
        for number in 0..10 {
            change(&format!("wrong {number}")).assert_status(422);
        }
        change(PASSWORD).assert_status(429);
        // Nor does that end the session of its user.
        editor.get("/v1/auth/me").assert_status(200);
        app.clock.advance_seconds(300);
        change(PASSWORD).assert_status(204);
    }

    fn failed_logins_are_in_the_audit_log_and_what_was_typed_is_not(app: &App) {
        let login = app.login(Role::Editor);
        let attempt = |email: &str, password: &str| app.anonymous().post("/v1/auth/login", &json!({"email": email, "password": password})).assert_status(401);
        attempt(&login.email, "WRONG-PASSWORD");
        attempt("MY-PASSWORD-IN-THE-WRONG-FIELD", "x");
        attempt("stranger@elsewhere.example", "x");
        let admin = app.admin();
        let list = admin.get("/v1/editor/audit?action=auth.login_failed&sort=at").assert_status(200).json();
        let entries = list["data"].as_array().expect("entries");
        assert_eq!(entries.len(), 3);
        assert_eq!((&entries[0]["label"], &entries[0]["entity_id"], &entries[0]["address"]), (&json!(login.email), &json!(login.id.to_string()), &json!("127.0.0.1")));
        assert!(entries.iter().all(|entry| entry.get("actor_id").is_none() && entry["request_id"].is_string()), "{list}");
        assert_eq!((entries[1].get("label"), entries[2].get("label"), entries[1].get("entity_id")), (None, None, None));
        let text = admin.get("/v1/editor/audit?limit=100").text().to_owned();
        for word in ["WRONG-PASSWORD", "MY-PASSWORD", "elsewhere"] {
            assert!(!text.contains(word), "{word} in {text}");
        }
        // Right ones are there too, by whom.
        let logins = admin.get("/v1/editor/audit?action=auth.login").json();
        assert_eq!(logins["data"][0]["actor_id"], admin.login.id.to_string());
    }

    fn hundred_wrong_passwords_at_once_are_no_more_than_ten_in_a_row(app: &App) {
        let login = app.login(Role::Editor);
        let looked_at: usize = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..40)
                .map(|number| {
                    let body = json!({"email": login.email, "password": format!("wrong {number}")});
                    scope.spawn(move || usize::from(app.anonymous().post("/v1/auth/login", &body).status == 401))
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().expect("an answer")).sum()
        });
        assert!(looked_at <= 10, "{looked_at}");
    }
}

#[test]
fn one_address_has_thirty_attempts_for_all_accounts() {
    on_both_behind_a_proxy(|app| {
        let login = app.login(Role::Editor);
        let attempt = |number: u32, address: &str| log_in_from(app, address, &format!("{number}@paper.example"), "wrong").status;
        let statuses: Vec<u16> = (0..35).map(|number| attempt(number, "192.0.2.1")).collect();
        assert_eq!(statuses, [[401; 30].as_slice(), &[429; 5]].concat());
        log_in_from(app, "192.0.2.1", &login.email, PASSWORD).assert_status(429);
        // Others are not kept out, and lying about where one is does not help.
        log_in_from(app, "192.0.2.2", &login.email, PASSWORD).assert_status(200);
        log_in_from(app, "192.0.2.9, 192.0.2.1", &login.email, PASSWORD).assert_status(429);
        app.clock.advance_seconds(30);
        log_in_from(app, "192.0.2.1", &login.email, PASSWORD).assert_status(200);
    });
}

#[test]
fn account_that_is_guessed_at_from_everywhere_is_open_to_its_user() {
    on_both_behind_a_proxy(|app| {
        let login: Login = app.login(Role::Editor);
        log_in_from(app, "198.51.100.7", &login.email, PASSWORD).assert_status(200);
        let statuses: Vec<u16> = (0..110).map(|number| log_in_from(app, &format!("192.0.2.{number}"), &login.email, "wrong").status).collect();
        assert_eq!(statuses.iter().filter(|status| **status == 401).count(), 100, "{statuses:?}");
        log_in_from(app, "203.0.113.1", &login.email, PASSWORD).assert_status(429);
        log_in_from(app, "198.51.100.7", &login.email, PASSWORD).assert_status(200);
        // From anywhere else within a minute.
        app.clock.advance_seconds(600);
        log_in_from(app, "203.0.113.1", &login.email, PASSWORD).assert_status(200);
    });
}
