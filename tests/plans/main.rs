//! What the statements behind every delivery request cost in a paper of a hundred thousand articles: none reads a large
//! table from end to end, none sorts more than a bounded number of rows, and the work of each is bounded.
//!
//! The server is asked over HTTP, its statements are overheard with the values bound to them, and each is then explained
//! and run again. `PLANS=1 cargo test -p masthead-tests --test plans -- --nocapture` prints all plans.

#[path = "../api/harness"]
mod harness {
    #![allow(dead_code, reason = "shared with the tests of the API, which use the rest")]

    pub mod app;
    pub mod client;
    pub mod database;
    pub mod postgres;
    mod scratch;
}
mod corpus;
mod postgres;
mod requests;
mod sqlite;
mod statement;

use harness::app::App;
use harness::client::Requests;
use harness::database::Backend;
use masthead_server::config::Config;
use masthead_store::db::Address;
use requests::{Request, Work};
use statement::Statement;

/// The tables that grow with the paper; the settings and the like have a row or two.
const LARGE: &[&str] = &[
    "articles",
    "public_articles",
    "public_bodies",
    "public_article_authors",
    "public_article_tags",
    "public_article_publications",
    "search",
    "search_index",
    "retired_slugs",
    "revisions",
    "meetings",
    "meeting_tags",
    "authors",
    "tags",
    "sections",
    "publications",
    "branches",
    "venues",
    "changes",
    "corrections",
];

/// How much a statement may be, by what the request is allowed.
struct Bounds {
    /// Instructions of SQLite.
    steps: i64,
    /// Pages of PostgreSQL.
    pages: i64,
    /// Rows that are sorted.
    sorted: i64,
}

impl Bounds {
    fn of(work: Work) -> Self {
        match work {
            // Eleven rows, each with a few look-ups, and a few dozen that are passed over.
            Work::Page => Self { steps: 6_000, pages: 600, sorted: 100 },
            // A bounded number of rows, to be merged, sorted or passed over.
            Work::Set => Self { steps: 150_000, pages: 8_000, sorted: 2_500 },
            // Five hundred rows with their tags, in their order out of those of a few tags.
            Work::Calendar => Self { steps: 400_000, pages: 8_000, sorted: 5_000 },
        }
    }
}

#[test]
fn no_delivery_request_reads_or_sorts_more_than_it_must() {
    statement::listen();
    let mut wrong = Vec::new();
    for backend in Backend::BOTH {
        let app = App::start_with(backend, |config| Config { cache_bytes: 0, ..config });
        corpus::fill(&mut app.database().connect(), backend);
        for request in requests::all(&app) {
            app.anonymous().get(&request.path).assert_status(request.status);
            statement::take();
            // Once more, when what articles refer to is known.
            app.anonymous().get(&request.path).assert_status(request.status);
            for statement in statement::take() {
                wrong.extend(match app.database().address() {
                    Address::Sqlite(path) => check_sqlite(path, &request, &statement),
                    Address::Postgres(_) => check_postgres(&app, &request, &statement),
                });
            }
        }
    }
    assert!(wrong.is_empty(), "{} of the statements are not as they should be:\n{}", wrong.len(), wrong.join("\n"));
}

/// Whether all plans are to be printed.
fn is_talkative() -> bool {
    std::env::var_os("PLANS").is_some()
}

fn check_sqlite(path: &str, request: &Request, statement: &Statement) -> Vec<String> {
    let cost = sqlite::Database::open(path).cost(statement);
    let bounds = Bounds::of(request.work);
    let mut faults = Vec::new();
    for line in &cost.plan {
        let scanned = LARGE.iter().any(|table| line.strip_prefix("SCAN ").is_some_and(|rest| rest.split(' ').next() == Some(table)));
        if scanned && !line.contains(" INDEX ") {
            faults.push(line.clone());
        }
        if line.contains("USE TEMP B-TREE FOR ORDER BY") && request.work == Work::Page {
            faults.push(line.clone());
        }
    }
    if cost.steps > bounds.steps {
        faults.push(format!("{} steps", cost.steps));
    }
    let told =
        format!("sqlite {}: {} steps, {} rows\n    {}\n    {}", request.path, cost.steps, cost.rows, short(&statement.sql), cost.plan.join("\n    "));
    report(&told, &faults)
}

fn check_postgres(app: &App, request: &Request, statement: &Statement) -> Vec<String> {
    let bounds = Bounds::of(request.work);
    let costs = postgres::costs(&mut app.database().connect(), statement);
    let mut wrong = Vec::new();
    for (cost, which) in costs.iter().zip(["the first time", "the seventh time"]) {
        let mut faults: Vec<String> =
            cost.scanned.iter().filter(|table| LARGE.contains(&table.as_str())).map(|table| format!("reads all of {table}")).collect();
        if cost.pages > bounds.pages {
            faults.push(format!("{} pages", cost.pages));
        }
        if cost.sorted > bounds.sorted {
            faults.push(format!("sorts {} rows", cost.sorted));
        }
        if statement.sql.contains("search_index") && cost.gathered > bounds.sorted {
            faults.push(format!("gathers {} rows", cost.gathered));
        }
        let told = format!("postgres {} {which}: {} pages\n    {}{}", request.path, cost.pages, short(&statement.sql), cost.plan);
        wrong.extend(report(&told, &faults));
    }
    wrong
}

fn report(told: &str, faults: &[String]) -> Vec<String> {
    if is_talkative() {
        println!("{told}");
    }
    if faults.is_empty() { Vec::new() } else { vec![format!("{}\n  of {told}", faults.join(", "))] }
}

/// A statement without the columns that it reads.
fn short(sql: &str) -> String {
    let from = sql.find(" FROM ").unwrap_or_default();
    sql.get(from..).unwrap_or(sql).trim().chars().take(900).collect()
}
