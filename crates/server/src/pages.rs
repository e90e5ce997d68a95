//! Standing pages, such as the imprint: a title, a text, and a place in the menu.

use crate::delivery::{Answer, Delivery, Found, Reading};
use crate::error::ApiError;
use crate::identity::{Contributor, Editor};
use crate::page::{PageOut, PageQuery, PageRequest, link_header};
use crate::public_articles::{Body, BodyForm};
use crate::record::{FieldsQuery, key};
use crate::request::{IfMatch, JsonBody, Query};
use crate::routing::Routes;
use crate::seal::Seal;
use crate::view::{desk_item, desk_list};
use crate::writing::{Desk, Written};
use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, delete, get, patch, post};
use masthead_domain::article::{BODY_LENGTH_MAX, BodyIn, read_slug};
use masthead_domain::body::{self, BodyFormat, Removed};
use masthead_domain::column::AnyId;
use masthead_domain::fault::FaultCode;
use masthead_domain::id::{PageId, UserId};
use masthead_domain::kind::Kind;
use masthead_domain::page::{MENU_POSITION_MAX, PageState, place};
use masthead_domain::read::Reader;
use masthead_domain::slug::Slug;
use masthead_domain::time::Timestamp;
use masthead_domain::vocabulary::Vocabulary;
use masthead_store::db::Db;
use masthead_store::dialect::Conn;
use masthead_store::error::Error;
use masthead_store::page::SortKey;
use masthead_store::pages::{self, PageFilter, PageSort};
use masthead_store::record::Meta;
use masthead_store::site::Site;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

/// What an editor enters for a page.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PageIn {
    /// Made from the title where absent, with a number where another page has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 120, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$", example = "about-us")]
    pub slug: Option<Slug>,
    #[schema(min_length = 1, max_length = 200, example = "About us")]
    pub title: String,
    /// For search engines and previews of links.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2000, example = "Who makes this paper, and how to reach us.")]
    pub description: Option<String>,
    /// Readers see it once it is published.
    #[schema(default = "draft")]
    pub state: PageState,
    /// Its place in the menu, from low to high; absent where it does not stand there.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 10_000, example = 10)]
    pub menu_position: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<BodyIn>,
}

/// What an editor sees of a page.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EditorPage {
    #[schema(value_type = String, format = Uuid, example = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c29")]
    pub id: PageId,
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
    /// The body as readers get it; not in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "<p>We print <strong>every month</strong>.</p>")]
    pub body_html: Option<String>,
    /// What cleaning took out of the body; not in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub removed: Option<Vec<Removed>>,
    #[serde(flatten)]
    pub content: PageIn,
}

/// A page of pages to edit.
#[derive(Debug, Serialize, ToSchema)]
pub struct EditorPageList {
    pub data: Vec<EditorPage>,
    pub page: PageOut,
}

/// The members of an editing representation that `fields` may name.
const EDITOR_FIELDS: &[&str] = &[
    "id",
    "version",
    "created_at",
    "updated_at",
    "updated_by",
    "body_html",
    "removed",
    "slug",
    "title",
    "description",
    "state",
    "menu_position",
    "body",
];

/// A standing page.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Page {
    #[schema(value_type = String, format = Uuid, example = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c29")]
    pub id: PageId,
    #[schema(value_type = String, max_length = 120, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$", example = "about-us")]
    pub slug: Slug,
    /// Its address on the paper's website.
    #[schema(format = Uri, example = "https://paper.example/pages/about-us")]
    pub page_url: String,
    #[schema(value_type = String, format = DateTime, example = "2026-11-26T07:45:00Z")]
    pub updated_at: Timestamp,
    #[schema(example = "About us")]
    pub title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Who makes this paper, and how to reach us.")]
    pub description: Option<String>,
    /// Its place in the menu; absent where it does not stand there.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 10_000, example = 10)]
    pub menu_position: Option<i32>,
    /// In the form that `body` asks for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<Body>,
}

impl Page {
    /// The members that `fields` may name.
    pub const FIELDS: &'static [&'static str] = &["id", "slug", "page_url", "updated_at", "title", "description", "menu_position", "body"];

    fn of(reading: &Reading<'_>, site: &Site, row: pages::Page, form: BodyForm) -> Self {
        let content = match form {
            BodyForm::Html => Some(row.body_html),
            BodyForm::Markdown => Some(row.body_markdown),
            BodyForm::Text => Some(row.body_plain),
            BodyForm::None => None,
        };
        Self {
            id: row.id,
            page_url: reading.page_url(&site.page_path, &row.slug),
            slug: row.slug,
            updated_at: row.updated_at,
            title: row.title,
            description: row.description,
            menu_position: row.menu_position,
            body: content.map(|content| Body { format: form, content }),
        }
    }
}

