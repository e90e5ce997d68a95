//! The change sequence over HTTP: what has changed, in order and without gaps, so that whoever follows it knows that nothing
//! was missed.

use crate::clock::Clock;
use crate::delivery::{Answer, Delivery};
use crate::error::ApiError;
use crate::identity::Contributor;
use crate::request::Query;
use crate::routing::Routes;
use crate::view::desk_list;
use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use masthead_domain::change::ChangeAction;
use masthead_domain::column::AnyId;
use masthead_domain::fault::{Fault, FaultCode};
use masthead_domain::kind::Kind;
use masthead_domain::slug::Slug;
use masthead_domain::time::Timestamp;
use masthead_domain::vocabulary::Vocabulary;
use masthead_store::changes::{self, Change, ChangeFilter, Stretch};
use masthead_store::db::Db;
use masthead_store::dialect::Conn;
use masthead_store::error::Error;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use utoipa::{IntoParams, ToSchema};

/// Changes of a page where nothing is said.
const LIMIT_DEFAULT: i64 = 20;
/// The most changes of a page.
const LIMIT_MAX: i64 = 100;
/// The largest number that every client can write (RFC 8259, 6).
const SEQUENCE_MAX: i64 = 9_007_199_254_740_991;

/// One change that readers may see.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Change)]
pub struct ChangeOut {
    /// Its place in the sequence; numbers that are left out are not for readers to know.
    #[schema(minimum = 1, example = 41)]
    pub sequence: i64,
    pub kind: Kind,
    #[schema(value_type = String, format = Uuid, example = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c21")]
    pub id: AnyId,
    pub action: ChangeAction,
    /// Of an article the public revision, of anything else its version.
    #[schema(minimum = 0, example = 2)]
    pub revision: i32,
    #[schema(value_type = String, format = DateTime, example = "2026-11-26T07:30:00Z")]
    pub at: Timestamp,
    /// Where the thing is found now, whatever it was called then; absent where it has no page or is not public now.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, max_length = 120, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$", example = "council-keeps-the-last-ferry")]
    pub slug: Option<Slug>,
    /// The cache tags that it made stale.
    #[schema(example = json!(["article-6b1f0e9a4c21", "articles", "changes"]))]
    pub tags: Vec<String>,
    /// Whether the thing was gone from public with it.
    #[schema(example = false)]
    pub tombstone: bool,
}

/// A part of the sequence as readers may see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChangeList {
    pub data: Vec<ChangeOut>,
    /// The last number given: the revision of the content as a whole.
    #[schema(minimum = 0, example = 41)]
    pub head: i64,
    /// The `since` to ask with next. All that was asked for up to here has been sent; where it is `head`, that is all there is.
    #[schema(minimum = 0, example = 41)]
    pub next: i64,
}

/// One change.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EditorChange)]
pub struct EditorChangeOut {
    /// Whether readers may learn of it.
    #[schema(example = true)]
    pub is_public: bool,
    #[serde(flatten)]
    pub change: ChangeOut,
}

/// A part of the whole sequence.
#[derive(Debug, Serialize, ToSchema)]
pub struct EditorChangeList {
    pub data: Vec<EditorChangeOut>,
    /// The last number given.
    #[schema(minimum = 0, example = 41)]
    pub head: i64,
    /// The `since` to ask with next; where it is `head`, this is all there is.
    #[schema(minimum = 0, example = 41)]
    pub next: i64,
}

/// The parameters of both lists.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "documents the query; it is read parameter by parameter")]
struct ChangeQuery {
    /// The number after which to begin: `next` of the answer before. From the beginning where it is left out. One that has not
    /// been given yet is refused: then this is another sequence than the one followed so far, and all has to be read anew.
    #[param(minimum = 0, maximum = 9_007_199_254_740_991_i64, default = 0)]
    since: Option<i64>,
    /// How many changes to send at most.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u8>,
    /// Only changes of things of this kind.
    #[param(inline)]
    kind: Option<Kind>,
    /// Only changes by this action.
    #[param(inline)]
    action: Option<ChangeAction>,
}

/// What is asked for.
#[derive(Debug, Clone, Copy)]
struct Asked {
    since: i64,
    limit: usize,
    filter: ChangeFilter,
}

impl Asked {
    fn read(query: &mut Query, only_public: bool) -> Self {
        let since = query.integer("since", 0..=SEQUENCE_MAX).unwrap_or_default();
        query.has_default("since", "0");
        let limit = query.integer("limit", 1..=LIMIT_MAX).unwrap_or(LIMIT_DEFAULT);
        query.has_default("limit", &LIMIT_DEFAULT.to_string());
        let (kind, action) = (query.word("kind"), query.word::<ChangeAction>("action"));
        if only_public && action.is_some_and(|action| !action.is_public()) {
            let known: Vec<&str> = ChangeAction::ALL.iter().filter(|action| action.is_public()).map(|action| action.word()).collect();
            query.fault("action", FaultCode::NotOneOf, format!("must be one of {}", known.join(", ")));
        }
        Self { since, limit: usize::try_from(limit).unwrap_or_default(), filter: ChangeFilter { kind, action, only_public } }
    }

