//! The database behind a bounded queue: each connection is owned by one thread of its own, so that no request thread
//! ever waits on a disk or a socket, and no lock is held across a query.

mod replica;
mod standing;

use crate::changes;
use crate::dialect::{Conn, Link, Postgres};
use crate::error::Error;
use crate::generation::{self, Generation, Stop};
use crate::histogram::{Histogram, HistogramCounts};
use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};
use diesel::connection::SimpleConnection;
use diesel::sqlite::SqliteConnection;
use replica::{Offer, Replicas};
use standing::Standing;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// Where the content is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// The path of the file.
    Sqlite(String),
    /// The whole URL, which may hold a password and is never printed.
    Postgres(String),
}

impl Address {
    /// Reads `sqlite://path`, `sqlite:path`, `postgres://…` or `postgresql://…`.
    ///
    /// # Errors
    /// Says which forms are understood.
    pub fn parse(url: &str) -> Result<Self, String> {
        if let Some(path) = url.strip_prefix("sqlite://").or_else(|| url.strip_prefix("sqlite:")) {
            if path.is_empty() {
                return Err("a SQLite address needs the path of the file: sqlite:///var/lib/masthead/masthead.db".to_owned());
            }
            return Ok(Self::Sqlite(path.to_owned()));
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(Self::Postgres(url.to_owned()));
        }
        Err("the address of the database must begin with sqlite:// or postgres://".to_owned())
    }

    /// `sqlite` or `postgres`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "sqlite",
            Self::Postgres(_) => "postgres",
        }
    }

    /// Opens a connection on this thread, ready for use.
    ///
    /// # Errors
    /// [`Error::Unavailable`] with the cause.
    pub fn connect(&self, use_for: Use) -> Result<Conn, Error> {
        match self {
            Self::Sqlite(path) => connect_sqlite(path, use_for).map(|conn| Link::Sqlite(Box::new(conn))),
            Self::Postgres(url) => Postgres::connect(url).map(|conn| Link::Postgres(Box::new(conn))),
        }
        .map(Conn::new)
    }
}

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    Reading,
    Writing,
}

/// How long SQLite waits for another process's lock.
const SQLITE_BUSY_MILLISECONDS: u32 = 5000;

fn connect_sqlite(path: &str, use_for: Use) -> Result<SqliteConnection, Error> {
    use diesel::Connection as _;
    let unavailable = |cause: String| Error::Unavailable { cause };
    let mut conn = SqliteConnection::establish(path).map_err(|error| unavailable(format!("{path}: {error}")))?;
    // FULL: what was acknowledged is on the disk, whatever happens to the power.
    conn.batch_execute(&format!(
        "PRAGMA busy_timeout = {SQLITE_BUSY_MILLISECONDS}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
         PRAGMA foreign_keys = ON; PRAGMA cache_size = -8192; PRAGMA mmap_size = 268435456; PRAGMA temp_store = MEMORY;"
    ))
    .map_err(|error| unavailable(format!("{path}: {error}")))?;
    let by_use = match use_for {
        Use::Reading => "PRAGMA query_only = ON;".to_owned(),
        Use::Writing => format!("PRAGMA wal_autocheckpoint = {SQLITE_LOG_PAGES_MAX};"),
    };
    conn.batch_execute(&by_use)?;
    Ok(conn)
}

/// How many pages the write-ahead log of SQLite may hold before whoever writes empties it. Long before that the thread that
/// follows the change sequence does, so that no editor waits for it; this is for a rush of writing that leaves it no chance.
const SQLITE_LOG_PAGES_MAX: u32 = 8000;

/// Copies what the write-ahead log of SQLite holds into the database, as far as nobody reads it; nobody waits for that.
pub(crate) fn shorten_log(conn: &mut Conn) -> Result<(), Error> {
    match conn.link() {
        Link::Sqlite(conn) => Ok(conn.batch_execute("PRAGMA wal_checkpoint(PASSIVE);")?),
        Link::Postgres(_) => Ok(()),
    }
}

/// How much is done at once, and what waits for it.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Threads, and so connections, that read. PostgreSQL uses them for writing too.
    pub readers: usize,
    /// Reads or writes that may wait; one more is refused.
    pub queue: usize,
    /// How long one may wait to be begun. Whoever asked has given up by then, or should be told so and try elsewhere.
    pub patience: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { readers: 4, queue: 1024, patience: Duration::from_secs(2) }
    }
}

/// How long an answer is waited for, from the asking: a database that hangs must not hold requests for ever.
const ANSWER_PATIENCE: Duration = Duration::from_secs(20);

