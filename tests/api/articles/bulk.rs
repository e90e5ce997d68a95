//! `POST /v1/editor/articles/bulk`

use super::path_of;
use crate::changes::{follow, told};
use crate::harness::builders::{etag_of, id_of, make_article, make_public_article};
use crate::harness::client::{Requests, Response, SignedIn};
use serde_json::{Value, json};

const PATH: &str = "/v1/editor/articles/bulk";

fn drafts(editor: &SignedIn, count: usize) -> Vec<Value> {
    (0..count).map(|number| make_article(editor, json!({"slug": format!("piece-{number}")}))).collect()
}

/// Items for these articles, each in the version shown.
fn items(articles: &[Value], extra: &Value) -> Value {
    let item = |article: &Value| {
        let mut item = json!({"id": article["id"], "version": article["version"]});
        item.as_object_mut().expect("an object").extend(extra.as_object().into_iter().flatten().map(|(name, value)| (name.clone(), value.clone())));
        item
    };
    articles.iter().map(item).collect()
}

/// The status and the code of each result.
fn outcome(results: &Value) -> Vec<String> {
    let results = results.as_array().unwrap_or_else(|| panic!("no results: {results}"));
    results
        .iter()
        .map(|result| format!("{} {}", result["status"], result["code"].as_str().unwrap_or(result["state"].as_str().unwrap_or("-"))))
        .collect()
}

fn state(editor: &SignedIn, article: &Value) -> String {
    editor.get(&path_of(article)).assert_status(200).json()["state"].as_str().expect("a state").to_owned()
}

fn faults(answer: Response) -> Vec<(String, String)> {
    answer.assert_status(422).faults()
}

