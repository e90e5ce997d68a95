//! The revisions of an article: listed, read, compared, brought back.

use crate::articles::drafts::{Saving, permit_editing, read_content, save};
use crate::articles::revision_diff::{FieldDiff, differing};
use crate::articles::working::{EditorArticle, Working, change, content_of, find_for_change, find_visible, seen};
use crate::config::Config;
use crate::desk::{Versioned, check_version};
use crate::error::ApiError;
use crate::identity::Contributor;
use crate::merging::follow;
use crate::page::PageQuery;
use crate::record::key;
use crate::request::{IfMatch, OptionalJsonBody, Query, read_members};
use crate::revisions::{Marked, RevisionList, RevisionQuery, RevisionSummary, answer_list, number, read_note};
use crate::routing::Routes;
use crate::seal::Seal;
use crate::writing::{Acting, Desk};
use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get, post};
use masthead_domain::article::ArticleIn;
use masthead_domain::column::AnyId;
use masthead_domain::fault::{Fault, FaultCode};
use masthead_domain::slug::Slug;
use masthead_store::articles::Article;
use masthead_store::db::Db;
use masthead_store::dialect::Conn;
use masthead_store::error::Error;
use masthead_store::record::Key;
use masthead_store::revisions::{self, Remark};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

/// A revision of an article.
#[derive(Debug, Serialize, ToSchema)]
pub struct ArticleRevision {
    #[serde(flatten)]
    summary: RevisionSummary,
    /// What was entered.
    content: ArticleIn,
}

/// Where a revision differs from another one.
#[derive(Debug, Serialize, ToSchema)]
pub struct RevisionDiff {
    /// The revision that is looked at.
    #[schema(minimum = 1, example = 2)]
    number: i32,
    /// The revision that it is compared with; absent for the first one, which is compared with nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, example = 1)]
    against: Option<i32>,
    /// The members that differ.
    fields: Vec<FieldDiff>,
}

/// What a revision is compared with.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "documents the query; it is read parameter by parameter")]
struct RevisionDiffQuery {
    /// The number of the other revision; the one before where absent.
    #[param(value_type = Option<i32>, minimum = 1, maximum = 2_147_483_647)]
    against: Option<i32>,
}

/// How to bring a revision back.
#[derive(Deserialize, ToSchema)]
#[allow(dead_code, reason = "documents the body; it is read member by member")]
struct RestoreIn {
    /// Whether to leave out what the revision refers to and what is no longer there, and to keep the present slug where another
    /// article has the old one by now.
    #[schema(default = false)]
    allow_partial: Option<bool>,
    /// A line on the change, for the list of revisions.
    #[schema(max_length = 500, example = "Back to what the lawyers have read")]
    revision_note: Option<String>,
}

fn marked(article: &Article) -> Marked {
    let (current, public, prepared) = (article.revision, article.public_revision, article.prepared_revision);
    Marked { entity_id: AnyId(article.id.0), current, public, prepared }
}

/// What was entered with the revision of that number.
fn content(conn: &mut Conn, article: &Article, number: i32) -> Result<ArticleIn, ApiError> {
    content_of(revisions::find(conn, AnyId(article.id.0), number)?)
}

/// What stands in the way of bringing a revision back: what it refers to has gone, or its slug is another's.
fn is_in_the_way(fault: &Fault) -> bool {
    fault.code == FaultCode::Dangling || (fault.code == FaultCode::Taken && fault.pointer.as_deref() == Some("/slug"))
}

/// Takes out of a content what faults of that kind point at: an item of a list as a whole, or a member.
fn leave_out(content: &mut Value, faults: &[Fault], slug: &Slug) {
    let Some(members) = content.as_object_mut() else { return };
    // From the end of each list, so that the places before it stay.
    for fault in faults.iter().rev() {
        let mut segments = fault.pointer.as_deref().unwrap_or_default().split('/').skip(1);
        let (Some(name), index) = (segments.next(), segments.next().and_then(|index| index.parse::<usize>().ok())) else { continue };
        match (members.get_mut(name).and_then(Value::as_array_mut), index) {
            (Some(items), Some(index)) if index < items.len() => drop(items.remove(index)),
            _ if name == "slug" => drop(members.insert(name.to_owned(), slug.as_str().into())),
            _ => drop(members.shift_remove(name)),
        }
    }
}

/// The content of a revision as it can be saved today.
fn restorable(conn: &mut Conn, acting: &Acting, article: &Article, mut then: ArticleIn, allow_partial: bool) -> Result<ArticleIn, ApiError> {
    // What was merged since is still there, under another id; and the places that faults name are those of what is left.
    follow(conn, &mut then)?;
    let mut value = serde_json::to_value(&then).map_err(ApiError::internal)?;
    let own = Some((article.id, &then));
    match read_content(conn, acting, &value, own, Vec::new()) {
        Err(error) if allow_partial && !error.errors.is_empty() && error.errors.iter().all(is_in_the_way) => {
            leave_out(&mut value, &error.errors, &article.slug);
            read_content(conn, acting, &value, own, Vec::new())
        }
        read => read,
    }
}

/// Makes a new revision of an old one.
fn restore(conn: &mut Conn, acting: &Acting, key: &Key, if_match: &IfMatch, number: i32, body: &Value) -> Result<Working, ApiError> {
    let working = find_for_change(conn, &acting.actor, key)?;
    permit_editing(acting, &working.article)?;
    check_version(conn, if_match, &seen(&working.article))?;
    let then = content(conn, &working.article, number)?;
    let (allow_partial, note) = read_members(body, |reader| (reader.boolean("allow_partial").unwrap_or(false), read_note(reader)))?;
    let content = restorable(conn, acting, &working.article, then, allow_partial)?;
    let remark = Remark { note, restored_from: Some(number) };
    save(conn, acting, working, content, Saving { verb: "restore_revision", remark })
}

