//! Previews: addresses that expire and can be revoked, under which a frontend gets an unpublished revision in the shape in
//! which it gets published ones.

use crate::articles::drafts::language_of;
use crate::articles::publication::{Going, public_copy, rendered_body};
use crate::articles::working::{content_of, find_for_change, find_working, first_publication};
use crate::config::Config;
use crate::delivery::Delivery;
use crate::error::{ApiError, ProblemCode};
use crate::identity::Contributor;
use crate::merging::follow;
use crate::public_articles::{Article, ArticleItemQuery, Include, asked_item, form_of, whole_page};
use crate::record::key;
use crate::request::{OptionalJsonBody, Query, read_members};
use crate::routing::Routes;
use crate::seal::Seal;
use crate::view::item_bytes;
use crate::writing::{Acting, Desk, Entry, Written};
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, HeaderName, HeaderValue};
use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, delete, get, post};
use masthead_domain::column::AnyId;
use masthead_domain::fault::{Fault, FaultCode};
use masthead_domain::id::{ArticleId, PreviewLinkId, UserId};
use masthead_domain::kind::Kind;
use masthead_domain::time::Timestamp;
use masthead_domain::vocabulary::Vocabulary;
use masthead_store::db::Db;
use masthead_store::dialect::Conn;
use masthead_store::error::Error;
use masthead_store::preview_links::{self, PreviewLink, PreviewScope};
use masthead_store::record::Key;
use masthead_store::{articles, corrections, revisions, site};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::ops::Deref;
use utoipa::ToSchema;

/// How long a link lives where nothing is said: a week.
const HOURS_DEFAULT: i64 = 7 * 24;

/// How long a link may live.
const HOURS_MAX: i64 = 90 * 24;

/// The most links of an article that are live at once.
const LINKS_MAX: usize = 50;

/// For search engines that come upon a preview.
const ROBOTS: HeaderName = HeaderName::from_static("x-robots-tag");

/// Seals the ids of links into tokens.
pub struct PreviewSeal(pub Seal);

impl PreviewSeal {
    /// With the key that cursors are sealed with; the purpose keeps them apart.
    #[must_use]
    pub fn new(key: &[u8; 32]) -> Self {
        Self(Seal::new(key, "preview"))
    }

    fn token(&self, id: PreviewLinkId) -> String {
        self.0.seal(id.0.as_bytes())
    }

    fn open(&self, token: &str) -> Option<PreviewLinkId> {
        Some(PreviewLinkId(uuid::Uuid::from_slice(&self.0.open(token)?).ok()?))
    }
}

/// What is to be previewed, and for how long.
#[derive(Deserialize, ToSchema)]
#[allow(dead_code, reason = "documents the body; it is read member by member")]
struct PreviewLinkIn {
    /// The number of a revision; where absent, whatever is the latest when it is looked at.
    #[schema(minimum = 1, example = 2)]
    revision: Option<i32>,
    #[schema(default = "article")]
    scope: Option<PreviewScope>,
    /// A week where absent.
    #[schema(minimum = 1, maximum = 2160, default = 168, example = 48)]
    expires_in_hours: Option<i64>,
}

/// A link to a preview.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PreviewLink)]
struct PreviewLinkOut {
    #[schema(value_type = String, format = Uuid, example = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c21")]
    id: PreviewLinkId,
    #[schema(value_type = String, format = Uuid, example = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c22")]
    article_id: ArticleId,
    /// Absent for whatever is the latest when it is looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, example = 2)]
    revision: Option<i32>,
    scope: PreviewScope,
    /// For `/v1/preview/{token}`; whoever has it sees the preview.
    #[schema(example = "AZNtbHoQfD6dVWsfDppMIaO0rUbrYQXlT4n8mXbXnVY")]
    token: String,
    /// The address on the paper's website, by the setting `preview_path`.
    #[schema(format = Uri, example = "https://paper.example/preview/AZNtbHoQfD6dVWsfDppMIaO0rUbrYQXlT4n8mXbXnVY")]
    url: String,
    #[schema(value_type = String, format = DateTime, example = "2026-11-26T07:30:00Z")]
    created_at: Timestamp,
    #[schema(value_type = String, format = Uuid, example = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c23")]
    created_by: UserId,
    #[schema(value_type = String, format = DateTime, example = "2026-12-03T07:30:00Z")]
    expires_at: Timestamp,
}

