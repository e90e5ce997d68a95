//! A paper that is large enough for PostgreSQL's index to be read in steps, with much in some times and little in others.

use super::paging::read_through;
use super::{found, publish_text, slugs};
use crate::delivery::read;
use crate::harness::app::App;
use crate::harness::database::Backend;
use masthead_domain::column::{AnyId, Json};
use masthead_domain::id::ArticleId;
use masthead_domain::kind::Kind;
use masthead_domain::permission::Role;
use masthead_domain::slug::Slug;
use masthead_domain::time::Timestamp;
use masthead_store::articles::Article;
use masthead_store::bulk::{self, PublishedArticle};
use masthead_store::public_articles::{PublicArticle, PublicBody};
use masthead_store::revisions::Revision;
use serde_json::{Value, json};
use uuid::Uuid;

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

/// One every 50 days for 20 years, three hundred in one millisecond, one every half hour lately, and some that are to come.
const OLD: u16 = 150;
const TIED: u16 = OLD + 300;
const RECENT: u16 = TIED + 2500;
const SCHEDULED: u16 = RECENT + 40;

/// When the article of that number was or will be published, in seconds before now.
fn seconds_ago(number: u16) -> i64 {
    let number_of = i64::from(number);
    match number {
        0..OLD => 25 * 365 * DAY - number_of * 50 * DAY,
        OLD..TIED => 3 * 365 * DAY,
        TIED..RECENT => (i64::from(RECENT) - number_of) * HOUR / 2,
        _ => (i64::from(RECENT) - number_of - 1) * HOUR,
    }
}

/// Whether it has each of the words.
fn has(number: u16, words: &str) -> bool {
    words.split(' ').all(|word| match word {
        "half" => number.is_multiple_of(2),
        "some" => number.is_multiple_of(37),
        "rare" => number % 611 == 5,
        "old" => number < OLD && number.is_multiple_of(3),
        "tied" => (OLD..TIED).contains(&number) && number.is_multiple_of(5),
        "latest" => number >= RECENT - 20,
        // Where the first step ends, from either side.
        "edge" => (998..1002).contains(&number) || (SCHEDULED - 1002..SCHEDULED - 998).contains(&number),
        _ => panic!("no article has {word}"),
    })
}

const WORDS: &[&str] = &["half", "some", "rare", "old", "tied", "latest", "edge", "half some", "some rare", "half old"];

fn language(number: u16) -> &'static str {
    if number.is_multiple_of(4) { "de" } else { "en" }
}

fn article(number: u16, now: Timestamp, editor: masthead_domain::id::UserId) -> PublishedArticle {
    let at = now.plus_seconds(-seconds_ago(number));
    let id = ArticleId(Uuid::from_u128(0x0800_0000_0000_7000_8000_0000_0000_0000 | u128::from(number)));
    let slug = Slug::parse(&format!("a{number}")).unwrap();
    let words: Vec<&str> = WORDS.iter().filter(|word| !word.contains(' ') && has(number, word)).copied().collect();
    let article = Article {
        id,
        version: 2,
        public_revision: Some(1),
        visible_from: Some(at),
        first_published_at: Some(at),
        ..Article::begin(slug.clone(), "Report".to_owned(), language(number).to_owned(), None, editor, at)
    };
    let revision = Revision {
        entity_id: AnyId(id.0),
        number: 1,
        kind: Kind::Article,
        version: 1,
        document: Json(json!({"title": "Report"})),
        created_at: at,
        created_by: Some(editor),
    };
    let public = PublicArticle {
        article_id: id,
        slug,
        visible_from: at,
        visible_until: None,
        published_at: at,
        updated_at: at,
        title: "Report".to_owned(),
        standfirst: None,
        opening: String::new(),
        language: language(number).to_owned(),
        section_id: None,
        issue_id: None,
        word_count: 1,
        details: serde_json::from_value(json!({})).map(Json).unwrap(),
    };
    let body = PublicBody { article_id: id, html: String::new(), markdown: String::new(), plain: words.join(" ") };
    PublishedArticle { article, revision, public, body }
}

