//! The printed issues of the paper: what an editor enters, and what readers get with the contents in order.

use crate::delivery::{Answer, Delivery, Found, Reading};
use crate::error::ApiError;
use crate::identity::{Contributor, Editor};
use crate::media::item::{MediaItem, Words};
use crate::media::reference;
use crate::page::{PageOut, PageQuery, PageRequest, link_header};
use crate::public_articles::{Teaser, teasers};
use crate::record::{FieldsQuery, key};
use crate::request::{IfMatch, JsonBody, Query};
use crate::routing::Routes;
use crate::seal::Seal;
use crate::view::{desk_item, desk_list};
use crate::writing::{Desk, Written};
use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, delete, get, patch, post};
use masthead_domain::article::read_slug;
use masthead_domain::column::{AnyId, Json};
use masthead_domain::fault::{Fault, FaultCode};
use masthead_domain::id::{IssueId, MediaId, UserId};
use masthead_domain::issue::{CoverImage, IssueDate, NUMBER_MAX, contents_order, place};
use masthead_domain::kind::Kind;
use masthead_domain::media::MediaKind;
use masthead_domain::read::Reader;
use masthead_domain::slug::Slug;
use masthead_domain::time::Timestamp;
use masthead_store::db::Db;
use masthead_store::dialect::Conn;
use masthead_store::error::Error;
use masthead_store::issues::{self, IssueSort};
use masthead_store::media::MediaWithFile;
use masthead_store::page::SortKey;
use masthead_store::public_articles;
use masthead_store::record::{Meta, distinct};
use masthead_store::site::Site;
use serde::Serialize;
use std::collections::HashMap;
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

/// How many articles of an issue are listed.
const CONTENTS_MAX: i64 = 500;

/// What an editor enters for an issue.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct IssueIn {
    /// Made from the title where absent, with a number where another issue has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 120, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$", example = "issue-175")]
    pub slug: Option<Slug>,
    #[schema(min_length = 1, max_length = 200, example = "Issue 175")]
    pub title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 5000, example = "The ferry, the rents, and what comes next.")]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 1_000_000, example = 175)]
    pub number: Option<i32>,
    /// A day, or a month: `2026-11-26` or `2026-11`.
    #[schema(value_type = String, pattern = r"^\d{4}-\d{2}(-\d{2})?$", example = "2026-11")]
    pub issued_on: IssueDate,
    /// The front page, where it is kept elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cover_image: Option<CoverImage>,
    /// The front page as a media item, a picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Uuid, example = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c25")]
    pub cover_media_id: Option<MediaId>,
    /// Where the printed pages are, where they are kept elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2000, format = Uri, example = "https://files.example/issue-175.pdf")]
    pub pdf_url: Option<String>,
    /// The printed pages as a media item, a document.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Uuid, example = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c26")]
    pub pdf_media_id: Option<MediaId>,
}

/// What an editor sees of an issue.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EditorIssue {
    #[schema(value_type = String, format = Uuid, example = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c28")]
    pub id: IssueId,
    /// Rises by one with each change; to be sent in `If-Match`.
    #[schema(minimum = 1, example = 3)]
    pub version: i32,
    #[schema(value_type = String, format = DateTime, example = "2026-11-26T07:30:00Z")]
    pub created_at: Timestamp,
    #[schema(value_type = String, format = DateTime, example = "2026-11-26T07:45:00Z")]
    pub updated_at: Timestamp,
    /// Who changed it last; absent where the server did.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Uuid, example = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c22")]
    pub updated_by: Option<UserId>,
    #[serde(flatten)]
    pub content: IssueIn,
}

/// A page of issues to edit.
#[derive(Debug, Serialize, ToSchema)]
pub struct EditorIssueList {
    pub data: Vec<EditorIssue>,
    pub page: PageOut,
}

/// The members of an editing representation that `fields` may name.
const EDITOR_FIELDS: &[&str] = &[
    "id",
    "version",
    "created_at",
    "updated_at",
    "updated_by",
    "slug",
    "title",
    "description",
    "number",
    "issued_on",
    "cover_image",
    "cover_media_id",
    "pdf_url",
    "pdf_media_id",
];

