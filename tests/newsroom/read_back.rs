//! Walks the delivery side as a website would and compares it with what was entered.

use crate::enter::{Wanted, WantedArticle, WantedMeeting};
use crate::harness::app::PUBLIC_URL;
use crate::harness::client::{Anonymous, Requests};
use jiff::Timestamp;
use serde_json::Value;
use std::collections::BTreeMap;

/// What was compared.
#[derive(Default)]
pub struct Counts {
    authors: usize,
    tags: usize,
    publications: usize,
    articles: usize,
    drafts: usize,
    meetings: usize,
    venues: usize,
    pictures: usize,
    pages: usize,
    whole_pages: usize,
    republished: usize,
    filters: BTreeMap<&'static str, (usize, usize)>,
}

impl std::fmt::Display for Counts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { authors, tags, publications, articles, drafts, meetings, venues, pictures, pages, whole_pages, republished, filters } = self;
        write!(
            f,
            "read back: {articles} articles ({republished} of them credited) with {pictures} lead images, {authors} authors, {tags} tags, {publications} publications, {meetings} meetings at {venues} venues, in {pages} pages of lists and {whole_pages} whole pages; {drafts} drafts not to be seen"
        )?;
        for (name, (things, found)) in filters {
            write!(f, "\nfilter {name}: {things} with {found} articles in all")?;
        }
        Ok(())
    }
}

pub fn compare(reader: &Anonymous, wanted: &Wanted) -> Counts {
    let mut counts = Counts { venues: wanted.venues, pictures: wanted.pictures.len(), ..Counts::default() };
    for (path, records, count) in [
        ("authors", &wanted.authors, &mut counts.authors),
        ("tags", &wanted.tags, &mut counts.tags),
        ("publications", &wanted.publications, &mut counts.publications),
    ] {
        let found = walk(reader, &format!("/v1/{path}"), &mut counts.pages);
        let found: BTreeMap<String, String> = found.iter().map(|item| (text(&item["slug"]), text(&item["name"]))).collect();
        assert_eq!(&found, records, "{path}");
        *count = found.len();
    }
    articles(reader, wanted, &mut counts);
    pages(reader, wanted, &mut counts);
    drafts(reader, wanted, &mut counts);
    filters(reader, wanted, &mut counts);
    meetings(reader, wanted, &mut counts);
    counts
}

/// All items of a list, by its cursors; the total must be their number.
fn walk(reader: &Anonymous, path: &str, pages: &mut usize) -> Vec<Value> {
    let joint = if path.contains('?') { '&' } else { '?' };
    let first = format!("{path}{joint}limit=100&total=true");
    let mut address = first.clone();
    let mut items = Vec::new();
    loop {
        let page = reader.get(&address).assert_status(200).json();
        *pages += 1;
        let data = page["data"].as_array().unwrap_or_else(|| panic!("no data in {page:#}"));
        assert!(data.len() <= 100, "{address}");
        items.extend(data.iter().cloned());
        let Some(next) = page["page"]["next"].as_str() else {
            assert_eq!(page["page"]["total"], items.len(), "{path}");
            return items;
        };
        assert!(!data.is_empty(), "a page without items that has a next one: {address}");
        address = format!("{first}&cursor={next}");
    }
}

/// Compares what was found with what was wanted, by slug, and shows every difference.
fn by_slug<'a, W>(what: &str, found: &'a [Value], wanted: &'a [W], slug: impl Fn(&W) -> &str, check: impl Fn(&Value, &W) -> Vec<String>) {
    let mut found: BTreeMap<String, &Value> = found.iter().map(|item| (text(&item["slug"]), item)).collect();
    let mut differences = Vec::new();
    for item in wanted {
        match found.remove(slug(item)) {
            None => differences.push(format!("{}: is missing", slug(item))),
            Some(shown) => differences.extend(check(shown, item).into_iter().map(|difference| format!("{}: {difference}", slug(item)))),
        }
    }
    differences.extend(found.keys().map(|slug| format!("{slug}: was not expected")));
    assert!(differences.is_empty(), "{} differences in {what}:\n{}", differences.len(), differences.join("\n"));
}

fn articles(reader: &Anonymous, wanted: &Wanted, counts: &mut Counts) {
    let found = walk(reader, "/v1/articles?body=text", &mut counts.pages);
    counts.articles = found.len();
    counts.republished = found.iter().filter(|item| item.get("credit_line").is_some()).count();
    assert_eq!(found.len(), wanted.articles.len());
    by_slug("articles", &found, &wanted.articles, |article| &article.slug, |shown, article| article_differences(shown, article, wanted));
    let times: Vec<Timestamp> = found.iter().map(|item| instant(&item["published_at"])).collect();
    assert!(times.is_sorted_by(|earlier, later| earlier >= later), "the newest does not come first: {times:?}");
}

