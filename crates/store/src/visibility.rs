//! The visibility rule: what is public at a time. It stands here and nowhere else, in two forms.

use crate::schema::public_articles::dsl;
use crate::schema::search;
use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types::Bool;
use diesel::sqlite::Sqlite;
use masthead_domain::column::Instant;
use masthead_domain::time::Timestamp;

/// As a condition on a row of `public_articles`.
#[diesel::dsl::auto_type]
pub fn is_public(now: Timestamp) -> _ {
    let later: Option<Timestamp> = Some(now);
    dsl::visible_from.le(now).and(dsl::visible_until.is_null().or(dsl::visible_until.gt(later).assume_not_null()))
}

/// As a condition on a row of `search` that looks nothing up for it: it is none of those that [`is_public`] leaves out. They are
/// few, those still to come and those that are over and about to be cleared away, and have an index each; so they are read once, and
/// not each of hundreds of hits. What is to come has not been announced, which lets its index be used.
#[derive(Debug, Clone, Copy)]
pub struct FoundIsPublic(pub Timestamp);

const STILL_TO_COME: &str = "SELECT article_id FROM public_articles WHERE announced_at IS NULL AND visible_from > ";
const OVER: &str = "SELECT article_id FROM public_articles WHERE visible_until <= ";

impl QueryId for FoundIsPublic {
    type QueryId = Self;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl Expression for FoundIsPublic {
    type SqlType = Bool;
}

impl<GroupBy> ValidGrouping<GroupBy> for FoundIsPublic {
    type IsAggregate = is_aggregate::Never;
}

impl<Source> AppearsOnTable<Source> for FoundIsPublic where search::article_id: AppearsOnTable<Source> {}

impl<Source> SelectableExpression<Source> for FoundIsPublic where search::article_id: SelectableExpression<Source> {}

impl QueryFragment<Sqlite> for FoundIsPublic {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql("search.article_id NOT IN (");
        out.push_sql(STILL_TO_COME);
        out.push_bind_param::<Instant, _>(&self.0)?;
        out.push_sql(" UNION ALL ");
        out.push_sql(OVER);
        out.push_bind_param::<Instant, _>(&self.0)?;
        out.push_sql(")");
        Ok(())
    }
}

impl QueryFragment<Pg> for FoundIsPublic {
    /// As arrays that are made before anything else: as sets, PostgreSQL counts what it thinks they cost for every single hit,
    /// and reads the whole index instead. It takes a third of all articles to be over; an order and a limit, far beyond
    /// what a second leaves over, have it read them by their index all the same.
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("search.article_id <> ALL (ARRAY(");
        out.push_sql(STILL_TO_COME);
        out.push_bind_param::<Instant, _>(&self.0)?;
        out.push_sql(")) AND search.article_id <> ALL (ARRAY(");
        out.push_sql(OVER);
        out.push_bind_param::<Instant, _>(&self.0)?;
        out.push_sql(" ORDER BY visible_until DESC LIMIT 1000))");
        Ok(())
    }
}
