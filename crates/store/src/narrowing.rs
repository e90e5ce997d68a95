//! What a list of public articles is narrowed down by, in the three forms that it takes in a statement: as a condition on
//! a row, as the set of the articles that meet it, and as a count of those.
//!
//! A list by several filters, or in another order than that of its filter's index, can be read in more ways than one, and
//! the wrong way reads the whole paper: SQLite does not know how rare a value is, PostgreSQL guesses. So it is counted, as
//! far as [`FEW`], and the statement is then written so that there is only one way to run it.

use crate::dialect::Conn;
use crate::error::Error;
use crate::on_each;
use crate::public_articles::PublicFilter;
use diesel::backend::Backend;
use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::serialize::ToSql;
use diesel::sql_types::{BigInt, Bool, HasSqlType, Integer, Text};
use diesel::sqlite::Sqlite;
use masthead_domain::column::{AnyId, Id, Instant};
use masthead_domain::id::ArticleId;
use masthead_domain::time::Timestamp;

/// How many articles are read and sorted rather than walked past.
pub const FEW: i64 = 1000;

/// One filter.
#[derive(Debug, Clone)]
pub enum Narrowing {
    Section(AnyId),
    /// Any of these, of which there is more than one.
    Sections(Vec<AnyId>),
    Issue(AnyId),
    Language(String),
    Author(AnyId),
    Publication(AnyId),
    /// Any of these.
    Tags(Vec<AnyId>),
    Published {
        after: Option<Timestamp>,
        before: Option<Timestamp>,
    },
    UpdatedSince(Timestamp),
}

impl Narrowing {
    /// The filters that are set, but for the articles to leave out: those narrow nothing down.
    #[must_use]
    pub fn all(filter: &PublicFilter) -> Vec<Self> {
        let published = (filter.published_after.is_some() || filter.published_before.is_some())
            .then_some(Self::Published { after: filter.published_after, before: filter.published_before });
        [
            filter.author_id.map(|id| Self::Author(AnyId(id.0))),
            filter.publication_id.map(|id| Self::Publication(AnyId(id.0))),
            filter.tag_ids.as_ref().map(|ids| Self::Tags(ids.iter().map(|id| AnyId(id.0)).collect())),
            filter.section_ids.as_deref().map(|ids| match ids {
                [id] => Self::Section(AnyId(id.0)),
                ids => Self::Sections(ids.iter().map(|id| AnyId(id.0)).collect()),
            }),
            filter.issue_id.map(|id| Self::Issue(AnyId(id.0))),
            filter.language.clone().map(Self::Language),
            filter.updated_since.map(Self::UpdatedSince),
            published,
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// The table and the column that a filter on another table looks into.
    fn link(&self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Author(_) => Some(("public_article_authors", "author_id")),
            Self::Publication(_) => Some(("public_article_publications", "publication_id")),
            Self::Tags(_) => Some(("public_article_tags", "tag_id")),
            Self::Section(_) | Self::Sections(_) | Self::Issue(_) | Self::Language(_) | Self::Published { .. } | Self::UpdatedSince(_) => None,
        }
    }

    /// The table of the articles that meet it.
    fn table(&self) -> &'static str {
        self.link().map_or("public_articles", |(table, _)| table)
    }

    /// The condition on a row of its table, whose columns are written after `mark`.
    fn write_test<'b, DB: Values>(&'b self, mark: &str, out: &mut AstPass<'_, 'b, DB>) -> QueryResult<()>
    where
        AnyId: ToSql<Id, DB>,
        Timestamp: ToSql<Instant, DB>,
        String: ToSql<Text, DB>,
    {
        let compare = |out: &mut AstPass<'_, 'b, DB>, column: &str, sign: &str| {
            for part in [mark, column, sign] {
                out.push_sql(part);
            }
        };
        let among = |out: &mut AstPass<'_, 'b, DB>, column: &str, ids: &'b [AnyId]| {
            compare(out, column, " IN (");
            for (index, id) in ids.iter().enumerate() {
                out.push_sql(if index == 0 { "" } else { ", " });
                out.push_bind_param::<Id, _>(id)?;
            }
            out.push_sql(")");
            Ok(())
        };
        match self {
            Self::Section(id) => {
                compare(out, "section_id", " = ");
                out.push_bind_param::<Id, _>(id)
            }
            Self::Issue(id) => {
                compare(out, "issue_id", " = ");
                out.push_bind_param::<Id, _>(id)
            }
            Self::Language(language) => {
                compare(out, "language", " = ");
                out.push_bind_param::<Text, _>(language)
            }
            Self::Author(id) => {
                compare(out, "author_id", " = ");
                out.push_bind_param::<Id, _>(id)
            }
            Self::Publication(id) => {
                compare(out, "publication_id", " = ");
                out.push_bind_param::<Id, _>(id)
            }
            Self::Tags(ids) => among(out, "tag_id", ids),
            Self::Sections(ids) => among(out, "section_id", ids),
            Self::Published { after, before } => {
                if let Some(after) = after {
                    compare(out, "published_at", " > ");
                    out.push_bind_param::<Instant, _>(after)?;
                }
                if after.is_some() && before.is_some() {
                    out.push_sql(" AND ");
                }
                if let Some(before) = before {
                    compare(out, "published_at", " < ");
                    out.push_bind_param::<Instant, _>(before)?;
                }
                Ok(())
            }
            Self::UpdatedSince(since) => {
                compare(out, "updated_at", " >= ");
                out.push_bind_param::<Instant, _>(since)
            }
        }
    }
}

