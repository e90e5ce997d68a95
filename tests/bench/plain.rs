//! What the database alone costs: the same statements and the writing of the same JSON in a loop of one thread; on PostgreSQL
//! also the same SQL from `pgbench`.

use crate::corpus::Databases;
use crate::options::{self, Options};
use crate::process::{database_cpu, exists};
use crate::report::{Row, median};
use crate::statement;
use masthead_domain::slug::Slug;
use masthead_domain::time::Timestamp;
use masthead_store::db::{Address, Use};
use masthead_store::dialect::Conn;
use masthead_store::error::Error;
use masthead_store::page::{Page, Position, SortKey};
use masthead_store::public_articles::{self, BodyColumn, PublicFilter, PublicSort};
use masthead_store::record::Key;
use serde_json::Value;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// The reading behind one request, as its handler does it.
struct Reading {
    filter: PublicFilter,
    page: Page,
    slug: Option<Slug>,
    now: Timestamp,
}

impl Reading {
    /// That of a case; none where there is no target for it.
    fn of(conn: &mut Conn, case: &str, path: &str) -> Option<Self> {
        let now = masthead_server::clock::system_time();
        let mut reading = Self { filter: PublicFilter::default(), page: Page::first(10, true), slug: None, now };
        match case {
            "a" => {}
            "b" => reading.slug = Some(Slug::parse(path.rsplit('/').next()?).ok()?),
            "c" => {
                let slug = Slug::parse(path.rsplit("section=").next()?).ok()?;
                reading.filter.section_ids = Some(vec![masthead_store::sections::find(conn, &Key::Slug(slug)).ok()?.id]);
            }
            "d" => {
                let ends = [true, false].map(|descending| {
                    let page = Page::first(1, descending);
                    public_articles::list(conn, &PublicFilter::default(), PublicSort::PublishedAt, &page, now).ok()?.rows.pop()
                });
                let [newest, oldest] = ends;
                let (newest, oldest) = (newest?, oldest?);
                let at = oldest.published_at.plus_milliseconds((newest.published_at.milliseconds() - oldest.published_at.milliseconds()) / 10);
                let id = masthead_domain::column::AnyId(oldest.article_id.0);
                reading.page.position = Some(Position { key: SortKey::Time(at), id, backward: false });
            }
            _ => return None,
        }
        Some(reading)
    }

    fn run(&self, conn: &mut Conn) -> Result<(), Error> {
        conn.in_snapshot(|conn| {
            conn.reads_once();
            match &self.slug {
                Some(slug) => drop(public_articles::find_with_body(conn, &Key::Slug(slug.clone()), BodyColumn::Html, self.now)?),
                None => drop(public_articles::list(conn, &self.filter, PublicSort::PublishedAt, &self.page, self.now)?),
            }
            Ok(())
        })
    }
}

/// Adds to a row of a cold case what it is to be compared with.
pub fn compare(databases: &Databases, corpus: &str, case: &str, path: &str, body: &[u8], options: &Options, row: &mut Row) {
    let address = Address::parse(&databases.url(corpus)).expect("an address");
    let connect = || address.connect(Use::Reading).expect("the corpus can be opened");
    let mut conn = connect();
    let Some(reading) = Reading::of(&mut conn, case, path) else { return };
    let answer: Value = serde_json::from_slice(body).expect("JSON");
    let runs = (0..=options.repeats).map(|_| in_a_loop(&mut conn, &reading, &answer));
    row.plain_cpu = Some(median(runs.collect::<Vec<f64>>().into_iter().skip(1)));
    if matches!(address, Address::Postgres(_)) {
        // Only to see the statements: to write them down costs more than to run them.
        statement::listen();
        let mut conn = connect();
        statement::ignore();
        statement::take();
        reading.run(&mut conn).expect("the corpus can be read");
        row.pgbench_cpu = pgbench(databases, corpus, &statement::take(), options);
    }
}

/// Microseconds of CPU for one reading and the writing of its answer; this thread does nothing else.
fn in_a_loop(conn: &mut Conn, reading: &Reading, answer: &Value) -> f64 {
    let (begun, before) = (Instant::now(), thread_cpu());
    let mut count = 0_u32;
    while begun.elapsed() < Duration::from_millis(500) {
        for _ in 0..50 {
            reading.run(conn).expect("the corpus can be read");
            assert!(!serde_json::to_vec(answer).expect("JSON").is_empty());
        }
        count += 50;
    }
    (thread_cpu() - before) / f64::from(count)
}

/// Microseconds that this thread has run, from the scheduler (proc_pid_schedstat: nanoseconds on the CPU).
fn thread_cpu() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    text.split(' ').next().and_then(|number| number.parse::<f64>().ok()).unwrap_or_default() / 1000.0
}

/// Microseconds of the database's CPU for one run of the statements.
fn pgbench(databases: &Databases, corpus: &str, statements: &[statement::Statement], options: &Options) -> Option<f64> {
    let arguments = databases.pgbench_arguments(corpus).filter(|_| exists("pgbench"))?;
    let mut script = String::new();
    for statement in statements {
        script.push_str(&statement.with_literals().replace('\n', " "));
        script.push_str(";\n");
    }
    let file = options::folder().join("pgbench.sql");
    std::fs::write(&file, script).ok()?;
    let run = || {
        let before = database_cpu();
        let output = Command::new("pgbench")
            .args(["-n", "-M", "prepared", "-c", "4", "-j", "1", "-T", &options.seconds.to_string(), "-f"])
            .arg(&file)
            .args(&arguments)
            .stdin(Stdio::null())
            .output()
            .expect("pgbench runs");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let line = text.lines().find_map(|line| line.strip_prefix("number of transactions actually processed: "));
        let count: f64 = line
            .and_then(|line| line.split('/').next())
            .and_then(|number| number.trim().parse().ok())
            .unwrap_or_else(|| panic!("pgbench said: {text}"));
        (database_cpu() - before) / count
    };
    Some(median((0..options.repeats).map(|_| run()).collect::<Vec<_>>().into_iter()))
}
