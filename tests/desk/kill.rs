//! A server that is killed in the middle of saving, publishing and taking uploads in, two hundred times; and one whose
//! PostgreSQL is stopped under its hands. What was acknowledged is there afterwards, and nothing is there by half.

use crate::harness::app::App;
use crate::harness::builders::{etag_of, id_of};
use crate::harness::client::{Anonymous, Client, Requests, Response, SignedIn};
use crate::harness::database::{Backend, Database};
use crate::harness::postgres::followed_cluster;
use crate::harness::process::Process;
use crate::harness::scratch;
use masthead_domain::id::UserId;
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

const KILLS: usize = 200;

/// Each takes a second.
const RESTARTS: usize = 30;

const WRITERS: usize = 3;

/// A picture of one pixel.
const PIXEL: &[u8] = &[
    0x47, 0x49, 0x46, 0x38, 0x39, 0x61, 0x01, 0x00, 0x01, 0x00, 0x80, 0x00, 0x00, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x2c, 0x00, 0x00, 0x00, 0x00,
    0x01, 0x00, 0x01, 0x00, 0x00, 0x02, 0x02, 0x44, 0x01, 0x00, 0x3b,
];

/// What was acknowledged of an article.
#[derive(Debug, Clone, Default)]
struct Acknowledged {
    /// The titles of its revisions, the first being number 1.
    titles: Vec<String>,
    /// The revision that was published last.
    published: Option<usize>,
}

/// All that was acknowledged.
#[derive(Default)]
struct Ledger {
    articles: Mutex<BTreeMap<String, Acknowledged>>,
    uploads: Mutex<Vec<String>>,
    count: AtomicUsize,
}

impl Ledger {
    fn note(&self, id: &str, change: impl FnOnce(&mut Acknowledged)) {
        change(self.articles.lock().expect("no panic").entry(id.to_owned()).or_default());
        self.count.fetch_add(1, Ordering::SeqCst);
    }

    /// Waits until that much has been acknowledged.
    fn reaches(&self, count: usize) {
        crate::harness::app::wait_until("writers are acknowledged", || self.count.load(Ordering::SeqCst) >= count);
    }
}

/// Whether a reply was given; a connection that broke is no reply.
fn attempt(send: impl FnOnce() -> Result<Response, String>) -> Option<Response> {
    send().ok()
}

/// Writes until the server has gone: an article, a second revision, its publication, an upload, and again.
fn write(editor: &SignedIn, writer: usize, round: usize, ledger: &Ledger) -> Option<()> {
    for number in 0.. {
        let title = |revision: usize| format!("W{writer} R{round} N{number} V{revision}");
        let body = json!({"title": title(1), "body": {"source": "Text."}});
        let made = attempt(|| editor.try_send("POST", "/v1/editor/articles", &[("content-type", "application/json")], body.to_string().as_bytes()))?;
        let made = made.assert_status(201).json();
        ledger.note(id_of(&made), |article| article.titles.push(title(1)));
        let path = format!("/v1/editor/articles/{}", id_of(&made));
        let headers = [("content-type", "application/json"), ("if-match", "\"1\"")];
        let saved = json!({"title": title(2)}).to_string();
        let saved = attempt(|| editor.try_send("PATCH", &path, &headers, saved.as_bytes()))?.assert_status(200).json();
        ledger.note(id_of(&made), |article| article.titles.push(title(2)));
        let etag = etag_of(&saved);
        let headers = [("content-type", "application/json"), ("if-match", etag.as_str())];
        let published = attempt(|| editor.try_send("POST", &format!("{path}/publish"), &headers, b"{}"))?;
        published.assert_status(200);
        ledger.note(id_of(&made), |article| article.published = Some(2));
        upload(editor, &title(1), ledger)?;
    }
    None
}

