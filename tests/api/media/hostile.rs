//! Uploads that nobody should send: refused with a reason, and nothing kept.

use crate::harness::app::App;
use crate::harness::client::{Requests, SignedIn};
use crate::harness::database::Backend;
use crate::harness::pictures::{BOUNDARY, Part, exif, form, form_type, gif, jpeg, pdf, png, upload, upload_with, webp, with_segment};
use crate::media::path_of;
use masthead_server::config::Config;
use std::io::{Read, Write};

const LIMIT: u64 = 64 * 1024;

/// A server that takes small files only.
fn small(backend: Backend) -> App {
    App::start_with(backend, |config| Config { upload_bytes_max: LIMIT, ..config })
}

#[track_caller]
fn assert_nothing_kept(app: &App, editor: &SignedIn) {
    assert_eq!(editor.get("/v1/editor/media?total=true").json()["page"]["total"], 0);
    let left: Vec<_> = std::fs::read_dir(app.data_dir().join("incoming")).expect("the folder").collect();
    assert!(left.is_empty(), "{left:?}");
    let kept: Vec<_> = std::fs::read_dir(app.data_dir().join("media")).expect("the folder").collect();
    assert!(kept.is_empty(), "{kept:?}");
}

/// A PNG that says it is of that size; its data is that of a much smaller one.
fn png_claiming(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = png(8, 8);
    bytes[16..20].copy_from_slice(&width.to_be_bytes());
    bytes[20..24].copy_from_slice(&height.to_be_bytes());
    let mut crc = flate2::Crc::new();
    crc.update(&bytes[12..29]);
    let sum = crc.sum().to_be_bytes();
    bytes[29..33].copy_from_slice(&sum);
    bytes
}

/// A GIF of one frame, with that frame so many times.
fn again(gif: &[u8], count: usize) -> Vec<u8> {
    let table = if gif[10] & 0x80 == 0 { 0 } else { 3 << ((gif[10] & 7) + 1) };
    let (head, rest) = gif.split_at(13 + table);
    [head, &rest[..rest.len() - 1].repeat(count), b";"].concat()
}

fn upload_head(token: &str, rest: &str) -> String {
    format!("POST /v1/editor/media HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\ncontent-type: {}\r\n{rest}\r\n\r\n", form_type())
}

