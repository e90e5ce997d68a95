//! Files by their content: one row for each, however many media items show it.

use crate::dialect::Conn;
use crate::error::Error;
use crate::on_each;
use crate::schema::{media, media_files, swept_files};
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use masthead_domain::column::AnyId;
use masthead_domain::media::{ContentHash, MediaType};
use masthead_domain::time::Timestamp;

/// A file. But for the time of its last addition, a row never changes.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = media_files, treat_none_as_default_value = false)]
pub struct MediaFile {
    pub hash: ContentHash,
    /// Where its bytes and its renditions are kept.
    pub storage_key: AnyId,
    pub media_type: MediaType,
    pub bytes: i64,
    /// Of a picture, in pixels.
    pub width: Option<i32>,
    pub height: Option<i32>,
    /// Of an animation more than one; of a document none.
    pub frames: i32,
    /// The last part of its address.
    pub file_name: String,
    pub created_at: Timestamp,
    pub touched_at: Timestamp,
}

impl MediaFile {
    /// Of a picture, in pixels.
    #[must_use]
    pub fn size(&self) -> Option<(u32, u32)> {
        Some((u32::try_from(self.width?).ok()?, u32::try_from(self.height?).ok()?))
    }
}

/// Makes sure of a row for a file that is about to be kept, and that nobody sweeps it meanwhile: gives the row that there was, or this one.
///
/// # Errors
/// Those of the database.
pub fn reserve(conn: &mut Conn, file: &MediaFile) -> Result<MediaFile, Error> {
    let row = on_each!(conn => {
        diesel::insert_into(media_files::table)
            .values(file)
            .on_conflict(media_files::hash)
            .do_update()
            .set(media_files::touched_at.eq(file.touched_at))
            .returning(MediaFile::as_returning())
            .get_result(conn)
    })?;
    Ok(row)
}

/// The file of that hash, as long as a media item shows it.
///
/// # Errors
/// [`Error::NotFound`]
pub fn find_shown(conn: &mut Conn, hash: &ContentHash) -> Result<MediaFile, Error> {
    let file = on_each!(conn => {
        media_files::table
            .filter(media_files::hash.eq(hash))
            .filter(exists(media::table.filter(media::hash.eq(media_files::hash))))
            .select(MediaFile::as_select())
            .first(conn)
    })?;
    Ok(file)
}

/// Those of these files that exist, in no order.
///
/// # Errors
/// Those of the database.
pub fn by_hashes(conn: &mut Conn, hashes: &[ContentHash]) -> Result<Vec<MediaFile>, Error> {
    if hashes.is_empty() {
        return Ok(Vec::new());
    }
    Ok(on_each!(conn => media_files::table.filter(media_files::hash.eq_any(hashes)).select(MediaFile::as_select()).load(conn))?)
}

/// Files that no media item shows and that nobody has added since `before`, at most `limit`.
///
/// # Errors
/// Those of the database.
pub fn list_unshown(conn: &mut Conn, before: Timestamp, limit: i64) -> Result<Vec<ContentHash>, Error> {
    Ok(on_each!(conn => {
        media_files::table
            .filter(media_files::touched_at.lt(before))
            .filter(not(exists(media::table.filter(media::hash.eq(media_files::hash)))))
            .order((media_files::touched_at, media_files::hash))
            .limit(limit)
            .select(media_files::hash)
            .load(conn)
    })?)
}

/// Gives up a file that is still as [`list_unshown`] found it, and notes and gives the place that its bytes must go from.
///
/// # Errors
/// [`Error::InUse`] where a media item shows it by now.
pub fn sweep(conn: &mut Conn, hash: &ContentHash, before: Timestamp, now: Timestamp) -> Result<Option<AnyId>, Error> {
    let swept: Option<AnyId> = on_each!(conn => {
        diesel::delete(media_files::table.filter(media_files::hash.eq(hash)).filter(media_files::touched_at.lt(before)))
            .returning(media_files::storage_key)
            .get_result(conn)
    })
    .optional()?;
    let Some(storage_key) = swept else { return Ok(None) };
    let row = (swept_files::storage_key.eq(storage_key), swept_files::swept_at.eq(now));
    on_each!(conn => diesel::insert_into(swept_files::table).values(row).execute(conn))?;
    Ok(Some(storage_key))
}

/// Places that were given up before a time, at most `limit`.
///
/// # Errors
/// Those of the database.
pub fn list_swept(conn: &mut Conn, before: Timestamp, limit: i64) -> Result<Vec<AnyId>, Error> {
    let old = swept_files::table.filter(swept_files::swept_at.lt(before)).order(swept_files::swept_at).limit(limit);
    Ok(on_each!(conn => old.select(swept_files::storage_key).load(conn))?)
}

/// Notes that a place holds nothing any more.
///
/// # Errors
/// Those of the database.
pub fn forget_swept(conn: &mut Conn, storage_key: AnyId) -> Result<(), Error> {
    on_each!(conn => diesel::delete(swept_files::table.filter(swept_files::storage_key.eq(storage_key))).execute(conn))?;
    Ok(())
}
