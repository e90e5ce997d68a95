//! What differs between the two full-text indexes: how tokens are written and how a query is spelt.
//!
//! Tokens are made of letters, digits and marks, and `_`; nothing in them means anything to either database, so that no
//! query can be wrong for one.

use super::part::{self, Part};
use crate::schema::{public_articles, search};
use diesel::expression::{AppearsOnTable, Expression as DieselExpression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::query_dsl::RunQueryDsl;
use diesel::result::QueryResult;
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::{BigInt, Bool, Nullable, SqlType, Text};
use diesel::sqlite::Sqlite;
use masthead_domain::search::{GAP, SearchQuery};
use std::collections::BTreeMap;
use std::io::Write as _;

/// The tokens of an article, as the index takes them: `tsvector`, or text for FTS5 to split at the spaces.
#[derive(Debug, Clone, Copy, SqlType, QueryId)]
#[diesel(postgres_type(oid = 3614, array_oid = 3643))]
#[diesel(sqlite_type(name = "Text"))]
pub struct Terms;

diesel::table! {
    use super::Terms;
    use diesel::sql_types::*;

    /// No table like the others: virtual in SQLite, where its key has this name.
    search_index (rowid) {
        rowid -> BigInt,
        terms -> Terms,
    }
}

diesel::allow_tables_to_appear_in_same_query!(search_index, search);
diesel::allow_tables_to_appear_in_same_query!(search_index, public_articles);

diesel::table! {
    /// What a search has found, for the rest of a [`FromFound`].
    found (place) {
        place -> BigInt,
    }
}

diesel::allow_tables_to_appear_in_same_query!(found, search);
diesel::allow_tables_to_appear_in_same_query!(found, public_articles);

/// The tokens of an article.
#[derive(Debug, diesel::expression::AsExpression)]
#[diesel(sql_type = Terms)]
pub struct Tokens {
    /// In order, separated by spaces.
    text: String,
    /// The marks of its time, which only PostgreSQL is told: FTS5 has its rows in order.
    spans: Vec<String>,
}

/// The last position that a `tsvector` knows, and the most positions of one token.
const POSITION_MAX: u16 = 16_383;
const POSITIONS_MAX: usize = 255;

impl Tokens {
    /// The tokens of the texts, the marks behind them, and those of the place.
    pub fn new(mut text: String, marks: &[String], place: i64) -> Self {
        for mark in marks {
            text.push(' ');
            text.push_str(mark);
        }
        Self { text, spans: part::marks_of(place) }
    }
}

impl ToSql<Terms, Sqlite> for Tokens {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.text.as_str());
        Ok(IsNull::No)
    }
}

impl ToSql<Terms, Pg> for Tokens {
    /// The binary form of `tsvector`: how many tokens; then each, ended by a zero byte, how many positions, and those.
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        let mut positions: BTreeMap<&str, Vec<u16>> = BTreeMap::new();
        let mut position = 0_u16;
        for token in self.text.split(' ').filter(|token| !token.is_empty()) {
            position = position.saturating_add(1).min(POSITION_MAX);
            if token == GAP {
                continue;
            }
            let places = positions.entry(token).or_default();
            if places.len() < POSITIONS_MAX && places.last() != Some(&position) {
                places.push(position);
            }
        }
        // Nobody asks where they stand.
        positions.extend(self.spans.iter().map(|span| (span.as_str(), Vec::new())));
        out.write_all(&u32::try_from(positions.len())?.to_be_bytes())?;
        for (token, places) in positions {
            out.write_all(token.as_bytes())?;
            out.write_all(&[0])?;
            out.write_all(&u16::try_from(places.len())?.to_be_bytes())?;
            for place in places {
                out.write_all(&place.to_be_bytes())?;
            }
        }
        Ok(IsNull::No)
    }
}

/// What is looked for in the index, in the spelling of each database.
#[derive(Debug, Clone)]
pub struct Expression {
    fts5: String,
    tsquery: String,
}

impl Expression {
    /// All that a query asks for, and one mark of each group.
    pub fn new(query: &SearchQuery, marks: &[Vec<String>]) -> Self {
        let mut fts5: Vec<String> = Vec::new();
        let mut tsquery: Vec<String> = Vec::new();
        for leaf in query.leaves() {
            let star = |star: &'static str| if leaf.is_prefix() { star } else { "" };
            fts5.push(format!("\"{}\"{}", leaf.tokens().join(" "), star(" *")));
            let quoted: Vec<String> = leaf.tokens().iter().map(|token| format!("'{token}'")).collect();
            tsquery.push(format!("({}{})", quoted.join(" <-> "), star(":*")));
        }
        for group in marks {
            let any = |quote: &str, or: &str| group.iter().map(|mark| format!("{quote}{mark}{quote}")).collect::<Vec<_>>().join(or);
            fts5.push(format!("({})", any("\"", " OR ")));
            tsquery.push(format!("({})", any("'", " | ")));
        }
        Self { fts5: fts5.join(" AND "), tsquery: tsquery.join(" & ") }
    }

