//! What readers ask for, with every filter and order that is offered.

use crate::corpus::{ARTICLES, SCHEDULED};
use crate::harness::app::App;
use crate::harness::client::Requests;

/// How much work a request may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// That of one page, read in the order of an index.
    Page,
    /// That of a bounded set of rows, whatever the size of the paper.
    Set,
    /// That of a calendar, which has no pages.
    Calendar,
}

pub struct Request {
    pub path: String,
    pub status: u16,
    pub work: Work,
}

/// Lists of articles that an index is in the order of.
const PAGES: &[&str] = &[
    "",
    "section=section-0",
    "section=section-7",
    "section=section-0&language=en",
    "section=section-0&language=mi",
    "section=section-7&language=de",
    "tag=tag-0",
    "tag=tag-3",
    "author=author-0",
    "author=author-1",
    "publication=publication-0",
    "publication=publication-1",
    "issue=issue-0",
    "issue=issue-7",
    "issue=issue-0&published_before=2016-01-01T00:00:00Z",
    "language=en",
    "language=mi",
    "published_after=2020-01-01T00:00:00Z",
    "published_before=2016-01-01T00:00:00Z",
    "published_after=2019-01-01T00:00:00Z&published_before=2019-02-01T00:00:00Z",
    "author=author-0&published_before=2016-01-01T00:00:00Z",
    "tag=tag-0&published_after=2016-01-01T00:00:00Z&published_before=2016-02-01T00:00:00Z",
    "section=section-0&published_before=2016-01-01T00:00:00Z",
    "exclude=article-99979,article-99978,article-5",
    "sort=published_at",
    "sort=updated_at",
    "sort=-updated_at",
    "sort=updated_at&updated_since=2026-01-01T00:00:00Z",
    "sort=-updated_at&updated_since=2016-01-01T00:00:00Z",
];

/// Lists of articles for which rows are merged, sorted or passed over, but never more than a bounded number.
const SETS: &[&str] = &[
    "author=author-0&tag=tag-0",
    "tag=tag-0&section=section-0",
    "tag=tag-0&language=de",
    "author=author-0&language=en&section=section-0",
    "tag=tag-0,tag-1",
    "tag=tag-3,tag-4",
    "tag=tag-0,tag-3",
    "tag=tag-0,tag-1,tag-2,tag-11,tag-12,tag-13",
    "tag=tag-0,tag-1&section=section-0",
    // Of two hundred sections, and of four hundred with half of the paper or with next to nothing.
    "section=section-0&include_subsections=true",
    "section=section-7&include_subsections=true",
    "section=section-2&include_subsections=true",
    "section=section-9&include_subsections=true",
    "section=section-10&include_subsections=true",
    "section=section-0&include_subsections=true&sort=published_at",
    "section=section-0&include_subsections=true&published_before=2016-01-01T00:00:00Z",
    "section=section-2&include_subsections=true&published_before=2016-01-01T00:00:00Z",
    "section=section-0&include_subsections=true&language=de",
    "section=section-0&include_subsections=true&language=mi",
    "section=section-9&include_subsections=true&tag=tag-0",
    "section=section-0&include_subsections=true&tag=tag-3",
    "section=section-0&include_subsections=true&author=author-0",
    "section=section-0&include_subsections=true&sort=-updated_at",
    "section=section-9&include_subsections=true&sort=-updated_at",
    "section=section-0&include_subsections=true&updated_since=2026-11-26T08:00:00Z",
    "tag=tag-0,tag-1&published_before=2016-01-01T00:00:00Z",
    "tag=tag-0,tag-1&author=author-0",
    "tag=tag-0,tag-1&author=author-1",
    "tag=tag-3,tag-11&author=author-0",
    "author=author-0&tag=tag-3",
    "author=author-1&tag=tag-0",
    "author=author-0&publication=publication-1",
    "author=author-0&section=section-7",
    "issue=issue-0&section=section-0",
    "issue=issue-7&tag=tag-0",
    "issue=issue-0&author=author-0",
    "sort=-updated_at&issue=issue-7",
    "author=author-0&language=mi",
    "tag=tag-0&section=section-7",
    "tag=tag-0&language=mi",
    "tag=tag-0&publication=publication-1",
    "tag=tag-0&author=author-1&publication=publication-0&section=section-0&language=en",
    "updated_since=2026-11-26T08:00:00Z",
    "updated_since=2016-01-01T00:00:00Z",
    "updated_since=2026-11-26T08:00:00Z&section=section-0",
    "updated_since=2026-11-26T08:00:00Z&author=author-0",
    "updated_since=2026-11-26T08:00:00Z&tag=tag-0",
    "sort=-updated_at&section=section-0",
    "sort=-updated_at&section=section-7",
    "sort=updated_at&section=section-7",
    "sort=-updated_at&tag=tag-0",
    "sort=-updated_at&tag=tag-3",
    "sort=-updated_at&tag=tag-0,tag-3",
    "sort=-updated_at&author=author-0",
    "sort=-updated_at&author=author-1",
    "sort=-updated_at&publication=publication-1",
    "sort=-updated_at&language=mi",
    "sort=-updated_at&published_before=2014-12-15T00:00:00Z",
    "sort=updated_at&updated_since=2026-11-26T08:00:00Z&tag=tag-3",
];

