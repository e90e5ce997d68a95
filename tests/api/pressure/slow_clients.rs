//! Clients that keep a connection and do not use it. The server counts their time in ticks, which are short here.

use crate::harness::app::{App, wait_until};
use crate::harness::client::Requests;
use crate::harness::database::Backend;
use masthead_server::config::Config;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

fn impatient(backend: Backend) -> App {
    App::start_with(backend, |config| Config { connection_tick: Duration::from_millis(100), ..config })
}

/// How many connections the server has ended for a reason.
fn ended(app: &App, reason: &str) -> u64 {
    let answer = app.admin().get_with("/metrics", &[("connection", "close")]).assert_status(200);
    let sample = format!("masthead_connections_ended_total{{reason=\"{reason}\"}} ");
    answer.text().lines().find_map(|line| line.strip_prefix(&sample)).and_then(|count| count.parse().ok()).expect("the sample")
}

/// Reads until the server closes; a reset is an end too.
fn read_to_the_end(stream: &mut TcpStream) -> Vec<u8> {
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap_or_default();
    answer
}

#[test]
fn client_that_does_not_read_its_replies_is_cut_off() {
    for backend in Backend::BOTH {
        let app = impatient(backend);
        let mut client = app.connect();
        // More than the system would hold for a client that does not read.
        let asked = 16;
        client.write_all("GET /docs/swagger-ui-bundle.js HTTP/1.1\r\nHost: paper\r\n\r\n".repeat(asked).as_bytes()).expect("sent");
        wait_until("the client is cut off", || ended(&app, "slow_reader") == 1);
        let whole = app.anonymous().get("/docs/swagger-ui-bundle.js").assert_status(200).body.len();
        let got = read_to_the_end(&mut client).len();
        assert!(got < whole * asked, "{got} bytes came of {asked} times {whole}");
        app.anonymous().get("/health/live").assert_status(200);
    }
}

#[test]
fn client_that_reads_at_last_gets_every_byte() {
    for backend in Backend::BOTH {
        // With the usual patience.
        let app = App::start(backend);
        let whole = app.anonymous().get("/docs/swagger-ui-bundle.js").assert_status(200);
        let mut client = app.connect();
        let (asked, last) = ("GET /docs/swagger-ui-bundle.js HTTP/1.1\r\nHost: paper\r\n", "Connection: close\r\n\r\n");
        client.write_all(format!("{asked}\r\n{asked}\r\n{asked}{last}").as_bytes()).expect("sent");
        let answer = read_to_the_end(&mut client);
        let found = answer.windows(64).filter(|window| *window == &whole.body[..64]).count();
        assert_eq!((found, answer.ends_with(&whole.body)), (3, true));
        assert!(answer.len() > whole.body.len() * 3);
    }
}

#[test]
fn client_that_does_not_finish_a_second_request_is_cut_off() {
    for backend in Backend::BOTH {
        let app = impatient(backend);
        let mut client = app.connect();
        client.write_all(b"GET /health/live HTTP/1.1\r\nHost: paper\r\n\r\nGET /health/live HTTP/1.1\r\nHost: paper\r\n").expect("sent");
        let answer = String::from_utf8_lossy(&read_to_the_end(&mut client)).into_owned();
        assert_eq!(answer.matches("HTTP/1.1 200 ").count(), 1, "{answer}");
        let mut client = app.connect();
        client.write_all(b"GET /health/live HTTP/1.1\r\nHost: paper\r\n\r\n").expect("sent");
        let mut part = [0; 4096];
        assert!(client.read(&mut part).expect("a reply") > 0);
        client.write_all(b"GET /health/live HTTP/1.1\r\n").expect("sent");
        assert_eq!(read_to_the_end(&mut client), b"");
        assert_eq!(ended(&app, "slow_head"), 1);
    }
}

#[test]
fn client_that_asks_nothing_more_is_let_go() {
    for backend in Backend::BOTH {
        let app = impatient(backend);
        let mut client = app.connect();
        client.write_all(b"GET /health/live HTTP/1.1\r\nHost: paper\r\n\r\n").expect("sent");
        let answer = String::from_utf8_lossy(&read_to_the_end(&mut client)).into_owned();
        assert!(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with('}'), "{answer}");
        assert_eq!(ended(&app, "idle"), 1);
    }
}

#[test]
fn idle_clients_make_room_where_connections_are_scarce() {
    for backend in Backend::BOTH {
        let app = App::start_with(backend, |config| Config { connection_tick: Duration::from_millis(200), max_connections: 8, ..config });
        let mut idle: Vec<TcpStream> = (0..12).map(|_| app.connect()).collect();
        for client in &mut idle {
            client.write_all(b"GET /health/live HTTP/1.1\r\nHost: paper\r\n\r\n").expect("sent");
        }
        // The last four are only accepted once others have gone.
        for client in &mut idle {
            let mut part = [0; 4096];
            assert!(client.read(&mut part).expect("a reply") > 0);
        }
        assert!(ended(&app, "idle") >= 1);
    }
}
