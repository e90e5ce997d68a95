//! Several nodes as they are run: two servers on one PostgreSQL behind nginx, one of them reading from a copy that follows
//! by streaming replication. While readers ask without pause, an editor publishes, takes back and schedules; what they were
//! answered is held against what they may have been answered.

#[path = "../api/harness"]
mod harness {
    #![allow(dead_code, reason = "shared with the tests of the API, which use the rest")]

    pub mod app;
    pub mod builders;
    pub mod client;
    pub mod database;
    pub mod postgres;
    pub mod scratch;
}

mod nginx;

use harness::app::{App, Node};
use harness::builders::{etag_of, id_of, make_article, make_public_article, step};
use harness::client::{Anonymous, Requests, SignedIn};
use harness::database::{Backend, Database};
use harness::postgres::followed_cluster;
use masthead_domain::change::ChangeAction;
use masthead_server::config::Config;
use masthead_store::changes;
use masthead_store::db::Address;
use nginx::Nginx;
use serde_json::{Value, json};
use std::collections::HashSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How late a node may be.
const GRACE: Duration = Duration::from_secs(1);

/// How often the editor publishes the counter, and how many articles he schedules and takes back meanwhile.
const ROUNDS: usize = 60;

/// When something was begun and when it was acknowledged.
#[derive(Clone, Copy)]
struct Done {
    begun: Instant,
    acknowledged: Instant,
}

/// What the editor has done so far: the counter's numbers, in order, and what became public or ceased to be.
#[derive(Default)]
struct Ledger {
    numbers: Vec<Done>,
    appeared: Vec<Done>,
    gone: Vec<Done>,
}

/// What a reader was answered, and when he had asked.
struct Seen {
    asked: Instant,
    answered: Instant,
    what: What,
}

enum What {
    /// The counter showed this number.
    Number(usize),
    /// The article of a round, scheduled or taken back: whether it was there.
    Scheduled(usize, bool),
    TakenBack(usize, bool),
    Failed(String),
}

/// Asks for everything in turn until told to stop.
fn read_on(reader: &Anonymous, is_over: &AtomicBool, ledger: &Mutex<Ledger>) -> Vec<Seen> {
    let mut seen = Vec::new();
    let mut turn = 0;
    while !is_over.load(Ordering::Relaxed) {
        let (appeared, gone) = {
            let ledger = ledger.lock().expect("nobody panicked");
            (ledger.appeared.len(), ledger.gone.len())
        };
        turn += 1;
        let (path, of) = match turn % 4 {
            0 | 2 => ("/v1/articles/counter".to_owned(), None),
            1 => (format!("/v1/articles/due-{appeared}"), Some((true, appeared))),
            _ => (format!("/v1/articles/fleeting-{}", gone.saturating_sub(1)), Some((false, gone.saturating_sub(1)))),
        };
        let asked = Instant::now();
        let answer = reader.get(&path);
        let answered = Instant::now();
        let what = match (answer.status, of) {
            (200, None) => {
                let title = answer.json()["title"].as_str().expect("a title").to_owned();
                What::Number(title.trim_start_matches("Number ").parse().expect("a number"))
            }
            (200 | 404, Some((true, round))) => What::Scheduled(round, answer.status == 200),
            (200 | 404, Some((false, round))) => What::TakenBack(round, answer.status == 200),
            _ => What::Failed(answer.to_string()),
        };
        seen.push(Seen { asked, answered, what });
    }
    seen
}

/// What was wrong with the answers.
#[derive(Debug, Default, PartialEq, Eq)]
struct Count {
    stale: usize,
    early: usize,
    failed: usize,
}

fn judge(seen: &[Seen], ledger: &Ledger) -> Count {
    let mut count = Count::default();
    for Seen { asked, answered, what } in seen {
        match what {
            What::Number(number) => {
                // The number of those that everyone must know of by then, and of those that anyone can know of.
                let known = ledger.numbers.iter().filter(|done| done.acknowledged + GRACE <= *asked).count();
                let possible = ledger.numbers.iter().filter(|done| done.begun <= *answered).count();
                count.stale += usize::from(*number < known);
                count.early += usize::from(*number > possible);
            }
            What::Scheduled(round, is_there) => match ledger.appeared.get(*round) {
                Some(done) => {
                    count.stale += usize::from(!is_there && done.acknowledged + GRACE <= *asked);
                    count.early += usize::from(*is_there && *answered < done.begun);
                }
                None => count.early += usize::from(*is_there),
            },
            What::TakenBack(round, is_there) => {
                let is_gone = ledger.gone.get(*round).is_some_and(|done| done.acknowledged + GRACE <= *asked);
                count.stale += usize::from(*is_there && is_gone);
            }
            What::Failed(answer) => {
                println!("failed: {answer}");
                count.failed += 1;
            }
        }
    }
    count
}

