//! Corrections as editors make them: what articles got wrong and was put right. Readers see them at once, without the article being published again.

mod changing;

use crate::articles::working::{Addresses, addresses, find_working};
use crate::clock::Clock;
use crate::config::Config;
use crate::corrections::changing::{correction_id, create, find_under, remove, update};
use crate::desk::Versioned;
use crate::error::{ApiError, ProblemCode};
use crate::identity::{Contributor, Editor};
use crate::page::{PageOut, PageQuery, PageRequest, link_header};
use crate::record::key;
use crate::request::{IfMatch, JsonBody, Query};
use crate::routing::Routes;
use crate::seal::Seal;
use crate::view::desk_list;
use crate::writing::{Desk, Written};
use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, delete, get, patch, post};
use masthead_domain::column::AnyId;
use masthead_domain::correction::{CorrectionIn, CorrectionType};
use masthead_domain::fault::{Fault, FaultCode};
use masthead_domain::id::{ArticleId, CorrectionId, UserId};
use masthead_domain::permission::{Actor, Role};
use masthead_domain::slug::Slug;
use masthead_domain::time::Timestamp;
use masthead_domain::workflow::ArticleState;
use masthead_store::articles::Article;
use masthead_store::corrections::{self, Correction, CorrectionFilter};
use masthead_store::db::Db;
use masthead_store::page::SortKey;
use masthead_store::record::Key;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

/// The article that a correction is of, and where it stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct EditorArticleReference {
    #[schema(value_type = String, format = Uuid, example = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c22")]
    pub id: ArticleId,
    #[schema(value_type = String, max_length = 120, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$", example = "council-keeps-the-last-ferry")]
    pub slug: Slug,
    #[schema(example = "Council keeps the last ferry")]
    pub title: String,
    pub state: ArticleState,
    /// The address of its page on the paper's website, once it is public.
    #[schema(format = Uri, example = "https://paper.example/articles/council-keeps-the-last-ferry")]
    pub page_url: String,
}

/// A correction as an editor sees it.
#[derive(Debug, Serialize, ToSchema)]
pub struct EditorCorrection {
    #[schema(value_type = String, format = Uuid, example = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c21")]
    pub id: CorrectionId,
    /// Rises by one with each change; to be sent in `If-Match`.
    #[schema(minimum = 1, example = 1)]
    pub version: i32,
    #[serde(rename = "type")]
    pub correction_type: CorrectionType,
    /// Plain text, not HTML.
    #[schema(example = "An earlier version gave the year of the first ferry as 1912. It was 1921.")]
    pub text: String,
    #[schema(value_type = String, format = DateTime, example = "2026-11-26T09:15:00Z")]
    pub at: Timestamp,
    pub article: EditorArticleReference,
    #[schema(value_type = String, format = DateTime, example = "2026-11-26T09:20:00Z")]
    pub created_at: Timestamp,
    /// Who made it.
    #[schema(value_type = String, format = Uuid, example = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c23")]
    pub created_by: UserId,
    #[schema(value_type = String, format = DateTime, example = "2026-11-26T09:20:00Z")]
    pub updated_at: Timestamp,
    /// Who changed it last.
    #[schema(value_type = String, format = Uuid, example = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c23")]
    pub updated_by: UserId,
}

/// A page of corrections to edit.
#[derive(Debug, Serialize, ToSchema)]
pub struct EditorCorrectionList {
    pub data: Vec<EditorCorrection>,
    pub page: PageOut,
}

impl EditorCorrection {
    fn new(row: Correction, article: &Article, addresses: &Addresses, now: Timestamp) -> Self {
        Self {
            id: row.id,
            version: row.version,
            correction_type: row.correction_type,
            text: row.text,
            at: row.at,
            article: EditorArticleReference {
                id: article.id,
                slug: article.slug.clone(),
                title: article.title.clone(),
                state: article.state(now),
                page_url: addresses.page(&article.slug),
            },
            created_at: row.created_at,
            created_by: row.created_by,
            updated_at: row.updated_at,
            updated_by: row.updated_by,
        }
    }

    fn versioned(self) -> Versioned<Self> {
        Versioned { version: self.version, id: AnyId(self.id.0), value: self }
    }
}

/// The filters of the corrections.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "documents the query; it is read parameter by parameter")]
pub struct CorrectionQuery {
    /// Corrections of this type.
    #[param(inline, rename = "type")]
    correction_type: Option<CorrectionType>,
    /// Corrections of the article of this slug or id.
    #[param(max_length = 120, pattern = "^[a-z0-9-]+$")]
    article: Option<String>,
    /// Corrections made at or after this time.
    #[param(value_type = Option<String>, format = DateTime, pattern = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$")]
    from: Option<String>,
    /// Corrections made before this time.
    #[param(value_type = Option<String>, format = DateTime, pattern = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$")]
    to: Option<String>,
    /// The order; `-` means the newest first.
    #[param(inline)]
    sort: Option<CorrectionSortIn>,
}

