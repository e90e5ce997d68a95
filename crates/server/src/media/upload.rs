//! What comes in: a form with a file, or the bytes alone. It is written to the disk as it arrives and counted on the way; no
//! more than a part of it is ever in memory.

use crate::error::{ApiError, ProblemCode};
use actix_multipart::{Field, Multipart, MultipartError};
use actix_web::HttpRequest;
use actix_web::error::PayloadError;
use actix_web::http::header::{self, ContentDisposition};
use actix_web::web::{Bytes, Payload, block};
use futures_core::Stream;
use masthead_domain::fault::{Fault, FaultCode};
use masthead_domain::media::clean_name;
use masthead_domain::read::pointer_segment;
use masthead_domain::time::Timestamp;
use serde_json::{Map, Value};
use std::fs::File;
use std::future::poll_fn;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::time::Duration;

/// How long an upload may take altogether.
const UPLOAD_TIMEOUT: Duration = Duration::from_secs(300);

/// How long it may stand still.
const CHUNK_TIMEOUT: Duration = Duration::from_secs(30);

/// How many parts a form may have.
const PARTS_MAX: usize = 16;

/// The longest text in a form, in bytes.
const TEXT_BYTES_MAX: usize = 16 * 1024;

/// What a form may have beside the file, in bytes: the texts, and what stands around them.
const FORM_BYTES_MAX: u64 = 512 * 1024;

/// So much is written at once.
const WRITE_BYTES: usize = 256 * 1024;

/// The texts that may come along.
const WORDS: [&str; 5] = ["alt", "caption", "credit", "licence", "language"];

/// A file on the disk that goes when it is dropped.
pub struct TemporaryFile(PathBuf);

impl TemporaryFile {
    /// Its name tells when it was begun, so that one that is left behind is known to be old.
    fn create(folder: &Path, now: Timestamp) -> std::io::Result<(Self, File)> {
        let path = folder.join(format!("{}-{}.part", now.milliseconds(), uuid::Uuid::now_v7().simple()));
        let file = File::create_new(&path)?;
        Ok((Self(path), file))
    }

    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for TemporaryFile {
    fn drop(&mut self) {
        // One that cannot be removed is swept later.
        let _ = std::fs::remove_file(&self.0);
    }
}

/// An upload that has arrived whole.
pub struct Received {
    pub file: TemporaryFile,
    /// A label.
    pub name: String,
    /// What was entered along with it, as in JSON.
    pub words: Value,
}

/// Where an upload goes, and how large it may be.
pub struct Intake<'a> {
    pub folder: &'a Path,
    pub now: Timestamp,
    pub bytes_max: u64,
}