/// An issue that something else points to.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct IssueReference {
    #[schema(value_type = String, format = Uuid, example = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c28")]
    pub id: IssueId,
    #[schema(value_type = String, max_length = 120, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$", example = "issue-175")]
    pub slug: Slug,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 1_000_000, example = 175)]
    pub number: Option<i32>,
    #[schema(example = "Issue 175")]
    pub title: String,
    #[schema(value_type = String, pattern = r"^\d{4}-\d{2}(-\d{2})?$", example = "2026-11")]
    pub issued_on: IssueDate,
    /// The address of its page on the paper's website.
    #[schema(format = Uri, example = "https://paper.example/issues/issue-175")]
    pub page_url: String,
}

impl IssueReference {
    /// What points to an issue.
    #[must_use]
    pub fn of(reading: &Reading<'_>, site: &Site, row: &issues::Issue) -> Self {
        Self {
            id: row.id,
            slug: row.slug.clone(),
            number: row.number,
            title: row.title.clone(),
            issued_on: row.issued_on.clone(),
            page_url: reading.page_url(&site.issue_path, &row.slug),
        }
    }
}

/// A printed issue.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Issue {
    #[schema(value_type = String, format = Uuid, example = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c28")]
    pub id: IssueId,
    #[schema(value_type = String, max_length = 120, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$", example = "issue-175")]
    pub slug: Slug,
    /// The address of its page on the paper's website.
    #[schema(format = Uri, example = "https://paper.example/issues/issue-175")]
    pub page_url: String,
    #[schema(value_type = String, format = DateTime, example = "2026-11-26T07:45:00Z")]
    pub updated_at: Timestamp,
    #[schema(example = "Issue 175")]
    pub title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "The ferry, the rents, and what comes next.")]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 1_000_000, example = 175)]
    pub number: Option<i32>,
    /// A day, or a month.
    #[schema(value_type = String, pattern = r"^\d{4}-\d{2}(-\d{2})?$", example = "2026-11")]
    pub issued_on: IssueDate,
    /// The front page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cover_image: Option<MediaItem>,
    /// Where the printed pages are, here or elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Uri, example = "https://files.example/issue-175.pdf")]
    pub pdf_url: Option<String>,
    /// The printed pages with all that is said of them, where they are a media item.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pdf: Option<MediaItem>,
    /// Its published articles by page and by their place on it, at most 500; not in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contents: Option<Vec<Teaser>>,
    /// The issue before it; not in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous: Option<IssueReference>,
    /// The issue after it; not in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<IssueReference>,
}

impl Issue {
    /// The members that `fields` may name.
    pub const FIELDS: &'static [&'static str] = &[
        "id",
        "slug",
        "page_url",
        "updated_at",
        "title",
        "description",
        "number",
        "issued_on",
        "cover_image",
        "pdf_url",
        "pdf",
        "contents",
        "previous",
        "next",
    ];

    fn of(reading: &Reading<'_>, site: &Site, row: issues::Issue, media: &Media) -> Self {
        let page_url = reading.page_url(&site.issue_path, &row.slug);
        let item = |id: Option<MediaId>| Some(MediaItem::new(&reading.paper.config, media.get(&id?)?, Words::NONE));
        let pdf = item(row.pdf_media_id);
        Self {
            id: row.id,
            slug: row.slug,
            page_url,
            updated_at: row.updated_at,
            title: row.title,
            description: row.description,
            number: row.number,
            issued_on: row.issued_on,
            cover_image: item(row.cover_media_id).or_else(|| row.cover_image.map(|image| MediaItem::cover(&image.0))),
            pdf_url: pdf.as_ref().map(|pdf| pdf.url.clone()).or(row.pdf_url),
            pdf,
            contents: None,
            previous: None,
            next: None,
        }
    }
}

/// The media items of issues.
type Media = HashMap<MediaId, Arc<MediaWithFile>>;

/// The media items that these issues show, read at once.
fn media_of<'a>(reading: &mut Reading<'_>, rows: impl Iterator<Item = &'a issues::Issue>) -> Result<Media, Error> {
    let ids = distinct(rows.flat_map(|row| [row.cover_media_id, row.pdf_media_id]).flatten());
    reading.media(&ids)
}

/// A page of issues.
#[derive(Debug, Serialize, ToSchema)]
pub struct IssueList {
    pub data: Vec<Issue>,
    pub page: PageOut,
}