on_both! {
    fn what_is_no_picture_and_no_document_is_415(app: &App) {
        let editor = app.editor();
        for bytes in [
            &b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>"[..],
            b"<!doctype html><title>x</title><script>alert(1)</script>",
            b"<?xml version=\"1.0\"?><svg/>",
            b"alert(1)",
            b"",
            b"\xff\xd8",
            b"BM\x3a\0\0\0",
            b"\0\0\0\x20ftypavif",
            b"PK\x03\x04",
            b" %PDF-1.4\n%%EOF",
            b"RIFF\0\0\0\0WAVE",
        ] {
            let refused = upload(&editor, "photo.jpg", bytes).assert_status(415);
            assert_eq!(refused.problem_code(), "unsupported_media_type");
        }
        assert_nothing_kept(app, &editor);
    }

    fn what_is_cut_off_or_damaged_is_422(app: &App) {
        let editor = app.editor();
        let cut = |bytes: Vec<u8>, count: usize| bytes[..bytes.len() - count].to_vec();
        let mut wrong_sum = png(40, 30);
        let place = wrong_sum.len() - 20;
        wrong_sum[place] ^= 0xff;
        let mut no_header = png(40, 30);
        no_header[12..16].copy_from_slice(b"IDAT");
        for (what, bytes) in [
            ("a JPEG in the middle", cut(jpeg(200, 200), 2000)),
            ("a JPEG by its end", cut(jpeg(40, 30), 2)),
            ("a JPEG of segments alone", jpeg(40, 30)[..40].to_vec()),
            ("a PNG in the middle", cut(png(200, 200), 600)),
            ("a PNG by its end", cut(png(40, 30), 12)),
            ("a PNG with a wrong sum", wrong_sum),
            ("a PNG without a header", no_header),
            ("a PNG that claims more than it has", png_claiming(900, 900)),
            ("a WebP", cut(webp(200, 200), 50)),
            ("a GIF in the middle", cut(gif(60, 60, 4), 60)),
            ("a GIF by its end", cut(gif(60, 60, 4), 1)),
            ("a GIF of nothing", b"GIF89a\x01\0\x01\0\0\0\0;".to_vec()),
            ("a PDF", cut(pdf(), 8)),
            ("a PDF of nothing", b"%PDF-1.4\n%%EOF\n".to_vec()),
        ] {
            let refused = upload(&editor, "photo.jpg", &bytes);
            assert_eq!(refused.status, 422, "{what}: {refused}");
            assert_eq!(refused.faults(), [("/file".to_owned(), "invalid_format".to_owned())], "{what}");
        }
        assert_nothing_kept(app, &editor);
    }

    fn what_would_not_fit_into_memory_is_refused_before_it_is_decoded(app: &App) {
        let editor = app.editor();
        for (what, bytes) in [
            ("a side", png_claiming(50_000, 50_000)),
            ("pixels", png_claiming(11_000, 11_000)),
            ("a strip", png_claiming(12_001, 1)),
            ("frames", again(&gif(1, 1, 1), 600)),
            ("pixels of frames", again(&gif(1100, 1000, 1), 200)),
        ] {
            let refused = upload(&editor, "bomb.png", &bytes);
            assert_eq!(refused.status, 422, "{what}: {refused}");
            assert_eq!(refused.faults(), [("/file".to_owned(), "too_long".to_owned())], "{what}");
        }
        assert_nothing_kept(app, &editor);
    }

    fn what_is_two_things_at_once_is_refused(app: &App) {
        let editor = app.editor();
        let zip = b"PK\x03\x04\x14\0\0\0\0\0-rest of an archive-PK\x05\x06";
        for bytes in [
            [&gif(10, 10, 1)[..], b"/*\n*/=1;alert(document.domain)//"].concat(),
            [&jpeg(30, 20)[..], b"<html><script>alert(1)</script>"].concat(),
            [&jpeg(30, 20)[..], b"\0\0\0\0<ScRiPt>alert(1)</script>"].concat(),
            [&png(30, 20)[..], zip].concat(),
            [&jpeg(30, 20)[..], zip].concat(),
            [&webp(30, 20)[..], b"%PDF-1.4"].concat(),
            [&png(30, 20)[..], b"\x7fELF\x02\x01\x01"].concat(),
            [&pdf()[..], zip].concat(),
            [&pdf()[..], b"<script>alert(1)</script>"].concat(),
        ] {
            let refused = upload(&editor, "photo.jpg", &bytes).assert_status(422);
            assert_eq!(refused.faults(), [("/file".to_owned(), "invalid_format".to_owned())]);
            assert!(refused.problem()["errors"][0]["message"].as_str().is_some_and(|message| message.contains("more than one thing")), "{refused}");
        }
        assert_nothing_kept(app, &editor);
    }

    fn what_stands_beside_a_picture_is_not_kept(app: &App) {
        let editor = app.editor();
        let comment = |gif: Vec<u8>| {
            // Behind the header and the table of colours, if there is one.
            let table = if gif[10] & 0x80 == 0 { 0 } else { 3 << ((gif[10] & 7) + 1) };
            let (head, rest) = gif.split_at(13 + table);
            [head, b"\x21\xfe\x0ealert(1)/*--*/\0", rest].concat()
        };
        for bytes in [
            comment(gif(10, 10, 1)),
            with_segment(&jpeg(30, 20), 0xfe, b"alert(1)"),
            with_segment(&jpeg(30, 20), 0xef, b"<script>alert(1)"),
            // A second picture, as phones append one.
            [&jpeg(30, 20)[..], &with_segment(&jpeg(9, 9), 0xfe, b"alert(1)")].concat(),
        ] {
            let shown = upload(&editor, "photo", &bytes).assert_status(201).json();
            let kept = editor.get(&path_of(&shown["url"])).assert_status(200).body;
            assert!(!kept.windows(5).any(|window| window == b"alert"), "{}", shown["type"]);
        }
    }

    fn names_are_labels_and_cannot_lead_anywhere(app: &App) {
        let editor = app.editor();
        let names = [
            ("../../../etc/passwd", "passwd", "/passwd.png"),
            ("..\\\\..\\\\boot.ini", "boot.ini", "/boot.png"),
            ("\u{202e}gnp.exe", "gnp.exe", "/gnp.png"),
            (".", "untitled", "/untitled.png"),
            ("con", "con", "/con.png"),
            ("w320.webp", "w320.webp", "/file-w320.png"),
            ("a;b=c.png", "a;b=c.png", "/a-b-c.png"),
        ];
        // Each another file, for a file keeps the name it first came with.
        for ((given, name, end), height) in names.into_iter().zip(30..) {
            let picture = png(20, height);
            let shown = upload(&editor, given, &picture).assert_status(201).json();
            assert_eq!(shown["name"], name, "{given}");
            assert!(shown["url"].as_str().is_some_and(|url| url.ends_with(end)), "{given}: {}", shown["url"]);
        }
        let long = "x".repeat(5000);
        assert_eq!(upload(&editor, &long, &png(21, 21)).assert_status(201).json()["name"].as_str().map(str::len), Some(200));
        // As no client writes them.
        for name in [&b"a\0b.png"[..], b"a\xff\xfeb.png", b"a\rb.png"] {
            let disposition = [&b"content-disposition: form-data; name=\"file\"; filename=\""[..], name, b"\"\r\n\r\n"].concat();
            let body = [format!("--{BOUNDARY}\r\n").as_bytes(), &disposition, &png(30, 20), format!("\r\n--{BOUNDARY}--\r\n").as_bytes()].concat();
            let answer = editor.send("POST", "/v1/editor/media", &[("content-type", &form_type())], &body);
            assert!(answer.status == 400 || answer.status == 201 && answer.json()["name"] == "ab.png" || answer.status == 422, "{name:?}: {answer}");
        }
    }

    fn faults_of_a_form_are_all_named(app: &App) {
        let editor = app.editor();
        let (picture, long) = (png(20, 20), "x".repeat(1001));
        let file = || Part { name: "file", file_name: Some("a.png"), content: &picture };
        let text = |name: &'static str, content: &'static [u8]| Part { name, file_name: None, content };
        let send = |parts: &[Part]| editor.send("POST", "/v1/editor/media", &[("content-type", &form_type())], &form(parts));
        let faults = |parts: &[Part]| send(parts).assert_status(422).faults();
        let found = |pointer: &str, code: &str| (pointer.to_owned(), code.to_owned());
        assert_eq!(faults(&[text("alt", b"A boat")]), [found("/file", "required")]);
        assert_eq!(faults(&[]), [found("/file", "required")]);
        assert_eq!(faults(&[file(), file(), text("alt", b"a"), text("alt", b"b")]), [found("/alt", "repeated"), found("/file", "repeated")]);
        assert_eq!(
            faults(&[text("role", b"admin"), file(), text("id", b"1"), text("a/b", b"")]),
            [found("/a~1b", "unknown"), found("/id", "unknown"), found("/role", "unknown")]
        );
        assert_eq!(faults(&[file(), text("caption", b"a\xff")]), [found("/caption", "invalid_format")]);
        assert_eq!(
            upload_with(&editor, "a.png", &picture, &[("alt", &long), ("credit", "two\nlines"), ("language", "English!")]).assert_status(422).faults(),
            [found("/alt", "too_long"), found("/credit", "control_character"), found("/language", "invalid_format")]
        );
        // What is no form, or none that ends.
        let whole = form(&[file()]);
        for (content_type, body, status) in [
            ("application/json", &b"{}"[..], 415),
            ("multipart/mixed; boundary=x", &whole, 415),
            ("multipart/form-data", &whole, 415),
            (&form_type(), &whole[..whole.len() - 30], 400),
            (&form_type(), b"nothing of the kind", 400),
            ("multipart/form-data; boundary=another", &whole, 400),
        ] {
            let refused = editor.send("POST", "/v1/editor/media", &[("content-type", content_type)], body);
            assert!(refused.status == status || refused.status == 400, "{content_type}: {refused}");
            refused.problem();
        }
        let many: Vec<Part> = (0..20).map(|_| text("alt", b"a")).collect();
        assert_eq!(send(&many).assert_status(400).problem_code(), "malformed_request");
        assert_nothing_kept(app, &editor);
    }

    fn nobody_uploads_without_a_login(app: &App) {
        upload(&app.anonymous(), "a.png", &png(20, 20)).assert_status(401);
        assert_nothing_kept(app, &app.editor());
    }

    fn an_endless_description_of_a_picture_ends(app: &App) {
        let editor = app.editor();
        // A directory that points at itself, one of 65,535 entries, and one that lies outside.
        for tiff in [&b"II*\0\x08\0\0\0\x01\0\x3b\x01\x02\0\xff\xff\xff\xff\x08\0\0\0\x08\0\0\0"[..], b"II*\0\x08\0\0\0\xff\xff\x3b\x01", b"MM\0*\xff\xff\xff\xff"] {
            let bytes = with_segment(&jpeg(30, 20), 0xe1, &[b"Exif\0\0", tiff].concat());
            let shown = upload(&editor, "a.jpg", &bytes).assert_status(201).json();
            assert_eq!(shown.get("credit"), None);
        }
        // Too large to be a profile: it goes, and the picture stays.
        let mut profiled = jpeg(30, 20);
        for number in 1..=10 {
            profiled = with_segment(&profiled, 0xe2, &[&b"ICC_PROFILE\0"[..], &[number, 10], &[0; 60_000]].concat());
        }
        let shown = upload(&editor, "a.jpg", &profiled).assert_status(201).json();
        assert!(shown["bytes"].as_u64().is_some_and(|bytes| bytes < 5000), "{}", shown["bytes"]);
        upload(&editor, "a.jpg", &with_segment(&jpeg(30, 20), 0xe1, &exif(9, "x"))).assert_status(201);
    }
}

