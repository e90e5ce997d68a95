//! Sections: a tree.

use crate::delivery::Reading;
use crate::public_articles::Reference;
use actix_web::{delete, get, patch, post};
use masthead_domain::article::read_slug;
use masthead_domain::column::AnyId;
use masthead_domain::fault::{Fault, FaultCode};
use masthead_domain::id::SectionId;
use masthead_domain::permission::Action;
use masthead_domain::read::Reader;
use masthead_store::dialect::{Conn, Turn};
use masthead_store::error::Error;
use masthead_store::record::{Key, distinct};
use masthead_store::sections;
use std::collections::HashMap;
use std::sync::Arc;

/// How many sections may stand one inside the other.
const DEPTH_MAX: usize = 8;

record_types! {
    /// A section.
    Section: row masthead_store::sections::Section, id SectionId, kind Section, input SectionIn, editor EditorSection, editor_list EditorSectionList;
    public {
        #[schema(min_length = 1, max_length = 200, example = "City")]
        name: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schema(max_length = 5000, example = "News from the four quarters.")]
        description: Option<String>,
        /// The section that it is a part of; absent at the top.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<String>, format = Uuid, example = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c25")]
        parent_id: Option<SectionId>,
    }
    private {}
    derived {
        /// The sections that it stands in, from the top down.
        #[schema(max_items = 7)]
        ancestors: Vec<Reference>,
    }
}

fn read(reader: &mut Reader) -> SectionIn {
    SectionIn {
        slug: read_slug(reader),
        name: reader.required_line("name", 200),
        description: reader.filled_text("description", 5000),
        parent_id: reader.id("parent_id"),
    }
}

/// The parent must exist, and a section may stand neither inside itself nor, with what is under it, too deep.
fn check(conn: &mut Conn, input: &mut SectionIn, own: Option<AnyId>, faults: &mut Vec<Fault>) -> Result<(), Error> {
    if input.parent_id.is_some() {
        conn.take_turns(Turn::Structure)?;
    }
    let mut fault = |code, message: String| faults.push(Fault::at("/parent_id", code, message));
    let mut above = 0;
    let mut next = input.parent_id;
    while let Some(id) = next {
        if own == Some(AnyId(id.0)) {
            fault(FaultCode::Circular, "a section cannot stand inside itself".to_owned());
            return Ok(());
        }
        match sections::find(conn, &Key::Id(AnyId(id.0))) {
            Ok(parent) => next = parent.parent_id,
            Err(Error::NotFound) if above == 0 => {
                fault(FaultCode::Dangling, "there is no section of this id".to_owned());
                return Ok(());
            }
            Err(error) => return Err(error),
        }
        above += 1;
        if above >= DEPTH_MAX {
            break;
        }
    }
    let mut levels = 1;
    let mut under: Vec<SectionId> = own.map(|id| SectionId(id.0)).into_iter().collect();
    while above > 0 && above + levels <= DEPTH_MAX && !under.is_empty() {
        under = sections::children(conn, &under)?;
        levels += usize::from(!under.is_empty());
    }
    if above + levels > DEPTH_MAX {
        fault(FaultCode::OutOfRange, format!("sections may stand at most {DEPTH_MAX} deep"));
    }
    Ok(())
}

record_desk! { sections::Section, kind Section, input SectionIn, editor EditorSection, read read, check check, editing Action::EditSections }

record_desk_routes! {
    sections::Section, tag "sections", one "section", many "sections", path "/sections", item "/sections/{id}",
    input SectionIn, editor EditorSection, editor_list EditorSectionList,
    operations list_editor_sections find_editor_section create_section update_section delete_section,
    filter |query, filter| {}
}

record_revision_routes! {
    sections::Section, tag "sections", one "a section", list "/sections/{id}/revisions", item "/sections/{id}/revisions/{number}",
    input SectionIn, revision SectionRevision, operations list_section_revisions find_section_revision
}

/// The filters of the sections.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "documents the query; it is read parameter by parameter")]
struct SectionQuery {
    /// Only those directly under the section of this id.
    #[param(value_type = Option<String>, format = Uuid, pattern = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
    parent: Option<String>,
}

record_routes! {
    sections::Section, kind Section, tag "sections", one "section", many "sections", path "/sections", item "/sections/{slug}",
    out Section, list SectionList, page_path section_path,
    operations list_sections find_section,
    params (SectionQuery),
    filter |query, filter| {
        if let Some(text) = query.text("parent") {
            filter.parent_id = SectionId::parse(&text);
            if filter.parent_id.is_none() {
                query.fault("parent", FaultCode::InvalidFormat, "must be the id of a section");
            }
        }
    },
    derived fill_ancestors
}

/// Fills in what sections stand in, for all of them at once, level by level.
fn fill_ancestors(reading: &mut Reading<'_>, sections: &mut [Section]) -> Result<(), Error> {
    let site = reading.site()?;
    let mut known: HashMap<SectionId, Arc<sections::Section>> = HashMap::new();
    let mut level = distinct(sections.iter().filter_map(|section| section.parent_id));
    while !level.is_empty() {
        let found = reading.sections(&level)?;
        level = distinct(found.values().filter_map(|row| row.parent_id));
        known.extend(found);
        level.retain(|id| !known.contains_key(id));
    }
    for section in sections {
        let mut next = section.parent_id;
        while let Some(row) = next.and_then(|id| known.get(&id)).filter(|_| section.ancestors.len() < DEPTH_MAX) {
            section.ancestors.push(Reference {
                id: row.id.to_string(),
                slug: row.slug.clone(),
                name: row.name.clone(),
                page_url: reading.page_url(&site.section_path, &row.slug),
            });
            next = row.parent_id;
        }
        section.ancestors.reverse();
    }
    Ok(())
}
