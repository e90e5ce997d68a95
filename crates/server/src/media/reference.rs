//! What names a media item: that it is there, and of use for what it is named for.

use masthead_domain::fault::{Fault, FaultCode};
use masthead_domain::id::MediaId;
use masthead_domain::media::MediaKind;
use masthead_store::dialect::Conn;
use masthead_store::error::Error;
use masthead_store::media;
use std::collections::HashMap;

/// The kinds of those of these items that exist.
///
/// # Errors
/// Those of the database.
pub fn kinds(conn: &mut Conn, ids: &[MediaId]) -> Result<HashMap<MediaId, MediaKind>, Error> {
    Ok(media::by_ids(conn, ids)?.into_iter().map(|(row, _)| (row.id, row.kind)).collect())
}

/// What is wrong with naming an item, by the kind that was found of it and the one that is wanted; either will do where none is.
#[must_use]
pub fn kind_fault(pointer: &str, found: Option<MediaKind>, wanted: Option<MediaKind>) -> Option<Fault> {
    match (found, wanted) {
        (None, _) => Some(Fault::at(pointer, FaultCode::Dangling, "there is no media item of this id")),
        (Some(MediaKind::Document), Some(MediaKind::Image)) => Some(Fault::at(pointer, FaultCode::NotOneOf, "must be a picture, not a document")),
        (Some(MediaKind::Image), Some(MediaKind::Document)) => Some(Fault::at(pointer, FaultCode::NotOneOf, "must be a document, not a picture")),
        (Some(_), _) => None,
    }
}

/// Notes a fault for each member that names an item which does not exist, or one of another kind than is wanted there.
///
/// # Errors
/// Those of the database.
pub fn check(conn: &mut Conn, named: &[(&str, Option<MediaId>, MediaKind)], faults: &mut Vec<Fault>) -> Result<(), Error> {
    let ids: Vec<MediaId> = named.iter().filter_map(|(_, id, _)| *id).collect();
    let found = kinds(conn, &ids)?;
    let fault = |(pointer, id, wanted): &(&str, Option<MediaId>, MediaKind)| kind_fault(pointer, found.get(&(*id)?).copied(), Some(*wanted));
    faults.extend(named.iter().filter_map(fault));
    Ok(())
}
