//! `POST /v1/editor/articles/{id}/submit`, `…/return`, `…/withdraw`, `…/restore`, and what changes by the clock alone.

use super::path_of;
use crate::harness::app::App;
use crate::harness::builders::{etag_of, id_of, make_article, make_public_article, publish, step};
use crate::harness::client::{Requests, SignedIn};
use serde_json::{Value, json};

fn edit(editor: &SignedIn, article: &Value, patch: &Value) -> Value {
    editor.patch(&path_of(article), &etag_of(article), patch).assert_status(200).json()
}

fn states(editor: &SignedIn, state: &str) -> Vec<Value> {
    let list = editor.get(&format!("/v1/editor/articles?state={state}&total=true")).assert_status(200).json();
    let ids: Vec<Value> = list["data"].as_array().expect("a list").iter().map(|article| article["id"].clone()).collect();
    assert_eq!(list["page"]["total"], ids.len());
    ids
}

fn title(app: &App, slug: &str) -> Value {
    app.anonymous().get(&format!("/v1/articles/{slug}")).assert_status(200).json()["title"].clone()
}

/// What was announced of an article, in order.
fn announced(app: &App, article: &Value) -> Vec<String> {
    let changes = masthead_store::changes::list_since(&mut app.database().connect(), 0, 1000).expect("the changes");
    changes.iter().filter(|change| change.entity_id.0.to_string() == id_of(article)).map(|change| change.action.to_string()).collect()
}

