//! What several people do at the same moment, on a database that writes several things at a time: together it must be as right
//! as if one had come after the other.

use crate::harness::app::Login;
use crate::harness::authenticator::Authenticator;
use crate::harness::builders::{id_of, make, make_author, make_public_article, make_publication, make_section, make_tag};
use crate::harness::client::{Requests, Response};
use crate::merging::listed;
use crate::records::column;
use masthead_domain::permission::Role;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// How often two try to come between each other.
const ROUNDS: usize = 12;

/// Asks so many times at once.
fn at_once(times: usize, ask: impl Fn(usize) -> Response + Sync) -> Vec<Response> {
    std::thread::scope(|scope| {
        let ask = &ask;
        let asking: Vec<_> = (0..times).map(|number| scope.spawn(move || ask(number))).collect();
        asking.into_iter().map(|one| one.join().expect("an answer")).collect()
    })
}

/// The answers' statuses, in ascending order.
fn statuses(answers: &[Response]) -> Vec<u16> {
    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    statuses
}

on_both! {
    fn things_of_one_title_that_are_begun_at_once_get_slugs_of_their_own(app: &App) {
        let editor = app.editor();
        let bodies = [
            ("articles", json!({"title": "The last ferry"})),
            ("tags", json!({"name": "The last ferry"})),
            ("venues", json!({"name": "The last ferry"})),
            ("pages", json!({"title": "The last ferry"})),
        ];
        for (collection, body) in bodies {
            let path = format!("/v1/editor/{collection}");
            let answers = at_once(8, |_| editor.post(&path, &body));
            let slugs: BTreeSet<String> =
                answers.into_iter().map(|answer| answer.assert_status(201).json()["slug"].as_str().expect("a slug").to_owned()).collect();
            let expected: BTreeSet<String> = (1..=8).map(|number| if number == 1 { "the-last-ferry".to_owned() } else { format!("the-last-ferry-{number}") }).collect();
            assert_eq!(slugs, expected, "{collection}");
        }
    }

    fn of_those_who_enter_one_slug_at_once_one_gets_it(app: &App) {
        let editor = app.editor();
        for (collection, name) in [("articles", "title"), ("tags", "name")] {
            let answers = at_once(6, |number| editor.post(&format!("/v1/editor/{collection}"), &json!({name: format!("Number {number}"), "slug": "ferry"})));
            assert_eq!(statuses(&answers), [201, 422, 422, 422, 422, 422]);
            for refused in answers.iter().filter(|answer| answer.status == 422) {
                assert_eq!((&refused.problem()["errors"][0]["pointer"], &refused.problem()["errors"][0]["code"]), (&json!("/slug"), &json!("taken")));
            }
        }
    }

    fn authors_of_the_same_articles_are_renamed_at_once_while_one_is_published_anew(app: &App) {
        let editor = app.editor();
        let (ida, ann) = (make_author(&editor, "Ida Moss"), make_author(&editor, "Ann Ott"));
        let paper = make_publication(&editor, "Harbour News", json!({}));
        let bylines = |first: &Value, second: &Value| json!([{"author_id": first["id"], "role": "words"}, {"author_id": second["id"], "role": "words"}]);
        let credits = json!([{"publication_id": paper["id"], "relation": "republished", "original_url": "https://harbour.example/a"}]);
        let articles: Vec<Value> = (0..6)
            .map(|number| {
                let bylines = if number % 2 == 0 { bylines(&ida, &ann) } else { bylines(&ann, &ida) };
                make_public_article(&editor, json!({"title": format!("Piece {number}"), "slug": format!("piece-{number}"), "bylines": bylines, "credits": credits}))
            })
            .collect();
        for round in 0..ROUNDS {
            let name = |letter: char| format!("Name{letter}{round}");
            let again = format!("/v1/editor/articles/{}", id_of(&articles[round % 6]));
            editor.patch(&again, "*", &json!({"standfirst": format!("Once more, {round}.")})).assert_status(200);
            let answers = at_once(4, |number| match number {
                0 => editor.patch(&format!("/v1/editor/authors/{}", id_of(&ida)), "*", &json!({"name": name('a')})),
                1 => editor.patch(&format!("/v1/editor/authors/{}", id_of(&ann)), "*", &json!({"name": name('b')})),
                2 => editor.patch(&format!("/v1/editor/publications/{}", id_of(&paper)), "*", &json!({"name": name('c')})),
                _ => editor.action(&format!("{again}/publish"), "*", &json!({})),
            });
            assert_eq!(statuses(&answers), [200; 4], "{answers:?}");
            for letter in ['a', 'b', 'c'] {
                assert_eq!(listed(app, &format!("q={}", name(letter))).len(), 6, "{letter} in round {round}");
            }
        }
    }

    fn two_sections_that_are_put_into_each_other_at_once_make_no_circle(app: &App) {
        let editor = app.editor();
        for round in 0..ROUNDS {
            let pair = [make_section(&editor, &format!("One {round}")), make_section(&editor, &format!("Other {round}"))];
            let answers = at_once(2, |number| {
                let (moved, into) = (&pair[number], &pair[1 - number]);
                editor.patch(&format!("/v1/editor/sections/{}", id_of(moved)), "*", &json!({"parent_id": into["id"]}))
            });
            assert_eq!(statuses(&answers), [200, 422], "round {round}");
            let refused = answers.iter().find(|answer| answer.status == 422).expect("the second");
            assert_eq!(refused.problem()["errors"][0]["code"], "circular");
        }
        let sections = app.anonymous().get("/v1/sections?limit=100").assert_status(200).json();
        assert_eq!(column(&sections, "slug").len(), 2 * ROUNDS);
    }

    fn two_redirects_to_each_other_at_once_make_no_circle(app: &App) {
        let editor = app.editor();
        for round in 0..ROUNDS {
            let paths = [format!("/one-{round}"), format!("/other-{round}")];
            let answers = at_once(2, |number| {
                editor.post("/v1/editor/redirects", &json!({"from": paths[number], "to": paths[1 - number], "status": 301}))
            });
            assert_eq!(statuses(&answers), [201, 422], "round {round}");
        }
        // Nor do two from the same place leave two, or an error of ours.
        for round in 0..ROUNDS {
            let answers = at_once(2, |number| {
                editor.post("/v1/editor/redirects", &json!({"from": format!("/from-{round}"), "to": format!("/to-{number}"), "status": 301}))
            });
            assert_eq!(statuses(&answers), [201, 422], "round {round}");
        }
    }

    fn two_tags_that_are_merged_into_each_other_at_once_leave_one(app: &App) {
        let editor = app.editor();
        for round in 0..ROUNDS {
            let pair = [make_tag(&editor, &format!("One {round}")), make_tag(&editor, &format!("Other {round}"))];
            let article = make(&editor, "articles", &json!({"title": format!("Piece {round}"), "tag_ids": [pair[0]["id"], pair[1]["id"]]}));
            let answers = at_once(2, |number| {
                let (old, new) = (&pair[number], &pair[1 - number]);
                editor.action(&format!("/v1/editor/tags/{}/merge", id_of(old)), "*", &json!({"into_id": new["id"]}))
            });
            // Whoever comes second finds the one to be merged gone.
            let seen = statuses(&answers);
            assert!(seen == [200, 404] || seen == [200, 422], "round {round}: {seen:?}");
            let left = editor.get(&format!("/v1/editor/articles/{}", id_of(&article))).assert_status(200).json();
            assert_eq!(left["tag_ids"].as_array().map(Vec::len), Some(1), "{left}");
        }
    }

    fn steps_that_are_taken_at_once_are_taken_one_after_the_other(app: &App) {
        let editor = app.editor();
        let article = make_public_article(&editor, json!({"slug": "ferry"}));
        let path = format!("/v1/editor/articles/{}", id_of(&article));
        for round in 0..ROUNDS {
            let answers = at_once(6, |number| {
                let step = if number.is_multiple_of(2) { "unpublish" } else { "publish" };
                editor.action(&format!("{path}/{step}"), "*", &json!({}))
            });
            // What cannot be done from where it has come to is said to be so.
            assert!(answers.iter().all(|answer| matches!(answer.status, 200 | 409)), "round {round}: {answers:?}");
            let shown = editor.get(&path).assert_status(200).json();
            let is_public = app.anonymous().get("/v1/articles/ferry").status == 200;
            assert_eq!(is_public, shown["state"] == "published", "round {round}");
        }
    }

    fn merging_waits_for_who_is_at_an_article_and_for_who_deletes_what_is_left(app: &App) {
        let editor = app.editor();
        for round in 0..ROUNDS {
            let (old, new) = (make_tag(&editor, &format!("Old {round}")), make_tag(&editor, &format!("New {round}")));
            let articles: Vec<Value> =
                (0..3).map(|number| make(&editor, "articles", &json!({"title": format!("Piece {round} {number}"), "tag_ids": [old["id"]]}))).collect();
            let answers = at_once(4, |number| match articles.get(number) {
                Some(article) => editor.patch(&format!("/v1/editor/articles/{}", id_of(article)), "*", &json!({"standfirst": "Changed."})),
                None => editor.action(&format!("/v1/editor/tags/{}/merge", id_of(&old)), "*", &json!({"into_id": new["id"]})),
            });
            assert_eq!(statuses(&answers), [200; 4], "round {round}: {answers:?}");
            for article in &articles {
                let shown = editor.get(&format!("/v1/editor/articles/{}", id_of(article))).assert_status(200).json();
                assert_eq!((&shown["tag_ids"], &shown["standfirst"]), (&json!([new["id"]]), &json!("Changed.")), "round {round}");
                // What each revision was made of is what its version says.
                let revisions = editor.get(&format!("/v1/editor/articles/{}/revisions?limit=100", id_of(article))).assert_status(200).json();
                assert_eq!(revisions["data"].as_array().map(Vec::len), Some(3));
                assert_eq!((&shown["version"], &shown["revision"]), (&json!(3), &json!(3)));
            }
            let other = make_tag(&editor, &format!("Other {round}"));
            let answers = at_once(2, |number| match number {
                0 => editor.action(&format!("/v1/editor/tags/{}/merge", id_of(&other)), "*", &json!({"into_id": new["id"]})),
                _ => editor.delete(&format!("/v1/editor/tags/{}", id_of(&other)), "*"),
            });
            assert!(statuses(&answers).iter().filter(|status| **status < 300).count() == 1, "round {round}: {answers:?}");
            let free = make_tag(&editor, &format!("Free {round}"));
            let last = make_tag(&editor, &format!("Last {round}"));
            let answers = at_once(2, |number| match number {
                0 => editor.action(&format!("/v1/editor/tags/{}/merge", id_of(&last)), "*", &json!({"into_id": free["id"]})),
                _ => editor.delete(&format!("/v1/editor/tags/{}", id_of(&free)), "*"),
            });
            // Either nothing is left to become part of, or it goes with what has become part of it.
            let left = editor.get(&format!("/v1/editor/tags/{}", id_of(&last))).status;
            match (answers[0].status, answers[1].status) {
                (422, 204) => assert_eq!(left, 200),
                (200, 204) => assert_eq!(left, 404),
                other => panic!("round {round}: {other:?}"),
            }
        }
    }

    fn bulk_steps_in_opposite_orders_are_all_done(app: &App) {
        let editor = app.editor();
        for round in 0..ROUNDS {
            let articles: Vec<Value> = (0..6).map(|number| make(&editor, "articles", &json!({"title": format!("Piece {round} {number}"), "body": {"source": "S."}}))).collect();
            let answers = at_once(2, |number| {
                let mut items: Vec<Value> = articles.iter().map(|article| json!({"id": article["id"], "version": article["version"]})).collect();
                if number == 1 {
                    items.reverse();
                }
                let action = if number == 0 { "publish" } else { "submit" };
                editor.post("/v1/editor/articles/bulk", &json!({"action": action, "items": items}))
            });
            assert_eq!(statuses(&answers), [200, 200], "round {round}");
            let done: u64 = answers.iter().map(|answer| answer.json()["succeeded"].as_u64().expect("a number")).sum();
            assert_eq!(done, 6, "round {round}");
        }
    }

    fn passwords_and_second_factors_are_judged_as_they_are_when_something_is_done(app: &App) {
        for round in 0..6 {
            let login = app.db_create_user(Role::Editor);
            let (first, second) = (app.log_in(&login), app.log_in(&login));
            let chosen = |number: usize| format!("the tide turns {round} times for {number}");
            let answers = at_once(4, |number| match number {
                0 => first.post("/v1/auth/password", &json!({"current_password": login.password, "new_password": chosen(0)})),
                1 => second.post("/v1/auth/password", &json!({"current_password": login.password, "new_password": chosen(1)})),
                _ => app.anonymous().post("/v1/auth/login", &json!({"email": login.email, "password": login.password})),
            });
            let changed: Vec<usize> = (0..2).filter(|number| answers[*number].status == 204).collect();
            assert_eq!(changed.len(), 1, "round {round}: {answers:?}");
            // No login with what it was before lives on.
            for answer in answers.iter().skip(2).filter(|answer| answer.status == 200) {
                let authorization = format!("Bearer {}", answer.json()["access_token"].as_str().expect("a token"));
                app.anonymous().get_with("/v1/auth/me", &[("authorization", &authorization)]).assert_status(401);
            }
            let login = Login { password: chosen(changed[0]), ..login };
            let (first, second) = (app.log_in(&login), app.log_in(&login));
            let enrolment = first.post("/v1/auth/totp", &json!({"current_password": login.password})).assert_status(200).json();
            let device = Authenticator::new(enrolment["secret"].as_str().expect("a secret"));
            let now = app.clock.now();
            let confirmed = at_once(2, |number| {
                let (who, step) = if number == 0 { (&first, 0) } else { (&second, -30) };
                who.post("/v1/auth/totp/confirm", &json!({"code": device.code(now.plus_seconds(step))}))
            });
            assert_eq!(statuses(&confirmed), [200, 409], "round {round}");
            app.clock.advance_seconds(60);
            let code = device.code(app.clock.now());
            // One of twelve characters is for who has a second factor.
            let answers = at_once(2, |number| match number {
                0 => first.post("/v1/auth/password", &json!({"current_password": login.password, "new_password": "tide at four"})),
                _ => second.post("/v1/auth/totp/disable", &json!({"current_password": login.password, "code": code})),
            });
            assert_eq!(answers.iter().filter(|answer| answer.status == 204).count(), 1, "round {round}: {answers:?}");
        }
    }

    fn somebody_is_invited_by_several_at_once(app: &App) {
        let admin = app.admin();
        let user = admin.post("/v1/editor/users", &json!({"email": "new@paper.example", "name": "New", "role": "editor"})).assert_status(201).json();
        for round in 0..ROUNDS {
            let answers = at_once(3, |_| admin.send("POST", &format!("/v1/editor/users/{}/invitation", id_of(&user)), &[], &[]));
            assert_eq!(statuses(&answers), [200; 3], "round {round}");
        }
    }
}