/// Publishes, schedules and takes back, and checks at once that the other node knows where it is asked to.
fn edit(app: &App, other: &Node, editor: &SignedIn, ledger: &Mutex<Ledger>) {
    let with_ledger = |change: &dyn Fn(&mut Ledger)| change(&mut ledger.lock().expect("nobody panicked"));
    let mut counter = make_public_article(editor, json!({"slug": "counter", "title": "Number 0"}));
    let path = format!("/v1/editor/articles/{}", id_of(&counter));
    for round in 0..ROUNDS {
        let number = round + 1;
        let saved = editor.patch(&path, &etag_of(&counter), &json!({"title": format!("Number {number}")})).assert_status(200).json();
        let begun = Instant::now();
        let published = editor.action(&format!("{path}/publish"), &etag_of(&saved), &Value::Null).assert_status(200);
        let done = Done { begun, acknowledged: Instant::now() };
        with_ledger(&|ledger| ledger.numbers.push(done));
        let revision = published.header("masthead-revision").expect("a revision").to_owned();
        let read = other.anonymous().get_with("/v1/articles/counter", &[("masthead-min-revision", &revision)]).assert_status(200);
        assert_eq!(read.json()["title"], format!("Number {number}"), "{read}");
        counter = published.json();

        let fleeting = make_public_article(editor, json!({"slug": format!("fleeting-{round}")}));
        let begun = Instant::now();
        step(editor, &fleeting, "unpublish", Value::Null);
        let done = Done { begun, acknowledged: Instant::now() };
        with_ledger(&|ledger| ledger.gone.push(done));

        let due = make_article(editor, json!({"slug": format!("due-{round}")}));
        step(editor, &due, "schedule", json!({"publish_at": app.clock.now().plus_seconds(5).to_string()}));
        app.clock.advance_seconds(4);
        // The clocks of both nodes strike here.
        let begun = Instant::now();
        app.clock.advance_seconds(1);
        let done = Done { begun, acknowledged: Instant::now() };
        with_ledger(&|ledger| ledger.appeared.push(done));
        // Both look for what is due at the same time.
        std::thread::scope(|scope| {
            scope.spawn(|| other.run_jobs());
            app.run_jobs();
        });
    }
}

#[test]
fn readers_behind_a_balancer_get_nothing_stale_early_twice_or_failed() {
    let cluster = followed_cluster();
    let (url, copy) = cluster.new_database();
    let app = App::start_on(Database::at(url), Backend::Postgres, |config| config);
    let other = app.start_node(|config| Config { replicas: vec![Address::Postgres(copy)], ..config });
    let nginx = Nginx::start(&[&app.url, &other.url]);
    let editor = app.editor();
    let (ledger, is_over) = (Mutex::new(Ledger::default()), AtomicBool::new(false));
    make_public_article(&editor, json!({"slug": "warm-up"}));
    let seen = std::thread::scope(|scope| {
        let readers: Vec<_> = (0..3).map(|_| scope.spawn(|| read_on(&nginx.reader(), &is_over, &ledger))).collect();
        // Readers need something to read from the beginning.
        edit(&app, &other, &editor, &ledger);
        is_over.store(true, Ordering::Relaxed);
        readers.into_iter().flat_map(|reader| reader.join().expect("a reader")).collect::<Vec<Seen>>()
    });
    let ledger = ledger.into_inner().expect("nobody panicked");
    // Before the counter was published for the first time it was not there.
    let first = ledger.numbers[0].begun;
    let seen: Vec<Seen> = seen.into_iter().filter(|seen| seen.asked > first).collect();
    let count = judge(&seen, &ledger);
    let announced: Vec<_> = changes::list_since(&mut app.database().connect(), 0, 10_000)
        .unwrap_or_else(|error| panic!("{error}"))
        .into_iter()
        .filter(|change| change.action == ChangeAction::Published)
        .map(|change| change.entity_id)
        .collect();
    let distinct: HashSet<_> = announced.iter().collect();
    let duplicate = announced.len() - distinct.len();
    println!(
        "{} answers to readers during {} publications, {} takings back and {} due moments: {count:?}, {duplicate} announced twice",
        seen.len(),
        ledger.numbers.len(),
        ledger.gone.len(),
        ledger.appeared.len()
    );
    assert_eq!((count, duplicate), (Count::default(), 0));
    // The warm-up, the counter, those taken back and those that fell due.
    assert_eq!(announced.len(), 2 + 2 * ROUNDS);
    assert!(seen.len() > ROUNDS * 5, "only {} answers", seen.len());

    // The database stops under everyone's hands; what is published after it is back is read on the other node as ever.
    cluster.restart();
    let saved = retry(|| editor.patch("/v1/editor/articles/counter", "*", &json!({"title": "Number 1000"})));
    let published = retry(|| editor.action(&format!("/v1/editor/articles/{}/publish", id_of(&saved.json())), "*", &Value::Null));
    let revision = published.header("masthead-revision").expect("a revision").to_owned();
    let read = retry(|| other.anonymous().get_with("/v1/articles/counter", &[("masthead-min-revision", &revision)]));
    assert_eq!(read.json()["title"], "Number 1000");
}

/// Asks again while the answer is that it is not possible at the moment, at most for half a minute.
fn retry(ask: impl Fn() -> harness::client::Response) -> harness::client::Response {
    let begun = Instant::now();
    loop {
        let answer = ask();
        if answer.status != 503 || begun.elapsed() > Duration::from_secs(30) {
            return answer.assert_status(200);
        }
        std::thread::yield_now();
    }
}
