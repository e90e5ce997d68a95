//! Connecting to PostgreSQL: tokio-postgres, with TLS by rustls.

use crate::error::Error;
use diesel_async::AsyncPgConnection;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio_postgres::config::SslMode;
use tokio_postgres_rustls::MakeRustlsConnect;

/// What the parameters of an address are where it does not say, in seconds if they are times. A cut line gives no other sign than
/// that what was sent does not arrive (`tcp_user_timeout`), or that a question whether the other side is there has no answer.
const DEFAULTS: [(&str, &str); 6] = [
    ("application_name", "masthead"),
    ("connect_timeout", "5"),
    ("keepalives_idle", "30"),
    ("keepalives_interval", "10"),
    ("keepalives_retries", "3"),
    ("tcp_user_timeout", "30"),
];

/// What a `postgres://` address says, with the two libpq parameters that tokio-postgres does not know.
struct Target {
    config: tokio_postgres::Config,
    root_certificates: Option<String>,
}

/// Reads the address. `sslmode` may be `disable`, `prefer`, `require`, `verify-ca` or `verify-full`; wherever TLS is
/// used the server's certificate and name are verified. `sslrootcert` names a PEM file of the authorities to trust
/// instead of the system's.
fn read_address(url: &str) -> Result<Target, Error> {
    // The cause is spelt out without the address: it may hold a password.
    let refuse = |cause: &str| Error::Unavailable { cause: format!("the address of the PostgreSQL database is not understood: {cause}") };
    let mut parsed = url::Url::parse(url).map_err(|error| refuse(&error.to_string()))?;
    let mut root_certificates = None;
    let mut kept: Vec<(String, String)> = Vec::new();
    for (name, value) in parsed.query_pairs() {
        match (&*name, &*value) {
            ("sslrootcert", path) => root_certificates = Some(path.to_owned()),
            ("sslmode", "verify-ca" | "verify-full") => kept.push((name.into_owned(), "require".to_owned())),
            _ => kept.push((name.into_owned(), value.into_owned())),
        }
    }
    for (name, value) in DEFAULTS {
        if !kept.iter().any(|(known, _)| known == name) {
            kept.push((name.to_owned(), value.to_owned()));
        }
    }
    parsed.query_pairs_mut().clear().extend_pairs(kept);
    let config = parsed.as_str().parse().map_err(|error: tokio_postgres::Error| refuse(&error.to_string()))?;
    Ok(Target { config, root_certificates })
}

fn trusted_roots(path: Option<&str>) -> Result<rustls::RootCertStore, Error> {
    let mut roots = rustls::RootCertStore::empty();
    match path {
        Some(path) => {
            let refuse = |cause: String| Error::Unavailable { cause: format!("sslrootcert {path}: {cause}") };
            for certificate in CertificateDer::pem_file_iter(path).map_err(|error| refuse(error.to_string()))? {
                let certificate = certificate.map_err(|error| refuse(error.to_string()))?;
                roots.add(certificate).map_err(|error| refuse(error.to_string()))?;
            }
        }
        None => {
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
    }
    Ok(roots)
}

/// Drives a connection until it ends, and notes that it has.
async fn drive(connection: impl Future<Output = Result<(), tokio_postgres::Error>>, ended: Arc<AtomicBool>) {
    if let Err(error) = connection.await {
        tracing::warn!(%error, "a connection to PostgreSQL has ended");
    }
    ended.store(true, Ordering::Release);
}

/// Connects, and shakes hands, within the time that the address gives for it.
pub(crate) async fn connect(url: &str, ended: Arc<AtomicBool>) -> Result<AsyncPgConnection, Error> {
    let target = read_address(url)?;
    // The library's own limit is for each socket alone. None is given where the address says 0.
    let sockets = u32::try_from(target.config.get_hosts().len().max(1)).unwrap_or(u32::MAX);
    let limit = target.config.get_connect_timeout().map_or(Duration::MAX, |limit| limit.saturating_mul(sockets));
    tokio::time::timeout(limit, connect_to(&target, ended))
        .await
        .map_err(|_| Error::Unavailable { cause: format!("PostgreSQL takes a connection and says nothing for {} s", limit.as_secs()) })?
}

async fn connect_to(target: &Target, ended: Arc<AtomicBool>) -> Result<AsyncPgConnection, Error> {
    let unavailable = |error: &dyn std::error::Error| {
        // tokio-postgres keeps the cause one level down.
        let cause = error.source().map_or_else(|| error.to_string(), |source| format!("{error}: {source}"));
        Error::Unavailable { cause }
    };
    let conn = if target.config.get_ssl_mode() == SslMode::Disable {
        let (client, connection) = target.config.connect(tokio_postgres::NoTls).await.map_err(|error| unavailable(&error))?;
        tokio::spawn(drive(connection, ended));
        AsyncPgConnection::try_from(client).await
    } else {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let tls = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| unavailable(&error))?
            .with_root_certificates(trusted_roots(target.root_certificates.as_deref())?)
            .with_no_client_auth();
        let (client, connection) = target.config.connect(MakeRustlsConnect::new(tls)).await.map_err(|error| unavailable(&error))?;
        tokio::spawn(drive(connection, ended));
        AsyncPgConnection::try_from(client).await
    };
    conn.map_err(|error| unavailable(&error))
}
