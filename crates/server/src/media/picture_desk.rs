//! What uploads and files are handled with: the storage, the threads for pictures, and the bounds of both.

use super::bucket::Bucket;
use super::files::Shown;
use super::picture_pool::{Haste, PicturePool};
use super::storage::{Folder, Storage};
use crate::config::Config;
use crate::error::ApiError;
use actix_web::web::Data;
use masthead_domain::column::AnyId;
use masthead_domain::media::{ContentHash, MediaType, Rendition};
use masthead_imaging::{Limits, Picture, Refusal};
use quick_cache::sync::Cache;
use std::collections::{HashMap, VecDeque};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How many uploads may be under way at once.
const UPLOADS_MAX: usize = 16;

/// How long a reader waits for a rendition that is being made.
const RENDITION_TIMEOUT: Duration = Duration::from_secs(20);

/// How many pictures may wait to have their renditions made before anybody asks; of those beyond, each is made when it is asked for.
const AHEAD_MAX: usize = 512;

/// How many files are known without asking the database.
const SHOWN_MAX: usize = 4096;

/// The name of a file itself in its place.
pub const ORIGINAL: &str = "original";

/// The renditions being made, by the file's place and their name.
type Flights = HashMap<(AnyId, String), Arc<tokio::sync::Mutex<()>>>;

/// See the module.
pub struct PictureDesk {
    pub storage: Storage,
    pub pool: Arc<PicturePool>,
    pub limits: Limits,
    /// For files that are not whole yet.
    pub incoming: PathBuf,
    uploads: Arc<Semaphore>,
    flights: Mutex<Flights>,
    /// The files that were asked for, as of a records generation (see [`masthead_store::generation`]).
    pub(super) shown: Cache<ContentHash, (i64, Arc<Shown>)>,
    ahead: Arc<Semaphore>,
    waiting_ahead: Arc<Semaphore>,
}

/// A picture as the storage has it.
#[derive(Debug, Clone, Copy)]
pub struct Kept {
    pub place: AnyId,
    pub media_type: MediaType,
}

impl PictureDesk {
    /// Makes the folders, or what is needed to speak to a bucket, and starts the threads.
    ///
    /// # Errors
    /// Those of the system, with the folder and the remedy.
    pub fn open(config: &Config) -> std::io::Result<Self> {
        let make = |folder: PathBuf| match std::fs::create_dir_all(&folder) {
            Ok(()) => Ok(folder),
            Err(error) => Err(std::io::Error::new(error.kind(), format!("{}: {error}; set MASTHEAD_DATA_DIR", folder.display()))),
        };
        let incoming = make(config.data_dir.join("incoming"))?;
        let storage = match &config.media_bucket {
            Some(settings) => Storage::Bucket(Bucket::open(settings)?),
            None => Storage::Folder(Folder::new(make(config.data_dir.join("media"))?, incoming.clone())),
        };
        Ok(Self {
            storage,
            pool: Arc::new(PicturePool::start(config.picture_threads)?),
            limits: Limits::default(),
            incoming,
            uploads: Arc::new(Semaphore::new(UPLOADS_MAX)),
            flights: Mutex::default(),
            shown: Cache::new(SHOWN_MAX),
            ahead: Arc::new(Semaphore::new(1)),
            waiting_ahead: Arc::new(Semaphore::new(AHEAD_MAX)),
        })
    }

    /// Room for an upload.
    ///
    /// # Errors
    /// 503 where too many are under way.
    pub fn admit(&self) -> Result<OwnedSemaphorePermit, ApiError> {
        Arc::clone(&self.uploads).try_acquire_owned().map_err(|_| ApiError::unavailable("too many uploads are under way"))
    }

    /// Makes a rendition and keeps it, unless it is there already: however many ask, it is made once.
    ///
    /// # Errors
    /// 503 where it takes too long.
    pub async fn make(&self, kept: Kept, rendition: Rendition) -> Result<(), ApiError> {
        let name = rendition.file_name();
        let key = (kept.place, name.clone());
        let flight = Arc::clone(self.lock_flights().entry(key.clone()).or_default());
        let made = actix_web::rt::time::timeout(RENDITION_TIMEOUT, async {
            let _turn = flight.lock().await;
            if self.storage.open(kept.place, &name).await?.is_some() {
                return Ok(());
            }
            self.render(kept, VecDeque::from([rendition]), Haste::Reader).await.map(drop)
        })
        .await;
        drop(flight);
        self.lock_flights().retain(|other, flight| *other != key || Arc::strong_count(flight) > 1);
        made.unwrap_or_else(|_| Err(ApiError::unavailable("a rendition took too long")))
    }

    fn lock_flights(&self) -> std::sync::MutexGuard<'_, Flights> {
        self.flights.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes renditions of a picture and keeps them. Those that are made ahead give way when somebody waits: what is left is
    /// returned.
    async fn render(&self, kept: Kept, mut renditions: VecDeque<Rendition>, haste: Haste) -> Result<VecDeque<Rendition>, ApiError> {
        let original = self.storage.read(kept.place, ORIGINAL).await?.ok_or_else(ApiError::not_found)?;
        let (limits, pool) = (self.limits, Arc::clone(&self.pool));
        let made = self.pool.run(haste, move || {
            let picture = Picture::decode(kept.media_type, &original, &limits)?;
            drop(original);
            let mut made = Vec::new();
            while let Some(rendition) = renditions.pop_front() {
                made.push((rendition.file_name(), picture.render(&rendition)?));
                if haste == Haste::Ahead && pool.is_waited_for() {
                    break;
                }
            }
            Ok::<_, Refusal>((made, renditions))
        });
        let (made, left) = made.await?.map_err(ApiError::internal)?;
        for (name, bytes) in made {
            self.storage.put(kept.place, &name, bytes).await?;
        }
        Ok(left)
    }

    /// Makes all renditions of a new picture when there is nothing else to do. Where that cannot be, each is made when it is
    /// asked for; so nothing is lost with it.
    pub fn make_ahead(desk: Data<Self>, kept: Kept, renditions: Vec<Rendition>) {
        let Ok(place) = Arc::clone(&desk.waiting_ahead).try_acquire_owned() else { return };
        if renditions.is_empty() {
            return;
        }
        actix_web::rt::spawn(async move {
            let _place = place;
            let Ok(_turn) = desk.ahead.acquire().await else { return };
            let mut left = VecDeque::from(renditions);
            while !left.is_empty() {
                match desk.render(kept, left, Haste::Ahead).await {
                    Ok(rest) => left = rest,
                    Err(error) => {
                        tracing::info!(%error, "renditions were not made ahead");
                        return;
                    }
                }
            }
        });
    }
}
