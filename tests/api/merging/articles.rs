//! What becomes of articles.

use super::{listed, merge, shown};
use crate::harness::builders::{etag_of, id_of, make_article, make_author, make_public_article, make_tag, step};
use crate::harness::client::Requests;
use serde_json::{Value, json};

on_both! {
    fn articles_have_the_other_tag_afterwards_once_and_in_its_place(app: &App) {
        let (editor, reader) = (app.editor(), app.anonymous());
        let (old, new, other) = (make_tag(&editor, "Ferry"), make_tag(&editor, "Ferries"), make_tag(&editor, "Rents"));
        let (old_id, new_id, other_id) = (&old["id"], &new["id"], &other["id"]);
        let one = make_public_article(&editor, json!({"slug": "one", "tag_ids": [other_id, old_id], "body": {"source": "A sundew."}}));
        let both = make_public_article(&editor, json!({"slug": "both", "tag_ids": [old_id, other_id, new_id]}));
        let draft = make_article(&editor, json!({"slug": "draft", "tag_ids": [old_id]}));
        let without = make_public_article(&editor, json!({"slug": "without", "tag_ids": [other_id]}));
        let later = make_article(&editor, json!({"slug": "later", "tag_ids": [old_id]}));
        let later = step(&editor, &later, "schedule", json!({"publish_at": "2026-11-26T10:00:00Z"}));
        // Public with the tag, worked on without it.
        let ahead = make_public_article(&editor, json!({"slug": "ahead", "tag_ids": [old_id]}));
        let ahead = editor.patch(&format!("/v1/editor/articles/{}", id_of(&ahead)), &etag_of(&ahead), &json!({"tag_ids": [other_id]})).assert_status(200).json();
        app.clock.advance_seconds(60);
        let answer = merge(&editor, "tags", &old, &new).assert_status(200);
        assert_eq!((answer.json(), answer.etag()), (new.clone(), etag_of(&new)));

        for (article, tag_ids, is_new) in [
            (&one, json!([other_id, new_id]), true), (&both, json!([new_id, other_id]), true), (&draft, json!([new_id]), true), (&later, json!([new_id]), true),
            (&without, json!([other_id]), false), (&ahead, json!([other_id]), false),
        ] {
            let now = shown(&editor, article);
            assert_eq!(now["tag_ids"], tag_ids, "{}", article["slug"]);
            assert_eq!(now["state"], article["state"]);
            assert_eq!(now["has_unpublished_changes"], article["has_unpublished_changes"], "{}", article["slug"]);
            let added = i64::from(is_new);
            assert_eq!(now["version"].as_i64(), article["version"].as_i64().map(|version| version + added), "{}", article["slug"]);
            assert_eq!(now["revision"].as_i64(), article["revision"].as_i64().map(|revision| revision + added));
        }
        let slugs = |path: &str| -> Vec<String> {
            let article = reader.get(path).assert_status(200).json();
            article["tags"].as_array().expect("tags").iter().map(|tag| tag["slug"].as_str().expect("a slug").to_owned()).collect()
        };
        assert_eq!((slugs("/v1/articles/one"), slugs("/v1/articles/both"), slugs("/v1/articles/ahead")), (vec!["rents".into(), "ferries".into()], vec!["ferries".into(), "rents".into()], vec!["ferries".into()]));
        assert_eq!(listed(app, "tag=ferries"), ["ahead", "both", "one"]);
        assert_eq!(listed(app, "tag=ferries&q=sundew"), ["one"]);
        let unchanged = reader.get("/v1/articles/one").json();
        assert_eq!(unchanged["updated_at"], unchanged["published_at"], "readers are told of no new publication");
        assert_eq!(editor.get("/v1/editor/articles?tag=ferries&total=true").json()["page"]["total"], 4);
        app.clock.set(masthead_domain::time::Timestamp::parse("2026-11-26T10:00:00Z").expect("a time"));
        assert_eq!(listed(app, "tag=ferries"), ["later", "ahead", "both", "one"]);
    }

    fn a_prepared_revision_has_the_other_tag_when_its_time_comes(app: &App) {
        let (editor, reader) = (app.editor(), app.anonymous());
        let (old, new) = (make_tag(&editor, "Ferry"), make_tag(&editor, "Ferries"));
        for slug in ["worked-on", "behind"] {
            let article = make_public_article(&editor, json!({"slug": slug}));
            let path = format!("/v1/editor/articles/{}", id_of(&article));
            let changed = editor.patch(&path, &etag_of(&article), &json!({"tag_ids": [old["id"]]})).assert_status(200).json();
            let prepared = step(&editor, &changed, "schedule", json!({"publish_at": "2026-11-26T10:00:00Z"}));
            if slug == "behind" {
                editor.patch(&path, &etag_of(&prepared), &json!({"title": "Another title"})).assert_status(200);
            }
        }
        merge(&editor, "tags", &old, &new).assert_status(200);
        // Work goes on, and keeps what is prepared in mind.
        editor.patch("/v1/editor/articles/behind", "*", &json!({"title": "A third title"})).assert_status(200);
        app.clock.set(masthead_domain::time::Timestamp::parse("2026-11-26T10:00:00Z").expect("a time"));
        app.run_jobs();
        for slug in ["worked-on", "behind"] {
            let shown = reader.get(&format!("/v1/articles/{slug}")).assert_status(200).json();
            assert_eq!((&shown["tags"][0]["slug"], &shown["title"]), (&json!("ferries"), &json!("Council keeps the last ferry")), "{slug}");
        }
        assert_eq!(listed(app, "tag=ferries").len(), 2);
    }

    fn bylines_name_the_other_author_afterwards_once_for_each_role(app: &App) {
        let (editor, reader) = (app.editor(), app.anonymous());
        let (old, new, other) = (make_author(&editor, "I. Moss"), make_author(&editor, "Ida Moss"), make_author(&editor, "Ann Ott"));
        let byline = |author: &Value, role: &str| json!({"author_id": author["id"], "role": role});
        let article = make_public_article(&editor, json!({"slug": "one", "bylines": [byline(&other, "words"), byline(&old, "words"), byline(&old, "pictures"), byline(&new, "words")]}));
        assert_eq!(listed(app, "q=%22i%20moss%22"), ["one"]);
        merge(&editor, "authors", &old, &new).assert_status(200);
        let expected = json!([byline(&other, "words"), byline(&new, "words"), byline(&new, "pictures")]);
        assert_eq!(shown(&editor, &article)["bylines"], expected);
        assert_eq!(reader.get("/v1/articles/one").json()["byline"]["text"], "By Ann Ott and Ida Moss. Pictures by Ida Moss");
        assert_eq!((listed(app, "author=ida-moss"), listed(app, "q=%22ida%20moss%22"), listed(app, "q=%22i%20moss%22")), (vec!["one".to_owned()], vec!["one".to_owned()], vec![]));
    }

    fn what_was_merged_means_the_other_when_it_is_entered_again(app: &App) {
        let editor = app.editor();
        let (old, new) = (make_tag(&editor, "Ferry"), make_tag(&editor, "Ferries"));
        let (ann, anna) = (make_author(&editor, "Ann"), make_author(&editor, "Anna"));
        merge(&editor, "tags", &old, &new).assert_status(200);
        merge(&editor, "authors", &ann, &anna).assert_status(200);
        let article = make_article(&editor, json!({"tag_ids": [old["id"], new["id"]], "bylines": [{"author_id": ann["id"]}]}));
        assert_eq!((&article["tag_ids"], &article["bylines"][0]["author_id"]), (&json!([new["id"]]), &anna["id"]));
    }

    fn hundreds_of_articles_are_changed_at_once(app: &App) {
        app.fill_with_generated(500);
        let (editor, reader) = (app.editor(), app.anonymous());
        let list = editor.get("/v1/editor/tags?limit=100").assert_status(200).json();
        let tags = list["data"].as_array().expect("a list");
        let total = |tag: &Value| reader.get(&format!("/v1/articles?limit=1&total=true&tag={}", id_of(tag))).assert_status(200).json()["page"]["total"].as_i64().expect("a total");
        let mut by_total: Vec<(i64, &Value)> = tags.iter().map(|tag| (total(tag), tag)).collect();
        by_total.sort_by_key(|(total, _)| -total);
        let (new, old) = (by_total[0].1, by_total[1].1);
        let either = reader.get(&format!("/v1/articles?limit=1&total=true&tag={},{}", id_of(old), id_of(new))).json()["page"]["total"].clone();
        let began = std::time::Instant::now();
        merge(&editor, "tags", old, new).assert_status(200);
        println!("{} articles in {:?}", by_total[1].0, began.elapsed());
        // The old id means the other one, also where both are named.
        assert_eq!((total(new), total(old)), (either.as_i64().expect("a total"), either.as_i64().expect("a total")));
        let both = reader.get(&format!("/v1/articles?limit=100&total=true&tag={},{}", id_of(old), id_of(new))).assert_status(200).json();
        assert_eq!(both["page"]["total"], either);
        let ids = crate::records::column(&both, "id");
        assert_eq!(ids.iter().collect::<std::collections::HashSet<_>>().len(), ids.len());
    }
}
