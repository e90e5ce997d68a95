//! Pages of `GET /v1/articles` while the paper goes on.

use super::{read, slugs};
use crate::harness::app::App;
use crate::harness::builders::{make_article, make_public_article, step};
use crate::harness::client::{Requests, SignedIn};
use serde_json::{Value, json};

/// Publishes `a` to `g`; four of them in the same moment, so that the times alone give no order.
fn fill(app: &App) -> SignedIn {
    let editor = app.editor();
    for slug in ["a", "b", "c", "d", "e", "f", "g"] {
        if !["c", "d", "e"].contains(&slug) {
            app.clock.advance_seconds(60);
        }
        make_public_article(&editor, json!({"slug": slug}));
    }
    editor
}

fn cursor(page: &Value, which: &str) -> String {
    page["page"][which].as_str().unwrap_or_else(|| panic!("no {which}: {page:#}")).to_owned()
}

on_both! {
    fn reader_pages_on_while_news_is_published_and_misses_nothing(app: &App) {
        let editor = fill(app);
        let whole = slugs(&read(app, "/v1/articles"));
        assert_eq!(whole.len(), 7);
        let mut seen = Vec::new();
        let mut path = "/v1/articles?limit=2".to_owned();
        for round in 0.. {
            let page = read(app, &path);
            seen.extend(slugs(&page));
            if page["page"]["next"].is_null() {
                break;
            }
            path = format!("/v1/articles?limit=2&cursor={}", cursor(&page, "next"));
            // Between the pages: one piece more, and one that is due.
            app.clock.advance_seconds(60);
            make_public_article(&editor, json!({"slug": format!("news-{round}")}));
            let due = make_article(&editor, json!({"slug": format!("due-{round}")}));
            step(&editor, &due, "schedule", json!({"publish_at": app.clock.now().plus_seconds(30).to_string()}));
        }
        assert_eq!(seen, whole);
    }

    fn reader_pages_on_while_an_article_goes_and_misses_nothing(app: &App) {
        let editor = fill(app);
        let whole = slugs(&read(app, "/v1/articles"));
        let first = read(app, "/v1/articles?limit=3");
        // The very article that the cursor stands at is taken back.
        let last = whole.get(2).expect("seven articles").clone();
        let shown = editor.get(&format!("/v1/editor/articles/{last}")).assert_status(200).json();
        step(&editor, &shown, "unpublish", Value::Null);
        let rest = read(app, &format!("/v1/articles?limit=10&cursor={}", cursor(&first, "next")));
        assert_eq!(slugs(&rest), whole[3..]);
    }

    fn reader_pages_back_the_same_way(app: &App) {
        fill(app);
        for sort in ["-published_at", "published_at", "-updated_at", "updated_at"] {
            let at = |cursor: &str| read(app, &format!("/v1/articles?limit=3&sort={sort}&cursor={cursor}"));
            let first = read(app, &format!("/v1/articles?limit=3&sort={sort}"));
            assert_eq!(first["page"]["previous"], Value::Null);
            let second = at(&cursor(&first, "next"));
            let third = at(&cursor(&second, "next"));
            assert_eq!((slugs(&third).len(), &third["page"]["next"]), (1, &Value::Null), "{sort}");
            let back = at(&cursor(&third, "previous"));
            assert_eq!(back["data"], second["data"], "{sort}");
            let start = at(&cursor(&back, "previous"));
            assert_eq!((&start["data"], &start["page"]["previous"]), (&first["data"], &Value::Null), "{sort}");
            assert_eq!(at(&cursor(&start, "next"))["data"], second["data"], "{sort}");
        }
    }

    fn reader_bounds_the_times_of_a_page_and_gets_what_lies_between(app: &App) {
        fill(app);
        for (sort, time, bounds) in [
            ("-published_at", "published_at", ["published_before", "published_after"]),
            ("published_at", "published_at", ["published_before", "published_after"]),
            ("-updated_at", "updated_at", ["updated_since", "updated_since"]),
            ("updated_at", "updated_at", ["updated_since", "updated_since"]),
        ] {
            let whole = read(app, &format!("/v1/articles?sort={sort}"))["data"].as_array().cloned().expect("a list");
            // Before and after each article there is a cursor, each with the times of all articles as bounds.
            let mut path = format!("/v1/articles?limit=1&sort={sort}");
            for place in 0..whole.len() {
                let page = read(app, &path);
                for bounded in &whole {
                    for bound in bounds {
                        let limit = bounded[time].as_str().expect("a time");
                        let passes = |article: &&Value| {
                            let own = article[time].as_str().expect("a time");
                            match bound {
                                "published_before" => own < limit,
                                "published_after" => own > limit,
                                _ => own >= limit,
                            }
                        };
                        for (name, part) in [("next", &whole[place + 1..]), ("previous", &whole[..place])] {
                            let Some(cursor) = page["page"][name].as_str() else { continue };
                            let path = format!("/v1/articles?sort={sort}&{bound}={limit}&total=true&cursor={cursor}");
                            let found = read(app, &path);
                            let expected: Vec<&Value> = part.iter().filter(passes).map(|article| &article["slug"]).collect();
                            let got: Vec<&Value> = found["data"].as_array().expect("a list").iter().map(|article| &article["slug"]).collect();
                            assert_eq!((got, &found["page"]["total"]), (expected, &json!(whole.iter().filter(passes).count())), "{path}");
                        }
                    }
                }
                let Some(next) = page["page"]["next"].as_str() else { break };
                path = format!("/v1/articles?limit=1&sort={sort}&cursor={next}");
            }
        }
    }

    fn reader_follows_the_link_header(app: &App) {
        fill(app);
        let first = app.anonymous().get("/v1/articles?limit=3&fields=slug").assert_status(200);
        let link = first.header("link").expect("a Link header").to_owned();
        let next = link.strip_prefix('<').and_then(|rest| rest.split_once(">; rel=\"next\"")).map(|(address, _)| address).expect("next").to_owned();
        let second = app.anonymous().get(&next).assert_status(200);
        assert_eq!(second.json()["data"].as_array().map(Vec::len), Some(3));
        assert_eq!(second.json()["data"][0].as_object().map(serde_json::Map::len), Some(1), "the other parameters go along");
        assert!(second.header("link").is_some_and(|link| link.contains("rel=\"next\"") && link.contains("rel=\"prev\"")), "{second}");
    }

    fn reader_with_a_forged_cursor_is_refused(app: &App) {
        fill(app);
        let page = read(app, "/v1/articles?limit=2");
        let good = cursor(&page, "next");
        let mut other = good.clone();
        let last = other.pop();
        other.push(if last == Some('A') { 'B' } else { 'A' });
        let middle = format!("{}{}{}", &good[..10], if good.as_bytes()[10] == b'x' { 'y' } else { 'x' }, &good[11..]);
        for forged in [String::new(), "x".to_owned(), other, middle, format!("{good}A"), good[..good.len() - 4].to_owned(), "%00".to_owned()] {
            let answer = app.anonymous().get(&format!("/v1/articles?limit=2&cursor={forged}")).assert_status(400);
            assert_eq!(answer.fault_pointers(), ["cursor"], "{forged}");
        }
        // A cursor is of its list and its order.
        for path in [format!("/v1/articles?sort=updated_at&cursor={good}"), format!("/v1/tags?cursor={good}")] {
            app.anonymous().get(&path).assert_status(400);
        }
    }
}
