//! A hundred thousand articles, written by the database itself: the same rows on both, with bodies of one word, since
//! only their number matters to a plan.
//!
//! What is common is in thousands of articles, what is rare in ten or twenty of the oldest: that is where a list which
//! walks an order and filters as it goes would read the whole table.

use crate::harness::app::START;
use crate::harness::database::Backend;
use masthead_store::dialect::Conn;

pub const ARTICLES: u32 = 100_000;
/// So many of the newest are still to appear.
pub const SCHEDULED: u32 = 20;
const MEETINGS: u32 = 20_000;
const RECORDS: u32 = 2_000;

/// What the two databases write differently.
struct Words {
    backend: Backend,
}

impl Words {
    /// The numbers from 0 up, as `s(n)`.
    fn series(&self, count: u32) -> String {
        match self.backend {
            Backend::Sqlite => format!("WITH RECURSIVE s(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM s WHERE n < {})", count - 1),
            Backend::Postgres => format!("WITH s(n) AS (SELECT generate_series(0, {}))", count - 1),
        }
    }

    /// The id of the thing of that number; the kind keeps apart the ids of different things.
    fn id(&self, kind: char, number: &str) -> String {
        match self.backend {
            Backend::Sqlite => format!("printf('0{kind}000000-0000-7000-8000-%012x', {number})"),
            Backend::Postgres => format!("('0{kind}000000-0000-7000-8000-' || lpad(to_hex({number}), 12, '0'))::uuid"),
        }
    }

    /// A time so many minutes before the start of the test.
    fn minutes_ago(&self, minutes: &str) -> String {
        match self.backend {
            Backend::Sqlite => format!("strftime('%Y-%m-%dT%H:%M:%fZ', '{START}', (-({minutes})) || ' minutes')"),
            Backend::Postgres => format!("(timestamptz '{START}' - ({minutes}) * interval '1 minute')"),
        }
    }
}

/// Writes everything, and lets the database count what it has.
pub fn fill(conn: &mut Conn, backend: Backend) {
    let words = Words { backend };
    if backend == Backend::Sqlite {
        // It is thrown away, and checking a million references would take most of the time.
        run(conn, "PRAGMA foreign_keys = OFF; PRAGMA synchronous = OFF;");
    }
    run(conn, "BEGIN");
    records(conn, &words);
    meetings(conn, &words);
    articles(conn, &words);
    followed(conn, &words);
    search(conn, &words);
    run(conn, "COMMIT");
    run(conn, "ANALYZE");
}

