//! The steps from state to state.

use crate::articles::publication::{make_public, note};
use crate::articles::working::{EditorArticle, Working, audit, change, find_working, first_publication, seen, standing};
use crate::config::Config;
use crate::desk::{Versioned, check_version, permit};
use crate::error::ApiError;
use crate::identity::Editor;
use crate::record::key;
use crate::request::{IfMatch, JsonBody, OptionalJsonBody};
use crate::writing::{Acting, Desk};
use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, post};
use masthead_domain::article::{ArticleIn, ArticleState, Step};
use masthead_domain::body::Body;
use masthead_domain::change::ChangeAction;
use masthead_domain::column::AnyId;
use masthead_domain::fault::{Fault, FaultCode};
use masthead_domain::kind::Kind;
use masthead_domain::permission::Action;
use masthead_domain::read::Reader;
use masthead_domain::time::Timestamp;
use masthead_domain::vocabulary::Vocabulary;
use masthead_store::articles::{self, Article};
use masthead_store::dialect::Conn;
use masthead_store::error::Error;
use masthead_store::public_articles::{self};
use masthead_store::record::Key;
use masthead_store::retired_slugs;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

/// How to publish.
#[derive(Deserialize, ToSchema)]
#[allow(dead_code, reason = "documents the body; it is read member by member")]
pub struct PublishIn {
    /// For a piece that was first published elsewhere or earlier: when. Only in the past, and only before the first publication here.
    #[schema(value_type = Option<String>, format = DateTime, example = "2020-10-19T06:00:00Z")]
    published_at: Option<Timestamp>,
}

/// When to publish.
#[derive(Deserialize, ToSchema)]
#[allow(dead_code, reason = "documents the body; it is read member by member")]
pub struct ScheduleIn {
    /// In the future.
    #[schema(value_type = String, format = DateTime, example = "2026-11-27T06:00:00Z")]
    publish_at: Timestamp,
}
/// An article after a step, and its body if that was rendered for it.
pub struct Stepped {
    article: Article,
    pub rendered: Option<Body>,
}

/// Takes a step: finds the article, checks the right, the version and the state, and lets `step` make the change.
pub fn take_step(
    conn: &mut Conn,
    acting: &Acting,
    key: &Key,
    if_match: &IfMatch,
    step: Step,
    change: impl FnOnce(&mut Conn, &Article, &ArticleIn) -> Result<Option<Stepped>, ApiError>,
) -> Result<Working, ApiError> {
    let Acting { actor, now, .. } = acting;
    let now = *now;
    let Working { article, content, .. } = find_working(conn, actor, key)?;
    permit(actor, Action::PublishArticle)?;
    check_version(conn, if_match, &seen(&article))?;
    article.state(now).check(step)?;
    let Some(Stepped { article: changed, rendered }) = change(conn, &article, &content)? else {
        return Ok(Working { article, content, rendered: None });
    };
    let changed = Article { version: article.version + 1, updated_at: now, updated_by: actor.user_id, ..changed };
    articles::update(conn, article.version, &changed)?;
    audit(conn, acting, step.word(), &changed, Some(standing(&article, now)), Some(standing(&changed, now)))?;
    Ok(Working { article: changed, content, rendered })
}
/// Reads the only member of an action's body.
pub fn read_time(value: &serde_json::Value, name: &'static str) -> Result<Option<Timestamp>, ApiError> {
    let mut faults = Vec::new();
    let mut reader = Reader::root(value, &mut faults);
    let time = reader.time(name);
    reader.finish();
    if faults.is_empty() { Ok(time) } else { Err(ApiError::validation(faults)) }
}

pub fn refuse_time(name: &str, code: FaultCode, message: &str) -> ApiError {
    ApiError::validation(vec![Fault::at(format!("/{name}"), code, message)])
}

pub fn publish(conn: &mut Conn, acting: &Acting, key: &Key, if_match: &IfMatch, earlier: Option<Timestamp>) -> Result<Working, ApiError> {
    let now = acting.now;
    take_step(conn, acting, key, if_match, Step::Publish, |conn, article, content| {
        let state = article.state(now);
        if state == ArticleState::Published && !article.has_unpublished_changes() && earlier.is_none() {
            return Ok(None);
        }
        let first = first_publication(article, now);
        let published_at = match (first, earlier) {
            (None, earlier) => earlier.unwrap_or(now),
            (Some(first), None) => first,
            (Some(_), Some(_)) => {
                return Err(refuse_time("published_at", FaultCode::NotPermitted, "it has been published here before; the first publication stays"));
            }
        };
        if published_at > now {
            return Err(refuse_time("published_at", FaultCode::OutOfRange, "is in the future; schedule it instead"));
        }
        let visible_from = article.visible_from.filter(|_| state == ArticleState::Published).unwrap_or(published_at);
        let updated_at = if first.is_some() { now } else { published_at };
        let rendered = make_public(conn, article, content, now, published_at, visible_from, updated_at)?;
        let article = Article {
            public_revision: Some(article.revision),
            visible_from: Some(visible_from),
            first_published_at: Some(published_at),
            ..article.clone()
        };
        Ok(Some(Stepped { article, rendered: Some(rendered) }))
    })
}

