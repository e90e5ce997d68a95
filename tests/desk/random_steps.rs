//! Ten thousand random steps by three people, held against the model after each.

use crate::harness::app::App;
use crate::harness::builders::id_of;
use crate::harness::client::{Requests, SignedIn};
use crate::model::{Actor, Article, Deed};
use masthead_domain::column::AnyId;
use masthead_domain::permission::Role;
use masthead_store::{changes, revisions};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const STEPS: usize = 10_000;

/// As many articles as are worked on at a time.
const ARTICLES: usize = 24;

/// Another run has another seed in the environment; the one that failed is printed.
fn seed() -> u64 {
    std::env::var("MASTHEAD_TEST_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(20_261_126)
}

/// xorshift64*, which is enough to choose steps by.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % bound
    }
}

/// The three people, logged in anew before their tokens end.
struct People<'a> {
    app: &'a App,
    signed_in: Vec<SignedIn>,
    since: i64,
}

impl<'a> People<'a> {
    fn new(app: &'a App) -> Self {
        let mut people = Self { app, signed_in: Vec::new(), since: 0 };
        people.refresh();
        people
    }

    fn refresh(&mut self) {
        let now = self.app.clock.now().milliseconds();
        if self.signed_in.is_empty() || now - self.since > 600_000 {
            self.signed_in = [Role::Contributor, Role::Editor, Role::Admin].map(|role| self.app.log_in(&self.app.login(role))).into();
            self.since = now;
        }
    }
}

fn time(milliseconds: i64) -> String {
    masthead_domain::time::Timestamp::from_milliseconds(milliseconds).to_string()
}

fn send(person: &SignedIn, article: &Article, deed: Deed, version: i64, title: &str) -> crate::harness::client::Response {
    let path = format!("/v1/editor/articles/{}", article.id);
    let etag = format!("\"{version}\"");
    let act = |name: &str, body: Value| person.action(&format!("{path}/{name}"), &etag, &body);
    match deed {
        Deed::Save => person.patch(&path, &etag, &json!({"title": title})),
        Deed::SaveSame => person.patch(&path, &etag, &json!({"title": article.titles.last()})),
        Deed::Submit => act("submit", Value::Null),
        Deed::Return => act("return", json!({"comment": "Not yet."})),
        Deed::Publish { until: None } => act("publish", Value::Null),
        Deed::Publish { until: Some(until) } => act("publish", json!({"unpublish_at": time(until)})),
        Deed::Schedule { at } => act("schedule", json!({"publish_at": time(at)})),
        Deed::Unschedule => act("unschedule", Value::Null),
        Deed::Unpublish => act("unpublish", Value::Null),
        Deed::Withdraw => act("withdraw", json!({"reason": "Wrong."})),
        Deed::Restore => act("restore", Value::Null),
        Deed::Delete => person.delete(&path, &etag),
    }
}

fn choose(random: &mut Random, now: i64) -> Deed {
    match random.below(28) {
        0..=5 => Deed::Save,
        6 => Deed::SaveSame,
        7..=9 => Deed::Submit,
        10..=11 => Deed::Return,
        12..=15 => Deed::Publish { until: None },
        16 => Deed::Publish { until: Some(now + (random.below(40) as i64 - 4) * 10_000) },
        17..=19 => Deed::Schedule { at: now + (random.below(40) as i64 - 4) * 10_000 },
        20..=21 => Deed::Unschedule,
        22..=23 => Deed::Unpublish,
        24..=25 => Deed::Withdraw,
        26 => Deed::Restore,
        _ => Deed::Delete,
    }
}

/// What readers see, by id: the titles.
fn public(app: &App) -> BTreeMap<String, String> {
    let list = app.anonymous().get("/v1/articles?limit=100&fields=id,title&total=true").assert_status(200).json();
    assert_eq!(list["page"]["next"], Value::Null, "more than a page");
    let rows = list["data"].as_array().expect("a list");
    assert_eq!(list["page"]["total"], rows.len());
    let text = |row: &Value, name: &str| row[name].as_str().expect("a text").to_owned();
    rows.iter().map(|row| (text(row, "id"), text(row, "title"))).collect()
}

fn expected(articles: &[Article], now: i64) -> BTreeMap<String, String> {
    let visible = articles.iter().filter(|article| !article.is_deleted && article.state(now) == "published");
    visible.filter_map(|article| Some((article.id.clone(), article.titles.get(article.public?.revision - 1)?.clone()))).collect()
}