/// A database, with what makes it test a column without looking for an index of it.
trait Values: Backend + HasSqlType<Id> + HasSqlType<Instant> {
    const UNINDEXED: &'static str;
    /// How the row of a filter's table belongs to an article.
    const BELONGS: &'static str;
    /// What tells that a value is an id, where nothing around it does.
    const AN_ID: &'static str;
    /// The articles of the sections `wanted`, looked for in one section after another, as `placed`: of so many sections both
    /// databases think that they have most articles, and would read all.
    const PLACED: &'static str;
}

impl Values for Sqlite {
    // A plus sign does nothing, but to an expression no index applies (https://sqlite.org/optoverview.html, 6.2).
    const UNINDEXED: &'static str = "+";
    // The whole primary key, so that a row is one look-up.
    const BELONGS: &'static str = "link.published_at = public_articles.published_at AND link.article_id = public_articles.article_id";
    const AN_ID: &'static str = "";
    // Of a cross join the left side is always the outer loop (https://sqlite.org/optoverview.html, 7.3).
    const PLACED: &'static str = " CROSS JOIN public_articles AS placed WHERE placed.section_id = wanted.column1";
}

impl Values for Pg {
    // It knows how often a value occurs, and is told the value.
    const UNINDEXED: &'static str = "";
    // It takes two equalities for much rarer than one, and then expects next to no rows.
    const BELONGS: &'static str = "link.article_id = public_articles.article_id";
    const AN_ID: &'static str = "::uuid";
    // The limit, which is that of the whole, keeps one section apart from the next.
    const PLACED: &'static str = {
        assert!(FEW == 1000);
        " CROSS JOIN LATERAL (SELECT article_id FROM public_articles WHERE section_id = wanted.column1 LIMIT 1001) AS placed"
    };
}

/// The articles of these sections as a source of rows, `placed`, at most one more than [`FEW`].
fn write_placed<'b, DB: Values>(ids: &'b [AnyId], out: &mut AstPass<'_, 'b, DB>) -> QueryResult<()>
where
    AnyId: ToSql<Id, DB>,
{
    out.push_sql("(VALUES ");
    for (index, id) in ids.iter().enumerate() {
        out.push_sql(if index == 0 { "(" } else { "), (" });
        out.push_bind_param::<Id, _>(id)?;
        out.push_sql(DB::AN_ID);
    }
    out.push_sql(")) AS wanted");
    out.push_sql(DB::PLACED);
    out.push_sql(&format!(" LIMIT {}", FEW + 1));
    Ok(())
}

/// The articles of sections.
struct Placed<'a>(&'a [AnyId]);

impl QueryId for Placed<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Placed<'_> {
    type SqlType = Id;
}

impl<Connection> RunQueryDsl<Connection> for Placed<'_> {}

impl<DB: Values> QueryFragment<DB> for Placed<'_>
where
    AnyId: ToSql<Id, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.unsafe_to_cache_prepared();
        out.push_sql("SELECT placed.article_id FROM ");
        write_placed(self.0, &mut out)
    }
}

/// The articles of these sections, which have no more than [`FEW`] together, public by now or not. PostgreSQL looks them up when it is
/// told which they are, and reads all articles when it is told how they are found.
///
/// # Errors
/// Those of the database.
pub fn placed(conn: &mut Conn, ids: &[AnyId]) -> Result<Vec<ArticleId>, Error> {
    conn.plan_anew();
    Ok(on_each!(conn => Placed(ids).load(conn))?)
}

/// The form of a filter in a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// A condition that an index may be entered by.
    Indexed,
    /// A condition that each row is tested by.
    Tested,
    /// The set of the articles.
    Members,
}

