//! More requests than the database has threads for.

use crate::harness::app::{App, wait_until};
use crate::harness::builders::{make_article, make_public_article, step};
use crate::harness::client::Requests;
use crate::harness::database::Backend;
use masthead_server::config::Config;
use masthead_store::db::{Limits, PoolCounts};
use serde_json::json;
use std::io::{Read, Write};
use std::time::{Duration, Instant};

/// One thread, and a queue of two.
fn small(backend: Backend, patience: Duration) -> App {
    App::start_with(backend, |config| Config { limits: Limits { readers: 1, queue: 2, patience }, ..config })
}

/// The pool that reads.
fn reads(app: &App) -> PoolCounts {
    app.parts().db().pools().into_iter().next().expect("a pool")
}

const PATIENT: Duration = Duration::from_secs(15);

#[test]
fn reader_is_refused_at_once_where_too_many_wait_and_kept_replies_are_served() {
    for backend in Backend::BOTH {
        let app = small(backend, PATIENT);
        let reader = app.anonymous();
        reader.get("/v1/articles").assert_status(200);
        let held = app.hold_database(1);
        std::thread::scope(|scope| {
            let waiting = [1, 2].map(|limit| {
                let reader = reader.clone();
                scope.spawn(move || reader.get(&format!("/v1/articles?limit={limit}")))
            });
            wait_until("two requests wait", || reads(&app).waiting == 2);
            for _ in 0..20 {
                let refused = reader.get("/v1/articles?limit=3").assert_status(503);
                assert_eq!((refused.problem_code().as_str(), refused.header("retry-after")), ("unavailable", Some("1")));
                reader.get("/v1/articles").assert_status(200);
                reader.get("/health/live").assert_status(200);
            }
            assert!(reads(&app).refused_full >= 20, "{:?}", reads(&app));
            drop(held);
            for request in waiting {
                request.join().expect("an answer").assert_status(200);
            }
        });
        reader.get("/v1/articles?limit=3").assert_status(200);
    }
}

#[test]
fn reader_is_refused_after_waiting_too_long() {
    for backend in Backend::BOTH {
        let app = small(backend, Duration::from_millis(1));
        let held = app.hold_database(1);
        let refused = app.anonymous().get("/v1/articles").assert_status(503);
        assert_eq!((refused.problem_code().as_str(), refused.header("retry-after")), ("unavailable", Some("1")));
        assert!(reads(&app).refused_late >= 1, "{:?}", reads(&app));
        drop(held);
        wait_until("the thread is free", || reads(&app).busy == 0 && reads(&app).waiting == 0);
    }
}

#[test]
fn nothing_is_read_for_a_reader_who_has_gone() {
    for backend in Backend::BOTH {
        let app = small(backend, PATIENT);
        // What is read once for each content generation has been read by then.
        app.anonymous().get("/v1/site").assert_status(200);
        let held = app.hold_database(1);
        let mut reader = app.connect();
        reader.write_all(b"GET /v1/articles HTTP/1.1\r\nHost: paper\r\n\r\n").expect("sent");
        wait_until("the request waits", || reads(&app).waiting == 1);
        drop(reader);
        wait_until("the request is given up", || reads(&app).forsaken == 1);
        let begun = reads(&app).waits.total();
        drop(held);
        wait_until("the queue is empty", || reads(&app).waiting == 0);
        // The next one is done; the one before was not.
        app.anonymous().get("/v1/articles").assert_status(200);
        assert_eq!(reads(&app).waits.total(), begun + 1);
    }
}

#[test]
fn whoever_waits_for_the_same_reply_gets_it_though_the_first_who_asked_has_gone() {
    for backend in Backend::BOTH {
        let app = small(backend, PATIENT);
        let held = app.hold_database(1);
        let mut first = app.connect();
        first.write_all(b"GET /v1/articles?limit=7 HTTP/1.1\r\nHost: paper\r\n\r\n").expect("sent");
        wait_until("the request waits", || reads(&app).waiting == 1);
        let mut second = app.connect();
        second.write_all(b"GET /v1/articles?limit=7 HTTP/1.1\r\nHost: paper\r\nConnection: close\r\n\r\n").expect("sent");
        // Whether it has come or not: it shares the computation or begins its own.
        drop(first);
        wait_until("the first is given up", || reads(&app).forsaken == 1);
        drop(held);
        let mut answer = String::new();
        second.read_to_string(&mut answer).expect("an answer");
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    }
}

#[test]
fn nobody_loads_the_database_by_asking_whether_the_server_is_ready() {
    for backend in Backend::BOTH {
        let app = App::start(backend);
        let held = app.hold_database(4);
        let (begun, began) = (reads(&app).waits.total(), Instant::now());
        for _ in 0..300 {
            let ready = app.anonymous().get("/health/ready").assert_status(200).json();
            assert_eq!((&ready["status"], &ready["database"], &ready["announcements"]), (&json!("ok"), &json!("ok"), &json!("ok")));
        }
        let queued = reads(&app).waiting;
        drop(held);
        wait_until("the queue is empty", || reads(&app).waiting == 0);
        // At most one a second, and as many as have passed.
        let (begun, seconds) = (reads(&app).waits.total() - begun, began.elapsed().as_secs());
        assert!(queued as u64 <= 2 + seconds && begun <= 2 + seconds, "{queued} waited and {begun} were begun in {seconds} s");
    }
}

#[test]
fn operator_sees_an_announcement_that_is_late() {
    for backend in Backend::BOTH {
        let app = App::start(backend);
        let editor = app.editor();
        // The harness runs no jobs, so that what is due stays so.
        step(&editor, &make_article(&editor, json!({})), "schedule", json!({"publish_at": "2026-11-27T09:00:00Z"}));
        app.clock.advance_seconds(24 * 3600 + 30);
        assert_eq!(app.anonymous().get("/health/ready").assert_status(200).json()["announcements"], "ok");
        app.clock.advance_seconds(60);
        wait_until("the lateness is seen", || app.anonymous().get("/health/ready").assert_status(200).json()["announcements"] == "late");
        let ready = app.anonymous().get("/health/ready").assert_status(200).json();
        assert!(ready["oldest_overdue_seconds"].as_u64().is_some_and(|seconds| seconds > 60), "{ready}");
    }
}

#[test]
fn many_distinct_requests_take_no_more_memory_than_is_allowed() {
    const BYTES: u64 = 256 << 10;
    for backend in Backend::BOTH {
        let app = App::start_with(backend, |config| Config { cache_bytes: BYTES, ..config });
        let editor = app.editor();
        make_public_article(&editor, json!({"body": {"source": "The ferry stays. ".repeat(200)}}));
        let reader = app.anonymous();
        for second in 0..1000 {
            // A later time each: another request, and never the same reply twice.
            let time = format!("2020-01-01T00:{:02}:{:02}Z", second / 60, second % 60);
            reader.get_with(&format!("/v1/articles?published_after={time}"), &[("accept-encoding", "br")]).assert_status(200);
        }
        let counts = app.parts().cache_counts();
        assert!(counts.bytes <= BYTES && counts.replies > 0 && counts.misses >= 1000, "{counts:?}");
    }
}
