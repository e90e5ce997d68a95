//! `GET /v1/site`

use crate::harness::client::Requests;
use crate::records::{assert_query_refused, member_names};

on_both! {
    fn reader_finds_the_site(app: &App) {
        let reader = app.anonymous();
        let answer = reader.get("/v1/site").assert_status(200);
        let shown = answer.json();
        assert_eq!(shown["url"], "https://paper.example");
        for name in member_names(&shown) {
            assert!(["title", "tagline", "language", "timezone", "url", "logo", "contact_email", "social_links"].contains(&name.as_str()), "{name} is not for readers");
        }
        reader.get_with("/v1/site", &[("if-none-match", &answer.etag())]).assert_status(304);
        assert!(reader.head("/v1/site").assert_status(200).body.is_empty());
        assert_query_refused(reader.get("/v1/site?colour=red"), "colour");
    }

    fn contributor_sees_the_settings_and_anonymous_does_not(app: &App) {
        let answer = app.contributor().get("/v1/editor/site").assert_status(200);
        assert_eq!((answer.etag().as_str(), &answer.json()["version"]), ("\"1\"", &1.into()));
        app.anonymous().get("/v1/editor/site").assert_status(401).problem();
        assert_query_refused(app.contributor().get("/v1/editor/site?fields=title"), "fields");
    }
}
