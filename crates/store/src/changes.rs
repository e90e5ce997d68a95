//! The change sequence: what readers may see has changed, in the order of the commits. Its head is the content
//! generation: as long as it stays, no reply changes but by the clock.
//!
//! Numbers are given at the end of each transaction, under the lock of the head's row (PostgreSQL) or of the only writer
//! (SQLite), which is held until the commit. So they have no gaps, a smaller one is always visible before a larger one, and
//! whoever follows by `sequence > last` misses nothing; a transaction that is rolled back leaves no hole.

use crate::dialect::Conn;
use crate::error::Error;
use crate::on_each;
use crate::schema::{change_head, changes};
use diesel::prelude::*;
use masthead_domain::change::ChangeAction;
use masthead_domain::column::{AnyId, Json};
use masthead_domain::kind::Kind;
use masthead_domain::time::Timestamp;

/// A change that has no number yet.
#[derive(Debug, Clone)]
pub struct NewChange {
    pub kind: Kind,
    pub entity_id: AnyId,
    pub action: ChangeAction,
    /// Of an article: the public revision; of a record: its version.
    pub revision: i32,
    pub changed_at: Timestamp,
}

/// A change in the sequence.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = changes, treat_none_as_default_value = false)]
pub struct Change {
    pub sequence: i64,
    pub kind: Kind,
    pub entity_id: AnyId,
    pub action: ChangeAction,
    pub revision: i32,
    /// The cache tags that it makes stale.
    pub tags: Json<Vec<String>>,
    pub changed_at: Timestamp,
}

/// How far the sequence has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = change_head)]
pub struct Head {
    /// The last number given: the content generation.
    pub sequence: i64,
    /// The last number given to a change of a record that articles and meetings refer to, or of the settings.
    pub records_sequence: i64,
}

/// Whether articles and meetings refer to things of a kind, so that those that are kept in memory must be read again.
fn is_referred_to(kind: Kind) -> bool {
    !matches!(kind, Kind::Article | Kind::Meeting | Kind::Page | Kind::Collection | Kind::Redirect)
}

/// How many rows are written at once: SQLite binds at most 32,766 values.
const BATCH_MAX: usize = 1000;

/// Gives numbers to the changes of a transaction that is about to be committed. Nothing else may follow in it.
///
/// # Errors
/// Those of the database.
pub(crate) fn append(conn: &mut Conn, pending: &[NewChange]) -> Result<Option<Head>, Error> {
    let Ok(count) = i64::try_from(pending.len()) else { return Ok(None) };
    if count == 0 {
        return Ok(None);
    }
    let last_record = pending.iter().rposition(|change| is_referred_to(change.kind)).map_or(0, |position| position.saturating_add(1));
    let to_record = i64::try_from(last_record).unwrap_or_default();
    let numbered = diesel::update(change_head::table);
    let head: Head = on_each!(conn => {
        if to_record > 0 {
            numbered
                .set((change_head::sequence.eq(change_head::sequence + count), change_head::records_sequence.eq(change_head::sequence + to_record)))
                .returning(Head::as_returning())
                .get_result(conn)
        } else {
            numbered.set(change_head::sequence.eq(change_head::sequence + count)).returning(Head::as_returning()).get_result(conn)
        }
    })?;
    let rows: Vec<Change> = pending
        .iter()
        .zip(head.sequence - count + 1..)
        .map(|(change, sequence)| Change {
            sequence,
            kind: change.kind,
            entity_id: change.entity_id,
            action: change.action,
            revision: change.revision,
            tags: Json(change.kind.changed_tags(change.entity_id.0)),
            changed_at: change.changed_at,
        })
        .collect();
    for part in rows.chunks(BATCH_MAX) {
        on_each!(conn => diesel::insert_into(changes::table).values(part.iter().collect::<Vec<_>>()).execute(conn))?;
    }
    Ok(Some(head))
}

/// How far the sequence has come.
///
/// # Errors
/// Those of the database.
pub fn head(conn: &mut Conn) -> Result<Head, Error> {
    Ok(on_each!(conn => change_head::table.select(Head::as_select()).first(conn))?)
}

/// The changes after a number, in order, at most `limit`.
///
/// # Errors
/// Those of the database.
pub fn list_since(conn: &mut Conn, sequence: i64, limit: i64) -> Result<Vec<Change>, Error> {
    Ok(on_each!(conn => {
        changes::table
            .filter(changes::sequence.gt(sequence))
            .order(changes::sequence)
            .limit(limit)
            .select(Change::as_select())
            .load(conn)
    })?)
}
