//! Uploads: photographs of 12 megapixels, by several clients at once, while a reader goes on reading.
//!
//! `cargo bench --bench uploads -- [photographs, by default 200] [clients, by default 4]`
//!
//! The server is the release binary in a process of its own, on SQLite. The photographs are made here: one is encoded, and each
//! of the others differs from it in a number that stands in its head, so that this program takes no time from the server. Printed
//! are the time until all are answered, the server's memory at its highest, the time until all renditions are made, and what the
//! reader waited before and meanwhile.

#[allow(dead_code, reason = "shared with the other benchmark, which uses the rest")]
mod process;

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, Rgb, RgbImage};
use process::{Process, free_port, wait_for};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

const EMAIL: &str = "ada@paper.example";
const PASSWORD: &str = "the tide turns twice a day";
const BOUNDARY: &str = "----a-line-that-no-file-has";

/// Where the density stands in the head of a JPEG as it is encoded here.
const DENSITY: std::ops::Range<usize> = 14..18;

fn main() {
    let numbers: Vec<usize> = std::env::args().skip(1).filter_map(|argument| argument.parse().ok()).collect();
    let (photographs, clients) = (numbers.first().copied().unwrap_or(200), numbers.get(1).copied().unwrap_or(4));
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("uploads");
    std::fs::remove_dir_all(&folder).unwrap_or_default();
    std::fs::create_dir_all(&folder).expect("a folder");
    let url = format!("http://127.0.0.1:{}", free_port());
    let bind = url.trim_start_matches("http://").to_owned();
    let data = folder.to_string_lossy().into_owned();
    let settings =
        [("MASTHEAD_BIND", bind), ("MASTHEAD_DATA_DIR", data), ("MASTHEAD_ADMIN_EMAIL", EMAIL.into()), ("MASTHEAD_ADMIN_PASSWORD", PASSWORD.into())];
    let server = Process::start(&build(), &["serve"], &settings, &folder.join("log"));
    wait_for("the start", Duration::from_secs(30), || ureq::get(format!("{url}/health/ready")).call().ok());
    let token = log_in(&url);
    publish(&url, &token);
    let photograph = encode();
    println!("{photographs} photographs of 12 megapixels, {} KB each, by {clients} clients", photograph.len() / 1024);
    let (idle_memory, before) = (server.memory(), read_until(&url, &AtomicBool::new(false), Duration::from_secs(3)));
    let (next, is_done) = (AtomicUsize::new(0), AtomicBool::new(false));
    let begun = Instant::now();
    let (meanwhile, peak, uploaded, waits) = std::thread::scope(|scope| {
        let reader = scope.spawn(|| read_until(&url, &is_done, Duration::from_secs(36_000)));
        let watcher = scope.spawn(|| {
            let mut peak = 0.0_f64;
            while !is_done.load(Ordering::Relaxed) {
                peak = peak.max(server.memory());
                std::thread::sleep(Duration::from_millis(20));
            }
            peak
        });
        let uploading: Vec<_> = (0..clients).map(|_| scope.spawn(|| upload_all(&url, &token, &photograph, &next, photographs))).collect();
        let waits: Vec<f64> = uploading.into_iter().flat_map(|client| client.join().expect("a client")).collect();
        let uploaded = begun.elapsed();
        wait_for("the renditions", Duration::from_secs(3600), || (count(&folder.join("media")) >= photographs * RENDITIONS).then_some(()));
        is_done.store(true, Ordering::Relaxed);
        (reader.join().expect("the reader"), watcher.join().expect("the watcher"), uploaded, waits)
    });
    println!("uploaded in {:.1} s, {:.2} a second; one takes {}", uploaded.as_secs_f64(), photographs as f64 / uploaded.as_secs_f64(), spread(waits));
    println!("all renditions made after {:.1} s", begun.elapsed().as_secs_f64());
    println!("memory: {:.0} MB before, {:.0} MB at the most", idle_memory / 1024.0, peak / 1024.0);
    println!("a reader waits {} before, and {} meanwhile", spread(before), spread(meanwhile));
}

/// The files that are kept of one photograph: itself, five widths and five crops, each in two formats.
const RENDITIONS: usize = 21;

