//! The way of an article from an empty paper to its readers, with everything that it may refer to.

use crate::harness::builders::{
    id_of, make_article, make_author, make_branch, make_meeting, make_publication, make_section, make_tag, make_venue, publish,
};
use crate::harness::client::Requests;
use serde_json::{Value, json};

on_both! {
    fn editor_fills_a_paper_and_readers_see_what_is_published(app: &App) {
        let editor = app.editor();
        let author = make_author(&editor, "Ida Moss");
        let section = make_section(&editor, "Harbour");
        let tag = make_tag(&editor, "Ferries");
        let publication = make_publication(&editor, "Lantern North", json!({"homepage_url": "https://north.example"}));
        let branch = make_branch(&editor, "Wharf", Value::Null);
        let venue = make_venue(&editor, "Seamen’s Hall", json!({"locality": "Auckland"}));
        let meeting = make_meeting(&editor, "Readers’ evening", "2026-12-03T19:00", json!({"branch_id": branch["id"], "venue_id": venue["id"]}));
        let article = make_article(
            &editor,
            json!({
                "bylines": [{"author_id": author["id"]}],
                "section_id": section["id"],
                "tag_ids": [tag["id"]],
                "credits": [{"publication_id": publication["id"]}],
            }),
        );
        let path = "/v1/articles/council-keeps-the-last-ferry";
        app.anonymous().get(path).assert_status(404).problem();

        let published = publish(&editor, &article);
        assert_eq!(published["slug"], "council-keeps-the-last-ferry");
        let shown = app.anonymous().get(path).assert_status(200).json();
        assert_eq!(shown["id"], id_of(&article));
        let meetings = app.anonymous().get("/v1/meetings").assert_status(200).json();
        assert_eq!(meetings["data"][0]["id"], id_of(&meeting), "{meetings:#}");
    }

    fn a_clock_that_is_set_forward_ends_an_access_token(app: &App) {
        let editor = app.editor();
        editor.get("/v1/editor/articles").assert_status(200);
        app.clock.advance_seconds(3600);
        assert_eq!(editor.get("/v1/editor/articles").assert_status(401).problem_code(), "unauthenticated");
        app.editor().get("/v1/editor/articles").assert_status(200);
    }

    fn contributor_is_told_of_every_fault(app: &App) {
        let answer = app.contributor().post("/v1/editor/articles", &json!({"title": "", "colour": "red"})).assert_status(422);
        assert_eq!(answer.fault_pointers(), ["/colour", "/title"]);
    }

    fn editor_is_told_what_cleaning_took_out_of_a_meetings_description(app: &App) {
        let editor = app.editor();
        let meeting = make_meeting(&editor, "Readers’ evening", "2026-12-03T19:00", json!({"description": "Come.<script>x()</script>"}));
        assert_eq!(meeting["removed"], json!([{"what": "element script", "count": 1}]));
        assert_eq!(editor.get("/v1/editor/meetings").assert_status(200).json()["data"][0].get("removed"), None);
        let bare = make_meeting(&editor, "Walk", "2026-12-04T19:00", Value::Null);
        assert_eq!(bare.get("removed"), None);
    }
}
