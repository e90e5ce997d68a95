//! Cache tags: whatever an action changes, the replies that are other ones now carried one of the tags that it names. So a
//! cache that drops by tag is never stale.

use super::changes::{db_changes_since, db_head};
use crate::dice::Dice;
use crate::harness::app::App;
use crate::harness::builders::{
    etag_of, id_of, make, make_article, make_author, make_branch, make_issue, make_meeting, make_publication, make_section, make_tag, make_venue,
    publish, step,
};
use crate::harness::client::{Requests, SignedIn};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What a cache in front of the server has kept: by address, the tag of the bytes and the cache tags.
type Kept = BTreeMap<String, (String, Vec<String>)>;

const COLLECTIONS: [&str; 10] = ["authors", "sections", "tags", "publications", "branches", "meetings", "issues", "pages", "collections", "articles"];

/// Asks for everything that there is, and for some combinations.
fn crawl(app: &App) -> Kept {
    let reader = app.anonymous();
    let mut addresses =
        vec!["/v1/site".to_owned(), "/v1/changes?limit=100".to_owned(), "/v1/corrections".to_owned(), "/v1/changes?since=7&limit=2".to_owned()];
    for collection in COLLECTIONS {
        addresses.push(format!("/v1/{collection}"));
        addresses.push(format!("/v1/{collection}?limit=2&total=true"));
        let list = reader.get(&format!("/v1/{collection}?limit=100&fields=slug,id")).assert_status(200).json();
        for item in list["data"].as_array().expect("a list") {
            let (slug, id) = (item["slug"].as_str().expect("a slug"), id_of(item));
            addresses.extend([format!("/v1/{collection}/{slug}"), format!("/v1/{collection}/{id}")]);
            match collection {
                "authors" | "sections" | "tags" | "publications" | "issues" => {
                    addresses.push(format!("/v1/articles?{}={slug}", collection.trim_end_matches('s')));
                }
                "articles" => {
                    addresses.extend([
                        format!("/v1/articles/{slug}/related"),
                        format!("/v1/articles/{slug}?include=related,latest,meetings&body=none"),
                        format!("/v1/articles?exclude={slug}"),
                    ]);
                }
                "branches" => {
                    addresses.extend([
                        format!("/v1/meetings?branch={slug}"),
                        format!("/calendar/meetings.ics?branch={slug}"),
                        format!("/calendar/branches/{slug}.ics"),
                    ]);
                }
                "meetings" => addresses.push(format!("/calendar/meetings/{slug}.ics")),
                _ => {}
            }
            if collection == "tags" {
                addresses.extend([format!("/v1/meetings?tag={slug}"), format!("/calendar/meetings.ics?tag={slug}")]);
            }
        }
    }
    addresses.push("/calendar/meetings.ics".to_owned());
    // The collections that were furnished keep their ids, whatever they are called.
    let all = reader.get("/v1/collections?limit=20&fields=id").assert_status(200).json();
    let ids: Vec<&str> = all["data"].as_array().expect("a list").iter().map(id_of).collect();
    if !ids.is_empty() {
        addresses.push(format!("/v1/collections?slugs={}", ids.join(",")));
    }
    // Addresses that were given up lead on.
    addresses.extend((0..6).flat_map(|number| [format!("/v1/articles/piece-{number}"), format!("/v1/authors/author-{number}")]));
    addresses.sort();
    addresses.dedup();
    let mut kept = Kept::new();
    for address in addresses {
        let answer = reader.get(&address);
        match answer.status {
            200 | 301 => {
                let identity = answer.header("etag").or_else(|| answer.header("location")).expect("bytes have a tag, references a place").to_owned();
                let tags = answer.header_list("cache-tag");
                assert_eq!(tags.join(" "), answer.header("surrogate-key").expect("the other header"), "{answer}");
                assert!(tags.contains(&"site".to_owned()) && tags.join(",").len() < 1400, "{answer}");
                kept.insert(address, (identity, tags));
            }
            // What is not there is not kept.
            _ => assert_eq!(answer.header("cache-control"), Some("no-store"), "{answer}"),
        }
    }
    kept
}

