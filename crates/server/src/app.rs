//! Assembles the server: opens the database, makes what is shared, mounts the routes. The tests call this too.

use crate::clock::Clock;
use crate::config::Config;
use crate::delivery::Paper;
use crate::directory::Directory;
use crate::edge::{RouteTable, edge, fallback};
use crate::error::{ApiError, ProblemCode};
use crate::identity::{Identity, cursor_key};
use crate::request::BODY_BYTES_MAX;
use crate::response_cache::ResponseCache;
use crate::seal::Seal;
use crate::{api_document, docs_page, routes, site};
use actix_web::dev::Server;
use actix_web::middleware::from_fn;
use actix_web::web::{Data, PathConfig, PayloadConfig};
use actix_web::{App as ActixApp, HttpServer, web};
use masthead_store::db::{Address, Db, Use};
use masthead_store::error::Error;
use masthead_store::migrate;
use std::net::TcpListener;
use std::time::Duration;
use utoipa_actix_web::AppExt;

/// Keep-alive longer than that of the usual proxies, so that it is they who close.
const KEEP_ALIVE: Duration = Duration::from_secs(75);

/// How long the headers of a request may take.
const HEADER_TIMEOUT: Duration = Duration::from_secs(10);

/// How long running requests may take at shutdown.
const SHUTDOWN_SECONDS: u64 = 25;

/// Everything a server needs, opened and checked.
pub struct App {
    config: Data<Config>,
    clock: Data<Clock>,
    db: Data<Db>,
    identity: Data<Identity>,
    seal: Data<Seal>,
    paper: Data<Paper>,
}

/// Why a server cannot start.
#[derive(Debug)]
pub struct StartError(pub String);

impl std::fmt::Display for StartError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for StartError {}

impl App {
    /// Makes or renews the tables, opens the database, reads or makes the keys. Blocks.
    ///
    /// # Errors
    /// Names the cause and, where there is one, the remedy.
    pub fn open(config: Config, clock: Clock) -> Result<Self, StartError> {
        prepare(&config)?;
        let failed = |error: Error| StartError(format!("the database cannot be opened: {error}"));
        migrate::run(&config.database).map_err(failed)?;
        let now = clock.now();
        let mut conn = config.database.connect(Use::Writing).map_err(failed)?;
        let key = conn
            .in_transaction(|conn| -> Result<[u8; 32], Error> {
                site::open(conn, now)?;
                cursor_key(conn)
            })
            .map_err(failed)?;
        let identity = Identity::open(&mut conn, &config, now).map_err(StartError)?;
        let db = Db::open(&config.database, &config.replicas, config.limits).map_err(failed)?;
        let (config, seal) = (Data::new(config), Data::new(Seal::new(&key, "cursor")));
        let paper = Paper {
            db: db.clone(),
            clock: clock.clone(),
            seal: seal.clone(),
            config: config.clone(),
            cache: ResponseCache::new(config.cache_bytes),
            directory: Directory::new(),
        };
        Ok(Self { config, clock: Data::new(clock), db: Data::new(db), identity: Data::new(identity), seal, paper: Data::new(paper) })
    }

    #[must_use]
    pub fn db(&self) -> &Db {
        &self.db
    }

    /// Serves on a listener that is bound already.
    ///
    /// # Errors
    /// Those of the system.
    pub fn serve(self, listener: TcpListener) -> std::io::Result<Server> {
        let workers = self.config.workers;
        let table = Data::new(RouteTable::read(&raw_document()).with_pages(api_document::PATHS.into_iter().chain(docs_page::paths())));
        let server = HttpServer::new(move || {
            let path_config = PathConfig::default().error_handler(|_, _| ApiError::new(ProblemCode::NotFound, "No such path.").into());
            ActixApp::new()
                .into_utoipa_app()
                .configure(routes::routes)
                .into_app()
                .configure(api_document::configure)
                .configure(docs_page::configure)
                .app_data(self.config.clone())
                .app_data(self.clock.clone())
                .app_data(self.db.clone())
                .app_data(self.identity.clone())
                .app_data(self.seal.clone())
                .app_data(self.paper.clone())
                .app_data(table.clone())
                .app_data(PayloadConfig::new(BODY_BYTES_MAX))
                .app_data(path_config)
                .default_service(web::to(fallback))
                .wrap(from_fn(edge))
        })
        .workers(workers)
        // Signals are the process's own affair, and tests run many servers in one.
        .disable_signals()
        .keep_alive(KEEP_ALIVE)
        .client_request_timeout(HEADER_TIMEOUT)
        .shutdown_timeout(SHUTDOWN_SECONDS)
        .listen(listener)?
        .run();
        Ok(server)
    }
}

/// Makes the folder that a SQLite file stands in.
pub fn prepare(config: &Config) -> Result<(), StartError> {
    let Address::Sqlite(path) = &config.database else { return Ok(()) };
    let Some(folder) = std::path::Path::new(path).parent().filter(|folder| !folder.as_os_str().is_empty()) else { return Ok(()) };
    std::fs::create_dir_all(folder)
        .map_err(|error| StartError(format!("the folder {} cannot be made: {error}; set MASTHEAD_DATA_DIR", folder.display())))
}

/// The OpenAPI document as utoipa collects it from the routes.
#[must_use]
pub fn raw_document() -> serde_json::Value {
    let (_, document) = ActixApp::new().into_utoipa_app().configure(routes::routes).split_for_parts();
    serde_json::to_value(document).unwrap_or_default()
}
