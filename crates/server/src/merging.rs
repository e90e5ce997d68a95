//! Merging a tag or an author into another: whatever refers to the one refers to the other afterwards, in one transaction.
//!
//! What editors work on gets a new revision, so that no revision is ever changed; what is public is changed in place. Old
//! addresses and old ids lead to the one that is left, and a revision from before that is entered again means it too.

use crate::authors::EditorAuthor;
use crate::desk::{self, Record, Versioned, check_version, permit, seen};
use crate::error::{ApiError, ProblemCode};
use crate::identity::Editor;
use crate::record::key;
use crate::request::{IfMatch, JsonBody, read_members};
use crate::routing::Routes;
use crate::tags::EditorTag;
use crate::writing::{Acting, Desk, Entry};
use actix_web::web::Path;
use actix_web::{HttpResponse, post};
use masthead_domain::article::{ArticleIn, BylineIn};
use masthead_domain::change::ChangeAction;
use masthead_domain::column::{AnyId, Json};
use masthead_domain::fault::{Fault, FaultCode};
use masthead_domain::id::{ArticleId, AuthorId, TagId};
use masthead_domain::kind::Kind;
use masthead_domain::permission::Action;
use masthead_domain::vocabulary::Vocabulary;
use masthead_store::articles;
use masthead_store::authors::Author;
use masthead_store::changes::NewChange;
use masthead_store::collections::{self, Collection};
use masthead_store::dialect::{Conn, Turn};
use masthead_store::error::Error;
use masthead_store::meetings::{self, Meeting};
use masthead_store::record::{Key, distinct};
use masthead_store::revisions::{self, Revision};
use masthead_store::tags::Tag;
use masthead_store::{merged_records, public_articles, retired_slugs};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::HashMap;
use utoipa::ToSchema;
use uuid::Uuid;

/// How many articles may refer to what is merged: it is all done in one transaction, while no other change is made.
const ARTICLES_MAX: usize = 10_000;

/// How many articles are read at a time.
const BATCH: usize = 200;

/// What something is merged into.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "documents the body; it is read member by member")]
struct MergeIn {
    /// The one that is left.
    #[schema(value_type = String, format = Uuid, example = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c23")]
    into_id: Uuid,
}

/// Two records of a kind, one of which is to become part of the other.
struct Pair<R> {
    old: R,
    target: R,
}

/// Finds the two records, and refuses what cannot be merged.
fn read<R: Record>(conn: &mut Conn, acting: &Acting, key: &Key, if_match: &IfMatch, body: &Value) -> Result<Pair<R>, ApiError> {
    permit(&acting.actor, Action::EditRecords)?;
    conn.take_turns(Turn::Names)?;
    let old = R::find(conn, key)?;
    check_version(conn, if_match, &seen(&old.meta()))?;
    let into_id: Option<Uuid> = read_members(body, |reader| reader.required_id("into_id"))?;
    let refused = |code, message: String| ApiError::validation(vec![Fault::at("/into_id", code, message)]);
    let Some(id) = into_id.map(AnyId).filter(|id| *id != old.meta().id) else {
        return Err(refused(FaultCode::Circular, "nothing can be merged into itself".to_owned()));
    };
    match R::find(conn, &Key::Id(id)) {
        Ok(target) => Ok(Pair { old, target }),
        Err(Error::NotFound) => Err(refused(FaultCode::Dangling, format!("there is no {} of this id", R::KIND))),
        Err(error) => Err(error.into()),
    }
}

/// Deletes the old record, after nothing refers to it any more, and leads its addresses to the other.
fn finish<R: Record>(conn: &mut Conn, acting: &Acting, pair: Pair<R>, count: usize) -> Result<Versioned<R::Editor>, ApiError> {
    let Pair { old, target } = pair;
    let (from, into) = (old.meta(), target.meta());
    let mut old_input = old.input(conn)?;
    let before = serde_json::to_value(&old_input).map_err(ApiError::internal)?;
    let mut input = target.input(conn)?;
    retired_slugs::hand_over(conn, R::KIND, from.id, into.id)?;
    retired_slugs::retire(conn, R::KIND, into.id, &from.slug, &into.slug, acting.now)?;
    merged_records::insert(conn, R::KIND, from.id, into.id, acting.now)?;
    for (id, action, revision) in [(from.id, ChangeAction::Deleted, from.version), (into.id, ChangeAction::Updated, into.version)] {
        conn.note(NewChange { kind: R::KIND, entity_id: id, action, revision, changed_at: acting.now });
    }
    acting.audit(
        conn,
        Entry {
            action: format!("{}.merge", R::KIND),
            subject: R::KIND.word(),
            entity_id: Some(from.id),
            label: Some(R::slug_source(&mut old_input).1.to_owned()),
            before: Some(before),
            after: Some(json!({"into_id": into.id, "into": R::slug_source(&mut input).1, "articles": count})),
        },
    )?;
    old.delete(conn)?;
    Ok(Versioned { version: into.version, id: into.id, value: target.editor(input) })
}

