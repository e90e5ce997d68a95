//! Several servers on one PostgreSQL, which share nothing else.

use super::changes::db_changes_since;
use super::slugs;
use crate::harness::app::App;
use crate::harness::builders::{etag_of, id_of, make_article, make_public_article, publish, step};
use crate::harness::client::{Requests, Response};
use masthead_domain::change::ChangeAction;
use serde_json::{Value, json};
use std::collections::HashSet;

/// What a change said of the content's revision.
fn revision(answer: &Response) -> String {
    answer.header("masthead-revision").unwrap_or_else(|| panic!("no revision: {answer}")).to_owned()
}

#[test]
fn a_publication_on_one_node_is_read_on_the_other() {
    let app = App::postgres();
    let other = app.start_node(|config| config);
    let (editor, reader) = (app.editor(), other.anonymous());
    let mut article = make_public_article(&editor, json!({"slug": "one", "title": "Number 0"}));
    let path = format!("/v1/editor/articles/{}", id_of(&article));
    for number in 1..=20 {
        let saved = editor.patch(&path, &etag_of(&article), &json!({"title": format!("Number {number}")})).assert_status(200).json();
        let done = editor.action(&format!("{path}/publish"), &etag_of(&saved), &Value::Null).assert_status(200);
        for address in ["/v1/articles/one", "/v1/articles?limit=1"] {
            let answer = reader.get_with(address, &[("masthead-min-revision", &revision(&done))]).assert_status(200);
            assert!(answer.text().contains(&format!("\"Number {number}\"")), "{answer}");
            // From now on without asking for it, too.
            let answer = reader.get(address).assert_status(200);
            assert!(answer.text().contains(&format!("\"Number {number}\"")), "{answer}");
        }
        article = done.json();
    }
    // A login ends on every node at once.
    let elsewhere = other.as_seen_by(&editor);
    elsewhere.get(&path).assert_status(200);
    editor.send("POST", "/v1/auth/logout", &[], &[]).assert_status(204);
    elsewhere.get(&path).assert_status(401);
}

#[test]
fn due_articles_are_announced_once_however_many_nodes_look() {
    let app = App::postgres();
    let nodes = [app.start_node(|config| config), app.start_node(|config| config)];
    let editor = app.editor();
    let count = 40;
    for number in 0..count {
        let draft = make_article(&editor, json!({"slug": format!("due-{number}")}));
        step(&editor, &draft, "schedule", json!({"publish_at": "2026-11-26T09:10:00Z"}));
    }
    app.clock.advance_seconds(600);
    let done: usize = std::thread::scope(|scope| {
        let running: Vec<_> = nodes.iter().flat_map(|node| [node, node]).map(|node| scope.spawn(|| node.run_jobs())).collect();
        running.into_iter().map(|thread| thread.join().expect("the jobs ran")).sum()
    });
    assert_eq!(done, count);
    let announced: Vec<_> = db_changes_since(&app, 0).into_iter().filter(|change| change.action == ChangeAction::Published).collect();
    let distinct: HashSet<_> = announced.iter().map(|change| change.entity_id).collect();
    assert_eq!((announced.len(), distinct.len()), (count, count));
}

#[test]
fn numbers_are_given_in_the_order_of_the_commits() {
    let app = App::postgres();
    let nodes = [app.start_node(|config| config), app.start_node(|config| config)];
    let editor = app.editor();
    let each = 25;
    // Someone follows while two nodes write; whatever is seen once must have been seen whole.
    let seen = std::thread::scope(|scope| {
        let writers: Vec<_> = nodes
            .iter()
            .enumerate()
            .map(|(number_of_node, node)| {
                let editor = node.as_seen_by(&editor);
                scope.spawn(move || {
                    for number in 0..each {
                        make_public_article(&editor, json!({"slug": format!("from-{number_of_node}-{number}")}));
                    }
                })
            })
            .collect();
        let mut seen: Vec<i64> = Vec::new();
        loop {
            let is_over = writers.iter().all(|writer| writer.is_finished());
            let last = seen.last().copied().unwrap_or_default();
            seen.extend(db_changes_since(&app, last).iter().map(|change| change.sequence));
            if is_over {
                break seen;
            }
        }
    });
    assert_eq!(seen, (1..=2 * each).collect::<Vec<i64>>());
}

#[test]
fn a_copy_that_cannot_be_reached_is_done_without() {
    let app = App::postgres();
    let nowhere = masthead_store::db::Address::Postgres("postgres://nobody@127.0.0.1:1/nothing?connect_timeout=1".to_owned());
    let node = app.start_node(|config| masthead_server::config::Config { replicas: vec![nowhere], ..config });
    publish(&app.editor(), &make_article(&app.editor(), json!({"slug": "one"})));
    for _ in 0..3 {
        assert_eq!(slugs(&node.anonymous().get("/v1/articles?limit=3").assert_status(200).json()), ["one"]);
    }
}
