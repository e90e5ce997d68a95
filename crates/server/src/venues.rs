//! Venues: places where meetings are held, with what is known of their access. Readers see them with their meetings.

use crate::record::nothing_to_check;
use actix_web::{delete, get, patch, post};
use masthead_domain::article::read_slug;
use masthead_domain::fault::FaultCode;
use masthead_domain::id::VenueId;
use masthead_domain::meeting::Access;
use masthead_domain::read::Reader;

record_types! {
    /// A venue, as it stands in a meeting.
    Venue: row masthead_store::venues::Venue, id VenueId, kind Venue, input VenueIn, editor EditorVenue, editor_list EditorVenueList;
    public {
        #[schema(min_length = 1, max_length = 200, example = "Wharf Hall")]
        name: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schema(max_length = 300, example = "12 Ropewalk Lane")]
        street_address: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schema(max_length = 200, example = "Sydney")]
        locality: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schema(max_length = 200, example = "NSW")]
        region: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schema(max_length = 20, example = "2000")]
        postcode: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schema(max_length = 200, example = "Australia")]
        country: Option<String>,
        /// Degrees north, WGS 84; given together with the longitude.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schema(minimum = -90, maximum = 90, example = -33.86)]
        latitude: Option<f64>,
        /// Degrees east, WGS 84.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schema(minimum = -180, maximum = 180, example = 151.21)]
        longitude: Option<f64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schema(max_length = 2000, format = Uri, example = "https://map.example/wharf-hall")]
        map_url: Option<String>,
        /// Whether one gets in without steps.
        #[schema(default = "unknown")]
        step_free: Access,
        #[schema(default = "unknown")]
        accessible_toilet: Access,
        #[schema(default = "unknown")]
        hearing_loop: Access,
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schema(max_length = 2000, example = "The lift is behind the bar.")]
        access_notes: Option<String>,
        /// Whom to ask about access.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schema(max_length = 300, example = "Kit, 555 0100")]
        access_contact: Option<String>,
    }
    private {}
}

fn read(reader: &mut Reader) -> VenueIn {
    let input = VenueIn {
        slug: read_slug(reader),
        name: reader.required_line("name", 200),
        street_address: reader.filled_line("street_address", 300),
        locality: reader.filled_line("locality", 200),
        region: reader.filled_line("region", 200),
        postcode: reader.filled_line("postcode", 20),
        country: reader.filled_line("country", 200),
        latitude: reader.number("latitude", -90.0..=90.0),
        longitude: reader.number("longitude", -180.0..=180.0),
        map_url: reader.web_address("map_url"),
        step_free: reader.word("step_free").unwrap_or_default(),
        accessible_toilet: reader.word("accessible_toilet").unwrap_or_default(),
        hearing_loop: reader.word("hearing_loop").unwrap_or_default(),
        access_notes: reader.filled_text("access_notes", 2000),
        access_contact: reader.filled_line("access_contact", 300),
    };
    if input.latitude.is_some() != input.longitude.is_some() {
        let missing = if input.latitude.is_some() { "longitude" } else { "latitude" };
        if !reader.has_fault(missing) {
            reader.fault(missing, FaultCode::Required, "latitude and longitude belong together");
        }
    }
    input
}

record_desk! { venues::Venue, kind Venue, input VenueIn, editor EditorVenue, read read, check nothing_to_check }

record_desk_routes! {
    venues::Venue, tag "venues", one "venue", many "venues", path "/venues", item "/venues/{id}",
    input VenueIn, editor EditorVenue, editor_list EditorVenueList,
    operations list_editor_venues find_editor_venue create_venue update_venue delete_venue,
    filter |query, filter| {}
}

record_revision_routes! {
    venues::Venue, tag "venues", one "a venue", list "/venues/{id}/revisions", item "/venues/{id}/revisions/{number}",
    input VenueIn, revision VenueRevision, operations list_venue_revisions find_venue_revision
}
