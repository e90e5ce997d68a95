//! `GET /v1/articles/{slug}?include=related,latest,meetings`: all that one page shows

use super::{read, slugs};
use crate::harness::builders::{make_branch, make_meeting, make_public_article, make_section, make_tag};
use serde_json::{Value, json};

on_both! {
    fn reader_gets_a_whole_page_without_an_article_twice(app: &App) {
        let editor = app.editor();
        let section = make_section(&editor, "Harbour");
        let tag = make_tag(&editor, "Ferries");
        for number in 1..=12 {
            app.clock.advance_seconds(60);
            let extra = if number % 3 == 0 { json!({"tag_ids": [tag["id"]], "section_id": section["id"]}) } else { json!({}) };
            let mut article = extra;
            article["slug"] = json!(format!("n{number}"));
            make_public_article(&editor, article);
        }
        let branch = make_branch(&editor, "Wharf", Value::Null);
        make_meeting(&editor, "Over", "2026-11-26T19:00", json!({"slug": "over"}));
        for day in 1..=7 {
            make_meeting(&editor, "To come", &format!("2026-12-0{day}T19:00"), json!({"slug": format!("m{day}"), "branch_id": branch["id"]}));
        }
        let page = read(app, "/v1/articles/n6?include=related,latest,meetings&body=html");
        assert_eq!(slugs(&page["related"]), ["n12", "n9", "n3"]);
        assert_eq!(slugs(&page["latest"]), ["n11", "n10", "n8", "n7", "n5"]);
        assert_eq!(slugs(&page["meetings"]), ["m1", "m2", "m3", "m4", "m5"]);
        assert_eq!(page["meetings"][0]["branch"]["slug"], "wharf");
        // Without "Read more" its articles may stand among the latest.
        assert_eq!(slugs(&read(app, "/v1/articles/n6?include=latest")["latest"]), ["n12", "n11", "n10", "n9", "n8"]);
        assert_eq!(slugs(&read(app, "/v1/articles/n12?include=latest")["latest"]), ["n11", "n10", "n9", "n8", "n7"]);
    }
}
