//! Who is editing an article. A lock is advice to other people and their programs: what guards a save is the version, and a lock
//! neither changes it nor stops anybody who has the current one.

use crate::articles::drafts::permit_editing;
use crate::articles::working::{audit, find_visible};
use crate::clock::Clock;
use crate::desk::permit;
use crate::error::{ApiError, ProblemCode};
use crate::identity::Contributor;
use crate::record::key;
use crate::request::{OptionalJsonBody, Query, read_members};
use crate::routing::Routes;
use crate::writing::{Acting, Desk, Written};
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, delete, get, put};
use masthead_domain::id::{ArticleId, UserId};
use masthead_domain::permission::Action;
use masthead_domain::time::Timestamp;
use masthead_store::article_locks::{self, ArticleLock};
use masthead_store::articles::Article;
use masthead_store::db::Db;
use masthead_store::dialect::Conn;
use masthead_store::error::Error;
use masthead_store::record::Key;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// How long a lock lasts that is not renewed.
const LASTS_SECONDS: i64 = 600;

/// Who is editing an article.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Lock {
    #[schema(value_type = String, format = Uuid, example = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c22")]
    pub user_id: UserId,
    #[schema(example = "Ida Moss")]
    pub name: String,
    #[schema(value_type = String, format = DateTime, example = "2026-11-26T07:30:00Z")]
    pub since: Timestamp,
    /// When it ends, unless it is renewed.
    #[schema(value_type = String, format = DateTime, example = "2026-11-26T07:40:00Z")]
    pub expires_at: Timestamp,
}

/// How to lock an article.
#[derive(Deserialize, ToSchema)]
#[allow(dead_code, reason = "documents the body; it is read member by member")]
struct LockIn {
    /// Whether to break the lock of somebody else; editors only.
    #[schema(default = false)]
    take_over: Option<bool>,
}

impl Lock {
    fn new((lock, name): (ArticleLock, String)) -> Self {
        Self { user_id: lock.user_id, name, since: lock.since, expires_at: lock.expires_at }
    }

    fn json(&self) -> Result<Value, ApiError> {
        serde_json::to_value(self).map_err(ApiError::internal)
    }
}

/// The lock that is on an article at a time.
///
/// # Errors
/// Those of the database.
pub fn held(conn: &mut Conn, id: ArticleId, now: Timestamp) -> Result<Option<Lock>, Error> {
    Ok(article_locks::held(conn, id, now)?.map(Lock::new))
}

fn locked(lock: Lock) -> ApiError {
    let detail = format!("{} has been editing it since {}.", lock.name, lock.since);
    ApiError { lock: Some(Box::new(lock)), ..ApiError::new(ProblemCode::Locked, detail) }
}

/// What breaking the lock of an article is to the policy: for whoever decides on it.
fn breaking(article: &Article) -> Action {
    Action::PublishArticle { section_id: article.section_id }
}

/// Takes the lock, or renews it where the actor holds it.
fn lock(conn: &mut Conn, acting: &Acting, key: &Key, take_over: bool) -> Result<Lock, ApiError> {
    let article = find_visible(conn, &acting.actor, key)?;
    permit_editing(acting, &article)?;
    let (user_id, now) = (acting.actor.user_id, acting.now);
    let wanted = ArticleLock { article_id: article.id, user_id, since: now, expires_at: now.plus_seconds(LASTS_SECONDS) };
    if article_locks::take(conn, &wanted, now)? || article_locks::renew(conn, article.id, user_id, wanted.expires_at)? {
        return find_held(conn, article.id, now);
    }
    let other = find_held(conn, article.id, now)?;
    if !take_over {
        return Err(locked(other));
    }
    permit(&acting.actor, breaking(&article))?;
    article_locks::replace(conn, &wanted)?;
    let own = find_held(conn, article.id, now)?;
    audit(conn, acting, "break_lock", &article, Some(other.json()?), Some(own.json()?))?;
    Ok(own)
}