fn upload(editor: &SignedIn, alt: &str, ledger: &Ledger) -> Option<()> {
    let part = |name: &str, rest: &str| format!("--line\r\ncontent-disposition: form-data; name=\"{name}\"{rest}\r\n\r\n");
    // The comment makes each a file of its own.
    let comment = [&[0x21, 0xfe, u8::try_from(alt.len()).expect("a short text")], alt.as_bytes(), &[0]].concat();
    let (head, image) = PIXEL.split_at(19);
    let file = [head, &comment, image].concat();
    let body = [
        part("alt", "").as_bytes(),
        alt.as_bytes(),
        b"\r\n",
        part("file", "; filename=\"pixel.gif\"").replace("\r\n\r\n", "\r\ncontent-type: image/gif\r\n\r\n").as_bytes(),
        &file,
        b"\r\n--line--\r\n",
    ]
    .concat();
    let made = attempt(|| editor.try_send("POST", "/v1/editor/media", &[("content-type", "multipart/form-data; boundary=line")], &body))?;
    let made = made.assert_status(201).json();
    ledger.uploads.lock().expect("no panic").push(id_of(&made).to_owned());
    ledger.count.fetch_add(1, Ordering::SeqCst);
    Some(())
}

/// Holds what is there against what was acknowledged, of those articles.
fn check(editor: &SignedIn, reader: &Anonymous, ledger: &Ledger, which: &str) {
    let articles = ledger.articles.lock().expect("no panic").clone();
    for (id, acknowledged) in articles.iter().filter(|(_, article)| article.titles.first().is_some_and(|title| title.contains(which))) {
        let shown = editor.get(&format!("/v1/editor/articles/{id}")).assert_status(200).json();
        let revision = usize::try_from(shown["revision"].as_u64().expect("a number")).expect("a number");
        assert!(revision >= acknowledged.titles.len(), "a save was lost: {acknowledged:?}, {shown}");
        // At most the one under way when the server was killed is there beyond that.
        assert!(revision <= acknowledged.titles.len() + 1, "{acknowledged:?}, {shown}");
        let title = shown["title"].as_str().expect("a title");
        assert!(title.ends_with(&format!("V{revision}")), "a revision and its article do not agree: {shown}");
        let public = reader.get(&format!("/v1/articles/{id}"));
        match (acknowledged.published, shown["state"].as_str()) {
            (Some(_), state) => assert_eq!((state, public.status), (Some("published"), 200), "a publication was lost: {shown}"),
            // It was done and its acknowledgement did not arrive: then whole.
            (None, Some("published")) => assert_eq!(public.status, 200, "{shown}"),
            (None, _) => assert_eq!(public.status, 404, "{shown}"),
        }
        if public.status == 200 {
            assert_eq!(public.json()["title"], shown["title"], "half published");
        }
    }
}

/// Everything in the end: uploads are whole, and lists count what they show.
fn check_whole(editor: &SignedIn, reader: &Anonymous, ledger: &Ledger) {
    for id in ledger.uploads.lock().expect("no panic").iter() {
        let shown = editor.get(&format!("/v1/editor/media/{id}")).assert_status(200).json();
        let address = shown["url"].as_str().unwrap_or_else(|| panic!("no url: {shown}"));
        let path = address.split_once("/media/").map(|(_, rest)| format!("/media/{rest}")).expect("an address of a file");
        let file = reader.get(&path).assert_status(200);
        assert_eq!(json!(file.body.len()), shown["bytes"], "half a file: {shown}");
    }
    let mut cursor = String::new();
    let mut seen = 0;
    let total = loop {
        let page = reader.get(&format!("/v1/articles?limit=100&fields=id&total=true{cursor}")).assert_status(200).json();
        seen += page["data"].as_array().expect("a list").len();
        let Some(next) = page["page"]["next"].as_str() else { break page["page"]["total"].clone() };
        cursor = format!("&cursor={next}");
    };
    assert_eq!(total, seen);
}

fn log_in(client: &Client) -> SignedIn {
    let anonymous = Anonymous { client: client.clone() };
    let tokens = anonymous.post("/v1/auth/login", &Process::login()).assert_status(200).json();
    let text = |name: &str| tokens[name].as_str().expect("a token").to_owned();
    let login = crate::harness::app::Login {
        id: UserId::new(),
        email: Process::EMAIL.to_owned(),
        password: Process::PASSWORD.to_owned(),
        name: String::new(),
    };
    SignedIn { client: client.clone(), access_token: text("access_token"), refresh_token: text("refresh_token"), login }
}