on_both! {
    fn contributor_submits_and_an_editor_returns_or_publishes(app: &App) {
        let (contributor, editor) = (app.contributor(), app.editor());
        let draft = make_article(&contributor, json!({"slug": "checked"}));
        let submitted = step(&contributor, &draft, "submit", json!({"comment": "Numbers are checked."}));
        assert_eq!((&submitted["state"], &submitted["review_comment"]), (&json!("in_review"), &json!("Numbers are checked.")));
        assert_eq!((&submitted["submitted_at"], &submitted["submitted_by"]), (&json!("2026-11-26T09:00:00Z"), &json!(contributor.login.id.to_string())));
        assert_eq!(submitted["steps"], json!(["return", "publish", "schedule", "delete"]));
        assert_eq!(states(&editor, "in_review"), [submitted["id"].clone()]);
        assert_eq!(states(&editor, "draft"), Vec::<Value>::new());
        let refused = editor.action(&format!("{}/return", path_of(&draft)), &etag_of(&submitted), &json!({})).assert_status(422);
        assert_eq!(refused.faults(), [("/comment".to_owned(), "required".to_owned())]);
        let returned = step(&editor, &submitted, "return", json!({"comment": "Who says so?"}));
        assert_eq!((&returned["state"], &returned["review_comment"]), (&json!("draft"), &json!("Who says so?")));
        assert_eq!(returned.get("submitted_at"), None);
        let edited = edit(&contributor, &returned, &json!({"title": "Sourced"}));
        let published = publish(&editor, &step(&contributor, &edited, "submit", Value::Null));
        assert_eq!((&published["state"], &published["approved_by"]), (&json!("published"), &json!(editor.login.id.to_string())));
        assert_eq!((published.get("submitted_at"), published.get("review_comment")), (None, None));
        assert_eq!(title(app, "checked"), "Sourced");
        // What is public is the editors' alone.
        contributor.patch(&path_of(&published), &etag_of(&published), &json!({"title": "T"})).assert_status(403);
        contributor.action(&format!("{}/submit", path_of(&published)), &etag_of(&published), &Value::Null).assert_status(409);
    }

    fn contributor_submits_what_is_not_theirs_and_finds_nothing(app: &App) {
        let draft = make_article(&app.editor(), json!({}));
        app.contributor().action(&format!("{}/submit", path_of(&draft)), &etag_of(&draft), &Value::Null).assert_status(404);
    }

    fn editor_withdraws_and_readers_are_told(app: &App) {
        let editor = app.editor();
        let published = make_public_article(&editor, json!({"slug": "wrong"}));
        let refused = editor.action(&format!("{}/withdraw", path_of(&published)), &etag_of(&published), &json!({"notice": "N", "why": 1})).assert_status(422);
        assert_eq!(refused.faults(), [("/reason".to_owned(), "required".to_owned()), ("/why".to_owned(), "unknown".to_owned())]);
        let withdrawn = step(&editor, &published, "withdraw", json!({"reason": "Invented by the source", "notice": "We were misled."}));
        assert_eq!((&withdrawn["state"], &withdrawn["withdrawal_reason"]), (&json!("withdrawn"), &json!("Invented by the source")));
        assert_eq!(withdrawn["steps"], json!(["restore", "delete"]));
        let reader = app.anonymous();
        for path in ["/v1/articles/wrong".to_owned(), format!("/v1/articles/{}", id_of(&published)), "/v1/articles/wrong/related".to_owned()] {
            let gone = reader.get(&path).assert_status(410).problem();
            assert_eq!((&gone["code"], &gone["detail"]), (&json!("withdrawn"), &json!("We were misled.")));
            assert!(!gone.to_string().contains("Invented"));
        }
        assert_eq!(reader.get("/v1/articles?total=true").json()["page"]["total"], 0);
        assert_eq!(states(&editor, "withdrawn"), [withdrawn["id"].clone()]);
        editor.action(&format!("{}/publish", path_of(&withdrawn)), &etag_of(&withdrawn), &Value::Null).assert_status(409);
        let draft = step(&editor, &withdrawn, "restore", Value::Null);
        assert_eq!((&draft["state"], &draft["published_at"], draft.get("withdrawal_reason")), (&json!("draft"), &json!("2026-11-26T09:00:00Z"), None));
        reader.get("/v1/articles/wrong").assert_status(404);
        app.clock.advance_seconds(60);
        assert_eq!(publish(&editor, &draft)["published_at"], "2026-11-26T09:00:00Z");
        reader.get("/v1/articles/wrong").assert_status(200);
        assert_eq!(announced(app, &draft), ["published", "withdrawn", "updated"], "it is news once");
    }

    fn editor_withdraws_under_an_old_address_and_the_new_one_and_both_say_so(app: &App) {
        let editor = app.editor();
        let published = make_public_article(&editor, json!({"slug": "first"}));
        let moved = publish(&editor, &edit(&editor, &published, &json!({"slug": "second"})));
        let edited = edit(&editor, &moved, &json!({"slug": "third"}));
        step(&editor, &edited, "withdraw", json!({"reason": "R"}));
        for slug in ["first", "second"] {
            let gone = app.anonymous().get(&format!("/v1/articles/{slug}")).assert_status(410).problem();
            assert_eq!(gone["detail"], "This article has been withdrawn.", "{slug}");
        }
        app.anonymous().get("/v1/articles/third").assert_status(404);
    }

    fn editor_prepares_a_revision_and_it_takes_its_place_at_its_time(app: &App) {
        let editor = app.editor();
        let published = make_public_article(&editor, json!({"slug": "live", "title": "Before"}));
        let nothing = editor.action(&format!("{}/schedule", path_of(&published)), &etag_of(&published), &json!({"publish_at": "2026-11-26T09:10:00Z"}));
        assert_eq!(nothing.assert_status(422).faults(), [("/publish_at".to_owned(), "not_permitted".to_owned())]);
        let edited = edit(&editor, &published, &json!({"title": "After", "slug": "moved"}));
        let prepared = step(&editor, &edited, "schedule", json!({"publish_at": "2026-11-26T09:10:00Z"}));
        assert_eq!((&prepared["state"], &prepared["prepared_revision"], &prepared["publish_at"]), (&json!("published"), &json!(2), &json!("2026-11-26T09:10:00Z")));
        assert!(prepared["steps"].as_array().expect("steps").contains(&json!("unschedule")));
        // Work goes on, and does not touch what is prepared; its slug is taken.
        let working = edit(&editor, &prepared, &json!({"title": "Half written", "slug": "other"}));
        assert_eq!(editor.post("/v1/editor/articles", &json!({"title": "T", "slug": "moved"})).assert_status(422).fault_pointers(), ["/slug"]);
        let reader = app.anonymous();
        let before = reader.get("/v1/articles/live").assert_status(200);
        assert_eq!(before.json()["title"], "Before");
        assert!(before.header("cache-control").expect("caching").contains("s-maxage=60"), "{before}");
        app.clock.advance_seconds(570);
        assert!(reader.get("/v1/articles/live").header("cache-control").expect("caching").contains("s-maxage=30"));
        app.clock.advance_seconds(29);
        assert_eq!(title(app, "live"), "Before");
        app.clock.advance_seconds(1);
        // Without any job, in lists and by its new address; the old one leads there.
        assert_eq!(reader.get("/v1/articles?fields=title").json()["data"], json!([{"title": "After"}]));
        assert_eq!(title(app, "moved"), "After");
        assert!(reader.get("/v1/articles/live").assert_status(301).location().ends_with("/moved"));
        assert_eq!(reader.get("/v1/articles/moved").json()["published_at"], "2026-11-26T09:00:00Z");
        let shown = editor.get(&path_of(&working)).json();
        assert_eq!((&shown["version"], &shown["public_revision"], &shown["revision"]), (&working["version"], &json!(2), &json!(3)));
        assert_eq!(shown.get("prepared_revision"), None);
        app.run_jobs();
        assert_eq!(announced(app, &shown), ["published", "scheduled", "updated"]);
        // Whoever had it open can save.
        edit(&editor, &working, &json!({"title": "Written"}));
    }

    fn nodes_replace_a_prepared_revision_once(app: &App) {
        let editor = app.editor();
        let published = make_public_article(&editor, json!({"slug": "live"}));
        let prepared = step(&editor, &edit(&editor, &published, &json!({"title": "After"})), "schedule", json!({"publish_at": "2026-11-26T09:10:00Z"}));
        if app.backend == crate::harness::database::Backend::Postgres {
            let node = app.start_node(|config| config);
            node.anonymous().get("/v1/articles/live").assert_status(200);
            app.clock.advance_seconds(600);
            let seen: Vec<Value> = std::thread::scope(|scope| {
                let readers: Vec<_> = (0..6)
                    .map(|number| {
                        let reader = if number % 2 == 0 { node.anonymous() } else { app.anonymous() };
                        scope.spawn(move || reader.get(&format!("/v1/articles?limit={}", number + 1)).assert_status(200).json()["data"][0]["title"].clone())
                    })
                    .collect();
                readers.into_iter().map(|reader| reader.join().expect("an answer")).collect()
            });
            assert!(seen.iter().all(|title| title == "After"), "{seen:?}");
            node.run_jobs();
        } else {
            app.clock.advance_seconds(600);
            assert_eq!(title(app, "live"), "After");
        }
        app.run_jobs();
        assert_eq!(announced(app, &prepared), ["published", "scheduled", "updated"]);
    }

    fn editor_gives_a_prepared_revision_up(app: &App) {
        let editor = app.editor();
        let published = make_public_article(&editor, json!({"slug": "live", "title": "Before"}));
        let prepared = step(&editor, &edit(&editor, &published, &json!({"title": "After"})), "schedule", json!({"publish_at": "2026-11-26T09:10:00Z"}));
        let given_up = step(&editor, &prepared, "unschedule", Value::Null);
        assert_eq!((&given_up["state"], given_up.get("publish_at"), &given_up["has_unpublished_changes"]), (&json!("published"), None, &json!(true)));
        app.clock.advance_seconds(601);
        assert_eq!(title(app, "live"), "Before");
        let published = publish(&editor, &step(&editor, &given_up, "schedule", json!({"publish_at": "2026-11-26T09:20:00Z"})));
        assert_eq!((published.get("prepared_revision"), published.get("publish_at")), (None, None));
        assert_eq!(title(app, "live"), "After");
    }

    fn prepared_revision_that_cannot_become_public_holds_nobody_up(app: &App) {
        let editor = app.editor();
        let tag = crate::harness::builders::make_tag(&editor, "Doomed");
        let published = make_public_article(&editor, json!({"slug": "live", "title": "Before"}));
        let prepared = step(&editor, &edit(&editor, &published, &json!({"tag_ids": [tag["id"]], "title": "After"})), "schedule", json!({"publish_at": "2026-11-26T09:10:00Z"}));
        edit(&editor, &prepared, &json!({"tag_ids": []}));
        // Nobody could delete it, but for the database's own.
        let mut conn = app.database().connect();
        let conn = &mut conn;
        masthead_store::on_each!(conn => diesel::RunQueryDsl::execute(diesel::sql_query("DELETE FROM article_tags"), conn)).expect("a statement");
        editor.delete(&format!("/v1/editor/tags/{}", id_of(&tag)), &etag_of(&tag)).assert_status(204);
        app.clock.advance_seconds(600);
        assert_eq!(title(app, "live"), "Before");
        let audit = app.admin().get("/v1/editor/audit?action=article.replace_failed").json();
        assert_eq!(audit["data"].as_array().expect("entries").len(), 1);
        assert_eq!(editor.get(&path_of(&prepared)).json().get("prepared_revision"), None);
    }

    fn editor_sets_an_end_and_the_clock_alone_takes_it_back(app: &App) {
        let editor = app.editor();
        let draft = make_article(&editor, json!({"slug": "brief"}));
        let act = |article: &Value, name: &str, body: Value| editor.action(&format!("{}/{name}", path_of(article)), &etag_of(article), &body);
        for body in [json!({"unpublish_at": "2026-11-26T09:00:00Z"}), json!({"unpublish_at": "2020-01-01T00:00:00Z"})] {
            assert_eq!(act(&draft, "publish", body).assert_status(422).faults(), [("/unpublish_at".to_owned(), "out_of_range".to_owned())]);
        }
        let published = act(&draft, "publish", json!({"unpublish_at": "2026-11-26T09:10:00Z"})).assert_status(200).json();
        assert_eq!(published["unpublish_at"], "2026-11-26T09:10:00Z");
        // Another end is no new publication, and a new publication keeps the end.
        let longer = act(&published, "publish", json!({"unpublish_at": "2026-11-26T09:12:00Z"})).assert_status(200).json();
        assert_eq!((&longer["unpublish_at"], &longer["version"]), (&json!("2026-11-26T09:12:00Z"), &json!(3)));
        let longer = publish(&editor, &edit(&editor, &longer, &json!({"title": "Other"})));
        assert_eq!(longer["unpublish_at"], "2026-11-26T09:12:00Z");
        let reader = app.anonymous();
        app.clock.advance_seconds(719);
        reader.get("/v1/articles/brief").assert_status(200);
        app.clock.advance_seconds(1);
        reader.get("/v1/articles/brief").assert_status(404);
        assert_eq!(reader.get("/v1/articles?total=true").json()["page"]["total"], 0);
        let shown = editor.get(&path_of(&longer)).json();
        assert_eq!((&shown["state"], shown.get("unpublish_at"), &shown["version"]), (&json!("draft"), None, &longer["version"]));
        assert_eq!(states(&editor, "draft"), [shown["id"].clone()]);
        assert_eq!(states(&editor, "published"), Vec::<Value>::new());
        app.run_jobs();
        app.run_jobs();
        assert_eq!(announced(app, &shown).last().map(String::as_str), Some("unpublished"));
        assert_eq!(announced(app, &shown).iter().filter(|action| *action == "unpublished").count(), 1);
        assert_eq!(editor.get(&path_of(&longer)).json()["version"], longer["version"]);
        let again = publish(&editor, &shown);
        assert_eq!((&again["published_at"], again.get("unpublish_at")), (&json!("2026-11-26T09:00:00Z"), None));
        reader.get("/v1/articles/brief").assert_status(200);
    }

    fn editor_deletes_or_publishes_what_is_over_before_any_job_has_run(app: &App) {
        let editor = app.editor();
        let make = |slug: &str| step(&editor, &make_article(&editor, json!({"slug": slug})), "publish", json!({"unpublish_at": "2026-11-26T09:10:00Z"}));
        let (deleted, published) = (make("deleted"), make("published"));
        app.clock.advance_seconds(600);
        editor.delete(&path_of(&deleted), &etag_of(&deleted)).assert_status(204);
        publish(&editor, &published);
        app.run_jobs();
        app.anonymous().get("/v1/articles/published").assert_status(200);
        app.anonymous().get("/v1/articles/deleted").assert_status(404);
        editor.post("/v1/editor/articles", &json!({"title": "T", "slug": "deleted"})).assert_status(201);
    }

    fn editor_publishes_under_embargo_and_is_refused(app: &App) {
        let editor = app.editor();
        let draft = make_article(&editor, json!({"slug": "embargoed", "embargo_until": "2026-11-26T09:10:00Z"}));
        let act = |name: &str, body: Value| editor.action(&format!("{}/{name}", path_of(&draft)), &etag_of(&draft), &body);
        let fault = [("/embargo_until".to_owned(), "not_permitted".to_owned())];
        assert_eq!(act("publish", Value::Null).assert_status(422).faults(), fault);
        assert_eq!(act("schedule", json!({"publish_at": "2026-11-26T09:09:59Z"})).assert_status(422).faults(), fault);
        // An old date does not get round it.
        assert_eq!(act("publish", json!({"published_at": "2020-01-01T00:00:00Z"})).assert_status(422).faults(), fault);
        let scheduled = act("schedule", json!({"publish_at": "2026-11-26T09:10:00Z"})).assert_status(200).json();
        assert_eq!(scheduled["state"], "scheduled");
        app.anonymous().get("/v1/articles/embargoed").assert_status(404);
        app.clock.advance_seconds(600);
        app.anonymous().get("/v1/articles/embargoed").assert_status(200);
    }

    fn editor_sets_an_embargo_on_what_is_scheduled_before_its_end_and_is_refused(app: &App) {
        let editor = app.editor();
        let draft = make_article(&editor, json!({"slug": "coming"}));
        let scheduled = step(&editor, &draft, "schedule", json!({"publish_at": "2026-11-26T09:10:00Z"}));
        let public = make_public_article(&editor, json!({"slug": "standing"}));
        let prepared = step(&editor, &edit(&editor, &public, &json!({"title": "Secret"})), "schedule", json!({"publish_at": "2026-11-26T09:10:00Z"}));
        for article in [&scheduled, &prepared] {
            let embargo = |until: &str| editor.patch(&path_of(article), "*", &json!({"embargo_until": until}));
            assert_eq!(embargo("2026-11-26T09:10:01Z").assert_status(422).faults(), [("/embargo_until".to_owned(), "not_permitted".to_owned())]);
            assert_eq!(editor.get(&path_of(article)).json()["version"], article["version"]);
            // One that is over by then is none.
            let changed = embargo("2026-11-26T09:10:00Z").assert_status(200).json();
            let free = step(&editor, &changed, "unschedule", Value::Null);
            let later = edit(&editor, &free, &json!({"embargo_until": "2026-11-26T10:00:00Z"}));
            let refused = editor.action(&format!("{}/schedule", path_of(&later)), &etag_of(&later), &json!({"publish_at": "2026-11-26T09:10:00Z"}));
            refused.assert_status(422);
        }
        app.clock.advance_seconds(600);
        app.run_jobs();
        app.anonymous().get("/v1/articles/coming").assert_status(404);
        assert_ne!(app.anonymous().get("/v1/articles/standing").json()["title"], "Secret");
    }

    fn a_reason_that_nobody_can_read_is_none(app: &App) {
        let editor = app.editor();
        let published = make_public_article(&editor, json!({"slug": "wrong"}));
        let submitted = step(&editor, &make_article(&editor, json!({"slug": "other"})), "submit", json!({"comment": " "}));
        assert_eq!(submitted.get("review_comment"), None);
        for blank in ["", "  \n", "\u{200b}"] {
            for (article, name, member) in [(&published, "withdraw", "reason"), (&submitted, "return", "comment")] {
                let answer = editor.action(&format!("{}/{name}", path_of(article)), &etag_of(article), &json!({member: blank}));
                assert_eq!(answer.assert_status(422).faults(), [(format!("/{member}"), "required".to_owned())], "{name} for {blank:?}");
            }
        }
        let withdrawn = step(&editor, &published, "withdraw", json!({"reason": "R", "notice": "\u{feff}"}));
        assert_eq!(withdrawn["withdrawal_notice"], "This article has been withdrawn.");
    }
}
