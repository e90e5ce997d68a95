//! Pages of what is found, while the paper goes on.

use super::{publish_text, slugs};
use crate::delivery::read;
use crate::harness::app::App;
use serde_json::{Value, json};

/// Reads a list to its end, forwards, and from there back to its beginning; `between` happens after each page.
pub fn read_through(app: &App, path: &str, mut between: impl FnMut(usize)) -> Vec<String> {
    let mut pages: Vec<Value> = Vec::new();
    let mut next = String::new();
    loop {
        let page = read(app, &format!("{path}{next}"));
        let cursor = page["page"]["next"].as_str().map(str::to_owned);
        assert_eq!(page["page"]["previous"].is_null(), pages.is_empty(), "{path}");
        pages.push(page);
        between(pages.len());
        let Some(cursor) = cursor else { break };
        next = format!("&cursor={cursor}");
    }
    for pair in pages.windows(2).rev() {
        let previous = pair[1]["page"]["previous"].as_str().expect("a previous page");
        assert_eq!(slugs(&read(app, &format!("{path}&cursor={previous}"))), slugs(&pair[0]), "{path}");
    }
    pages.iter().flat_map(slugs).collect()
}

on_both! {
    fn reader_pages_through_all_hits_and_none_comes_twice(app: &App) {
        let editor = app.editor();
        for number in 0..17 {
            let title = if number % 3 == 0 { "The ferry" } else { "Boats" };
            publish_text(app, &editor, &format!("a{number}"), number * 4000, title, "By ferry");
        }
        for sort in ["relevance", "-published_at", "published_at", "-updated_at", "updated_at"] {
            let whole = slugs(&read(app, &format!("/v1/articles?q=ferry&limit=100&sort={sort}")));
            assert_eq!(whole.len(), 17);
            assert_eq!(read_through(app, &format!("/v1/articles?q=ferry&limit=3&sort={sort}"), |_| {}), whole, "{sort}");
        }
    }

    fn reader_pages_on_while_news_is_published_and_misses_nothing(app: &App) {
        let editor = app.editor();
        for number in 0..9 {
            publish_text(app, &editor, &format!("a{number}"), number * 4000, if number % 2 == 0 { "The ferry" } else { "Boats" }, "By ferry");
        }
        let whole = slugs(&read(app, "/v1/articles?q=ferry&limit=100"));
        let seen = read_through(app, "/v1/articles?q=ferry&limit=2", |page| {
            app.clock.advance_seconds(60);
            publish_text(app, &editor, &format!("news-{page}"), 0, "Boats", "By ferry");
            publish_text(app, &editor, &format!("head-{page}"), 0, "The ferry", "By ferry");
        });
        assert_eq!(seen, whole);
    }

    /// More hits than are ranked: the others follow by age, and all can be reached, forwards and back.
    fn reader_pages_from_the_ranked_hits_into_the_others(app: &App) {
        app.fill_with_generated(1300);
        let list = read(app, "/v1/articles?q=petition&limit=1&total=true");
        assert_eq!(list["page"]["total"], json!(650));
        let seen = read_through(app, "/v1/articles?q=petition&limit=90&fields=slug", |_| {});
        let mut distinct = seen.clone();
        distinct.sort();
        distinct.dedup();
        assert_eq!((seen.len(), distinct.len()), (650, 650));
        let by_age = read_through(app, "/v1/articles?q=petition&limit=100&fields=slug&sort=-published_at", |_| {});
        assert!(seen[500..] == by_age[500..], "the others do not follow by age");
        // A page that begins among the ranked and ends among the others.
        assert_eq!(seen.chunks(90).nth(5).map(<[String]>::len), Some(90));
    }
}
