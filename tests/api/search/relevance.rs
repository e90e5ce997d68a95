//! The order of what is found.

use super::{found, publish_text, slugs};
use crate::delivery::read;
use crate::harness::app::App;
use crate::harness::builders::{make_article, step};
use serde_json::json;

const YEAR_HOURS: i64 = 365 * 24;

on_both! {
    fn reader_gets_matches_in_the_title_first_then_the_standfirst_then_the_body(app: &App) {
        let editor = app.editor();
        publish_text(app, &editor, "title", 40, "The ferry", "Words");
        let standing = make_article(&editor, json!({"slug": "standfirst", "title": "Boats", "standfirst": "A ferry", "body": {"source": "Words"}}));
        step(&editor, &standing, "publish", json!({"published_at": app.clock.now().plus_seconds(-3600 * 30).to_string()}));
        publish_text(app, &editor, "often", 20, "Boats", "ferry ferry ferry ferry");
        publish_text(app, &editor, "twice", 10, "Boats", "ferry or ferry");
        publish_text(app, &editor, "once", 1, "Boats", "ferry");
        assert_eq!(found(app, "ferry"), ["title", "standfirst", "often", "twice", "once"]);
        assert_eq!(slugs(&read(app, "/v1/articles?q=ferry&sort=-published_at")), ["once", "twice", "often", "standfirst", "title"]);
    }

    fn reader_gets_a_new_mention_before_an_old_headline(app: &App) {
        let editor = app.editor();
        publish_text(app, &editor, "old", 4 * YEAR_HOURS, "The ferry", "Words");
        publish_text(app, &editor, "older", 9 * YEAR_HOURS, "The ferry", "Words");
        publish_text(app, &editor, "two-years", 2 * YEAR_HOURS, "The ferry", "Words");
        publish_text(app, &editor, "new", 1, "Boats", "The ferry");
        assert_eq!(found(app, "ferry"), ["two-years", "new", "old", "older"]);
    }

    fn reader_gets_the_newest_first_among_equals(app: &App) {
        let editor = app.editor();
        for (slug, hours) in [("b", 2), ("a", 1), ("d", 4), ("c", 3)] {
            publish_text(app, &editor, slug, hours, "The ferry", "Words");
        }
        assert_eq!(found(app, "ferry"), ["a", "b", "c", "d"]);
    }
}

/// One corpus on both databases: what is found, and in which order, is the same.
#[test]
fn both_databases_find_the_same_in_the_same_order() {
    let words = ["ferry", "council", "harbour", "vote", "Café", "strike", "北京大学", "cross-border", "ساعة", "ไทยแลนด์"];
    let [sqlite, postgres] = [App::sqlite(), App::postgres()];
    for app in [&sqlite, &postgres] {
        let editor = app.editor();
        for number in 0..60_usize {
            let word = |step: usize| words[(number * step + step * step) % words.len()];
            let title = format!("{} {}", word(1), word(3));
            let body = format!("{} {} {} {}", word(2), word(7), word(2).repeat(1 + number % 2), [word(4); 5].join(" "));
            publish_text(app, &editor, &format!("a{number}"), i64::try_from(number * number).unwrap() * 12, &title, &body);
        }
    }
    let mut count = 0;
    for one in words {
        for other in words {
            for query in [format!("{one} {other}"), format!("\"{one} {other}\""), one.to_owned(), format!("{one}*"), format!("cou* {other}")] {
                let hits = found(&sqlite, &query);
                assert_eq!(hits, found(&postgres, &query), "{query}");
                count += hits.len();
            }
        }
    }
    assert!(count > 1000, "too little was found to compare: {count}");
}
