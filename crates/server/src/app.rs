//! Assembles the server: opens the database, makes what is shared, mounts the routes. The tests call this too.

use crate::clock::{Clock, system_time};
use crate::config::Config;
use crate::connection::{Connection, Progress, Terms};
use crate::delivery::Paper;
use crate::directory::Directory;
use crate::edge::{MetricsAlone, edge};
use crate::error::{ApiError, ProblemCode};
use crate::identity::{Identity, cursor_key, sealing_key};
use crate::media::picture_desk::PictureDesk;
use crate::metrics::Metrics;
use crate::preview_links::PreviewSeal;
use crate::request::BODY_BYTES_MAX;
use crate::response_cache::{CacheCounts, ResponseCache};
use crate::routing::{RouteTable, Routes, fallback};
use crate::seal::Seal;
use crate::sealed_box::SealedBox;
use crate::standing::Standing;
use crate::{api_document, docs_page, metrics_page, routes, site};
use actix_http::error::DispatchError;
use actix_http::{HttpService, KeepAlive};
use actix_service::{IntoServiceFactory, ServiceFactoryExt, fn_service, map_config};
use actix_web::dev::{AppConfig, Server};
use actix_web::middleware::from_fn;
use actix_web::rt::net::TcpStream;
use actix_web::web::{Data, PathConfig, PayloadConfig};
use actix_web::{App as ActixApp, HttpServer, web};
use masthead_store::db::{Address, Db, Use};
use masthead_store::error::Error;
use masthead_store::migrate;
use std::future::ready;
use std::net::{SocketAddr, TcpListener};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

/// How long the headers of a request may take.
const HEADER_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a client may take to close once it has been told to.
const DISCONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// How long running requests may take at shutdown.
const SHUTDOWN_SECONDS: u64 = 25;

/// Connections that the system takes before they are accepted; it refuses more.
const BACKLOG: i32 = 1024;

/// Threads of each worker for what is neither answering nor the database: compression. What waits for them is bounded by
/// [`crate::reply::COMPRESSIONS_MAX`].
const BLOCKING_THREADS: usize = 4;

/// Connections to the address of the metrics.
const METRICS_CONNECTIONS_MAX: usize = 64;

