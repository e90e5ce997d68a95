//! Places where meetings are held.

use masthead_domain::id::{UserId, VenueId};
use masthead_domain::meeting::Access;
use masthead_domain::slug::Slug;
use masthead_domain::time::Timestamp;

/// A venue.
#[derive(Debug, Clone, PartialEq, diesel::Queryable, diesel::Selectable, diesel::Insertable, diesel::AsChangeset)]
#[diesel(table_name = crate::schema::venues, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct Venue {
    pub id: VenueId,
    pub slug: Slug,
    pub version: i32,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub updated_by: Option<UserId>,
    pub name: String,
    pub street_address: Option<String>,
    pub locality: Option<String>,
    pub region: Option<String>,
    pub postcode: Option<String>,
    pub country: Option<String>,
    pub latitude: Option<f64>,
    pub longitude: Option<f64>,
    pub map_url: Option<String>,
    pub step_free: Access,
    pub accessible_toilet: Access,
    pub hearing_loop: Access,
    pub access_notes: Option<String>,
    pub access_contact: Option<String>,
}

record_verbs!(venues, Venue, VenueId);

record_list!(venues, Venue, |query, filter| {});
