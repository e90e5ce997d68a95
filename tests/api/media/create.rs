//! Uploads of good files.

use super::{is_upright, path_of, seen};
use crate::harness::client::{Requests, Response};
use crate::harness::pictures::{Part, exif, form, form_type, gif, gradient, jpeg, pdf, png, upload, upload_with, webp, with_segment};
use image::GenericImageView;
use serde_json::{Value, json};

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

fn under_key(who: &impl Requests, key: &str, content: &[u8]) -> Response {
    let body = form(&[Part { name: "file", file_name: Some("a.png"), content }]);
    who.send("POST", "/v1/editor/media", &[("content-type", &form_type()), ("idempotency-key", key)], &body)
}

on_both! {
    fn contributor_uploads_each_type_told_by_its_bytes(app: &App) {
        let contributor = app.contributor();
        // Names and types that say something else change nothing.
        for (name, bytes, media_type, kind) in [
            ("photo.png", jpeg(700, 500), "image/jpeg", "image"),
            ("photo.html", png(700, 500), "image/png", "image"),
            ("photo", webp(700, 500), "image/webp", "image"),
            ("photo.gif", gif(70, 50, 1), "image/gif", "image"),
            ("issue.pdf", pdf(), "application/pdf", "document"),
        ] {
            let made = upload(&contributor, name, &bytes).assert_status(201);
            let shown = made.json();
            assert_eq!((&shown["type"], &shown["kind"], &shown["version"]), (&json!(media_type), &json!(kind), &json!(1)), "{shown:#}");
            assert_eq!(shown["name"], name);
            assert_eq!(made.etag(), "\"1\"");
            assert_eq!(made.location(), format!("/v1/editor/media/{}", shown["id"].as_str().expect("an id")));
            let found = contributor.get(&made.location()).assert_status(200);
            assert_eq!(found.json(), shown);
            let file = app.anonymous().get(&path_of(&shown["url"])).assert_status(200);
            assert_eq!(file.header("content-type"), Some(media_type));
            assert_eq!(shown["bytes"], file.body.len());
            if kind == "image" {
                let picture = image::load_from_memory(&file.body).expect("a picture");
                assert_eq!((&shown["width"], &shown["height"]), (&json!(picture.width()), &json!(picture.height())));
            } else {
                assert_eq!((shown.get("width"), &shown["renditions"], &file.body), (None, &json!([]), &bytes));
            }
        }
    }

    fn what_a_camera_writes_is_gone_and_the_picture_is_as_it_was(app: &App) {
        let editor = app.editor();
        let plain = jpeg(300, 200);
        let photograph = with_segment(&with_segment(&plain, 0xe1, &exif(1, "Ida Moss")), 0xfe, b"COMMENT-SECRET");
        let shown = upload(&editor, "a.jpg", &photograph).assert_status(201).json();
        assert_eq!(shown["credit"], "Ida Moss");
        let kept = editor.get(&path_of(&shown["url"])).assert_status(200).body;
        for secret in ["SECRET", "Exif", "Ida Moss"] {
            assert!(!holds(&kept, secret), "{secret} is still there");
        }
        let [before, after] = [&plain, &kept].map(|bytes| image::load_from_memory(bytes).expect("a picture"));
        assert!(before == after, "the pixels were touched");
        // So are those of renditions.
        for rendition in shown["renditions"].as_array().expect("renditions") {
            let bytes = editor.get(&path_of(&rendition["url"])).assert_status(200).body;
            assert!(!holds(&bytes, "SECRET") && !holds(&bytes, "Exif"), "{rendition}");
        }
    }

    fn a_picture_that_was_held_another_way_is_turned(app: &App) {
        let editor = app.editor();
        for orientation in 1..=8 {
            // As the camera would have kept it, so that turned by the orientation it is the gradient.
            let upright = gradient(160, 120);
            let kept = match orientation {
                2 => upright.fliph(),
                3 => upright.rotate180(),
                4 => upright.flipv(),
                5 => upright.rotate90().fliph(),
                6 => upright.rotate270(),
                7 => upright.rotate270().fliph(),
                8 => upright.rotate90(),
                _ => upright,
            };
            let mut bytes = Vec::new();
            kept.write_with_encoder(image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, 95)).expect("a JPEG");
            let shown = upload(&editor, "a.jpg", &with_segment(&bytes, 0xe1, &exif(orientation, "Ida"))).assert_status(201).json();
            assert_eq!((&shown["width"], &shown["height"]), (&json!(160), &json!(120)), "orientation {orientation}");
            let picture = seen(&editor, &shown["url"]);
            assert!(is_upright(&picture), "orientation {orientation}: {:?}", [(0, 0), (159, 0), (0, 119)].map(|(x, y)| picture.get_pixel(x, y)));
            let first = &shown["renditions"][0];
            assert!(is_upright(&seen(&editor, &first["url"])), "the rendition, orientation {orientation}");
        }
    }

    fn credit_is_read_from_the_file_where_none_is_sent(app: &App) {
        let editor = app.editor();
        let iptc = |sets: &[(u8, &str)]| {
            let data: Vec<u8> = sets.iter().flat_map(|(set, text)| [&[0x1c, 2, *set, 0, u8::try_from(text.len()).expect("short")], text.as_bytes()].concat()).collect();
            [&b"Photoshop 3.0\0"[..], b"8BIM\x04\x04\0\0", &u32::try_from(data.len()).expect("short").to_be_bytes(), &data].concat()
        };
        let xmp = |text: &str| [&b"http://ns.adobe.com/xap/1.0/\0"[..], text.as_bytes()].concat();
        for (marker, data, credit) in [
            (0xed, iptc(&[(80, "Ida Moss"), (110, "North Pictures")]), json!("Ida Moss / North Pictures")),
            (0xed, iptc(&[(116, "© The Harbour")]), json!("© The Harbour")),
            (0xe1, xmp("<x><dc:creator><rdf:Seq><rdf:li>Noor &amp; Kit</rdf:li></rdf:Seq></dc:creator></x>"), json!("Noor & Kit")),
            (0xe1, xmp("<x photoshop:Credit=\"West&#0;\"/>"), json!("West&#0;")),
            (0xe1, xmp("<x><dc:creator><script>a</script></dc:creator></x>"), Value::Null),
            (0xe1, exif(1, "Tab\tLine\nEnd"), json!("Tab Line End")),
        ] {
            let shown = upload(&editor, "a.jpg", &with_segment(&jpeg(30, 20), marker, &data)).assert_status(201).json();
            assert_eq!(shown.get("credit").unwrap_or(&Value::Null), &credit, "{}", String::from_utf8_lossy(&data));
        }
        let photograph = with_segment(&jpeg(30, 20), 0xe1, &exif(1, "Ida Moss"));
        let texts = [("alt", "A boat"), ("caption", "The boat\nat dusk"), ("credit", "By hand"), ("licence", "CC BY 4.0"), ("language", "en-NZ")];
        let shown = upload_with(&editor, "a.jpg", &photograph, &texts).assert_status(201).json();
        for (name, text) in texts {
            assert_eq!(shown[name], text);
        }
        assert_eq!(shown["decorative"], false);
    }

    fn the_same_file_twice_is_kept_once_and_shown_by_two_items(app: &App) {
        let editor = app.editor();
        let bytes = jpeg(100, 80);
        let [first, second] = ["first.jpg", "second.jpg"].map(|name| upload_with(&editor, name, &bytes, &[("alt", name)]).assert_status(201).json());
        assert_ne!(first["id"], second["id"]);
        assert_eq!((&first["url"], &first["hash"]), (&second["url"], &second["hash"]));
        assert_eq!((&first["alt"], &second["alt"]), (&json!("first.jpg"), &json!("second.jpg")));
        let hash = first["hash"].as_str().expect("a hash");
        let listed = editor.get(&format!("/v1/editor/media?hash={hash}&total=true")).assert_status(200).json();
        assert_eq!(listed["page"]["total"], 2);
        let file = editor.get(&path_of(&first["url"])).assert_status(200);
        let digest = sha256(&file.body);
        assert_eq!(digest, hash);
    }

    fn bytes_alone_are_taken_too(app: &App) {
        let editor = app.editor();
        let headers = [("content-type", "application/octet-stream"), ("content-disposition", "attachment; filename*=UTF-8''K%C4%81k%C4%81.jpg")];
        let shown = editor.send("POST", "/v1/editor/media", &headers, &jpeg(30, 20)).assert_status(201).json();
        assert_eq!((&shown["name"], &shown["type"]), (&json!("Kākā.jpg"), &json!("image/jpeg")));
        assert!(shown["url"].as_str().is_some_and(|url| url.ends_with("/kaka.jpg")), "{}", shown["url"]);
        let nameless = editor.send("POST", "/v1/editor/media", &headers[..1], &png(30, 20)).assert_status(201).json();
        assert_eq!(nameless["name"], "untitled");
    }

    fn an_upload_is_audited_tried_and_made_once_under_a_key(app: &App) {
        let editor = app.editor();
        let trial = form(&[Part { name: "file", file_name: Some("a.png"), content: &png(30, 20) }]);
        let trial = editor.send("POST", "/v1/editor/media?dry_run=true", &[("content-type", &form_type())], &trial).assert_status(201);
        assert_eq!(trial.header("masthead-dry-run"), Some("true"));
        assert_eq!(editor.get("/v1/editor/media?total=true").json()["page"]["total"], 0);
        editor.get(&path_of(&trial.json()["url"])).assert_status(404);
        let [first, again] = [0, 1].map(|_| under_key(&editor, "once", &png(30, 20)).assert_status(201));
        assert_eq!(first.json(), again.json());
        assert_eq!(again.header("idempotency-replayed"), Some("true"));
        assert_eq!(under_key(&editor, "once", &png(31, 20)).assert_status(422).problem_code(), "idempotency_key_reused");
        assert_eq!(editor.get("/v1/editor/media?total=true").json()["page"]["total"], 1);
        let entries = app.admin().get("/v1/editor/audit?subject=media").assert_status(200).json();
        assert_eq!(entries["data"].as_array().map(Vec::len), Some(1));
        assert_eq!((&entries["data"][0]["action"], &entries["data"][0]["label"]), (&json!("media.create"), &json!("a.png")));
    }
}

fn sha256(bytes: &[u8]) -> String {
    masthead_server::opaque_tokens::hex_digest(bytes)
}
