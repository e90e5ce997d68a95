//! Media in a bucket: what is kept there, and what becomes of the paper where the bucket fails.

use super::path_of;
use crate::harness::app::{App, wait_until};
use crate::harness::bucket::{S3Server, TestBucket, new_bucket};
use crate::harness::builders::{id_of, make_public_article};
use crate::harness::client::{Requests, Response};
use crate::harness::database::Backend;
use crate::harness::pictures::{jpeg, pdf, png, upload};
use crate::harness::process::Process;
use masthead_domain::secret::Secret;
use masthead_server::config::Config;
use masthead_server::config::bucket::{BucketLimits, MediaBucket};
use masthead_server::media::sweep::{AGE_SECONDS, Swept};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::PathBuf;
use std::time::{Duration, Instant};
use url::Url;

/// Makes two tests of one function, like `on_both!`, with a bucket that the server keeps its media in.
macro_rules! with_bucket {
    ($($(#[$attribute:meta])* fn $name:ident($app:ident: &App, $bucket:ident: &TestBucket) $body:block)*) => {$(
        $(#[$attribute])*
        mod $name {
            #[allow(unused_imports, reason = "whatever the function uses")]
            use super::*;

            fn on($app: &App, $bucket: &TestBucket) $body

            fn on_backend(backend: Backend) {
                let Some(bucket) = new_bucket() else { return };
                on(&App::start_with(backend, |config| using(bucket.settings(), config)), &bucket);
            }

            #[test]
            fn sqlite() {
                on_backend(Backend::Sqlite);
            }

            #[test]
            fn postgres() {
                on_backend(Backend::Postgres);
            }
        }
    )*};
}

fn using(settings: MediaBucket, config: Config) -> Config {
    Config { media_bucket: Some(settings), ..config }
}

/// A document of about so many bytes.
fn document(bytes: usize) -> Vec<u8> {
    let filling: Vec<u8> = (0..bytes).map(|place| b"%abcdefghijklmnopqrstuvwxyz"[place % 23]).collect();
    [&pdf()[..9], b"%", &filling, b"\n", &pdf()[9..]].concat()
}

/// Whether a file of that name stands in some place of the bucket.
fn has_key(bucket: &TestBucket, name: &str) -> bool {
    bucket.keys().iter().any(|key| key.starts_with(TestBucket::PREFIX) && key.rsplit('/').next() == Some(name))
}

fn file_name(rendition: &Value) -> String {
    path_of(&rendition["url"]).rsplit('/').next().expect("a name").to_owned()
}

#[track_caller]
fn assert_unavailable(answer: Response) {
    let answer = answer.assert_status(503);
    assert_eq!(answer.problem_code(), "unavailable");
    assert!(answer.header("retry-after").is_some(), "{answer}");
    // What the cause is, and where the files are, is for the log.
    for word in ["bucket", "s3", "127.0.0.1:", "Signature", "papers"] {
        let detail = answer.problem()["detail"].clone();
        assert!(!detail.to_string().contains(word), "{word}: {answer}");
    }
}

/// That an upload is refused and leaves nothing, while readers get what they came for.
#[track_caller]
fn assert_only_media_are_down(app: &App) {
    let editor = app.editor();
    make_public_article(&editor, json!({"title": "Ferry"}));
    assert_unavailable(upload(&editor, "a.jpg", &jpeg(60, 40)));
    assert_eq!(editor.get("/v1/editor/media?total=true").assert_status(200).json()["page"]["total"], 0);
    let incoming = std::fs::read_dir(app.data_dir().join("incoming")).expect("a folder");
    assert_eq!(incoming.count(), 0);
    app.anonymous().get("/v1/articles/ferry").assert_status(200);
    app.anonymous().get("/health/ready").assert_status(200);
}

with_bucket! {
    fn reader_gets_files_out_of_the_bucket(app: &App, bucket: &TestBucket) {
        let reader = app.anonymous();
        // One that is read at once, and one that is read part by part.
        for bytes in [document(2_000), document(1_700_000)] {
            let shown = upload(&app.editor(), "a.pdf", &bytes).assert_status(201).json();
            let path = path_of(&shown["url"]);
            let whole = reader.get(&path).assert_status(200);
            assert!(whole.body == bytes, "{} bytes of {} are others", whole.body.len(), bytes.len());
            let size = bytes.len();
            let ranges = [("bytes=0-0", 0, 1), ("bytes=-7", size - 7, size), ("bytes=3-99999999", 3, size), ("bytes=1500-", 1500, size)];
            for (range, from, to) in ranges {
                let part = reader.get_with(&path, &[("range", range)]).assert_status(206);
                assert!(part.body == bytes[from..to], "{range}: {} bytes", part.body.len());
                assert_eq!(part.header("content-range"), Some(format!("bytes {from}-{}/{size}", to - 1).as_str()));
            }
            let head = reader.head(&path).assert_status(200);
            assert_eq!((head.header("content-length"), head.etag()), (Some(size.to_string().as_str()), whole.etag()));
            reader.get_with(&path, &[("if-none-match", &whole.etag())]).assert_status(304);
        }
        assert_eq!(bucket.keys().len(), 2, "{:?}", bucket.keys());
        for key in bucket.keys() {
            let parts: Vec<&str> = key.strip_prefix(TestBucket::PREFIX).expect("the prefix").split('/').collect();
            let ["", spread, place, "original"] = parts[..] else { panic!("{key}") };
            assert!(place.len() == 32 && place.ends_with(spread) && spread.len() == 2, "{key}");
        }
        assert!(!app.data_dir().join("media").exists());
    }

    fn renditions_are_made_once_and_kept_in_the_bucket(app: &App, bucket: &TestBucket) {
        let shown = upload(&app.editor(), "a.jpg", &jpeg(700, 500)).assert_status(201).json();
        let renditions = shown["renditions"].as_array().expect("renditions");
        assert!(renditions.len() > 4, "{shown:#}");
        for rendition in renditions {
            let file = app.anonymous().get(&path_of(&rendition["url"])).assert_status(200);
            let picture = image::load_from_memory(&file.body).unwrap_or_else(|error| panic!("{rendition}: {error}"));
            assert_eq!(json!([picture.width(), picture.height()]), json!([rendition["width"], rendition["height"]]));
            assert!(has_key(bucket, &file_name(rendition)), "{rendition} is not among {:?}", bucket.keys());
            let again = app.anonymous().get(&path_of(&rendition["url"])).assert_status(200);
            assert!(again.body == file.body);
        }
        assert_eq!(bucket.keys().len(), renditions.len() + 1, "{:?}", bucket.keys());
    }

    fn two_nodes_both_serve_what_one_has_taken(app: &App, bucket: &TestBucket) {
        let node = app.start_node(|config| using(bucket.settings(), config));
        let editor = app.editor();
        let there = node.as_seen_by(&editor);
        for (taking, other) in [(&editor, &there), (&there, &editor)] {
            let bytes = jpeg(400 + u32::try_from(bucket.keys().len()).expect("few"), 300);
            let shown = upload(taking, "a.jpg", &bytes).assert_status(201).json();
            let file = other.get(&path_of(&shown["url"])).assert_status(200).body;
            assert!(file == taking.get(&path_of(&shown["url"])).assert_status(200).body);
            for rendition in shown["renditions"].as_array().expect("renditions") {
                let path = path_of(&rendition["url"]);
                assert!(other.get(&path).assert_status(200).body == taking.get(&path).assert_status(200).body, "{rendition}");
            }
        }
        // The same file again is the same file, whoever takes it.
        let before = bucket.keys().iter().filter(|key| key.ends_with("/original")).count();
        upload(&there, "b.png", &png(30, 20)).assert_status(201);
        upload(&editor, "c.png", &png(30, 20)).assert_status(201);
        assert_eq!(bucket.keys().iter().filter(|key| key.ends_with("/original")).count(), before + 1);
    }

    fn what_is_swept_leaves_the_bucket_with_all_renditions(app: &App, bucket: &TestBucket) {
        let editor = app.editor();
        let [gone, stays] = [(300, "a.png"), (301, "b.png")].map(|(width, name)| upload(&editor, name, &png(width, 200)).assert_status(201).json());
        let all = [&gone, &stays].map(|shown| shown["renditions"].as_array().expect("renditions"));
        // They are made ahead, one picture after the other: then nothing more is written.
        wait_until("all renditions are kept", || bucket.keys().len() == 2 + all[0].len() + all[1].len());
        let before = bucket.keys();
        editor.delete(&format!("/v1/editor/media/{}", id_of(&gone)), "\"1\"").assert_status(204);
        assert_eq!((app.sweep_media(), bucket.keys()), (Swept::default(), before.clone()));
        app.clock.advance_seconds(AGE_SECONDS + 1);
        assert_eq!(app.sweep_media(), Swept { files: 1, uploads: 0 });
        assert_eq!(bucket.keys().len(), before.len() - all[0].len() - 1, "of {before:?} are left {:?}", bucket.keys());
        for rendition in all[1] {
            app.anonymous().get(&path_of(&rendition["url"])).assert_status(200);
        }
        assert!(app.anonymous().get(&path_of(&stays["url"])).assert_status(200).body.len() > 100);
        // It comes again as if it had never been there.
        let again = upload(&app.editor(), "a.png", &png(300, 200)).assert_status(201).json();
        app.anonymous().get(&path_of(&again["url"])).assert_status(200);
    }

    fn what_cannot_be_removed_while_the_store_is_down_goes_later(app: &App, bucket: &TestBucket) {
        let editor = app.editor();
        let shown = upload(&editor, "a.pdf", &document(2_000)).assert_status(201).json();
        editor.delete(&format!("/v1/editor/media/{}", id_of(&shown)), "\"1\"").assert_status(204);
        let before = bucket.keys();
        let mut folder = PathBuf::new();
        let node = app.start_node(|config| {
            folder = config.data_dir.join("incoming");
            using(MediaBucket { endpoint: Some(closed_address()), ..bucket.settings() }, config)
        });
        let unfinished = folder.join(format!("{}-a.part", app.clock.now().milliseconds()));
        std::fs::write(&unfinished, b"half a fi").expect("a file");
        app.clock.advance_seconds(AGE_SECONDS + 1);
        assert!(node.sweep_media().is_err());
        // What needs no store was done all the same.
        assert!(!unfinished.exists());
        assert_eq!((app.sweep_media(), bucket.keys()), (Swept::default(), before));
        app.clock.advance_seconds(AGE_SECONDS + 1);
        assert_eq!((app.sweep_media(), bucket.keys().len()), (Swept::default(), 0));
    }

    fn a_large_file_is_written_in_parts_and_whole(app: &App, bucket: &TestBucket) {
        let bytes = document(20 << 20);
        let shown = upload(&app.editor(), "a.pdf", &bytes).assert_status(201).json();
        assert!(app.anonymous().get(&path_of(&shown["url"])).assert_status(200).body == bytes);
        assert_eq!((bucket.keys().len(), bucket.unfinished().len()), (1, 0));
    }

    fn a_large_file_that_fails_midway_leaves_nothing(app: &App, bucket: &TestBucket) {
        let cut = Line::to(bucket, "partNumber=2");
        let node = app.start_node(|config| using(cut.settings(bucket), config));
        let editor = node.as_seen_by(&app.editor());
        assert_unavailable(upload(&editor, "a.pdf", &document(20 << 20)));
        assert_eq!((bucket.keys().len(), bucket.unfinished().len()), (0, 0));
        assert_eq!(editor.get("/v1/editor/media?total=true").json()["page"]["total"], 0);
        // What does not need that part comes through.
        upload(&editor, "b.png", &png(30, 20)).assert_status(201);
    }

    fn a_wrong_secret_is_told_to_nobody_and_harms_no_reader(app: &App, bucket: &TestBucket) {
        let shown = upload(&app.editor(), "a.png", &png(30, 20)).assert_status(201).json();
        let wrong = MediaBucket { secret_access_key: Secret::new("ThisIsNotTheSecretOfTheKey"), ..bucket.settings() };
        // A file that is there is neither absent nor broken.
        let node = app.start_node(|config| using(wrong.clone(), config));
        assert_unavailable(node.anonymous().get(&path_of(&shown["url"])));
        assert_unavailable(node.anonymous().get(&path_of(&shown["renditions"][0]["url"])));
        // They are made ahead: then nothing more is written by whom the store trusts.
        let renditions = shown["renditions"].as_array().expect("renditions").len();
        wait_until("all renditions are kept", || bucket.keys().len() == 1 + renditions);
        let keys = bucket.keys();
        assert_only_media_are_down(&App::start_with(app.backend, |config| using(wrong, config)));
        assert_eq!(bucket.keys(), keys);
    }

    fn a_bucket_that_is_not_there_is_no_missing_file(app: &App, bucket: &TestBucket) {
        let shown = upload(&app.editor(), "a.png", &png(30, 20)).assert_status(201).json();
        let nowhere = MediaBucket { name: "nobodys-bucket".to_owned(), ..bucket.settings() };
        let node = app.start_node(|config| using(nowhere.clone(), config));
        assert_unavailable(node.anonymous().get(&path_of(&shown["url"])));
        assert_unavailable(node.anonymous().get(&path_of(&shown["renditions"][0]["url"])));
        assert_only_media_are_down(&App::start_with(app.backend, |config| using(nowhere, config)));
    }

    fn a_store_that_hangs_is_given_up_in_time(app: &App, bucket: &TestBucket) {
        let editor = app.editor();
        let shown = upload(&editor, "a.png", &png(30, 20)).assert_status(201).json();
        let article = json!({"title": "Ferry", "lead_image": {"media_id": shown["id"]}});
        make_public_article(&editor, article);
        // The system takes connections for it, and nobody ever reads them.
        let silent = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let limits = BucketLimits { read: Duration::from_secs(3), ..BucketLimits::default() };
        let hung = MediaBucket { endpoint: Some(address_of(&silent)), limits, ..bucket.settings() };
        let node = app.start_node(|config| using(hung.clone(), config));
        let (reader, path) = (node.anonymous(), path_of(&shown["url"]));
        let began = Instant::now();
        std::thread::scope(|scope| {
            // Many more than the one thread that answers.
            let waiting: Vec<_> = (0..24).map(|_| scope.spawn(|| reader.get(&path))).collect();
            let taken = scope.spawn(|| upload(&node.as_seen_by(&editor), "b.png", &png(31, 20)));
            // Not answered either, and kept: the requests have come that far.
            let _arrived: Vec<_> = (0..8).map(|_| silent.accept().expect("a connection")).collect();
            for _ in 0..20 {
                let article = reader.get("/v1/articles/ferry").assert_status(200).json();
                assert_eq!(article["lead_image"]["id"], shown["id"]);
            }
            assert!(waiting.iter().all(|thread| !thread.is_finished()), "nobody waited for the store while articles were read");
            waiting.into_iter().for_each(|thread| assert_unavailable(thread.join().expect("an answer")));
            assert_unavailable(taken.join().expect("an answer"));
        });
        assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    }
}

#[test]
fn a_store_that_goes_away_takes_only_the_files_with_it() {
    let Some(server) = S3Server::start() else { return };
    let bucket = server.new_bucket();
    let settings = bucket.settings();
    let app = App::start_with(Backend::Sqlite, |config| using(settings.clone(), config));
    let shown = upload(&app.editor(), "a.png", &png(30, 20)).assert_status(201).json();
    make_public_article(&app.editor(), json!({"title": "Harbour", "lead_image": {"media_id": shown["id"]}}));
    let path = path_of(&shown["url"]);
    app.anonymous().get(&path).assert_status(200);
    drop((bucket, server));
    assert_unavailable(app.anonymous().get(&path));
    assert_unavailable(upload(&app.editor(), "b.png", &png(31, 20)));
    assert_eq!(app.editor().get("/v1/editor/media?total=true").json()["page"]["total"], 1);
    let read = app.anonymous().get("/v1/articles/harbour").assert_status(200).json();
    assert_eq!(read["lead_image"]["id"], shown["id"]);
    // One that starts only now comes up too.
    assert_only_media_are_down(&App::start_with(Backend::Sqlite, |config| using(settings, config)));
}

#[test]
fn settings_come_from_the_environment_and_no_secret_reaches_the_log() {
    let Some(bucket) = new_bucket() else { return };
    let MediaBucket { name, endpoint, access_key_id, secret_access_key, .. } = bucket.settings();
    let endpoint = endpoint.expect("an address").to_string();
    let right = secret_access_key.expose().to_owned();
    let serve = |secret: &str| {
        Process::serve(&[
            ("MASTHEAD_MEDIA_S3_BUCKET", name.as_str()),
            ("MASTHEAD_MEDIA_S3_ENDPOINT", &endpoint),
            ("MASTHEAD_MEDIA_S3_ACCESS_KEY_ID", &access_key_id),
            ("MASTHEAD_MEDIA_S3_SECRET_ACCESS_KEY", secret),
            ("MASTHEAD_MEDIA_S3_PREFIX", TestBucket::PREFIX),
            ("MASTHEAD_DRAIN_SECONDS", "0"),
            ("RUST_LOG", "debug"),
        ])
    };
    for (secret, status) in [(right.as_str(), 201), ("ThisIsNotTheSecretOfTheKey", 503)] {
        let mut process = serve(secret);
        let client = crate::harness::client::Client::new(&format!("http://{}", process.address("serving")));
        let anonymous = crate::harness::client::Anonymous { client };
        let tokens = anonymous.post("/v1/auth/login", &Process::login()).assert_status(200).json();
        let authorization = format!("Bearer {}", tokens["access_token"].as_str().expect("a token"));
        let headers = [("authorization", authorization.as_str()), ("content-type", "application/octet-stream")];
        anonymous.send("POST", "/v1/editor/media", &headers, &png(30, 20)).assert_status(status);
        process.signal("TERM");
        let log = process.end();
        assert!(!log.contains(secret), "the secret is in the log:\n{log}");
        assert!(!log.contains("AWS4-HMAC-SHA256"), "a signature is in the log:\n{log}");
        assert_eq!(log.contains("SignatureDoesNotMatch"), status == 503, "{log}");
    }
    assert!(has_key(&bucket, "original"));
}

/// An address where nobody listens.
fn closed_address() -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    address_of(&listener)
}

fn address_of(listener: &TcpListener) -> Url {
    format!("http://{}", listener.local_addr().expect("its address")).parse().expect("an address")
}

/// A line to a store that breaks wherever a certain word passes on the way there.
struct Line(Url);

impl Line {
    fn to(bucket: &TestBucket, word: &'static str) -> Self {
        let endpoint = bucket.settings().endpoint.expect("an address");
        let store = (endpoint.host_str().expect("a host").to_owned(), endpoint.port().expect("a port"));
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = address_of(&listener);
        // Ends with the test process.
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let store = TcpStream::connect((store.0.as_str(), store.1)).expect("the store");
                let (from_store, to_client) = (store.try_clone().expect("a handle"), client.try_clone().expect("a handle"));
                std::thread::spawn(move || pass(from_store, to_client, None));
                std::thread::spawn(move || pass(client, store, Some(word)));
            }
        });
        Self(address)
    }

    fn settings(&self, bucket: &TestBucket) -> MediaBucket {
        MediaBucket { endpoint: Some(self.0.clone()), ..bucket.settings() }
    }
}

fn pass(mut from: TcpStream, mut to: TcpStream, word: Option<&str>) {
    let mut part = [0; 16 * 1024];
    while let Ok(length @ 1..) = from.read(&mut part) {
        let is_cut = word.is_some_and(|word| part[..length].windows(word.len()).any(|window| window == word.as_bytes()));
        if is_cut || to.write_all(&part[..length]).is_err() {
            break;
        }
    }
    for stream in [from, to] {
        stream.shutdown(Shutdown::Both).unwrap_or_default();
    }
}