/// What is searched for: a word of half of the paper, words of one in a hundred and in ten thousand, and one of old articles
/// only.
const SEARCHES: &[&str] = &[
    "q=common",
    "q=uncommon",
    "q=rare",
    "q=old",
    "q=common%20uncommon",
    "q=common&sort=-published_at",
    "q=common&sort=published_at",
    "q=uncommon&sort=-published_at",
    "q=rare&sort=-published_at",
    "q=old&sort=-published_at",
    "q=old&sort=published_at",
    "q=common&published_before=2016-01-01T00:00:00Z",
    "q=rare&published_after=2016-01-01T00:00:00Z",
];

/// Everything else.
const OTHERS: &[(&str, u16, Work)] = &[
    ("/v1/articles/article-500", 200, Work::Page),
    ("/v1/articles/08000000-0000-7000-8000-0000000001f4", 200, Work::Page),
    ("/v1/articles/old-article-500", 301, Work::Page),
    ("/v1/articles/no-such-article", 404, Work::Page),
    ("/v1/articles/article-500/related", 200, Work::Set),
    ("/v1/articles/article-500?include=related,latest,meetings", 200, Work::Set),
    ("/v1/articles?limit=10&body=html", 200, Work::Page),
    ("/v1/meetings?limit=10", 200, Work::Set),
    ("/v1/meetings?limit=10&branch=branch-0", 200, Work::Set),
    ("/v1/meetings?limit=10&branch=branch-7", 200, Work::Set),
    ("/v1/meetings?limit=10&tag=tag-0", 200, Work::Set),
    ("/v1/meetings?limit=10&tag=tag-0,tag-11", 200, Work::Set),
    ("/v1/meetings?limit=10&tag=tag-11&branch=branch-0", 200, Work::Set),
    ("/v1/meetings?limit=10&from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z", 200, Work::Set),
    ("/v1/meetings?limit=10&from=2027-06-01T00:00:00Z", 200, Work::Set),
    ("/v1/meetings?limit=10&sort=-starts_at", 200, Work::Set),
    ("/v1/meetings?limit=10&sort=updated_at", 200, Work::Set),
    ("/v1/meetings?limit=10&sort=-updated_at", 200, Work::Set),
    ("/v1/meetings?limit=10&updated_since=2026-11-26T07:00:00Z", 200, Work::Set),
    ("/v1/meetings?limit=10&sort=updated_at&updated_since=2026-11-26T07:00:00Z", 200, Work::Set),
    ("/v1/meetings/meeting-77", 200, Work::Page),
    ("/calendar/meetings.ics", 200, Work::Calendar),
    ("/calendar/meetings.ics?tag=tag-0,tag-11", 200, Work::Calendar),
    ("/calendar/meetings.ics?from=2027-06-01T00:00:00Z", 200, Work::Calendar),
    ("/calendar/branches/branch-0.ics", 200, Work::Calendar),
    ("/calendar/branches/branch-7.ics", 200, Work::Calendar),
    ("/calendar/meetings/meeting-77.ics", 200, Work::Page),
    ("/v1/sections?limit=10&parent=03000000-0000-7000-8000-000000000003", 200, Work::Page),
    ("/v1/sections?limit=10&parent=03000000-0000-7000-8000-000000000003&sort=-name", 200, Work::Page),
    ("/v1/sections/section-8", 200, Work::Page),
    ("/v1/publications?limit=10&country=NZ", 200, Work::Page),
    ("/v1/issues?limit=10", 200, Work::Page),
    ("/v1/issues?limit=10&sort=updated_at", 200, Work::Page),
    ("/v1/issues/issue-7", 200, Work::Set),
    ("/v1/pages?limit=10", 200, Work::Page),
    ("/v1/collections?limit=10", 200, Work::Page),
    ("/v1/redirects?limit=10", 200, Work::Page),
    ("/v1/redirects/lookup?path=/old/500", 200, Work::Page),
    ("/v1/redirects/lookup?path=/old/500?a=b", 200, Work::Page),
    ("/v1/redirects/lookup?path=/nowhere", 404, Work::Page),
    ("/v1/site", 200, Work::Page),
    ("/v1/corrections?limit=10", 200, Work::Page),
    ("/v1/corrections?limit=10&sort=at", 200, Work::Page),
    ("/v1/corrections?limit=10&type=update", 200, Work::Page),
    ("/v1/corrections?limit=10&article=article-500", 200, Work::Page),
    ("/v1/corrections?limit=10&from=2020-01-01T00:00:00Z&to=2020-02-01T00:00:00Z", 200, Work::Page),
    ("/v1/changes?limit=10", 200, Work::Page),
    ("/v1/changes?limit=10&since=90000", 200, Work::Page),
    ("/v1/changes?limit=10&kind=venue", 200, Work::Set),
    ("/v1/changes?limit=10&kind=article&action=deleted", 200, Work::Set),
];

