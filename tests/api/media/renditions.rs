//! Pictures smaller and cut.

use super::{is_upright, path_of, seen};
use crate::harness::builders::{etag_of, id_of};
use crate::harness::client::Requests;
use crate::harness::pictures::{gif, jpeg, pdf, png, upload, webp};
use image::GenericImageView;
use serde_json::{Value, json};

fn list(shown: &Value) -> &Vec<Value> {
    shown["renditions"].as_array().expect("a list")
}

on_both! {
    fn reader_gets_every_rendition_in_the_size_and_type_it_says(app: &App) {
        let editor = app.editor();
        for (name, bytes, types) in [
            ("a.jpg", jpeg(1000, 600), &["image/webp", "image/jpeg"][..]),
            ("a.png", png(1000, 600), &["image/webp", "image/png"]),
            ("a.webp", webp(1000, 600), &["image/webp"]),
            ("a.gif", gif(300, 200, 1), &["image/webp", "image/png"]),
        ] {
            let shown = upload(&editor, name, &bytes).assert_status(201).json();
            let mut found: Vec<&str> = Vec::new();
            for rendition in list(&shown) {
                let file = app.anonymous().get(&path_of(&rendition["url"])).assert_status(200);
                assert_eq!(file.header("content-type"), rendition["type"].as_str(), "{rendition}");
                assert!(file.header("cache-control").is_some_and(|value| value.contains("immutable")));
                let picture = image::load_from_memory(&file.body).unwrap_or_else(|error| panic!("{rendition}: {error}"));
                assert_eq!((json!(picture.width()), json!(picture.height())), (rendition["width"].clone(), rendition["height"].clone()));
                assert!(picture.width() <= 1000 && picture.height() <= 600, "{rendition}");
                found.push(rendition["type"].as_str().expect("a type"));
                // Once made, it is kept.
                assert_eq!(app.anonymous().get(&path_of(&rendition["url"])).assert_status(200).etag(), file.etag());
            }
            found.sort_unstable();
            found.dedup();
            let mut types = types.to_vec();
            types.sort_unstable();
            assert_eq!(found, types, "{name}");
        }
    }

    fn renditions_are_never_larger_and_look_like_the_picture(app: &App) {
        let editor = app.editor();
        let shown = upload(&editor, "a.png", &png(700, 500)).assert_status(201).json();
        let whole: Vec<(u64, u64)> = list(&shown)
            .iter()
            .filter(|one| one.get("crop").is_none() && one["type"] == "image/webp")
            .map(|one| (one["width"].as_u64().expect("a width"), one["height"].as_u64().expect("a height")))
            .collect();
        assert_eq!(whole, [(320, 229), (640, 457), (700, 500)]);
        for rendition in list(&shown).iter().filter(|one| one.get("crop").is_none()) {
            assert!(is_upright(&seen(&editor, &rendition["url"])), "{rendition}");
        }
        let tiny = upload(&editor, "b.png", &png(5, 3)).assert_status(201).json();
        assert!(list(&tiny).iter().all(|one| one["width"].as_u64() <= Some(5) && one["height"].as_u64() <= Some(3)), "{tiny:#}");
        seen(&editor, &list(&tiny)[0]["url"]);
    }

    fn a_crop_follows_the_focal_point_and_old_ones_stay(app: &App) {
        let editor = app.editor();
        let shown = upload(&editor, "a.png", &png(1000, 320)).assert_status(201).json();
        let path = format!("/v1/editor/media/{}", id_of(&shown));
        let square = |shown: &Value| list(shown).iter().find(|one| one["crop"] == "square" && one["type"] == "image/png").expect("a square").clone();
        // Red grows to the right: in the middle it is half.
        let red = |rendition: &Value| i32::from(seen(&editor, &rendition["url"]).get_pixel(160, 160).0[0]);
        let middle = square(&shown);
        assert_eq!((&middle["width"], &middle["height"]), (&json!(320), &json!(320)));
        assert!((red(&middle) - 127).abs() < 8, "{}", red(&middle));
        let moved = editor.patch(&path, &etag_of(&shown), &json!({"focal_point": {"x": 0.95, "y": 0.5}})).assert_status(200).json();
        let right = square(&moved);
        assert_ne!(right["url"], middle["url"]);
        assert!(red(&right) > 200, "{}", red(&right));
        app.anonymous().get(&path_of(&middle["url"])).assert_status(200);
        // Nobody has such a point, and nobody had.
        let other = path_of(&right["url"]).replace("95x50", "5x50");
        app.anonymous().get(&other).assert_status(404);
        // Of whole pictures nothing has changed.
        assert_eq!(list(&shown)[0], list(&moved)[0]);
    }

    fn animations_and_documents_have_none(app: &App) {
        let editor = app.editor();
        let animation = upload(&editor, "a.gif", &gif(400, 300, 3)).assert_status(201).json();
        assert_eq!((&animation["frames"], &animation["renditions"]), (&json!(3), &json!([])));
        let file = editor.get(&path_of(&animation["url"])).assert_status(200);
        assert_eq!(file.header("content-type"), Some("image/gif"));
        let hash = animation["hash"].as_str().expect("a hash");
        editor.get(&format!("/media/{hash}/w320.webp")).assert_status(404);
        assert_eq!(upload(&editor, "a.pdf", &pdf()).assert_status(201).json()["renditions"], json!([]));
    }

    fn many_who_ask_at_once_get_the_same_rendition(app: &App) {
        let editor = app.editor();
        let shown = upload(&editor, "a.jpg", &jpeg(1500, 1000)).assert_status(201).json();
        let path = path_of(&list(&shown)[4]["url"]);
        let bodies: Vec<Vec<u8>> = std::thread::scope(|scope| {
            let asked: Vec<_> = (0..16).map(|_| scope.spawn(|| app.anonymous().get(&path).assert_status(200).body)).collect();
            asked.into_iter().map(|thread| thread.join().expect("an answer")).collect()
        });
        assert!(bodies.windows(2).all(|pair| pair[0] == pair[1]));
    }
}
