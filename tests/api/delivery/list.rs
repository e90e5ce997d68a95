//! `GET /v1/articles`

use super::{read, slugs};
use crate::harness::app::App;
use crate::harness::builders::{
    id_of, make, make_article, make_author, make_public_article, make_publication, make_section, make_tag, publish, step,
};
use crate::harness::client::Requests;
use serde_json::{Value, json};

/// Five articles of times an hour apart, published here a second after each other, named `a` to `e`; the oldest is changed last.
fn fill(app: &App) {
    let editor = app.editor();
    let (ida, ann) = (make_author(&editor, "Ida Moss"), make_author(&editor, "Ann Ott"));
    let (harbour, city) = (make_section(&editor, "Harbour"), make_section(&editor, "City"));
    let (ferries, trains) = (make_tag(&editor, "Ferries"), make_tag(&editor, "Trains"));
    make_tag(&editor, "Unused");
    let north = make_publication(&editor, "Lantern North", Value::Null);
    let publish_at = |article: Value, time: &str| {
        let published = step(&editor, &make_article(&editor, article), "publish", json!({"published_at": time}));
        app.clock.advance_seconds(1);
        published
    };
    let a = publish_at(json!({"slug": "a", "section_id": harbour["id"], "tag_ids": [ferries["id"]]}), "2026-11-26T01:00:00Z");
    publish_at(
        json!({"slug": "b", "section_id": harbour["id"], "tag_ids": [trains["id"], ferries["id"]], "bylines": [{"author_id": ann["id"]}, {"author_id": ida["id"], "role": "pictures"}]}),
        "2026-11-26T02:00:00Z",
    );
    publish_at(
        json!({"slug": "c", "section_id": city["id"], "credits": [{"publication_id": north["id"]}], "bylines": [{"author_id": ida["id"]}]}),
        "2026-11-26T03:00:00Z",
    );
    publish_at(json!({"slug": "d", "tag_ids": [trains["id"]], "language": "de"}), "2026-11-26T04:00:00Z");
    publish_at(
        json!({"slug": "e", "credits": [{"publication_id": north["id"]}], "tag_ids": [ferries["id"]], "bylines": [{"author_id": ida["id"]}]}),
        "2026-11-26T05:00:00Z",
    );
    let a = editor.patch(&format!("/v1/editor/articles/{}", id_of(&a)), "*", &json!({"standfirst": "Changed"})).assert_status(200).json();
    publish(&editor, &a);
}