/// A filter as a condition on `public_articles`.
#[derive(Debug, Clone, Copy)]
pub struct Condition<'a> {
    narrowing: &'a Narrowing,
    form: Form,
}

impl Narrowing {
    /// As a condition that an index may be entered by.
    #[must_use]
    pub fn indexed(&self) -> Condition<'_> {
        Condition { narrowing: self, form: Form::Indexed }
    }

    /// As a condition that each row is tested by.
    #[must_use]
    pub fn tested(&self) -> Condition<'_> {
        Condition { narrowing: self, form: Form::Tested }
    }

    /// As it is best counted: a set that stands in a table of its own is read from there.
    #[must_use]
    pub fn counted(&self) -> Condition<'_> {
        if self.link().is_some() { self.members() } else { self.indexed() }
    }

    /// As membership in the set of the articles that meet it: those are then what is read first.
    #[must_use]
    pub fn members(&self) -> Condition<'_> {
        Condition { narrowing: self, form: Form::Members }
    }
}

impl QueryId for Condition<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Expression for Condition<'_> {
    type SqlType = Bool;
}

impl<GroupBy> ValidGrouping<GroupBy> for Condition<'_> {
    type IsAggregate = is_aggregate::No;
}

impl<Source> AppearsOnTable<Source> for Condition<'_> {}

impl<Source> SelectableExpression<Source> for Condition<'_> {}

impl<DB: Values> QueryFragment<DB> for Condition<'_>
where
    AnyId: ToSql<Id, DB>,
    Timestamp: ToSql<Instant, DB>,
    String: ToSql<Text, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        match (self.form, self.narrowing.link()) {
            (Form::Members, Some((table, _))) => {
                out.push_sql("public_articles.article_id IN (SELECT article_id FROM ");
                out.push_sql(table);
                out.push_sql(" WHERE ");
                self.narrowing.write_test("", &mut out)?;
                out.push_sql(")");
            }
            (Form::Indexed | Form::Tested, Some((table, _))) => {
                out.push_sql("EXISTS (SELECT 1 FROM ");
                out.push_sql(table);
                out.push_sql(" AS link WHERE ");
                self.narrowing.write_test("link.", &mut out)?;
                out.push_sql(" AND ");
                out.push_sql(DB::BELONGS);
                out.push_sql(")");
            }
            // Its own index is the set. As a set beside it, PostgreSQL takes it for much larger than it is.
            (Form::Indexed | Form::Members, None) => self.narrowing.write_test("public_articles.", &mut out)?,
            (Form::Tested, None) => {
                let mark = format!("{}public_articles.", DB::UNINDEXED);
                self.narrowing.write_test(&mark, &mut out)?;
            }
        }
        Ok(())
    }
}

/// A column to sort by, where the rows are to be sorted rather than read in the order of an index.
#[derive(Debug, Clone, Copy, ValidGrouping)]
pub struct Unindexed<Column>(pub Column);

impl<Column> QueryId for Unindexed<Column> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Column: Expression> Expression for Unindexed<Column> {
    type SqlType = Column::SqlType;
}

impl<Column: AppearsOnTable<Source>, Source> AppearsOnTable<Source> for Unindexed<Column> {}

impl<Column: SelectableExpression<Source>, Source> SelectableExpression<Source> for Unindexed<Column> {}

impl<DB: Values, Column: QueryFragment<DB>> QueryFragment<DB> for Unindexed<Column> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql(DB::UNINDEXED);
        self.0.walk_ast(out)
    }
}

/// Is always met, and keeps the statement from being kept prepared: what is rare decides how it is best run, and the filters can be
/// combined in thousands of ways. Goes with [`plan_anew`](Conn::plan_anew).
#[derive(Debug, Clone, Copy)]
pub struct PlannedAnew;

impl QueryId for PlannedAnew {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Expression for PlannedAnew {
    type SqlType = Bool;
}

impl<GroupBy> ValidGrouping<GroupBy> for PlannedAnew {
    type IsAggregate = is_aggregate::No;
}

impl<Source> AppearsOnTable<Source> for PlannedAnew {}

impl<Source> SelectableExpression<Source> for PlannedAnew {}

impl<DB: Backend> QueryFragment<DB> for PlannedAnew {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.unsafe_to_cache_prepared();
        out.push_sql("TRUE");
        Ok(())
    }
}

/// What Diesel asks of a condition that is made of queries.
macro_rules! among_queries {
    ($($name:ident),*) => {$(
        impl<Arm> QueryId for $name<Arm> {
            type QueryId = ();
            const HAS_STATIC_QUERY_ID: bool = false;
        }

        impl<Arm> Expression for $name<Arm> {
            type SqlType = Bool;
        }

        impl<Arm, GroupBy> ValidGrouping<GroupBy> for $name<Arm> {
            type IsAggregate = is_aggregate::No;
        }

        impl<Arm, Source> AppearsOnTable<Source> for $name<Arm> {}

        impl<Arm, Source> SelectableExpression<Source> for $name<Arm> {}
    )*};
}

