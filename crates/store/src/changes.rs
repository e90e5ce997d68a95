//! The change sequence: what readers may see has changed, in the order of the commits. Its head is the content
//! generation: as long as it stays, no reply changes but by the clock.
//!
//! Numbers are given at the end of each transaction, under the lock of the head's row (PostgreSQL) or of the only writer
//! (SQLite), which is held until the commit. So they have no gaps, a smaller one is always visible before a larger one, and
//! whoever follows by `sequence > last` misses nothing; a transaction that is rolled back leaves no hole.

use crate::dialect::Conn;
use crate::error::Error;
use crate::on_each;
use crate::page::Limited;
use crate::schema::{authors, branches, change_head, changes, collections, issues, meetings, pages, public_articles, publications, sections, tags};
use crate::visibility::is_public;
use diesel::prelude::*;
use masthead_domain::change::ChangeAction;
use masthead_domain::column::{AnyId, Json};
use masthead_domain::kind::Kind;
use masthead_domain::page::PageState;
use masthead_domain::slug::Slug;
use masthead_domain::time::Timestamp;
use masthead_domain::vocabulary::Vocabulary;

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
    !matches!(kind, Kind::Article | Kind::Meeting | Kind::Correction | Kind::Page | Kind::Collection | Kind::Redirect)
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

/// Which changes are wanted.
#[derive(Debug, Clone, Copy, Default)]
pub struct ChangeFilter {
    pub kind: Option<Kind>,
    pub action: Option<ChangeAction>,
    /// Only those that readers may learn of.
    pub only_public: bool,
}

/// A part of the sequence.
#[derive(Debug, Clone)]
pub struct Stretch {
    pub changes: Vec<Change>,
    /// The last number given.
    pub head: i64,
    /// Up to which number all that was wanted is here.
    pub next: i64,
}

/// How many numbers are looked at for one answer, however few of them are wanted.
const LOOKED_AT_MAX: i64 = 5000;

/// The wanted ones of the changes after a number, in order, at most `limit`; fewer, or none, do not mean that there are no more.
///
/// # Errors
/// Those of the database.
pub fn list_stretch(conn: &mut Conn, since: i64, filter: ChangeFilter, limit: usize) -> Result<Stretch, Error> {
    // Read first: what has a number up to this one is visible, and stays as it is.
    let head = head(conn)?.sequence;
    let end = since.saturating_add(LOOKED_AT_MAX).min(head);
    let rows = i64::try_from(limit).unwrap_or(LOOKED_AT_MAX);
    let changes: Vec<Change> = on_each!(conn => {
        let mut query = changes::table.filter(changes::sequence.gt(since)).filter(changes::sequence.le(end)).select(Change::as_select()).into_boxed();
        if let Some(kind) = filter.kind {
            query = query.filter(changes::kind.eq(kind));
        }
        if let Some(action) = filter.action {
            query = query.filter(changes::action.eq(action));
        }
        if filter.only_public {
            query = query.filter(changes::action.ne_all(ChangeAction::ALL.iter().copied().filter(|action| !action.is_public())));
        }
        Limited::new(query.order(changes::sequence), rows).load(conn)
    })?;
    let next = if changes.len() == limit { changes.last().map_or(end, |last| last.sequence) } else { end };
    Ok(Stretch { changes, head, next })
}

/// The slugs of those of these things of a kind that are public now, in no order; none of what has no page.
///
/// # Errors
/// Those of the database.
pub fn public_slugs(conn: &mut Conn, kind: Kind, ids: &[AnyId], now: Timestamp) -> Result<Vec<(AnyId, Slug)>, Error> {
    let ids = ids.to_vec();
    macro_rules! slugs {
        ($table:ident) => {
            on_each!(conn => $table::table.filter($table::id.eq_any(ids)).select(($table::id, $table::slug)).load(conn))
        };
    }
    let slugs = match kind {
        Kind::Article => on_each!(conn => {
            let public = public_articles::table.filter(is_public(now)).filter(public_articles::article_id.eq_any(ids));
            public.select((public_articles::article_id, public_articles::slug)).load(conn)
        }),
        Kind::Author => slugs!(authors),
        Kind::Branch => slugs!(branches),
        Kind::Collection => slugs!(collections),
        Kind::Issue => slugs!(issues),
        Kind::Meeting => slugs!(meetings),
        Kind::Page => on_each!(conn => {
            let published = pages::table.filter(pages::state.eq(PageState::Published)).filter(pages::id.eq_any(ids));
            published.select((pages::id, pages::slug)).load(conn)
        }),
        Kind::Publication => slugs!(publications),
        Kind::Section => slugs!(sections),
        Kind::Tag => slugs!(tags),
        Kind::ApiKey | Kind::Correction | Kind::Media | Kind::Redirect | Kind::Site | Kind::User | Kind::Venue => Ok(Vec::new()),
    };
    Ok(slugs?)
}
