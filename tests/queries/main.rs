//! How many statements a request costs: few, and the same whatever the size of the page and of the paper.
//!
//! A binary of its own with a single test, since the statements of the whole process are counted.

#[path = "../api/harness"]
mod harness {
    #![allow(dead_code, reason = "shared with the tests of the API, which use the rest")]

    pub mod app;
    pub mod builders;
    pub mod client;
    pub mod database;
    pub mod postgres;
    mod scratch;
}

use diesel::connection::{InstrumentationEvent, set_default_instrumentation};
use harness::app::App;
use harness::builders::{id_of, make, make_article, make_author, make_branch, make_meeting, make_publication, make_tag, make_venue, step};
use harness::client::{Requests, SignedIn};
use harness::database::Backend;
use masthead_server::config::Config;
use serde_json::{Value, json};
use std::sync::{Mutex, PoisonError};

/// The statements since they were last taken.
static STATEMENTS: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn take_statements() -> Vec<String> {
    std::mem::take(&mut STATEMENTS.lock().unwrap_or_else(PoisonError::into_inner))
}

fn record(event: InstrumentationEvent<'_>) {
    // A request reads in one transaction, whose beginning and end are not counted; nor is what the process reads for itself,
    // or says to a connection that it opens.
    if let InstrumentationEvent::StartQuery { query, .. } = event
        && !["BEGIN", "COMMIT", "ROLLBACK", "PRAGMA", "SET"].iter().any(|frame| query.to_string().starts_with(frame))
        && !query.to_string().contains("change_head")
    {
        STATEMENTS.lock().unwrap_or_else(PoisonError::into_inner).push(query.to_string());
    }
}

/// What has PostgreSQL plan the next statement for its values. It costs an exchange too, and is to be said for those statements only
/// that are marked as such, by a condition that is always met or the name of a count.
const PLANNED_ANEW: &str = "RESET plan_cache_mode";

/// Leaves out that a statement is planned anew, where it is one that should be.
fn without_planning(statements: Vec<String>) -> Vec<String> {
    let is_marked = |sql: Option<&String>| sql.is_some_and(|sql| ["TRUE", "AS counted0", "AS placed"].iter().any(|mark| sql.contains(mark)));
    let is_due = |index: usize| statements[index] == PLANNED_ANEW && is_marked(statements.get(index + 1));
    (0..statements.len()).filter(|index| !is_due(*index)).map(|index| statements[index].clone()).collect()
}

/// What is read, and the statements that it costs once the records that it refers to are in memory.
const COSTS: &[(&str, usize)] = &[
    ("/v1/articles?limit=10", 1),
    ("/v1/articles?limit=100", 1),
    ("/v1/articles?limit=10&body=html", 2),
    ("/v1/articles?limit=100&body=html", 2),
    ("/v1/articles?limit=100&body=text&total=true", 3),
    ("/v1/articles?limit=100&section=section-1", 1),
    ("/v1/articles?limit=100&section=section-1&include_subsections=true", 1),
    ("/v1/articles?limit=100&section=section-1&include_subsections=true&total=true", 2),
    ("/v1/articles?limit=100&tag=tag-1", 1),
    ("/v1/articles?limit=100&tag=tag-1,tag-2", 1),
    ("/v1/articles?limit=100&author=author-1&publication=publication-1&total=true", 3),
    ("/v1/articles?limit=100&exclude=article-1", 2),
    ("/v1/articles/article-1", 1),
    ("/v1/articles/article-1?body=none", 1),
    ("/v1/articles/article-1/related", 3),
    ("/v1/articles/article-1/related?limit=20", 3),
    ("/v1/articles/article-1?include=related,latest,meetings", 6),
    ("/v1/meetings?limit=10", 2),
    ("/v1/meetings?limit=100", 2),
    ("/v1/meetings?limit=100&total=true", 3),
    ("/v1/meetings/meeting-1", 2),
    ("/calendar/meetings.ics", 2),
    ("/calendar/meetings.ics?branch=branch-1", 2),
    ("/calendar/branches/branch-1.ics", 3),
    ("/calendar/meetings/meeting-1.ics", 2),
    ("/v1/authors?limit=10", 1),
    ("/v1/authors?limit=100", 1),
    ("/v1/authors/author-1", 1),
    ("/v1/sections?limit=100", 1),
    ("/v1/sections/section-1", 1),
    ("/v1/sections/section-3", 1),
    ("/v1/tags?limit=100", 1),
    ("/v1/tags/tag-1", 1),
    ("/v1/publications?limit=100", 1),
    ("/v1/publications/publication-1", 1),
    ("/v1/branches?limit=100", 1),
    ("/v1/branches/branch-1", 1),
    ("/v1/site", 0),
    ("/v1/corrections?limit=100", 1),
    ("/v1/corrections?limit=10&article=article-1", 2),
    // The changes, and the slugs of the one kind among them; the head is known.
    ("/v1/changes?kind=author", 2),
    ("/v1/changes?limit=100&since=1&kind=article", 2),
];

