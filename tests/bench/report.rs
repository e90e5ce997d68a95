//! What was measured, as a table: kept as JSON for each database and corpus, so that the page shows all of them.

use crate::harness::database::Backend;
use crate::options::{self, Options, name};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::Command;

/// One line of the table; times of CPU in microseconds a request, others in milliseconds.
#[derive(Default, Clone)]
pub struct Row {
    pub case: String,
    pub title: String,
    pub state: String,
    pub cpu: Option<f64>,
    pub database_cpu: Option<f64>,
    pub bare_cpu: Option<f64>,
    pub nginx_cpu: Option<f64>,
    /// A loop of the same statements and JSON, without the database's own time.
    pub plain_cpu: Option<f64>,
    /// The database's time for the same SQL from pgbench.
    pub pgbench_cpu: Option<f64>,
    /// A durable transaction of the same bytes.
    pub plain_ms: Option<f64>,
    pub rate: Option<f64>,
    pub rate_ratio: Option<f64>,
    pub p50: Option<f64>,
    pub p99: Option<f64>,
    pub p99_ratio: Option<f64>,
    pub memory_mb: Option<f64>,
    pub connection_kb: Option<f64>,
}

pub fn median(values: impl Iterator<Item = f64>) -> f64 {
    percentile(&mut values.collect::<Vec<f64>>(), 0.5)
}

pub fn percentile(values: &mut [f64], part: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let last = values.len().saturating_sub(1);
    values.get((last as f64 * part).round() as usize).copied().unwrap_or(f64::NAN)
}

impl Row {
    /// Prints it as soon as it is there.
    pub fn told(self) -> Self {
        println!("{}", self.figures().join(" | "));
        self
    }

    /// What is to be reached: the words, and whether it is.
    fn targets(&self, backend: Backend) -> Vec<(String, bool)> {
        let mut targets = Vec::new();
        let mut at_most = |what: &str, value: Option<f64>, limit: f64| {
            targets.extend(value.map(|value| (format!("{what} {value:.2} of at most {limit}"), value <= limit)));
        };
        let over = |part: Option<f64>, whole: Option<f64>| part.zip(whole).map(|(part, whole)| part / whole);
        match (self.case.as_str(), self.state.as_str()) {
            ("a" | "b" | "c" | "f" | "h", "warm") => at_most("CPU", over(self.cpu, self.bare_cpu), 1.25),
            ("g", "warm") => at_most("CPU", over(self.cpu, self.bare_cpu), 1.1),
            ("b" | "c" | "d", "cold") if backend == Backend::Sqlite => at_most("CPU to the plain loop", over(self.cpu, self.plain_cpu), 3.0),
            ("a" | "b" | "c" | "d", "cold") if backend == Backend::Postgres => {
                at_most("CPU to bare", over(self.cpu, self.bare_cpu), 3.0);
                at_most("database to pgbench", over(self.database_cpu, self.pgbench_cpu), 1.5);
            }
            ("i" | "j" | "k", _) => at_most("median to a plain transaction", over(self.p50, self.plain_ms), 2.0),
            ("m", "existing database") => at_most("ms", self.p50, 100.0),
            ("n", "idle") => at_most("MB", self.memory_mb, 25.0),
            ("n", _) => at_most("MB", self.memory_mb, 150.0),
            ("p", _) => at_most("p99 to b alone", self.p99_ratio, 2.0),
            ("q", _) => {
                at_most("p99 to b alone", self.p99_ratio, 2.0);
                at_most("KB a connection", self.connection_kb, 16.0);
            }
            _ => {}
        }
        if let ("a" | "b" | "c" | "f" | "h", "warm", Some(ratio)) = (self.case.as_str(), self.state.as_str(), self.rate_ratio) {
            targets.push((format!("throughput {ratio:.2} of at least 0.85"), ratio >= 0.85));
        }
        if let ("o", Some(rate)) = (self.case.as_str(), self.rate.filter(|_| backend == Backend::Sqlite)) {
            targets.push((format!("{rate:.0} of at least 2000 a second"), rate >= 2000.0));
        }
        targets
    }

    /// What was measured, without what is to be reached.
    fn figures(&self) -> Vec<String> {
        let number = |value: Option<f64>, digits: usize| value.map_or_else(String::new, |value| format!("{value:.digits$}"));
        let ratio = self.cpu.zip(self.bare_cpu).map(|(cpu, bare)| cpu / bare);
        let with_database = self.pgbench_cpu.map_or_else(String::new, |cpu| format!(" + {cpu:.1}"));
        let plain = self
            .plain_cpu
            .map(|cpu| format!("{cpu:.1}{with_database} µs"))
            .or_else(|| self.plain_ms.map(|time| format!("{time:.2} ms")))
            .unwrap_or_default();
        let memory = match (self.memory_mb, self.connection_kb) {
            (Some(memory), Some(each)) => format!("{memory:.0} MB, {each:.1} KB each"),
            (Some(memory), None) => format!("{memory:.0} MB"),
            _ => String::new(),
        };
        vec![
            format!("{} · {}", self.case, self.title),
            self.state.clone(),
            number(self.cpu, 1),
            number(self.database_cpu, 1),
            number(self.bare_cpu, 1),
            number(ratio, 2),
            number(self.nginx_cpu, 1),
            plain,
            number(self.rate, 0),
            number(self.rate_ratio, 2),
            number(self.p50, 2),
            number(self.p99, 2),
            memory,
        ]
    }

