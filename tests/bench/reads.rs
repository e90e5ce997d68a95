//! The cases in which readers are answered: from the response cache, and from the database.

use crate::bare::{Fixed, Sample};
use crate::corpus::{Databases, Server};
use crate::http::Client;
use crate::load::{Run, Target, run};
use crate::options::Options;
use crate::plain;
use crate::process::database_cpu;
use crate::report::{Row, median};
use serde_json::Value;

/// A case with what it is compared with.
struct Case {
    letter: &'static str,
    title: &'static str,
    /// The request that is the same each time.
    path: String,
    headers: Vec<(String, String)>,
    /// Requests that differ from each other; none where only the cache matters.
    varied: Vec<String>,
    has_nginx: bool,
}

/// How many slugs and cursors are taken from the corpus.
const SLUGS: usize = 5_000;

fn get(url: &str, path: &str) -> Value {
    Client::new(url).get(path)
}

fn sample(url: &str, path: &str, headers: &[(String, String)]) -> Sample {
    let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let answer = Client::new(url).send("GET", path, &headers, None);
    Sample { status: answer.status, headers: answer.headers, body: answer.body }
}

fn cases(url: &str) -> Vec<Case> {
    let mut slugs: Vec<String> = Vec::new();
    let mut cursor = String::new();
    while slugs.len() < SLUGS {
        let page = get(url, &format!("/v1/articles?limit=100&fields=slug{cursor}"));
        slugs.extend(page["data"].as_array().expect("a list").iter().map(|item| item["slug"].as_str().expect("a slug").to_owned()));
        let Some(next) = page["page"]["next"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    let first = get(url, &format!("/v1/articles/{}", slugs[0]));
    let section = first["section"]["slug"].as_str().expect("a section").to_owned();
    let item = format!("/v1/articles/{}", slugs[0]);
    let tag = sample(url, &item, &[]).headers.into_iter().find(|(name, _)| name == "etag").expect("an entity tag").1;
    let branch = get(url, "/v1/branches?limit=1")["data"][0]["slug"].as_str().expect("a branch").to_owned();
    // The corpus covers twelve years evenly: after a tenth of them nine tenths are newer. A cursor is of the list, not of
    // the filter, so that of a narrowed list stands for the place in the whole.
    let oldest = get(url, "/v1/articles?limit=1&sort=published_at&fields=published_at");
    let newest = get(url, "/v1/articles?limit=1&fields=published_at");
    let time = |page: &Value| masthead_domain::time::Timestamp::parse(page["data"][0]["published_at"].as_str().expect("a time")).expect("a time");
    let deep = time(&oldest).plus_milliseconds((time(&newest).milliseconds() - time(&oldest).milliseconds()) / 10);
    let cursor = get(url, &format!("/v1/articles?limit=1&published_before={deep}"))["page"]["next"].as_str().expect("a page after it").to_owned();
    let case = |letter, title, path: String, varied| Case { letter, title, path, headers: Vec::new(), varied, has_nginx: false };
    let any_time = |path: &str| vec![format!("{path}&published_before={{n}}")];
    let (list, page) = ("/v1/articles?limit=10".to_owned(), format!("{item}?include=related,latest,meetings"));
    let (of_section, deep) = (format!("{list}&section={section}"), format!("{list}&cursor={cursor}"));
    let meetings = format!("/v1/meetings?limit=10&branch={branch}");
    let calendar = format!("/calendar/branches/{branch}.ics");
    let mut cases = vec![
        Case { has_nginx: true, ..case("a", "list, latest 10", list.clone(), any_time(&list)) },
        Case { has_nginx: true, ..case("b", "article by slug", item.clone(), slugs.iter().map(|slug| format!("/v1/articles/{slug}")).collect()) },
        case("c", "list of one section", of_section.clone(), any_time(&of_section)),
        case("d", "deep page, after 90 %", deep.clone(), any_time(&deep)),
        case("f", "whole page", page, slugs.iter().map(|slug| format!("/v1/articles/{slug}?include=related,latest,meetings")).collect()),
        Case { headers: vec![("If-None-Match".to_owned(), tag)], ..case("g", "conditional GET, 304", item, Vec::new()) },
        case("h", "next meetings of a branch", meetings.clone(), vec![format!("{meetings}&to={{n}}")]),
        case("h", "calendar of a branch, .ics", calendar.clone(), vec![format!("{calendar}?to={{n}}")]),
    ];
    // Search is a case as soon as there is one.
    if Client::new(url).try_send("GET", "/v1/articles?limit=1&q=ferry", &[], None).is_some_and(|answer| answer.status == 200) {
        for (title, word) in
            [("search, a word of 1 %", "lighthouse"), ("search, a word of 0.01 %", "quillwort"), ("search, a word of 50 %", "petition")]
        {
            let path = format!("/v1/articles?limit=10&q={word}");
            cases.push(case("e", title, path.clone(), any_time(&path)));
        }
    }
    cases
}

/// Measures all cases that are wanted; the warm server is returned, to be looked at after the load.
pub fn measure(databases: &Databases, corpus: &str, warm: &Server, options: &Options, rows: &mut Vec<Row>) {
    let cold = databases.serve(corpus, Some(0)).0;
    for case in cases(&warm.url).into_iter().filter(|case| options.wants(case.letter)) {
        let taken = sample(&warm.url, &case.path, &case.headers);
        let bare = Fixed::bare(&taken);
        let nginx = case.has_nginx.then(|| Fixed::nginx(&taken)).flatten();
        let same = Target::Same { path: case.path.clone(), headers: case.headers.clone() };
        let row = turns(&case, "warm", &warm.url, warm, &same, &bare, nginx.as_ref(), options);
        rows.push(row.told());
        if !case.varied.is_empty() {
            let mut row = turns(&case, "cold", &cold.url, &cold, &Target::Varied(case.varied.clone()), &bare, None, options);
            plain::compare(databases, corpus, case.letter, &case.path, &taken.body, options, &mut row);
            rows.push(row.told());
        }
    }
}

/// Masthead, the bare handler and nginx in turns.
#[allow(clippy::too_many_arguments, reason = "the sides of one comparison")]
fn turns(
    case: &Case,
    state: &'static str,
    url: &str,
    server: &Server,
    target: &Target,
    bare: &Fixed,
    nginx: Option<&Fixed>,
    options: &Options,
) -> Row {
    // For the bare handler every path is the same.
    let bare_target = Target::Same { path: "/".to_owned(), headers: case.headers.clone() };
    let (mut ours, mut database, mut theirs, mut files) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for turn in 0..=options.repeats {
        let before = database_cpu();
        let our = costed(|| server.process.cpu(), || run(url, target, options.seconds));
        let spent = database_cpu() - before;
        let their = costed(|| bare.process.cpu(), || run(&bare.url, &bare_target, options.seconds));
        let file = nginx.map(|nginx| costed(|| nginx.process.cpu(), || run(&nginx.url, &bare_target, options.seconds)));
        // The first turn warms up.
        if turn > 0 {
            database.push(spent / our.1.requests);
            ours.push(our);
            theirs.push(their);
            files.extend(file);
        }
    }
    let cpu = |runs: &[(f64, Run)]| median(runs.iter().map(|(cpu, run)| cpu / run.requests));
    let rate = |runs: &[(f64, Run)]| median(runs.iter().map(|(_, run)| run.requests / run.seconds));
    Row {
        case: case.letter.to_owned(),
        title: case.title.to_owned(),
        state: state.to_owned(),
        cpu: Some(cpu(&ours)),
        database_cpu: Some(median(database.into_iter())),
        bare_cpu: Some(cpu(&theirs)),
        rate: Some(rate(&ours)),
        rate_ratio: Some(rate(&ours) / rate(&theirs)),
        p50: Some(median(ours.iter().map(|(_, run)| run.p50))),
        p99: Some(median(ours.iter().map(|(_, run)| run.p99))),
        nginx_cpu: (!files.is_empty()).then(|| cpu(&files)),
        ..Row::default()
    }
}

/// A run with the CPU time that it cost.
pub fn costed(cpu: impl Fn() -> f64, work: impl FnOnce() -> Run) -> (f64, Run) {
    let before = cpu();
    let run = work();
    (cpu() - before, run)
}
