//! Records that have become part of another one: their ids lead there, in one step.

use crate::dialect::Conn;
use crate::error::Error;
use crate::on_each;
use crate::schema::merged_records::dsl;
use diesel::prelude::*;
use masthead_domain::column::AnyId;
use masthead_domain::kind::Kind;
use masthead_domain::time::Timestamp;
use std::collections::HashMap;

/// Notes that a record has become part of another one, and with it all that had become part of it.
///
/// # Errors
/// Those of the database.
pub fn insert(conn: &mut Conn, kind: Kind, entity_id: AnyId, into_id: AnyId, now: Timestamp) -> Result<(), Error> {
    on_each!(conn => {
        diesel::update(dsl::merged_records.filter(dsl::into_id.eq(entity_id))).set(dsl::into_id.eq(into_id)).execute(conn)?;
        diesel::insert_into(dsl::merged_records)
            .values((dsl::entity_id.eq(entity_id), dsl::kind.eq(kind), dsl::into_id.eq(into_id), dsl::merged_at.eq(now)))
            .execute(conn)
    })?;
    Ok(())
}

/// What a record has become part of.
///
/// # Errors
/// [`Error::NotFound`] where it has not.
pub fn find(conn: &mut Conn, kind: Kind, entity_id: AnyId) -> Result<AnyId, Error> {
    Ok(on_each!(conn => {
        dsl::merged_records.filter(dsl::entity_id.eq(entity_id)).filter(dsl::kind.eq(kind)).select(dsl::into_id).first(conn)
    })?)
}

/// What those of these records that have become part of others are part of now.
///
/// # Errors
/// Those of the database.
pub fn by_ids(conn: &mut Conn, ids: &[uuid::Uuid]) -> Result<HashMap<uuid::Uuid, uuid::Uuid>, Error> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let wanted: Vec<AnyId> = ids.iter().map(|id| AnyId(*id)).collect();
    let pairs: Vec<(AnyId, AnyId)> =
        on_each!(conn => dsl::merged_records.filter(dsl::entity_id.eq_any(wanted.clone())).select((dsl::entity_id, dsl::into_id)).load(conn))?;
    Ok(pairs.into_iter().map(|(from, into)| (from.0, into.0)).collect())
}