fn too_much_is_413(app: &App) {
    let editor = app.editor();
    let limit = usize::try_from(LIMIT).expect("small");
    // As many bytes as may be are not too many, whatever else they are.
    upload(&editor, "a.jpg", &vec![0; limit]).assert_status(415);
    assert_eq!(upload(&editor, "a.jpg", &vec![0; limit + 1]).assert_status(413).problem_code(), "body_too_large");
    let headers = [("content-type", "application/octet-stream")];
    editor.send("POST", "/v1/editor/media", &headers, &vec![0; limit + 1]).assert_status(413);
    // Said at once, before anything is sent.
    let told = app.send_raw(upload_head(&editor.access_token, "content-length: 10000000000").as_bytes());
    assert!(told.starts_with("HTTP/1.1 413"), "{told}");
    // Not said at all: cut off while it goes on and on.
    let mut stream = app.connect();
    stream.write_all(upload_head(&editor.access_token, "transfer-encoding: chunked").as_bytes()).expect("sent");
    let head = format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.jpg\"\r\n\r\n");
    let chunk = |bytes: &[u8]| [format!("{:x}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat();
    stream.write_all(&chunk(head.as_bytes())).expect("sent");
    let mut sending = stream.try_clone().expect("the same connection");
    let mut answer = [0; 12];
    std::thread::scope(|scope| {
        // Until the server closes, or the test has seen enough and does.
        scope.spawn(move || while sending.write_all(&chunk(&[7; 16 * 1024])).is_ok() {});
        stream.read_exact(&mut answer).expect("an answer");
        stream.shutdown(std::net::Shutdown::Both).unwrap_or_default();
    });
    assert_eq!(std::str::from_utf8(&answer), Ok("HTTP/1.1 413"));
    assert_nothing_kept(app, &editor);
}

#[test]
fn too_much_is_413_on_sqlite() {
    too_much_is_413(&small(Backend::Sqlite));
}

#[test]
fn too_much_is_413_on_postgres() {
    too_much_is_413(&small(Backend::Postgres));
}
