//! Benchmarks of everything that has a target: what readers wait for, what editors wait for, starting, memory, loading.
//!
//! `cargo bench --bench delivery -- [case …] [--articles N] [--backend sqlite|postgres] [--repeats R] [--seconds S]`
//!
//! The cases are letters from a to q. The server is the release binary in a process of its own. Needs the Debian package
//! `wrk`; `nginx` and `pgbench` are compared with where they are installed. Corpora are kept in `target/bench`. The results
//! are printed, and written to `docs/benchmarks.md` and `docs/benchmarks.svg` together with those of other corpora.

mod bare;
mod chart;
mod comparison;
mod corpus;
#[path = "../api/harness"]
mod harness {
    #![allow(dead_code, reason = "shared with the tests of the API, which use the rest")]

    pub mod app;
    pub mod client;
    pub mod database;
    pub mod postgres;
    mod scratch;
}
mod http;
mod load;
mod options;
mod plain;
mod process;
mod reads;
mod report;
#[path = "../plans/statement.rs"]
#[allow(dead_code, reason = "shared with the test of the plans")]
mod statement;
mod system;
mod writes;

use corpus::Databases;
use harness::database::Backend;
use options::Options;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, argument, head, body] = arguments.as_slice()
        && argument == bare::ARGUMENT
    {
        bare::serve(head, body);
        return;
    }
    let options = Options::read();
    let program = corpus::build();
    for backend in options.backends.clone() {
        println!("{}: about {} minutes, and the filling of the corpus the first time", options::name(backend), minutes(&options));
        let load = report::load();
        let rows = measure(backend, &program, &options);
        report::keep(backend, &options, &load, &rows);
    }
    let results = report::kept();
    let docs = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    std::fs::write(docs.join("benchmarks.md"), report::page(&results)).expect("docs can be written to");
    if let Some(chart) = chart::chart(&results) {
        std::fs::write(docs.join("benchmarks.svg"), chart).expect("docs can be written to");
    }
    println!("written to docs/benchmarks.md and docs/benchmarks.svg");
}

/// How long a run takes, roughly.
fn minutes(options: &Options) -> u64 {
    let count = |cases: &[(&str, u64)]| cases.iter().filter(|(case, _)| options.wants(case)).map(|(_, count)| count).sum::<u64>();
    // Runs in a turn: warm and cold, ours and theirs, nginx.
    let runs = count(&[("a", 5), ("b", 5), ("c", 4), ("d", 4), ("f", 4), ("g", 2), ("h", 4), ("e", 12)]);
    let turns = u64::try_from(options.repeats).unwrap_or(u64::MAX) + 1;
    let others = count(&[("i", 5), ("j", 5), ("k", 5), ("l", 5), ("m", 5), ("o", 8), ("p", 10), ("q", 10)]);
    (runs * turns * options.seconds + others).div_ceil(60)
}

fn measure(backend: Backend, program: &std::path::Path, options: &Options) -> Vec<report::Row> {
    let databases = Databases::open(backend, program);
    let corpus = databases.corpus(options);
    let mut rows = Vec::new();
    let (warm, _) = databases.serve(&corpus, None);
    if options.wants("n") {
        system::memory("idle", &warm, &mut rows);
    }
    if ["a", "b", "c", "d", "e", "f", "g", "h"].iter().any(|case| options.wants(case)) {
        reads::measure(&databases, &corpus, &warm, options, &mut rows);
        if options.wants("n") {
            system::memory("after load", &warm, &mut rows);
        }
    }
    drop(warm);
    writes::measure(&databases, &corpus, options, &mut rows);
    if options.wants("m") {
        system::start(&databases, &corpus, options, &mut rows);
    }
    if options.wants("o") {
        writes::import(&databases, options, &mut rows);
    }
    if options.wants("p") {
        system::logins(&databases, &corpus, options, &mut rows);
    }
    if options.wants("q") {
        system::idle(&databases, &corpus, options, &mut rows);
    }
    rows
}
