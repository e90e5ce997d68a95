//! Bodies that nobody should send, to every endpoint that takes one: refused with all that is wrong, and nothing kept.

mod heads;
mod hostile_strings;
mod json;
mod members;
mod parsing;

use crate::harness::app::App;
use crate::harness::builders::{
    id_of, make, make_article, make_author, make_branch, make_issue, make_publication, make_section, make_tag, make_venue,
};
use crate::harness::client::{Requests, SignedIn};
use crate::harness::pictures::{pdf, png, upload};
use diesel::prelude::*;
use masthead_store::schema::revisions;
use serde_json::{Value, json};

/// What a member takes.
#[derive(Debug, Clone, Copy)]
pub enum Takes {
    /// One line of that many characters.
    Line(usize),
    /// Lines of that many characters together.
    Text(usize),
    Slug,
    Url,
    Email,
    Language,
    Zone,
    LocalTime,
    /// A day or a month.
    Date,
    Time,
    Word,
    /// Words, not twice.
    Words,
    Integer(i64, i64),
    Number(f64, f64),
    /// The id of something.
    Id,
    /// So many ids, not twice.
    Ids(usize),
    Object,
    /// So many objects.
    Objects(usize),
}

use Takes::{Date, Email, Id, Ids, Integer, Language, Line, LocalTime, Number, Object, Objects, Slug, Text, Time, Url, Word, Words, Zone};

/// An endpoint that takes a body.
pub struct Endpoint {
    pub collection: &'static str,
    /// A good body that has every member.
    pub body: Value,
    /// What each member takes, by its pointer.
    pub takes: &'static [(&'static str, Takes)],
    /// The members that must be there.
    pub required: &'static [&'static str],
    /// The path of something made from the body.
    pub item: String,
}

impl Endpoint {
    pub fn collection_path(&self) -> String {
        format!("/v1/editor/{}", self.collection)
    }

    /// The good body with something else in one place.
    pub fn body_with(&self, pointer: &str, value: Value) -> Value {
        let mut body = self.body.clone();
        *body.pointer_mut(pointer).unwrap_or_else(|| panic!("{}: the body has no {pointer}", self.collection)) = value;
        body
    }
}

