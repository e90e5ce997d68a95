//! Branches: local groups that hold meetings.

use crate::record::nothing_to_check;
use actix_web::{delete, get, patch, post};
use masthead_domain::article::read_slug;
use masthead_domain::id::BranchId;
use masthead_domain::read::Reader;

record_types! {
    /// A branch.
    Branch: row masthead_store::branches::Branch, id BranchId, kind Branch, input BranchIn, editor EditorBranch, editor_list EditorBranchList;
    public {
        #[schema(min_length = 1, max_length = 200, example = "Sydney")]
        name: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schema(max_length = 5000, example = "Meets on Thursdays.")]
        description: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schema(max_length = 200, example = "Sydney")]
        city: Option<String>,
        /// The IANA zone of its meetings.
        #[schema(max_length = 64, example = "Australia/Sydney")]
        timezone: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schema(max_length = 254, format = Email, example = "sydney@paper.example")]
        contact_email: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schema(max_length = 2000, format = Uri, example = "https://paper.example/sydney")]
        url: Option<String>,
    }
    private {}
}

fn read(reader: &mut Reader) -> BranchIn {
    let timezone = reader.time_zone("timezone");
    BranchIn {
        slug: read_slug(reader),
        name: reader.required_line("name", 200),
        description: reader.filled_text("description", 5000),
        city: reader.filled_line("city", 200),
        timezone: reader.require("timezone", timezone).unwrap_or_default(),
        contact_email: reader.email_address("contact_email"),
        url: reader.web_address("url"),
    }
}

record_desk! { branches::Branch, kind Branch, input BranchIn, editor EditorBranch, read read, check nothing_to_check }

record_desk_routes! {
    branches::Branch, tag "branches", one "branch", many "branches", path "/branches", item "/branches/{id}",
    input BranchIn, editor EditorBranch, editor_list EditorBranchList,
    operations list_editor_branches find_editor_branch create_branch update_branch delete_branch,
    filter |query, filter| {}
}

record_revision_routes! {
    branches::Branch, tag "branches", one "a branch", list "/branches/{id}/revisions", item "/branches/{id}/revisions/{number}",
    input BranchIn, revision BranchRevision, operations list_branch_revisions find_branch_revision
}

record_routes! {
    branches::Branch, kind Branch, tag "branches", one "branch", many "branches", path "/branches", item "/branches/{slug}",
    out Branch, list BranchList, page_path branch_path,
    operations list_branches find_branch,
    params (),
    filter |query, filter| {}
}