impl Intake<'_> {
    /// Takes an upload in, whichever form it has.
    ///
    /// # Errors
    /// 408, 413, 415; 422 with every fault of the form.
    pub async fn receive(&self, request: &HttpRequest, payload: Payload) -> Result<Received, ApiError> {
        let length = request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()).and_then(|text| text.parse::<u64>().ok());
        if length.is_some_and(|length| length > self.bytes_max.saturating_add(FORM_BYTES_MAX)) {
            return Err(self.too_large());
        }
        let media_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let received = async {
            match essence.as_str() {
                "multipart/form-data" => self.receive_form(Multipart::new(request.headers(), payload)).await,
                "application/octet-stream" => self.receive_bytes(request, payload).await,
                _ => Err(ApiError::new(
                    ProblemCode::UnsupportedMediaType,
                    "Send a form (multipart/form-data) with a part `file`, or the bytes alone as application/octet-stream.",
                )),
            }
        };
        actix_web::rt::time::timeout(UPLOAD_TIMEOUT, received).await.unwrap_or_else(|_| Err(too_slow()))
    }

    fn too_large(&self) -> ApiError {
        ApiError::new(ProblemCode::BodyTooLarge, format!("A file may have at most {} bytes.", self.bytes_max))
    }

    async fn receive_bytes(&self, request: &HttpRequest, mut payload: Payload) -> Result<Received, ApiError> {
        let disposition = request.headers().get(header::CONTENT_DISPOSITION).and_then(|value| ContentDisposition::from_raw(value).ok());
        let file = self.write_down(&mut payload, |error: PayloadError| ApiError::new(ProblemCode::MalformedRequest, error.to_string())).await?;
        Ok(Received { file, name: name_of(disposition.as_ref()), words: Value::Object(Map::new()) })
    }

    async fn receive_form(&self, mut form: Multipart) -> Result<Received, ApiError> {
        let (mut file, mut words, mut faults) = (None, Map::new(), Vec::new());
        let (mut parts, mut beside) = (0_usize, 0_u64);
        while let Some(mut field) = next(&mut form, unreadable).await? {
            parts = parts.saturating_add(1);
            if parts > PARTS_MAX {
                return Err(ApiError::new(ProblemCode::MalformedRequest, format!("A form may have at most {PARTS_MAX} parts.")));
            }
            let name = field.name().unwrap_or_default().to_owned();
            let pointer = format!("/{}", pointer_segment(&name));
            if name == "file" && file.is_none() {
                let label = name_of(field.content_disposition());
                file = Some((self.write_down(&mut field, unreadable).await?, label));
                continue;
            }
            let text = read_text(&mut field, &mut beside).await?;
            match WORDS.iter().find(|word| **word == name) {
                None if name == "file" => faults.push(Fault::at(pointer, FaultCode::Repeated, "is there twice; send one file at a time")),
                None => faults.push(Fault::at(pointer, FaultCode::Unknown, format!("is not known here; known are file, {}", WORDS.join(", ")))),
                Some(word) if words.contains_key(*word) => faults.push(Fault::at(pointer, FaultCode::Repeated, "is there twice")),
                Some(word) => match text {
                    Some(text) if text.is_empty() => {}
                    Some(text) => drop(words.insert((*word).to_owned(), Value::String(text))),
                    None => faults.push(Fault::at(pointer, FaultCode::InvalidFormat, format!("must be UTF-8 of at most {TEXT_BYTES_MAX} bytes"))),
                },
            }
        }
        if file.is_none() {
            faults.push(Fault::at("/file", FaultCode::Required, "is required"));
        }
        match file {
            Some((file, name)) if faults.is_empty() => Ok(Received { file, name, words: Value::Object(words) }),
            _ => Err(ApiError::validation(faults)),
        }
    }

    /// Writes what arrives to the disk, as far as it may.
    async fn write_down<S, E>(&self, stream: &mut S, failed: impl Fn(E) -> ApiError) -> Result<TemporaryFile, ApiError>
    where
        S: Stream<Item = Result<Bytes, E>> + Unpin,
    {
        let (folder, now) = (self.folder.to_path_buf(), self.now);
        let (temporary, mut file) = on_disk(move || TemporaryFile::create(&folder, now)).await?;
        let (mut count, mut waiting) = (0_u64, Vec::with_capacity(WRITE_BYTES));
        while let Some(chunk) = next(stream, &failed).await? {
            count = count.saturating_add(chunk.len() as u64);
            if count > self.bytes_max {
                return Err(self.too_large());
            }
            waiting.extend_from_slice(&chunk);
            if waiting.len() >= WRITE_BYTES {
                (file, waiting) = on_disk(move || write(file, waiting)).await?;
            }
        }
        on_disk(move || write(file, waiting)).await?;
        Ok(temporary)
    }
}

fn write(mut file: File, mut bytes: Vec<u8>) -> std::io::Result<(File, Vec<u8>)> {
    file.write_all(&bytes)?;
    bytes.clear();
    Ok((file, bytes))
}

async fn on_disk<T: Send + 'static>(work: impl FnOnce() -> std::io::Result<T> + Send + 'static) -> Result<T, ApiError> {
    block(work).await.map_err(ApiError::unavailable)?.map_err(|error| ApiError::unavailable(format!("an upload could not be written: {error}")))
}

/// The next part of what arrives, in time.
async fn next<S, T, E>(stream: &mut S, failed: impl Fn(E) -> ApiError) -> Result<Option<T>, ApiError>
where
    S: Stream<Item = Result<T, E>> + Unpin,
{
    let next = poll_fn(|context| Pin::new(&mut *stream).poll_next(context));
    let arrived = actix_web::rt::time::timeout(CHUNK_TIMEOUT, next).await.map_err(|_| too_slow())?;
    arrived.transpose().map_err(failed)
}

fn too_slow() -> ApiError {
    ApiError::new(ProblemCode::RequestTimeout, "The upload did not arrive in time.")
}

fn unreadable(error: MultipartError) -> ApiError {
    ApiError::new(ProblemCode::MalformedRequest, format!("The form cannot be read: {error}."))
}

/// A text of the form; none where it is too long or no text. What all parts but the file have together is bounded too.
async fn read_text(field: &mut Field, beside: &mut u64) -> Result<Option<String>, ApiError> {
    let mut text = Vec::new();
    while let Some(chunk) = next(field, unreadable).await? {
        *beside = beside.saturating_add(chunk.len() as u64);
        if *beside > FORM_BYTES_MAX {
            return Err(ApiError::new(ProblemCode::BodyTooLarge, format!("Beside the file a form may have at most {FORM_BYTES_MAX} bytes.")));
        }
        if text.len() <= TEXT_BYTES_MAX {
            text.extend_from_slice(&chunk);
        }
    }
    if text.len() > TEXT_BYTES_MAX {
        return Ok(None);
    }
    Ok(String::from_utf8(text).ok())
}

fn name_of(disposition: Option<&ContentDisposition>) -> String {
    let extended = disposition.and_then(|disposition| disposition.get_filename_ext()).and_then(|name| String::from_utf8(name.value.clone()).ok());
    let plain = disposition.and_then(|disposition| disposition.get_filename()).map(str::to_owned);
    clean_name(&extended.or(plain).unwrap_or_default())
}
