//! Revisions: what was entered, each time that something was changed. They are only ever added.

use crate::desk::Record;
use crate::error::ApiError;
use crate::page::{PageOut, PageRequest, link_header};
use crate::request::Query;
use crate::seal::Seal;
use crate::view::desk_list;
use actix_web::HttpResponse;
use masthead_domain::column::AnyId;
use masthead_domain::fault::Fault;
use masthead_domain::id::UserId;
use masthead_domain::read::Reader;
use masthead_domain::time::Timestamp;
use masthead_store::db::Db;
use masthead_store::dialect::Conn;
use masthead_store::error::Error;
use masthead_store::page::{Listing, SortKey};
use masthead_store::record::{Key, Meta};
use masthead_store::revisions::{self, RevisionEntry};
use masthead_store::users;
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::HashMap;
use utoipa::{IntoParams, ToSchema};

/// The longest note, in characters.
const NOTE_LENGTH_MAX: usize = 500;

/// The member of a change that tells of it and is no part of the content.
const NOTE: &str = "revision_note";

/// What a list tells of a revision.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RevisionSummary {
    /// 1 for the first; each change of the content adds one.
    #[schema(minimum = 1, example = 2)]
    pub number: i32,
    /// The version that it began with. Steps like publishing add versions, and no revisions.
    #[schema(minimum = 1, example = 3)]
    pub version: i32,
    #[schema(value_type = String, format = DateTime, example = "2026-11-26T07:45:00Z")]
    pub created_at: Timestamp,
    /// Who made the change; absent where the server did.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Uuid, example = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c22")]
    pub created_by: Option<UserId>,
    /// The name that this user has now.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Ida Moss")]
    pub created_by_name: Option<String>,
    /// What they said of the change.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Figures corrected after the council's call")]
    pub note: Option<String>,
    /// The number of the revision that was brought back with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, example = 1)]
    pub restored_from: Option<i32>,
    /// Whether it is the one that is public, or will be.
    #[schema(example = false)]
    pub is_public: bool,
    /// Whether it takes the place of the public one at a time to come.
    #[schema(example = false)]
    pub is_prepared: bool,
    /// Whether it is the one that is being worked on.
    #[schema(example = true)]
    pub is_current: bool,
}

/// A page of the revisions of one thing.
#[derive(Debug, Serialize, ToSchema)]
pub struct RevisionList {
    pub data: Vec<RevisionSummary>,
    pub page: PageOut,
}

/// The order of a list of revisions.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "documents the query; it is read parameter by parameter")]
pub struct RevisionQuery {
    /// The order; `-` means the newest first.
    #[param(inline)]
    sort: Option<RevisionSortIn>,
}

/// The orders of a list of revisions.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "documents the parameter; it is read from SORTS")]
enum RevisionSortIn {
    #[serde(rename = "-number")]
    NumberDescending,
    #[serde(rename = "number")]
    Number,
}

const SORTS: [(&str, ()); 2] = [("-number", ()), ("number", ())];

/// Which of the revisions of something stand out.
#[derive(Debug, Clone, Copy)]
pub struct Marked {
    pub entity_id: AnyId,
    pub current: i32,
    pub public: Option<i32>,
    pub prepared: Option<i32>,
}

impl Marked {
    /// What is told of a revision.
    #[must_use]
    pub fn summary(&self, entry: RevisionEntry, names: &HashMap<UserId, String>) -> RevisionSummary {
        RevisionSummary {
            number: entry.number,
            version: entry.version,
            created_at: entry.created_at,
            created_by: entry.created_by,
            created_by_name: entry.created_by.and_then(|id| names.get(&id).cloned()),
            note: entry.note,
            restored_from: entry.restored_from,
            is_public: self.public == Some(entry.number),
            is_prepared: self.prepared == Some(entry.number),
            is_current: self.current == entry.number,
        }
    }

    /// The revision of that number, with what was entered.
    ///
    /// # Errors
    /// Not found, where there is none.
    pub fn find(&self, conn: &mut Conn, number: i32) -> Result<(RevisionSummary, Value), ApiError> {
        let (entry, document) = revisions::find_with_remark(conn, self.entity_id, number)?;
        let names = names(conn, entry.created_by)?;
        Ok((self.summary(entry, &names), document.0))
    }
}

/// The revisions of a record: the one that is worked on is the one that is public, if any is.
///
/// # Errors
/// Not found, where there is no such record.
pub fn of_record<R: Record>(conn: &mut Conn, key: &Key) -> Result<Marked, ApiError> {
    let record = R::find(conn, key)?;
    let Meta { id, version, .. } = record.meta();
    Ok(Marked { entity_id: id, current: version, public: record.is_public().then_some(version), prepared: None })
}

fn names(conn: &mut Conn, ids: impl IntoIterator<Item = UserId>) -> Result<HashMap<UserId, String>, Error> {
    let mut ids: Vec<UserId> = ids.into_iter().collect();
    ids.sort_unstable();
    ids.dedup();
    Ok(users::names(conn, &ids)?.into_iter().collect())
}

/// Answers with a page of the revisions of what `find` finds.
///
/// # Errors
/// Those of the query and of `find`.
pub async fn answer_list(
    db: &Db,
    seal: &Seal,
    mut query: Query,
    find: impl FnOnce(&mut Conn) -> Result<Marked, ApiError> + Clone + Send + 'static,
) -> Result<HttpResponse, ApiError> {
    let (page, _) = PageRequest::read(&mut query, seal, &SORTS);
    let canonical = query.finish()?;
    let wanted = page.page.clone();
    let (marked, listing, names) = db
        .read(move |conn| -> Result<_, ApiError> {
            let marked = find.clone()(conn)?;
            let listing: Listing<RevisionEntry> = revisions::list(conn, marked.entity_id, &wanted)?;
            let names = names(conn, listing.rows.iter().filter_map(|row| row.created_by))?;
            Ok((marked, listing, names))
        })
        .await?;
    let page = page.out(seal, &listing, |row| (SortKey::Number(row.number), row.entity_id));
    let link = link_header(&canonical, &page);
    let data = listing.rows.into_iter().map(|row| marked.summary(row, &names)).collect();
    desk_list(&RevisionList { data, page }, None, link)
}

/// Reads the path segment that names a revision; what is no number is none.
///
/// # Errors
/// Not found.
pub fn number(text: &str) -> Result<i32, ApiError> {
    let is_plain = !text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_plain).ok_or_else(ApiError::not_found)
}

/// Reads the note on a change; a blank one says nothing.
pub fn read_note(reader: &mut Reader) -> Option<String> {
    reader.filled_line(NOTE, NOTE_LENGTH_MAX)
}

/// Takes the note out of the body of a change, of which the rest is content.
pub fn take_note(body: &mut Value, faults: &mut Vec<Fault>) -> Option<String> {
    let note = body.as_object_mut()?.shift_remove(NOTE)?;
    let alone = Value::Object(Map::from_iter([(NOTE.to_owned(), note)]));
    read_note(&mut Reader::root(&alone, faults))
}