    fn cells(&self, backend: Backend) -> Vec<String> {
        let targets: Vec<String> =
            self.targets(backend).into_iter().map(|(words, is_met)| format!("{} {words}", if is_met { "met:" } else { "**not met:**" })).collect();
        self.figures().into_iter().chain([targets.join("; ")]).collect()
    }

    fn to_json(&self, backend: Backend) -> Value {
        json!({"case": self.case, "title": self.title, "state": self.state, "cpu": self.cpu, "database_cpu": self.database_cpu,
            "bare_cpu": self.bare_cpu, "nginx_cpu": self.nginx_cpu, "p50": self.p50, "cells": self.cells(backend)})
    }
}

const HEAD: &str = "| case | state | CPU µs | + database µs | bare handler µs | ratio | nginx µs | plain | requests/s | to bare | p50 ms | p99 ms | memory | target |\n\
    | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n";

fn results() -> PathBuf {
    let folder = options::folder().join("results");
    std::fs::create_dir_all(&folder).expect("the target folder can be written to");
    folder
}

fn output(command: &str, arguments: &[&str]) -> String {
    Command::new(command).args(arguments).output().map_or_else(|_| "?".to_owned(), |output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The machine, and how busy it is with other things.
pub fn load() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').take(3).collect::<Vec<_>>().join(" ")
}

/// Keeps what was measured, in the place of what the same command measured before.
pub fn keep(backend: Backend, options: &Options, load_before: &str, rows: &[Row]) {
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name\t: ")).unwrap_or("unknown processor");
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let file = results().join(format!("{}-{:09}.json", name(backend), options.articles));
    // A run of some cases leaves the others as they were.
    let kept: Vec<Value> = std::fs::read(&file)
        .ok()
        .and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok())
        .and_then(|old| old["rows"].as_array().cloned())
        .unwrap_or_default()
        .into_iter()
        .filter(|row| !options.wants(row["case"].as_str().unwrap_or_default()))
        .collect();
    let mut all: Vec<Value> = kept.into_iter().chain(rows.iter().map(|row| row.to_json(backend))).collect();
    all.sort_by_key(|row| row["case"].as_str().unwrap_or_default().to_owned());
    let result = json!({
        "backend": name(backend), "articles": options.articles, "date": output("date", &["-u", "+%Y-%m-%d %H:%M UTC"]), "command": options.command(backend),
        "machine": format!("{cores} × {model}, {}", output("uname", &["-sr"])), "load": load_before, "seconds": options.seconds, "repeats": options.repeats,
        "rows": all,
    });
    std::fs::write(file, result.to_string()).expect("the target folder can be written to");
}

/// All that was measured and kept, by database and size.
pub fn kept() -> Vec<Value> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(results()).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    files.sort();
    files.iter().filter_map(|file| serde_json::from_slice(&std::fs::read(file).ok()?).ok()).collect()
}

/// The page for `docs/`.
pub fn page(results: &[Value]) -> String {
    let mut page = String::from(
        "# Benchmarks\n\n![CPU time a request](benchmarks.svg)\n\n\
         Time alone says little on a machine that does other things too. So what counts is the CPU time of the server for one request, user and \
         system, from `/proc/<pid>/stat`, and its ratio to a bare actix-web handler that answers the same bytes with the same headers, in turns with it. \
         *Warm*: the response cache answers. *Cold*: there is no cache, and every request asks for something else. *Plain*, of a cold case: the \
         same statements and the writing of the same JSON in a loop of one thread, and on PostgreSQL the database's CPU for the same SQL under `pgbench -M prepared`; \
         of a write: one durable transaction in a loop, of as many bytes as the rows that the request writes have, without their indexes. The load is `wrk -t2 -c32` on the same machine, without compression, on two workers; \
         each figure is the median of the runs after one to warm up. Where a target is missed, [performance.md](performance.md) says where the time goes.\n",
    );
    for result in results {
        let text = |name: &str| result[name].as_str().unwrap_or_default();
        let _ = write!(
            page,
            "\n## {}, {} articles\n\n`{}`, {}.\n{}; load average before: {}; {} runs of {} s.\n\n{HEAD}",
            if text("backend") == "sqlite" { "SQLite" } else { "PostgreSQL" },
            result["articles"],
            text("command"),
            text("date"),
            text("machine"),
            text("load"),
            result["repeats"],
            result["seconds"],
        );
        for row in result["rows"].as_array().into_iter().flatten() {
            let cells: Vec<&str> = row["cells"].as_array().into_iter().flatten().map(|cell| cell.as_str().unwrap_or_default()).collect();
            let _ = writeln!(page, "| {} |", cells.join(" | "));
        }
    }
    page.push_str(&crate::comparison::page(results));
    page
}
