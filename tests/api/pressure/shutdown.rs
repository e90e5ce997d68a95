//! A real process that is told to stop.

use crate::harness::process::Process;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// Asks and returns the whole answer.
fn ask(address: &str, request: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("a connection");
    stream.write_all(request.as_bytes()).expect("sent");
    stream.set_read_timeout(Some(Duration::from_secs(30))).expect("a timeout");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    answer
}

fn get(address: &str, path: &str) -> String {
    ask(address, &format!("GET {path} HTTP/1.1\r\nHost: paper\r\nConnection: close\r\n\r\n"))
}

#[test]
fn process_that_is_told_to_stop_says_so_first_and_finishes_what_is_under_way() {
    let mut process = Process::serve(&[("MASTHEAD_DRAIN_SECONDS", "60"), ("MASTHEAD_METRICS_BIND", "127.0.0.1:0"), ("MASTHEAD_ACCESS_LOG", "info")]);
    let (address, metrics) = (process.address("serving"), process.address("serving metrics"));
    assert!(get(&address, "/health/ready").starts_with("HTTP/1.1 200 "));
    assert!(get(&metrics, "/metrics").contains("\nmasthead_ready 1\n"));
    // Nor is there anything that was answered elsewhere.
    assert!(get(&address, "/v1/articles").starts_with("HTTP/1.1 200 "));
    assert!(get(&metrics, "/v1/articles").starts_with("HTTP/1.1 404 "));
    assert!(get(&address, "/metrics").starts_with("HTTP/1.1 401 "));

    let body = Process::login().to_string();
    let (first, second) = body.split_at(body.len() / 2);
    let mut under_way = TcpStream::connect(&address).expect("a connection");
    write!(
        under_way,
        "POST /v1/auth/login HTTP/1.1\r\nHost: paper\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{first}",
        body.len()
    )
    .expect("sent");
    let in_flight = || get(&metrics, "/metrics").contains("\nmasthead_http_requests_in_flight 1\n");
    crate::harness::app::wait_until("the login is under way", in_flight);

    process.signal("TERM");
    crate::harness::app::wait_until("it is not ready any more", || get(&address, "/health/ready").starts_with("HTTP/1.1 503 "));
    let answer = ask(&address, "GET /v1/articles HTTP/1.1\r\nHost: paper\r\n\r\n");
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.to_lowercase().contains("\r\nconnection: close\r\n"), "{answer}");

    process.signal("TERM");
    crate::harness::app::wait_until("nothing new is taken", || TcpStream::connect(&address).is_err());
    under_way.write_all(second.as_bytes()).expect("sent");
    let mut answer = String::new();
    under_way.read_to_string(&mut answer).expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.contains("access_token"), "{answer}");
    let log = process.end();
    let line =
        log.lines().find(|line| line.contains("masthead::access") && line.contains("/v1/auth/login")).unwrap_or_else(|| panic!("no line in\n{log}"));
    assert!(line.contains("status=200") && line.contains("route=/v1/auth/login") && line.contains("request_id="), "{line}");
    assert!(!log.contains(Process::PASSWORD) && !log.contains("access_token"), "{log}");
}