    /// Reads that part of the sequence, and where the things in it are found.
    fn find(self, conn: &mut Conn, now: Timestamp) -> Result<(Stretch, Slugs), ApiError> {
        let stretch = changes::list_stretch(conn, self.since, self.filter, self.limit)?;
        if self.since > stretch.head {
            let message = format!("has not been given yet, the last is {}: begin anew, without `since`", stretch.head);
            return Err(ApiError::query(vec![Fault::parameter("since", FaultCode::OutOfRange, message)]));
        }
        let slugs = find_slugs(conn, &stretch.changes, now)?;
        Ok((stretch, slugs))
    }
}

/// Slugs of what is public now.
type Slugs = HashMap<(Kind, AnyId), Slug>;

fn find_slugs(conn: &mut Conn, changes: &[Change], now: Timestamp) -> Result<Slugs, Error> {
    let mut wanted: BTreeMap<Kind, Vec<AnyId>> = BTreeMap::new();
    for change in changes {
        let ids = wanted.entry(change.kind).or_default();
        if !ids.contains(&change.entity_id) {
            ids.push(change.entity_id);
        }
    }
    let mut slugs = Slugs::new();
    for (kind, ids) in wanted {
        let found = changes::public_slugs(conn, kind, &ids, now)?;
        slugs.extend(found.into_iter().map(|(id, slug)| ((kind, id), slug)));
    }
    Ok(slugs)
}

impl ChangeOut {
    fn new(change: Change, slugs: &Slugs) -> Self {
        Self {
            sequence: change.sequence,
            kind: change.kind,
            id: change.entity_id,
            action: change.action,
            revision: change.revision,
            at: change.changed_at,
            slug: slugs.get(&(change.kind, change.entity_id)).cloned(),
            tags: change.tags.0,
            tombstone: change.action.is_tombstone(),
        }
    }
}

/// List what has changed.
///
/// Every change that readers may see, in order, from the first one on: ask with `next` as `since` until `next` is `head`, and nothing
/// is missed and nothing sent twice, whichever node answers. An answer may hold fewer changes than `limit`, or none, before that.
/// Kept in caches like all content, until the next change; whoever purges by tag purges `changes` with each.
#[utoipa::path(tag = "changes", params(ChangeQuery), responses((status = OK, description = "The next changes.", body = ChangeList)))]
#[get("/changes")]
async fn list_changes(delivery: Delivery, mut query: Query) -> Result<HttpResponse, ApiError> {
    let asked = Asked::read(&mut query, true);
    let canonical = query.finish()?;
    delivery.awaits(asked.since).await?;
    delivery
        .answer(canonical, move |reading| {
            reading.uses_changes()?;
            let (stretch, slugs) = asked.find(reading.conn, reading.now)?;
            let last_modified = stretch.changes.iter().map(|change| change.changed_at).max();
            let data = stretch.changes.into_iter().map(|change| ChangeOut::new(change, &slugs)).collect();
            Answer::list(&ChangeList { data, head: stretch.head, next: stretch.next }, None, last_modified, None)
        })
        .await
}

/// List what has changed, for editors.
///
/// The whole sequence, with what is only for the paper itself to know: articles that are to become public at a time to come.
#[utoipa::path(tag = "changes", params(ChangeQuery), responses((status = OK, description = "The next changes.", body = EditorChangeList)))]
#[get("/changes")]
async fn list_editor_changes(db: Data<Db>, clock: Data<Clock>, _: Contributor, mut query: Query) -> Result<HttpResponse, ApiError> {
    let asked = Asked::read(&mut query, false);
    query.finish()?;
    let now = clock.now();
    let (stretch, slugs) = db.read(move |conn| asked.find(conn, now)).await?;
    let data = stretch
        .changes
        .into_iter()
        .map(|change| EditorChangeOut { is_public: change.action.is_public(), change: ChangeOut::new(change, &slugs) })
        .collect();
    desk_list(&EditorChangeList { data, head: stretch.head, next: stretch.next }, None, None)
}

/// The routes of the delivery side.
pub fn routes(routes: &mut Routes) {
    routes.service(list_changes);
}

/// The routes of the editing side.
pub fn desk_routes(routes: &mut Routes) {
    routes.service(list_editor_changes);
}
