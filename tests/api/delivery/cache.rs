//! Kept replies: never older than the last change, never beyond the moment at which they change by the clock, and in the
//! coding that the client takes.

use super::{read, slugs};
use crate::harness::builders::{etag_of, make_article, make_author, make_meeting, make_public_article, publish, step};
use crate::harness::client::{Requests, Response};
use serde_json::{Value, json};
use std::io::Read;

/// A reply as a client that takes a coding decodes it.
fn decoded(answer: &Response) -> Vec<u8> {
    let mut body = Vec::new();
    match answer.header("content-encoding") {
        None => body.clone_from(&answer.body),
        Some("gzip") => drop(flate2::read::GzDecoder::new(answer.body.as_slice()).read_to_end(&mut body).expect("gzip")),
        Some("br") => drop(brotli::Decompressor::new(answer.body.as_slice(), 4096).read_to_end(&mut body).expect("brotli")),
        Some("zstd") => body = zstd::bulk::decompress(&answer.body, 1 << 20).expect("zstd"),
        Some(other) => panic!("{other}: {answer}"),
    }
    body
}

on_both! {
    fn reader_gets_the_coding_that_he_takes(app: &App) {
        let editor = app.editor();
        for number in 0..5 {
            make_public_article(&editor, json!({"title": format!("Piece {number}")}));
        }
        let reader = app.anonymous();
        let plain = reader.get_with("/v1/articles", &[("accept-encoding", "identity")]).assert_status(200);
        assert_eq!(plain.header("content-encoding"), None);
        let mut tags = vec![plain.etag()];
        // The second time it comes from what was kept.
        for _ in 0..2 {
            for (accepted, coding) in [("gzip", "gzip"), ("br", "br"), ("zstd", "zstd"), ("gzip, deflate, br, zstd", "br"), ("gzip;q=1, br;q=0.5", "gzip")] {
                let answer = reader.get_with("/v1/articles", &[("accept-encoding", accepted)]).assert_status(200);
                assert_eq!(answer.header("content-encoding"), Some(coding), "{accepted}");
                assert_eq!(answer.header("vary"), Some("Accept-Encoding"));
                assert!(answer.body.len() < plain.body.len() / 2 && decoded(&answer) == plain.body, "{accepted}");
                assert_eq!(answer.header("content-length"), Some(answer.body.len().to_string().as_str()));
                let tag = answer.etag();
                tags.push(tag.clone());
                let same = reader.get_with("/v1/articles", &[("accept-encoding", accepted), ("if-none-match", &tag)]).assert_status(304);
                assert_eq!((same.etag(), same.header("vary"), same.body.len()), (tag, Some("Accept-Encoding"), 0));
                let head = reader.send("HEAD", "/v1/articles", &[("accept-encoding", accepted)], &[]).assert_status(200);
                assert_eq!((head.header("content-encoding"), head.header("content-length")), (Some(coding), answer.header("content-length")));
            }
        }
        // A strong tag is of exactly these bytes.
        tags.sort();
        tags.dedup();
        assert_eq!(tags.len(), 4);
    }

    fn reader_gets_one_reply_for_all_spellings_of_a_request(app: &App) {
        make_public_article(&app.editor(), json!({"slug": "one"}));
        let reader = app.anonymous();
        let answer = |query: &str| reader.get(&format!("/v1/articles{query}")).assert_status(200);
        let usual = answer("?fields=slug,title&limit=5&sort=updated_at");
        for query in ["?sort=updated_at&limit=5&fields=title,slug", "?limit=005&fields=title%2Cslug&sort=updated_at&total=false&body=none"] {
            for _ in 0..2 {
                let other = answer(query);
                assert_eq!((other.etag(), other.header("link"), &other.body), (usual.etag(), usual.header("link"), &usual.body), "{query}");
            }
        }
        // Kept or not, a wrong request is refused.
        for wrong in ["?limit=5&limit=5", "?limit=5&colour=red", "?limit=0"] {
            for _ in 0..2 {
                reader.get(&format!("/v1/articles{wrong}")).assert_status(400);
            }
        }
    }

    fn reader_sees_every_change_at_once(app: &App) {
        let (editor, reader) = (app.editor(), app.anonymous());
        let author = make_author(&editor, "Ida Moss");
        assert_eq!(slugs(&read(app, "/v1/articles")), [""; 0]);
        let article = make_public_article(&editor, json!({"slug": "one", "bylines": [{"author_id": author["id"]}]}));
        let everywhere = ["/v1/articles", "/v1/articles/one", "/v1/articles/one?include=related,latest,meetings", "/v1/articles?author=ida-moss"];
        let seen = || everywhere.map(|path| reader.get(path).assert_status(200).body);
        let first = seen();
        assert_eq!(first, seen());
        // A draft changes nothing for readers, and nothing of what is kept.
        let draft = editor.patch(&format!("/v1/editor/articles/{}", article["id"].as_str().expect("an id")), &etag_of(&article), &json!({"title": "Another title"})).assert_status(200).json();
        assert_eq!(first, seen());
        publish(&editor, &draft);
        let second = seen();
        assert!(first.iter().zip(&second).all(|(old, new)| old != new));
        editor.patch("/v1/editor/authors/ida-moss", &etag_of(&author), &json!({"name": "Ida Mossgrove"})).assert_status(200);
        let third = seen();
        assert!(second.iter().zip(&third).all(|(old, new)| old != new));
        let shown = editor.get("/v1/editor/articles/one").json();
        step(&editor, &shown, "unpublish", Value::Null);
        reader.get("/v1/articles/one").assert_status(404);
        assert_eq!(slugs(&read(app, "/v1/articles")), [""; 0]);
    }

    fn reader_is_never_given_more_than_lasts_until_the_next_moment(app: &App) {
        let (editor, reader) = (app.editor(), app.anonymous());
        let control = |path: &str| reader.get(path).assert_status(200).header("cache-control").expect("a policy").to_owned();
        let lasting = "public, max-age=0, s-maxage=60, stale-while-revalidate=30";
        make_public_article(&editor, json!({"slug": "one"}));
        assert_eq!((control("/v1/articles").as_str(), control("/v1/meetings").as_str()), (lasting, lasting));
        step(&editor, &make_article(&editor, json!({"slug": "due"})), "schedule", json!({"publish_at": "2026-11-26T09:01:10Z"}));
        // From 22:00 on the 26th in Auckland is 09:00 UTC; it lasts 20 minutes.
        make_meeting(&editor, "Now", "2026-11-26T21:45", json!({"duration_minutes": 20}));
        assert_eq!(control("/v1/articles"), "public, max-age=0, s-maxage=60, stale-while-revalidate=10");
        assert_eq!(control("/v1/articles/one?include=latest"), "public, max-age=0, s-maxage=60, stale-while-revalidate=10");
        // What does not change with another article is kept as ever.
        assert_eq!((control("/v1/articles/one").as_str(), control("/v1/authors").as_str()), (lasting, lasting));
        app.clock.advance_seconds(60);
        assert_eq!(control("/v1/articles"), "public, max-age=0, s-maxage=10, stale-while-revalidate=0");
        assert_eq!(slugs(&read(app, "/v1/articles")), ["one"]);
        app.clock.advance_seconds(10);
        assert_eq!(slugs(&read(app, "/v1/articles")), ["due", "one"]);
        assert_eq!(control("/v1/articles"), lasting);
        assert_eq!(read(app, "/v1/meetings")["data"].as_array().expect("meetings").len(), 1);
        app.clock.advance_seconds(3 * 60 + 50);
        assert_eq!(read(app, "/v1/meetings")["data"], json!([]));
    }

    fn reader_asks_for_what_he_knows_of_and_gets_nothing_older(app: &App) {
        let (editor, reader) = (app.editor(), app.anonymous());
        let published = editor.action(
            &format!("/v1/editor/articles/{}/publish", make_article(&editor, json!({"slug": "one"}))["id"].as_str().expect("an id")),
            "*",
            &Value::Null,
        );
        let revision = published.assert_status(200).header("masthead-revision").expect("a revision").to_owned();
        let answer = reader.get_with("/v1/articles/one", &[("masthead-min-revision", &revision)]).assert_status(200);
        assert_eq!(answer.header("masthead-revision"), Some(revision.as_str()));
        let later = (revision.parse::<i64>().expect("a number") + 1).to_string();
        let refused = reader.get_with("/v1/articles/one", &[("masthead-min-revision", &later)]).assert_status(503);
        assert_eq!((refused.header("retry-after"), refused.problem_code()), (Some("1"), "unavailable".to_owned()));
        for wrong in ["", "-1", "1.5", "x", "99999999999999999999"] {
            let refused = reader.get_with("/v1/articles/one", &[("masthead-min-revision", wrong)]).assert_status(400);
            assert_eq!(refused.problem_code(), "invalid_header", "{wrong}");
        }
    }
}