    /// The same within a part of the index, as far as PostgreSQL's is asked; what it then finds may lie around the part too.
    pub fn within(&self, part: Part) -> Self {
        let mut within = self.clone();
        if let Some(marks) = part.marks() {
            within.tsquery.push_str(&format!(" & ('{}')", marks.join("' | '")));
        }
        within
    }
}

/// Whether a row of the index has what is looked for.
#[derive(Debug, Clone)]
pub struct Matches(pub Expression);

impl QueryId for Matches {
    type QueryId = Self;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl DieselExpression for Matches {
    type SqlType = Bool;
}

impl<GroupBy> ValidGrouping<GroupBy> for Matches {
    type IsAggregate = is_aggregate::Never;
}

impl<Source> AppearsOnTable<Source> for Matches {}
impl<Source> SelectableExpression<Source> for Matches {}

impl QueryFragment<Sqlite> for Matches {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql("search_index MATCH ");
        out.push_bind_param::<Text, _>(&self.0.fts5)
    }
}

impl QueryFragment<Pg> for Matches {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        // As a query of its own, whose value is not known beforehand: seeing that a word is frequent, the planner would read
        // the table from end to end, and does not know that every single entry is then fetched and unpacked.
        out.push_sql("search_index.terms @@ (SELECT ");
        out.push_bind_param::<Text, _>(&self.0.tsquery)?;
        out.push_sql("::tsquery)");
        Ok(())
    }
}

/// The place of a row of the index, to sort and bound by. FTS5 gives its rows in that order by itself. PostgreSQL's index does not, and
/// must not be tempted to read all rows in the order of their key and look into each.
#[derive(Debug, Clone, Copy)]
pub struct InOrder;

impl QueryId for InOrder {
    type QueryId = Self;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl DieselExpression for InOrder {
    type SqlType = BigInt;
}

impl<GroupBy> ValidGrouping<GroupBy> for InOrder {
    type IsAggregate = is_aggregate::No;
}

impl<Source> AppearsOnTable<Source> for InOrder {}
impl<Source> SelectableExpression<Source> for InOrder {}

impl QueryFragment<Sqlite> for InOrder {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql("search_index.rowid");
        Ok(())
    }
}

impl QueryFragment<Pg> for InOrder {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("(search_index.rowid + 0)");
        Ok(())
    }
}

/// A query of PostgreSQL over what is found in a part of the index, as the table [`found`]. That is sorted first, so that the
/// rest of the query looks up one place after another, in order, and ends with its limit.
#[derive(Debug)]
pub struct FromFound<Rest> {
    pub matches: Matches,
    pub part: Part,
    pub from_newest: bool,
    pub rest: Rest,
}

impl<Rest> QueryId for FromFound<Rest> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Rest: Query> Query for FromFound<Rest> {
    type SqlType = Rest::SqlType;
}

impl<Connection, Rest> RunQueryDsl<Connection> for FromFound<Rest> {}

impl<Rest: QueryFragment<Pg>> QueryFragment<Pg> for FromFound<Rest> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("WITH found AS (SELECT (search_index.rowid + 0) AS place FROM search_index WHERE ");
        self.matches.walk_ast(out.reborrow())?;
        out.push_sql(" AND (search_index.rowid + 0) >= ");
        out.push_bind_param::<BigInt, _>(&self.part.oldest)?;
        out.push_sql(" AND (search_index.rowid + 0) <= ");
        out.push_bind_param::<BigInt, _>(&self.part.newest)?;
        // An offset keeps the planner from merging the two queries and sorting at the end.
        out.push_sql(if self.from_newest { " ORDER BY place DESC OFFSET 0) " } else { " ORDER BY place OFFSET 0) " });
        self.rest.walk_ast(out)
    }
}

/// Asks PostgreSQL where the articles of a part stand: the oldest and the newest place of the first few from one end, and the
/// last place at the other end.
#[derive(Debug)]
pub struct Places {
    pub part: Part,
    pub from_newest: bool,
    pub limit: i64,
}

impl QueryId for Places {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Places {
    type SqlType = (Nullable<BigInt>, Nullable<BigInt>, Nullable<BigInt>);
}

impl<Connection> RunQueryDsl<Connection> for Places {}

impl QueryFragment<Pg> for Places {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        // Each end is asked for alone: of a condition on both the planner expects next to no rows, and would sort what there is.
        let (near, far, order) = if self.from_newest {
            ((" <= ", &self.part.newest), ("MIN", " >= ", &self.part.oldest), " ORDER BY place DESC LIMIT ")
        } else {
            ((" >= ", &self.part.oldest), ("MAX", " <= ", &self.part.newest), " ORDER BY place LIMIT ")
        };
        out.push_sql(&format!("SELECT MIN(place), MAX(place), (SELECT {}(place) FROM search WHERE place{}", far.0, far.1));
        out.push_bind_param::<BigInt, _>(far.2)?;
        out.push_sql(&format!(") FROM (SELECT place FROM search WHERE place{}", near.0));
        out.push_bind_param::<BigInt, _>(near.1)?;
        out.push_sql(order);
        out.push_bind_param::<BigInt, _>(&self.limit)?;
        out.push_sql(&format!(") AS near WHERE place{}", far.1));
        out.push_bind_param::<BigInt, _>(far.2)
    }
}