/// List the revisions of an article.
///
/// All that was ever saved, the newest first: who, when, and what they said of it.
#[utoipa::path(tag = "articles", params(("id" = String, Path, description = "Id or slug.", max_length = 120), PageQuery, RevisionQuery), responses((status = OK, description = "A page.", body = RevisionList)))]
#[get("/articles/{id}/revisions")]
async fn list_article_revisions(
    db: Data<Db>,
    seal: Data<Seal>,
    contributor: Contributor,
    id: Path<String>,
    query: Query,
) -> Result<HttpResponse, ApiError> {
    let key = key(&id)?;
    answer_list(&db, &seal, query, move |conn| Ok(marked(&find_visible(conn, &contributor.0, &key)?))).await
}

/// Find a revision of an article.
///
/// What was entered then, as it was entered. It never changes.
#[utoipa::path(tag = "articles", extensions(("x-unversioned" = json!(true))), params(("id" = String, Path, description = "Id or slug.", max_length = 120), ("number" = i32, Path, description = "The number of the revision.", minimum = 1)), responses((status = OK, description = "Found.", body = ArticleRevision)))]
#[get("/articles/{id}/revisions/{number}")]
async fn find_article_revision(db: Data<Db>, contributor: Contributor, path: Path<(String, String)>, query: Query) -> Result<HttpResponse, ApiError> {
    query.finish()?;
    let (key, number) = (key(&path.0)?, number(&path.1)?);
    let (summary, document) = db
        .read(move |conn| -> Result<_, ApiError> {
            let article = find_visible(conn, &contributor.0, &key)?;
            marked(&article).find(conn, number)
        })
        .await?;
    let content = serde_json::from_value(document).map_err(ApiError::internal)?;
    Ok(HttpResponse::Ok().json(ArticleRevision { summary, content }))
}

/// Compare a revision of an article.
///
/// The members in which it differs from another revision, by default from the one before; of texts also the words. Where
/// two long texts have so little in common that comparing their words would take too long, lines are compared, as `unit` tells.
#[utoipa::path(tag = "articles", extensions(("x-unversioned" = json!(true))), params(("id" = String, Path, description = "Id or slug.", max_length = 120), ("number" = i32, Path, description = "The number of the revision.", minimum = 1), RevisionDiffQuery), responses((status = OK, description = "What differs.", body = RevisionDiff)))]
#[get("/articles/{id}/revisions/{number}/diff")]
async fn diff_article_revision(
    db: Data<Db>,
    contributor: Contributor,
    path: Path<(String, String)>,
    mut query: Query,
) -> Result<HttpResponse, ApiError> {
    let against = query.integer("against", 1..=i64::from(i32::MAX)).and_then(|against| i32::try_from(against).ok());
    query.finish()?;
    let (key, number) = (key(&path.0)?, number(&path.1)?);
    let (against, before, after) = db
        .read(move |conn| -> Result<_, ApiError> {
            let article = find_visible(conn, &contributor.0, &key)?;
            let after = content(conn, &article, number)?;
            let against = against.or((number > 1).then(|| number - 1));
            let before = against.map(|against| find_other(conn, &article, against)).transpose()?;
            Ok((against, before, after))
        })
        .await?;
    // Long texts take long: not on a thread that answers, nor on one of the database.
    let fields = actix_web::web::block(move || differing(before.as_ref(), &after)).await.map_err(ApiError::internal)??;
    Ok(HttpResponse::Ok().json(RevisionDiff { number, against, fields }))
}

/// What was entered with the revision that the query names.
fn find_other(conn: &mut Conn, article: &Article, against: i32) -> Result<ArticleIn, ApiError> {
    match revisions::find(conn, AnyId(article.id.0), against) {
        Err(Error::NotFound) => Err(ApiError::query(vec![Fault::parameter("against", FaultCode::Dangling, "there is no revision of this number")])),
        found => content_of(found?),
    }
}

/// Restore a revision of an article.
///
/// Saves what was entered then as a new revision; nothing is rewritten, and a revision that is no different from the present one
/// makes none. What the revision refers to and what is gone by now is named as faults, whose pointers are into the content of the
/// revision, as is a slug that another article has by now; with `allow_partial` it is left out instead.
#[utoipa::path(tag = "articles", params(("id" = String, Path, description = "Id or slug.", max_length = 120), ("number" = i32, Path, description = "The number of the revision.", minimum = 1)), request_body(content = Option<RestoreIn>), responses((status = OK, description = "Restored, or as it was.", body = EditorArticle)))]
#[post("/articles/{id}/revisions/{number}/restore")]
async fn restore_article_revision(
    desk: Desk<Contributor>,
    config: Data<Config>,
    path: Path<(String, String)>,
    if_match: IfMatch,
    body: OptionalJsonBody,
) -> Result<HttpResponse, ApiError> {
    let (key, number) = (key(&path.0)?, number(&path.1)?);
    change(desk, config, None, Versioned::ok, move |conn, acting, _| restore(conn, acting, &key, &if_match, number, &body.0)).await
}

/// The routes of the editing side.
pub fn desk_routes(routes: &mut Routes) {
    routes.service(list_article_revisions).service(find_article_revision).service(diff_article_revision).service(restore_article_revision);
}