const RECORDS: &[&str] = &["authors", "tags", "sections", "publications", "branches"];

/// All requests; cursors are taken from the server.
pub fn all(app: &App) -> Vec<Request> {
    let mut requests = Vec::new();
    let mut add = |path: String, status: u16, work: Work| requests.push(Request { path, status, work });
    for (queries, work) in [(PAGES, Work::Page), (SETS, Work::Set), (SEARCHES, Work::Set)] {
        for query in queries {
            let path = format!("/v1/articles?limit=10{}{query}", if query.is_empty() { "" } else { "&" });
            add(path.clone(), 200, work);
            if queries == SEARCHES {
                assert!(app.anonymous().get(&path).text().contains("\"slug\""), "nothing is found by {path}");
            }
            // The next page, as far as there is one, and the way back from there.
            if let Some(next) = cursor(app, &path, "next") {
                add(format!("{path}&cursor={next}"), 200, work);
                if let Some(previous) = cursor(app, &format!("{path}&cursor={next}"), "previous") {
                    add(format!("{path}&cursor={previous}"), 200, work);
                }
            }
        }
    }
    // A page after nine tenths of the list, forward and backward, by a cursor of the same list from there.
    for sort in ["-published_at", "published_at", "-updated_at"] {
        let deep = format!("/v1/articles?limit=10&sort={sort}&published_before=2016-02-01T00:00:00Z&published_after=2016-01-01T00:00:00Z");
        let next = cursor(app, &deep, "next").unwrap_or_else(|| panic!("no page after {deep}"));
        let previous = cursor(app, &format!("{deep}&cursor={next}"), "previous").expect("a page before it");
        for cursor in [next, previous] {
            add(format!("/v1/articles?limit=10&sort={sort}&cursor={cursor}"), 200, Work::Page);
            if !sort.contains("updated") {
                // A bound far from the cursor, on either side, must not be where the index is entered.
                for bound in ["published_before=2099-01-01T00:00:00Z", "published_after=2000-01-01T00:00:00Z"] {
                    add(format!("/v1/articles?limit=10&sort={sort}&cursor={cursor}&{bound}"), 200, Work::Page);
                    add(format!("/v1/articles?limit=10&sort={sort}&cursor={cursor}&{bound}&section=section-0"), 200, Work::Page);
                }
            }
            add(
                format!("/v1/articles?limit=10&sort={sort}&cursor={cursor}&section=section-0"),
                200,
                if sort.contains("updated") { Work::Set } else { Work::Page },
            );
        }
    }
    for (path, status, work) in OTHERS {
        add((*path).to_owned(), *status, *work);
    }
    for records in RECORDS {
        let noun = if *records == "branches" { "branch" } else { records.trim_end_matches('s') };
        add(format!("/v1/{records}/{noun}-100"), 200, Work::Page);
        for query in ["sort=name", "sort=-name", "sort=updated_at", "sort=-updated_at", "sort=updated_at&updated_since=2026-11-20T00:00:00Z"] {
            let path = format!("/v1/{records}?limit=10&{query}");
            add(path.clone(), 200, Work::Page);
            if let Some(next) = cursor(app, &path, "next") {
                add(format!("{path}&cursor={next}"), 200, Work::Page);
            }
        }
        add(format!("/v1/{records}?limit=10&updated_since=2026-11-20T00:00:00Z"), 200, Work::Set);
    }
    let newest = ARTICLES - SCHEDULED - 1;
    assert!(app.anonymous().get("/v1/articles?limit=1").text().contains(&format!("article-{newest}")), "the newest is not the first");
    requests
}

fn cursor(app: &App, path: &str, name: &str) -> Option<String> {
    app.anonymous().get(path).assert_status(200).json()["page"][name].as_str().map(str::to_owned)
}
