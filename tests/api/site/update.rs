//! `PATCH /v1/editor/site`

use crate::harness::builders::{id_of, make_meeting, make_public_article, make_tag};
use crate::harness::client::Requests;
use crate::harness::pictures::{pdf, png, upload, upload_with};
use serde_json::{Value, json};

const SITE: &str = "/v1/editor/site";

const PATTERNS: [&str; 9] =
    ["article_path", "section_path", "tag_path", "author_path", "publication_path", "branch_path", "meeting_path", "issue_path", "page_path"];

on_both! {
    fn only_an_admin_changes_the_settings(app: &App) {
        let before = app.admin().get(SITE).json();
        let patch = json!({"title": "Mine"});
        assert_eq!(app.editor().patch(SITE, "*", &patch).assert_status(403).problem_code(), "forbidden");
        app.contributor().patch(SITE, "*", &patch).assert_status(403).problem();
        app.anonymous().patch(SITE, "*", &patch).assert_status(401).problem();
        assert_eq!(app.admin().get(SITE).json(), before);
    }

    fn admin_changes_a_setting_and_the_others_stay(app: &App) {
        let admin = app.admin();
        let before = admin.get(SITE).json();
        app.clock.advance_seconds(60);
        let settings = json!({"title": "The Lantern", "tagline": "By the water", "language": "fr-CA", "timezone": "America/Toronto"});
        let answer = admin.patch(SITE, "\"1\"", &settings).assert_status(200);
        assert_eq!(answer.etag(), "\"2\"");
        let mut expected = before["settings"].clone();
        for (name, value) in settings.as_object().expect("an object") {
            expected[name] = value.clone();
        }
        assert_eq!(answer.json()["settings"], expected);
        assert_eq!(answer.json()["updated_by"], admin.login.id.to_string());
        let mut site = settings.clone();
        site["url"] = "https://paper.example".into();
        site["social_links"] = json!([]);
        assert_eq!(app.anonymous().get("/v1/site").json(), site);
        let answer = admin.patch(SITE, "\"2\"", &json!({"tagline": null})).assert_status(200);
        assert_eq!(answer.json()["settings"].get("tagline"), None);
    }

    fn readers_see_the_logo_and_where_else_the_paper_is_found(app: &App) {
        let (admin, editor, reader) = (app.admin(), app.editor(), app.anonymous());
        let logo = upload_with(&editor, "logo.png", &png(400, 100), &[("alt", "The Lantern")]).assert_status(201).json();
        let links = json!([{"label": "Mastodon", "url": "https://social.example/@lantern"}, {"label": "RSS", "url": "https://paper.example/feed"}]);
        let patch = json!({"logo_media_id": logo["id"], "contact_email": "desk@paper.example", "social_links": links});
        let settings = admin.patch(SITE, "*", &patch).assert_status(200).json()["settings"].clone();
        for (name, value) in patch.as_object().expect("an object") {
            assert_eq!(&settings[name], value, "{name}");
        }
        let read = reader.get("/v1/site").assert_status(200);
        let tag = format!("media-{}", id_of(&logo).rsplit('-').next().expect("a part"));
        assert!(read.header_list("cache-tag").contains(&tag), "{read}");
        let shown = read.json();
        assert_eq!((&shown["contact_email"], &shown["social_links"]), (&patch["contact_email"], &links));
        for name in ["id", "url", "type", "width", "height", "alt", "renditions"] {
            assert_eq!(shown["logo"][name], logo[name], "{name}");
        }
        let path = format!("/v1/editor/media/{}", id_of(&logo));
        editor.patch(&path, "*", &json!({"alt": "Our lantern"})).assert_status(200);
        assert_eq!(reader.get("/v1/site").json()["logo"]["alt"], "Our lantern");

        let unused = || editor.get("/v1/editor/media?unused=true&total=true").json()["page"]["total"].clone();
        assert_eq!(unused(), 0);
        let refused = editor.delete(&path, "*").assert_status(409);
        assert_eq!(refused.problem()["uses"], json!([{"kind": "site", "title": settings["title"], "role": "logo"}]));
        let without = json!({"logo_media_id": null, "contact_email": null, "social_links": null});
        admin.patch(SITE, "*", &without).assert_status(200);
        let shown = reader.get("/v1/site").json();
        assert_eq!((shown.get("logo"), shown.get("contact_email"), &shown["social_links"]), (None, None, &json!([])));
        assert_eq!(unused(), 1);
        editor.delete(&path, "*").assert_status(204);
    }

    fn admin_is_refused_a_logo_an_address_or_links_of_no_use(app: &App) {
        let admin = app.admin();
        let document = upload(&admin, "a.pdf", &pdf()).assert_status(201).json();
        let link = |label: &str, url: &str| json!({"label": label, "url": url});
        let good = link("RSS", "https://paper.example/feed");
        for (patch, pointer, code) in [
            (json!({"logo_media_id": "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c21"}), "/logo_media_id", "dangling"),
            (json!({"logo_media_id": document["id"]}), "/logo_media_id", "not_one_of"),
            (json!({"logo_media_id": "x"}), "/logo_media_id", "invalid_format"),
            (json!({"logo_media_id": 7}), "/logo_media_id", "wrong_type"),
            (json!({"contact_email": "desk"}), "/contact_email", "invalid_format"),
            (json!({"contact_email": ""}), "/contact_email", "invalid_format"),
            (json!({"contact_email": []}), "/contact_email", "wrong_type"),
            (json!({"social_links": "x"}), "/social_links", "wrong_type"),
            (json!({"social_links": vec![good.clone(); 21]}), "/social_links", "too_long"),
            (json!({"social_links": [good, "x"]}), "/social_links/1", "wrong_type"),
            (json!({"social_links": [{"url": "https://a.example"}]}), "/social_links/0/label", "required"),
            (json!({"social_links": [link(" ", "https://a.example")]}), "/social_links/0/label", "required"),
            (json!({"social_links": [link(&"é".repeat(101), "https://a.example")]}), "/social_links/0/label", "too_long"),
            (json!({"social_links": [link("a\nb", "https://a.example")]}), "/social_links/0/label", "control_character"),
            (json!({"social_links": [{"label": "RSS"}]}), "/social_links/0/url", "required"),
            (json!({"social_links": [good, link("RSS", "javascript:x")]}), "/social_links/1/url", "invalid_format"),
            (json!({"social_links": [{"label": "RSS", "url": "https://a.example", "icon": "x"}]}), "/social_links/0/icon", "unknown"),
        ] {
            let answer = admin.patch(SITE, "*", &patch).assert_status(422);
            assert_eq!(answer.faults(), [(pointer.to_owned(), code.to_owned())], "{patch}");
        }
        admin.patch(SITE, "*", &json!({"social_links": vec![good; 20]})).assert_status(200);
        assert_eq!(admin.get(SITE).etag(), "\"2\"");
    }

    fn admin_changes_nothing_and_the_version_stays(app: &App) {
        let admin = app.admin();
        let before = admin.get(SITE).json();
        app.clock.advance_seconds(60);
        for patch in [json!({}), json!({"title": before["settings"]["title"]}), before["settings"].clone()] {
            let answer = admin.patch(SITE, "\"1\"", &patch).assert_status(200);
            assert_eq!((answer.etag().as_str(), answer.json()), ("\"1\"", before.clone()));
        }
    }

    fn admin_needs_the_current_version(app: &App) {
        let admin = app.admin();
        admin.send_json("PATCH", SITE, "application/json", None, &json!({"title": "x"})).assert_status(428).problem();
        app.clock.advance_seconds(60);
        let current = admin.patch(SITE, "*", &json!({"title": "Two", "ellipsis": "..."})).assert_status(200).json();
        let said = admin.patch(SITE, "\"1\"", &json!({"title": "x"})).assert_status(412).problem()["current"].clone();
        let expected = json!({"version": 2, "changed_at": current["updated_at"], "changed_by": admin.login.name, "revision": 2, "base_revision": 1, "differing": ["ellipsis", "title"]});
        assert_eq!(said, expected);
        assert_eq!(admin.get(SITE).json(), current);
    }

    fn admin_sets_the_length_of_teasers(app: &App) {
        let (admin, reader) = (app.admin(), app.anonymous());
        let title = "Council keeps the last ferry after a year of protest on both shores of the harbour";
        make_public_article(&app.editor(), json!({"title": title, "slug": "ferry"}));
        let teaser = || {
            let shown = reader.get("/v1/articles/ferry").assert_status(200).json();
            assert_eq!(shown["title"], title, "the whole title is always there");
            shown["teaser_title"].as_str().expect("a teaser").to_owned()
        };
        assert_eq!(teaser(), "Council keeps the last ferry after a year of protest on both shores of…");
        admin.patch(SITE, "*", &json!({"teaser_title_length": 20})).assert_status(200);
        assert_eq!(teaser(), "Council keeps the…");
        admin.patch(SITE, "*", &json!({"ellipsis": " [more]"})).assert_status(200);
        assert_eq!(teaser(), "Council keeps the [more]");
        admin.patch(SITE, "*", &json!({"teaser_title_length": 1000})).assert_status(200);
        assert_eq!(teaser(), title);
        for name in ["teaser_title_length", "excerpt_length"] {
            for (value, code) in [
                (json!(9), "out_of_range"), (json!(1001), "out_of_range"), (json!(-1), "out_of_range"), (json!("70"), "wrong_type"), (json!(70.5), "wrong_type"),
                (Value::Null, "required"), (json!(18_446_744_073_709_551_615_u64), "out_of_range"),
            ] {
                let answer = admin.patch(SITE, "*", &json!({name: value})).assert_status(422);
                assert_eq!(answer.faults(), [(format!("/{name}"), code.to_owned())], "{answer}");
            }
            admin.patch(SITE, "*", &json!({name: 10})).assert_status(200);
        }
    }

    fn admin_sets_the_addresses_of_pages(app: &App) {
        let (admin, editor, reader) = (app.admin(), app.editor(), app.anonymous());
        make_tag(&editor, "Ferries");
        make_meeting(&editor, "Evening", "2026-12-03T19:00", json!({}));
        make_public_article(&editor, json!({"slug": "ferry"}));
        let paths = json!({"article_path": "/{slug}", "tag_path": "/topics/{slug}/", "meeting_path": "/events/a-{slug}.html"});
        admin.patch(SITE, "*", &paths).assert_status(200);
        for (path, address) in [
            ("/v1/articles/ferry", "https://paper.example/ferry"),
            ("/v1/tags/ferries", "https://paper.example/topics/ferries/"),
            ("/v1/meetings/evening", "https://paper.example/events/a-evening.html"),
        ] {
            // Never from the address that the request came to.
            let shown = reader.get_with(path, &[("x-forwarded-host", "evil.example"), ("forwarded", "host=evil.example")]).assert_status(200).json();
            assert_eq!(shown["page_url"], address);
        }
    }

    fn admin_is_refused_patterns_that_lead_nowhere(app: &App) {
        let admin = app.admin();
        for name in PATTERNS {
            for (bad, code) in [
                ("articles/{slug}", "invalid_format"), ("/articles", "invalid_format"), ("//evil.example/{slug}", "invalid_format"),
                ("https://evil.example/{slug}", "invalid_format"), ("/{slug}/{slug}", "invalid_format"), ("/{slug}/{id}", "invalid_format"),
                ("/{Slug}", "invalid_format"), ("/a b/{slug}", "invalid_format"), ("/{slug}?a=1", "invalid_format"), ("/{slug}#a", "invalid_format"),
                ("/<b>{slug}", "invalid_format"), ("/ä/{slug}", "invalid_format"), ("\\{slug}", "invalid_format"), ("/\n{slug}", "control_character"),
                ("", "required"),
            ] {
                let answer = admin.patch(SITE, "*", &json!({name: bad})).assert_status(422);
                assert_eq!(answer.faults(), [(format!("/{name}"), code.to_owned())], "{bad}: {answer}");
            }
        }
        assert_eq!(admin.get(SITE).etag(), "\"1\"");
    }

    fn admin_is_told_of_every_fault_at_once(app: &App) {
        let admin = app.admin();
        let patch = json!({
            "title": " ", "tagline": 7, "language": "english language", "timezone": "Mars/Olympus", "article_path": "x", "tag_path": null,
            "teaser_title_length": 1, "ellipsis": "far too long to be one", "colour": "red",
        });
        let answer = admin.patch(SITE, "*", &patch).assert_status(422);
        let pointers = ["/article_path", "/colour", "/ellipsis", "/language", "/tag_path", "/tagline", "/teaser_title_length", "/timezone", "/title"];
        assert_eq!(answer.fault_pointers(), pointers, "{answer}");
        for (patch, pointer, code) in [
            (json!([]), "", "wrong_type"), (json!({"title": null}), "/title", "required"), (json!({"version": 7}), "/version", "unknown"),
            (json!({"settings": {"title": "x"}}), "/settings", "unknown"), (json!({"colour": null}), "/colour", "unknown"),
        ] {
            let answer = admin.patch(SITE, "*", &patch).assert_status(422);
            assert_eq!(answer.faults(), [(pointer.to_owned(), code.to_owned())], "{answer}");
        }
        assert_eq!(admin.get(SITE).etag(), "\"1\"");
        for (method, status) in [("POST", 405), ("DELETE", 405), ("PUT", 405)] {
            admin.send_json(method, SITE, "application/json", Some("*"), &json!({})).assert_status(status).problem();
        }
    }

    fn admin_sends_what_is_no_patch_and_is_told(app: &App) {
        let admin = app.admin();
        let bodies: [&[u8]; 5] = [b"", b"{", b"{\"title\":\"x\",\"title\":\"y\"}", b"{\"title\":\"\xff\"}", b"{\"title\":\"x\"} {}"];
        for body in bodies {
            let answer = admin.send("PATCH", SITE, &[("content-type", "application/json"), ("if-match", "*")], body).assert_status(400);
            assert_eq!(answer.problem_code(), "malformed_json", "{answer}");
        }
        let answer = admin.send("PATCH", SITE, &[("content-type", "text/plain"), ("if-match", "*")], b"{\"title\":\"x\"}").assert_status(415);
        assert_eq!(answer.problem_code(), "unsupported_media_type");
        assert_eq!(admin.get(SITE).etag(), "\"1\"");
    }
}
