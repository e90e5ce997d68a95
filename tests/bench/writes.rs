//! The cases in which something is saved, one request after another, each acknowledged and durable; and logging in.

use crate::corpus::{Databases, EMAIL, PASSWORD, Server};
use crate::http::Client;
use crate::options::{self, Options};
use crate::process::database_cpu;
use crate::report::{Row, median, percentile};
use masthead_store::db::{Address, Use};
use masthead_store::dialect::Conn;
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
            rows.push(requests("l", "login", &server, LOGINS, None, |_| drop(log_in(&client))).told());
        }
        let token = log_in(&client)["access_token"].as_str().expect("a token").to_owned();
        let bearer = format!("Bearer {token}");
        let body = "The council voted **seven to two**, and the ferry stays.\n\n".repeat(50);
        let mut drafts = Vec::new();
        let mut create = |number: usize| {
            let draft = json!({"title": format!("Benchmark {number}"), "language": "en", "body": {"format": "markdown", "source": body}, "byline_text": "By nobody"});
            drafts.push(client.send("POST", "/v1/editor/articles", &[("authorization", &bearer)], Some(&draft)).json());
        };
        let mut plain = Plain::open(databases, body.len());
        let row = requests("i", "create a draft", &server, REQUESTS, plain.as_mut(), &mut create);
        push(rows, options, row);
        let mut act = |case: &str, title: &str, method: &str, ending: &str, content: Option<&Value>| {
            let row = requests(case, title, &server, REQUESTS, plain.as_mut(), |number| {
                let draft = &mut drafts[number];
                let path = format!("/v1/editor/articles/{}{ending}", draft["id"].as_str().expect("an id"));
                let tag = format!("\"{}\"", draft["version"]);
                *draft = client.send(method, &path, &[("authorization", &bearer), ("if-match", &tag)], content).json();
            });
            push(rows, options, row);
        };
        act(
            "k",
            "save",
            "PATCH",
            "",
            Some(
                &json!({"standfirst": "After a year of protest the evening boat is saved.", "body": {"format": "markdown", "source": body.replace("seven", "eight")}}),
            ),
        );
        act("j", "publish", "POST", "/publish", Some(&json!({})));
    }
    databases.remove("written");
}

fn push(rows: &mut Vec<Row>, options: &Options, row: Row) {
    if options.wants(&row.case) {
        rows.push(row.told());
    }
}

/// One request after another, on one connection, in turns with what they are compared with: the disk has its moods.
fn requests(case: &str, title: &str, server: &Server, count: usize, mut plain: Option<&mut Plain>, mut request: impl FnMut(usize)) -> Row {
    let (cpu, database) = (server.process.cpu(), database_cpu());
    let (mut times, mut plain_times) = (Vec::new(), Vec::new());
    for number in 0..count {
        let begun = Instant::now();
        request(number);
        times.push(begun.elapsed().as_secs_f64() * 1000.0);
        plain_times.extend(plain.as_mut().map(|plain| plain.save()));
    }
    let number = count as f64;
    Row {
        case: case.to_owned(),
        title: title.to_owned(),
        state: "one at a time".to_owned(),
        cpu: Some((server.process.cpu() - cpu) / number),
        database_cpu: Some((database_cpu() - database) / number),
        plain_ms: (!plain_times.is_empty()).then(|| median(plain_times.into_iter())),
        rate: Some(number / times.iter().sum::<f64>() * 1000.0),
        p50: Some(percentile(&mut times, 0.5)),
        p99: Some(percentile(&mut times, 0.99)),
        ..Row::default()
    }
}

/// Durable transactions of so many bytes; on SQLite.
struct Plain {
    conn: Conn,
    insert: String,
}

impl Plain {
    fn open(databases: &Databases, bytes: usize) -> Option<Self> {
        let Ok(address @ Address::Sqlite(_)) = Address::parse(&databases.url("plain")) else { return None };
        databases.empty("plain");
        let mut conn = address.connect(Use::Writing).ok()?;
        conn.batch_execute("CREATE TABLE plain (id INTEGER PRIMARY KEY, body TEXT NOT NULL)").ok()?;
        let insert = format!("BEGIN IMMEDIATE; INSERT INTO plain (body) VALUES ('{}'); COMMIT;", "x".repeat(bytes));
        Some(Self { conn, insert })
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