/// What is asked of a pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Demand {
    /// Not done where nobody waits for it any more.
    Read,
    /// Done though its requester has gone: whoever sent it meant it.
    Write,
}

/// A place in the queue: either a thread begins the work or its requester gives it up, never both.
struct Ticket {
    state: AtomicU8,
    queued_at: Instant,
}

impl Ticket {
    const WAITING: u8 = 0;
    const BEGUN: u8 = 1;
    const GIVEN_UP: u8 = 2;

    fn new() -> Arc<Self> {
        Arc::new(Self { state: AtomicU8::new(Self::WAITING), queued_at: Instant::now() })
    }

    fn leave_waiting(&self, state: u8) -> bool {
        self.state.compare_exchange(Self::WAITING, state, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }

    /// Whether the work is to be done, and by the one who asks.
    fn begin(&self) -> bool {
        self.leave_waiting(Self::BEGUN)
    }

    /// Whether nobody has begun the work, nor will.
    fn give_up(&self) -> bool {
        self.leave_waiting(Self::GIVEN_UP)
    }
}

/// Gives a read up when its requester goes away.
struct Interest<'a> {
    ticket: &'a Ticket,
    demand: Demand,
    counters: &'a Counters,
}

impl Drop for Interest<'_> {
    fn drop(&mut self) {
        if self.demand == Demand::Read && self.ticket.give_up() {
            self.counters.forsaken.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// What a pool has done, counted as it goes.
#[derive(Default)]
struct Counters {
    standing: Standing,
    waiting: AtomicUsize,
    busy: AtomicUsize,
    refused_full: AtomicU64,
    refused_late: AtomicU64,
    forsaken: AtomicU64,
    waits: Histogram,
}

/// How a pool stands.
#[derive(Debug, Clone)]
pub struct PoolCounts {
    /// `read`, `write`, or `replica-` and its number.
    pub name: String,
    pub threads: usize,
    pub busy: usize,
    pub waiting: usize,
    pub queue_limit: usize,
    /// Refused at once: the queue was full.
    pub refused_full: u64,
    /// Refused after [`Limits::patience`].
    pub refused_late: u64,
    /// Reads that were not done: their requesters had gone.
    pub forsaken: u64,
    /// How long those waited that were begun.
    pub waits: HistogramCounts,
}

/// What is done on a connection; it is told why where it is not.
type Work = Box<dyn FnOnce(Result<&mut Conn, &'static str>) + Send>;

/// A piece of work that waits.
struct Job {
    ticket: Arc<Ticket>,
    demand: Demand,
    work: Work,
}

/// Why a read is refused that has waited too long.
const TOO_LATE: &str = "the request has waited too long for the database";

/// Threads with a connection each, fed from one bounded queue.
struct Pool {
    queue: Sender<Job>,
    counters: Arc<Counters>,
    threads: usize,
    limits: Limits,
}

impl Pool {
    fn start(address: &Address, use_for: Use, threads: usize, limits: Limits, opening: Opening) -> Result<Self, Error> {
        let (sender, receiver) = bounded::<Job>(limits.queue);
        let (counters, threads) = (Arc::<Counters>::default(), threads.max(1));
        let name = match use_for {
            Use::Reading => "db-read",
            Use::Writing => "db-write",
        };
        let mut openings = Vec::with_capacity(threads);
        for number in 0..threads {
            let (receiver, counters, address) = (receiver.clone(), Arc::clone(&counters), address.clone());
            let (ready, opened) = sync_channel(1);
            std::thread::Builder::new()
                .name(format!("{name}-{number}"))
                .spawn(move || run(&receiver, &counters, &address, (use_for, limits.patience), opening, &ready))
                .map_err(Error::internal)?;
            openings.push(opened);
        }
        // All at once: each takes PostgreSQL a new process.
        for opened in openings {
            opened.recv().map_err(Error::internal)??;
        }
        Ok(Self { queue: sender, counters, threads, limits })
    }

    async fn run<T, E>(&self, demand: Demand, work: impl FnOnce(&mut Conn) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (ticket, counters) = (Ticket::new(), &*self.counters);
        let (reply, mut answer) = oneshot::channel();
        let job = Job {
            ticket: Arc::clone(&ticket),
            demand,
            work: Box::new(move |conn| {
                let result = match conn {
                    Ok(conn) => work(conn),
                    Err(cause) => Err(Error::Unavailable { cause: cause.to_owned() }.into()),
                };
                // Nobody waits any more if the request was dropped meanwhile.
                let _ = reply.send(result);
            }),
        };
        counters.waiting.fetch_add(1, Ordering::Relaxed);
        self.queue.try_send(job).map_err(|error| {
            counters.waiting.fetch_sub(1, Ordering::Relaxed);
            let cause = match error {
                TrySendError::Full(_) => {
                    counters.refused_full.fetch_add(1, Ordering::Relaxed);
                    "too many requests wait for the database"
                }
                TrySendError::Disconnected(_) => "the database threads have ended",
            };
            Error::Unavailable { cause: cause.to_owned() }
        })?;
        let _interest = Interest { ticket: &ticket, demand, counters };
        let begun = tokio::time::timeout(self.limits.patience, &mut answer).await;
        let answered = match begun {
            Ok(answered) => answered,
            Err(_) if ticket.give_up() => {
                counters.refused_late.fetch_add(1, Ordering::Relaxed);
                return Err(Error::Unavailable { cause: TOO_LATE.to_owned() }.into());
            }
            Err(_) => match tokio::time::timeout(ANSWER_PATIENCE.saturating_sub(self.limits.patience), answer).await {
                Ok(answered) => answered,
                Err(_) if demand == Demand::Read => return Err(Error::Unavailable { cause: "the database does not answer".to_owned() }.into()),
                Err(_) => return Err(Error::Unknown.into()),
            },
        };
        // The sender is dropped without a word only where the work panicked.
        answered.map_err(|_| Error::internal("the work on the database was cut short"))?
    }

    fn counts(&self, name: String) -> PoolCounts {
        let Counters { waiting, busy, refused_full, refused_late, forsaken, waits, standing: _ } = &*self.counters;
        PoolCounts {
            name,
            threads: self.threads,
            busy: busy.load(Ordering::Relaxed),
            waiting: waiting.load(Ordering::Relaxed),
            queue_limit: self.limits.queue,
            refused_full: refused_full.load(Ordering::Relaxed),
            refused_late: refused_late.load(Ordering::Relaxed),
            forsaken: forsaken.load(Ordering::Relaxed),
            waits: waits.counts(),
        }
    }
}

/// Whether a pool opens its connections before it takes work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Opening {
    Now,
    Later,
}

/// One thread: opens its connection, takes jobs until the pool is gone, and opens a new connection where the old one has failed.
fn run(
    jobs: &Receiver<Job>,
    counters: &Counters,
    address: &Address,
    (use_for, patience): (Use, Duration),
    opening: Opening,
    ready: &SyncSender<Result<(), Error>>,
) {
    let opened = match opening {
        Opening::Now => address.connect(use_for).map(Some),
        Opening::Later => Ok(None),
    };
    let mut conn = match opened {
        Ok(conn) => {
            let _ = ready.send(Ok(()));
            conn
        }
        Err(error) => {
            let _ = ready.send(Err(error));
            return;
        }
    };
    loop {
        let Ok(Job { ticket, demand, work }) = jobs.recv() else { return };
        let is_last = counters.waiting.fetch_sub(1, Ordering::Relaxed) == 1;
        let waited = ticket.queued_at.elapsed();
        let is_refused = counters.standing.refuses(waited, is_last, patience) && demand == Demand::Read;
        if !ticket.begin() {
            continue;
        }
        if is_refused {
            counters.refused_late.fetch_add(1, Ordering::Relaxed);
            work(Err(TOO_LATE));
            continue;
        }
        counters.waits.observe(waited);
        counters.busy.fetch_add(1, Ordering::Relaxed);
        if conn.as_ref().is_none_or(|conn| !conn.is_alive()) {
            conn = reconnect(address, use_for);
        }
        if std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| work(conn.as_mut().ok_or("there is no connection to the database")))).is_err() {
            tracing::error!("work on the database panicked; its connection is discarded");
            conn = None;
        }
        counters.busy.fetch_sub(1, Ordering::Relaxed);
    }
}

