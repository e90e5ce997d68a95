//! The settings, from the environment. A variable that cannot be understood is refused at start, by name.

pub mod bucket;

use crate::client_address::{Network, ProxyHeader};
use crate::connection;
use crate::password_hashing::Cost;
use bucket::MediaBucket;
use masthead_domain::email::EmailAddress;
use masthead_domain::secret::Secret;
use masthead_domain::web_address;
use masthead_store::db::{Address, Limits};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// All settings. `.env.example` lists the variables in this order.
#[derive(Debug, Clone)]
pub struct Config {
    /// `MASTHEAD_BIND`: the address to listen on.
    pub bind: SocketAddr,
    /// `MASTHEAD_METRICS_BIND`: an address of its own for the metrics, without login.
    pub metrics_bind: Option<SocketAddr>,
    /// `MASTHEAD_DATA_DIR`: the folder of the SQLite file and of the media.
    pub data_dir: PathBuf,
    /// `DATABASE_URL`: where the content is kept.
    pub database: Address,
    /// `DATABASE_READ_URLS`: copies of the database that delivery may read.
    pub replicas: Vec<Address>,
    /// `MASTHEAD_PUBLIC_URL`: the address of the website that shows the content.
    pub public_url: String,
    /// `MASTHEAD_API_URL`: the public address of this API.
    pub api_url: String,
    /// `MASTHEAD_DESK_URL`: the address of the editors' frontend, which invitations and password resets lead to.
    pub desk_url: String,
    /// `MASTHEAD_TRUSTED_PROXIES`: the addresses of proxies that are believed where a client is.
    pub trusted_proxies: Vec<Network>,
    /// `MASTHEAD_PROXY_HEADER`: the header in which they say it.
    pub proxy_header: ProxyHeader,
    /// `MASTHEAD_EDITOR_ORIGINS`: the origins whose pages may call the editing side from a browser.
    pub editor_origins: Vec<String>,
    /// `MASTHEAD_ADMIN_EMAIL` and `MASTHEAD_ADMIN_PASSWORD`: the first administrator, made if there is none.
    pub first_admin: Option<FirstAdmin>,
    /// `MASTHEAD_WORKERS`: threads that answer requests.
    pub workers: usize,
    /// `MASTHEAD_MAX_CONNECTIONS`: clients that may be connected at once.
    pub max_connections: usize,
    /// `MASTHEAD_DB_CONNECTIONS`, `MASTHEAD_DB_QUEUE` and `MASTHEAD_DB_WAIT_MS`.
    pub limits: Limits,
    /// `MASTHEAD_CACHE_BYTES`: how much memory kept replies may take up.
    pub cache_bytes: u64,
    /// `MASTHEAD_MEDIA_S3_BUCKET` and what belongs to it: where the media are kept; in the data folder where absent.
    pub media_bucket: Option<MediaBucket>,
    /// `MASTHEAD_MAX_UPLOAD_BYTES`: the largest file that may be uploaded.
    pub upload_bytes_max: u64,
    /// `MASTHEAD_PICTURE_THREADS`: threads that decode pictures and make others of them.
    pub picture_threads: usize,
    /// `MASTHEAD_DRAIN_SECONDS`: how long requests are still taken after the process was told to stop.
    pub drain: Duration,
    /// `MASTHEAD_LOG`: `text` or `json`.
    pub log_format: LogFormat,
    /// `MASTHEAD_ACCESS_LOG`: the level of the one line that each request leaves in the log.
    pub access_log: AccessLog,
    /// The unit in which slow clients are timed; not a setting.
    pub connection_tick: Duration,
    /// The cost of a password hash; not a setting.
    pub password_cost: Cost,
    /// How long the answer to a refresh is held back; not a setting.
    pub refresh_hold: Duration,
}

/// The first administrator.
#[derive(Debug, Clone)]
pub struct FirstAdmin {
    pub email: EmailAddress,
    pub password: Secret,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    Text,
    Json,
}

/// The level at which requests are logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccessLog {
    Info,
    Debug,
}

/// A variable that is set to something that cannot be understood, or that is missing beside others.
#[derive(Debug)]
pub struct ConfigFault {
    pub variable: &'static str,
    pub cause: String,
}

/// Why the settings are refused; one fault, or all of settings that belong together.
#[derive(Debug)]
pub struct ConfigError(pub Vec<ConfigFault>);

