//! Lists of media.

use crate::harness::client::{Requests, SignedIn};
use crate::harness::pictures::{jpeg, pdf, png, upload, upload_with};
use serde_json::{Value, json};

fn names(list: &Value) -> Vec<&str> {
    list["data"].as_array().expect("a list").iter().map(|item| item["name"].as_str().expect("a name")).collect()
}

fn listed(who: &SignedIn, query: &str) -> Value {
    who.get(&format!("/v1/editor/media?{query}")).assert_status(200).json()
}

on_both! {
    fn contributor_narrows_media_down_and_sorts_them(app: &App) {
        let (editor, contributor) = (app.editor(), app.contributor());
        upload_with(&editor, "Ferry.jpg", &jpeg(30, 20), &[("alt", "A green boat"), ("credit", "Ida Möss")]).assert_status(201);
        app.clock.advance_seconds(60);
        upload_with(&contributor, "march.png", &png(30, 20), &[("caption", "Ten thousand went to the wharf")]).assert_status(201);
        app.clock.advance_seconds(60);
        upload(&editor, "issue-12.pdf", &pdf()).assert_status(201);
        assert_eq!(names(&listed(&contributor, "")), ["issue-12.pdf", "march.png", "Ferry.jpg"]);
        assert_eq!(names(&listed(&contributor, "sort=name")), ["Ferry.jpg", "issue-12.pdf", "march.png"]);
        assert_eq!(names(&listed(&contributor, "sort=created_at&limit=1")), ["Ferry.jpg"]);
        assert_eq!(names(&listed(&contributor, "kind=document")), ["issue-12.pdf"]);
        assert_eq!(names(&listed(&contributor, "kind=image&sort=-name")), ["march.png", "Ferry.jpg"]);
        for (q, found) in [("GREEN", "Ferry.jpg"), ("moss", "Ferry.jpg"), ("boa", "Ferry.jpg"), ("wharf+thousand", "march.png"), ("ferry", "Ferry.jpg")] {
            assert_eq!(names(&listed(&contributor, &format!("q={q}"))), [found], "{q}");
        }
        for q in ["submarine", "green+wharf", "%25"] {
            let found = listed(&contributor, &format!("q={q}"));
            assert!(q == "%25" || names(&found).is_empty(), "{q}: {found:#}");
        }
        assert_eq!(names(&listed(&editor, &format!("created_by={}", contributor.login.id))), ["march.png"]);
        assert_eq!(names(&listed(&editor, "updated_since=2026-11-26T09:02:00Z")), ["issue-12.pdf"]);
        assert_eq!(listed(&editor, "fields=name,type&limit=1&sort=name")["data"], json!([{"type": "image/jpeg", "name": "Ferry.jpg"}]));
        let refused = editor.get("/v1/editor/media?kind=film&hash=abc&colour=red&sort=size").assert_status(400);
        assert_eq!(refused.fault_pointers(), ["colour", "hash", "kind", "sort"]);
        app.anonymous().get("/v1/editor/media").assert_status(401);
    }

    fn contributor_turns_the_pages(app: &App) {
        let editor = app.editor();
        for number in 0..5_u32 {
            app.clock.advance_seconds(1);
            upload(&editor, &format!("{number}.png"), &png(20 + number, 20)).assert_status(201);
        }
        for (sort, order) in [("-created_at", ["4.png", "3.png", "2.png", "1.png", "0.png"]), ("name", ["0.png", "1.png", "2.png", "3.png", "4.png"])] {
            let (mut seen, mut cursor) = (Vec::new(), String::new());
            loop {
                let page = listed(&editor, &format!("sort={sort}&limit=2{cursor}&total=true"));
                assert_eq!(page["page"]["total"], 5);
                seen.extend(names(&page).into_iter().map(str::to_owned));
                match page["page"]["next"].as_str() {
                    Some(next) => cursor = format!("&cursor={next}"),
                    None => break,
                }
            }
            assert_eq!(seen, order, "{sort}");
        }
    }
}