on_both! {
    fn reader_lists_the_newest_first(app: &App) {
        fill(app);
        assert_eq!(slugs(&read(app, "/v1/articles")), ["e", "d", "c", "b", "a"]);
        assert_eq!(slugs(&read(app, "/v1/articles?sort=-published_at")), ["e", "d", "c", "b", "a"]);
        assert_eq!(slugs(&read(app, "/v1/articles?sort=published_at")), ["a", "b", "c", "d", "e"]);
        assert_eq!(slugs(&read(app, "/v1/articles?sort=-updated_at")), ["a", "e", "d", "c", "b"]);
        assert_eq!(slugs(&read(app, "/v1/articles?sort=updated_at")), ["b", "c", "d", "e", "a"]);
    }

    fn reader_lists_under_each_filter_with_the_right_total(app: &App) {
        fill(app);
        let tag_id = read(app, "/v1/tags/ferries")["id"].as_str().expect("an id").to_owned();
        let article_id = read(app, "/v1/articles/d")["id"].as_str().expect("an id").to_owned();
        for (query, expected) in [
            ("section=harbour".to_owned(), vec!["b", "a"]),
            ("tag=ferries".to_owned(), vec!["e", "b", "a"]),
            (format!("tag={tag_id}"), vec!["e", "b", "a"]),
            ("tag=ferries,trains".to_owned(), vec!["e", "d", "b", "a"]),
            ("tag=unused".to_owned(), vec![]),
            ("tag=unused,trains".to_owned(), vec!["d", "b"]),
            ("author=ida-moss".to_owned(), vec!["e", "c", "b"]),
            ("author=ann-ott".to_owned(), vec!["b"]),
            ("publication=lantern-north".to_owned(), vec!["e", "c"]),
            ("language=de".to_owned(), vec!["d"]),
            ("published_after=2026-11-26T03:00:00Z".to_owned(), vec!["e", "d"]),
            ("published_before=2026-11-26T03:00:00Z".to_owned(), vec!["b", "a"]),
            ("published_after=2026-11-26T01:00:00Z&published_before=2026-11-26T04:00:00Z".to_owned(), vec!["c", "b"]),
            ("published_after=2026-11-26T04:00:00%2B01:00".to_owned(), vec!["e", "d"]),
            ("updated_since=2026-11-26T09:00:04Z".to_owned(), vec!["e", "a"]),
            (format!("exclude=e,{article_id},no-such-thing"), vec!["c", "b", "a"]),
            ("author=ida-moss&publication=lantern-north&tag=ferries".to_owned(), vec!["e"]),
            ("author=ida-moss&publication=lantern-north&exclude=e".to_owned(), vec!["c"]),
            ("publication=lantern-north&tag=trains".to_owned(), vec![]),
            ("section=harbour&tag=trains&author=ida-moss&language=en&updated_since=2026-11-26T02:00:00Z&sort=updated_at".to_owned(), vec!["b"]),
        ] {
            let list = read(app, &format!("/v1/articles?total=true&{query}"));
            assert_eq!(slugs(&list), expected, "{query}");
            assert_eq!(list["page"]["total"], expected.len(), "{query}");
            // One a page gives the same in the same order.
            let mut paged = Vec::new();
            let mut cursor = String::new();
            loop {
                let page = read(app, &format!("/v1/articles?limit=1&total=true&{query}{cursor}"));
                assert_eq!(page["page"]["total"], expected.len(), "{query}");
                paged.extend(slugs(&page));
                let Some(next) = page["page"]["next"].as_str() else { break };
                cursor = format!("&cursor={next}");
            }
            assert_eq!(paged, expected, "{query}");
        }
        assert_eq!(read(app, "/v1/articles")["page"].get("total"), None);
    }

    fn reader_lists_by_what_is_not_there_and_is_refused(app: &App) {
        fill(app);
        for (query, places) in [
            ("section=nowhere", vec!["section"]),
            ("section=Harbour", vec!["section"]),
            ("section=", vec!["section"]),
            ("tag=ferries,nothing", vec!["tag"]),
            ("tag=ferries,,trains", vec!["tag"]),
            ("author=01936d6c-7a10-7c3e-9d55-6b1f0e9a4c21", vec!["author"]),
            ("publication=nothing", vec!["publication"]),
            ("language=english_au", vec!["language"]),
            ("published_after=2026-11-26", vec!["published_after"]),
            ("published_after=2026-11-26T05:00:00Z&published_before=2026-11-26T05:00:00Z", vec!["published_before"]),
            ("sort=title", vec!["sort"]),
            ("body=latex", vec!["body"]),
            ("fields=title,colour", vec!["fields"]),
            ("include=related", vec!["include"]),
            ("limit=0&colour=red&total=1", vec!["colour", "limit", "total"]),
            ("limit=101", vec!["limit"]),
            ("limit=-1", vec!["limit"]),
            ("limit=1e1", vec!["limit"]),
            ("limit=5&limit=6", vec!["limit"]),
            ("Section=harbour", vec!["Section"]),
            ("section[]=harbour", vec!["section[]"]),
        ] {
            let answer = app.anonymous().get(&format!("/v1/articles?{query}")).assert_status(400);
            assert_eq!(answer.problem_code(), "invalid_query", "{query}");
            assert_eq!(answer.fault_pointers(), places, "{query}");
        }
    }

    fn reader_lists_bodies_in_the_form_asked_for(app: &App) {
        make_public_article(&app.editor(), json!({"slug": "one", "body": {"source": "A **bold** word.\n\n- x\n"}}));
        for (query, expected) in [
            ("body=html", json!({"format": "html", "content": "<p>A <strong>bold</strong> word.</p>\n<ul>\n<li>x</li>\n</ul>"})),
            ("body=text", json!({"format": "text", "content": "A bold word.\n\nx"})),
        ] {
            for shown in [read(app, &format!("/v1/articles?{query}"))["data"][0].clone(), read(app, &format!("/v1/articles/one?{query}"))] {
                assert_eq!(shown["body"]["format"], expected["format"]);
                let (is, should) = (shown["body"]["content"].as_str().expect("a body").trim(), expected["content"].as_str().expect("a body"));
                assert_eq!(is.split_whitespace().collect::<Vec<_>>(), should.split_whitespace().collect::<Vec<_>>(), "{query}");
            }
        }
        let markdown = read(app, "/v1/articles?body=markdown")["data"][0]["body"].clone();
        assert_eq!(markdown, read(app, "/v1/articles/one?body=markdown")["body"]);
        assert!(markdown["content"].as_str().is_some_and(|text| text.contains("**bold**")), "{markdown}");
        // A list has no bodies unless they are asked for; an item has one unless it is refused.
        assert_eq!(read(app, "/v1/articles")["data"][0].get("body"), None);
        assert_eq!(read(app, "/v1/articles?body=none")["data"][0].get("body"), None);
        assert_eq!(read(app, "/v1/articles/one?body=none").get("body"), None);
        assert_eq!(read(app, "/v1/articles/one")["body"]["format"], "html");
    }

    fn reader_lists_some_members_only(app: &App) {
        make_public_article(&app.editor(), json!({"slug": "one"}));
        assert_eq!(read(app, "/v1/articles?fields=slug,title")["data"], json!([{"slug": "one", "title": "Council keeps the last ferry"}]));
        let with_body = read(app, "/v1/articles?fields=slug,body&body=text");
        assert_eq!(with_body["data"][0].as_object().map(|members| members.keys().cloned().collect::<Vec<_>>()), Some(vec!["slug".to_owned(), "body".to_owned()]));
    }

    fn reader_lists_by_an_old_slug_and_by_one_that_became_part_of_another(app: &App) {
        fill(app);
        let editor = app.editor();
        let id = |collection: &str, slug: &str| editor.get(&format!("/v1/editor/{collection}/{slug}")).assert_status(200).json()["id"].as_str().expect("an id").to_owned();
        let merged = id("tags", "ferries");
        editor.action("/v1/editor/tags/ferries/merge", "*", &json!({"into_id": id("tags", "trains")})).assert_status(200);
        for (collection, old) in [("sections", "harbour"), ("publications", "lantern-north"), ("authors", "ida-moss")] {
            editor.patch(&format!("/v1/editor/{collection}/{old}"), "*", &json!({"slug": format!("new-{old}")})).assert_status(200);
        }
        for (query, expected) in [
            ("tag=ferries".to_owned(), vec!["e", "d", "b", "a"]), (format!("tag={merged}"), vec!["e", "d", "b", "a"]), ("section=harbour".to_owned(), vec!["b", "a"]),
            ("publication=lantern-north".to_owned(), vec!["e", "c"]), ("author=ida-moss".to_owned(), vec!["e", "c", "b"]), ("author=new-ida-moss".to_owned(), vec!["e", "c", "b"]),
        ] {
            assert_eq!(slugs(&read(app, &format!("/v1/articles?{query}"))), expected, "{query}");
            let mut at_desk = slugs(&editor.get(&format!("/v1/editor/articles?{query}")).assert_status(200).json());
            at_desk.sort_unstable();
            assert_eq!(at_desk.into_iter().rev().collect::<Vec<String>>(), expected, "{query} at the desk");
        }
        // The slug is free for another, whose it is from then on.
        let tags = app.anonymous().get("/v1/articles?tag=ferries").assert_status(200).header("cache-tag").expect("tags").to_owned();
        assert!(tags.split(',').any(|tag| tag.trim() == "tags"), "{tags}");
        make(&editor, "tags", &json!({"name": "Ferries"}));
        assert!(slugs(&read(app, "/v1/articles?tag=ferries")).is_empty());
        app.anonymous().get("/v1/articles?tag=never-there").assert_status(400);
    }

    fn reader_asks_for_a_language_in_any_case(app: &App) {
        let editor = app.editor();
        make_public_article(&editor, json!({"slug": "one", "language": "EN-au"}));
        make_public_article(&editor, json!({"slug": "two", "language": "zh-hant"}));
        assert_eq!(read(app, "/v1/articles/one")["language"], "en-AU");
        for (tag, expected) in [("en-AU", "one"), ("en-au", "one"), ("zh-Hant", "two"), ("ZH-HANT", "two")] {
            assert_eq!(slugs(&read(app, &format!("/v1/articles?language={tag}"))), [expected], "{tag}");
            assert_eq!(slugs(&editor.get(&format!("/v1/editor/articles?language={tag}")).json()), [expected], "{tag} at the desk");
        }
        assert!(slugs(&read(app, "/v1/articles?language=en")).is_empty());
    }

    fn reader_is_told_of_old_pieces_that_are_new_here(app: &App) {
        let editor = app.editor();
        app.clock.advance_seconds(600);
        let draft = make_article(&editor, json!({"slug": "old"}));
        step(&editor, &draft, "publish", json!({"published_at": "2019-01-01T00:00:00Z"}));
        let shown = read(app, "/v1/articles/old");
        assert_eq!((&shown["published_at"], &shown["updated_at"]), (&json!("2019-01-01T00:00:00Z"), &json!("2026-11-26T09:10:00Z")));
        assert_eq!(slugs(&read(app, "/v1/articles?updated_since=2026-11-26T09:09:59Z")), ["old"]);
    }
}
