//! Articles as editors work on them: drafts, revisions, and the steps to and from the public.

pub mod bulk;
pub mod drafts;
pub mod locks;
pub mod publication;
mod revision_diff;
pub mod revisions;
mod step_routes;
pub mod steps;
pub mod working;

use crate::articles::drafts::{create, delete as delete_draft, update};
use crate::articles::working::{EditorArticle, EditorArticleList, FIELDS, Working, addresses, change, content_of, find_working};
use crate::clock::Clock;
use crate::config::Config;
use crate::desk::Versioned;
use crate::error::ApiError;
use crate::identity::Contributor;
use crate::page::{PageQuery, PageRequest, link_header, resolve};
use crate::record::{FieldsQuery, key};
use crate::request::{IfMatch, JsonBody, Query};
use crate::routing::Routes;
use crate::seal::Seal;
use crate::view::{desk_item, desk_list};
use crate::writing::{Desk, Written};
use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, delete, get, patch, post};
use masthead_domain::article::ArticleIn;
use masthead_domain::column::AnyId;
use masthead_domain::permission::Role;
use masthead_domain::workflow::ArticleState;
use masthead_store::articles::{self, DeskFilter, DeskSort};
use masthead_store::db::Db;
use masthead_store::page::SortKey;
use masthead_store::{authors, issues, publications, sections, tags};
use serde::Serialize;
use std::collections::HashMap;
use utoipa::{IntoParams, ToSchema};

/// What an editor sends for an article: its content, and a line on the change.
#[derive(Serialize, ToSchema)]
#[schema(as = ArticleIn)]
#[allow(dead_code, reason = "documents the body; it is read member by member")]
struct ArticleChangeIn {
    #[serde(flatten)]
    content: ArticleIn,
    /// Why, for the list of revisions; one line. It is no part of the content: a note alone makes no revision, and none is kept of
    /// a change that changes nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 500, example = "Figures corrected after the council's call")]
    revision_note: Option<String>,
}

/// The filters of the articles to edit.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "documents the query; it is read parameter by parameter")]
struct EditorArticleQuery {
    /// Articles in this state.
    #[param(inline)]
    state: Option<ArticleState>,
    /// Articles of the section of this slug or id.
    #[param(max_length = 120, pattern = "^[a-z0-9-]+$")]
    section: Option<String>,
    /// Articles with any of these tags, slugs or ids separated by commas.
    #[param(max_length = 1000, pattern = "^[a-z0-9-]+(,[a-z0-9-]+)*$")]
    tag: Option<String>,
    /// Articles with this author in the byline, by slug or id.
    #[param(max_length = 120, pattern = "^[a-z0-9-]+$")]
    author: Option<String>,
    /// Articles credited to the publication of this slug or id.
    #[param(max_length = 120, pattern = "^[a-z0-9-]+$")]
    publication: Option<String>,
    /// Articles of the printed issue of this slug or id.
    #[param(max_length = 120, pattern = "^[a-z0-9-]+$")]
    issue: Option<String>,
    /// Articles in this language, BCP 47, exactly.
    #[param(max_length = 35, pattern = "^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$")]
    language: Option<String>,
    /// Articles changed at or after this time.
    #[param(value_type = Option<String>, format = DateTime, pattern = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$")]
    updated_since: Option<String>,
    /// The order; `-` means the newest first.
    #[param(inline)]
    sort: Option<EditorArticleSortIn>,
    /// Only these members, separated by commas.
    #[param(max_length = 1000, pattern = "^[a-z_]+(,[a-z_]+)*$")]
    fields: Option<String>,
}

/// The orders of a list of articles to edit.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "documents the parameter; it is read from SORTS")]
enum EditorArticleSortIn {
    #[serde(rename = "-updated_at")]
    UpdatedAtDescending,
    #[serde(rename = "updated_at")]
    UpdatedAt,
    #[serde(rename = "-created_at")]
    CreatedAtDescending,
    #[serde(rename = "created_at")]
    CreatedAt,
}

const SORTS: [(&str, DeskSort); 4] = [
    ("-updated_at", DeskSort::UpdatedAt),
    ("updated_at", DeskSort::UpdatedAt),
    ("-created_at", DeskSort::CreatedAt),
    ("created_at", DeskSort::CreatedAt),
];

