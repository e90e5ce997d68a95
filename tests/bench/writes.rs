//! The cases in which something is saved, one request after another, each acknowledged and durable; and logging in.

use crate::corpus::{Databases, EMAIL, PASSWORD, Server};
use crate::http::Client;
use crate::options::{self, Options};
use crate::process::database_cpu;
use crate::report::{Row, median, percentile};
use diesel::sql_types::{BigInt, Text};
use diesel::{QueryableByName, RunQueryDsl as _, sql_query};
use masthead_store::db::{Address, Use};
use masthead_store::dialect::{Conn, Link};
use serde_json::{Value, json};
use std::time::Instant;

/// How many requests a case is.
const REQUESTS: usize = 200;

/// How many logins: each is meant to be slow.
const LOGINS: usize = 12;

pub fn log_in(client: &Client) -> Value {
    client.send("POST", "/v1/auth/login", &[], Some(&json!({"email": EMAIL, "password": PASSWORD}))).json()
}

pub fn measure(databases: &Databases, corpus: &str, options: &Options, rows: &mut Vec<Row>) {
    if !["i", "j", "k", "l"].iter().any(|case| options.wants(case)) {
        return;
    }
    databases.copy(corpus, "written");
    {
        let (server, _) = databases.serve("written", None);
        let client = Client::new(&server.url);
        if options.wants("l") {
            rows.push(logins(&server, &client).told());
        }
        let token = log_in(&client)["access_token"].as_str().expect("a token").to_owned();
        let mut editor =
            Editor { databases, server: &server, client, bearer: format!("Bearer {token}"), plain: Plain::open(databases), drafts: Vec::new() };
        let mut push = |row: Row| {
            if options.wants(&row.case) {
                rows.push(row.told());
            }
        };
        push(editor.measure("i", "create a draft", CREATED, |number, _| {
            let draft = json!({"title": format!("Benchmark {number}"), "language": "en", "body": body(number, "seven"), "byline_text": "By nobody"});
            Step { method: "POST", ending: "", content: draft }
        }));
        push(editor.measure("k", "save", SAVED, |number, _| {
            let content = json!({"standfirst": "After a year of protest the evening boat is saved.", "body": body(number, "eight")});
            Step { method: "PATCH", ending: "", content }
        }));
        push(editor.measure("j", "publish", PUBLISHED, |_, _| Step { method: "POST", ending: "/publish", content: json!({}) }));
    }
    databases.remove("written");
}

/// A body that no other article has.
fn body(number: usize, votes: &str) -> Value {
    let paragraph = format!("The council voted **{votes} to two**, and the ferry stays: item {number}.\n\n");
    json!({"format": "markdown", "source": paragraph.repeat(50)})
}

/// The rows that a request writes: their tables, and which they are, `{id}` being the article. Those of the full-text index are
/// left out, for they cannot be told apart in it.
type Written = &'static [(&'static str, &'static str)];

const CREATED: Written = &[("articles", "id = '{id}'"), ("revisions", "entity_id = '{id}'")];

const SAVED: Written = &[("articles", "id = '{id}'"), ("revisions", "entity_id = '{id}' AND number = 2")];

const PUBLISHED: Written = &[
    ("articles", "id = '{id}'"),
    ("public_articles", "article_id = '{id}'"),
    ("public_bodies", "article_id = '{id}'"),
    ("search", "article_id = '{id}'"),
    ("changes", "entity_id = '{id}'"),
    ("change_head", "id = 1"),
];

/// What is done to an article.
struct Step {
    method: &'static str,
    ending: &'static str,
    content: Value,
}

/// Someone who works on many articles.
struct Editor<'a> {
    databases: &'a Databases,
    server: &'a Server,
    client: Client,
    bearer: String,
    plain: Option<Plain>,
    drafts: Vec<Value>,
}

impl Editor<'_> {
    /// One request after another, on one connection, in turns with what they are compared with: the disk has its moods. What is
    /// timed begins with a request that is written already and ends with the last byte of the answer.
    fn measure(&mut self, case: &str, title: &str, written: Written, step: impl Fn(usize, &Value) -> Step) -> Row {
        // The first is not counted; it tells how many bytes are to be compared.
        self.take(0, &step);
        if let Some(plain) = &mut self.plain {
            let id = self.drafts[0]["id"].as_str().expect("an id");
            plain.prepare(plain.bytes(&self.databases.url("written"), written, id));
        }
        let (cpu, database) = (self.server.process.cpu(), database_cpu());
        let (mut times, mut plain_times) = (Vec::new(), Vec::new());
        for number in 1..=REQUESTS {
            times.push(self.take(number, &step));
            plain_times.extend(self.plain.as_mut().map(Plain::save));
        }
        Row {
            plain_ms: (!plain_times.is_empty()).then(|| median(plain_times.into_iter())),
            ..row(case, title, self.server, &mut times, cpu, database)
        }
    }

    /// Takes a step and tells how many milliseconds it took.
    fn take(&mut self, number: usize, step: &impl Fn(usize, &Value) -> Step) -> f64 {
        let draft = self.drafts.get(number).cloned().unwrap_or_default();
        let Step { method, ending, content } = step(number, &draft);
        let path = draft["id"].as_str().map_or_else(|| "/v1/editor/articles".to_owned(), |id| format!("/v1/editor/articles/{id}{ending}"));
        let tag = format!("\"{}\"", draft["version"]);
        let mut headers = vec![("authorization", self.bearer.as_str())];
        if !draft.is_null() {
            headers.push(("if-match", &tag));
        }
        let text = content.to_string();
        let begun = Instant::now();
        let answer = self.client.send_text(method, &path, &headers, Some(text));
        let took = begun.elapsed().as_secs_f64() * 1000.0;
        if draft.is_null() {
            self.drafts.push(answer.json());
        } else {
            self.drafts[number] = answer.json();
        }
        took
    }
}

