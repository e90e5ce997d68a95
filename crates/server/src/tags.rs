//! Tags.

use crate::record::nothing_to_check;
use actix_web::{delete, get, patch, post};
use masthead_domain::article::read_slug;
use masthead_domain::id::TagId;
use masthead_domain::read::Reader;

record_types! {
    /// A tag.
    Tag: row masthead_store::tags::Tag, id TagId, kind Tag, input TagIn, editor EditorTag, editor_list EditorTagList;
    public {
        #[schema(min_length = 1, max_length = 200, example = "Ferries")]
        name: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schema(max_length = 5000, example = "Everything that floats on a timetable.")]
        description: Option<String>,
    }
    private {}
}

fn read(reader: &mut Reader) -> TagIn {
    TagIn { slug: read_slug(reader), name: reader.required_line("name", 200), description: reader.filled_text("description", 5000) }
}

record_desk! { tags::Tag, kind Tag, input TagIn, editor EditorTag, read read, check nothing_to_check }

record_desk_routes! {
    tags::Tag, tag "tags", one "tag", many "tags", path "/tags", item "/tags/{id}",
    input TagIn, editor EditorTag, editor_list EditorTagList,
    operations list_editor_tags find_editor_tag create_tag update_tag delete_tag,
    filter |query, filter| {}
}

record_revision_routes! {
    tags::Tag, tag "tags", one "a tag", list "/tags/{id}/revisions", item "/tags/{id}/revisions/{number}",
    input TagIn, revision TagRevision, operations list_tag_revisions find_tag_revision
}

record_routes! {
    tags::Tag, kind Tag, tag "tags", one "tag", many "tags", path "/tags", item "/tags/{slug}",
    out Tag, list TagList, page_path tag_path,
    operations list_tags find_tag,
    params (),
    filter |query, filter| {}
}