/// A page of pages.
#[derive(Debug, Serialize, ToSchema)]
pub struct PageList {
    pub data: Vec<Page>,
    pub page: PageOut,
}

impl crate::desk::Record for pages::Page {
    const KIND: Kind = Kind::Page;
    type In = PageIn;
    type Editor = EditorPage;

    fn read(reader: &mut Reader) -> PageIn {
        PageIn {
            slug: read_slug(reader),
            title: reader.required_line("title", 200),
            description: reader.filled_text("description", 2000),
            state: reader.word("state").unwrap_or_default(),
            menu_position: reader.integer("menu_position", 0..=MENU_POSITION_MAX).and_then(|position| i32::try_from(position).ok()),
            body: reader
                .object("body", |body| {
                    let format = body.word("format").unwrap_or(BodyFormat::Markdown);
                    let source = body.text("source", BODY_LENGTH_MAX);
                    body.require("source", source).map(|source| BodyIn { format, source })
                })
                .flatten(),
        }
    }

    fn is_shown(input: &PageIn) -> bool {
        input.state == PageState::Published
    }

    fn slug_source(input: &mut PageIn) -> (&mut Option<Slug>, &str) {
        (&mut input.slug, &input.title)
    }

    fn input(&self, _: &mut Conn) -> Result<PageIn, Error> {
        Ok(to_input(self))
    }

    fn build(input: PageIn, meta: Meta) -> Self {
        let format = input.body.as_ref().map_or(BodyFormat::Markdown, |body| body.format);
        let rendered = body::render(input.body.as_ref().map_or("", |body| &body.source), format);
        Self {
            id: meta.id.0.into(),
            slug: meta.slug,
            version: meta.version,
            created_at: meta.created_at,
            updated_at: meta.updated_at,
            updated_by: meta.updated_by,
            place: place(input.menu_position, &input.title),
            title: input.title,
            description: input.description,
            state: input.state,
            menu_position: input.menu_position,
            body_format: format,
            body_source: input.body.map(|body| body.source),
            body_html: rendered.html,
            body_markdown: rendered.markdown,
            body_plain: rendered.text,
        }
    }

    fn is_public(&self) -> bool {
        self.state == PageState::Published
    }

    fn editor(self, input: PageIn) -> EditorPage {
        let removed = input.body.as_ref().map(|body| body::render(&body.source, body.format).removed);
        let body_html = input.body.is_some().then(|| self.body_html.clone());
        EditorPage { body_html, removed, ..short(&self, input) }
    }

    record_verbs!(pages);
}

fn to_input(row: &pages::Page) -> PageIn {
    PageIn {
        slug: Some(row.slug.clone()),
        title: row.title.clone(),
        description: row.description.clone(),
        state: row.state,
        menu_position: row.menu_position,
        body: row.body_source.clone().map(|source| BodyIn { format: row.body_format, source }),
    }
}

/// The editing representation, without what only single items carry.
fn short(row: &pages::Page, content: PageIn) -> EditorPage {
    EditorPage {
        id: row.id,
        version: row.version,
        created_at: row.created_at,
        updated_at: row.updated_at,
        updated_by: row.updated_by,
        body_html: None,
        removed: None,
        content,
    }
}

/// The filters of the pages.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "documents the query; it is read parameter by parameter")]
struct PagesQuery {
    /// Only those that stand in the menu (`true`), or only those that do not (`false`).
    in_menu: Option<bool>,
    /// Only those changed at or after this time.
    #[param(value_type = Option<String>, format = DateTime, pattern = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$")]
    updated_since: Option<String>,
    /// The order: `menu` has those of the menu by their places, then the others by title; `-` means the other way round.
    #[param(inline)]
    sort: Option<PageSortIn>,
    /// Only these members, separated by commas.
    #[param(max_length = 1000, pattern = "^[a-z_]+(,[a-z_]+)*$")]
    fields: Option<String>,
}

/// The state that pages to edit are in.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "documents the query; it is read parameter by parameter")]
struct PageStateQuery {
    /// Only those in this state.
    #[param(inline)]
    state: Option<PageState>,
}

