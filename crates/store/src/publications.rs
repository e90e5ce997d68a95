//! Papers that pieces are republished from.

use masthead_domain::article::IndexPolicy;
use masthead_domain::column::Json;
use masthead_domain::credit::{CreditPart, Permission};
use masthead_domain::id::{PublicationId, UserId};
use masthead_domain::slug::Slug;
use masthead_domain::time::Timestamp;

masthead_domain::stored_vocabulary! {
    /// Which address search engines are told to take as the original.
    #[derive(Default)]
    CanonicalPolicy {
        #[default]
        Source = "source",
        OurOwn = "self",
    }
}

/// A publication.
#[derive(Debug, Clone, PartialEq, diesel::Queryable, diesel::Selectable, diesel::Insertable, diesel::AsChangeset)]
#[diesel(table_name = crate::schema::publications, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct Publication {
    pub id: PublicationId,
    pub slug: Slug,
    pub version: i32,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub updated_by: Option<UserId>,
    pub name: String,
    pub description: Option<String>,
    pub homepage_url: Option<String>,
    pub country: Option<String>,
    pub language: Option<String>,
    pub credit_line_template: Option<String>,
    pub default_licence: Option<String>,
    pub index_policy: IndexPolicy,
    pub canonical_policy: CanonicalPolicy,
    pub credit_requires: Json<Vec<CreditPart>>,
    pub permission: Permission,
    pub permission_from: Option<Timestamp>,
    pub permission_until: Option<Timestamp>,
    pub private_notes: Option<String>,
    pub private_contact: Option<String>,
}

record_verbs!(publications, Publication, PublicationId);

record_list!(publications, Publication, |query, filter| {
    if let Some(country) = &filter.country {
        query = query.filter(dsl::country.eq(country));
    }
});
