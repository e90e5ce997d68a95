//! What the records that articles refer to (authors, sections, tags and so on) have in common.

use masthead_domain::column::AnyId;
use masthead_domain::id::{SectionId, UserId};
use masthead_domain::slug::Slug;
use masthead_domain::time::Timestamp;
use uuid::Uuid;

/// What a path names a thing by: its id or its slug. No slug has the form of an id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    Id(AnyId),
    Slug(Slug),
}

impl Key {
    /// Reads a path segment; neither an id nor a slug is nothing that could exist.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() == 36
            && let Ok(id) = Uuid::try_parse(text)
        {
            return Some(Self::Id(AnyId(id)));
        }
        Slug::parse(text).ok().map(Self::Slug)
    }
}

/// The ids in an iterator, each once and in order.
pub fn distinct<I: Ord>(ids: impl Iterator<Item = I>) -> Vec<I> {
    ids.collect::<std::collections::BTreeSet<I>>().into_iter().collect()
}

/// What every record carries beside its content.
#[derive(Debug, Clone)]
pub struct Meta {
    pub id: AnyId,
    pub slug: Slug,
    pub version: i32,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub updated_by: Option<UserId>,
}

/// What a list of records is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordSort {
    Name,
    UpdatedAt,
}

/// What a list of records is narrowed down to; each kind uses the parts that it has.
#[derive(Debug, Clone, Default)]
pub struct RecordFilter {
    pub updated_since: Option<Timestamp>,
    /// Sections: those directly under this one.
    pub parent_id: Option<SectionId>,
    /// Publications: those of this country.
    pub country: Option<String>,
}

/// Writes `find`, `by_ids`, `names_taken`, `insert`, `update` and `delete` for a table of records.
macro_rules! record_verbs {
    ($table:ident, $row:ident, $id:ty) => {
        /// The record of that id or slug.
        ///
        /// # Errors
        /// [`Error::NotFound`](crate::error::Error::NotFound)
        pub fn find(conn: &mut $crate::dialect::Conn, key: &$crate::record::Key) -> Result<$row, $crate::error::Error> {
            use diesel::prelude::*;
            use $crate::schema::$table::dsl;
            let row = match key {
                $crate::record::Key::Id(id) => {
                    $crate::on_each!(conn => dsl::$table.filter(dsl::id.eq(*id)).select($row::as_select()).first(conn))
                }
                $crate::record::Key::Slug(slug) => {
                    $crate::on_each!(conn => dsl::$table.filter(dsl::slug.eq(slug)).select($row::as_select()).first(conn))
                }
            };
            row.map_err(Into::into)
        }

        /// Those of the records with these ids that exist, in no order.
        ///
        /// # Errors
        /// Those of the database.
        pub fn by_ids(conn: &mut $crate::dialect::Conn, ids: &[$id]) -> Result<Vec<$row>, $crate::error::Error> {
            use diesel::prelude::*;
            use $crate::schema::$table::dsl;
            if ids.is_empty() {
                return Ok(Vec::new());
            }
            let wanted = $crate::one_of::one_of(dsl::id, ids);
            Ok($crate::on_each!(conn => dsl::$table.filter(wanted).select($row::as_select()).load(conn))?)
        }

        /// Whether another record than `own` has that slug.
        ///
        /// # Errors
        /// Those of the database.
        pub fn slug_is_taken(conn: &mut $crate::dialect::Conn, slug: &masthead_domain::slug::Slug, own: Option<masthead_domain::column::AnyId>) -> Result<bool, $crate::error::Error> {
            use diesel::prelude::*;
            use $crate::schema::$table::dsl;
            let found: Option<masthead_domain::column::AnyId> =
                $crate::on_each!(conn => dsl::$table.filter(dsl::slug.eq(slug)).select(dsl::id).first(conn)).optional()?;
            Ok(found.is_some_and(|id| Some(id) != own))
        }

        /// Adds a record.
        ///
        /// # Errors
        /// [`Error::Taken`](crate::error::Error::Taken) where its slug is; the transaction can go on.
        pub fn insert(conn: &mut $crate::dialect::Conn, row: &$row) -> Result<(), $crate::error::Error> {
            use diesel::prelude::*;
            use $crate::schema::$table::dsl;
            let count = $crate::on_each!(conn => diesel::insert_into(dsl::$table).values(row).on_conflict(dsl::slug).do_nothing().execute(conn))?;
            if count == 1 { Ok(()) } else { Err($crate::error::Error::Taken { index: concat!(stringify!($table), "_slug_key").to_owned() }) }
        }

        /// Writes a record over the version `seen`.
        ///
        /// # Errors
        /// [`Error::Stale`](crate::error::Error::Stale) where it has another version by now.
        pub fn update(conn: &mut $crate::dialect::Conn, seen: i32, row: &$row) -> Result<(), $crate::error::Error> {
            use diesel::prelude::*;
            use $crate::schema::$table::dsl;
            let count = $crate::on_each!(conn => {
                diesel::update(dsl::$table.filter(dsl::id.eq(row.id)).filter(dsl::version.eq(seen))).set(row).execute(conn)
            })?;
            if count == 1 { Ok(()) } else { Err($crate::error::Error::Stale) }
        }

        /// Deletes the version `seen` of a record.
        ///
        /// # Errors
        /// [`Error::Stale`](crate::error::Error::Stale), or [`Error::InUse`](crate::error::Error::InUse) where something refers to it.
        pub fn delete(conn: &mut $crate::dialect::Conn, seen: i32, id: $id) -> Result<(), $crate::error::Error> {
            use diesel::prelude::*;
            use $crate::schema::$table::dsl;
            let count = $crate::on_each!(conn => {
                diesel::delete(dsl::$table.filter(dsl::id.eq(id)).filter(dsl::version.eq(seen))).execute(conn)
            })?;
            if count == 1 { Ok(()) } else { Err($crate::error::Error::Stale) }
        }
    };
}

/// Writes `list` for a table of records that are listed by name; the block narrows `$query` down by `$filter`.
macro_rules! record_list {
    ($table:ident, $row:ident, |$query:ident, $filter:ident| $narrow:block) => {
        /// A page of the records, by name or by the time of their last change.
        ///
        /// # Errors
        /// Those of the database.
        pub fn list(
            conn: &mut $crate::dialect::Conn,
            filter: &$crate::record::RecordFilter,
            sort: $crate::record::RecordSort,
            page: &$crate::page::Page,
        ) -> Result<$crate::page::Listing<$row>, $crate::error::Error> {
            use diesel::prelude::*;
            use $crate::schema::$table::dsl;
            macro_rules! narrowed {
                ($start:expr) => {{
                    let $filter = filter;
                    #[allow(unused_mut, reason = "not every table has filters of its own")]
                    let mut $query = $start;
                    if let Some(since) = $filter.updated_since {
                        $query = $query.filter(dsl::updated_at.ge(since));
                    }
                    $narrow
                    $query
                }};
            }
            $crate::on_each!(conn => {
                let query = narrowed!(dsl::$table.select($row::as_select()).into_boxed());
                let rows: Vec<$row> = match sort {
                    $crate::record::RecordSort::Name => seek!(query, page, dsl::name, dsl::id, page.after_text()).load(conn)?,
                    $crate::record::RecordSort::UpdatedAt => seek!(query, page, dsl::updated_at, dsl::id, page.after_time()).load(conn)?,
                };
                let total: Option<i64> = if page.total {
                    Some(narrowed!(dsl::$table.count().into_boxed()).get_result(conn)?)
                } else {
                    None
                };
                Ok(page.listing(rows, total))
            })
        }
    };
}