/// What was measured of requests one after another, without what they are compared with.
fn row(case: &str, title: &str, server: &Server, times: &mut [f64], cpu: f64, database: f64) -> Row {
    let number = times.len() as f64;
    Row {
        case: case.to_owned(),
        title: title.to_owned(),
        state: "one at a time".to_owned(),
        cpu: Some((server.process.cpu() - cpu) / number),
        database_cpu: Some((database_cpu() - database) / number),
        rate: Some(number / times.iter().sum::<f64>() * 1000.0),
        p50: Some(percentile(times, 0.5)),
        p99: Some(percentile(times, 0.99)),
        ..Row::default()
    }
}

fn logins(server: &Server, client: &Client) -> Row {
    let (cpu, database) = (server.process.cpu(), database_cpu());
    let time = |_| {
        let begun = Instant::now();
        log_in(client);
        begun.elapsed().as_secs_f64() * 1000.0
    };
    let mut times: Vec<f64> = (0..LOGINS).map(time).collect();
    row("l", "login", server, &mut times, cpu, database)
}

/// Durable transactions of so many bytes; on SQLite.
struct Plain {
    conn: Conn,
    insert: String,
}

#[derive(QueryableByName)]
struct Bytes {
    #[diesel(sql_type = BigInt)]
    bytes: i64,
}

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    name: String,
}

impl Plain {
    fn open(databases: &Databases) -> Option<Self> {
        let Ok(address @ Address::Sqlite(_)) = Address::parse(&databases.url("plain")) else { return None };
        databases.empty("plain");
        let mut conn = address.connect(Use::Writing).ok()?;
        conn.batch_execute("CREATE TABLE plain (id INTEGER PRIMARY KEY, body TEXT NOT NULL)").ok()?;
        Some(Self { conn, insert: String::new() })
    }

    /// How many bytes the columns of these rows have.
    fn bytes(&self, url: &str, written: Written, id: &str) -> usize {
        let mut conn = Address::parse(url).expect("an address").connect(Use::Reading).expect("the database can be read");
        let Link::Sqlite(conn) = conn.link() else { return 0 };
        let bytes = written.iter().map(|(table, rows)| {
            let columns: Vec<Column> = sql_query(format!("SELECT name FROM pragma_table_info('{table}')")).load(&mut **conn).expect("columns");
            let lengths: Vec<String> = columns.iter().map(|column| format!("coalesce(length(CAST({} AS BLOB)), 0)", column.name)).collect();
            let rows = rows.replace("{id}", id);
            let sum = format!("SELECT coalesce(sum({}), 0) AS bytes FROM {table} WHERE {rows}", lengths.join(" + "));
            let found: Bytes = sql_query(sum).get_result(&mut **conn).expect("a sum");
            assert!(found.bytes > 0, "nothing was written to {table}");
            usize::try_from(found.bytes).expect("a length")
        });
        bytes.sum()
    }

    fn prepare(&mut self, bytes: usize) {
        println!("compared with a transaction of {bytes} bytes");
        self.insert = format!("BEGIN IMMEDIATE; INSERT INTO plain (body) VALUES ('{}'); COMMIT;", "x".repeat(bytes));
    }

    /// Saves once and tells how many milliseconds it took.
    fn save(&mut self) -> f64 {
        let begun = Instant::now();
        self.conn.batch_execute(&self.insert).expect("the disk has room");
        begun.elapsed().as_secs_f64() * 1000.0
    }
}

/// How fast a corpus is taken in.
pub fn import(databases: &Databases, options: &Options, rows: &mut Vec<Row>) {
    const ARTICLES: u64 = 10_000;
    databases.empty("imported");
    let took = databases.fill("imported", ARTICLES, options.seed);
    databases.remove("imported");
    rows.push(
        Row {
            case: "o".into(),
            title: "import of 10,000 articles, per article".into(),
            rate: Some(ARTICLES as f64 / took.as_secs_f64()),
            ..Row::default()
        }
        .told(),
    );
    std::fs::remove_file(options::folder().join("pgbench.sql")).ok();
}
