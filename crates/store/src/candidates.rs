//! The articles that "Read more" is chosen from, in one statement that is kept prepared.

use crate::dialect::Conn;
use crate::error::Error;
use crate::on_each;
use crate::public_articles::PublicArticle;
use diesel::backend::Backend;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::serialize::ToSql;
use diesel::sql_types::{HasSqlType, Integer};
use masthead_domain::column::{Id, Instant};
use masthead_domain::id::{ArticleId, SectionId, TagId};
use masthead_domain::time::Timestamp;

/// How many articles of each tag, and of the section, are weighed.
const EACH: &str = "20";

/// How many of an article's tags are looked at.
const TAGS_MAX: usize = 20;

/// The newest articles of one index after another, each with its weight. Only the number of parts varies, with that of the
/// article's tags; every value is bound.
struct Candidates {
    section_id: Option<SectionId>,
    tag_ids: Vec<TagId>,
    now: Timestamp,
}

impl QueryId for Candidates {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Candidates {
    type SqlType = (Id, Instant, Integer);
}

impl<Connection> RunQueryDsl<Connection> for Candidates {}

impl Candidates {
    /// Reads the newest of one index and stops.
    fn write_part<'b, DB: Backend + HasSqlType<Instant>>(
        &'b self,
        out: &mut AstPass<'_, 'b, DB>,
        weight: &str,
        table: &str,
        condition: impl FnOnce(&mut AstPass<'_, 'b, DB>) -> QueryResult<()>,
    ) -> QueryResult<()>
    where
        Timestamp: ToSql<Instant, DB>,
    {
        for part in ["SELECT article_id, published_at, ", weight, " FROM (SELECT article_id, published_at FROM ", table, " WHERE "] {
            out.push_sql(part);
        }
        condition(out)?;
        out.push_sql("published_at <= ");
        out.push_bind_param::<Instant, _>(&self.now)?;
        out.push_sql(" ORDER BY published_at DESC, article_id DESC LIMIT ");
        out.push_sql(EACH);
        out.push_sql(") AS part");
        Ok(())
    }
}

impl<DB: Backend + HasSqlType<Id> + HasSqlType<Instant>> QueryFragment<DB> for Candidates
where
    SectionId: ToSql<Id, DB>,
    TagId: ToSql<Id, DB>,
    Timestamp: ToSql<Instant, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.write_part(&mut out, "0", "public_articles", |_| Ok(()))?;
        if let Some(section_id) = &self.section_id {
            out.push_sql(" UNION ALL ");
            self.write_part(&mut out, "1", "public_articles", |out| {
                out.push_sql("section_id = ");
                out.push_bind_param::<Id, _>(section_id)?;
                out.push_sql(" AND ");
                Ok(())
            })?;
        }
        for tag_id in &self.tag_ids {
            out.push_sql(" UNION ALL ");
            self.write_part(&mut out, "2", "public_article_tags", |out| {
                out.push_sql("tag_id = ");
                out.push_bind_param::<Id, _>(tag_id)?;
                out.push_sql(" AND ");
                Ok(())
            })?;
        }
        Ok(())
    }
}

/// An article that shares something with another.
#[derive(Debug, Clone, Copy, Queryable)]
pub struct Candidate {
    pub article_id: ArticleId,
    pub published_at: Timestamp,
    /// How much what it shares counts.
    pub weight: i32,
}

/// The articles most like this one by shared tags (2 each) and section (1), and the newest for want of better, in no order,
/// an article once for each thing it shares. Whether they are public is still to be seen. One statement, bounded however
/// large the paper is.
///
/// # Errors
/// Those of the database.
pub fn candidates(conn: &mut Conn, article: &PublicArticle, now: Timestamp) -> Result<Vec<Candidate>, Error> {
    let tag_ids = article.details.0.tag_ids.iter().copied().take(TAGS_MAX).collect();
    let wanted = Candidates { section_id: article.section_id, tag_ids, now };
    Ok(on_each!(conn => wanted.load(conn))?)
}
