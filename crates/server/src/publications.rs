//! Publications: papers that pieces are republished from, with what was agreed with them.

use crate::record::wait_for_names;
use actix_web::{delete, get, patch, post};
use masthead_domain::article::{IndexPolicy, read_slug};
use masthead_domain::column::{AnyId, Json};
use masthead_domain::credit::{CreditPart, Permission, is_template};
use masthead_domain::fault::FaultCode;
use masthead_domain::id::PublicationId;
use masthead_domain::read::Reader;
use masthead_domain::time::Timestamp;
use masthead_store::dialect::Conn;
use masthead_store::error::Error;
use masthead_store::publications::CanonicalPolicy;
use masthead_store::search;

record_types! {
    /// A publication.
    Publication: row masthead_store::publications::Publication, id PublicationId, kind Publication, input PublicationIn, editor EditorPublication, editor_list EditorPublicationList;
    public {
        #[schema(min_length = 1, max_length = 200, example = "Lantern North")]
        name: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schema(max_length = 5000, example = "Our sister paper up the coast.")]
        description: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schema(max_length = 2000, format = Uri, example = "https://north.example")]
        homepage_url: Option<String>,
        /// ISO 3166-1, two letters.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schema(pattern = "^[A-Z]{2}$", example = "AU")]
        country: Option<String>,
        /// BCP 47.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schema(max_length = 35, example = "en-AU")]
        language: Option<String>,
        /// The licence of its pieces where a credit names none.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schema(max_length = 200, example = "CC BY-ND 4.0")]
        default_licence: Option<String>,
    }
    private {
        /// With {publication} and, if wanted, {original_title}, {original_authors}, {translator} and {licence}; made from the credit's relation where absent.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schema(max_length = 500, example = "First published in {publication}")]
        credit_line_template: Option<String>,
        #[schema(default = "index")]
        index_policy: IndexPolicy,
        #[schema(default = "source")]
        canonical_policy: CanonicalPolicy,
        /// What a credit must hold before a piece of this publication may be published; the original's address where absent.
        #[schema(value_type = Vec<CreditPart>, example = json!(["original_url"]), default = json!(["original_url"]))]
        credit_requires: Json<Vec<CreditPart>>,
        #[schema(default = "granted")]
        permission: Permission,
        /// Pieces may not be published before.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<String>, format = DateTime, example = "2026-01-01T00:00:00Z")]
        permission_from: Option<Timestamp>,
        /// Pieces may not be published from then on.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<String>, format = DateTime, example = "2027-01-01T00:00:00Z")]
        permission_until: Option<Timestamp>,
        /// For editors only.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schema(max_length = 10_000, example = "Agreed by telephone.")]
        private_notes: Option<String>,
        /// For editors only.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schema(max_length = 500, example = "Noor, night desk")]
        private_contact: Option<String>,
    }
    confidential { private_notes, private_contact, }
}

fn read(reader: &mut Reader) -> PublicationIn {
    let input = PublicationIn {
        slug: read_slug(reader),
        name: reader.required_line("name", 200),
        description: reader.filled_text("description", 5000),
        homepage_url: reader.web_address("homepage_url"),
        country: reader.filled_line("country", 2),
        language: reader.language("language"),
        default_licence: reader.filled_line("default_licence", 200),
        credit_line_template: reader.filled_line("credit_line_template", 500),
        index_policy: reader.word("index_policy").unwrap_or(IndexPolicy::Index),
        canonical_policy: reader.word("canonical_policy").unwrap_or_default(),
        credit_requires: Json(reader.words("credit_requires").unwrap_or_else(|| vec![CreditPart::OriginalUrl])),
        permission: reader.word("permission").unwrap_or_default(),
        permission_from: reader.time("permission_from"),
        permission_until: reader.time("permission_until"),
        private_notes: reader.filled_text("private_notes", 10_000),
        private_contact: reader.filled_text("private_contact", 500),
    };
    if input.country.as_deref().is_some_and(|country| country.len() != 2 || !country.bytes().all(|byte| byte.is_ascii_uppercase())) {
        reader.fault("country", FaultCode::InvalidFormat, "must be an ISO 3166-1 code of two capital letters, like AU");
    }
    if input.credit_line_template.as_deref().is_some_and(|template| !is_template(template)) {
        reader.fault("credit_line_template", FaultCode::InvalidFormat, "must hold {publication} and no unknown placeholder");
    }
    if let (Some(from), Some(until)) = (input.permission_from, input.permission_until)
        && until <= from
    {
        reader.fault("permission_until", FaultCode::OutOfRange, "must be after permission_from");
    }
    input
}

/// Readers find articles by the names in their credit lines.
fn changed(conn: &mut Conn, id: AnyId, old: &PublicationIn, new: &PublicationIn) -> Result<(), Error> {
    let line = |input: &PublicationIn| (input.name.clone(), input.credit_line_template.clone());
    if line(old) == line(new) { Ok(()) } else { search::publication_renamed(conn, id.0.into()) }
}

record_desk! { publications::Publication, kind Publication, input PublicationIn, editor EditorPublication, read read, check wait_for_names, changed changed }

record_desk_routes! {
    publications::Publication, tag "publications", one "publication", many "publications", path "/publications", item "/publications/{id}",
    input PublicationIn, editor EditorPublication, editor_list EditorPublicationList,
    operations list_editor_publications find_editor_publication create_publication update_publication delete_publication,
    filter |query, filter| {}
}

record_revision_routes! {
    publications::Publication, tag "publications", one "a publication", list "/publications/{id}/revisions", item "/publications/{id}/revisions/{number}",
    input PublicationIn, revision PublicationRevision, operations list_publication_revisions find_publication_revision
}

/// The filters of the publications.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "documents the query; it is read parameter by parameter")]
struct PublicationQuery {
    /// Only those of this country, ISO 3166-1.
    #[param(pattern = "^[A-Z]{2}$")]
    country: Option<String>,
}

record_routes! {
    publications::Publication, kind Publication, tag "publications", one "publication", many "publications", path "/publications", item "/publications/{slug}",
    out Publication, list PublicationList, page_path publication_path,
    operations list_publications find_publication,
    params (PublicationQuery),
    filter |query, filter| {
        filter.country = query.text("country");
        if filter.country.as_deref().is_some_and(|country| country.len() != 2 || !country.bytes().all(|byte| byte.is_ascii_uppercase())) {
            query.fault("country", FaultCode::InvalidFormat, "must be an ISO 3166-1 code of two capital letters, like AU");
        }
    }
}
