//! Where files are kept: each place belongs to one file and holds it with its renditions. Nothing is ever seen half written.

use super::bucket::{Bucket, Object};
use crate::clock::system_time;
use actix_web::body::{BoxBody, MessageBody, SizedStream};
use actix_web::web::{Bytes, block};
use futures_core::Stream;
use masthead_domain::column::AnyId;
use std::fs::File;
use std::future::{Future, ready};
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::task::{self, Context, Poll};

/// How the name of a file ends that is not in its place yet; it begins with the system's time.
pub const NEW_SUFFIX: &str = ".new";

/// Smaller files are read at once; larger ones in parts of this size.
const PART_BYTES: usize = 256 * 1024;

/// Why a file could not be kept or read. The cause may tell of paths and is for the log.
#[derive(Debug)]
pub struct StorageError(String);

impl StorageError {
    #[must_use]
    pub fn new(cause: String) -> Self {
        Self(cause)
    }
}

impl std::fmt::Display for StorageError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the media storage failed: {}", self.0)
    }
}

impl std::error::Error for StorageError {}

impl From<std::io::Error> for StorageError {
    fn from(error: std::io::Error) -> Self {
        Self(error.to_string())
    }
}

impl From<StorageError> for crate::error::ApiError {
    fn from(error: StorageError) -> Self {
        Self::unavailable(error)
    }
}

/// Runs what waits for a disk on a thread that may wait.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> std::io::Result<T> + Send + 'static) -> Result<T, StorageError> {
    Ok(block(work).await.map_err(|error| StorageError(error.to_string()))??)
}

/// Where files are kept.
pub enum Storage {
    Folder(Folder),
    Bucket(Bucket),
}

/// Where the files of a place are, in a folder and in a bucket alike. The last digits of an id are random: they spread the
/// places over 256 folders, and over what a store keeps together by the beginnings of keys.
#[must_use]
pub fn place_path(place: AnyId) -> String {
    let name = place.0.simple().to_string();
    format!("{}/{name}", name.get(30..).unwrap_or_default())
}

impl Storage {
    /// Keeps a file, under a name of ours.
    ///
    /// # Errors
    /// Those of the storage.
    pub async fn put(&self, place: AnyId, name: &str, bytes: Vec<u8>) -> Result<(), StorageError> {
        match self {
            Self::Folder(folder) => {
                let (folder, path) = (folder.clone(), folder.path(place, name));
                blocking(move || folder.put(&path, &bytes)).await
            }
            Self::Bucket(bucket) => bucket.put(place, name, bytes).await,
        }
    }

    /// Opens a file, if there is one.
    ///
    /// # Errors
    /// Those of the storage.
    pub async fn open(&self, place: AnyId, name: &str) -> Result<Option<Opened>, StorageError> {
        match self {
            Self::Folder(folder) => {
                let path = folder.path(place, name);
                blocking(move || open(&path)).await
            }
            Self::Bucket(bucket) => Ok(bucket.open_file(place, name).await?.map(Opened::object)),
        }
    }

    /// A whole file, if there is one.
    ///
    /// # Errors
    /// Those of the storage.
    pub async fn read(&self, place: AnyId, name: &str) -> Result<Option<Vec<u8>>, StorageError> {
        match self {
            Self::Folder(folder) => {
                let path = folder.path(place, name);
                blocking(move || found(std::fs::read(path))).await
            }
            Self::Bucket(bucket) => bucket.read(place, name).await,
        }
    }

    /// Removes everything of a place; nothing there is well too.
    ///
    /// # Errors
    /// Those of the storage.
    pub async fn remove(&self, place: AnyId) -> Result<(), StorageError> {
        match self {
            Self::Folder(folder) => {
                let path = folder.place(place);
                blocking(move || match std::fs::remove_dir_all(path) {
                    // Nothing there, or a rendition that was under way has just come: that goes the second time.
                    Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::DirectoryNotEmpty) => Ok(()),
                    result => result,
                })
                .await
            }
            Self::Bucket(bucket) => bucket.remove(place).await,
        }
    }
}

/// A folder of this machine, or one that several share.
#[derive(Debug, Clone)]
pub struct Folder {
    root: PathBuf,
    /// For what is not whole yet; on the same file system.
    incoming: PathBuf,
}

impl Folder {
    #[must_use]
    pub fn new(root: PathBuf, incoming: PathBuf) -> Self {
        Self { root, incoming }
    }

    fn place(&self, place: AnyId) -> PathBuf {
        self.root.join(place_path(place))
    }

    fn path(&self, place: AnyId, name: &str) -> PathBuf {
        self.place(place).join(name)
    }

