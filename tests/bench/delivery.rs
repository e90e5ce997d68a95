//! Benchmarks of delivery: CPU per request, and its ratio to a bare handler that answers the same bytes with the same
//! headers from the same process, both measured in turns under the same load.
//!
//! `cargo bench --bench delivery -- [case …] [--articles N] [--backend sqlite|postgres] [--repeats R] [--seconds S]`
//!
//! Needs `wrk` (Debian package `wrk`). The table is printed and written to `docs/benchmarks.md`.

#[path = "../api"]
mod api {
    #[macro_use]
    pub mod harness;
}

use actix_web::{App as ActixApp, HttpResponse, HttpServer, web};
use api::harness;
use harness::app::App;
use harness::client::Requests;
use harness::database::Backend;
use masthead_domain::time::Timestamp;
use masthead_server::config::Config;
use masthead_server::demo::load;
use std::fmt::Write as _;
use std::net::TcpListener;
use std::process::Command;

const WORKERS: usize = 2;
const CONNECTIONS: usize = 32;
const SEED: u64 = 1;

/// What is asked for.
struct Case {
    name: &'static str,
    title: &'static str,
    path: String,
    headers: Vec<(String, String)>,
}

struct Options {
    cases: Vec<String>,
    articles: u64,
    backends: Vec<Backend>,
    repeats: usize,
    seconds: u64,
}

/// One run of the load generator.
struct Run {
    requests: f64,
    seconds: f64,
    cpu_microseconds: f64,
    database_cpu_microseconds: f64,
    p50: String,
    p99: String,
    failed: u64,
}

fn main() {
    let options = options();
    let mut report = head(&options);
    for backend in &options.backends {
        let app = App::start_with(*backend, |config| Config { workers: WORKERS, ..config });
        let now = Timestamp::parse(harness::app::START).expect("the harness starts at a time");
        load::generated(app.database().address(), options.articles, SEED, now).expect("a corpus");
        let _ = writeln!(
            report,
            "\n## {backend:?}, {} articles\n\n| case | CPU µs a request | + database | bare handler, same bytes | ratio | requests/s | ratio | p50 | p99 |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
            options.articles
        );
        for case in cases(&app).into_iter().filter(|case| options.cases.is_empty() || options.cases.iter().any(|name| name == case.name)) {
            let row = measure(&app, &case, &options);
            println!("{row}");
            let _ = writeln!(report, "{row}");
        }
    }
    print!("\n{report}");
    std::fs::create_dir_all("docs").expect("the folder docs can be made");
    std::fs::write("docs/benchmarks.md", report).expect("docs/benchmarks.md can be written");
}

fn options() -> Options {
    let mut options = Options { cases: Vec::new(), articles: 10_000, backends: Backend::BOTH.to_vec(), repeats: 5, seconds: 3 };
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().unwrap_or_else(|| panic!("{argument} needs a value"));
        match argument.as_str() {
            "--articles" => options.articles = value().parse().expect("a number of articles"),
            "--repeats" => options.repeats = value().parse().expect("a number of repeats"),
            "--seconds" => options.seconds = value().parse().expect("a number of seconds"),
            "--backend" => {
                options.backends = match value().as_str() {
                    "sqlite" => vec![Backend::Sqlite],
                    "postgres" => vec![Backend::Postgres],
                    other => panic!("{other} is neither sqlite nor postgres"),
                };
            }
            case => options.cases.push(case.to_owned()),
        }
    }
    options
}

