//! `/metrics`: everything that is known of the process, for Prometheus.

use crate::delivery::Paper;
use crate::error::ApiError;
use crate::identity::{Admin, Identity};
use crate::metrics::Text;
use crate::request::Query;
use crate::routing::Routes;
use crate::routing::fallback;
use crate::standing::Standing;
use actix_web::http::header;
use actix_web::web::{self, Data};
use actix_web::{HttpResponse, get};

/// Where it is served.
pub const PATH: &str = "/metrics";

const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// List the metrics.
///
/// Counts of requests, times, the cache, the database and the process, in the text format of Prometheus, for an
/// administrator. A scraper without a login reads them on the address that the setting `MASTHEAD_METRICS_BIND` opens.
#[utoipa::path(tag = "operations", responses((status = OK, description = "The metrics.", body = String, content_type = "text/plain")))]
#[get("/metrics")]
async fn list_metrics(
    _admin: Admin,
    paper: Data<Paper>,
    identity: Data<Identity>,
    standing: Data<Standing>,
    query: Query,
) -> Result<HttpResponse, ApiError> {
    query.finish()?;
    Ok(reply(&paper, &identity, &standing).await)
}

/// The route for administrators.
pub fn routes(routes: &mut Routes) {
    routes.service(list_metrics);
}

/// The route on the address of its own.
pub fn configure_alone(config: &mut web::ServiceConfig) {
    let get = web::get()
        .to(|paper: Data<Paper>, identity: Data<Identity>, standing: Data<Standing>| async move { reply(&paper, &identity, &standing).await });
    config.service(web::resource(PATH).route(get).default_service(web::to(fallback)));
}

async fn reply(paper: &Paper, identity: &Identity, standing: &Standing) -> HttpResponse {
    let text = collect(paper, identity, standing).await;
    HttpResponse::Ok().insert_header((header::CONTENT_TYPE, CONTENT_TYPE)).insert_header((header::CACHE_CONTROL, "no-store")).body(text)
}

async fn collect(paper: &Paper, identity: &Identity, standing: &Standing) -> String {
    let overdue_seconds = standing.overdue_seconds(&paper.db, &paper.clock).await;
    let mut text = Text::default();
    paper.metrics.write(&mut text);
    text.one("masthead_connections_limit", "gauge", "Connections that are taken at most.", paper.config.max_connections);
    let cache = paper.cache.counts();
    text.one("masthead_cache_hits_total", "counter", "Replies that were kept already.", cache.hits);
    text.one("masthead_cache_misses_total", "counter", "Replies that had to be made.", cache.misses);
    text.one("masthead_cache_replies", "gauge", "Replies that are kept.", cache.replies);
    text.one("masthead_cache_bytes", "gauge", "What the kept replies take up.", cache.bytes);
    text.one("masthead_cache_bytes_limit", "gauge", "What they may take up.", paper.config.cache_bytes);
    write_pools(&mut text, paper);
    let generation = paper.db.generation();
    text.one("masthead_content_generation", "gauge", "The revision of the content as a whole that is known here.", generation.sequence());
    let silence = generation.age().as_secs_f64();
    text.one("masthead_database_silence_seconds", "gauge", "How long ago the database was last heard from.", silence);
    text.family("masthead_replica_lag", "gauge", "Changes that a replica was behind when it was last asked.");
    for (number, lag) in paper.db.replica_lags().iter().enumerate() {
        text.sample("", &format!("replica=\"{number}\""), lag);
    }
    text.one("masthead_announcement_overdue_seconds", "gauge", "For how long the oldest announcement has been overdue.", overdue_seconds);
    text.one("masthead_passwords_waiting", "gauge", "Passwords that wait to be checked.", identity.passwords.waiting());
    text.one("masthead_passwords_waiting_limit", "gauge", "Passwords that may wait.", identity.passwords.waiting_max());
    let is_ready = !standing.is_draining() && Standing::hears_from(&paper.db);
    text.one("masthead_ready", "gauge", "Whether it should get requests.", u8::from(is_ready));
    text.family("masthead_build_info", "gauge", "The build that runs.");
    text.sample("", &format!("version=\"{}\",database=\"{}\"", env!("CARGO_PKG_VERSION"), paper.db.address().name()), 1);
    write_process(&mut text, paper);
    text.finish()
}

fn write_pools(text: &mut Text, paper: &Paper) {
    let pools: Vec<_> = paper.db.pools().into_iter().map(|pool| (format!("pool=\"{}\"", pool.name), pool)).collect();
    let mut each = |name, kind, help, value: &dyn Fn(&masthead_store::db::PoolCounts) -> u64| {
        text.family(name, kind, help);
        for (label, pool) in &pools {
            text.sample("", label, value(pool));
        }
    };
    let size = |size: usize| u64::try_from(size).unwrap_or(u64::MAX);
    each("masthead_database_threads", "gauge", "Threads, each with a connection.", &|pool| size(pool.threads));
    each("masthead_database_threads_busy", "gauge", "Threads at work.", &|pool| size(pool.busy));
    each("masthead_database_queue", "gauge", "Pieces of work that wait for a thread.", &|pool| size(pool.waiting));
    each("masthead_database_queue_limit", "gauge", "Pieces of work that may wait.", &|pool| size(pool.queue_limit));
    each("masthead_database_forsaken_total", "counter", "Reads not done because their requesters had gone.", &|pool| pool.forsaken);
    text.family("masthead_database_refused_total", "counter", "Work refused: the queue was full, or it had waited too long.");
    for (label, pool) in &pools {
        text.sample("", &format!("{label},reason=\"full\""), pool.refused_full);
        text.sample("", &format!("{label},reason=\"late\""), pool.refused_late);
    }
    text.family("masthead_database_wait_seconds", "histogram", "How long work waited for a thread.");
    for (label, pool) in &pools {
        text.histogram(label, &pool.waits);
    }
}

/// What the system knows of the process; nothing where there is no `/proc`.
fn write_process(text: &mut Text, paper: &Paper) {
    let started_at = paper.started_at.milliseconds() / 1000;
    text.one("process_start_time_seconds", "gauge", "When it started, in Unix time.", started_at);
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let number = |name: &str| -> Option<u64> {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.trim_start_matches(':').split_whitespace().next()?.parse().ok()
    };
    if let Some(kibibytes) = number("VmRSS") {
        text.one("process_resident_memory_bytes", "gauge", "Memory that it takes up.", kibibytes * 1024);
    }
    if let Some(threads) = number("Threads") {
        text.one("process_threads", "gauge", "Its threads.", threads);
    }
    if let Ok(files) = std::fs::read_dir("/proc/self/fd") {
        text.one("process_open_fds", "gauge", "Files and sockets that are open.", files.count());
    }
}