/// The form of the bodies of a list.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "documents the query; it is read parameter by parameter")]
struct PageBodiesQuery {
    /// The form of the bodies; none are sent by default.
    #[param(inline, default = "none")]
    body: Option<BodyForm>,
}

/// The form of the body of an item.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "documents the query; it is read parameter by parameter")]
struct PageBodyQuery {
    /// The form of the body.
    #[param(inline, default = "html")]
    body: Option<BodyForm>,
}

/// The orders of a list of pages.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "documents the parameter; it is read from SORTS")]
enum PageSortIn {
    #[serde(rename = "menu")]
    Menu,
    #[serde(rename = "-menu")]
    MenuDescending,
    #[serde(rename = "updated_at")]
    UpdatedAt,
    #[serde(rename = "-updated_at")]
    UpdatedAtDescending,
}

const SORTS: [(&str, PageSort); 4] =
    [("menu", PageSort::Menu), ("-menu", PageSort::Menu), ("updated_at", PageSort::UpdatedAt), ("-updated_at", PageSort::UpdatedAt)];

fn place_of(sort: PageSort, row: &pages::Page) -> (SortKey, AnyId) {
    let key = match sort {
        PageSort::Menu => SortKey::Text(row.place.clone()),
        PageSort::UpdatedAt => SortKey::Time(row.updated_at),
    };
    (key, AnyId(row.id.0))
}

/// Reads the filters that both sides have.
fn read_filter(query: &mut Query, state: Option<PageState>) -> PageFilter {
    let is_in_menu = match query.text("in_menu").as_deref() {
        None => None,
        Some("true") => Some(true),
        Some("false") => Some(false),
        Some(_) => {
            query.fault("in_menu", FaultCode::NotOneOf, "must be true or false");
            None
        }
    };
    PageFilter { state, is_in_menu, updated_since: query.time("updated_since") }
}

/// List pages.
///
/// The published ones: those of the menu in its order, then the others by title.
#[utoipa::path(tag = "pages", params(PageQuery, PagesQuery, PageBodiesQuery), responses((status = OK, description = "A page of them.", body = PageList)))]
#[get("/pages")]
async fn list_pages(delivery: Delivery, mut query: Query) -> Result<HttpResponse, ApiError> {
    let fields = query.words("fields", Page::FIELDS);
    let form = query.word("body").unwrap_or(BodyForm::None);
    query.has_default("body", BodyForm::None.word());
    let (page, sort) = PageRequest::read(&mut query, delivery.seal(), &SORTS);
    let filter = read_filter(&mut query, Some(PageState::Published));
    let canonical = query.finish()?;
    let sort = sort.unwrap_or(PageSort::Menu);
    delivery
        .answer(canonical, move |reading| {
            let site = reading.site()?;
            let listing = pages::list(reading.conn, &filter, sort, &page.page)?;
            reading.uses_all(Kind::Page)?;
            let out = page.out(&reading.paper.seal, &listing, |row| place_of(sort, row));
            let link = link_header(reading.request, &out);
            let last_modified = listing.rows.iter().map(|row| row.updated_at).max();
            let data = listing.rows.into_iter().map(|row| Page::of(reading, &site, row, form)).collect();
            Answer::list(&PageList { data, page: out }, fields.as_deref(), last_modified, link)
        })
        .await
}

/// Find a page.
///
/// The published page of that slug or id. A slug that it gave up leads to the one it has.
#[utoipa::path(tag = "pages", params(("slug" = String, Path, description = "Slug or id.", max_length = 120), FieldsQuery, PageBodyQuery), responses((status = OK, description = "Found.", body = Page), (status = MOVED_PERMANENTLY, description = "It has another slug now.")))]
#[get("/pages/{slug}")]
async fn find_page(delivery: Delivery, slug: Path<String>, mut query: Query) -> Result<HttpResponse, ApiError> {
    let fields = query.words("fields", Page::FIELDS);
    let form = query.word("body").unwrap_or(BodyForm::Html);
    query.has_default("body", BodyForm::Html.word());
    let canonical = query.finish()?;
    let key = key(&slug)?;
    delivery
        .answer(canonical, move |reading| {
            match reading.find_or_moved(Kind::Page, &key, |row: &pages::Page| AnyId(row.id.0), pages::find_published)? {
                Found::Here(row) => {
                    let (site, updated_at) = (reading.site()?, row.updated_at);
                    Answer::item(&Page::of(reading, &site, row, form), fields.as_deref(), updated_at)
                }
                Found::Moved(row) => Ok(Answer::moved(reading, "/v1/pages", &row.slug)),
            }
        })
        .await
}

