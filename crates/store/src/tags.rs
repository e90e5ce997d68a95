//! Tags.

use masthead_domain::id::{TagId, UserId};
use masthead_domain::slug::Slug;
use masthead_domain::time::Timestamp;

/// A tag.
#[derive(Debug, Clone, PartialEq, diesel::Queryable, diesel::Selectable, diesel::Insertable, diesel::AsChangeset)]
#[diesel(table_name = crate::schema::tags, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct Tag {
    pub id: TagId,
    pub slug: Slug,
    pub version: i32,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub updated_by: Option<UserId>,
    pub name: String,
    pub description: Option<String>,
}

record_verbs!(tags, Tag, TagId);

record_list!(tags, Tag, |query, filter| {});
