//! What is seen only in several results together: growth with the paper, and the distance to other systems.

use serde_json::Value;
use std::fmt::Write as _;

/// What other systems cost a request, application and database together, in microseconds: production settings, 10,000
/// articles, 32 connections, on the same kind of machine. List, article, section, deep page, search.
pub const PEERS: [(&str, [f64; 5]); 5] = [
    ("Directus 12", [11_800.0, 11_600.0, 10_700.0, 14_300.0, 1_128_000.0]),
    ("Strapi 5", [21_700.0, 24_000.0, 17_000.0, 28_400.0, 1_716_000.0]),
    ("Ghost 6", [10_400.0, 5_000.0, 29_500.0, 70_300.0, 51_700.0]),
    ("Payload 3", [7_600.0, 5_500.0, 20_000.0, 14_300.0, 1_215_000.0]),
    ("WordPress 6.1", [108_000.0, 31_000.0, 129_000.0, 166_000.0, 667_000.0]),
];

/// What the bare handler cost where they were measured, in microseconds, and the quickest creation, in milliseconds.
const PEERS_BARE: f64 = 15.0;
const PEERS_CREATE: f64 = 15.0;

/// The letters of the columns of [`PEERS`].
const PEER_CASES: [&str; 5] = ["a", "b", "c", "d", "e"];

/// The rows of a case in a state.
pub fn rows<'a>(result: &'a Value, case: &'a str, state: &'a str) -> impl Iterator<Item = &'a Value> {
    result["rows"].as_array().into_iter().flatten().filter(move |row| row["case"] == case && row["state"] == state)
}

/// The CPU time of a row with that of the database.
pub fn cost(row: &Value) -> Option<f64> {
    Some(row["cpu"].as_f64()? + row["database_cpu"].as_f64().unwrap_or_default())
}

fn verdict(is_met: bool) -> &'static str {
    if is_met { "met" } else { "**not met**" }
}

fn of_backend<'a>(results: &'a [Value], backend: &'a str) -> impl Iterator<Item = &'a Value> {
    results.iter().filter(move |result| result["backend"] == backend)
}

/// How the cold cases grow from the smallest paper to the largest.
fn growth(results: &[Value]) -> String {
    let mut table = String::new();
    for (backend, name) in [("sqlite", "SQLite"), ("postgres", "PostgreSQL")] {
        let size = |result: &&Value| result["articles"].as_u64();
        let (Some(small), Some(large)) = (of_backend(results, backend).min_by_key(size), of_backend(results, backend).max_by_key(size)) else {
            continue;
        };
        if size(&small) == size(&large) {
            continue;
        }
        for row in ["a", "b", "c", "d", "f", "e"].iter().flat_map(|case| rows(large, case, "cold")) {
            let before =
                small["rows"].as_array().into_iter().flatten().find(|other| other["title"] == row["title"] && other["state"] == row["state"]);
            let (Some(before), Some(after)) = (before.and_then(cost), cost(row)) else { continue };
            let title = row["title"].as_str().unwrap_or_default();
            let limit = match (row["case"].as_str(), title) {
                (Some("e"), "search, a word of 0.01 %") => 2.0,
                (Some("e"), _) => 4.0,
                _ => 1.3,
            };
            let ratio = after / before;
            let _ = writeln!(
                table,
                "| {name} | {} · {title} | {before:.1} | {after:.1} | {ratio:.2} | {} at most {limit} |",
                row["case"].as_str().unwrap_or_default(),
                verdict(ratio <= limit)
            );
        }
    }
    table
}

/// How far the best of the others is away, in each case: both in units of the bare handler on their own machine.
fn distance(results: &[Value]) -> String {
    let mut table = String::new();
    for result in results.iter().filter(|result| result["articles"] == 10_000) {
        let name = if result["backend"] == "sqlite" { "SQLite" } else { "PostgreSQL" };
        for (column, case) in PEER_CASES.iter().enumerate() {
            let best = PEERS.iter().filter_map(|(name, costs)| Some((*name, *costs.get(column)?))).min_by(|one, other| one.1.total_cmp(&other.1));
            let Some((peer, best)) = best else { continue };
            for (state, limit) in [("warm", 250.0), ("cold", if *case == "e" { 100.0 } else { 50.0 })] {
                for row in rows(result, case, state) {
                    let (Some(own), Some(bare)) = (cost(row), row["bare_cpu"].as_f64()) else { continue };
                    let ratio = (best / PEERS_BARE) / (own / bare);
                    let _ = writeln!(
                        table,
                        "| {name} | {case} · {} | {state} | {:.2} | {peer}: {:.0} | {ratio:.0} | {} at least {limit} |",
                        row["title"].as_str().unwrap_or_default(),
                        own / bare,
                        best / PEERS_BARE,
                        verdict(ratio >= limit)
                    );
                }
            }
        }
        for row in rows(result, "i", "one at a time") {
            let Some(own) = row["p50"].as_f64() else { continue };
            let ratio = PEERS_CREATE / own;
            let _ = writeln!(
                table,
                "| {name} | i · create a draft, median | | {own:.2} ms | Payload 3: {PEERS_CREATE:.1} ms | {ratio:.1} | {} at least 5 |",
                verdict(ratio >= 5.0)
            );
        }
    }
    table
}

/// Both tables, where there is something to put into them.
pub fn page(results: &[Value]) -> String {
    let mut page = String::new();
    let growth = growth(results);
    if !growth.is_empty() {
        let sizes = || results.iter().filter_map(|result| result["articles"].as_u64());
        let _ = write!(
            page,
            "\n## Growth, from {} to {} articles\n\nCPU time of cold requests, application and database, in microseconds.\n\n\
             | database | case | smallest | largest | ratio | target |\n| --- | --- | --- | --- | --- | --- |\n{growth}",
            sizes().min().unwrap_or_default(),
            sizes().max().unwrap_or_default()
        );
    }
    let distance = distance(results);
    if !distance.is_empty() {
        let _ = write!(
            page,
            "\n## Against the best of five others, 10,000 articles\n\nCPU time a request, application and database, in units of the bare handler of the machine that \
             each was measured on: here in turns with Masthead, there {PEERS_BARE} µs. The others (Directus 12, Strapi 5, Ghost 6, Payload 3, WordPress 6.1) were measured on a \
             machine of the same kind, in production settings, but not in the same run.\n\n\
             | database | case | state | Masthead | best other | times less | target |\n| --- | --- | --- | --- | --- | --- | --- |\n{distance}"
        );
    }
    page
}