/// The lock that was there a moment ago.
fn find_held(conn: &mut Conn, id: ArticleId, now: Timestamp) -> Result<Lock, ApiError> {
    held(conn, id, now)?.ok_or_else(|| ApiError::unavailable("a lock was just given up"))
}

/// Takes the lock off; that of somebody else only as an editor.
fn unlock(conn: &mut Conn, acting: &Acting, key: &Key) -> Result<(), ApiError> {
    let article = find_visible(conn, &acting.actor, key)?;
    let Some(lock) = held(conn, article.id, acting.now)? else { return Ok(()) };
    if lock.user_id != acting.actor.user_id {
        if !acting.actor.may(breaking(&article)) {
            return Err(locked(lock));
        }
        audit(conn, acting, "break_lock", &article, Some(lock.json()?), None)?;
    }
    Ok(article_locks::delete(conn, article.id, lock.user_id)?)
}

/// Find the lock of an article.
///
/// Who is editing it, since when, and when that ends by itself. Where nobody is, there is nothing here.
#[utoipa::path(tag = "articles", extensions(("x-unversioned" = json!(true))), params(("id" = String, Path, description = "Id or slug.", max_length = 120)), responses((status = OK, description = "Somebody is editing it.", body = Lock)))]
#[get("/articles/{id}/lock")]
async fn find_article_lock(
    db: Data<Db>,
    clock: Data<Clock>,
    contributor: Contributor,
    id: Path<String>,
    query: Query,
) -> Result<HttpResponse, ApiError> {
    query.finish()?;
    let (key, now) = (key(&id)?, clock.now());
    let found = db
        .read(move |conn| -> Result<_, ApiError> {
            let article = find_visible(conn, &contributor.0, &key)?;
            held(conn, article.id, now)?.ok_or_else(|| ApiError::new(ProblemCode::NotFound, "Nobody is editing it."))
        })
        .await?;
    Ok(HttpResponse::Ok().json(found))
}

/// Lock an article.
///
/// Tells others that one is editing it, for ten minutes; sent again by the holder, for ten minutes more. While somebody else
/// holds it the answer is 409 with the code `locked`, and `lock` says who; an editor can break their lock with `take_over`. It is
/// advice: saving is guarded by versions, and whoever has the current one can save.
#[utoipa::path(tag = "articles", extensions(("x-unversioned" = json!(true))), params(("id" = String, Path, description = "Id or slug.", max_length = 120)), request_body(content = Option<LockIn>), responses((status = OK, description = "Held, by the caller.", body = Lock), (status = CONFLICT, description = "Somebody else is editing it; `lock` says who.")))]
#[put("/articles/{id}/lock")]
async fn lock_article(desk: Desk<Contributor>, id: Path<String>, body: OptionalJsonBody) -> Result<HttpResponse, ApiError> {
    let key = key(&id)?;
    let take_over = read_members(&body.0, |reader| reader.boolean("take_over").unwrap_or(false))?;
    desk.write(move |conn, acting| Written::json(StatusCode::OK, &lock(conn, acting, &key, take_over)?)).await
}

/// Unlock an article.
///
/// By whoever holds the lock; where nobody does, all is as it should be. An editor breaks the lock of somebody else with it.
#[utoipa::path(tag = "articles", extensions(("x-unversioned" = json!(true))), params(("id" = String, Path, description = "Id or slug.", max_length = 120)), responses((status = NO_CONTENT, description = "Nobody is editing it."), (status = CONFLICT, description = "Somebody else is editing it; `lock` says who.")))]
#[delete("/articles/{id}/lock")]
async fn unlock_article(desk: Desk<Contributor>, id: Path<String>) -> Result<HttpResponse, ApiError> {
    let key = key(&id)?;
    desk.write(move |conn, acting| {
        unlock(conn, acting, &key)?;
        Ok(Written::nothing())
    })
    .await
}

/// The routes of the editing side.
pub fn desk_routes(routes: &mut Routes) {
    routes.service(find_article_lock).service(lock_article).service(unlock_article);
}