/// List articles to edit.
///
/// In every state, the last changed first. Contributors get their own.
#[utoipa::path(tag = "articles", params(PageQuery, EditorArticleQuery), responses((status = OK, description = "A page.", body = EditorArticleList)))]
#[get("/articles")]
async fn list_editor_articles(
    db: Data<Db>,
    clock: Data<Clock>,
    seal: Data<Seal>,
    config: Data<Config>,
    contributor: Contributor,
    mut query: Query,
) -> Result<HttpResponse, ApiError> {
    let fields = query.words("fields", FIELDS);
    let (page, sort) = PageRequest::read(&mut query, &seal, &SORTS);
    let (state, section, tag, author, publication, issue) =
        (query.word("state"), query.text("section"), query.list("tag", 20), query.text("author"), query.text("publication"), query.text("issue"));
    let mut filter = DeskFilter { state, language: query.language("language"), updated_since: query.time("updated_since"), ..DeskFilter::default() };
    let canonical = query.finish()?;
    let actor = contributor.0;
    if actor.role == Role::Contributor {
        filter.created_by = Some(actor.user_id);
    }
    let sort = sort.unwrap_or(DeskSort::UpdatedAt);
    let (wanted, now) = (page.page.clone(), clock.now());
    let (listing, mut contents, addresses) = db
        .read(move |conn| -> Result<_, ApiError> {
            if let Some(text) = section {
                filter.section_id = Some(resolve::<sections::Section>(conn, "section", &text)?.0.into());
            }
            if let Some(texts) = tag {
                let ids = texts.iter().map(|text| Ok(resolve::<tags::Tag>(conn, "tag", text)?.0.into()));
                filter.tag_ids = Some(ids.collect::<Result<_, ApiError>>()?);
            }
            if let Some(text) = author {
                filter.author_id = Some(resolve::<authors::Author>(conn, "author", &text)?.0.into());
            }
            if let Some(text) = publication {
                filter.publication_id = Some(resolve::<publications::Publication>(conn, "publication", &text)?.0.into());
            }
            if let Some(text) = issue {
                filter.issue_id = Some(resolve::<issues::Issue>(conn, "issue", &text)?.0.into());
            }
            let listing = articles::list(conn, &filter, sort, &wanted, now)?;
            let keys: Vec<(AnyId, i32)> = listing.rows.iter().map(|row| (AnyId(row.id.0), row.revision)).collect();
            let mut contents = HashMap::new();
            for revision in masthead_store::revisions::by_keys(conn, &keys)? {
                contents.insert(revision.entity_id, content_of(revision)?);
            }
            Ok((listing, contents, addresses(conn, &config)?))
        })
        .await?;
    let page = page.out(&seal, &listing, |row| {
        let time = match sort {
            DeskSort::UpdatedAt => row.updated_at,
            DeskSort::CreatedAt => row.created_at,
        };
        (SortKey::Time(time), AnyId(row.id.0))
    });
    let link = link_header(&canonical, &page);
    let data = listing
        .rows
        .into_iter()
        .filter_map(|article| {
            let content = contents.remove(&AnyId(article.id.0))?;
            Some(Working { article, content, rendered: None }.short(&addresses, now))
        })
        .collect();
    desk_list(&EditorArticleList { data, page }, fields.as_deref(), link)
}

/// Find an article to edit.
///
/// What was entered last, where it stands, and what cleaning made of the body.
#[utoipa::path(tag = "articles", params(("id" = String, Path, description = "Id or slug.", max_length = 120), FieldsQuery), responses((status = OK, description = "Found.", body = EditorArticle)))]
#[get("/articles/{id}")]
async fn find_editor_article(
    db: Data<Db>,
    clock: Data<Clock>,
    config: Data<Config>,
    contributor: Contributor,
    id: Path<String>,
    mut query: Query,
) -> Result<HttpResponse, ApiError> {
    let fields = query.words("fields", FIELDS);
    query.finish()?;
    let (key, now) = (key(&id)?, clock.now());
    let (working, addresses, lock) = db
        .read(move |conn| -> Result<_, ApiError> {
            let addresses = addresses(conn, &config)?;
            let working = find_working(conn, &contributor.0, &key)?;
            let lock = locks::held(conn, working.article.id, now)?;
            Ok((working, addresses, lock))
        })
        .await?;
    desk_item(&working.versioned(&addresses, now).await?.with_lock(lock), fields.as_deref())
}

/// Create an article.
///
/// Begins a draft. Every fault of the body is named; what cleaning takes out of the text is listed in the reply.
#[utoipa::path(tag = "articles", request_body = ArticleChangeIn, responses((status = CREATED, description = "A draft.", body = EditorArticle)))]
#[post("/articles")]
async fn create_article(desk: Desk<Contributor>, config: Data<Config>, body: JsonBody) -> Result<HttpResponse, ApiError> {
    let created = |article: &Versioned<EditorArticle>| article.created("/v1/editor/articles");
    change(desk, config, Some(body.0), created, |conn, acting, body| create(conn, acting, body.unwrap_or_default())).await
}

/// Update an article.
///
/// A merge patch (RFC 7396): what is left out stays, null takes away, lists that are sent replace. Readers see nothing
/// of it until the article is published again. A patch that changes nothing keeps the version.
#[utoipa::path(tag = "articles", params(("id" = String, Path, description = "Id or slug.", max_length = 120)), request_body = ArticleChangeIn, responses((status = OK, description = "Changed, or as it was.", body = EditorArticle)))]
#[patch("/articles/{id}")]
async fn update_article(
    desk: Desk<Contributor>,
    config: Data<Config>,
    id: Path<String>,
    if_match: IfMatch,
    body: JsonBody,
) -> Result<HttpResponse, ApiError> {
    let key = key(&id)?;
    change(desk, config, Some(body.0), Versioned::ok, move |conn, acting, body| update(conn, acting, &key, &if_match, body.unwrap_or_default())).await
}

/// Delete an article.
///
/// One that is not public. Its revisions stay.
#[utoipa::path(tag = "articles", params(("id" = String, Path, description = "Id or slug.", max_length = 120)), responses((status = NO_CONTENT, description = "Deleted."), (status = CONFLICT, description = "It is public or about to be; `allowed` names the possible steps.")))]
#[delete("/articles/{id}")]
async fn delete_article(desk: Desk<Contributor>, id: Path<String>, if_match: IfMatch) -> Result<HttpResponse, ApiError> {
    let key = key(&id)?;
    desk.write(move |conn, acting| {
        delete_draft(conn, acting, &key, &if_match)?;
        Ok(Written::nothing())
    })
    .await
}
/// The routes of the editing side.
pub fn desk_routes(routes: &mut Routes) {
    routes.service(list_editor_articles).service(find_editor_article).service(create_article).service(update_article).service(delete_article);
    step_routes::routes(routes);
    bulk::routes(routes);
    revisions::desk_routes(routes);
    locks::desk_routes(routes);
}