/// The live links of an article, the newest first.
#[derive(Debug, Serialize, ToSchema)]
struct PreviewLinkList {
    data: Vec<PreviewLinkOut>,
}

/// An unpublished revision of an article.
#[derive(Debug, Serialize, ToSchema)]
struct PreviewArticle {
    /// Always true, so that a frontend can say that it is one.
    #[schema(example = true)]
    preview: bool,
    #[serde(flatten)]
    article: Article,
}

/// Builds what is shown of a link.
struct LinkView {
    public_url: String,
    preview_path: String,
}

impl LinkView {
    fn read(conn: &mut Conn, config: &Config) -> Result<Self, Error> {
        Ok(Self { public_url: config.public_url.trim_end_matches('/').to_owned(), preview_path: site::find(conn)?.preview_path })
    }

    fn out(&self, seal: &PreviewSeal, link: PreviewLink) -> PreviewLinkOut {
        let token = seal.token(link.id);
        PreviewLinkOut {
            id: link.id,
            article_id: link.article_id,
            revision: link.revision,
            scope: link.scope,
            url: format!("{}{}", self.public_url, self.preview_path.replacen("{token}", &token, 1)),
            token,
            created_at: link.created_at,
            created_by: link.created_by,
            expires_at: link.expires_at,
        }
    }
}

fn read(body: &Value) -> Result<(Option<i32>, PreviewScope, i64), ApiError> {
    read_members(body, |reader| {
        let revision = reader.integer("revision", 1..=i64::from(i32::MAX)).and_then(|number| i32::try_from(number).ok());
        let scope = reader.word("scope").unwrap_or_default();
        (revision, scope, reader.integer("expires_in_hours", 1..=HOURS_MAX).unwrap_or(HOURS_DEFAULT))
    })
}

fn create(conn: &mut Conn, acting: &Acting, key: &Key, body: &Value) -> Result<PreviewLink, ApiError> {
    let (revision, scope, hours) = read(body)?;
    let article = find_for_change(conn, &acting.actor, key)?.article;
    if revision.is_some_and(|number| number > article.revision) {
        return Err(ApiError::validation(vec![Fault::at("/revision", FaultCode::Dangling, "there is no revision of this number")]));
    }
    if preview_links::live(conn, article.id, acting.now)?.len() >= LINKS_MAX {
        return Err(ApiError::new(ProblemCode::InUse, format!("An article has at most {LINKS_MAX} live links; revoke some.")));
    }
    let link = PreviewLink {
        id: PreviewLinkId::new(),
        article_id: article.id,
        revision,
        scope,
        created_at: acting.now,
        created_by: acting.actor.user_id,
        expires_at: acting.now.plus_seconds(hours * 3600),
        revoked_at: None,
    };
    preview_links::insert(conn, &link)?;
    audit(
        conn,
        acting,
        "create",
        &article,
        Some(link.id),
        Some(serde_json::json!({"revision": revision, "scope": scope, "expires_at": link.expires_at})),
    )?;
    Ok(link)
}

fn revoke(conn: &mut Conn, acting: &Acting, key: &Key, id: Option<PreviewLinkId>) -> Result<(), ApiError> {
    let article = find_working(conn, &acting.actor, key)?.article;
    let count = preview_links::revoke(conn, article.id, id, acting.now)?;
    if count == 0 && id.is_some() {
        return Err(ApiError::not_found());
    }
    if count > 0 {
        audit(conn, acting, "revoke", &article, id, None)?;
    }
    Ok(())
}

