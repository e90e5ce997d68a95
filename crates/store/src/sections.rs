//! Sections, a tree.

use masthead_domain::id::{SectionId, UserId};
use masthead_domain::slug::Slug;
use masthead_domain::time::Timestamp;

/// A section.
#[derive(Debug, Clone, PartialEq, diesel::Queryable, diesel::Selectable, diesel::Insertable, diesel::AsChangeset)]
#[diesel(table_name = crate::schema::sections, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct Section {
    pub id: SectionId,
    pub slug: Slug,
    pub version: i32,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub updated_by: Option<UserId>,
    pub name: String,
    pub description: Option<String>,
    pub parent_id: Option<SectionId>,
}

record_verbs!(sections, Section, SectionId);

record_list!(sections, Section, |query, filter| {
    if let Some(parent) = filter.parent_id {
        query = query.filter(dsl::parent_id.eq(Some(parent)));
    }
});

/// These sections and all under them.
///
/// # Errors
/// Those of the database.
pub fn with_all_under(conn: &mut crate::dialect::Conn, ids: &[SectionId]) -> Result<Vec<SectionId>, crate::error::Error> {
    let mut all = ids.to_vec();
    let mut level = ids.to_vec();
    while !level.is_empty() {
        level = children(conn, &level)?;
        level.retain(|id| !all.contains(id));
        all.extend(&level);
    }
    Ok(all)
}

/// The sections directly under these.
///
/// # Errors
/// Those of the database.
pub fn children(conn: &mut crate::dialect::Conn, parents: &[SectionId]) -> Result<Vec<SectionId>, crate::error::Error> {
    use crate::schema::sections::dsl;
    use diesel::prelude::*;
    let wanted = crate::one_of::one_of(dsl::parent_id.assume_not_null(), parents);
    Ok(crate::on_each!(conn => dsl::sections.filter(dsl::parent_id.is_not_null()).filter(wanted).select(dsl::id).load(conn))?)
}
