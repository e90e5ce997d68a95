//! Files in a bucket, of any store that speaks S3.

use super::storage::StorageError;
use crate::config::BucketSettings;
use actix_web::web::Bytes;
use futures_core::stream::BoxStream;
use masthead_domain::column::AnyId;
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::client::SpawnedReqwestConnector;
use object_store::path::Path;
use object_store::{ClientOptions, GetOptions, ObjectStore, ObjectStoreExt, PutPayload, RetryConfig};
use std::future::poll_fn;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How long the store may keep silent.
const READ_TIMEOUT: Duration = Duration::from_secs(20);

/// How long a request is tried again.
const RETRY_TIMEOUT: Duration = Duration::from_secs(10);
const RETRIES_MAX: usize = 3;

/// See the module.
#[derive(Clone)]
pub struct Bucket {
    store: Arc<AmazonS3>,
    /// Ends the thread of the connections when the last of these goes.
    _connections: Arc<oneshot::Sender<()>>,
}

impl From<object_store::Error> for StorageError {
    fn from(error: object_store::Error) -> Self {
        Self::new(error)
    }
}

impl Bucket {
    /// Prepares the connections; the first is made when it is needed.
    ///
    /// # Errors
    /// Where the settings cannot be used.
    pub fn open(settings: &BucketSettings) -> std::io::Result<Self> {
        // Whoever asks may be gone before the connection is; so connections have a thread of their own.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let handle = runtime.handle().clone();
        let (open, closed) = oneshot::channel::<()>();
        std::thread::Builder::new().name("bucket".to_owned()).spawn(move || {
            // Its end is what is waited for, not a message.
            let _ = runtime.block_on(closed);
        })?;
        let client = ClientOptions::new()
            .with_allow_http(settings.endpoint.as_deref().is_some_and(|endpoint| endpoint.starts_with("http://")))
            .with_connect_timeout(CONNECT_TIMEOUT)
            .with_read_timeout(READ_TIMEOUT)
            // A file goes out as fast as its reader takes it.
            .with_timeout_disabled();
        let retry = RetryConfig { max_retries: RETRIES_MAX, retry_timeout: RETRY_TIMEOUT, ..RetryConfig::default() };
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(&settings.bucket)
            .with_region(&settings.region)
            .with_access_key_id(&settings.access_key_id)
            .with_secret_access_key(settings.secret_access_key.expose())
            .with_client_options(client)
            .with_retry(retry)
            .with_http_connector(SpawnedReqwestConnector::new(handle));
        if let Some(endpoint) = &settings.endpoint {
            builder = builder.with_endpoint(endpoint);
        }
        let store = builder.build().map_err(std::io::Error::other)?;
        Ok(Self { store: Arc::new(store), _connections: Arc::new(open) })
    }

    fn path(place: AnyId, name: &str) -> Path {
        Path::from(format!("{}/{name}", place.0.simple()))
    }

    /// Keeps a file; the store shows it whole or not at all.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn put(&self, place: AnyId, name: &str, bytes: Vec<u8>) -> Result<(), StorageError> {
        self.store.put(&Self::path(place, name), PutPayload::from(bytes)).await?;
        Ok(())
    }

    /// The size of a file, if there is one.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn size(&self, place: AnyId, name: &str) -> Result<Option<u64>, StorageError> {
        Ok(found(self.store.head(&Self::path(place, name)).await)?.map(|meta| meta.size))
    }

    /// A whole file, if there is one.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn read(&self, place: AnyId, name: &str) -> Result<Option<Vec<u8>>, StorageError> {
        match found(self.store.get(&Self::path(place, name)).await)? {
            Some(file) => Ok(Some(file.bytes().await?.to_vec())),
            None => Ok(None),
        }
    }

    /// A part of a file as it arrives.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn part(&self, place: AnyId, name: &str, part: Range<u64>) -> Result<BoxStream<'static, object_store::Result<Bytes>>, StorageError> {
        if part.is_empty() {
            return Ok(Box::pin(Nothing));
        }
        let options = GetOptions { range: Some(part.into()), ..GetOptions::default() };
        Ok(self.store.get_opts(&Self::path(place, name), options).await?.into_stream())
    }

    /// Removes everything of a place.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn remove(&self, place: AnyId) -> Result<(), StorageError> {
        let prefix = Path::from(place.0.simple().to_string());
        let mut files = self.store.list(Some(&prefix));
        while let Some(file) = poll_fn(|context| files.as_mut().poll_next(context)).await {
            found(self.store.delete(&file?.location).await)?;
        }
        Ok(())
    }
}

/// What is not there is none, and no failure.
fn found<T>(result: object_store::Result<T>) -> object_store::Result<Option<T>> {
    match result {
        Err(object_store::Error::NotFound { .. }) => Ok(None),
        result => result.map(Some),
    }
}

/// No bytes.
struct Nothing;

impl futures_core::Stream for Nothing {
    type Item = object_store::Result<Bytes>;

    fn poll_next(self: std::pin::Pin<&mut Self>, _: &mut std::task::Context<'_>) -> std::task::Poll<Option<Self::Item>> {
        std::task::Poll::Ready(None)
    }
}