impl crate::desk::Record for issues::Issue {
    const KIND: Kind = Kind::Issue;
    type In = IssueIn;
    type Editor = EditorIssue;

    fn read(reader: &mut Reader) -> IssueIn {
        let (cover_image, cover_media_id) = (reader.object("cover_image", CoverImage::read), reader.id("cover_media_id"));
        let (pdf_url, pdf_media_id) = (reader.web_address("pdf_url"), reader.id("pdf_media_id"));
        for (name, is_twice) in
            [("cover_image", cover_image.is_some() && cover_media_id.is_some()), ("pdf_url", pdf_url.is_some() && pdf_media_id.is_some())]
        {
            if is_twice {
                reader.fault(name, FaultCode::NotPermitted, "the media item stands for it; leave out one of the two");
            }
        }
        IssueIn {
            slug: read_slug(reader),
            title: reader.required_line("title", 200),
            description: reader.filled_text("description", 5000),
            number: reader.integer("number", 0..=NUMBER_MAX).and_then(|number| i32::try_from(number).ok()),
            issued_on: IssueDate::read(reader, "issued_on"),
            cover_image,
            cover_media_id,
            pdf_url,
            pdf_media_id,
        }
    }

    fn check(conn: &mut Conn, input: &mut IssueIn, _: Option<AnyId>, faults: &mut Vec<Fault>) -> Result<(), Error> {
        let named = [("/cover_media_id", input.cover_media_id, MediaKind::Image), ("/pdf_media_id", input.pdf_media_id, MediaKind::Document)];
        reference::check(conn, &named, faults)
    }

    fn slug_source(input: &mut IssueIn) -> (&mut Option<Slug>, &str) {
        (&mut input.slug, &input.title)
    }

    fn input(&self, _: &mut Conn) -> Result<IssueIn, Error> {
        Ok(to_input(self))
    }

    fn build(input: IssueIn, meta: Meta) -> Self {
        Self {
            id: meta.id.0.into(),
            slug: meta.slug,
            version: meta.version,
            created_at: meta.created_at,
            updated_at: meta.updated_at,
            updated_by: meta.updated_by,
            title: input.title,
            description: input.description,
            number: input.number,
            place: place(&input.issued_on, input.number),
            issued_on: input.issued_on,
            cover_image: input.cover_image.map(Json),
            pdf_url: input.pdf_url,
            cover_media_id: input.cover_media_id,
            pdf_media_id: input.pdf_media_id,
        }
    }

    fn editor(self, input: IssueIn) -> EditorIssue {
        shown(&self, input)
    }

    record_verbs!(issues);
}

fn to_input(row: &issues::Issue) -> IssueIn {
    IssueIn {
        slug: Some(row.slug.clone()),
        title: row.title.clone(),
        description: row.description.clone(),
        number: row.number,
        issued_on: row.issued_on.clone(),
        cover_image: row.cover_image.as_ref().map(|image| image.0.clone()),
        cover_media_id: row.cover_media_id,
        pdf_url: row.pdf_url.clone(),
        pdf_media_id: row.pdf_media_id,
    }
}

fn shown(row: &issues::Issue, content: IssueIn) -> EditorIssue {
    EditorIssue { id: row.id, version: row.version, created_at: row.created_at, updated_at: row.updated_at, updated_by: row.updated_by, content }
}

/// The filters of the issues.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "documents the query; it is read parameter by parameter")]
struct IssueQuery {
    /// Only those changed at or after this time.
    #[param(value_type = Option<String>, format = DateTime, pattern = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$")]
    updated_since: Option<String>,
    /// The order; `-` means the newest first. Issues of one date stand by their numbers.
    #[param(inline)]
    sort: Option<IssueSortIn>,
    /// Only these members, separated by commas.
    #[param(max_length = 1000, pattern = "^[a-z_]+(,[a-z_]+)*$")]
    fields: Option<String>,
}

/// The orders of a list of issues.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "documents the parameter; it is read from SORTS")]
enum IssueSortIn {
    #[serde(rename = "-issued_on")]
    IssuedOnDescending,
    #[serde(rename = "issued_on")]
    IssuedOn,
    #[serde(rename = "-updated_at")]
    UpdatedAtDescending,
    #[serde(rename = "updated_at")]
    UpdatedAt,
}

