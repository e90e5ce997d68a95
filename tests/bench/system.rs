//! Starting, memory, and readers beside a storm of logins or thousands of idle connections.

use crate::corpus::{Databases, Server};
use crate::http::Client;
use crate::load::{Run, Target, begin, run};
use crate::options::Options;
use crate::report::{Row, median};
use crate::writes::log_in;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// Logins at once.
const LOGINS: usize = 64;

/// Idle connections, as far as the limit on open files allows.
const IDLE: usize = 10_000;

/// From the start of the process to the first reply.
pub fn start(databases: &Databases, corpus: &str, options: &Options, rows: &mut Vec<Row>) {
    let times = |name: &str, is_new: bool| {
        let runs = (0..options.repeats).map(|_| {
            if is_new {
                databases.empty(name);
            }
            databases.serve(name, None).1.as_secs_f64() * 1000.0
        });
        median(runs.collect::<Vec<_>>().into_iter())
    };
    for (state, name, is_new) in [("empty database", "started", true), ("existing database", corpus, false)] {
        rows.push(
            Row { case: "m".into(), title: "start to first reply".into(), state: state.into(), p50: Some(times(name, is_new)), ..Row::default() }
                .told(),
        );
    }
    databases.remove("started");
}

pub fn memory(state: &str, server: &Server, rows: &mut Vec<Row>) {
    let memory = Some(server.process.memory() / 1024.0);
    rows.push(Row { case: "n".into(), title: "resident memory".into(), state: state.into(), memory_mb: memory, ..Row::default() }.told());
}

fn one_article(server: &Server) -> Target {
    let slug = Client::new(&server.url).get("/v1/articles?limit=1&fields=slug")["data"][0]["slug"].as_str().expect("a slug").to_owned();
    Target::Same { path: format!("/v1/articles/{slug}"), headers: Vec::new() }
}

/// Medians, for one run in a few is far off on a machine that does other things too.
fn compared(case: &str, title: String, alone: &[Run], together: &[Run]) -> Row {
    let of = |runs: &[Run], figure: fn(&Run) -> f64| median(runs.iter().map(figure));
    let rate = |run: &Run| run.requests / run.seconds;
    Row {
        case: case.into(),
        title,
        state: "while b runs".into(),
        rate: Some(of(together, rate)),
        rate_ratio: Some(of(together, rate) / of(alone, rate)),
        p50: Some(of(together, |run| run.p50)),
        p99: Some(of(together, |run| run.p99)),
        p99_ratio: Some(of(together, |run| run.p99) / of(alone, |run| run.p99)),
        ..Row::default()
    }
}

/// Readers while many log in at once.
pub fn logins(databases: &Databases, corpus: &str, options: &Options, rows: &mut Vec<Row>) {
    databases.copy(corpus, "stormed");
    {
        let (server, _) = databases.serve("stormed", None);
        let target = one_article(&server);
        run(&server.url, &target, 1);
        let (mut alone, mut together, mut refused) = (Vec::new(), Vec::new(), 0);
        for _ in 0..options.repeats {
            alone.push(run(&server.url, &target, options.seconds));
            let load = begin(&server.url, &target, options.seconds);
            refused += std::thread::scope(|scope| {
                let threads: Vec<_> = (0..LOGINS)
                    .map(|_| {
                        let client = Client::new(&server.url);
                        let body = serde_json::json!({"email": crate::corpus::EMAIL, "password": crate::corpus::PASSWORD});
                        scope.spawn(move || client.try_send("POST", "/v1/auth/login", &[], Some(&body)).is_none_or(|answer| answer.status != 200))
                    })
                    .collect();
                threads.into_iter().map(|thread| thread.join().expect("a thread")).filter(|refused| *refused).count()
            });
            together.push(load.end());
        }
        // Whoever is refused is told to come again; that is better than to let readers wait.
        log_in(&Client::new(&server.url));
        rows.push(
            compared("p", format!("{LOGINS} logins at once, {} times ({refused} told to come again)", options.repeats), &alone, &together).told(),
        );
    }
    databases.remove("stormed");
}

/// Readers beside idle connections.
pub fn idle(databases: &Databases, corpus: &str, options: &Options, rows: &mut Vec<Row>) {
    let (server, _) = databases.serve(corpus, None);
    let target = one_article(&server);
    run(&server.url, &target, 1);
    let some = || (0..options.repeats).map(|_| run(&server.url, &target, options.seconds)).collect::<Vec<_>>();
    let alone = some();
    let before = server.process.memory();
    let address = server.url.trim_start_matches("http://").to_owned();
    let mut connections = Vec::new();
    while connections.len() < IDLE.min(open_files_max().saturating_sub(300)) {
        let Ok(mut stream) = TcpStream::connect(&address) else { break };
        stream.set_read_timeout(Some(Duration::from_secs(5))).expect("a timeout");
        // One that has never asked is soon closed; one that has is kept for the next request.
        let asked = stream.write_all(b"GET /health/live HTTP/1.1\r\nHost: bench\r\n\r\n");
        if asked.is_err() || !matches!(stream.read(&mut [0; 1024]), Ok(1..)) {
            break;
        }
        connections.push(stream);
    }
    let each = (server.process.memory() - before) / connections.len().max(1) as f64;
    let together = some();
    let mut row = compared("q", format!("{} idle connections", connections.len()), &alone, &together);
    row.memory_mb = Some(server.process.memory() / 1024.0);
    row.connection_kb = Some(each);
    rows.push(row.told());
}

/// How many files a process may have open.
fn open_files_max() -> usize {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"));
    line.and_then(|line| line.split_whitespace().next()).and_then(|number| number.parse().ok()).unwrap_or(1024)
}