/// The cache after an action: what the action's tags name is dropped, the rest must be as the server would answer now.
fn check(app: &App, kept: &Kept, named: &[String], action: &str) -> (Kept, usize) {
    let now = crawl(app);
    let mut dropped = 0;
    for (address, (identity, tags)) in kept {
        if tags.iter().any(|tag| named.contains(tag)) {
            dropped += 1;
        } else {
            let current = app.anonymous().get(address);
            let is_same = current.header("etag").or_else(|| current.header("location")) == Some(identity);
            assert!(is_same, "after {action}, {address} is another one, and {tags:?} has none of {named:?}\n{current}");
        }
    }
    (now, dropped)
}

fn pick(dice: &mut Dice, editor: &SignedIn, collection: &str) -> Value {
    let list = editor.get(&format!("/v1/editor/{collection}?limit=100")).assert_status(200).json();
    let items = list["data"].as_array().expect("a list");
    let item = &items[dice.below(items.len())];
    editor.get(&format!("/v1/editor/{collection}/{}", id_of(item))).assert_status(200).json()
}

/// One action of an editor, chosen by the dice; what it was.
fn act(dice: &mut Dice, app: &App, editor: &SignedIn, number: usize) -> String {
    let collection = COLLECTIONS[dice.below(COLLECTIONS.len())];
    let renamed = json!({"name": format!("Renamed {number}")});
    match (collection, dice.below(4)) {
        ("articles", _) => {
            let article = pick(dice, editor, "articles");
            let path = format!("/v1/editor/articles/{}", id_of(&article));
            match (article["state"].as_str().expect("a state"), dice.below(7)) {
                ("published", 0) => drop(step(editor, &article, "unpublish", Value::Null)),
                ("scheduled", 0) => drop(step(editor, &article, "unschedule", Value::Null)),
                ("draft", 0 | 1) => {
                    let at = app.clock.now().plus_seconds(60 * i64::try_from(1 + dice.below(30)).expect("few")).to_string();
                    drop(step(editor, &article, "schedule", json!({"publish_at": at})));
                }
                (_, 2) => {
                    let author = pick(dice, editor, "authors");
                    let patch = json!({"bylines": [{"author_id": author["id"]}], "slug": format!("renamed-{number}")});
                    drop(publish(editor, &editor.patch(&path, &etag_of(&article), &patch).assert_status(200).json()));
                }
                (_, 3) => {
                    let (tag, section, issue) = (pick(dice, editor, "tags"), pick(dice, editor, "sections"), pick(dice, editor, "issues"));
                    let patch = json!({"tag_ids": [tag["id"]], "section_id": section["id"], "title": format!("Title {number}"),
                        "issue_id": issue["id"], "issue_page": 1 + dice.below(8)});
                    drop(publish(editor, &editor.patch(&path, &etag_of(&article), &patch).assert_status(200).json()));
                }
                // A slug that another has given up, or one of one's own, where it is free.
                (_, 4) => {
                    let saved = editor.patch(&path, &etag_of(&article), &json!({"slug": format!("piece-{}", dice.below(6))}));
                    if saved.status == 200 {
                        drop(publish(editor, &saved.json()));
                    }
                }
                (_, 5) => {
                    let correction = json!({"type": "correction", "text": format!("Number {number} was wrong.")});
                    editor.post(&format!("{path}/corrections"), &correction).assert_status(201);
                }
                _ => drop(publish(editor, &article)),
            }
        }
        ("meetings", 0) => drop(make_meeting(editor, &format!("Meeting {number}"), "2026-12-10T19:00", Value::Null)),
        ("meetings", _) => {
            let meeting = pick(dice, editor, "meetings");
            let patch = json!({"title": format!("Moved {number}"), "starts_at_local": format!("2026-12-{:02}T18:30", 1 + dice.below(28))});
            editor.patch(&format!("/v1/editor/meetings/{}", id_of(&meeting)), &etag_of(&meeting), &patch).assert_status(200);
        }
        ("issues", 0) => drop(make_issue(editor, &format!("New {number}"), "2026-09", Value::Null)),
        ("issues", 1) => {
            let issue = pick(dice, editor, "issues");
            // Refused where an article is in it.
            editor.delete(&format!("/v1/editor/issues/{}", id_of(&issue)), &etag_of(&issue));
        }
        ("issues", _) => {
            let issue = pick(dice, editor, "issues");
            let patch = json!({"title": format!("Issue of {number}"), "slug": format!("renamed-{number}"), "issued_on": format!("2026-{:02}", 1 + dice.below(12))});
            editor.patch(&format!("/v1/editor/issues/{}", id_of(&issue)), &etag_of(&issue), &patch).assert_status(200);
        }
        ("pages", 0) => drop(make(editor, "pages", &json!({"title": format!("New {number}"), "state": "published"}))),
        ("pages", 1) => {
            let page = pick(dice, editor, "pages");
            editor.delete(&format!("/v1/editor/pages/{}", id_of(&page)), &etag_of(&page)).assert_status(204);
            make(editor, "pages", &json!({"title": format!("Instead {number}"), "state": "published", "menu_position": number}));
        }
        ("pages", _) => {
            let page = pick(dice, editor, "pages");
            let state = if page["state"] == "draft" { "published" } else { "draft" };
            let patch = json!({"title": format!("Page {number}"), "slug": format!("renamed-{number}"), "state": state});
            editor.patch(&format!("/v1/editor/pages/{}", id_of(&page)), &etag_of(&page), &patch).assert_status(200);
        }
        ("collections", 1 | 2) => {
            let (collection, article, section) = (pick(dice, editor, "collections"), pick(dice, editor, "articles"), pick(dice, editor, "sections"));
            let ends_at = app.clock.now().plus_seconds(60 * i64::try_from(1 + dice.below(30)).expect("few")).to_string();
            let slots = json!([{"article_id": article["id"], "title": format!("Pinned {number}"), "ends_at": ends_at}]);
            let patch = json!({"slug": format!("renamed-{number}"), "slots": slots, "fill": {"section_id": section["id"]}});
            editor.patch(&format!("/v1/editor/collections/{}", id_of(&collection)), &etag_of(&collection), &patch).assert_status(200);
        }
        ("branches", 0) => {
            let venue = pick(dice, editor, "venues");
            editor.patch(&format!("/v1/editor/venues/{}", id_of(&venue)), &etag_of(&venue), &renamed).assert_status(200);
        }
        ("branches", 1) => {
            let site = app.admin().get("/v1/editor/site").assert_status(200).json();
            app.admin()
                .patch("/v1/editor/site", &etag_of(&site), &json!({"title": format!("Paper {number}"), "teaser_title_length": 20 + dice.below(50)}))
                .assert_status(200);
        }
        (_, 0) => drop(make(
            editor,
            collection,
            &if collection == "branches" {
                json!({"name": format!("New {number}"), "timezone": "UTC"})
            } else {
                json!({"name": format!("New {number}")})
            },
        )),
        (_, 1) => {
            let record = pick(dice, editor, collection);
            // Refused where something refers to it.
            editor.delete(&format!("/v1/editor/{collection}/{}", id_of(&record)), &etag_of(&record));
        }
        (_, 2) => {
            let record = pick(dice, editor, collection);
            let patch = json!({"slug": format!("renamed-{number}")});
            editor.patch(&format!("/v1/editor/{collection}/{}", id_of(&record)), &etag_of(&record), &patch).assert_status(200);
        }
        _ => {
            let record = pick(dice, editor, collection);
            editor.patch(&format!("/v1/editor/{collection}/{}", id_of(&record)), &etag_of(&record), &renamed).assert_status(200);
        }
    }
    format!("action {number} on {collection}")
}