/// The orders of a list of corrections.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "documents the parameter; it is read from SORTS")]
pub enum CorrectionSortIn {
    #[serde(rename = "-at")]
    AtDescending,
    #[serde(rename = "at")]
    At,
}

/// The orders that are offered.
pub const SORTS: [(&str, ()); 2] = [("-at", ()), ("at", ())];

/// Reads the filters but that of the article.
pub fn read_filter(query: &mut Query) -> CorrectionFilter {
    let filter =
        CorrectionFilter { correction_type: query.word("type"), from: query.time("from"), to: query.time("to"), ..CorrectionFilter::default() };
    if let (Some(from), Some(to)) = (filter.from, filter.to)
        && from > to
    {
        query.fault("to", FaultCode::OutOfRange, "is before `from`");
    }
    filter
}

/// The fault of a filter that names an article which is not there.
pub fn no_article(text: &str) -> ApiError {
    ApiError::query(vec![Fault::parameter("article", FaultCode::Dangling, format!("{text:?} does not exist"))])
}

/// What both lists of the editing side need.
struct Wanted {
    db: Data<Db>,
    seal: Data<Seal>,
    config: Data<Config>,
    actor: Actor,
    now: Timestamp,
}

impl Wanted {
    /// A page of the corrections that the actor may read, of one article where `key` names one.
    async fn list(self, mut query: Query, key: Option<Key>) -> Result<HttpResponse, ApiError> {
        let Self { db, seal, config, actor, now } = self;
        let (page, _) = PageRequest::read(&mut query, &seal, &SORTS);
        let mut filter = read_filter(&mut query);
        let named = if key.is_none() { query.text("article") } else { None };
        let canonical = query.finish()?;
        if actor.role == Role::Contributor {
            filter.article_created_by = Some(actor.user_id);
        }
        let wanted = page.page.clone();
        let (listing, pages) = db
            .read(move |conn| -> Result<_, ApiError> {
                let key = match &named {
                    Some(text) => Some(Key::parse(text).ok_or_else(|| no_article(text))?),
                    None => key,
                };
                if let Some(key) = key {
                    let found = find_working(conn, &actor, &key).map_err(|error| match &named {
                        Some(text) if error.code == ProblemCode::NotFound => no_article(text),
                        _ => error,
                    })?;
                    filter.article_id = Some(found.article.id);
                }
                Ok((corrections::list(conn, &filter, &wanted)?, addresses(conn, &config)?))
            })
            .await?;
        let page = page.out(&seal, &listing, |(row, _)| (SortKey::Time(row.at), AnyId(row.id.0)));
        let link = link_header(&canonical, &page);
        let data = listing.rows.into_iter().map(|(row, article)| EditorCorrection::new(row, &article, &pages, now)).collect();
        desk_list(&EditorCorrectionList { data, page }, None, link)
    }
}

/// List corrections to edit.
///
/// Those of all articles, whatever their state, the newest first. Contributors get those of their own.
#[utoipa::path(tag = "corrections", params(PageQuery, CorrectionQuery), responses((status = OK, description = "A page.", body = EditorCorrectionList)))]
#[get("/corrections")]
async fn list_editor_corrections(
    db: Data<Db>,
    clock: Data<Clock>,
    seal: Data<Seal>,
    config: Data<Config>,
    contributor: Contributor,
    query: Query,
) -> Result<HttpResponse, ApiError> {
    Wanted { db, seal, config, actor: contributor.0, now: clock.now() }.list(query, None).await
}

/// The filters of the corrections of one article.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "documents the query; it is read parameter by parameter")]
struct ArticleCorrectionQuery {
    /// Corrections of this type.
    #[param(inline, rename = "type")]
    correction_type: Option<CorrectionType>,
    /// Corrections made at or after this time.
    #[param(value_type = Option<String>, format = DateTime, pattern = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$")]
    from: Option<String>,
    /// Corrections made before this time.
    #[param(value_type = Option<String>, format = DateTime, pattern = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$")]
    to: Option<String>,
    /// The order; `-` means the newest first.
    #[param(inline)]
    sort: Option<CorrectionSortIn>,
}

