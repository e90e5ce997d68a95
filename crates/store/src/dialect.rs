//! The one connection type over both databases, and what differs between them.

use crate::changes::{self, Head, NewChange};
use crate::error::Error;
use diesel::connection::SimpleConnection;
use diesel::sqlite::SqliteConnection;
use diesel_async::async_connection_wrapper::{AsyncConnectionWrapper, BlockOn};
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection as _};
use std::cell::RefCell;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use tokio::runtime::Runtime;

/// A connection to either database, and what its transaction has changed for readers so far.
pub struct Conn {
    link: Link,
    snapshot: Snapshot,
    /// How statements are planned, on PostgreSQL.
    planning: Planning,
    /// Whether the next one is planned anew nevertheless.
    is_next_anew: bool,
    /// The public changes of the transaction under way; written at its end, see [`changes`].
    pending: Vec<NewChange>,
    /// The head of the change sequence as of the last commit that moved it.
    committed: Option<Head>,
}

/// How the reads under way are kept to one state of the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Snapshot {
    /// By nothing but the transaction that they are in, if any.
    None,
    /// By a transaction that the first of them begins.
    Wanted,
    Begun,
}

/// How PostgreSQL plans statements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Planning {
    /// As it sees fit: for its values each time, where one plan for all values seems dearer.
    AsItSeesFit,
    /// Once for all values.
    Once,
}

/// A connection of one of the two kinds. Worked through by [`on_each!`](crate::on_each).
pub enum Link {
    Sqlite(Box<SqliteConnection>),
    Postgres(Box<Postgres>),
}

/// A connection to PostgreSQL, and whether it has ended.
pub struct Postgres {
    /// For [`on_each!`](crate::on_each).
    pub connection: PostgresConnection,
    /// What the session is set to, where that is known.
    planning: Option<Planning>,
    runtime: Arc<Runtime>,
    ended: Arc<AtomicBool>,
}

impl Postgres {
    /// Connects, on this thread's runtime.
    ///
    /// # Errors
    /// [`Error::Unavailable`] with the cause.
    pub fn connect(url: &str) -> Result<Self, Error> {
        let runtime = thread_runtime();
        let ended = Arc::new(AtomicBool::new(false));
        let connection = runtime.block_on(crate::postgres::connect(url, Arc::clone(&ended)))?;
        Ok(Self { connection: PostgresConnection::from(connection), planning: Some(Planning::AsItSeesFit), runtime, ended })
    }

    /// Sends a statement whose answer nobody needs: where the connection fails, the statement after it says so. It goes out
    /// together with that one, or, with `is_last`, now.
    fn send(&self, sql: &str, is_last: bool) {
        self.runtime.block_on(async {
            let mut shared: &AsyncPgConnection = &self.connection;
            let mut sent = pin!(shared.batch_execute(sql));
            // At its first poll it is handed to the connection's task, which reads the answer and drops it.
            poll_fn(|context| {
                let _ = sent.as_mut().poll(context);
                Poll::Ready(())
            })
            .await;
            if is_last {
                tokio::task::yield_now().await;
            }
        });
    }

    /// Has the statement that comes next planned so.
    fn plan(&mut self, planning: Planning) {
        if self.planning != Some(planning) {
            let sql = match planning {
                Planning::AsItSeesFit => "RESET plan_cache_mode",
                Planning::Once => "SET plan_cache_mode = force_generic_plan",
            };
            self.send(sql, false);
            self.planning = Some(planning);
        }
    }

    /// Whether the connection stands, as far as the socket tells by now.
    pub fn is_alive(&self) -> bool {
        // Gives the connection's task its turns: one to be woken by the socket, one to read what it has.
        self.runtime.block_on(async {
            for _ in 0..3 {
                tokio::task::yield_now().await;
            }
        });
        !self.ended.load(Ordering::Acquire)
    }
}

/// A blocking connection over tokio-postgres: TLS by rustls, without libpq and OpenSSL.
pub type PostgresConnection = AsyncConnectionWrapper<AsyncPgConnection, ThreadRuntime>;