const SORTS: [(&str, IssueSort); 4] = [
    ("-issued_on", IssueSort::IssuedOn),
    ("issued_on", IssueSort::IssuedOn),
    ("-updated_at", IssueSort::UpdatedAt),
    ("updated_at", IssueSort::UpdatedAt),
];

fn place_of(sort: IssueSort, row: &issues::Issue) -> (SortKey, AnyId) {
    let key = match sort {
        IssueSort::IssuedOn => SortKey::Text(row.place.clone()),
        IssueSort::UpdatedAt => SortKey::Time(row.updated_at),
    };
    (key, AnyId(row.id.0))
}

/// List printed issues.
///
/// The newest first, without their contents.
#[utoipa::path(tag = "issues", params(PageQuery, IssueQuery), responses((status = OK, description = "A page.", body = IssueList)))]
#[get("/issues")]
async fn list_issues(delivery: Delivery, mut query: Query) -> Result<HttpResponse, ApiError> {
    let fields = query.words("fields", Issue::FIELDS);
    let (page, sort) = PageRequest::read(&mut query, delivery.seal(), &SORTS);
    let updated_since = query.time("updated_since");
    let canonical = query.finish()?;
    let sort = sort.unwrap_or(IssueSort::IssuedOn);
    delivery
        .answer(canonical, move |reading| {
            let site = reading.site()?;
            let listing = issues::list(reading.conn, updated_since, sort, &page.page)?;
            reading.uses_all(Kind::Issue)?;
            let out = page.out(&reading.paper.seal, &listing, |row| place_of(sort, row));
            let link = link_header(reading.request, &out);
            let last_modified = listing.rows.iter().map(|row| row.updated_at).max();
            let media = media_of(reading, listing.rows.iter())?;
            let data = listing.rows.into_iter().map(|row| Issue::of(reading, &site, row, &media)).collect();
            let list = IssueList { data, page: out };
            Answer::list(&list, fields.as_deref(), last_modified, link)
        })
        .await
}

/// The issue with its contents in order and its neighbours.
fn whole(reading: &mut Reading<'_>, row: issues::Issue) -> Result<Issue, Error> {
    let site = reading.site()?;
    reading.uses_all(Kind::Issue)?;
    reading.uses_all(Kind::Article)?;
    let (previous, next) = issues::neighbours(reading.conn, &row)?;
    let mut articles = public_articles::by_issue(reading.conn, row.id, CONTENTS_MAX, reading.now)?;
    // Stable: what has the same place stays in the order of its publication.
    articles.sort_by_key(|article| contents_order(article.details.0.issue_page, article.details.0.issue_position));
    let contents = Some(teasers(reading, &articles)?);
    let [previous, next] = [previous, next].map(|other| other.map(|other| IssueReference::of(reading, &site, &other)));
    let media = media_of(reading, std::iter::once(&row))?;
    Ok(Issue { contents, previous, next, ..Issue::of(reading, &site, row, &media) })
}

/// Find a printed issue.
///
/// The issue of that slug or id with its contents in order and its neighbours. A slug that it gave up leads to the one it has.
#[utoipa::path(tag = "issues", params(("slug" = String, Path, description = "Slug or id.", max_length = 120), FieldsQuery), responses((status = OK, description = "Found.", body = Issue), (status = MOVED_PERMANENTLY, description = "It has another slug now.")))]
#[get("/issues/{slug}")]
async fn find_issue(delivery: Delivery, slug: Path<String>, mut query: Query) -> Result<HttpResponse, ApiError> {
    let fields = query.words("fields", Issue::FIELDS);
    let canonical = query.finish()?;
    let key = key(&slug)?;
    delivery
        .answer(canonical, move |reading| match reading.find_or_moved(Kind::Issue, &key, |row: &issues::Issue| AnyId(row.id.0), issues::find)? {
            Found::Here(row) => {
                let updated_at = row.updated_at;
                Answer::item(&whole(reading, row)?, fields.as_deref(), updated_at)
            }
            Found::Moved(row) => Ok(Answer::moved(reading, "/v1/issues", &row.slug)),
        })
        .await
}