fn article_differences(shown: &Value, article: &WantedArticle, wanted: &Wanted) -> Vec<String> {
    let mut differences = Differences(Vec::new());
    differences.text("title", &shown["title"], Some(&article.title));
    differences.text("standfirst", &shown["standfirst"], article.standfirst.as_deref());
    let names: Vec<&str> = article.authors.iter().map(|slug| wanted.authors[slug].as_str()).collect();
    let byline = names.split_last().map(|(last, others)| match others {
        [] => format!("By {last}"),
        others => format!("By {} and {last}", others.join(", ")),
    });
    differences.text("byline", &shown["byline"]["text"], byline.as_deref());
    differences.list("authors", &shown["byline"]["authors"], &article.authors);
    differences.list("tags", &shown["tags"], &article.tags);
    let publication = article.publication.as_ref().map(|slug| wanted.publications[slug].as_str());
    differences.text("credit line", &shown["credit_line"]["text"], publication);
    if let (Some(name), Some(address)) = (publication, &article.original_url) {
        let line = format!("<a href=\"{}\">{}</a>", address.replace('&', "&amp;"), name.replace('&', "&amp;"));
        differences.text("linked credit line", &shown["credit_line"]["html"], Some(&line));
    }
    differences.text("original address", &shown["credits"][0]["original_url"], article.original_url.as_deref());
    differences.text("relation", &shown["credits"][0]["relation"], publication.map(|_| "republished"));
    let page_url = format!("{PUBLIC_URL}/articles/{}", article.slug);
    let canonical = article.canonical_url.as_deref().or(article.original_url.as_deref()).unwrap_or(&page_url);
    differences.text("canonical address", &shown["canonical_url"], Some(canonical));
    if shown.get("lead_image") != article.picture.as_ref() {
        differences.0.push(format!("lead image is {}, not {:?}", shown["lead_image"], article.picture));
    }
    if instant(&shown["published_at"]) != article.published_at {
        differences.0.push(format!("published at {}, not {}", shown["published_at"], article.published_at));
    }
    let words = shown["word_count"].as_u64().unwrap_or_default();
    if (words > 0) != article.has_text {
        differences.0.push(format!("{words} words, {} has {}", article.file, if article.has_text { "a text" } else { "none" }));
    }
    let body = text(&shown["body"]["content"]);
    if body.contains("{{<") {
        differences.0.push("a shortcode in the body".to_owned());
    }
    differences.words(&body, &article.words, &article.file);
    differences.0
}

/// Every tenth page as a website would fetch it: nothing stands on it twice, and every teaser has its credit.
fn pages(reader: &Anonymous, wanted: &Wanted, counts: &mut Counts) {
    let credits: BTreeMap<&str, Option<&str>> = wanted
        .articles
        .iter()
        .map(|article| (article.slug.as_str(), article.publication.as_ref().map(|slug| wanted.publications[slug].as_str())))
        .collect();
    for article in wanted.articles.iter().step_by(10) {
        let page = reader.get(&format!("/v1/articles/{}?include=related,latest,meetings", article.slug)).assert_status(200).json();
        let teasers = || ["related", "latest"].into_iter().flat_map(|list| page[list].as_array().into_iter().flatten());
        let mut slugs: Vec<String> = teasers().map(|teaser| text(&teaser["slug"])).chain([article.slug.clone()]).collect();
        assert_eq!(slugs.len(), 3 + 5 + 1, "{slugs:?}");
        slugs.sort();
        slugs.dedup();
        assert_eq!(slugs.len(), 3 + 5 + 1, "something stands twice on the page of {}: {slugs:?}", article.slug);
        for teaser in teasers() {
            assert_eq!(teaser["credit_line"]["text"].as_str(), credits[text(&teaser["slug"]).as_str()], "{teaser:#}");
        }
        counts.whole_pages += 1;
    }
}

fn drafts(reader: &Anonymous, wanted: &Wanted, counts: &mut Counts) {
    for slug in &wanted.drafts {
        reader.get(&format!("/v1/articles/{slug}")).assert_status(404);
    }
    counts.drafts = wanted.drafts.len();
}