/// Puts one id in the place of another, where the other does not stand already.
fn replace<I: PartialEq + Copy>(ids: &mut Vec<I>, old: I, new: I) {
    replace_by(ids, |id| {
        if *id == old {
            *id = new
        }
    });
}

/// Changes the items of a list, of which each is then left once, in its first place.
fn replace_by<T: PartialEq>(items: &mut Vec<T>, change: impl Fn(&mut T)) {
    items.iter_mut().for_each(change);
    let mut seen: Vec<T> = Vec::with_capacity(items.len());
    for item in std::mem::take(items) {
        if !seen.contains(&item) {
            seen.push(item);
        }
    }
    *items = seen;
}

/// Lets articles refer to another thing, in what is worked on and in what is public.
fn rewrite_articles(
    conn: &mut Conn,
    acting: &Acting,
    ids: &[ArticleId],
    change: impl Fn(&mut Vec<BylineIn>, &mut Vec<TagId>),
) -> Result<(), ApiError> {
    if ids.len() > ARTICLES_MAX {
        let detail = format!("{} articles refer to it; at most {ARTICLES_MAX} can be changed at once.", ids.len());
        return Err(ApiError::new(ProblemCode::InUse, detail));
    }
    // Before anything is read of them: who is at one of them now is waited for, and who comes later waits.
    articles::lock_all(conn, ids)?;
    for ids in ids.chunks(BATCH) {
        let rows = articles::by_ids(conn, ids)?;
        let keys: Vec<(AnyId, i32)> = rows.iter().map(|row| (AnyId(row.id.0), row.revision)).collect();
        let mut documents: HashMap<AnyId, Value> =
            revisions::by_keys(conn, &keys)?.into_iter().map(|revision| (revision.entity_id, revision.document.0)).collect();
        let mut changed = Vec::new();
        for row in rows {
            let entity_id = AnyId(row.id.0);
            let document = documents.remove(&entity_id).ok_or_else(|| ApiError::internal("an article has no revision"))?;
            let old: ArticleIn = serde_json::from_value(document).map_err(ApiError::internal)?;
            let mut content = old.clone();
            change(&mut content.bylines, &mut content.tag_ids);
            if content != old {
                changed.push(Revision {
                    entity_id,
                    number: row.revision + 1,
                    kind: Kind::Article,
                    version: row.version + 1,
                    document: Json(serde_json::to_value(&content).map_err(ApiError::internal)?),
                    created_at: acting.now,
                    created_by: Some(acting.actor.user_id),
                });
            }
        }
        revisions::insert_all(conn, &changed)?;
        let ids_changed: Vec<ArticleId> = changed.iter().map(|revision| ArticleId(revision.entity_id.0)).collect();
        articles::advance(conn, &ids_changed, acting.actor.user_id, acting.now)?;
        let mut public = public_articles::standing_by_ids(conn, ids)?;
        for article in &mut public {
            let details = &mut article.details.0;
            change(&mut details.bylines, &mut details.tag_ids);
        }
        public_articles::rewrite(conn, &public)?;
    }
    Ok(())
}

fn merge_tags(conn: &mut Conn, acting: &Acting, key: &Key, if_match: &IfMatch, body: &Value) -> Result<Versioned<EditorTag>, ApiError> {
    let pair: Pair<Tag> = read(conn, acting, key, if_match, body)?;
    let (old, new) = (pair.old.id, pair.target.id);
    let ids = articles::with_tag(conn, old)?;
    rewrite_articles(conn, acting, &ids, |_, tag_ids| replace(tag_ids, old, new))?;
    articles::replace_tag(conn, old, new)?;
    for id in meetings::with_tag(conn, old)? {
        desk::rewrite::<Meeting>(conn, acting, AnyId(id.0), |input| replace(&mut input.tag_ids, old, new))?;
    }
    for id in collections::filled_by_tag(conn, old)? {
        desk::rewrite::<Collection>(conn, acting, AnyId(id.0), |input| {
            if let Some(fill) = &mut input.fill {
                fill.tag_id = Some(new);
            }
        })?;
    }
    finish(conn, acting, pair, ids.len())
}