fn fill(app: &App) {
    let editor = app.db_create_user(Role::Editor).id;
    let now = app.clock.now();
    let articles: Vec<PublishedArticle> = (0..SCHEDULED).map(|number| article(number, now, editor)).collect();
    let mut conn = app.database().connect();
    for batch in articles.chunks(bulk::BATCH_MAX / 2) {
        conn.in_transaction(|conn| bulk::insert_published(conn, batch)).unwrap_or_else(|error: masthead_store::error::Error| panic!("{error}"));
    }
    // Those are public when they are added, but for some of these.
    let to_come = format!("UPDATE public_articles SET announced_at = NULL WHERE visible_from > '{}'", now.to_sortable());
    conn.batch_execute(&to_come).unwrap();
}

/// The slugs of what has the words, the newest first, if it passes.
fn expected(words: &str, passes: impl Fn(u16) -> bool) -> Vec<String> {
    // Of one millisecond, the number is the end of the id, and tells the order.
    let mut numbers: Vec<u16> = (0..RECENT).filter(|number| has(*number, words) && passes(*number)).collect();
    numbers.sort_by_key(|number| (seconds_ago(*number), u16::MAX - number));
    numbers.iter().map(|number| format!("a{number}")).collect()
}

on_both! {
    fn reader_finds_all_hits_in_order_wherever_they_lie(app: &App) {
        fill(app);
        let now = app.clock.now();
        let before = |days: i64| now.plus_seconds(-days * DAY);
        let filters: [(String, &dyn Fn(u16) -> bool); 5] = [
            (String::new(), &|_| true),
            ("&language=de".to_owned(), &|number| language(number) == "de"),
            (format!("&published_before={}", before(40)), &|number| seconds_ago(number) > 40 * DAY),
            (format!("&published_after={}", before(4 * 365)), &|number| seconds_ago(number) < 4 * 365 * DAY),
            (
                format!("&published_after={}&published_before={}", before(1200), before(30)),
                &|number| (30 * DAY + 1..1200 * DAY).contains(&seconds_ago(number)),
            ),
        ];
        for words in WORDS {
            for (filter, passes) in &filters {
                let newest_first = expected(words, passes);
                let path = format!("/v1/articles?q={}{filter}&fields=slug&limit=10", words.replace(' ', "%20"));
                for (sort, expected) in [("-published_at", newest_first.clone()), ("published_at", newest_first.iter().rev().cloned().collect())] {
                    let first = slugs(&read(app, &format!("{path}&sort={sort}")));
                    assert_eq!(first, expected[..expected.len().min(10)], "{path}&sort={sort}");
                }
            }
            let newest_first = expected(words, |_| true);
            let path = format!("/v1/articles?q={}&fields=slug&limit=70", words.replace(' ', "%20"));
            assert_eq!(read_through(app, &format!("{path}&sort=-published_at"), |_| {}), newest_first, "{words}");
            let mut oldest_first = read_through(app, &format!("{path}&sort=published_at"), |_| {});
            oldest_first.reverse();
            assert_eq!(oldest_first, newest_first, "{words}");
            // Nothing is worth more than anything else here, so that the newest come first in any case.
            assert_eq!(read_through(app, &path, |_| {}), newest_first, "{words} by relevance");
        }
    }
}

/// What was indexed before there were marks of time is indexed anew when the tables are.
#[test]
fn an_upgrade_indexes_anew_what_was_public_before() {
    let app = App::start(Backend::Postgres);
    let editor = app.editor();
    publish_text(&app, &editor, "old", 30, "The ferry", "Words");
    let mut conn = app.database().connect();
    conn.batch_execute("UPDATE search_index SET terms = ''; DELETE FROM __diesel_schema_migrations WHERE version = '20261125000700'").unwrap();
    let steps = masthead_store::migrate::run(app.database().address()).unwrap();
    assert_eq!(steps.len(), 1, "{steps:?}");
    assert_eq!(found(&app, "ferry"), ["old"]);
    // A part of the index is asked for by those marks alone.
    let list: Value = read(&app, &format!("/v1/articles?q=ferry&published_before={}", app.clock.now().plus_seconds(-DAY)));
    assert_eq!(slugs(&list), ["old"]);
}