/// Runs the same expression on whichever connection it is: written once, compiled for each database, so that
/// nothing can drift and neither is held to what both have in common.
#[macro_export]
macro_rules! on_each {
    ($conn:ident => $body:expr) => {
        match $conn.link() {
            $crate::dialect::Link::Sqlite($conn) => {
                let $conn = &mut **$conn;
                $body
            }
            $crate::dialect::Link::Postgres($conn) => {
                let $conn = &mut $conn.connection;
                $body
            }
        }
    };
}

thread_local! {
    /// The runtime that drives this thread's PostgreSQL connection.
    static RUNTIME: RefCell<Option<Arc<Runtime>>> = const { RefCell::new(None) };
}

/// Drives a connection on the thread that owns it: the query and the socket's task run in the same place, so that a
/// query costs no hand-over between threads.
pub struct ThreadRuntime(Arc<Runtime>);

impl BlockOn for ThreadRuntime {
    fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.0.block_on(future)
    }

    fn get_runtime() -> Self {
        Self(thread_runtime())
    }
}

/// This thread's runtime, made at first use.
///
/// # Panics
/// If the system refuses the few handles that a runtime needs; a thread of the pool cannot go on without them.
#[allow(clippy::expect_used, reason = "the trait that asks for it cannot fail, and a worker thread is not a request path")]
fn thread_runtime() -> Arc<Runtime> {
    RUNTIME.with(|runtime| {
        runtime
            .borrow_mut()
            .get_or_insert_with(|| {
                Arc::new(tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime for the connection"))
            })
            .clone()
    })
}

/// What is changed by one transaction at a time, because what each of two finds right may be wrong together; the numbers mean nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i64)]
pub enum Turn {
    /// Who may log in as an administrator: one must be left.
    Administrators = 7_242_160_915_274,
    /// What leads from one thing to another, sections in sections and redirects to redirects: never in a circle.
    Structure = 7_242_160_915_275,
    /// Names that stand in the index of many articles, and what articles refer to: each such change holds the names of other authors too.
    Names = 7_242_160_915_276,
}

impl Conn {
    #[must_use]
    pub fn new(link: Link) -> Self {
        Self { link, snapshot: Snapshot::None, planning: Planning::AsItSeesFit, is_next_anew: false, pending: Vec::new(), committed: None }
    }

    /// For [`on_each!`](crate::on_each): the connection, for a statement that is about to be run.
    pub fn link(&mut self) -> &mut Link {
        self.begin_snapshot();
        let planning = if std::mem::take(&mut self.is_next_anew) { Planning::AsItSeesFit } else { self.planning };
        if let Link::Postgres(postgres) = &mut self.link {
            postgres.plan(planning);
        }
        &mut self.link
    }

    /// Whether it can still be used, as far as it knows itself.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        match &self.link {
            Link::Sqlite(_) => true,
            Link::Postgres(postgres) => postgres.is_alive(),
        }
    }

    fn begin_snapshot(&mut self) {
        if self.snapshot == Snapshot::Wanted {
            self.snapshot = Snapshot::Begun;
            if let Link::Postgres(postgres) = &self.link {
                postgres.send("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY", false);
            }
        }
    }

    /// In a snapshot, has PostgreSQL plan the statements that are run next on one [`link`](Self::link) for their values: for those
    /// whose values decide how they are best run.
    pub fn plan_anew(&mut self) {
        self.is_next_anew = true;
    }

    /// To be called where a transaction was rolled back, and its settings with it.
    fn forget_planning(&mut self) {
        if let Link::Postgres(postgres) = &mut self.link {
            postgres.planning = None;
        }
    }

    /// Runs statements that return nothing.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn batch_execute(&mut self, sql: &str) -> Result<(), Error> {
        self.begin_snapshot();
        match &mut self.link {
            Link::Sqlite(conn) => conn.batch_execute(sql)?,
            Link::Postgres(conn) => SimpleConnection::batch_execute(&mut conn.connection, sql)?,
        }
        Ok(())
    }

    /// Lets the transactions that name the same turn pass one after another: each has it until it ends. On SQLite, where one
    /// transaction writes at a time, they do so anyway.
    ///
    /// # Errors
    /// Those of the database.
    pub fn take_turns(&mut self, turn: Turn) -> Result<(), Error> {
        match &self.link {
            Link::Sqlite(_) => Ok(()),
            Link::Postgres(_) => self.batch_execute(&format!("SELECT pg_advisory_xact_lock({})", turn as i64)),
        }
    }

    /// Notes a change that readers may see; it is written with the transaction under way, or not at all.
    pub fn note(&mut self, change: NewChange) {
        self.pending.push(change);
    }

    /// The head of the change sequence as of this connection's last commit, if that moved it; taken once.
    pub fn take_committed(&mut self) -> Option<Head> {
        self.committed.take()
    }

    /// Runs `work` in one transaction that may write: committed if it succeeds, rolled back if not. The changes that it
    /// notes get their numbers at the very end, so that no two transactions hold each other up for longer than a commit.
    ///
    /// # Errors
    /// Those of `work`, and those of the database.
    pub fn in_transaction<T, E: From<Error>>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, E>) -> Result<T, E> {
        // SQLite takes the write lock at once: a transaction that reads first and then writes fails under contention,
        // whatever the busy timeout.
        let begin = match &self.link {
            Link::Sqlite(_) => "BEGIN IMMEDIATE",
            Link::Postgres(_) => "BEGIN",
        };
        self.pending.clear();
        self.within(begin, |conn| {
            let value = work(conn)?;
            let pending = std::mem::take(&mut conn.pending);
            let head = changes::append(conn, &pending)?;
            Ok((value, head))
        })
        .map(|(value, head)| {
            self.committed = head.or(self.committed);
            value
        })
    }

    /// Runs a part of a transaction that may fail without it: what the part did is then undone, and what it noted forgotten.
    ///
    /// # Errors
    /// Those of `work`, and those of the database.
    pub fn savepoint<T, E: From<Error>>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, E>) -> Result<T, E> {
        let noted = self.pending.len();
        self.batch_execute("SAVEPOINT part")?;
        match work(self) {
            Ok(value) => {
                self.batch_execute("RELEASE SAVEPOINT part")?;
                Ok(value)
            }
            Err(error) => {
                self.pending.truncate(noted);
                let undone = self.batch_execute("ROLLBACK TO SAVEPOINT part; RELEASE SAVEPOINT part");
                self.forget_planning();
                undone?;
                Err(error)
            }
        }
    }

    /// Runs `work` on one state of the database, whatever is committed meanwhile. On PostgreSQL neither the beginning nor the
    /// end of the transaction costs a wait, and a statement that is kept prepared is planned once: left alone it plans a list with a
    /// bound on the time for each execution, which costs more than to run it, since it takes a bound that it does not know
    /// to let a third of all rows pass.
    ///
    /// # Errors
    /// Those of `work`, and those of the database.
    pub fn in_snapshot<T, E: From<Error>>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, E>) -> Result<T, E> {
        if let Link::Sqlite(_) = &self.link {
            return self.within("BEGIN", work);
        }
        self.snapshot = Snapshot::Wanted;
        self.planning = Planning::Once;
        let result = work(self);
        self.planning = Planning::AsItSeesFit;
        if std::mem::replace(&mut self.snapshot, Snapshot::None) == Snapshot::Begun
            && let Link::Postgres(postgres) = &self.link
        {
            // After a statement that failed this rolls back. At once, so that no state is held while nothing is asked.
            postgres.send("COMMIT", true);
        }
        if result.is_err() {
            self.forget_planning();
        }
        result
    }

    /// For work in a snapshot that will run a single statement: that is of one state by itself. Without effect once a
    /// statement has been run.
    pub fn reads_once(&mut self) {
        if self.snapshot == Snapshot::Wanted {
            self.snapshot = Snapshot::None;
        }
    }

    fn within<T, E: From<Error>>(&mut self, begin: &str, work: impl FnOnce(&mut Self) -> Result<T, E>) -> Result<T, E> {
        self.batch_execute(begin)?;
        match work(self) {
            Ok(value) => {
                if let Err(error) = self.batch_execute("COMMIT") {
                    // Best effort: the connection is discarded if it is beyond use.
                    let _ = self.batch_execute("ROLLBACK");
                    self.forget_planning();
                    return Err(error.into());
                }
                Ok(value)
            }
            Err(error) => {
                let undone = self.batch_execute("ROLLBACK");
                self.forget_planning();
                undone?;
                Err(error)
            }
        }
    }
}