#[test]
fn killed_two_hundred_times() {
    let folder = scratch::new_folder("killed");
    let folder = folder.to_str().expect("a name in UTF-8");
    // Tokens must hold from process to process, whatever the port.
    let settings = [("MASTHEAD_DATA_DIR", folder), ("MASTHEAD_API_URL", "http://127.0.0.1:1"), ("RUST_LOG", "info")];
    let ledger = Ledger::default();
    let mut acknowledged = 0;
    let mut editor: Option<SignedIn> = None;
    for round in 0..=KILLS {
        let mut process = Process::serve(&settings);
        let client = Client::new(&format!("http://{}", process.address("serving")));
        let reader = Anonymous { client: client.clone() };
        // The session outlives the process; its token is good for 15 minutes.
        let signed_in = match &editor {
            Some(known) if round % 40 != 0 => SignedIn { client: client.clone(), ..known.clone() },
            _ => log_in(&client),
        };
        editor = Some(signed_in.clone());
        if round > 0 {
            check(&signed_in, &reader, &ledger, &format!("R{} ", round - 1));
        }
        if round == KILLS {
            check(&signed_in, &reader, &ledger, "");
            check_whole(&signed_in, &reader, &ledger);
            break;
        }
        std::thread::scope(|scope| {
            for writer in 0..WRITERS {
                let (signed_in, ledger) = (&signed_in, &ledger);
                scope.spawn(move || write(signed_in, writer, round, ledger));
            }
            // After the first to the seventeenth acknowledgement, in whatever the others are about to do.
            ledger.reaches(acknowledged + 1 + round % 17);
            process.signal("KILL");
        });
        acknowledged = ledger.count.load(Ordering::SeqCst);
    }
    println!("{KILLS} kills, {acknowledged} changes acknowledged, {} articles, all there", ledger.articles.lock().expect("no panic").len());
}

#[test]
fn postgres_stopped_under_its_hands() {
    let cluster = followed_cluster();
    let app = App::start_on(Database::at(cluster.new_database().0), Backend::Postgres, |config| config);
    let (editor, reader) = (app.editor(), app.anonymous());
    let ledger = Ledger::default();
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let (editor, ledger, is_over) = (&editor, &ledger, &is_over);
            scope.spawn(move || {
                for number in 0.. {
                    if is_over.load(Ordering::SeqCst) {
                        return;
                    }
                    write_through(editor, writer, number, ledger);
                }
            });
        }
        for round in 0..RESTARTS {
            ledger.reaches(round * 5 + 5);
            cluster.restart();
        }
        ledger.reaches(ledger.count.load(Ordering::SeqCst) + 10);
        is_over.store(true, Ordering::SeqCst);
    });
    check(&editor, &reader, &ledger, "");
    check_whole(&editor, &reader, &ledger);
    println!("PostgreSQL stopped {RESTARTS} times, {} changes acknowledged, all there", ledger.count.load(Ordering::SeqCst));
}

/// Writes an article as far as it gets: a failure is the end of this one. While the database is away that is 503.
fn write_through(editor: &SignedIn, writer: usize, number: usize, ledger: &Ledger) {
    let title = |revision: usize| format!("W{writer} R0 N{number} V{revision}");
    let is_done = |answer: &Response| {
        assert!(answer.status < 300 || answer.status == 503, "{answer}");
        answer.status < 300
    };
    let made = editor.post("/v1/editor/articles", &json!({"title": title(1), "body": {"source": "Text."}}));
    if !is_done(&made) {
        return;
    }
    let made = made.json();
    ledger.note(id_of(&made), |article| article.titles.push(title(1)));
    let path = format!("/v1/editor/articles/{}", id_of(&made));
    let saved = editor.patch(&path, "\"1\"", &json!({"title": title(2)}));
    if !is_done(&saved) {
        return;
    }
    ledger.note(id_of(&made), |article| article.titles.push(title(2)));
    if is_done(&editor.action(&format!("{path}/publish"), &saved.etag(), &json!({}))) {
        ledger.note(id_of(&made), |article| article.published = Some(2));
    }
}
