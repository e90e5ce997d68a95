//! `column IN (these ids)`, and its contrary, as a statement that is the same however many ids there are, so that it is prepared once.
//!
//! Diesel writes a list of placeholders on SQLite, whose statement then differs with its length and is prepared anew each
//! time, which costs more than running it.

use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::serialize::ToSql;
use diesel::sql_types::{Array, Bool, Text};
use diesel::sqlite::Sqlite;
use masthead_domain::column::Id;

/// See [`one_of`].
#[derive(Debug, Clone)]
pub struct OneOf<Column, I> {
    column: Column,
    ids: Vec<I>,
    /// The ids as a JSON list, which SQLite reads by `json_each`.
    json: String,
    is_excluded: bool,
}

/// Whether a column of ids holds one of these.
pub fn one_of<Column, I: Copy + std::fmt::Display>(column: Column, ids: &[I]) -> OneOf<Column, I> {
    let quoted: Vec<String> = ids.iter().map(|id| format!("\"{id}\"")).collect();
    OneOf { column, ids: ids.to_vec(), json: format!("[{}]", quoted.join(",")), is_excluded: false }
}

/// Whether a column of ids holds none of these.
pub fn none_of<Column, I: Copy + std::fmt::Display>(column: Column, ids: &[I]) -> OneOf<Column, I> {
    OneOf { is_excluded: true, ..one_of(column, ids) }
}

impl<Column: QueryId, I: 'static> QueryId for OneOf<Column, I> {
    type QueryId = OneOf<Column::QueryId, I>;
    const HAS_STATIC_QUERY_ID: bool = Column::HAS_STATIC_QUERY_ID;
}

impl<Column: Expression, I> Expression for OneOf<Column, I> {
    type SqlType = Bool;
}

impl<Column, I, GroupBy> ValidGrouping<GroupBy> for OneOf<Column, I> {
    type IsAggregate = is_aggregate::No;
}

impl<Column: AppearsOnTable<Source>, I, Source> AppearsOnTable<Source> for OneOf<Column, I> {}

impl<Column: SelectableExpression<Source>, I, Source> SelectableExpression<Source> for OneOf<Column, I> {}

impl<Column: QueryFragment<Pg>, I> QueryFragment<Pg> for OneOf<Column, I>
where
    Vec<I>: ToSql<Array<Id>, Pg>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.column.walk_ast(out.reborrow())?;
        out.push_sql(if self.is_excluded { " <> ALL(" } else { " = ANY(" });
        out.push_bind_param::<Array<Id>, _>(&self.ids)?;
        out.push_sql(")");
        Ok(())
    }
}

impl<Column: QueryFragment<Sqlite>, I> QueryFragment<Sqlite> for OneOf<Column, I> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        self.column.walk_ast(out.reborrow())?;
        out.push_sql(if self.is_excluded { " NOT IN (SELECT value FROM json_each(" } else { " IN (SELECT value FROM json_each(" });
        out.push_bind_param::<Text, _>(&self.json)?;
        out.push_sql("))");
        Ok(())
    }
}