/// Everything a server needs, opened and checked.
#[derive(Clone)]
pub struct App {
    config: Data<Config>,
    clock: Data<Clock>,
    db: Data<Db>,
    identity: Data<Identity>,
    seal: Data<Seal>,
    sealed: Data<SealedBox>,
    previews: Data<PreviewSeal>,
    paper: Data<Paper>,
    pictures: Data<PictureDesk>,
    standing: Data<Standing>,
    table: Data<RouteTable>,
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
        let (key, sealing_key) = conn
            .in_transaction(|conn| -> Result<_, Error> {
                site::open(conn, now)?;
                Ok((cursor_key(conn)?, sealing_key(conn)?))
            })
            .map_err(failed)?;
        let identity = Identity::open(&mut conn, &config, now).map_err(StartError)?;
        let pictures = PictureDesk::open(&config).map_err(|error| StartError(format!("the media cannot be kept: {error}")))?;
        let db = Db::open(&config.database, &config.replicas, config.limits).map_err(failed)?;
        let previews = Data::new(PreviewSeal::new(&key));
        let (config, seal) = (Data::new(config), Data::new(Seal::new(&key, "cursor")));
        let sealed = SealedBox::new(&sealing_key).map_err(|error| StartError(error.to_string()))?;
        let table = RouteTable::of_all_routes().with_pages(api_document::PATHS.into_iter().chain(docs_page::paths()));
        let paper = Paper {
            db: db.clone(),
            clock: clock.clone(),
            seal: seal.clone(),
            config: config.clone(),
            cache: ResponseCache::new(config.cache_bytes),
            directory: Directory::new(),
            metrics: Metrics::new(table.operations(), config.workers),
            started_at: system_time(),
        };
        Ok(Self {
            config,
            clock: Data::new(clock),
            db: Data::new(db),
            identity: Data::new(identity),
            seal,
            previews,
            sealed: Data::new(sealed),
            paper: Data::new(paper),
            pictures: Data::new(pictures),
            standing: Data::default(),
            table: Data::new(table),
        })
    }

    #[must_use]
    pub fn db(&self) -> &Db {
        &self.db
    }

    /// Where pictures and documents are kept and worked on.
    #[must_use]
    pub fn pictures(&self) -> &Data<PictureDesk> {
        &self.pictures
    }

    /// How the cache of replies has done.
    #[must_use]
    pub fn cache_counts(&self) -> CacheCounts {
        self.paper.cache.counts()
    }

    /// How it stands, and by which it is told that it is to stop soon.
    #[must_use]
    pub fn standing(&self) -> &Standing {
        &self.standing
    }

    /// Serves on a listener that is bound already.
    ///
    /// Put together from the parts of [`HttpServer`], which would not let `Connection` stand between it and the socket.
    ///
    /// # Errors
    /// Those of the system.
    pub fn serve(self, listener: TcpListener) -> std::io::Result<Server> {
        let address = listener.local_addr()?;
        let (workers, connections_max) = (self.config.workers, self.config.max_connections);
        let builder = Server::build();
        let stopping = builder.graceful_shutdown_signal();
        let server = builder
            .workers(workers)
            .worker_max_blocking_threads(BLOCKING_THREADS)
            .max_concurrent_connections(connections_max.div_ceil(workers))
            // Signals are the process's own affair, and tests run many servers in one.
            .disable_signals()
            .shutdown_timeout(SHUTDOWN_SECONDS)
            .listen("masthead", listener, move || {
                let shard = self.paper.metrics.shard();
                let metrics = Arc::clone(&self.paper.metrics);
                let (tick, api_url) = (self.config.connection_tick, self.config.api_url.clone());
                let terms = Rc::new(Terms { metrics, shard: Arc::clone(&shard), connections_max, tick, api_url });
                let path_config = PathConfig::default().error_handler(|_, _| ApiError::new(ProblemCode::NotFound, "No such path.").into());
                let app = ActixApp::new()
                    .configure(|config| routes::routes(&mut Routes::Mounted(config)))
                    .configure(api_document::configure)
                    .configure(docs_page::configure)
                    .app_data(self.config.clone())
                    .app_data(self.clock.clone())
                    .app_data(self.db.clone())
                    .app_data(self.identity.clone())
                    .app_data(self.seal.clone())
                    .app_data(self.sealed.clone())
                    .app_data(self.previews.clone())
                    .app_data(self.paper.clone())
                    .app_data(self.pictures.clone())
                    .app_data(self.standing.clone())
                    .app_data(self.table.clone())
                    .app_data(shard)
                    .app_data(PayloadConfig::new(BODY_BYTES_MAX))
                    .app_data(path_config)
                    .default_service(web::to(fallback))
                    .wrap(from_fn(edge));
                // What the framework would like to know of its address; nothing here is built from that.
                let app = map_config(app.into_factory().map_err(|error| error.error_response()), |()| AppConfig::default());
                let stopping = stopping.clone();
                let http = HttpService::build()
                    .graceful_shutdown_signal(move || {
                        let stopping = stopping.clone();
                        async move { stopping.notified().await }
                    })
                    // Timed by the connection, for less.
                    .keep_alive(KeepAlive::Os)
                    .client_request_timeout(HEADER_TIMEOUT)
                    .client_disconnect_timeout(DISCONNECT_TIMEOUT)
                    // A client that has closed its side is taken to have gone, so that no work is done for it.
                    .h1_allow_half_closed(false)
                    .local_addr(address)
                    .on_connect_ext(|connection: &Connection, data| {
                        data.insert::<Rc<Progress>>(Rc::clone(connection.progress()));
                    })
                    .h1(app);
                fn_service(move |stream: TcpStream| {
                    let peer = stream.peer_addr().ok();
                    ready(Ok::<_, DispatchError>((Connection::new(stream, Rc::clone(&terms)), peer)))
                })
                .and_then(http)
            })?
            .run();
        Ok(server)
    }

    /// Serves the metrics alone, without login, on a listener that is bound already.
    ///
    /// # Errors
    /// Those of the system.
    pub fn serve_metrics(&self, listener: TcpListener) -> std::io::Result<Server> {
        let app = self.clone();
        let table = Data::new(RouteTable::default().with_pages(std::iter::once(metrics_page::PATH)));
        let server = HttpServer::new(move || {
            ActixApp::new()
                .configure(metrics_page::configure_alone)
                .app_data(MetricsAlone)
                .app_data(app.config.clone())
                .app_data(app.identity.clone())
                .app_data(app.paper.clone())
                .app_data(app.standing.clone())
                .app_data(table.clone())
                .default_service(web::to(fallback))
                .wrap(from_fn(edge))
        })
        .workers(1)
        .max_connections(METRICS_CONNECTIONS_MAX)
        .disable_signals()
        .shutdown_timeout(1)
        .listen(listener)?
        .run();
        Ok(server)
    }
}

/// Binds an address, with room for a burst of connections.
///
/// # Errors
/// Those of the system.
pub fn listen(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = socket2::Socket::new(socket2::Domain::for_address(address), socket2::Type::STREAM, Some(socket2::Protocol::TCP))?;
    // A restart must not wait until the system has forgotten the connections of before.
    #[cfg(unix)]
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

/// Makes the folder that a SQLite file stands in.
pub fn prepare(config: &Config) -> Result<(), StartError> {
    let Address::Sqlite(path) = &config.database else { return Ok(()) };
    let Some(folder) = std::path::Path::new(path).parent().filter(|folder| !folder.as_os_str().is_empty()) else { return Ok(()) };
    std::fs::create_dir_all(folder)
        .map_err(|error| StartError(format!("the folder {} cannot be made: {error}; set MASTHEAD_DATA_DIR", folder.display())))
}