pub fn schedule(conn: &mut Conn, acting: &Acting, key: &Key, if_match: &IfMatch, publish_at: Timestamp) -> Result<Working, ApiError> {
    let now = acting.now;
    take_step(conn, acting, key, if_match, Step::Schedule, |conn, article, content| {
        if publish_at <= now {
            return Err(refuse_time("publish_at", FaultCode::OutOfRange, "must be in the future"));
        }
        if article.visible_from == Some(publish_at) && article.public_revision == Some(article.revision) {
            return Ok(None);
        }
        let rendered = make_public(conn, article, content, now, article.first_published_at.unwrap_or(publish_at), publish_at, publish_at)?;
        let article = Article { public_revision: Some(article.revision), visible_from: Some(publish_at), ..article.clone() };
        Ok(Some(Stepped { article, rendered: Some(rendered) }))
    })
}

pub fn take_back(conn: &mut Conn, acting: &Acting, key: &Key, if_match: &IfMatch, step: Step) -> Result<Working, ApiError> {
    let now = acting.now;
    take_step(conn, acting, key, if_match, step, |conn, article, _| {
        if step == Step::Unpublish {
            // Readers have this address; it must lead to the article again if it comes back under another.
            let slug = public_articles::standing(conn, article.id)?.ok_or(Error::NotFound)?.slug;
            retired_slugs::retire(conn, Kind::Article, AnyId(article.id.0), &slug, &slug, now)?;
        }
        note(conn, article, if step == Step::Unpublish { ChangeAction::Unpublished } else { ChangeAction::Unscheduled }, now);
        public_articles::remove(conn, article.id)?;
        let article = Article { public_revision: None, visible_from: None, first_published_at: first_publication(article, now), ..article.clone() };
        Ok(Some(Stepped { article, rendered: None }))
    })
}
/// Publish an article.
///
/// Makes the latest revision public at once. What is missing is listed all at once: a text, parts of a credit, a
/// permission that does not cover today.
#[utoipa::path(tag = "articles", params(("id" = String, Path, description = "Id or slug.", max_length = 120)), request_body(content = Option<PublishIn>), responses((status = OK, description = "Public.", body = EditorArticle), (status = CONFLICT, description = "Not from this state; `allowed` names the possible steps.")))]
#[post("/articles/{id}/publish")]
async fn publish_article(
    desk: Desk<Editor>,
    config: Data<Config>,
    id: Path<String>,
    if_match: IfMatch,
    body: OptionalJsonBody,
) -> Result<HttpResponse, ApiError> {
    let key = key(&id)?;
    let earlier = read_time(&body.0, "published_at")?;
    change(desk, config, None, Versioned::ok, move |conn, acting, _| publish(conn, acting, &key, &if_match, earlier)).await
}

/// Schedule an article.
///
/// Makes the latest revision public at a time to come; by the clock alone, to the second. What is missing is listed now.
#[utoipa::path(tag = "articles", params(("id" = String, Path, description = "Id or slug.", max_length = 120)), request_body = ScheduleIn, responses((status = OK, description = "Scheduled.", body = EditorArticle), (status = CONFLICT, description = "Not from this state; `allowed` names the possible steps.")))]
#[post("/articles/{id}/schedule")]
async fn schedule_article(
    desk: Desk<Editor>,
    config: Data<Config>,
    id: Path<String>,
    if_match: IfMatch,
    body: JsonBody,
) -> Result<HttpResponse, ApiError> {
    let key = key(&id)?;
    let publish_at = read_time(&body.0, "publish_at")?.ok_or_else(|| refuse_time("publish_at", FaultCode::Required, "is required"))?;
    change(desk, config, None, Versioned::ok, move |conn, acting, _| schedule(conn, acting, &key, &if_match, publish_at)).await
}

macro_rules! take_back_route {
    ($(#[$doc:meta])* $path:literal, $function:ident, $step:expr, $done:literal) => {
        $(#[$doc])*
        #[utoipa::path(tag = "articles", params(("id" = String, Path, description = "Id or slug.", max_length = 120)), responses((status = OK, description = $done, body = EditorArticle), (status = CONFLICT, description = "Not from this state; `allowed` names the possible steps.")))]
        #[post($path)]
        async fn $function(
            desk: Desk<Editor>,
            config: Data<Config>,
            id: Path<String>,
            if_match: IfMatch,
        ) -> Result<HttpResponse, ApiError> {
            let key = key(&id)?;
            change(desk, config, None, Versioned::ok, move |conn, acting, _| take_back(conn, acting, &key, &if_match, $step)).await
        }
    };
}

take_back_route! {
    /// Unschedule an article.
    ///
    /// Makes a draft of it again; possible until its time.
    "/articles/{id}/unschedule", unschedule_article, Step::Unschedule, "A draft again."
}

take_back_route! {
    /// Unpublish an article.
    ///
    /// Takes it out of public at once; the time of its first publication is kept.
    "/articles/{id}/unpublish", unpublish_article, Step::Unpublish, "A draft again."
}

/// The routes of the steps.
pub fn routes(config: &mut ServiceConfig) {
    config.service(publish_article).service(schedule_article).service(unschedule_article).service(unpublish_article);
}
