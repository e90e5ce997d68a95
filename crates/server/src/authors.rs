//! Authors: people who write; not logins.

use crate::record::wait_for_names;
use actix_web::{delete, get, patch, post};
use masthead_domain::article::read_slug;
use masthead_domain::column::AnyId;
use masthead_domain::id::AuthorId;
use masthead_domain::read::Reader;
use masthead_store::dialect::Conn;
use masthead_store::error::Error;
use masthead_store::search;

record_types! {
    /// An author.
    Author: row masthead_store::authors::Author, id AuthorId, kind Author, input AuthorIn, editor EditorAuthor, editor_list EditorAuthorList;
    public {
        /// The name as it is printed.
        #[schema(min_length = 1, max_length = 200, example = "Sophie Lindqvist")]
        name: String,
        /// A few plain sentences about them.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schema(max_length = 5000, example = "Writes about work and weather.")]
        bio: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schema(max_length = 200, example = "Harbour Workers' Union")]
        organisation: Option<String>,
        /// Their own website.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schema(max_length = 2000, format = Uri, example = "https://sophie.example")]
        url: Option<String>,
    }
    private {
        /// Who is behind a pen name. Editors see it, contributors and readers never do.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schema(max_length = 200, example = "Noor Hale")]
        real_name: Option<String>,
    }
    confidential { real_name, }
}

fn read(reader: &mut Reader) -> AuthorIn {
    AuthorIn {
        slug: read_slug(reader),
        name: reader.required_line("name", 200),
        bio: reader.filled_text("bio", 5000),
        organisation: reader.filled_line("organisation", 200),
        url: reader.web_address("url"),
        real_name: reader.filled_line("real_name", 200),
    }
}

/// Readers find articles by the names in their bylines.
fn changed(conn: &mut Conn, id: AnyId, old: &AuthorIn, new: &AuthorIn) -> Result<(), Error> {
    if old.name == new.name { Ok(()) } else { search::author_renamed(conn, id.0.into()) }
}

record_desk! { authors::Author, kind Author, input AuthorIn, editor EditorAuthor, read read, check wait_for_names, changed changed }

record_desk_routes! {
    authors::Author, tag "authors", one "author", many "authors", path "/authors", item "/authors/{id}",
    input AuthorIn, editor EditorAuthor, editor_list EditorAuthorList,
    operations list_editor_authors find_editor_author create_author update_author delete_author,
    filter |query, filter| {}
}

record_revision_routes! {
    authors::Author, tag "authors", one "an author", list "/authors/{id}/revisions", item "/authors/{id}/revisions/{number}",
    input AuthorIn, revision AuthorRevision, operations list_author_revisions find_author_revision
}

record_routes! {
    authors::Author, kind Author, tag "authors", one "author", many "authors", path "/authors", item "/authors/{slug}",
    out Author, list AuthorList, page_path author_path,
    operations list_authors find_author,
    params (),
    filter |query, filter| {}
}
