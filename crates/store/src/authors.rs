//! People who write; not logins.

use masthead_domain::id::{AuthorId, UserId};
use masthead_domain::slug::Slug;
use masthead_domain::time::Timestamp;

/// An author.
#[derive(Debug, Clone, PartialEq, diesel::Queryable, diesel::Selectable, diesel::Insertable, diesel::AsChangeset)]
#[diesel(table_name = crate::schema::authors, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct Author {
    pub id: AuthorId,
    pub slug: Slug,
    pub version: i32,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub updated_by: Option<UserId>,
    pub name: String,
    pub bio: Option<String>,
    pub organisation: Option<String>,
    pub url: Option<String>,
    /// Who is behind a pen name; for editors only.
    pub real_name: Option<String>,
}

record_verbs!(authors, Author, AuthorId);

record_list!(authors, Author, |query, filter| {});