impl std::fmt::Display for ConfigError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (number, ConfigFault { variable, cause }) in self.0.iter().enumerate() {
            let separator = if number == 0 { "" } else { "\n" };
            write!(f, "{separator}{variable}: {cause}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigError {}

impl Default for Config {
    fn default() -> Self {
        Self {
            bind: SocketAddr::from(([127, 0, 0, 1], 8080)),
            metrics_bind: None,
            data_dir: PathBuf::from("./data"),
            database: Address::Sqlite("./data/masthead.db".to_owned()),
            replicas: Vec::new(),
            public_url: "http://localhost:3000".to_owned(),
            api_url: "http://127.0.0.1:8080".to_owned(),
            desk_url: "http://localhost:3000/desk".to_owned(),
            trusted_proxies: Vec::new(),
            proxy_header: ProxyHeader::XForwardedFor,
            editor_origins: Vec::new(),
            first_admin: None,
            workers: std::thread::available_parallelism().map_or(2, usize::from),
            max_connections: 8192,
            limits: Limits::default(),
            cache_bytes: 64 << 20,
            media_bucket: None,
            upload_bytes_max: 32 << 20,
            picture_threads: (std::thread::available_parallelism().map_or(2, usize::from) / 2).clamp(1, 4),
            drain: Duration::from_secs(3),
            log_format: LogFormat::Text,
            access_log: AccessLog::Debug,
            connection_tick: connection::TICK,
            password_cost: Cost::PRODUCTION,
            refresh_hold: crate::auth::refresh::REFRESH_HOLD,
        }
    }
}

/// The variables, in the order of [`Config`] and of `.env.example`.
pub const VARIABLES: [&str; 32] = [
    "MASTHEAD_BIND",
    "MASTHEAD_METRICS_BIND",
    "MASTHEAD_DATA_DIR",
    "DATABASE_URL",
    "DATABASE_READ_URLS",
    "MASTHEAD_PUBLIC_URL",
    "MASTHEAD_API_URL",
    "MASTHEAD_DESK_URL",
    "MASTHEAD_TRUSTED_PROXIES",
    "MASTHEAD_PROXY_HEADER",
    "MASTHEAD_EDITOR_ORIGINS",
    "MASTHEAD_ADMIN_EMAIL",
    "MASTHEAD_ADMIN_PASSWORD",
    "MASTHEAD_WORKERS",
    "MASTHEAD_MAX_CONNECTIONS",
    "MASTHEAD_DB_CONNECTIONS",
    "MASTHEAD_DB_QUEUE",
    "MASTHEAD_DB_WAIT_MS",
    "MASTHEAD_CACHE_BYTES",
    "MASTHEAD_MEDIA_S3_BUCKET",
    "MASTHEAD_MEDIA_S3_ENDPOINT",
    "MASTHEAD_MEDIA_S3_REGION",
    "MASTHEAD_MEDIA_S3_ACCESS_KEY_ID",
    "MASTHEAD_MEDIA_S3_SECRET_ACCESS_KEY",
    "MASTHEAD_MEDIA_S3_PREFIX",
    "MASTHEAD_MEDIA_S3_ADDRESSING",
    "MASTHEAD_MEDIA_S3_ALLOW_HTTP",
    "MASTHEAD_MAX_UPLOAD_BYTES",
    "MASTHEAD_PICTURE_THREADS",
    "MASTHEAD_DRAIN_SECONDS",
    "MASTHEAD_LOG",
    "MASTHEAD_ACCESS_LOG",
];

impl Config {
    /// Reads the settings; `variable` gives the value of a variable that is set.
    ///
    /// # Errors
    /// Names the first variable that cannot be understood, and the remedy; of those that belong together all.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let refuse = |variable: &'static str, cause: String| ConfigError(vec![ConfigFault { variable, cause }]);
        let get = |name: &'static str| variable(name).filter(|value| !value.trim().is_empty());
        let mut config = Self::default();
        let address = |name: &'static str, example: &str| -> Result<Option<SocketAddr>, ConfigError> {
            let Some(text) = get(name) else { return Ok(None) };
            text.parse().map(Some).map_err(|_| refuse(name, format!("{text:?} is no address and port like {example}")))
        };
        config.bind = address("MASTHEAD_BIND", "127.0.0.1:8080")?.unwrap_or(config.bind);
        config.metrics_bind = address("MASTHEAD_METRICS_BIND", "127.0.0.1:9180")?;
        config.api_url = format!("http://{}", config.bind);
        if let Some(text) = get("MASTHEAD_DATA_DIR") {
            config.data_dir = PathBuf::from(text);
        }
        config.database = match get("DATABASE_URL") {
            Some(url) => Address::parse(&url).map_err(|cause| refuse("DATABASE_URL", cause))?,
            None => Address::Sqlite(config.data_dir.join("masthead.db").to_string_lossy().into_owned()),
        };
        if let Some(text) = get("DATABASE_READ_URLS") {
            if !matches!(config.database, Address::Postgres(_)) {
                return Err(refuse("DATABASE_READ_URLS", "only PostgreSQL has copies to read from; set DATABASE_URL to postgres://…".to_owned()));
            }
            let read = |url: &str| match Address::parse(url.trim()) {
                Ok(Address::Sqlite(_)) => Err("a copy is PostgreSQL too: postgres://…".to_owned()),
                parsed => parsed,
            };
            config.replicas = text.split(',').map(read).collect::<Result<_, _>>().map_err(|cause| refuse("DATABASE_READ_URLS", cause))?;
        }
        let web = |name: &'static str| -> Result<Option<String>, ConfigError> {
            let Some(text) = get(name) else { return Ok(None) };
            if !web_address::is_web_address(&text) || text.contains(['?', '#']) {
                return Err(refuse(name, format!("{text:?} is no http or https address without query")));
            }
            Ok(Some(text.trim_end_matches('/').to_owned()))
        };
        config.public_url = web("MASTHEAD_PUBLIC_URL")?.unwrap_or(config.public_url);
        config.api_url = web("MASTHEAD_API_URL")?.unwrap_or(config.api_url);
        config.desk_url = web("MASTHEAD_DESK_URL")?.unwrap_or_else(|| format!("{}/desk", config.public_url));
        if let Some(text) = get("MASTHEAD_TRUSTED_PROXIES") {
            let read = |part: &str| Network::parse(part.trim()).ok_or_else(|| format!("{part:?} is no address or range like 10.0.0.0/8"));
            config.trusted_proxies =
                text.split(',').map(read).collect::<Result<_, _>>().map_err(|cause| refuse("MASTHEAD_TRUSTED_PROXIES", cause))?;
        }
        if let Some(text) = get("MASTHEAD_PROXY_HEADER") {
            let header = ProxyHeader::parse(&text.to_ascii_lowercase());
            config.proxy_header =
                header.ok_or_else(|| refuse("MASTHEAD_PROXY_HEADER", format!("{text:?} is neither x-forwarded-for nor forwarded")))?;
        }
        if let Some(text) = get("MASTHEAD_EDITOR_ORIGINS") {
            config.editor_origins = text.split(',').map(|origin| origin.trim().trim_end_matches('/').to_owned()).collect();
            if let Some(bad) = config.editor_origins.iter().find(|origin| !is_origin(origin)) {
                return Err(refuse("MASTHEAD_EDITOR_ORIGINS", format!("{bad:?} is no origin like https://desk.paper.example")));
            }
        }
        config.first_admin = match (get("MASTHEAD_ADMIN_EMAIL"), get("MASTHEAD_ADMIN_PASSWORD")) {
            (None, None) => None,
            (Some(email), Some(password)) => {
                let email = EmailAddress::parse(&email).map_err(|fault| refuse("MASTHEAD_ADMIN_EMAIL", fault.to_string()))?;
                Some(FirstAdmin { email, password: Secret::new(password) })
            }
            (Some(_), None) => return Err(refuse("MASTHEAD_ADMIN_PASSWORD", "must be set together with MASTHEAD_ADMIN_EMAIL".to_owned())),
            (None, Some(_)) => return Err(refuse("MASTHEAD_ADMIN_EMAIL", "must be set together with MASTHEAD_ADMIN_PASSWORD".to_owned())),
        };
        let number = |name: &'static str, range: std::ops::RangeInclusive<usize>| -> Result<Option<usize>, ConfigError> {
            let Some(text) = get(name) else { return Ok(None) };
            let number = text.parse().ok().filter(|number| range.contains(number));
            number.map(Some).ok_or_else(|| refuse(name, format!("{text:?} is no number from {} to {}", range.start(), range.end())))
        };
        config.workers = number("MASTHEAD_WORKERS", 1..=256)?.unwrap_or(config.workers);
        config.max_connections = number("MASTHEAD_MAX_CONNECTIONS", 1..=1_000_000)?.unwrap_or(config.max_connections);
        config.limits.readers = number("MASTHEAD_DB_CONNECTIONS", 1..=256)?.unwrap_or(config.limits.readers);
        config.limits.queue = number("MASTHEAD_DB_QUEUE", 1..=100_000)?.unwrap_or(config.limits.queue);
        let duration = |count: usize, unit: Duration| unit.saturating_mul(u32::try_from(count).unwrap_or(u32::MAX));
        if let Some(count) = number("MASTHEAD_DB_WAIT_MS", 1..=15_000)? {
            config.limits.patience = duration(count, Duration::from_millis(1));
        }
        config.cache_bytes = match get("MASTHEAD_CACHE_BYTES") {
            Some(text) => text.parse().map_err(|_| refuse("MASTHEAD_CACHE_BYTES", format!("{text:?} is no number of bytes")))?,
            None => config.cache_bytes,
        };
        config.media_bucket = bucket::read(&get).map_err(ConfigError)?;
        if let Some(bytes) = number("MASTHEAD_MAX_UPLOAD_BYTES", 1024..=1 << 30)? {
            config.upload_bytes_max = u64::try_from(bytes).unwrap_or(u64::MAX);
        }
        config.picture_threads = number("MASTHEAD_PICTURE_THREADS", 1..=64)?.unwrap_or(config.picture_threads);
        if let Some(count) = number("MASTHEAD_DRAIN_SECONDS", 0..=300)? {
            config.drain = duration(count, Duration::from_secs(1));
        }
        config.log_format = match get("MASTHEAD_LOG").as_deref() {
            None | Some("text") => LogFormat::Text,
            Some("json") => LogFormat::Json,
            Some(other) => return Err(refuse("MASTHEAD_LOG", format!("{other:?} is neither text nor json"))),
        };
        config.access_log = match get("MASTHEAD_ACCESS_LOG").as_deref() {
            None | Some("debug") => AccessLog::Debug,
            Some("info") => AccessLog::Info,
            Some(other) => return Err(refuse("MASTHEAD_ACCESS_LOG", format!("{other:?} is neither info nor debug"))),
        };
        Ok(config)
    }
}