/// Takes the steps; returns how many were taken with success and how many were refused.
fn run(app: &App) -> (usize, usize) {
    let seed = seed();
    println!("seed {seed}; set MASTHEAD_TEST_SEED for another");
    let (mut random, mut people) = (Random(seed | 1), People::new(app));
    let mut articles: Vec<Article> = Vec::new();
    let (mut done, mut refused) = (0, 0);
    let mut step = 0;
    while done + refused < STEPS {
        step += 1;
        if random.below(6) == 0 {
            app.clock.advance_seconds(random.below(60) as i64);
            let now = app.clock.now().milliseconds();
            // Readers come first, or the job does.
            if random.below(2) == 0 {
                assert_eq!(public(app), expected(&replaced(&articles, now), now), "step {step}");
            }
            app.run_jobs();
            articles.iter_mut().filter(|article| !article.is_deleted).for_each(|article| article.tick(now));
            people.refresh();
        }
        let now = app.clock.now().milliseconds();
        let actor: Actor = random.below(3);
        let live = articles.iter().filter(|article| !article.is_deleted).count();
        let title = format!("Title {step}");
        if live < ARTICLES && (live == 0 || random.below(4) == 0) {
            let body = json!({"title": title, "slug": format!("a-{step}"), "body": {"source": "Text."}});
            let made = people.signed_in[actor].post("/v1/editor/articles", &body).assert_status(201).json();
            articles.push(Article { id: id_of(&made).to_owned(), creator: actor, version: 1, titles: vec![title], audited: 1, ..Article::default() });
            continue;
        }
        // Now and then one that is deleted; else as many that are not.
        let is_any = random.below(16) == 0;
        let among: Vec<usize> = (0..articles.len()).filter(|index| is_any || !articles[*index].is_deleted).collect();
        let article = &mut articles[among[random.below(among.len())]];
        // Mostly what may be done.
        let deed = (0..3).map(|_| choose(&mut random, now)).find(|deed| article.answer(*deed, actor, now) < 300);
        let deed = deed.unwrap_or_else(|| choose(&mut random, now));
        let is_stale = random.below(16) == 0;
        let wanted = article.answer(deed, actor, now);
        // Rights come before versions, versions before states.
        let wanted = if is_stale && ![403, 404].contains(&wanted) { 412 } else { wanted };
        let version = article.version - i64::from(is_stale);
        let answer = send(&people.signed_in[actor], article, deed, version, &title);
        assert_eq!(answer.status, wanted, "step {step}, seed {seed}: {deed:?} by {actor} on {article:?}\n{answer}");
        if answer.status >= 300 {
            refused += 1;
            continue;
        }
        done += 1;
        article.apply(deed, now, &title);
        if deed != Deed::Delete {
            let shown = answer.json();
            let seen = (&shown["state"], &shown["version"], &shown["revision"], &shown["title"]);
            let (state, version, revision, title) =
                (json!(article.state(now)), json!(article.version), json!(article.titles.len()), json!(article.titles.last()));
            assert_eq!(seen, (&state, &version, &revision, &title), "step {step}, seed {seed}: {deed:?} on {article:?}");
        }
        if step % 97 == 0 {
            assert_eq!(public(app), expected(&articles, now), "step {step}, seed {seed}");
        }
    }
    check_history(app, &mut articles);
    (done, refused)
}

/// The articles as readers see them at a time, before any job has run.
fn replaced(articles: &[Article], now: i64) -> Vec<Article> {
    let mut articles = articles.to_vec();
    articles.iter_mut().for_each(|article| article.tick(now));
    articles
}

/// In the end: every revision is there as it was saved, the audit log and the change sequence tell of all that was done and of
/// nothing else.
fn check_history(app: &App, articles: &mut [Article]) {
    app.run_jobs();
    let now = app.clock.now().milliseconds();
    articles.iter_mut().filter(|article| !article.is_deleted).for_each(|article| article.tick(now));
    let mut conn = app.database().connect();
    let mut told: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let (mut since, mut sequences) = (0, BTreeSet::new());
    loop {
        let page = changes::list_since(&mut conn, since, 1000).expect("the changes");
        let Some(last) = page.last() else { break };
        since = last.sequence;
        for change in page {
            assert!(sequences.insert(change.sequence), "a number came twice");
            told.entry(change.entity_id.0.to_string()).or_default().push(change.action.to_string());
        }
    }
    assert_eq!(i64::try_from(sequences.len()).expect("a number"), since, "the sequence has gaps");
    let admin = app.admin();
    let (mut kept, mut entries) = (0, 0);
    for article in articles.iter() {
        let id = AnyId(article.id.parse().expect("an id"));
        for (index, title) in article.titles.iter().enumerate() {
            let number = i32::try_from(index + 1).expect("a number");
            let revision = revisions::find(&mut conn, id, number).unwrap_or_else(|error| panic!("revision {number} of {article:?}: {error}"));
            assert_eq!(revision.document.0["title"], json!(title), "revision {number} of {article:?}");
            kept += 1;
        }
        assert_eq!(told.remove(&article.id).unwrap_or_default(), article.told, "{article:?}");
        let list = admin.get(&format!("/v1/editor/audit?entity={}&total=true&limit=100", article.id)).assert_status(200).json();
        let by_server = list["data"].as_array().expect("a list").iter().filter(|entry| entry.get("actor_id").is_none()).count();
        // Where there are more than a page, the server's own cannot be told apart; the others are at most as many.
        let total = usize::try_from(list["page"]["total"].as_u64().expect("a number")).expect("a number");
        if total <= 100 {
            assert_eq!(total - by_server, article.audited, "{article:?}");
        }
        entries += total;
    }
    println!("{} articles, {kept} revisions, {entries} audit entries, {} changes", articles.len(), sequences.len());
}

#[test]
fn sqlite() {
    let (done, refused) = run(&App::sqlite());
    println!("SQLite: {done} steps done, {refused} refused, of {STEPS}");
}

#[test]
fn postgres() {
    let (done, refused) = run(&App::postgres());
    println!("PostgreSQL: {done} steps done, {refused} refused, of {STEPS}");
}
