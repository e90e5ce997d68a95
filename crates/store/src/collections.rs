//! Collections of articles.

use masthead_domain::collection::{Fill, Slot};
use masthead_domain::column::Json;
use masthead_domain::id::{CollectionId, SectionId, TagId, UserId};
use masthead_domain::slug::Slug;
use masthead_domain::time::Timestamp;

/// A collection.
#[derive(Debug, Clone, PartialEq, diesel::Queryable, diesel::Selectable, diesel::Insertable, diesel::AsChangeset)]
#[diesel(table_name = crate::schema::collections, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct Collection {
    pub id: CollectionId,
    pub slug: Slug,
    pub version: i32,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub updated_by: Option<UserId>,
    pub name: String,
    pub description: Option<String>,
    /// How many articles readers get.
    pub size: i32,
    pub slots: Json<Vec<Slot>>,
    pub fill: Option<Json<Fill>>,
    /// Of the rule, for the foreign keys.
    pub fill_section_id: Option<SectionId>,
    /// Of the rule, for the foreign keys.
    pub fill_tag_id: Option<TagId>,
}

record_verbs!(collections, Collection, CollectionId);

record_list!(collections, Collection, |query, filter| {});

/// The collections that are filled up by that tag, in no order.
///
/// # Errors
/// Those of the database.
pub fn filled_by_tag(conn: &mut crate::dialect::Conn, tag_id: TagId) -> Result<Vec<CollectionId>, crate::error::Error> {
    use crate::schema::collections::dsl;
    use diesel::prelude::*;
    Ok(crate::on_each!(conn => dsl::collections.filter(dsl::fill_tag_id.eq(Some(tag_id))).select(dsl::id).load(conn))?)
}