among_queries!(AmongAny, AmongFirst);

/// Whether an article is among those that one of several queries gives.
#[derive(Debug, Clone)]
pub struct AmongAny<Arm>(pub Vec<Arm>);

impl<DB: Backend, Arm: QueryFragment<DB>> QueryFragment<DB> for AmongAny<Arm> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("public_articles.article_id IN (");
        for (index, arm) in self.0.iter().enumerate() {
            out.push_sql(if index == 0 { "" } else { " UNION " });
            // In brackets of its own, since it has an order and a limit.
            out.push_sql("SELECT article_id FROM (");
            arm.walk_ast(out.reborrow())?;
            out.push_sql(&format!(") AS arm{index}"));
        }
        out.push_sql(")");
        Ok(())
    }
}

/// Whether an article is among the first of all that several queries give, by the time of publication. Each gives ids and
/// times, and none what another does. So only the articles of one page are read whole.
#[derive(Debug, Clone)]
pub struct AmongFirst<Arm> {
    pub arms: Vec<Arm>,
    pub is_descending: bool,
    pub rows: i64,
}

impl<DB: Values + HasSqlType<BigInt>, Arm: QueryFragment<DB>> QueryFragment<DB> for AmongFirst<Arm>
where
    i64: ToSql<BigInt, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("public_articles.article_id IN (SELECT article_id FROM (");
        for (index, arm) in self.arms.iter().enumerate() {
            out.push_sql(if index == 0 { "" } else { " UNION ALL " });
            out.push_sql("SELECT article_id, published_at FROM (");
            arm.walk_ast(out.reborrow())?;
            out.push_sql(&format!(") AS arm{index}"));
        }
        out.push_sql(match self.is_descending {
            true => ") AS arms ORDER BY published_at DESC, article_id DESC LIMIT ",
            false => ") AS arms ORDER BY published_at, article_id LIMIT ",
        });
        out.push_bind_param::<BigInt, _>(&self.rows)?;
        out.push_sql(")");
        Ok(())
    }
}

/// How many articles meet each of the filters.
struct Rarity<'a>(&'a [Narrowing]);

impl QueryId for Rarity<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Rarity<'_> {
    type SqlType = (Integer, BigInt);
}

impl<Connection> RunQueryDsl<Connection> for Rarity<'_> {}

impl<DB: Values> QueryFragment<DB> for Rarity<'_>
where
    AnyId: ToSql<Id, DB>,
    Timestamp: ToSql<Instant, DB>,
    String: ToSql<Text, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.unsafe_to_cache_prepared();
        for (index, narrowing) in self.0.iter().enumerate() {
            out.push_sql(if index == 0 { "" } else { " UNION ALL " });
            out.push_sql(&format!("SELECT {index}, COUNT(*) FROM (SELECT 1 FROM "));
            if let Narrowing::Sections(ids) = narrowing {
                write_placed(ids, &mut out)?;
            } else {
                out.push_sql(narrowing.table());
                out.push_sql(" WHERE ");
                narrowing.write_test("", &mut out)?;
                // The order is that of an index, and keeps PostgreSQL from looking for the rows in the whole table.
                out.push_sql(match narrowing {
                    Narrowing::Tags(ids) if ids.len() > 1 => "",
                    Narrowing::UpdatedSince(_) => " ORDER BY updated_at",
                    _ => " ORDER BY published_at",
                });
                out.push_sql(&format!(" LIMIT {}", FEW + 1));
            }
            out.push_sql(&format!(") AS counted{index}"));
        }
        Ok(())
    }
}

/// The filter that the fewest articles meet, by its place, and whether those are no more than [`FEW`].
///
/// # Errors
/// Those of the database.
pub fn rarest(conn: &mut Conn, narrowings: &[Narrowing]) -> Result<Option<(usize, bool)>, Error> {
    if narrowings.is_empty() {
        return Ok(None);
    }
    conn.plan_anew();
    let counts: Vec<(i32, i64)> = on_each!(conn => Rarity(narrowings).load(conn))?;
    // Among equals the first: what is in a table of its own stands first, and has an index in the order of a list.
    let rarest = counts.into_iter().min_by_key(|(index, count)| (*count, *index));
    Ok(rarest.map(|(index, count)| (usize::try_from(index).unwrap_or_default(), count <= FEW)))
}