/// List printed issues to edit.
///
/// All issues, the newest first, with their versions.
#[utoipa::path(tag = "issues", params(PageQuery, IssueQuery), responses((status = OK, description = "A page.", body = EditorIssueList)))]
#[get("/issues")]
async fn list_editor_issues(db: Data<Db>, seal: Data<Seal>, _: Contributor, mut query: Query) -> Result<HttpResponse, ApiError> {
    let fields = query.words("fields", EDITOR_FIELDS);
    let (page, sort) = PageRequest::read(&mut query, &seal, &SORTS);
    let updated_since = query.time("updated_since");
    let canonical = query.finish()?;
    let sort = sort.unwrap_or(IssueSort::IssuedOn);
    let wanted = page.page.clone();
    let listing = db.read(move |conn| issues::list(conn, updated_since, sort, &wanted)).await?;
    let page = page.out(&seal, &listing, |row| place_of(sort, row));
    let link = link_header(&canonical, &page);
    let data = listing.rows.iter().map(|row| shown(row, to_input(row))).collect();
    desk_list(&EditorIssueList { data, page }, fields.as_deref(), link)
}

/// Find a printed issue to edit.
///
/// The issue of that id or slug, with its version.
#[utoipa::path(tag = "issues", params(("id" = String, Path, description = "Id or slug.", max_length = 120), FieldsQuery), responses((status = OK, description = "Found.", body = EditorIssue)))]
#[get("/issues/{id}")]
async fn find_editor_issue(db: Data<Db>, _: Contributor, id: Path<String>, mut query: Query) -> Result<HttpResponse, ApiError> {
    let fields = query.words("fields", EDITOR_FIELDS);
    query.finish()?;
    let key = key(&id)?;
    let found = db.read(move |conn| crate::desk::find::<issues::Issue>(conn, &key)).await?;
    desk_item(&found, fields.as_deref())
}

/// Create a printed issue.
///
/// Adds the issue of the body. Articles name the issue that they are in, and the page.
#[utoipa::path(tag = "issues", request_body = IssueIn, responses((status = CREATED, description = "Added.", body = EditorIssue)))]
#[post("/issues")]
async fn create_issue(desk: Desk<Editor>, body: JsonBody) -> Result<HttpResponse, ApiError> {
    desk.write(move |conn, acting| crate::desk::create::<issues::Issue>(conn, acting, &body.0)?.created("/v1/editor/issues")).await
}

/// Update a printed issue.
///
/// A merge patch (RFC 7396): what is left out stays, null takes away. A patch that changes nothing keeps the version.
#[utoipa::path(tag = "issues", params(("id" = String, Path, description = "Id or slug.", max_length = 120)), request_body = IssueIn, responses((status = OK, description = "Changed, or as it was.", body = EditorIssue)))]
#[patch("/issues/{id}")]
async fn update_issue(desk: Desk<Editor>, id: Path<String>, if_match: IfMatch, body: JsonBody) -> Result<HttpResponse, ApiError> {
    let key = key(&id)?;
    desk.write(move |conn, acting| crate::desk::update::<issues::Issue>(conn, acting, &key, &if_match, body.0)?.ok()).await
}

/// Delete a printed issue.
///
/// Refused where an article still names it.
#[utoipa::path(tag = "issues", params(("id" = String, Path, description = "Id or slug.", max_length = 120)), responses((status = NO_CONTENT, description = "Deleted."), (status = CONFLICT, description = "Still in use.")))]
#[delete("/issues/{id}")]
async fn delete_issue(desk: Desk<Editor>, id: Path<String>, if_match: IfMatch) -> Result<HttpResponse, ApiError> {
    let key = key(&id)?;
    desk.write(move |conn, acting| {
        crate::desk::delete::<issues::Issue>(conn, acting, &key, &if_match)?;
        Ok(Written::nothing())
    })
    .await
}

record_revision_routes! {
    issues::Issue, tag "issues", one "an issue", list "/issues/{id}/revisions", item "/issues/{id}/revisions/{number}",
    input IssueIn, revision IssueRevision, operations list_issue_revisions find_issue_revision
}

/// The routes of the delivery side.
pub fn routes(routes: &mut Routes) {
    routes.service(list_issues).service(find_issue);
}

/// The routes of the editing side.
pub fn desk_routes(routes: &mut Routes) {
    routes.service(list_editor_issues).service(find_editor_issue).service(create_issue).service(update_issue).service(delete_issue);
}
