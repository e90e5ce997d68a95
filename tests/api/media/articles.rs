//! Media in articles: what readers get of them, and that nothing in use goes.

use super::path_of;
use crate::harness::builders::{etag_of, id_of, make_article, publish};
use crate::harness::client::{Requests, SignedIn};
use crate::harness::pictures::{pdf, png, upload, upload_with};
use serde_json::{Value, json};

fn picture(editor: &SignedIn, name: &str, width: u32) -> Value {
    upload_with(editor, name, &png(width, 400), &[("alt", "A boat"), ("caption", "The boat"), ("credit", "Ida"), ("licence", "CC BY 4.0")])
        .assert_status(201)
        .json()
}

fn change(editor: &SignedIn, collection: &str, shown: &Value, patch: &Value) -> Value {
    editor.patch(&format!("/v1/editor/{collection}/{}", id_of(shown)), &etag_of(shown), patch).assert_status(200).json()
}

on_both! {
    fn reader_gets_a_picture_with_all_that_is_said_of_it(app: &App) {
        let editor = app.editor();
        let shown = picture(&editor, "a.png", 700);
        let shown = change(&editor, "media", &shown, &json!({"focal_point": {"x": 0.2, "y": 0.4}}));
        let other = picture(&editor, "b.png", 300);
        let issue = upload(&editor, "issue.pdf", &pdf()).assert_status(201).json();
        let lead = json!({"media_id": shown["id"], "caption": "Here another"});
        let media = json!([{"media_id": other["id"], "credit": "Noor"}, {"media_id": issue["id"]}, {"media_id": shown["id"]}]);
        let article = publish(&editor, &make_article(&editor, json!({"title": "Ferry", "lead_image": lead, "media": media})));
        assert_eq!((&article["lead_image"], &article["media"]), (&lead, &media));
        let reader = app.anonymous();
        let read = reader.get("/v1/articles/ferry").assert_status(200);
        let tag = format!("media-{}", id_of(&shown).rsplit('-').next().expect("a part"));
        assert!(read.header_list("cache-tag").contains(&tag), "{read}");
        let read = read.json();
        let lead = &read["lead_image"];
        for name in ["id", "url", "type", "width", "height", "focal_point", "renditions", "alt", "credit", "licence"] {
            assert_eq!(lead[name], shown[name], "{name}");
        }
        assert_eq!(lead["caption"], "Here another");
        reader.get(&path_of(&lead["renditions"][0]["url"])).assert_status(200);
        let items: Vec<(&Value, Option<&Value>)> = read["media"].as_array().expect("a list").iter().map(|item| (&item["id"], item.get("credit"))).collect();
        assert_eq!(items, [(&other["id"], Some(&json!("Noor"))), (&issue["id"], None), (&shown["id"], Some(&json!("Ida")))]);
        assert_eq!((&read["media"][1]["type"], read["media"][1].get("renditions")), (&json!("application/pdf"), None));
        // In lists and in short too.
        let listed = reader.get("/v1/articles?fields=lead_image,media").assert_status(200).json();
        assert_eq!((&listed["data"][0]["lead_image"], &listed["data"][0]["media"]), (lead, &read["media"]));
        publish(&editor, &make_article(&editor, json!({"title": "Other", "related_ids": [article["id"]]})));
        let page = reader.get("/v1/articles/other?include=related").assert_status(200).json();
        assert_eq!(&page["related"][0]["lead_image"], lead);
    }

    fn what_is_said_of_a_picture_reaches_the_public_at_once(app: &App) {
        let editor = app.editor();
        let shown = picture(&editor, "a.png", 700);
        publish(&editor, &make_article(&editor, json!({"title": "Ferry", "lead_image": {"media_id": shown["id"]}})));
        let reader = app.anonymous();
        let seen = || reader.get("/v1/articles/ferry").assert_status(200).json()["lead_image"].clone();
        assert_eq!(seen()["alt"], "A boat");
        let shown = change(&editor, "media", &shown, &json!({"alt": "A green boat", "credit": null, "focal_point": {"x": 0, "y": 0}}));
        let now = seen();
        assert_eq!((&now["alt"], now.get("credit"), &now["renditions"]), (&json!("A green boat"), None, &shown["renditions"]));
        change(&editor, "media", &shown, &json!({"decorative": true}));
        assert_eq!(seen()["alt"], "");
    }

    fn what_an_article_shows_must_exist_and_be_of_use(app: &App) {
        let editor = app.editor();
        let shown = picture(&editor, "a.png", 300);
        let issue = upload(&editor, "issue.pdf", &pdf()).assert_status(201).json();
        let nobody = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c21";
        let faults = |body: Value| {
            let mut body = body;
            body["title"] = "Ferry".into();
            editor.post("/v1/editor/articles", &body).assert_status(422).faults()
        };
        let found = |pointer: &str, code: &str| (pointer.to_owned(), code.to_owned());
        assert_eq!(faults(json!({"lead_image": {"media_id": nobody}})), [found("/lead_image/media_id", "dangling")]);
        assert_eq!(faults(json!({"lead_image": {"media_id": issue["id"]}})), [found("/lead_image/media_id", "not_one_of")]);
        assert_eq!(faults(json!({"lead_image": {"media_id": "x"}})), [found("/lead_image/media_id", "invalid_format")]);
        assert_eq!(faults(json!({"lead_image": {"alt": "A"}})), [found("/lead_image/url", "required")]);
        let both = json!({"lead_image": {"media_id": shown["id"], "url": "https://a.example/1.jpg", "width": 3, "height": 2}});
        assert_eq!(faults(both), ["/lead_image/height", "/lead_image/url", "/lead_image/width"].map(|pointer| found(pointer, "not_permitted")));
        let media = json!({"media": [{"media_id": shown["id"]}, {"media_id": nobody}, {"alt": "A"}, {"media_id": shown["id"], "url": "x"}]});
        assert_eq!(
            faults(media),
            [found("/media/1/media_id", "dangling"), found("/media/2/media_id", "required"), found("/media/3/url", "unknown")]
        );
        assert_eq!(editor.get("/v1/editor/articles?total=true").json()["page"]["total"], 0);
    }

    fn what_an_article_shows_cannot_be_deleted(app: &App) {
        let editor = app.editor();
        let shown = picture(&editor, "a.png", 300);
        let path = format!("/v1/editor/media/{}", id_of(&shown));
        let unused = || editor.get("/v1/editor/media?unused=true&total=true").assert_status(200).json()["page"]["total"].clone();
        let delete = || {
            let version = etag_of(&editor.get(&path).json());
            editor.delete(&path, &version)
        };
        assert_eq!(unused(), 1);
        let article = make_article(&editor, json!({"title": "Ferry", "lead_image": {"media_id": shown["id"]}, "media": [{"media_id": shown["id"]}]}));
        assert_eq!(unused(), 0);
        let refused = delete().assert_status(409);
        assert_eq!(refused.problem_code(), "in_use");
        let of = |role: &str| json!({"kind": "article", "id": article["id"], "title": "Ferry", "role": role});
        assert_eq!(refused.problem()["uses"], json!([of("lead_image"), of("media")]));
        // Public still, though the latest revision shows it no more.
        let article = publish(&editor, &article);
        let without = change(&editor, "articles", &article, &json!({"lead_image": null, "media": []}));
        assert_eq!(delete().assert_status(409).problem()["uses"].as_array().map(Vec::len), Some(2));
        assert_eq!(unused(), 0);
        publish(&editor, &without);
        assert_eq!(unused(), 1);
        delete().assert_status(204);
        app.anonymous().get("/v1/articles/ferry").assert_status(200);
    }
}
