//! Clears away what nobody needs any more: files that no media item shows, and uploads that were never finished.
//!
//! Everything goes by age, so that nothing under way is hit: an upload marks its file in the database before it writes it
//! and shows it after. A file that is added again while it is swept gets another place.

use super::picture_desk::PictureDesk;
use super::storage::NEW_SUFFIX;
use crate::clock::{Clock, system_time};
use crate::error::ApiError;
use actix_web::web::{Data, block};
use masthead_domain::time::Timestamp;
use masthead_store::db::Db;
use masthead_store::error::Error;
use masthead_store::media_files;
use std::path::Path;
use std::time::Duration;

/// How old anything must be to be swept.
pub const AGE_SECONDS: i64 = 24 * 3600;

/// How often it is looked for.
pub const INTERVAL: Duration = Duration::from_secs(3600);

/// How many files are looked at at once.
const BATCH_MAX: i64 = 200;

/// What was swept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Swept {
    pub files: usize,
    pub uploads: usize,
}

/// Sweeps once.
///
/// # Errors
/// Those of the database and of the storage; what was done until then stays done.
pub async fn sweep(db: &Db, desk: &PictureDesk, clock: &Clock) -> Result<Swept, ApiError> {
    let now = clock.now();
    let before = now.plus_seconds(-AGE_SECONDS);
    let mut swept = Swept::default();
    // First what is on this machine, for a bucket may not answer.
    let folder = desk.incoming.clone();
    let before_really = system_time().plus_seconds(-AGE_SECONDS);
    swept.uploads =
        block(move || clear_incoming(&folder, before, before_really)).await.map_err(ApiError::unavailable)?.map_err(ApiError::unavailable)?;
    loop {
        let unshown = db.read(move |conn| media_files::list_unshown(conn, before, BATCH_MAX)).await?;
        let mut any = false;
        for hash in unshown {
            match db.write(move |conn| media_files::sweep(conn, &hash, before, now)).await {
                Ok(Some(place)) => {
                    any = true;
                    swept.files = swept.files.saturating_add(1);
                    desk.storage.remove(place).await?;
                }
                Ok(None) => {}
                // An item shows it since it was found.
                Err(Error::InUse) => {}
                Err(error) => return Err(error.into()),
            }
        }
        if !any {
            break;
        }
    }
    clear_places(db, desk, before).await?;
    Ok(swept)
}

/// Sweeps again and again, until it is dropped.
pub async fn run(db: Db, desk: Data<PictureDesk>, clock: Clock) {
    let mut ticks = tokio::time::interval(INTERVAL);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        match sweep(&db, &desk, &clock).await {
            Ok(Swept { files: 0, uploads: 0 }) => {}
            Ok(Swept { files, uploads }) => tracing::info!(files, uploads, "files that nobody needs were cleared away"),
            Err(error) => tracing::warn!(%error, "files could not be cleared away; it is tried again"),
        }
    }
}

/// Empties the places that were given up long ago once more: a rendition may have been under way, or the process have ended.
async fn clear_places(db: &Db, desk: &PictureDesk, before: Timestamp) -> Result<(), ApiError> {
    loop {
        let places = db.read(move |conn| media_files::list_swept(conn, before, BATCH_MAX)).await?;
        if places.is_empty() {
            return Ok(());
        }
        for place in places {
            desk.storage.remove(place).await?;
            db.write(move |conn| media_files::forget_swept(conn, place)).await?;
        }
    }
}

/// Removes files that were begun long ago and never finished: uploads by the clock, those that are being put into their place,
/// which takes moments, by the system's.
fn clear_incoming(folder: &Path, before: Timestamp, before_really: Timestamp) -> std::io::Result<usize> {
    let mut count = 0_usize;
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let begun = name.split_once('-').and_then(|(milliseconds, _)| milliseconds.parse::<i64>().ok());
        let before = if name.ends_with(NEW_SUFFIX) { before_really } else { before };
        if begun.is_some_and(|begun| begun < before.milliseconds()) {
            match std::fs::remove_file(&path) {
                Ok(()) => count = count.saturating_add(1),
                // It was done with just now.
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
    }
    Ok(count)
}
