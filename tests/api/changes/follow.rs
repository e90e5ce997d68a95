//! Whoever follows the changes gets each of them, once and in order, whatever goes on meanwhile and whichever node is asked.

use super::follow;
use crate::delivery::changes::{db_changes_since, db_head};
use crate::dice::Dice;
use crate::harness::builders::{etag_of, id_of, make_article, make_tag, publish, step};
use crate::harness::client::{Requests, SignedIn};
use crate::harness::database::Backend;
use masthead_domain::vocabulary::Vocabulary;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Counts down when a writer ends, however it ends.
struct Ends<'a>(&'a AtomicUsize);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

/// Steps of one writer, chosen by the dice; each article is that writer's own.
fn write(editor: &SignedIn, writer: u64, steps: usize) {
    let mut dice = Dice(writer);
    let mut articles: Vec<Value> = Vec::new();
    for number in 0..steps {
        let choice = dice.below(8);
        if articles.is_empty() || choice == 0 {
            articles.push(make_article(editor, json!({"slug": format!("article-{writer}-{number}")})));
            continue;
        }
        let index = dice.below(articles.len());
        let article = articles[index].clone();
        let path = format!("/v1/editor/articles/{}", id_of(&article));
        articles[index] = match (article["state"].as_str().expect("a state"), choice) {
            (_, 1) => {
                make_tag(editor, &format!("Tag {writer} {number}"));
                article
            }
            ("published", 2) => step(editor, &article, "unpublish", Value::Null),
            ("scheduled", 2 | 3) => step(editor, &article, "unschedule", Value::Null),
            ("draft", 3 | 4) => step(editor, &article, "schedule", json!({"publish_at": "2026-11-27T09:00:00Z"})),
            // What is refused leaves no trace.
            (_, 5) => {
                editor.patch(&path, "\"0\"", &json!({"title": "x"})).assert_status(412);
                article
            }
            _ => {
                let saved = editor.patch(&path, &etag_of(&article), &json!({"title": format!("Number {number}")})).assert_status(200).json();
                publish(editor, &saved)
            }
        };
    }
}

on_both! {
    fn two_followers_miss_nothing_while_four_write_on_two_nodes(app: &App) {
        // SQLite has one node; there, both are the same.
        let nodes = if app.backend == Backend::Postgres { vec![app.start_node(|config| config), app.start_node(|config| config)] } else { Vec::new() };
        let editor = app.editor();
        let writers: Vec<SignedIn> = (0..4).map(|number| nodes.get(number % 2).map_or_else(|| editor.clone(), |node| node.as_seen_by(&editor))).collect();
        let readers: Vec<_> = (0..2).map(|number| nodes.get(number).map_or_else(|| app.anonymous(), |node| node.anonymous())).collect();
        let running = AtomicUsize::new(writers.len());
        let (public, whole) = std::thread::scope(|scope| {
            for (writer, seed) in writers.iter().zip(1..) {
                let running = &running;
                scope.spawn(move || {
                    let _ends = Ends(running);
                    write(writer, seed, 60);
                });
            }
            // One goes from node to node, asking each for what comes after what the other has shown.
            let public = scope.spawn(|| {
                let (mut all, mut since, mut turn) = (Vec::<Value>::new(), 0, 0_usize);
                loop {
                    let is_over = running.load(Ordering::Acquire) == 0;
                    turn += 1;
                    let answer = readers[turn % 2].get(&format!("/v1/changes?since={since}&limit={}", 1 + turn % 7)).assert_status(200).json();
                    all.extend(answer["data"].as_array().expect("a list").iter().cloned());
                    since = answer["next"].as_i64().expect("a number");
                    // Another node may know of the last ones a moment later.
                    if is_over && since == db_head(app) {
                        return all;
                    }
                }
            });
            let whole = scope.spawn(|| {
                let mut all = Vec::<Value>::new();
                loop {
                    let is_over = running.load(Ordering::Acquire) == 0;
                    let since = all.last().map_or(0, |last| last["sequence"].as_i64().expect("a number"));
                    all.extend(follow(&editor, "/v1/editor/changes", since, 3));
                    if is_over {
                        return all;
                    }
                }
            });
            (public.join().expect("a reader"), whole.join().expect("an editor"))
        });
        let stored = db_changes_since(app, 0);
        let is_told = |wanted: &dyn Fn(bool) -> bool| -> Vec<String> {
            let wanted = stored.iter().filter(|change| wanted(change.action.is_public()));
            wanted.map(|change| format!("{} {} {} {}", change.sequence, change.kind.word(), change.entity_id.0, change.action.word())).collect()
        };
        let seen = |all: &[Value]| -> Vec<String> {
            let text = |change: &Value, name: &str| change[name].as_str().expect("a text").to_owned();
            all.iter().map(|change| format!("{} {} {} {}", change["sequence"], text(change, "kind"), text(change, "id"), text(change, "action"))).collect()
        };
        assert_eq!(seen(&whole), is_told(&|_| true));
        assert_eq!(seen(&public), is_told(&|is_public| is_public));
        assert!(stored.len() > 80 && public.len() < whole.len(), "{} of {} changes were public", public.len(), whole.len());
        println!("{} changes, {} of them public, followed by two while four wrote", whole.len(), public.len());
    }
}