/// A small paper with everything in it.
fn furnish(editor: &SignedIn) {
    for number in 0..3 {
        let (author, section, tag) = (
            make_author(editor, &format!("Author {number}")),
            make_section(editor, &format!("Section {number}")),
            make_tag(editor, &format!("Tag {number}")),
        );
        let publication = make_publication(editor, &format!("Publication {number}"), Value::Null);
        let branch = make_branch(editor, &format!("Branch {number}"), Value::Null);
        make(editor, "pages", &json!({"title": format!("Page {number}"), "state": "published"}));
        make(editor, "collections", &json!({"name": format!("Collection {number}"), "size": 2, "fill": {"tag_id": tag["id"]}}));
        let issue = make_issue(editor, &format!("Issue {number}"), &format!("2026-{:02}", number + 1), Value::Null);
        let venue = make_venue(editor, &format!("Venue {number}"), Value::Null);
        let meeting = json!({"branch_id": branch["id"], "venue_id": venue["id"], "tag_ids": [tag["id"]]});
        make_meeting(editor, &format!("Meeting {number}"), "2026-12-03T19:00", meeting);
        for slug in [number * 2, number * 2 + 1] {
            let article = json!({"slug": format!("piece-{slug}"), "bylines": [{"author_id": author["id"]}], "section_id": section["id"], "tag_ids": [tag["id"]],
                "credits": [{"publication_id": publication["id"]}], "issue_id": issue["id"], "issue_page": slug + 1});
            let draft = make_article(editor, article);
            if slug != 5 {
                publish(editor, &draft);
            }
        }
    }
}