/// List the corrections of an article.
///
/// The newest first.
#[utoipa::path(tag = "corrections", params(("id" = String, Path, description = "Id or slug of the article.", max_length = 120), PageQuery, ArticleCorrectionQuery), responses((status = OK, description = "A page.", body = EditorCorrectionList)))]
#[get("/articles/{id}/corrections")]
async fn list_article_corrections(
    db: Data<Db>,
    clock: Data<Clock>,
    seal: Data<Seal>,
    config: Data<Config>,
    contributor: Contributor,
    id: Path<String>,
    query: Query,
) -> Result<HttpResponse, ApiError> {
    let key = key(&id)?;
    Wanted { db, seal, config, actor: contributor.0, now: clock.now() }.list(query, Some(key)).await
}

/// Find a correction to edit.
///
/// With the version that a change of it has to name.
#[utoipa::path(tag = "corrections", params(("id" = String, Path, description = "Id or slug of the article.", max_length = 120), ("correction_id" = String, Path, description = "Id.", max_length = 36)), responses((status = OK, description = "Found.", body = EditorCorrection)))]
#[get("/articles/{id}/corrections/{correction_id}")]
async fn find_editor_correction(
    db: Data<Db>,
    clock: Data<Clock>,
    config: Data<Config>,
    contributor: Contributor,
    path: Path<(String, String)>,
    query: Query,
) -> Result<HttpResponse, ApiError> {
    query.finish()?;
    let (key, id, now) = (key(&path.0)?, correction_id(&path.1)?, clock.now());
    let found = db
        .read(move |conn| -> Result<_, ApiError> {
            let (article, row) = find_under(conn, id, |conn| find_working(conn, &contributor.0, &key))?;
            Ok(EditorCorrection::new(row, &article, &addresses(conn, &config)?, now))
        })
        .await?;
    Ok(found.versioned().reply())
}

/// Correct an article.
///
/// Shows at once in the public article, which is not published again; at a draft, with its publication. The version of the
/// article stays.
#[utoipa::path(tag = "corrections", params(("id" = String, Path, description = "Id or slug of the article.", max_length = 120)), request_body = CorrectionIn, responses((status = CREATED, description = "Made.", body = EditorCorrection)))]
#[post("/articles/{id}/corrections")]
async fn create_correction(desk: Desk<Editor>, config: Data<Config>, id: Path<String>, body: JsonBody) -> Result<HttpResponse, ApiError> {
    let key = key(&id)?;
    desk.write(move |conn, acting| {
        let (article, row) = create(conn, acting, &key, &body.0)?;
        let collection = format!("/v1/editor/articles/{}/corrections", article.id);
        EditorCorrection::new(row, &article, &addresses(conn, &config)?, acting.now).versioned().created(&collection)
    })
    .await
}

/// Update a correction.
///
/// A merge patch (RFC 7396): what is left out stays. Shows at once in the public article.
#[utoipa::path(tag = "corrections", params(("id" = String, Path, description = "Id or slug of the article.", max_length = 120), ("correction_id" = String, Path, description = "Id.", max_length = 36)), request_body = CorrectionIn, responses((status = OK, description = "Changed, or as it was.", body = EditorCorrection)))]
#[patch("/articles/{id}/corrections/{correction_id}")]
async fn update_correction(
    desk: Desk<Editor>,
    config: Data<Config>,
    path: Path<(String, String)>,
    if_match: IfMatch,
    body: JsonBody,
) -> Result<HttpResponse, ApiError> {
    let (key, id) = (key(&path.0)?, correction_id(&path.1)?);
    desk.write(move |conn, acting| {
        let (article, row) = update(conn, acting, &key, id, &if_match, body.0)?;
        EditorCorrection::new(row, &article, &addresses(conn, &config)?, acting.now).versioned().ok()
    })
    .await
}

/// Delete a correction.
///
/// It is gone from the public article at once. The audit log keeps it.
#[utoipa::path(tag = "corrections", params(("id" = String, Path, description = "Id or slug of the article.", max_length = 120), ("correction_id" = String, Path, description = "Id.", max_length = 36)), responses((status = NO_CONTENT, description = "Deleted.")))]
#[delete("/articles/{id}/corrections/{correction_id}")]
async fn delete_correction(desk: Desk<Editor>, path: Path<(String, String)>, if_match: IfMatch) -> Result<HttpResponse, ApiError> {
    let (key, id) = (key(&path.0)?, correction_id(&path.1)?);
    desk.write(move |conn, acting| {
        remove(conn, acting, &key, id, &if_match)?;
        Ok(Written::nothing())
    })
    .await
}

/// The routes of the editing side.
pub fn desk_routes(routes: &mut Routes) {
    routes
        .service(list_editor_corrections)
        .service(list_article_corrections)
        .service(find_editor_correction)
        .service(create_correction)
        .service(update_correction)
        .service(delete_correction);
}