fn audit(
    conn: &mut Conn,
    acting: &Acting,
    verb: &str,
    article: &articles::Article,
    id: Option<PreviewLinkId>,
    after: Option<Value>,
) -> Result<(), Error> {
    let label = id.map_or_else(|| article.title.clone(), |id| format!("{} ({id})", article.title));
    let (entity_id, subject) = (Some(AnyId(article.id.0)), Kind::Article.word());
    acting.audit(conn, Entry { action: format!("article.{verb}_preview_link"), subject, entity_id, label: Some(label), before: None, after })
}

/// Create a preview link.
///
/// An address under which whoever has it sees the revision, until it expires or is revoked.
#[utoipa::path(tag = "previews", params(("id" = String, Path, description = "Id or slug.", max_length = 120)), request_body(content = Option<PreviewLinkIn>), extensions(("x-unversioned" = json!(true))), responses((status = CREATED, description = "A link.", body = PreviewLinkOut), (status = CONFLICT, description = "Too many links.")))]
#[post("/articles/{id}/preview-links")]
async fn create_preview_link(
    desk: Desk<Contributor>,
    config: Data<Config>,
    seal: Data<PreviewSeal>,
    id: Path<String>,
    body: OptionalJsonBody,
) -> Result<HttpResponse, ApiError> {
    let key = key(&id)?;
    desk.write(move |conn, acting| {
        let link = create(conn, acting, &key, &body.0)?;
        let location = format!("/v1/editor/articles/{}/preview-links/{}", link.article_id, link.id);
        Ok(Written::json(StatusCode::CREATED, &LinkView::read(conn, &config)?.out(&seal, link))?.with_location(location))
    })
    .await
}

/// List the preview links of an article.
///
/// Those that show something, the newest first.
#[utoipa::path(tag = "previews", params(("id" = String, Path, description = "Id or slug.", max_length = 120)), extensions(("x-unversioned" = json!(true))), responses((status = OK, description = "The links.", body = PreviewLinkList)))]
#[get("/articles/{id}/preview-links")]
async fn list_preview_links(
    db: Data<Db>,
    clock: Data<crate::clock::Clock>,
    config: Data<Config>,
    seal: Data<PreviewSeal>,
    contributor: Contributor,
    id: Path<String>,
    query: Query,
) -> Result<HttpResponse, ApiError> {
    query.finish()?;
    let (key, now) = (key(&id)?, clock.now());
    let (links, view) = db
        .read(move |conn| -> Result<_, ApiError> {
            let article = find_working(conn, &contributor.0, &key)?.article;
            Ok((preview_links::live(conn, article.id, now)?, LinkView::read(conn, &config)?))
        })
        .await?;
    Ok(HttpResponse::Ok().json(PreviewLinkList { data: links.into_iter().map(|link| view.out(&seal, link)).collect() }))
}

/// Delete a preview link.
///
/// From now on it shows nothing.
#[utoipa::path(tag = "previews", params(("id" = String, Path, description = "Id or slug.", max_length = 120), ("link_id" = String, Path, description = "The id of the link.", format = Uuid)), extensions(("x-unversioned" = json!(true))), responses((status = NO_CONTENT, description = "Revoked.")))]
#[delete("/articles/{id}/preview-links/{link_id}")]
async fn delete_preview_link(desk: Desk<Contributor>, path: Path<(String, String)>) -> Result<HttpResponse, ApiError> {
    let (id, link_id) = path.into_inner();
    let key = key(&id)?;
    let link_id = PreviewLinkId::parse(&link_id).ok_or_else(ApiError::not_found)?;
    desk.write(move |conn, acting| {
        revoke(conn, acting, &key, Some(link_id))?;
        Ok(Written::nothing())
    })
    .await
}