on_both! {
    fn every_reply_that_an_action_changes_carried_one_of_its_tags(app: &App) {
        let mut editor = app.editor();
        furnish(&editor);
        let mut dice = Dice(2026);
        let (mut kept, mut replies, mut dropped) = (crawl(app), 0, 0);
        let mut head = db_head(app);
        for number in 0..60 {
            let action = if number % 10 == 9 {
                // Time passes, and what is due is announced.
                app.clock.advance_seconds(600);
                app.run_jobs();
                // Kept replies end by themselves at the moment; only those that have not are held against the tags.
                kept = crawl(app);
                head = db_head(app);
                editor = app.editor();
                continue;
            } else {
                act(&mut dice, app, &editor, number)
            };
            let changes = db_changes_since(app, head);
            head += i64::try_from(changes.len()).expect("few");
            let named: Vec<String> = changes.into_iter().flat_map(|change| change.tags.0).collect();
            let (now, count) = check(app, &kept, &named, &action);
            replies += kept.len();
            dropped += count;
            kept = now;
        }
        println!("{replies} kept replies held against the tags of 54 actions, {dropped} of them dropped");
        assert!(replies > 3000 && dropped > 500 && dropped < replies, "{replies} {dropped}");
    }

    fn a_slug_that_was_given_up_and_that_another_takes_is_covered_too(app: &App) {
        let editor = app.editor();
        furnish(&editor);
        let rename = |slug: &str, new: &str| {
            let article = editor.get(&format!("/v1/editor/articles/{slug}")).assert_status(200).json();
            let path = format!("/v1/editor/articles/{}", id_of(&article));
            publish(&editor, &editor.patch(&path, &etag_of(&article), &json!({"slug": new})).assert_status(200).json());
        };
        rename("piece-0", "elsewhere");
        let (kept, head) = (crawl(app), db_head(app));
        assert!(kept.get("/v1/articles/piece-0").is_some_and(|(place, _)| place == "/v1/articles/elsewhere"));
        rename("piece-1", "piece-0");
        let named: Vec<String> = db_changes_since(app, head).into_iter().flat_map(|change| change.tags.0).collect();
        check(app, &kept, &named, "taking a slug that another gave up");
    }
}