/// Searches, and what they cost on SQLite and on PostgreSQL: there, an index that has no order is asked where to look first.
const SEARCH_COSTS: &[(&str, usize, usize)] =
    &[("/v1/articles?limit=10&q=ferry", 3, 4), ("/v1/articles?limit=10&q=ferry&sort=-published_at", 3, 4), ("/v1/articles?limit=10&q=nowhere", 1, 2)];

/// Adds so many of everything, the last number being `last`.
fn grow(app: &App, editor: &SignedIn, count: usize, last: usize) {
    for number in last + 1 - count..=last {
        let author = make_author(editor, &format!("Author {number}"));
        let parent = (number > 1).then(|| editor.get("/v1/editor/sections/section-1").assert_status(200).json()["id"].clone());
        let section = make(editor, "sections", &json!({"name": format!("Section {number}"), "parent_id": parent}));
        let tag = make_tag(editor, &format!("Tag {number}"));
        let publication = make_publication(editor, &format!("Publication {number}"), Value::Null);
        let branch = make_branch(editor, &format!("Branch {number}"), Value::Null);
        let venue = make_venue(editor, &format!("Venue {number}"), Value::Null);
        let first_tag = editor.get("/v1/editor/tags/tag-1").assert_status(200).json();
        let tag_ids = if number == 1 { json!([tag["id"]]) } else { json!([first_tag["id"], tag["id"]]) };
        let slug = json!(format!("meeting-{number}"));
        let starts = format!("2026-12-{:02}T{:02}:00", 1 + number % 28, number % 24);
        make_meeting(editor, "Meeting", &starts, json!({"slug": slug, "branch_id": id_of(&branch), "venue_id": id_of(&venue), "tag_ids": tag_ids}));
        let article = json!({
            "slug": format!("article-{number}"),
            "bylines": [{"author_id": id_of(&author)}],
            "section_id": id_of(&section),
            "tag_ids": tag_ids,
            "credits": [{"publication_id": id_of(&publication)}],
        });
        step(editor, &make_article(editor, article), "publish", json!({"published_at": app.clock.now().plus_seconds(-60).to_string()}));
    }
}

/// The numbers of statements that differ from what they may be, with the statements.
fn measure(app: &App, backend: Backend, size: usize) -> Vec<String> {
    let mut wrong = Vec::new();
    let searches = SEARCH_COSTS.iter().map(|(path, sqlite, postgres)| (path, if backend == Backend::Sqlite { sqlite } else { postgres }));
    for (path, cost) in COSTS.iter().map(|(path, cost)| (path, cost)).chain(searches) {
        // Whatever is only done once is done now.
        app.anonymous().get(path).assert_status(200);
        take_statements();
        app.anonymous().get(path).assert_status(200);
        let statements = without_planning(take_statements());
        if statements.len() != *cost {
            let statements: Vec<String> = statements.iter().map(|sql| sql.chars().take(100).collect()).collect();
            wrong.push(format!("{backend:?} of {size}, {path}: {} instead of {cost}\n  {}", statements.len(), statements.join("\n  ")));
        }
    }
    wrong
}

#[test]
fn a_request_costs_few_statements_whatever_the_size() {
    set_default_instrumentation(|| Some(Box::new(record))).expect("nobody else counts");
    let mut wrong = Vec::new();
    for backend in Backend::BOTH {
        // Without kept replies, for each would be answered from memory; what articles refer to is kept as ever.
        let app = App::start_with(backend, |config| Config { cache_bytes: 0, ..config });
        let editor = app.editor();
        grow(&app, &editor, 3, 3);
        wrong.extend(measure(&app, backend, 3));
        grow(&app, &editor, 27, 30);
        wrong.extend(measure(&app, backend, 30));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