on_both! {
    fn editor_publishes_many_and_learns_of_each(app: &App) {
        let editor = app.editor();
        let mut articles = drafts(&editor, 3);
        articles.push(make_article(&editor, json!({"slug": "empty", "body": null})));
        articles.push(make_public_article(&editor, json!({"slug": "known"})));
        // One has been changed since it was read.
        editor.patch(&path_of(&articles[1]), &etag_of(&articles[1]), &json!({"title": "Elsewhere"})).assert_status(200);
        let start = follow(&editor, "/v1/editor/changes", 0, 100).len();
        let mut asked = items(&articles, &json!({}));
        asked.as_array_mut().expect("a list").push(json!({"id": "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c21", "version": 1}));
        let answer = editor.post(PATH, &json!({"action": "publish", "items": asked})).assert_status(200).json();
        assert_eq!(outcome(&answer["results"]), ["200 published", "412 stale_version", "200 published", "422 validation_failed", "200 published", "404 not_found"]);
        assert_eq!((&answer["succeeded"], &answer["failed"]), (&json!(3), &json!(3)));
        let results = &answer["results"];
        assert_eq!((&results[0]["id"], &results[0]["version"]), (&articles[0]["id"], &json!(2)));
        assert_eq!((&results[1]["current"]["version"], &results[1]["current"]["differing"]), (&json!(2), &json!(["title"])));
        assert_eq!(results[3]["errors"][0]["pointer"], "/body");
        // What was refused has left no trace, and what was public already is no news.
        let all = follow(&editor, "/v1/editor/changes", 0, 100);
        assert_eq!(told(&all[start..]), ["article published"; 2]);
        assert_eq!(["published", "draft", "published", "draft"].map(str::to_owned).to_vec(), articles[..4].iter().map(|article| state(&editor, article)).collect::<Vec<_>>());
        let audit = app.admin().get("/v1/editor/audit?action=article.publish&total=true").assert_status(200).json();
        assert_eq!(audit["page"]["total"], 3);
    }

    fn editor_asks_for_all_or_nothing(app: &App) {
        let editor = app.editor();
        let articles = drafts(&editor, 3);
        let mut asked = items(&articles, &json!({}));
        asked[1]["version"] = json!(7);
        let body = json!({"action": "publish", "items": asked, "all_or_nothing": true});
        let refused = editor.post(PATH, &body).assert_status(409);
        assert_eq!(refused.problem_code(), "bulk_refused");
        assert_eq!(outcome(&refused.json()["results"]), ["424 -", "412 stale_version", "424 -"]);
        assert_eq!(articles.iter().map(|article| state(&editor, article)).collect::<Vec<_>>(), ["draft"; 3]);
        assert_eq!(app.anonymous().get("/v1/changes").assert_status(200).json()["head"], 0);
        let body = json!({"action": "publish", "items": items(&articles, &json!({})), "all_or_nothing": true});
        assert_eq!(editor.post(PATH, &body).assert_status(200).json()["succeeded"], 3);
    }

    fn every_action_is_taken_with_its_own_members(app: &App) {
        let editor = app.editor();
        let mut articles = drafts(&editor, 2);
        let mut act = |action: &str, extra: Value, expected: &str| {
            let answer = editor.post(PATH, &json!({"action": action, "items": items(&articles, &extra), "all_or_nothing": true})).assert_status(200).json();
            assert_eq!(outcome(&answer["results"]), [expected, expected], "{action}");
            for (article, result) in articles.iter_mut().zip(answer["results"].as_array().expect("results")) {
                article["version"] = result["version"].clone();
            }
        };
        act("submit", json!({"comment": "Done."}), "200 in_review");
        act("return", json!({"comment": "Not yet."}), "200 draft");
        act("schedule", json!({"publish_at": "2026-11-27T09:00:00Z", "unpublish_at": "2026-11-28T09:00:00Z"}), "200 scheduled");
        act("unschedule", json!({}), "200 draft");
        act("publish", json!({"published_at": "2020-01-01T00:00:00Z"}), "200 published");
        act("unpublish", json!({}), "200 draft");
        act("publish", json!({}), "200 published");
        act("withdraw", json!({"reason": "It was wrong."}), "200 withdrawn");
        act("restore", json!({}), "200 draft");
        act("delete", json!({}), "204 -");
        app.editor().get("/v1/editor/articles/piece-0").assert_status(404);
    }

    fn contributor_does_to_many_what_they_may_do_to_one(app: &App) {
        let (contributor, editor) = (app.contributor(), app.editor());
        let articles = [make_article(&contributor, json!({})), make_article(&editor, json!({}))];
        let answer = |action: &str| contributor.post(PATH, &json!({"action": action, "items": items(&articles, &json!({}))})).assert_status(200).json();
        assert_eq!(outcome(&answer("publish")["results"]), ["403 forbidden", "404 not_found"]);
        assert_eq!(outcome(&answer("submit")["results"]), ["200 in_review", "404 not_found"]);
    }

    fn editor_is_told_of_every_fault_of_the_request(app: &App) {
        let editor = app.editor();
        let id = id_of(&drafts(&editor, 1)[0]).to_owned();
        let at = |pointer: &str, code: &str| (pointer.to_owned(), code.to_owned());
        assert_eq!(faults(editor.post(PATH, &json!({}))), [at("/action", "required"), at("/items", "required")]);
        assert_eq!(faults(editor.post(PATH, &json!([]))), [at("", "wrong_type")]);
        let many: Vec<Value> = (0..101).map(|_| json!({"id": id, "version": 1})).collect();
        assert_eq!(faults(editor.post(PATH, &json!({"action": "explode", "items": many, "x": 1}))), [at("/action", "not_one_of"), at("/items", "too_long"), at("/x", "unknown")]);
        let wrong = json!([7, {"id": "x", "version": 0, "publish_at": "later"}, {"version": 1, "comment": "?", "publish_at": "2026-11-27T09:00:00Z"}, {"id": id, "version": 1}]);
        let expected = [
            at("/items/0", "wrong_type"), at("/items/1/id", "invalid_format"), at("/items/1/publish_at", "invalid_format"), at("/items/1/version", "out_of_range"),
            at("/items/2/comment", "unknown"), at("/items/2/id", "required"), at("/items/3/publish_at", "required"),
        ];
        assert_eq!(faults(editor.post(PATH, &json!({"action": "schedule", "items": wrong}))), expected);
        let twice = json!([{"id": id, "version": 1}, {"id": id, "version": 1}]);
        assert_eq!(faults(editor.post(PATH, &json!({"action": "publish", "items": twice}))), [at("/items/1/id", "repeated")]);
    }

    fn editor_tries_it_and_sends_it_twice(app: &App) {
        let editor = app.editor();
        let articles = drafts(&editor, 2);
        let body = json!({"action": "publish", "items": items(&articles, &json!({}))});
        let tried = editor.post(&format!("{PATH}?dry_run=true"), &body).assert_status(200);
        assert_eq!((tried.header("masthead-dry-run"), &tried.json()["succeeded"]), (Some("true"), &json!(2)));
        assert_eq!(state(&editor, &articles[0]), "draft");
        let send = || editor.send("POST", PATH, &[("content-type", "application/json"), ("idempotency-key", "once")], body.to_string().as_bytes()).assert_status(200);
        let first = send();
        assert_eq!((send().json(), send().header("idempotency-replayed")), (first.json(), Some("true")));
        assert_eq!(first.json()["succeeded"], 2);
    }
}