fn reconnect(address: &Address, use_for: Use) -> Option<Conn> {
    match address.connect(use_for) {
        Ok(conn) => Some(conn),
        Err(error) => {
            tracing::error!(%error, "no connection to the database");
            // Not to hammer a database that is down; the queue is bounded and refuses the rest.
            std::thread::sleep(Duration::from_millis(50));
            None
        }
    }
}

/// The database, shared by all requests.
#[derive(Clone)]
pub struct Db {
    readers: Arc<Pool>,
    writers: Arc<Pool>,
    replicas: Arc<Replicas>,
    address: Address,
    generation: Arc<Generation>,
    /// How many transactions that may write have ended.
    writes: Arc<AtomicU64>,
    _follower: Stop,
}

impl Db {
    /// Opens the connections; the tables must be there already ([`crate::migrate`]). A replica that cannot be reached now
    /// is asked again later.
    ///
    /// # Errors
    /// [`Error::Unavailable`] where the database cannot be opened.
    pub fn open(address: &Address, replicas: &[Address], limits: Limits) -> Result<Self, Error> {
        let generation = Arc::new(Generation::new(changes::head(&mut address.connect(Use::Reading)?)?));
        let writes = Arc::<AtomicU64>::default();
        let start = |use_for, threads| Pool::start(address, use_for, threads, limits, Opening::Now).map(Arc::new);
        let (readers, writers) = match address {
            // SQLite has one writer at a time anyway; here it has its own thread and never fights for the lock.
            Address::Sqlite(_) => (start(Use::Reading, limits.readers)?, start(Use::Writing, 1)?),
            Address::Postgres(_) => {
                let pool = start(Use::Writing, limits.readers)?;
                (Arc::clone(&pool), pool)
            }
        };
        let replicas = Arc::new(Replicas::start(replicas, limits)?);
        let (stop, stopped) = std::sync::mpsc::channel();
        let (followed, known, written) = (address.clone(), Arc::downgrade(&generation), Arc::clone(&writes));
        std::thread::Builder::new()
            .name("db-follow".to_owned())
            .spawn(move || generation::follow(&followed, &known, &written, &stopped))
            .map_err(Error::internal)?;
        Ok(Self { readers, writers, replicas, address: address.clone(), generation, writes, _follower: Arc::new(stop) })
    }

