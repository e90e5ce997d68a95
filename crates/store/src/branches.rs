//! Local groups that hold meetings.

use masthead_domain::id::{BranchId, UserId};
use masthead_domain::slug::Slug;
use masthead_domain::time::Timestamp;

/// A branch.
#[derive(Debug, Clone, PartialEq, diesel::Queryable, diesel::Selectable, diesel::Insertable, diesel::AsChangeset)]
#[diesel(table_name = crate::schema::branches, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct Branch {
    pub id: BranchId,
    pub slug: Slug,
    pub version: i32,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub updated_by: Option<UserId>,
    pub name: String,
    pub description: Option<String>,
    pub city: Option<String>,
    pub timezone: String,
    pub contact_email: Option<String>,
    pub url: Option<String>,
}

record_verbs!(branches, Branch, BranchId);

record_list!(branches, Branch, |query, filter| {});
