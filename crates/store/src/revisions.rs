//! Every version of everything an editor can change, as it was entered. Revisions are only ever added.

use crate::dialect::Conn;
use crate::error::Error;
use crate::on_each;
use crate::page::{Listing, Page};
use crate::schema::revisions::dsl;
use diesel::prelude::*;
use masthead_domain::column::{AnyId, Json};
use masthead_domain::id::UserId;
use masthead_domain::kind::Kind;
use masthead_domain::time::Timestamp;
use serde_json::Value;

/// One revision.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = crate::schema::revisions, treat_none_as_default_value = false)]
pub struct Revision {
    pub entity_id: AnyId,
    /// 1 for the first; each change of the content adds one.
    pub number: i32,
    pub kind: Kind,
    /// The version of the entity that this revision began with.
    pub version: i32,
    /// What the editor entered.
    pub document: Json<Value>,
    pub created_at: Timestamp,
    pub created_by: Option<UserId>,
}

/// What is said of a revision beside its content.
#[derive(Debug, Clone, Default)]
pub struct Remark {
    /// The editor's own words on the change.
    pub note: Option<String>,
    /// The number of the revision that was brought back with it.
    pub restored_from: Option<i32>,
}

/// What a list tells of a revision: all but what was entered, which may be long.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = crate::schema::revisions)]
pub struct RevisionEntry {
    pub entity_id: AnyId,
    pub number: i32,
    pub version: i32,
    pub created_at: Timestamp,
    pub created_by: Option<UserId>,
    pub note: Option<String>,
    pub restored_from: Option<i32>,
}

/// Adds a revision.
///
/// # Errors
/// Those of the database.
pub fn insert(conn: &mut Conn, revision: &Revision) -> Result<(), Error> {
    on_each!(conn => diesel::insert_into(dsl::revisions).values(revision).execute(conn))?;
    Ok(())
}

/// Adds a revision with what is said of it.
///
/// # Errors
/// Those of the database.
pub fn insert_with_remark(conn: &mut Conn, revision: &Revision, remark: &Remark) -> Result<(), Error> {
    let remark = (dsl::note.eq(&remark.note), dsl::restored_from.eq(remark.restored_from));
    on_each!(conn => diesel::insert_into(dsl::revisions).values((revision, remark)).execute(conn))?;
    Ok(())
}

/// A page of the revisions of one thing by their number.
///
/// # Errors
/// Those of the database.
pub fn list(conn: &mut Conn, entity_id: AnyId, page: &Page) -> Result<Listing<RevisionEntry>, Error> {
    on_each!(conn => {
        let query = dsl::revisions.filter(dsl::entity_id.eq(entity_id)).select(RevisionEntry::as_select()).into_boxed();
        let rows: Vec<RevisionEntry> = seek!(query, page, dsl::number, dsl::entity_id, page.after_number()).load(conn)?;
        let total: Option<i64> =
            if page.total { Some(dsl::revisions.filter(dsl::entity_id.eq(entity_id)).count().get_result(conn)?) } else { None };
        Ok(page.listing(rows, total))
    })
}

/// The revision of that number with what is said of it.
///
/// # Errors
/// [`Error::NotFound`]
pub fn find_with_remark(conn: &mut Conn, entity_id: AnyId, number: i32) -> Result<(RevisionEntry, Json<Value>), Error> {
    let found = on_each!(conn => {
        dsl::revisions
            .filter(dsl::entity_id.eq(entity_id))
            .filter(dsl::number.eq(number))
            .select((RevisionEntry::as_select(), dsl::document))
            .first(conn)
    })?;
    Ok(found)
}

/// Adds revisions of several entities, by one statement.
///
/// # Errors
/// Those of the database.
pub fn insert_all(conn: &mut Conn, revisions: &[Revision]) -> Result<(), Error> {
    if !revisions.is_empty() {
        let rows: Vec<&Revision> = revisions.iter().collect();
        on_each!(conn => diesel::insert_into(dsl::revisions).values(rows).execute(conn))?;
    }
    Ok(())
}

/// The revision of that number.
///
/// # Errors
/// [`Error::NotFound`]
pub fn find(conn: &mut Conn, entity_id: AnyId, number: i32) -> Result<Revision, Error> {
    let revision = on_each!(conn => {
        dsl::revisions.filter(dsl::entity_id.eq(entity_id)).filter(dsl::number.eq(number)).select(Revision::as_select()).first(conn)
    })?;
    Ok(revision)
}

/// The revision that was current when the entity had that version.
///
/// # Errors
/// [`Error::NotFound`] where the entity never had it.
pub fn at_version(conn: &mut Conn, entity_id: AnyId, version: i32) -> Result<Revision, Error> {
    let revision = on_each!(conn => {
        dsl::revisions
            .filter(dsl::entity_id.eq(entity_id))
            .filter(dsl::version.le(version))
            .order(dsl::number.desc())
            .select(Revision::as_select())
            .first(conn)
    })?;
    Ok(revision)
}

/// The last revision.
///
/// # Errors
/// [`Error::NotFound`]
pub fn latest(conn: &mut Conn, entity_id: AnyId) -> Result<Revision, Error> {
    at_version(conn, entity_id, i32::MAX)
}

/// The revisions of these numbers, one of each entity, in no order.
///
/// # Errors
/// Those of the database.
pub fn by_keys(conn: &mut Conn, keys: &[(AnyId, i32)]) -> Result<Vec<Revision>, Error> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<AnyId> = keys.iter().map(|(id, _)| *id).collect();
    let numbers: Vec<i32> = keys.iter().map(|(_, number)| *number).collect();
    // The two conditions may let more pass than the pairs; the rest is dropped here.
    let revisions: Vec<Revision> = on_each!(conn => {
        dsl::revisions.filter(dsl::entity_id.eq_any(ids)).filter(dsl::number.eq_any(numbers)).select(Revision::as_select()).load(conn)
    })?;
    Ok(revisions.into_iter().filter(|revision| keys.contains(&(revision.entity_id, revision.number))).collect())
}
