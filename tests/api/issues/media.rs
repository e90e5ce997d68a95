//! The front page and the printed pages of an issue as media items.

use crate::harness::app::App;
use crate::harness::builders::{etag_of, id_of, make_issue};
use crate::harness::client::{Requests, SignedIn};
use crate::harness::pictures::{pdf, png, upload, upload_with};
use serde_json::{Value, json};

fn picture(editor: &SignedIn) -> Value {
    upload_with(editor, "cover.png", &png(700, 900), &[("alt", "A green ferry"), ("credit", "Ida")]).assert_status(201).json()
}

fn change(editor: &SignedIn, issue: &Value, patch: &Value) -> Value {
    editor.patch(&format!("/v1/editor/issues/{}", id_of(issue)), &etag_of(issue), patch).assert_status(200).json()
}

fn delete(editor: &SignedIn, item: &Value) -> crate::harness::client::Response {
    editor.delete(&format!("/v1/editor/media/{}", id_of(item)), "*")
}

fn unused(app: &App) -> Value {
    app.editor().get("/v1/editor/media?unused=true&total=true").assert_status(200).json()["page"]["total"].clone()
}

fn tag_of(item: &Value) -> String {
    format!("media-{}", id_of(item).rsplit('-').next().expect("a part"))
}

on_both! {
    fn reader_gets_the_front_page_and_the_printed_pages(app: &App) {
        let (editor, reader) = (app.editor(), app.anonymous());
        let (cover, pages) = (picture(&editor), upload(&editor, "issue.pdf", &pdf()).assert_status(201).json());
        let issue = make_issue(&editor, "Issue 175", "2026-11", json!({"cover_media_id": cover["id"], "pdf_media_id": pages["id"]}));
        assert_eq!((&issue["cover_media_id"], &issue["pdf_media_id"], issue.get("cover_image")), (&cover["id"], &pages["id"], None));
        let read = reader.get("/v1/issues/issue-175").assert_status(200);
        for item in [&cover, &pages] {
            assert!(read.header_list("cache-tag").contains(&tag_of(item)), "{read}");
        }
        let shown = read.json();
        for name in ["id", "url", "type", "width", "height", "alt", "credit", "renditions"] {
            assert_eq!(shown["cover_image"][name], cover[name], "{name}");
        }
        assert_eq!((&shown["pdf"]["id"], &shown["pdf"]["type"], &shown["pdf"]["url"]), (&pages["id"], &json!("application/pdf"), &pages["url"]));
        assert_eq!(shown["pdf_url"], pages["url"]);
        for private in ["cover_media_id", "pdf_media_id"] {
            assert_eq!(shown.get(private), None, "{private}");
        }
        let listed = reader.get("/v1/issues?fields=cover_image,pdf,pdf_url").assert_status(200);
        assert!(listed.header_list("cache-tag").contains(&tag_of(&cover)), "{listed}");
        assert_eq!(listed.json()["data"], json!([{"cover_image": shown["cover_image"], "pdf_url": shown["pdf_url"], "pdf": shown["pdf"]}]));
        // What is said of it reaches readers at once.
        editor.patch(&format!("/v1/editor/media/{}", id_of(&cover)), "*", &json!({"alt": "Two ferries"})).assert_status(200);
        for path in ["/v1/issues/issue-175", "/v1/issues"] {
            let now = reader.get(path).json();
            let issue = if now.get("data").is_some() { &now["data"][0] } else { &now };
            assert_eq!(issue["cover_image"]["alt"], "Two ferries", "{path}");
        }
        // Kept elsewhere, they have the same members as far as they are known.
        let by_address = json!({
            "cover_media_id": null, "pdf_media_id": null,
            "cover_image": {"url": "https://a.example/175.jpg", "alt": "A ferry", "credit": "Ida", "width": 3, "height": 4}, "pdf_url": "https://a.example/175.pdf",
        });
        change(&editor, &issue, &by_address);
        let shown = reader.get("/v1/issues/issue-175").json();
        assert_eq!((&shown["cover_image"], &shown["pdf_url"], shown.get("pdf")), (&by_address["cover_image"], &by_address["pdf_url"], None));
    }

    fn what_an_issue_shows_must_exist_and_be_of_use(app: &App) {
        let editor = app.editor();
        let (cover, pages) = (picture(&editor), upload(&editor, "issue.pdf", &pdf()).assert_status(201).json());
        let nobody = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c21";
        let issue = make_issue(&editor, "Issue 1", "2026-11", Value::Null);
        let path = format!("/v1/editor/issues/{}", id_of(&issue));
        for (patch, expected) in [
            (json!({"cover_media_id": nobody, "pdf_media_id": nobody}), [("/cover_media_id", "dangling"), ("/pdf_media_id", "dangling")].as_slice()),
            (json!({"cover_media_id": pages["id"], "pdf_media_id": cover["id"]}), &[("/cover_media_id", "not_one_of"), ("/pdf_media_id", "not_one_of")]),
            (json!({"cover_media_id": "x", "pdf_media_id": 7}), &[("/cover_media_id", "invalid_format"), ("/pdf_media_id", "wrong_type")]),
            (json!({"cover_media_id": cover["id"], "cover_image": {"url": "https://a.example/1.jpg"}}), &[("/cover_image", "not_permitted")]),
            (json!({"pdf_media_id": pages["id"], "pdf_url": "https://a.example/1.pdf"}), &[("/pdf_url", "not_permitted")]),
            (json!({"pdf_media_id": pages["id"], "pdf_url": "javascript:x"}), &[("/pdf_url", "invalid_format")]),
        ] {
            let answer = editor.patch(&path, "*", &patch).assert_status(422);
            let expected: Vec<(String, String)> = expected.iter().map(|(pointer, code)| ((*pointer).to_owned(), (*code).to_owned())).collect();
            assert_eq!(answer.faults(), expected, "{patch}");
            let mut body = patch;
            (body["title"], body["issued_on"]) = ("Issue 2".into(), "2026-12".into());
            assert_eq!(editor.post("/v1/editor/issues", &body).assert_status(422).faults(), expected, "{body}");
        }
        assert_eq!(editor.get(&path).json(), issue);
    }

    fn what_an_issue_shows_cannot_be_deleted(app: &App) {
        let editor = app.editor();
        let (cover, pages) = (picture(&editor), upload(&editor, "issue.pdf", &pdf()).assert_status(201).json());
        assert_eq!(unused(app), 2);
        let shows = json!({"cover_media_id": cover["id"], "pdf_media_id": pages["id"]});
        let (first, second) = (make_issue(&editor, "Issue 1", "2026-10", shows), make_issue(&editor, "Issue 2", "2026-11", json!({"cover_media_id": cover["id"]})));
        assert_eq!(unused(app), 0);
        let of = |issue: &Value, role: &str| json!({"kind": "issue", "id": issue["id"], "title": issue["title"], "role": role});
        let refused = delete(&editor, &cover).assert_status(409);
        assert_eq!((refused.problem_code().as_str(), &refused.problem()["uses"]), ("in_use", &json!([of(&first, "cover"), of(&second, "cover")])));
        assert_eq!(delete(&editor, &pages).assert_status(409).problem()["uses"], json!([of(&first, "pdf")]));
        // The files stay however old they are.
        app.clock.advance_seconds(masthead_server::media::sweep::AGE_SECONDS + 1);
        assert_eq!(app.sweep_media().files, 0);
        let editor = app.editor();
        let without = change(&editor, &first, &json!({"cover_media_id": null, "pdf_media_id": null}));
        assert_eq!((unused(app), delete(&editor, &pages).assert_status(204).body.len()), (json!(1), 0));
        assert_eq!(delete(&editor, &cover).assert_status(409).problem()["uses"], json!([of(&second, "cover")]));
        editor.delete(&format!("/v1/editor/issues/{}", id_of(&second)), "*").assert_status(204);
        delete(&editor, &cover).assert_status(204);
        // It stands in its revisions as it was.
        let path = format!("/v1/editor/issues/{}/revisions", id_of(&without));
        let entered = |number: u8| editor.get(&format!("{path}/{number}")).assert_status(200).json()["content"].clone();
        assert_eq!((&entered(1)["cover_media_id"], &entered(1)["pdf_media_id"], entered(2).get("cover_media_id")), (&cover["id"], &pages["id"], None));
    }
}
