//! Files as everyone gets them.

use super::path_of;
use crate::harness::client::Requests;
use crate::harness::pictures::{jpeg, pdf, png, upload};

/// The value of a member of a header like `Cache-Control`.
fn has(value: Option<&str>, member: &str) -> bool {
    value.is_some_and(|value| value.split([',', ';']).any(|part| part.trim() == member))
}

on_both! {
    fn reader_gets_a_file_for_ever_and_it_can_do_no_harm(app: &App) {
        let shown = upload(&app.editor(), "Ferry at dusk.jpg", &jpeg(200, 150)).assert_status(201).json();
        let path = path_of(&shown["url"]);
        assert!(path.ends_with("/ferry-at-dusk.jpg"), "{path}");
        let reader = app.anonymous();
        let file = reader.get(&path).assert_status(200);
        let cache = file.header("cache-control");
        assert!(has(cache, "public") && has(cache, "max-age=31536000") && has(cache, "immutable"), "{file}");
        assert_eq!(file.header("x-content-type-options"), Some("nosniff"));
        let policy = file.header("content-security-policy");
        assert!(has(policy, "sandbox") && has(policy, "default-src 'none'"), "{file}");
        assert_eq!(file.header("content-disposition"), Some("inline; filename=\"ferry-at-dusk.jpg\""));
        assert_eq!(file.header("access-control-allow-origin"), Some("*"));
        assert_eq!(file.header("content-length"), Some(file.body.len().to_string().as_str()));
        assert!(file.header("last-modified").is_some() && file.header("set-cookie").is_none());
        let head = reader.head(&path).assert_status(200);
        assert!(head.body.is_empty());
        for name in ["content-length", "etag", "content-type", "cache-control"] {
            assert_eq!(head.header(name), file.header(name), "{name}");
        }
        let unchanged = reader.get_with(&path, &[("if-none-match", &file.etag())]).assert_status(304);
        assert!(unchanged.body.is_empty() && has(unchanged.header("cache-control"), "immutable"));
        assert_eq!(unchanged.etag(), file.etag());
        let document = upload(&app.editor(), "Issue 12.pdf", &pdf()).assert_status(201).json();
        let document = reader.get(&path_of(&document["url"])).assert_status(200);
        assert_eq!(document.header("content-disposition"), Some("attachment; filename=\"issue-12.pdf\""));
        assert_eq!(document.header("content-type"), Some("application/pdf"));
    }

    fn reader_gets_parts_of_a_file(app: &App) {
        let reader = app.anonymous();
        // One that is read at once, and one that is read part by part.
        let large = [&pdf()[..9], &vec![b'%'; 700_000], &pdf()[9..]].concat();
        for bytes in [pdf(), large] {
            let shown = upload(&app.editor(), "a.pdf", &bytes).assert_status(201).json();
            let path = path_of(&shown["url"]);
            let whole = reader.get(&path).assert_status(200);
            assert_eq!(whole.body, bytes);
            assert_eq!(whole.header("accept-ranges"), Some("bytes"));
            let size = bytes.len();
            for (range, from, to) in [("bytes=0-0", 0, 1), ("bytes=5-", 5, size), ("bytes=-7", size - 7, size), ("bytes=3-99999999", 3, size)] {
                let part = reader.get_with(&path, &[("range", range), ("if-range", &whole.etag())]).assert_status(206);
                assert_eq!(part.body, bytes[from..to], "{range}");
                assert_eq!(part.header("content-range"), Some(format!("bytes {from}-{}/{size}", to - 1).as_str()));
                assert_eq!(part.etag(), whole.etag());
            }
            for (range, if_range) in [("bytes=0-1", "\"another\""), ("bytes=0-1,4-5", ""), ("bytes=9-2", ""), ("pages=1", "")] {
                let headers = [("range", range), ("if-range", if_range)];
                let headers = if if_range.is_empty() { &headers[..1] } else { &headers[..] };
                assert_eq!(reader.get_with(&path, headers).assert_status(200).body.len(), size, "{range}");
            }
            // Without a body there is no part of one.
            for range in ["bytes=0-9", &format!("bytes={size}-")] {
                let head = reader.send("HEAD", &path, &[("range", range)], &[]).assert_status(200);
                assert_eq!((head.header("content-length"), head.header("content-range")), (Some(size.to_string().as_str()), None));
            }
            let refused = reader.get_with(&path, &[("range", &format!("bytes={size}-"))]).assert_status(416);
            assert_eq!(refused.problem_code(), "range_not_satisfiable");
            assert_eq!(refused.header("content-range"), Some(format!("bytes */{size}").as_str()));
        }
    }

    fn what_is_no_file_is_404_however_it_is_spelt(app: &App) {
        let editor = app.editor();
        let shown = upload(&editor, "a.png", &png(900, 20)).assert_status(201).json();
        let path = path_of(&shown["url"]);
        let hash = shown["hash"].as_str().expect("a hash");
        let folder = format!("/media/{hash}");
        let other = format!("/media/{}", "0".repeat(64));
        let reader = app.anonymous();
        for wrong in [
            format!("{other}/a.png"),
            format!("{folder}/b.png"),
            format!("{folder}/a.jpg"),
            format!("{folder}/original"),
            format!("{folder}/w1280.webp"),
            format!("{folder}/w641.webp"),
            format!("{folder}/w640.gif"),
            format!("{folder}/square-w20-10x10.webp"),
            format!("{folder}/square-w20-50x50.txt"),
            format!("{folder}/../a.png"),
            format!("{folder}/..%2f..%2fmasthead.db"),
            format!("{folder}/%2e%2e/a.png"),
            format!("{folder}/{}.png", "a".repeat(500)),
            format!("/media/{}/a.png", hash.to_uppercase()),
            format!("/media/{}/a.png", &hash[..32]),
            format!("/media//{hash}/a.png"),
            format!("{path}/"),
            folder.clone(),
            "/media".to_owned(),
            "/media/../masthead.db".to_owned(),
        ] {
            let answer = app.send_raw(format!("GET {wrong} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").as_bytes());
            assert!(answer.starts_with("HTTP/1.1 404"), "{wrong}: {answer}");
        }
        reader.get(&format!("{path}?x=1")).assert_status(400);
        reader.send("POST", &path, &[], b"").assert_status(405);
        reader.get(&path).assert_status(200);
    }
}