fn merge_authors(conn: &mut Conn, acting: &Acting, key: &Key, if_match: &IfMatch, body: &Value) -> Result<Versioned<EditorAuthor>, ApiError> {
    let pair: Pair<Author> = read(conn, acting, key, if_match, body)?;
    let (old, new) = (pair.old.id, pair.target.id);
    let ids = articles::with_author(conn, old)?;
    // One who wrote and took the pictures stands there with both.
    let change = |byline: &mut BylineIn| {
        if byline.author_id == old {
            byline.author_id = new;
        }
    };
    rewrite_articles(conn, acting, &ids, |bylines, _| replace_by(bylines, change))?;
    articles::replace_author(conn, old, new)?;
    finish(conn, acting, pair, ids.len())
}

/// Puts what they have become part of in the place of tags and authors that were merged: a revision from before may be
/// entered again.
///
/// # Errors
/// Those of the database.
pub fn follow(conn: &mut Conn, content: &mut ArticleIn) -> Result<(), Error> {
    let authors = content.bylines.iter().map(|byline| byline.author_id.0);
    let ids: Vec<Uuid> = distinct(authors.chain(content.tag_ids.iter().map(|id| id.0)));
    let merged = merged_records::by_ids(conn, &ids)?;
    if !merged.is_empty() {
        let now = |id: Uuid| merged.get(&id).copied().unwrap_or(id);
        replace_by(&mut content.tag_ids, |id| *id = TagId(now(id.0)));
        replace_by(&mut content.bylines, |byline| byline.author_id = AuthorId(now(byline.author_id.0)));
    }
    Ok(())
}

/// Merge a tag into another.
///
/// Whatever has the tag has the other afterwards, once and in its place: articles, in what is worked on and in public, meetings
/// and collections. The tag is deleted; its addresses and its id lead to the other. The reply is what is left.
#[utoipa::path(tag = "tags", params(("id" = String, Path, description = "Id or slug.", max_length = 120)), request_body = MergeIn, responses((status = OK, description = "The one that is left.", body = EditorTag), (status = CONFLICT, description = "More than 10,000 articles have it.")))]
#[post("/tags/{id}/merge")]
async fn merge_tag(desk: Desk<Editor>, id: Path<String>, if_match: IfMatch, body: JsonBody) -> Result<HttpResponse, ApiError> {
    let key = key(&id)?;
    desk.write(move |conn, acting| merge_tags(conn, acting, &key, &if_match, &body.0)?.ok()).await
}

/// Merge an author into another.
///
/// Bylines that name the author name the other afterwards, once for each role and in their order, in what is worked on and in
/// public. The author is deleted; its addresses and its id lead to the other. The reply is what is left.
#[utoipa::path(tag = "authors", params(("id" = String, Path, description = "Id or slug.", max_length = 120)), request_body = MergeIn, responses((status = OK, description = "The one that is left.", body = EditorAuthor), (status = CONFLICT, description = "More than 10,000 articles name it.")))]
#[post("/authors/{id}/merge")]
async fn merge_author(desk: Desk<Editor>, id: Path<String>, if_match: IfMatch, body: JsonBody) -> Result<HttpResponse, ApiError> {
    let key = key(&id)?;
    desk.write(move |conn, acting| merge_authors(conn, acting, &key, &if_match, &body.0)?.ok()).await
}

/// The routes of the editing side.
pub fn desk_routes(routes: &mut Routes) {
    routes.service(merge_tag).service(merge_author);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_replaced_stands_once_and_in_its_first_place() {
        let replaced = |mut ids: Vec<u8>| {
            replace(&mut ids, 1, 2);
            ids
        };
        assert_eq!(replaced(vec![3, 1, 4]), [3, 2, 4]);
        assert_eq!(replaced(vec![1, 3, 2]), [2, 3]);
        assert_eq!(replaced(vec![2, 3, 1]), [2, 3]);
        assert_eq!(replaced(vec![3]), [3]);
    }
}