/// Every author, tag and publication filters exactly its articles.
fn filters(reader: &Anonymous, wanted: &Wanted, counts: &mut Counts) {
    let of = |kind: &str, article: &WantedArticle| match kind {
        "author" => article.authors.clone(),
        "tag" => article.tags.clone(),
        _ => article.publication.iter().cloned().collect(),
    };
    for (kind, records) in [("author", &wanted.authors), ("tag", &wanted.tags), ("publication", &wanted.publications)] {
        let mut slugs: BTreeMap<String, Vec<&str>> = records.keys().map(|slug| (slug.clone(), Vec::new())).collect();
        for article in &wanted.articles {
            for slug in of(kind, article) {
                slugs.entry(slug).or_default().push(&article.slug);
            }
        }
        let mut total = 0;
        for (slug, mut expected) in slugs {
            let found = walk(reader, &format!("/v1/articles?{kind}={slug}&fields=slug"), &mut counts.pages);
            let mut found: Vec<String> = found.iter().map(|item| text(&item["slug"])).collect();
            found.sort();
            expected.sort_unstable();
            assert_eq!(found, expected, "{kind} {slug}");
            total += found.len();
        }
        counts.filters.insert(kind, (records.len(), total));
    }
}

fn meetings(reader: &Anonymous, wanted: &Wanted, counts: &mut Counts) {
    let found = walk(reader, "/v1/meetings?from=2000-01-01T00:00:00Z", &mut counts.pages);
    counts.meetings = found.len();
    by_slug("meetings", &found, &wanted.meetings, |meeting| &meeting.slug, meeting_differences);
    let times: Vec<Timestamp> = found.iter().map(|item| instant(&item["time"]["starts_at_utc"])).collect();
    assert!(times.is_sorted(), "the first does not come first: {times:?}");
    // All of them are over.
    assert_eq!(reader.get("/v1/meetings").assert_status(200).json()["data"], Value::Array(Vec::new()));
}

fn meeting_differences(shown: &Value, meeting: &WantedMeeting) -> Vec<String> {
    let mut differences = Differences(Vec::new());
    differences.text("title", &shown["title"], Some(&meeting.title));
    differences.text("summary", &shown["summary"], meeting.summary.as_deref());
    differences.text("local time", &shown["time"]["starts_at_local"], Some(&meeting.local));
    differences.text("zone", &shown["time"]["timezone"], Some(&meeting.zone));
    differences.text("attendance", &shown["attendance"], Some(meeting.attendance));
    differences.text("organiser", &shown["organiser"], meeting.organiser.as_deref());
    differences.text("registration address", &shown["registration_url"], meeting.registration_url.as_deref());
    differences.list("tags", &shown["tags"], &meeting.tags);
    for (name, expected) in [("starts_at_utc", meeting.starts_at), ("ends_at_utc", meeting.ends_at), ("starts_at", meeting.starts_at)] {
        if instant(&shown["time"][name]) != expected {
            differences.0.push(format!("{name} is {}, not {expected}", shown["time"][name]));
        }
    }
    if !text(&shown["time"]["starts_at"]).starts_with(&meeting.local) {
        differences.0.push(format!("starts at {}, not at {}", shown["time"]["starts_at"], meeting.local));
    }
    match &meeting.venue {
        None if shown.get("venue").is_some() => differences.0.push(format!("is at {}", shown["venue"])),
        None => {}
        Some(members) => {
            for (name, value) in members {
                differences.text(name, &shown["venue"][name], Some(value));
            }
        }
    }
    differences.words(shown["description_html"].as_str().unwrap_or_default(), &meeting.words, &meeting.file);
    if shown.get("description_html").is_some() != meeting.has_text {
        differences.0.push(format!("description {}, {} has {}", shown["description_html"], meeting.file, meeting.has_text));
    }
    differences.0
}

struct Differences(Vec<String>);

impl Differences {
    fn text(&mut self, what: &str, shown: &Value, expected: Option<&str>) {
        if shown.as_str() != expected || (expected.is_none() && !shown.is_null()) {
            self.0.push(format!("{what} is {shown}, not {expected:?}"));
        }
    }

    /// Looks for words in a body.
    fn words(&mut self, body: &str, words: &[String], file: &str) {
        let lost: Vec<&str> = words.iter().map(String::as_str).filter(|word| !body.contains(word)).collect();
        if !lost.is_empty() {
            self.0.push(format!("words of {file} that the body lacks: {}", lost.join(", ")));
        }
    }

    /// Compares a list of references by their slugs, in order.
    fn list(&mut self, what: &str, shown: &Value, expected: &[String]) {
        let slugs: Vec<String> = shown.as_array().into_iter().flatten().map(|item| text(&item["slug"])).collect();
        if slugs != expected {
            self.0.push(format!("{what} are {slugs:?}, not {expected:?}"));
        }
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}

fn instant(value: &Value) -> Timestamp {
    text(value).parse().unwrap_or_else(|error| panic!("{value}: {error}"))
}
