//! Keyset paging: a page begins where the last one ended, so that nothing is repeated or missed while news comes in,
//! and the hundredth page costs what the first does.

use diesel::backend::Backend;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::serialize::ToSql;
use diesel::sql_types::{BigInt, HasSqlType};
use diesel::sqlite::Sqlite;
use masthead_domain::column::AnyId;
use masthead_domain::time::Timestamp;

/// No list is longer: the longest page, and the row that tells whether there are more.
const ROWS_MAX: i64 = 101;

/// What a list is sorted by; the id settles ties.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SortKey {
    Text(String),
    Time(Timestamp),
    Number(i32),
    Rank(Rank),
}

/// A place in a list of hits. The newest hits are ranked, and only those; what is older follows them by age.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rank {
    /// The places (`search.place`) of the oldest and of the newest hit that were ranked when the list was begun: while a
    /// reader turns the pages they stay, whatever is published.
    pub oldest: i64,
    pub newest: i64,
    /// The score of the hit where it was ranked, or else its place.
    pub key: i64,
    pub is_ranked: bool,
}

/// A place in a list: the row there, and which way to go on from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    pub key: SortKey,
    pub id: AnyId,
    pub backward: bool,
}

/// Which part of a list is asked for.
#[derive(Debug, Clone)]
pub struct Page {
    /// 1 to 100.
    pub limit: usize,
    pub descending: bool,
    pub position: Option<Position>,
    /// Whether the whole number of rows is wanted too.
    pub total: bool,
}

impl Page {
    /// The first rows of a list.
    #[must_use]
    pub fn first(limit: usize, descending: bool) -> Self {
        Self { limit, descending, position: None, total: false }
    }

    /// Whether the database is to read from high to low.
    pub(crate) fn reads_descending(&self) -> bool {
        self.descending != self.is_backward()
    }

    pub(crate) fn is_backward(&self) -> bool {
        self.position.as_ref().is_some_and(|position| position.backward)
    }

    pub(crate) fn after_time(&self) -> Option<(Timestamp, AnyId)> {
        match &self.position {
            Some(Position { key: SortKey::Time(time), id, .. }) => Some((*time, *id)),
            _ => None,
        }
    }

    pub(crate) fn after_number(&self) -> Option<(i32, AnyId)> {
        match &self.position {
            Some(Position { key: SortKey::Number(number), id, .. }) => Some((*number, *id)),
            _ => None,
        }
    }

    pub(crate) fn after_rank(&self) -> Option<(Rank, AnyId)> {
        match &self.position {
            Some(Position { key: SortKey::Rank(rank), id, .. }) => Some((*rank, *id)),
            _ => None,
        }
    }

    pub(crate) fn after_text(&self) -> Option<(String, AnyId)> {
        match &self.position {
            Some(Position { key: SortKey::Text(text), id, .. }) => Some((text.clone(), *id)),
            _ => None,
        }
    }

    /// One row more than wanted tells whether there are more.
    pub(crate) fn rows_to_read(&self) -> i64 {
        i64::try_from(self.limit).unwrap_or(ROWS_MAX).saturating_add(1).min(ROWS_MAX)
    }

    /// Turns the rows read into the page.
    pub(crate) fn listing<T>(&self, mut rows: Vec<T>, total: Option<i64>) -> Listing<T> {
        let has_more = rows.len() > self.limit;
        rows.truncate(self.limit);
        if self.is_backward() {
            rows.reverse();
            return Listing { rows, has_previous: has_more, has_next: true, total };
        }
        Listing { rows, has_previous: self.position.is_some(), has_next: has_more, total }
    }
}

/// A page of a list, in the order of the list.
#[derive(Debug, Clone)]
pub struct Listing<T> {
    pub rows: Vec<T>,
    pub has_previous: bool,
    pub has_next: bool,
    pub total: Option<i64>,
}

/// Orders a boxed query by a column and the id, begins it after a place and ends it with the page. The condition is written so that both
/// databases seek in the index instead of filtering.
macro_rules! seek {
    ($query:expr, $page:expr, $key:expr, $id:expr, $after:expr) => {{
        let query = $query;
        let ordered = match ($after, $page.reads_descending()) {
            (None, true) => query.order(($key.desc(), $id.desc())),
            (None, false) => query.order(($key.asc(), $id.asc())),
            (Some((key, id)), true) => query.filter($key.le(key.clone()).and($key.lt(key).or($id.lt(id)))).order(($key.desc(), $id.desc())),
            (Some((key, id)), false) => query.filter($key.ge(key.clone()).and($key.gt(key).or($id.gt(id)))).order(($key.asc(), $id.asc())),
        };
        $crate::page::Limited::new(ordered, $page.rows_to_read())
    }};
}

/// The first rows of an ordered query.
#[derive(Debug, Clone)]
pub struct Limited<Q> {
    query: Q,
    rows: i64,
}

impl<Q> Limited<Q> {
    pub(crate) fn new(query: Q, rows: i64) -> Self {
        Self { query, rows }
    }
}

impl<Q> QueryId for Limited<Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q: Query> Query for Limited<Q> {
    type SqlType = Q::SqlType;
}

impl<Q, Connection> RunQueryDsl<Connection> for Limited<Q> {}

/// How a database is told the number of rows.
trait LimitedRows: Backend + HasSqlType<BigInt> {
    const BEFORE: &'static str;
    const AFTER: &'static str;
}

impl LimitedRows for Sqlite {
    const BEFORE: &'static str = "";
    const AFTER: &'static str = " LIMIT ";
}

impl LimitedRows for Pg {
    // Of a number that it is not told it thinks the worst when it considers one plan for all values, and then plans the
    // statement anew each time, which costs more than to run it. So it is told the most that it may be.
    const BEFORE: &'static str = "SELECT * FROM (";
    const AFTER: &'static str = {
        assert!(ROWS_MAX == 101);
        " LIMIT 101) AS rows LIMIT "
    };
}

impl<DB: LimitedRows, Q: QueryFragment<DB>> QueryFragment<DB> for Limited<Q>
where
    i64: ToSql<BigInt, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql(DB::BEFORE);
        self.query.walk_ast(out.reborrow())?;
        out.push_sql(DB::AFTER);
        out.push_bind_param::<BigInt, _>(&self.rows)
    }
}