/// Delete all preview links of an article.
///
/// From now on none of them shows anything.
#[utoipa::path(tag = "previews", params(("id" = String, Path, description = "Id or slug.", max_length = 120)), extensions(("x-unversioned" = json!(true))), responses((status = NO_CONTENT, description = "Revoked.")))]
#[delete("/articles/{id}/preview-links")]
async fn delete_preview_links(desk: Desk<Contributor>, id: Path<String>) -> Result<HttpResponse, ApiError> {
    let key = key(&id)?;
    desk.write(move |conn, acting| {
        revoke(conn, acting, &key, None)?;
        Ok(Written::nothing())
    })
    .await
}

/// The link that a token stands for, and the article as it would be public.
fn find(
    conn: &mut Conn,
    seal: &PreviewSeal,
    token: &str,
    now: Timestamp,
) -> Result<(PreviewLink, articles::Article, masthead_domain::article::ArticleIn), ApiError> {
    let id = seal.open(token).ok_or_else(ApiError::not_found)?;
    let link = preview_links::find(conn, id)?;
    if !link.is_live(now) {
        return Err(ApiError::new(ProblemCode::PreviewEnded, "Ask whoever gave you the address for a new one."));
    }
    let article = articles::find(conn, &Key::Id(AnyId(link.article_id.0)))?;
    let number = link.revision.unwrap_or(article.revision);
    let mut content = content_of(revisions::find(conn, AnyId(article.id.0), number)?)?;
    // A tag or an author of it may have been merged into another since.
    follow(conn, &mut content)?;
    Ok((link, article, content))
}

/// Find a preview.
///
/// The revision that the token stands for, in the shape in which published articles come, with `preview`. A token for a
/// whole page brings all that `include` can ask for.
#[utoipa::path(tag = "previews", params(("token" = String, Path, description = "Of a preview link.", max_length = 200), ArticleItemQuery), responses((status = OK, description = "Not to be kept by anyone.", body = PreviewArticle), (status = GONE, description = "It has expired or was revoked.")))]
#[get("/preview/{token}")]
async fn find_preview(delivery: Delivery, seal: Data<PreviewSeal>, token: Path<String>, mut query: Query) -> Result<HttpResponse, ApiError> {
    let asked = asked_item(&mut query);
    let canonical = query.finish()?;
    let shown = delivery
        .read_once(canonical, move |reading| {
            let now = reading.now;
            let (link, article, content) = find(reading.conn, seal.deref(), &token, now)?;
            let slug = content.slug.clone().unwrap_or_else(|| article.slug.clone());
            let language = language_of(reading.conn, &content)?;
            let article = articles::Article { slug, language, section_id: content.section_id, ..article };
            let published_at = first_publication(&article, now).or(article.visible_from).unwrap_or(now);
            let going = Going { published_at, visible_from: now, visible_until: None, updated_at: now };
            let (mut public, body) = public_copy(&article, &content, &rendered_body(&content), &going);
            public.details.0.corrections = corrections::of_article(reading.conn, article.id)?;
            let includes = if link.scope == PreviewScope::Page { Include::ALL.to_vec() } else { asked.includes.clone() };
            let fields = asked.fields_with(&includes).map(|fields| [fields, vec!["preview"]].concat());
            let article = whole_page(reading, &public, form_of(asked.form, &body), &includes)?;
            item_bytes(&PreviewArticle { preview: true, article }, fields.as_deref())
        })
        .await?;
    Ok(HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, HeaderValue::from_static("no-store")))
        .insert_header((ROBOTS, HeaderValue::from_static("noindex")))
        .content_type("application/json")
        .body(shown))
}

/// The routes of the delivery side.
pub fn routes(routes: &mut Routes) {
    routes.service(find_preview);
}

/// The routes of the editing side.
pub fn desk_routes(routes: &mut Routes) {
    routes.service(create_preview_link).service(list_preview_links).service(delete_preview_link).service(delete_preview_links);
}