    #[must_use]
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// Whether other nodes may write to it.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        matches!(self.address, Address::Postgres(_))
    }

    /// What is known of the head of the change sequence.
    #[must_use]
    pub fn generation(&self) -> &Generation {
        &self.generation
    }

    /// How many numbers of the change sequence each replica was behind when last asked.
    #[must_use]
    pub fn replica_lags(&self) -> Vec<i64> {
        self.replicas.lags()
    }

    /// How the pools stand.
    #[must_use]
    pub fn pools(&self) -> Vec<PoolCounts> {
        let own = if Arc::ptr_eq(&self.readers, &self.writers) {
            vec![self.writers.counts("write".to_owned())]
        } else {
            vec![self.readers.counts("read".to_owned()), self.writers.counts("write".to_owned())]
        };
        own.into_iter().chain(self.replicas.counts()).collect()
    }

    /// Reads. Not begun where it has waited too long, or where its requester has gone.
    ///
    /// # Errors
    /// Those of `work`, and [`Error::Unavailable`].
    pub async fn read<T, E>(&self, work: impl FnOnce(&mut Conn) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        self.readers.run(Demand::Read, work).await
    }

    /// Reads what is public on one state of the database that is at least as new as a number of the change sequence: on a
    /// replica that has come so far, or else on the database itself.
    ///
    /// # Errors
    /// Those of `work`, and [`Error::Unavailable`].
    pub async fn read_public<T, E, W>(&self, at_least: i64, work: W) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        W: FnOnce(&mut Conn) -> Result<T, E> + Send + 'static,
    {
        match self.replicas.offer(at_least, work).await {
            Offer::Done(done) => done,
            Offer::Declined(work) => self.readers.run(Demand::Read, |conn| conn.in_snapshot(work)).await,
        }
    }

    /// Learns how far the change sequence has come, without waiting for the next poll.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn catch_up(&self) -> Result<(), Error> {
        let head = self.read(changes::head).await?;
        self.generation.advance(head);
        Ok(())
    }

    /// Writes, in one transaction. Not begun where it has waited too long; done even where its requester has gone.
    ///
    /// # Errors
    /// Those of `work`, which is then undone, [`Error::Unavailable`], and [`Error::Unknown`].
    pub async fn write<T, E>(&self, work: impl FnOnce(&mut Conn) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (generation, writes) = (Arc::clone(&self.generation), Arc::clone(&self.writes));
        self.writers
            .run(Demand::Write, move |conn| {
                let value = conn.in_transaction(work)?;
                writes.fetch_add(1, Ordering::Relaxed);
                // Before the reply goes out, so that no later request here is answered with what was before.
                if let Some(head) = conn.take_committed() {
                    generation.advance(head);
                }
                Ok(value)
            })
            .await
    }
}