/// List pages to edit.
///
/// All pages, published or not, with their versions.
#[utoipa::path(tag = "pages", params(PageQuery, PagesQuery, PageStateQuery), responses((status = OK, description = "A page of them.", body = EditorPageList)))]
#[get("/pages")]
async fn list_editor_pages(db: Data<Db>, seal: Data<Seal>, _: Contributor, mut query: Query) -> Result<HttpResponse, ApiError> {
    let fields = query.words("fields", EDITOR_FIELDS);
    let (page, sort) = PageRequest::read(&mut query, &seal, &SORTS);
    let state = query.word("state");
    let filter = read_filter(&mut query, state);
    let canonical = query.finish()?;
    let sort = sort.unwrap_or(PageSort::Menu);
    let wanted = page.page.clone();
    let listing = db.read(move |conn| pages::list(conn, &filter, sort, &wanted)).await?;
    let page = page.out(&seal, &listing, |row| place_of(sort, row));
    let link = link_header(&canonical, &page);
    let data = listing.rows.iter().map(|row| short(row, to_input(row))).collect();
    desk_list(&EditorPageList { data, page }, fields.as_deref(), link)
}

/// Find a page to edit.
///
/// The page of that id or slug, published or not, with its version.
#[utoipa::path(tag = "pages", params(("id" = String, Path, description = "Id or slug.", max_length = 120), FieldsQuery), responses((status = OK, description = "Found.", body = EditorPage)))]
#[get("/pages/{id}")]
async fn find_editor_page(db: Data<Db>, _: Contributor, id: Path<String>, mut query: Query) -> Result<HttpResponse, ApiError> {
    let fields = query.words("fields", EDITOR_FIELDS);
    query.finish()?;
    let key = key(&id)?;
    let found = db.read(move |conn| crate::desk::find::<pages::Page>(conn, &key)).await?;
    desk_item(&found, fields.as_deref())
}

/// Create a page.
///
/// Adds the page of the body; what cleaning takes out of the text is listed in the reply.
#[utoipa::path(tag = "pages", request_body = PageIn, responses((status = CREATED, description = "Added.", body = EditorPage)))]
#[post("/pages")]
async fn create_page(desk: Desk<Editor>, body: JsonBody) -> Result<HttpResponse, ApiError> {
    desk.write(move |conn, acting| crate::desk::create::<pages::Page>(conn, acting, &body.0)?.created("/v1/editor/pages")).await
}

/// Update a page.
///
/// A merge patch (RFC 7396): what is left out stays, null takes away. Readers see the change at once where the page is published.
#[utoipa::path(tag = "pages", params(("id" = String, Path, description = "Id or slug.", max_length = 120)), request_body = PageIn, responses((status = OK, description = "Changed, or as it was.", body = EditorPage)))]
#[patch("/pages/{id}")]
async fn update_page(desk: Desk<Editor>, id: Path<String>, if_match: IfMatch, body: JsonBody) -> Result<HttpResponse, ApiError> {
    let key = key(&id)?;
    desk.write(move |conn, acting| crate::desk::update::<pages::Page>(conn, acting, &key, &if_match, body.0)?.ok()).await
}

/// Delete a page.
///
/// Its revisions stay.
#[utoipa::path(tag = "pages", params(("id" = String, Path, description = "Id or slug.", max_length = 120)), responses((status = NO_CONTENT, description = "Deleted.")))]
#[delete("/pages/{id}")]
async fn delete_page(desk: Desk<Editor>, id: Path<String>, if_match: IfMatch) -> Result<HttpResponse, ApiError> {
    let key = key(&id)?;
    desk.write(move |conn, acting| {
        crate::desk::delete::<pages::Page>(conn, acting, &key, &if_match)?;
        Ok(Written::nothing())
    })
    .await
}

record_revision_routes! {
    pages::Page, tag "pages", one "a page", list "/pages/{id}/revisions", item "/pages/{id}/revisions/{number}",
    input PageIn, revision PageRevision, operations list_page_revisions find_page_revision
}

/// The routes of the delivery side.
pub fn routes(routes: &mut Routes) {
    routes.service(list_pages).service(find_page);
}

/// The routes of the editing side.
pub fn desk_routes(routes: &mut Routes) {
    routes.service(list_editor_pages).service(find_editor_page).service(create_page).service(update_page).service(delete_page);
}