    /// Writes a file so that it is there whole, also after a loss of power, or not at all.
    fn put(&self, path: &Path, bytes: &[u8]) -> std::io::Result<()> {
        let unfinished = self.incoming.join(format!("{}-{}{NEW_SUFFIX}", system_time().milliseconds(), uuid::Uuid::now_v7().simple()));
        let written = write_whole(&unfinished, path, bytes);
        if written.is_err() {
            // What is left of it is swept with the other unfinished files.
            let _ = std::fs::remove_file(&unfinished);
        }
        written
    }
}

fn write_whole(unfinished: &Path, path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = File::create_new(unfinished)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    let Some(place) = path.parent() else { return Err(std::io::Error::other("a file without a place")) };
    std::fs::create_dir_all(place)?;
    std::fs::rename(unfinished, path)?;
    // The name is data of the folder, and so is the folder's own of the one above it.
    for folder in place.ancestors().take(3) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// What is not there is none, and no failure.
fn found<T>(result: std::io::Result<T>) -> std::io::Result<Option<T>> {
    match result {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        result => result.map(Some),
    }
}

fn open(path: &Path) -> std::io::Result<Option<Opened>> {
    let Some(mut file) = found(File::open(path))? else { return Ok(None) };
    let size = file.metadata()?.len();
    if size > PART_BYTES as u64 {
        return Ok(Some(Opened { size, source: Source::Parts(Reader::File(file)) }));
    }
    let mut bytes = Vec::with_capacity(PART_BYTES);
    file.read_to_end(&mut bytes)?;
    Ok(Some(Opened { size: bytes.len() as u64, source: Source::Bytes(bytes.into()) }))
}

/// A file that has been found.
pub struct Opened {
    /// In bytes.
    pub size: u64,
    source: Source,
}

enum Source {
    Bytes(Bytes),
    Parts(Reader),
}

/// What is too large to be read at once.
enum Reader {
    File(File),
    Object(Object),
}

impl Opened {
    fn object(object: Object) -> Self {
        let size = object.size;
        let is_whole = object.beginning.len() as u64 == size;
        Self { size, source: if is_whole { Source::Bytes(object.beginning) } else { Source::Parts(Reader::Object(object)) } }
    }

    /// A part of it as the body of a reply; the part lies within the file and is not empty.
    ///
    /// # Errors
    /// Those of the storage.
    pub async fn body(self, part: Range<u64>) -> Result<BoxBody, StorageError> {
        let length = part.end.saturating_sub(part.start);
        match self.source {
            Source::Bytes(bytes) => {
                let place = |offset: u64| usize::try_from(offset).unwrap_or(usize::MAX).min(bytes.len());
                Ok(bytes.slice(place(part.start)..place(part.end)).boxed())
            }
            Source::Parts(reader) => {
                // Read before anything is answered: where it cannot be, that can still be said.
                let first = read_part(reader, part).await?;
                Ok(SizedStream::new(length, Parts { reading: Some(Box::pin(ready(Ok(first)))), rest: None }).boxed())
            }
        }
    }
}

/// What a part is read with, and what is left to read.
type Rest = (Reader, Range<u64>);

type Reading = Pin<Box<dyn Future<Output = Result<(Bytes, Rest), StorageError>>>>;

/// A file, part by part: the next one is read when the client has taken the last.
struct Parts {
    reading: Option<Reading>,
    rest: Option<Rest>,
}

impl Stream for Parts {
    type Item = Result<Bytes, StorageError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.reading.is_none() {
            let Some((reader, rest)) = self.rest.take().filter(|(_, rest)| !rest.is_empty()) else { return Poll::Ready(None) };
            self.reading = Some(Box::pin(read_part(reader, rest)));
        }
        let Some(reading) = self.reading.as_mut() else { return Poll::Ready(None) };
        let read = task::ready!(reading.as_mut().poll(context));
        self.reading = None;
        Poll::Ready(Some(read.map(|(bytes, rest)| {
            self.rest = Some(rest);
            bytes
        })))
    }
}

/// The beginning of a part, with what is left of it.
async fn read_part(reader: Reader, part: Range<u64>) -> Result<(Bytes, Rest), StorageError> {
    let Range { start, end } = part;
    let (bytes, reader) = match reader {
        Reader::File(file) => {
            let (bytes, file) = blocking(move || read_file_part(file, part)).await?;
            (bytes, Reader::File(file))
        }
        Reader::Object(object) => (object.read_beginning(part).await?, Reader::Object(object)),
    };
    let read_to = start.saturating_add(bytes.len() as u64);
    Ok((bytes, (reader, read_to..end)))
}

fn read_file_part(mut file: File, part: Range<u64>) -> std::io::Result<(Bytes, File)> {
    let length = usize::try_from(part.end.saturating_sub(part.start)).unwrap_or(PART_BYTES).min(PART_BYTES);
    let mut bytes = vec![0; length];
    file.seek(SeekFrom::Start(part.start))?;
    file.read_exact(&mut bytes)?;
    Ok((bytes.into(), file))
}