fn run(conn: &mut Conn, sql: &str) {
    conn.batch_execute(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
}

fn records(conn: &mut Conn, words: &Words) {
    let series = words.series(RECORDS);
    let at = words.minutes_ago("n * 7");
    let user = words.id('9', "0");
    run(
        conn,
        &format!(
            "INSERT INTO users (id, email, name, role, password_hash, created_at) VALUES ({user}, 'x@paper.example', 'X', 'editor', 'none', {})",
            words.minutes_ago("0")
        ),
    );
    let mut insert = |kind: char, table: &str, noun: &str, columns: &str, values: &str| {
        let id = words.id(kind, "n");
        run(
            conn,
            &format!(
                "INSERT INTO {table} (id, slug, version, created_at, updated_at, name{columns}) {series} SELECT {id}, '{noun}-' || n, 1, {at}, {at}, '{noun} ' || n{values} FROM s"
            ),
        );
    };
    insert('1', "authors", "author", "", "");
    insert('2', "tags", "tag", "", "");
    // Ten with two hundred in each, and two of the ten in others.
    let parent = words.id('3', "CASE WHEN n = 3 THEN 2 WHEN n = 8 THEN 9 ELSE n % 10 END");
    insert('3', "sections", "section", ", parent_id", &format!(", CASE WHEN n IN (3, 8) OR n >= 10 THEN {parent} END"));
    insert(
        '4',
        "publications",
        "publication",
        ", country, index_policy, canonical_policy, credit_requires, permission",
        ", CASE WHEN n % 500 = 3 THEN 'NZ' ELSE 'AU' END, 'index', 'source', '[]', 'granted'",
    );
    insert('5', "branches", "branch", ", timezone", ", 'UTC'");
    insert('6', "venues", "venue", ", step_free, accessible_toilet, hearing_loop", ", 'yes', 'yes', 'yes'");
    run(
        conn,
        &format!(
            "INSERT INTO issues (id, slug, version, created_at, updated_at, title, number, issued_on, place) \
             {series} SELECT {}, 'issue-' || n, 1, {at}, {at}, 'Issue ' || n, n, '2020-01', '2020-01    ' || (1000000 + n) FROM s",
            words.id('b', "n")
        ),
    );
    run(
        conn,
        &format!(
            "INSERT INTO redirects (id, version, created_at, updated_at, source, target, target_path, status) \
             {series} SELECT {}, 1, {at}, {at}, '/old/' || n, '/new/' || n, '/new/' || n, 301 FROM s",
            words.id('c', "n")
        ),
    );
}

fn meetings(conn: &mut Conn, words: &Words) {
    let series = words.series(MEETINGS);
    // One an hour: half of them are over, and a few of them last for days.
    let starts = format!("({} - n) * 60", MEETINGS / 2);
    let minutes = "CASE WHEN n % 100 = 0 THEN 4000 ELSE 90 END";
    let (id, branch, venue) = (words.id('7', "n"), words.id('5', "CASE WHEN n % 2 = 0 THEN 0 ELSE n % 1000 END"), words.id('6', "n % 2000"));
    run(
        conn,
        &format!(
            "INSERT INTO meetings (id, slug, version, created_at, updated_at, title, description_format, description_html, starts_at_local, timezone, duration_minutes, starts_at, ends_at, status, attendance, branch_id, venue_id) \
             {series} SELECT {id}, 'meeting-' || n, 1, {at}, {at}, 'Meeting', 'markdown', '', '2026-11-26T18:00', 'UTC', {minutes}, {starts_at}, {ends_at}, 'scheduled', 'in_person', {branch}, {venue} FROM s",
            at = words.minutes_ago("n * 5"),
            starts_at = words.minutes_ago(&starts),
            ends_at = words.minutes_ago(&format!("{starts} - ({minutes})")),
        ),
    );
    for (position, tag) in ["n % 3", "10 + n % 1900"].iter().enumerate() {
        run(
            conn,
            &format!("INSERT INTO meeting_tags (meeting_id, tag_id, position) {series} SELECT {id}, {}, {position} FROM s", words.id('2', tag)),
        );
    }
}

fn articles(conn: &mut Conn, words: &Words) {
    let series = words.series(ARTICLES);
    let id = words.id('8', "n");
    let published = format!("({} - n) * 63", ARTICLES - SCHEDULED - 1);
    let at = words.minutes_ago(&published);
    // A few old ones have been published anew.
    let updated = words.minutes_ago(&format!("CASE WHEN n % 5000 = 17 THEN n / 5000 + 1 ELSE {published} END"));
    let until = words.minutes_ago(&format!("CASE WHEN n % 2000 = 999 THEN 5 ELSE {published} - 10000000 END"));
    let section = words.id('3', "CASE WHEN n BETWEEN 10 AND 39 THEN 7 WHEN n % 50 = 0 THEN 10 + (n / 50) % 100 ELSE n % 4 END");
    // Few articles have an issue, and one issue has as many as a year of others.
    let issue = words.id('b', "CASE WHEN n BETWEEN 10 AND 39 THEN 7 WHEN n % 200 = 0 THEN 0 ELSE 10 + n % 1900 END");
    let issue = format!("CASE WHEN n < 40 OR n % 10 < 3 THEN {issue} END");
    let language = "CASE WHEN n BETWEEN 10 AND 29 THEN 'mi' WHEN n % 10 = 0 THEN 'de' ELSE 'en' END";
    let user = words.id('9', "0");
    run(
        conn,
        &format!(
            "INSERT INTO articles (id, slug, version, revision, public_revision, visible_from, first_published_at, created_at, created_by, updated_at, updated_by, title, language, section_id, issue_id) \
             {series} SELECT {id}, 'article-' || n, 2, 1, 1, {at}, {at}, {at}, {user}, {updated}, {user}, 'Article ' || n, {language}, {section}, {issue} FROM s"
        ),
    );
    let details = match words.backend {
        Backend::Sqlite => "json_object('tag_ids', json_array({0}, {1}), 'bylines', json_array(json_object('author_id', {2}, 'role', 'words')))",
        Backend::Postgres => {
            "jsonb_build_object('tag_ids', jsonb_build_array({0}, {1}), 'bylines', jsonb_build_array(jsonb_build_object('author_id', {2}, 'role', 'words')))"
        }
    };
    let author = "CASE WHEN n BETWEEN 10 AND 19 THEN 1 WHEN n % 2 = 0 THEN 0 ELSE 2 + n % 1990 END";
    let tags = ["n % 3", "CASE WHEN n BETWEEN 20 AND 29 THEN 3 ELSE 10 + n % 1900 END"];
    let details = details.replace("{0}", &words.id('2', tags[0])).replace("{1}", &words.id('2', tags[1])).replace("{2}", &words.id('1', author));
    run(
        conn,
        &format!(
            "INSERT INTO public_articles (article_id, slug, visible_from, visible_until, published_at, updated_at, title, opening, language, section_id, issue_id, word_count, details, announced_at) \
             {series} SELECT {id}, 'article-' || n, {at}, CASE WHEN n % 1000 = 999 THEN {until} END, {at}, {updated}, 'Article ' || n, 'Text.', {language}, {section}, {issue}, 100, {details}, CASE WHEN n < {} THEN {at} END FROM s",
            ARTICLES - SCHEDULED
        ),
    );
    run(conn, &format!("INSERT INTO public_bodies (article_id, html, markdown, plain) {series} SELECT {id}, 'x', 'x', 'x' FROM s"));
    let mut link = |table: &str, kind: char, column: &str, number: &str, condition: &str| {
        let other = words.id(kind, number);
        run(
            conn,
            &format!(
                "INSERT INTO public_article_{table} ({column}, published_at, article_id) {series} SELECT {other}, {at}, {id} FROM s {condition}"
            ),
        );
    };
    link("authors", '1', "author_id", author, "");
    for tag in tags {
        link("tags", '2', "tag_id", tag, "");
    }
    let publication = "CASE WHEN n BETWEEN 10 AND 39 THEN 1 WHEN n % 20 = 1 THEN 10 + (n / 20) % 100 ELSE 0 END";
    link("publications", '4', "publication_id", publication, "WHERE n % 2 = 1");
    run(
        conn,
        &format!(
            "INSERT INTO retired_slugs (kind, slug, entity_id, retired_at) {series} SELECT 'article', 'old-article-' || n, {id}, {at} FROM s WHERE n % 10 = 0"
        ),
    );
}

/// What follows on the articles: corrections of one in ten, and a change for each.
fn followed(conn: &mut Conn, words: &Words) {
    let series = words.series(ARTICLES);
    let (id, article, user) = (words.id('a', "n"), words.id('8', "n"), words.id('9', "0"));
    let at = words.minutes_ago(&format!("({ARTICLES} - n) * 63"));
    run(
        conn,
        &format!(
            "INSERT INTO corrections (id, version, article_id, correction_type, text, at, created_at, created_by, updated_at, updated_by) \
             {series} SELECT {id}, 1, {article}, CASE WHEN n % 100 = 0 THEN 'update' ELSE 'correction' END, 'x', {at}, {at}, {user}, {at}, {user} FROM s WHERE n % 10 = 0"
        ),
    );
    run(
        conn,
        &format!(
            "INSERT INTO changes (sequence, kind, entity_id, action, revision, tags, changed_at) \
             {series} SELECT n + 1, 'article', {article}, 'published', 1, '[]', {at} FROM s"
        ),
    );
    run(conn, &format!("UPDATE change_head SET sequence = {ARTICLES}"));
}

/// The index of the articles: their words and, on PostgreSQL, the marks of their time.
fn search(conn: &mut Conn, words: &Words) {
    let place = match words.backend {
        Backend::Sqlite => "CAST(round((julianday(published_at) - 2440587.5) * 86400000) AS INTEGER) * 32768",
        Backend::Postgres => "(extract(epoch FROM published_at) * 1000)::bigint * 32768",
    };
    run(conn, &format!("INSERT INTO search (place, article_id, gist) SELECT {place}, article_id, '' FROM public_articles ORDER BY published_at"));
    let has = |word: &str, condition: &str| format!("CASE WHEN {condition} THEN '{word}' ELSE '' END");
    let number = "CAST(substr(slug, 9) AS INTEGER)";
    let kinds = [
        has("common", &format!("{number} % 2 = 0")),
        has("uncommon", &format!("{number} % 100 = 2")),
        has("rare", &format!("{number} % 10000 = 7")),
        has("old", &format!("{number} < 500")),
    ];
    let terms = match words.backend {
        Backend::Sqlite => kinds.join(" || ' ' || "),
        Backend::Postgres => {
            // The lengths of spans as in the store's `search/part.rs`.
            let spans: Vec<String> =
                [42, 45, 48, 51, 54].iter().enumerate().map(|(length, bits)| format!("'_w{length}' || to_hex(place >> {bits})")).collect();
            format!("array_to_tsvector(array_remove(ARRAY[{}, {}], ''))", kinds.join(", "), spans.join(", "))
        }
    };
    run(
        conn,
        &format!("INSERT INTO search_index (rowid, terms) SELECT place, {terms} FROM search JOIN public_articles USING (article_id) ORDER BY place"),
    );
}