fn head(options: &Options) -> String {
    let output = |command: &str, arguments: &[&str]| {
        Command::new(command)
            .args(arguments)
            .output()
            .map_or_else(|_| "?".to_owned(), |output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name\t: ")).unwrap_or("unknown processor");
    format!(
        "# Benchmarks\n\nMade by `cargo bench --bench delivery -- --articles {} --repeats {} --seconds {}` on {}.\n\n\
         Machine: {} × {model}, {}; load average before the run: {}. Load: `wrk -t2 -c{CONNECTIONS}` on the same machine, {WORKERS} workers, \
         median of {} runs of {} s after one to warm up, in turns with a bare actix-web handler that answers the same bytes and headers from the same process. \
         No response cache is at work: every request reads the database. CPU is user plus system time of the process, from `/proc/self/stat`; \
         that of the database is all `postgres` processes'. Seed {SEED}.\n",
        options.articles,
        options.repeats,
        options.seconds,
        output("date", &["-u", "+%Y-%m-%d %H:%M UTC"]),
        std::thread::available_parallelism().map_or(0, usize::from),
        output("uname", &["-sr"]),
        load.split(' ').take(3).collect::<Vec<_>>().join(" "),
        options.repeats,
        options.seconds,
    )
}

fn cases(app: &App) -> Vec<Case> {
    let reader = app.anonymous();
    let list = reader.get("/v1/articles").assert_status(200).json();
    let slug = list["data"][0]["slug"].as_str().expect("a slug").to_owned();
    let section = list["data"][0]["section"]["slug"].as_str().expect("a section").to_owned();
    let item = format!("/v1/articles/{slug}");
    let etag = reader.get(&item).assert_status(200).header("etag").expect("an entity tag").to_owned();
    let case = |name, title, path: String| Case { name, title, path, headers: Vec::new() };
    vec![
        case("live", "liveness, no database", "/health/live".to_owned()),
        case("list", "a · list, latest 10", "/v1/articles?limit=10".to_owned()),
        case("item", "b · article by slug", item.clone()),
        case("section", "c · list of one section", format!("/v1/articles?limit=10&section={section}")),
        case("page", "f · whole page", format!("{item}?include=related,latest,meetings")),
        Case { headers: vec![("If-None-Match".to_owned(), etag)], ..case("304", "g · conditional GET, 304", item) },
    ]
}

/// Measures a case and the bare handler with its bytes, in turns.
fn measure(app: &App, case: &Case, options: &Options) -> String {
    let headers: Vec<(&str, &str)> = case.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let sample = app.anonymous().get_with(&case.path, &headers);
    assert!(matches!(sample.status, 200 | 304), "{sample}");
    let answered = sample.headers.iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap_or_default().to_owned())).collect();
    let bare = Bare::start(sample.status, answered, sample.body.clone());
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for turn in 0..=options.repeats {
        let our_run = run(&format!("{}{}", app.url, case.path), case, options.seconds);
        let bare_run = run(&format!("{}/", bare.url), case, options.seconds);
        // The first turn warms up.
        if turn > 0 {
            ours.push(our_run);
            theirs.push(bare_run);
        }
    }
    let cpu = |runs: &[Run]| median(runs.iter().map(|run| run.cpu_microseconds / run.requests));
    let rate = |runs: &[Run]| median(runs.iter().map(|run| run.requests / run.seconds));
    let database = median(ours.iter().map(|run| run.database_cpu_microseconds / run.requests));
    let failed: u64 = ours.iter().chain(&theirs).map(|run| run.failed).sum();
    assert_eq!(failed, 0, "some requests of {} failed", case.name);
    let last = ours.last().expect("a run");
    format!(
        "| {} | {:.1} | {:.1} | {:.1} | {:.2} | {:.0} | {:.2} | {} | {} |",
        case.title,
        cpu(&ours),
        database,
        cpu(&theirs),
        cpu(&ours) / cpu(&theirs),
        rate(&ours),
        rate(&ours) / rate(&theirs),
        last.p50,
        last.p99
    )
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// A server that answers everything with the same bytes.
struct Bare {
    url: String,
    handle: actix_web::dev::ServerHandle,
}

impl Bare {
    fn start(status: u16, headers: Vec<(String, String)>, body: Vec<u8>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let body = web::Bytes::from(body);
        let (sender, handle) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let server = HttpServer::new(move || {
                    let (headers, body) = (headers.clone(), body.clone());
                    ActixApp::new().default_service(web::to(move || {
                        let mut response = HttpResponse::build(actix_web::http::StatusCode::from_u16(status).expect("a status"));
                        for (name, value) in headers.iter().filter(|(name, _)| !matches!(name.as_str(), "date" | "content-length")) {
                            response.insert_header((name.as_str(), value.as_str()));
                        }
                        let response = if body.is_empty() { response.finish() } else { response.body(body.clone()) };
                        async move { response }
                    }))
                })
                .workers(WORKERS)
                .disable_signals()
                .listen(listener)
                .expect("it listens")
                .run();
                sender.send(server.handle()).expect("the benchmark waits");
                server.await.expect("it serves");
            });
        });
        Self { url, handle: handle.recv().expect("it starts") }
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        // Nobody waits for it: the threads end by themselves.
        drop(self.handle.stop(false));
    }
}

fn run(url: &str, case: &Case, seconds: u64) -> Run {
    let mut command = Command::new("wrk");
    command.args(["-t2", &format!("-c{CONNECTIONS}"), &format!("-d{seconds}s"), "--latency"]);
    for (name, value) in &case.headers {
        command.args(["-H", &format!("{name}: {value}")]);
    }
    let before = (own_cpu(), database_cpu());
    let output = command.arg(url).output().expect("wrk runs; it is in the Debian package wrk");
    let after = (own_cpu(), database_cpu());
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let word_before = |marker: &str| text.lines().find_map(|line| line.split(marker).next().filter(|_| line.contains(marker))).map(str::trim);
    let latency = |percent: &str| {
        text.lines().find_map(|line| line.trim().strip_prefix(percent)).map_or_else(|| "?".to_owned(), |value| value.trim().to_owned())
    };
    let requests: f64 = word_before(" requests in ").and_then(|number| number.parse().ok()).unwrap_or_else(|| panic!("wrk said: {text}"));
    let failed = text
        .lines()
        .filter(|line| line.contains("Non-2xx") && case.name != "304" || line.contains("Socket errors"))
        .map(|line| line.rsplit(' ').next().and_then(|number| number.parse::<u64>().ok()).unwrap_or(1))
        .sum();
    Run {
        requests,
        seconds: seconds as f64,
        cpu_microseconds: after.0 - before.0,
        database_cpu_microseconds: after.1 - before.1,
        p50: latency("50%"),
        p99: latency("99%"),
        failed,
    }
}

/// Microseconds of user and system time in a `/proc/<pid>/stat` (proc(5): fields 14 and 15, in ticks of 10 ms).
fn cpu_of(stat: &str) -> f64 {
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let fields: Vec<&str> = after_name.split_whitespace().collect();
    let ticks = |index: usize| fields.get(index).and_then(|field| field.parse::<f64>().ok()).unwrap_or_default();
    (ticks(11) + ticks(12)) * 10_000.0
}

fn own_cpu() -> f64 {
    cpu_of(&std::fs::read_to_string("/proc/self/stat").unwrap_or_default())
}

/// The time of all processes named postgres.
fn database_cpu() -> f64 {
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    processes
        .filter_map(|process| std::fs::read_to_string(process.path().join("stat")).ok())
        .filter(|stat| stat.contains("(postgres)"))
        .map(|stat| cpu_of(&stat))
        .sum()
}