fn is_origin(text: &str) -> bool {
    url::Url::parse(text).is_ok_and(|url| url.origin().ascii_serialization() == text)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed read is a failed test")]
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Config, ConfigError> {
        Config::read(|name| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn nothing_set_is_a_working_default() {
        let config = read(&[]).unwrap();
        assert_eq!(config.bind.to_string(), "127.0.0.1:8080");
        assert_eq!(config.database, Address::Sqlite("./data/masthead.db".to_owned()));
    }

    #[test]
    fn what_cannot_be_understood_is_refused_by_name() {
        for (name, value) in [
            ("MASTHEAD_BIND", "8080"),
            ("DATABASE_URL", "mysql://x"),
            ("MASTHEAD_PUBLIC_URL", "paper.example"),
            ("MASTHEAD_EDITOR_ORIGINS", "https://a.example, https://b.example/path"),
            ("MASTHEAD_ADMIN_EMAIL", "a@b.example"),
            ("DATABASE_READ_URLS", "postgres://copy/masthead"),
            ("MASTHEAD_CACHE_BYTES", "64M"),
            ("MASTHEAD_WORKERS", "0"),
            ("MASTHEAD_METRICS_BIND", "localhost"),
            ("MASTHEAD_MAX_CONNECTIONS", "many"),
            ("MASTHEAD_DB_WAIT_MS", "60000"),
            ("MASTHEAD_MAX_UPLOAD_BYTES", "32M"),
            ("MASTHEAD_PICTURE_THREADS", "0"),
            ("MASTHEAD_DRAIN_SECONDS", "-1"),
            ("MASTHEAD_DESK_URL", "desk"),
            ("MASTHEAD_TRUSTED_PROXIES", "10.0.0.0/8, proxy.example"),
            ("MASTHEAD_PROXY_HEADER", "x-real-ip"),
            ("MASTHEAD_LOG", "xml"),
            ("MASTHEAD_ACCESS_LOG", "yes"),
        ] {
            let error = read(&[(name, value)]).unwrap_err();
            let variable = error.0[0].variable;
            assert!(variable.starts_with(name) || variable == "MASTHEAD_ADMIN_PASSWORD", "{error}");
        }
    }

    #[test]
    fn all_that_is_wrong_with_settings_that_belong_together_is_said_at_once() {
        let said = read(&[("MASTHEAD_MEDIA_S3_BUCKET", "harbour-media")]).unwrap_err().to_string();
        let named: Vec<&str> = said.lines().filter_map(|line| line.split_once(": ")).map(|(variable, _)| variable).collect();
        assert_eq!(named, ["MASTHEAD_MEDIA_S3_REGION", "MASTHEAD_MEDIA_S3_ACCESS_KEY_ID", "MASTHEAD_MEDIA_S3_SECRET_ACCESS_KEY"]);
    }

    #[test]
    fn the_example_file_lists_every_variable_in_order() {
        let example = include_str!("../../../.env.example");
        let listed: Vec<&str> = example
            .lines()
            .filter_map(|line| line.trim_start_matches("# ").split_once('='))
            .map(|(name, _)| name)
            .filter(|name| !name.contains(' '))
            .collect();
        assert_eq!(listed, VARIABLES);
    }
}
