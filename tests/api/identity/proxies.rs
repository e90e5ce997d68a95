//! Where a client is, behind proxies: in sessions and in the audit log.

use crate::harness::app::{App, PASSWORD};
use crate::harness::client::Requests;
use crate::harness::database::{Backend, Database};
use masthead_domain::permission::Role;
use masthead_server::client_address::{Network, ProxyHeader};
use masthead_server::config::Config;
use serde_json::json;

/// The address of a session, and of the entry in the audit log, that were begun with these headers.
fn addresses(app: &App, headers: &[(&str, &str)]) -> [String; 2] {
    let login = app.login(Role::Admin);
    let body = json!({"email": login.email, "password": PASSWORD}).to_string();
    let all: Vec<(&str, &str)> = headers.iter().copied().chain([("content-type", "application/json")]).collect();
    let tokens = app.anonymous().send("POST", "/v1/auth/login", &all, body.as_bytes()).assert_status(200).json();
    let authorization = format!("Bearer {}", tokens["access_token"].as_str().expect("a token"));
    let get = |path: &str| app.anonymous().get_with(path, &[("authorization", &authorization)]).assert_status(200).json();
    let session = get("/v1/auth/sessions")["data"].as_array().expect("sessions").iter().find(|session| session["is_current"] == true).cloned();
    let entry = get("/v1/editor/audit?action=auth.login&limit=1")["data"][0]["address"].clone();
    [session.expect("a session")["address"].clone(), entry].map(|address| address.as_str().expect("an address").to_owned())
}

fn on_both_with(change: impl Fn(Config) -> Config, test: impl Fn(&App)) {
    for backend in Backend::BOTH {
        test(&App::start_on(Database::new(backend), backend, &change));
    }
}

#[test]
fn nobody_is_believed_by_default() {
    on_both_with(
        |config| config,
        |app| {
            for headers in [
                [("x-forwarded-for", "192.0.2.1")],
                [("forwarded", "for=192.0.2.1")],
                [("x-real-ip", "192.0.2.1")],
                [("true-client-ip", "192.0.2.1")],
            ] {
                assert_eq!(addresses(app, &headers), ["127.0.0.1", "127.0.0.1"]);
            }
        },
    );
}

#[test]
fn proxy_is_believed_in_the_header_that_it_writes_and_in_no_other() {
    let trusted: Vec<Network> = ["127.0.0.0/8", "10.0.0.0/8"].into_iter().filter_map(Network::parse).collect();
    let config = |header| {
        let trusted = trusted.clone();
        move |config| Config { trusted_proxies: trusted.clone(), proxy_header: header, ..config }
    };
    on_both_with(config(ProxyHeader::XForwardedFor), |app| {
        let told = [("x-forwarded-for", "203.0.113.9, 192.0.2.1, 10.0.0.3"), ("forwarded", "for=203.0.113.8")];
        assert_eq!(addresses(app, &told), ["192.0.2.1", "192.0.2.1"]);
        assert_eq!(addresses(app, &[("forwarded", "for=203.0.113.8")]), ["127.0.0.1", "127.0.0.1"]);
    });
    on_both_with(config(ProxyHeader::Forwarded), |app| {
        let told = [("forwarded", "for=203.0.113.9, for=\"[2001:db8::7]:4711\";proto=https, for=10.0.0.3"), ("x-forwarded-for", "203.0.113.8")];
        assert_eq!(addresses(app, &told), ["2001:db8::7", "2001:db8::7"]);
    });
}