/// Builds the server as it is released.
fn build() -> PathBuf {
    let built = Command::new(env!("CARGO")).args(["build", "--release", "--locked", "--package", "masthead-server", "--bin", "masthead"]).status();
    assert!(built.expect("cargo").success(), "the server could not be built");
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target/release/masthead")
}

/// One photograph: slopes of colour with grain, which is what makes files large and decoders work.
fn encode() -> Vec<u8> {
    let mut seed = 1_u32;
    let picture = RgbImage::from_fn(4000, 3000, |x, y| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let grain = seed >> 28;
        let shade = |slope: u32| u8::try_from((slope + grain).min(255)).unwrap_or(255);
        Rgb([shade(x / 17), shade(y / 13), shade((x + y) / 29)])
    });
    let mut bytes = Vec::new();
    DynamicImage::from(picture).write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, 90)).expect("a JPEG");
    bytes
}

fn log_in(url: &str) -> String {
    let mut answer = ureq::post(format!("{url}/v1/auth/login")).send_json(json!({"email": EMAIL, "password": PASSWORD})).expect("a login");
    let tokens: Value = answer.body_mut().read_json().expect("tokens");
    tokens["access_token"].as_str().expect("a token").to_owned()
}

fn publish(url: &str, token: &str) {
    let bearer = format!("Bearer {token}");
    let body = json!({"title": "Council keeps the last ferry", "standfirst": "The evening boat is saved."});
    let mut answer = ureq::post(format!("{url}/v1/editor/articles")).header("authorization", &bearer).send_json(body).expect("an article");
    let article: Value = answer.body_mut().read_json().expect("an article");
    let action = format!("{url}/v1/editor/articles/{}/publish", article["id"].as_str().expect("an id"));
    ureq::post(action).header("authorization", &bearer).header("if-match", "\"1\"").send_empty().expect("published");
}

/// Uploads what is left of the photographs, and tells how long each took, in milliseconds.
fn upload_all(url: &str, token: &str, photograph: &[u8], next: &AtomicUsize, count: usize) -> Vec<f64> {
    let mut waits = Vec::new();
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        if number >= count {
            return waits;
        }
        let mut file = photograph.to_vec();
        let density = u32::try_from(number + 0x0001_0001).expect("few photographs").to_be_bytes();
        file.get_mut(DENSITY).expect("a head").copy_from_slice(&density);
        let head = format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{number}.jpg\"\r\n\r\n");
        let body = [head.as_bytes(), &file, format!("\r\n--{BOUNDARY}--\r\n").as_bytes()].concat();
        let begun = Instant::now();
        let request = ureq::post(format!("{url}/v1/editor/media")).header("authorization", &format!("Bearer {token}"));
        request.header("content-type", &format!("multipart/form-data; boundary={BOUNDARY}")).send(&body).expect("an upload");
        waits.push(begun.elapsed().as_secs_f64() * 1000.0);
    }
}

/// Reads the list of articles again and again, and tells how long each answer took, in milliseconds.
fn read_until(url: &str, is_done: &AtomicBool, longest: Duration) -> Vec<f64> {
    let (agent, address, begun, mut waits) = (ureq::agent(), format!("{url}/v1/articles"), Instant::now(), Vec::new());
    while !is_done.load(Ordering::Relaxed) && begun.elapsed() < longest {
        let asked = Instant::now();
        let mut answer = agent.get(&address).call().expect("an answer");
        answer.body_mut().read_to_vec().expect("a list");
        waits.push(asked.elapsed().as_secs_f64() * 1000.0);
        std::thread::sleep(Duration::from_millis(2));
    }
    waits
}

fn spread(mut waits: Vec<f64>) -> String {
    waits.sort_by(f64::total_cmp);
    let at = |part: usize| waits.get((waits.len() * part / 100).min(waits.len().saturating_sub(1))).copied().unwrap_or_default();
    format!("{:.2} ms (p50), {:.2} ms (p99)", at(50), at(99))
}

/// The files under a folder.
fn count(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).map(|path| if path.is_dir() { count(&path) } else { 1 }).sum()
}