/// A collection, the members it takes by their pointers, and those that must be given.
type Collection = (&'static str, &'static [(&'static str, Takes)], &'static [&'static str]);

/// What can be created.
const COLLECTIONS: [Collection; 11] = [
    (
        "authors",
        &[("/slug", Slug), ("/name", Line(200)), ("/bio", Text(5000)), ("/organisation", Line(200)), ("/url", Url), ("/real_name", Line(200))],
        &["/name"],
    ),
    ("sections", &[("/slug", Slug), ("/name", Line(200)), ("/description", Text(5000)), ("/parent_id", Id)], &["/name"]),
    ("tags", &[("/slug", Slug), ("/name", Line(200)), ("/description", Text(5000))], &["/name"]),
    (
        "publications",
        &[
            ("/slug", Slug),
            ("/name", Line(200)),
            ("/description", Text(5000)),
            ("/homepage_url", Url),
            ("/country", Line(2)),
            ("/language", Language),
            ("/default_licence", Line(200)),
            ("/credit_line_template", Line(500)),
            ("/index_policy", Word),
            ("/canonical_policy", Word),
            ("/credit_requires", Words),
            ("/permission", Word),
            ("/permission_from", Time),
            ("/permission_until", Time),
            ("/private_notes", Text(10_000)),
            ("/private_contact", Text(500)),
        ],
        &["/name"],
    ),
    (
        "branches",
        &[
            ("/slug", Slug),
            ("/name", Line(200)),
            ("/description", Text(5000)),
            ("/city", Line(200)),
            ("/timezone", Zone),
            ("/contact_email", Email),
            ("/url", Url),
        ],
        &["/name", "/timezone"],
    ),
    (
        "venues",
        &[
            ("/slug", Slug),
            ("/name", Line(200)),
            ("/street_address", Line(300)),
            ("/locality", Line(200)),
            ("/region", Line(200)),
            ("/postcode", Line(20)),
            ("/country", Line(200)),
            ("/latitude", Number(-90.0, 90.0)),
            ("/longitude", Number(-180.0, 180.0)),
            ("/map_url", Url),
            ("/step_free", Word),
            ("/accessible_toilet", Word),
            ("/hearing_loop", Word),
            ("/access_notes", Text(2000)),
            ("/access_contact", Line(300)),
        ],
        &["/name", "/latitude", "/longitude"],
    ),
    (
        "meetings",
        &[
            ("/slug", Slug),
            ("/title", Line(300)),
            ("/summary", Text(2000)),
            ("/description", Text(100_000)),
            ("/description_format", Word),
            ("/starts_at_local", LocalTime),
            ("/timezone", Zone),
            ("/ambiguous_time", Word),
            ("/duration_minutes", Integer(1, 44_640)),
            ("/status", Word),
            ("/status_reason", Text(1000)),
            ("/attendance", Word),
            ("/branch_id", Id),
            ("/venue_id", Id),
            ("/organiser", Line(300)),
            ("/online_url", Url),
            ("/registration_url", Url),
            ("/contact_email", Email),
            ("/tag_ids", Ids(50)),
        ],
        &["/title", "/starts_at_local", "/duration_minutes"],
    ),
    (
        "issues",
        &[
            ("/slug", Slug),
            ("/title", Line(200)),
            ("/description", Text(5000)),
            ("/number", Integer(0, 1_000_000)),
            ("/issued_on", Date),
            ("/cover_image", Object),
            ("/cover_image/url", Url),
            ("/cover_image/alt", Text(1000)),
            ("/cover_image/width", Integer(1, 100_000)),
            ("/pdf_media_id", Id),
        ],
        &["/title", "/issued_on", "/cover_image/url"],
    ),
    (
        "pages",
        &[
            ("/slug", Slug),
            ("/title", Line(200)),
            ("/description", Text(2000)),
            ("/state", Word),
            ("/menu_position", Integer(0, 10_000)),
            ("/body", Object),
            ("/body/format", Word),
            ("/body/source", Text(500_000)),
        ],
        &["/title", "/body/source"],
    ),
    (
        "collections",
        &[
            ("/slug", Slug),
            ("/name", Line(200)),
            ("/description", Text(5000)),
            ("/size", Integer(1, 100)),
            ("/slots", Objects(100)),
            ("/slots/0/article_id", Id),
            ("/slots/0/ends_at", Time),
            ("/slots/0/title", Line(300)),
            ("/fill", Object),
            ("/fill/section_id", Id),
            ("/fill/tag_id", Id),
            ("/fill/language", Language),
        ],
        &["/name", "/slots/0/article_id"],
    ),
    (
        "articles",
        &[
            ("/slug", Slug),
            ("/title", Line(300)),
            ("/standfirst", Text(2000)),
            ("/body", Object),
            ("/body/format", Word),
            ("/body/source", Text(500_000)),
            ("/bylines", Objects(50)),
            ("/bylines/0/author_id", Id),
            ("/bylines/0/role", Word),
            ("/byline_text", Line(300)),
            ("/credits", Objects(10)),
            ("/credits/0/publication_id", Id),
            ("/credits/0/relation", Word),
            ("/credits/0/original_title", Line(300)),
            ("/credits/0/original_url", Url),
            ("/credits/0/original_authors", Line(300)),
            ("/credits/0/original_published_at", Time),
            ("/credits/0/licence", Line(200)),
            ("/credits/0/changes", Text(1000)),
            ("/credits/0/translator", Line(200)),
            ("/credits/0/line", Line(500)),
            ("/credits/0/via", Objects(10)),
            ("/credits/0/via/0/name", Line(200)),
            ("/credits/0/via/0/url", Url),
            ("/section_id", Id),
            ("/tag_ids", Ids(50)),
            ("/language", Language),
            ("/related_ids", Ids(20)),
            ("/lead_image", Object),
            ("/lead_image/url", Url),
            ("/lead_image/alt", Text(1000)),
            ("/lead_image/caption", Text(2000)),
            ("/lead_image/credit", Line(300)),
            ("/lead_image/licence", Line(200)),
            ("/lead_image/width", Integer(1, 100_000)),
            ("/lead_image/height", Integer(1, 100_000)),
            ("/media", Objects(100)),
            ("/media/0/media_id", Id),
            ("/media/0/alt", Text(1000)),
            ("/media/0/caption", Text(2000)),
            ("/media/0/credit", Line(300)),
            ("/media/0/licence", Line(200)),
            ("/canonical_url", Url),
            ("/index_policy", Word),
            ("/issue_id", Id),
            ("/issue_page", Integer(1, 10_000)),
            ("/issue_position", Integer(1, 10_000)),
            ("/revision_note", Line(500)),
        ],
        &[
            "/title",
            "/body/source",
            "/bylines/0/author_id",
            "/credits/0/publication_id",
            "/credits/0/via/0/name",
            "/lead_image/url",
            "/media/0/media_id",
        ],
    ),
];

/// Every endpoint that takes a body, each with something that was made from a good one.
pub fn endpoints(editor: &SignedIn) -> Vec<Endpoint> {
    let other = make_article(editor, json!({"title": "Another"}));
    let ids = Referred {
        author: make_author(editor, "Ida Moss")["id"].clone(),
        section: make_section(editor, "City")["id"].clone(),
        tag: make_tag(editor, "Ferries")["id"].clone(),
        publication: make_publication(editor, "North", json!({}))["id"].clone(),
        branch: make_branch(editor, "Wharf", json!({}))["id"].clone(),
        venue: make_venue(editor, "Hall", json!({}))["id"].clone(),
        issue: make_issue(editor, "Issue 1", "2026-10", json!({}))["id"].clone(),
        article: other["id"].clone(),
        media: upload(editor, "a.png", &png(3, 2)).assert_status(201).json()["id"].clone(),
        document: upload(editor, "a.pdf", &pdf()).assert_status(201).json()["id"].clone(),
    };
    COLLECTIONS
        .iter()
        .map(|(collection, takes, required)| {
            let body = good_body(collection, &ids);
            let made = make(editor, collection, &body);
            let mut body = body;
            body["slug"] = "not-taken-yet".into();
            Endpoint { collection, body, takes, required, item: format!("/v1/editor/{collection}/{}", id_of(&made)) }
        })
        .collect()
}

/// What there is to refer to.
struct Referred {
    author: Value,
    section: Value,
    tag: Value,
    publication: Value,
    branch: Value,
    venue: Value,
    issue: Value,
    article: Value,
    media: Value,
    document: Value,
}

fn good_body(collection: &str, ids: &Referred) -> Value {
    match collection {
        "authors" => {
            json!({"slug": "made", "name": "Noor", "bio": "Writes.", "organisation": "Union", "url": "https://noor.example", "real_name": "Nora"})
        }
        "sections" => json!({"slug": "made", "name": "Harbour", "description": "Boats.", "parent_id": ids.section}),
        "tags" => json!({"slug": "made", "name": "Boats", "description": "All that floats."}),
        "publications" => json!({
            "slug": "made", "name": "South", "description": "A paper.", "homepage_url": "https://south.example", "country": "NZ", "language": "en-NZ",
            "default_licence": "CC BY 4.0", "credit_line_template": "From {publication}", "index_policy": "noindex", "canonical_policy": "self",
            "credit_requires": ["licence"], "permission": "granted", "permission_from": "2026-01-01T00:00:00Z",
            "permission_until": "2027-01-01T00:00:00Z", "private_notes": "By telephone.", "private_contact": "Noor",
        }),
        "branches" => json!({
            "slug": "made", "name": "Pier", "description": "On Mondays.", "city": "Auckland", "timezone": "Pacific/Auckland",
            "contact_email": "pier@paper.example", "url": "https://paper.example/pier",
        }),
        "venues" => json!({
            "slug": "made", "name": "Loft", "street_address": "1 Lane", "locality": "Auckland", "region": "Auckland", "postcode": "1010", "country": "NZ",
            "latitude": -36.84, "longitude": 174.76, "map_url": "https://map.example", "step_free": "no", "accessible_toilet": "no",
            "hearing_loop": "yes", "access_notes": "Stairs.", "access_contact": "Kit",
        }),
        "meetings" => json!({
            "slug": "made", "title": "Evening", "summary": "A talk.", "description": "A *talk*.", "description_format": "markdown",
            "starts_at_local": "2026-12-03T19:00", "timezone": "Pacific/Auckland", "ambiguous_time": "later", "duration_minutes": 90,
            "status": "tentative", "status_reason": "Perhaps.", "attendance": "hybrid", "branch_id": ids.branch, "venue_id": ids.venue,
            "organiser": "Union", "online_url": "https://meet.example", "registration_url": "https://join.example",
            "contact_email": "talk@paper.example", "tag_ids": [ids.tag],
        }),
        "issues" => json!({
            "slug": "made", "title": "Issue 2", "description": "Boats.", "number": 2, "issued_on": "2026-11",
            "cover_image": {"url": "https://pictures.example/2.jpg", "alt": "A boat", "width": 800}, "pdf_media_id": ids.document,
        }),
        "pages" => json!({
            "slug": "made", "title": "About us", "description": "Who we are.", "state": "published", "menu_position": 3,
            "body": {"format": "markdown", "source": "The *paper*."},
        }),
        "collections" => json!({
            "slug": "made", "name": "Front page", "description": "Today.", "size": 5,
            "slots": [{"article_id": ids.article, "ends_at": "2026-12-01T06:00:00Z", "title": "The ferry"}],
            "fill": {"section_id": ids.section, "tag_id": ids.tag, "language": "en-NZ"},
        }),
        "articles" => json!({
            "slug": "made", "title": "Ferry", "standfirst": "It stays.", "body": {"format": "markdown", "source": "The *ferry* stays."},
            "bylines": [{"author_id": ids.author, "role": "words"}], "byline_text": "By us",
            "credits": [{
                "publication_id": ids.publication, "relation": "translated", "original_title": "Le bac", "original_url": "https://north.example/bac",
                "original_authors": "Ana", "original_published_at": "2026-11-20T06:00:00Z", "licence": "CC BY 4.0", "changes": "Shortened.",
                "translator": "Joan", "line": "From North", "via": [{"name": "West", "url": "https://west.example"}],
            }],
            "section_id": ids.section, "tag_ids": [ids.tag], "language": "en-NZ", "related_ids": [ids.article],
            "lead_image": {
                "url": "https://pictures.example/a.jpg", "alt": "A boat", "caption": "The boat", "credit": "Ida", "licence": "CC BY 4.0",
                "width": 1600, "height": 900,
            },
            "canonical_url": "https://north.example/bac", "index_policy": "noindex", "issue_id": ids.issue, "issue_page": 3, "issue_position": 2,
            "media": [{"media_id": ids.media, "alt": "A pier", "caption": "The pier", "credit": "Kit", "licence": "CC BY 4.0"}],
            "revision_note": "First draft",
        }),
        _ => unreachable!("{collection}"),
    }
}

/// What is kept: the number of things of each kind, of each thing made from a good body all members with its version,
/// and the number of all revisions.
#[derive(Debug, PartialEq)]
pub struct Kept {
    things: Vec<(Value, Value)>,
    /// Of all things together.
    revisions: i64,
}

pub fn kept(app: &App, endpoints: &[Endpoint]) -> Kept {
    let editor = app.editor();
    let seen = |endpoint: &Endpoint| {
        let total = editor.get(&format!("{}?total=true&limit=1", endpoint.collection_path())).assert_status(200).json()["page"]["total"].clone();
        (total, editor.get(&endpoint.item).assert_status(200).json())
    };
    Kept { things: endpoints.iter().map(seen).collect(), revisions: db_count_revisions(app) }
}

/// The number of revisions; there is no way to it over HTTP for most things.
fn db_count_revisions(app: &App) -> i64 {
    let conn = &mut app.database().connect();
    masthead_store::on_each!(conn => revisions::table.count().get_result(conn)).unwrap_or_else(|error| panic!("{error}"))
}
