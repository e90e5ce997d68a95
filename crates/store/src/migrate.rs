//! Making and renewing the tables.

use crate::db::{Address, Use};
use crate::dialect::Link;
use crate::error::Error;
use crate::search;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

const SQLITE: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("../../migrations/postgres");

/// The lock that keeps two nodes from migrating the same PostgreSQL database at once; the number is arbitrary and ours.
const POSTGRES_LOCK: &str = "SELECT pg_advisory_lock(7242160915273)";

/// The oldest SQLite without the WAL defect that can lose commits (<https://sqlite.org/wal.html>, fixed in 3.51.3).
const SQLITE_VERSION_MIN: i32 = 3_051_003;

/// Runs every step that has not run yet, in order, and returns their names. What no statement of SQL can do follows: the
/// articles that were public before there was an index are put into it, and a run that was cut short goes on next time.
///
/// # Errors
/// [`Error::Unavailable`] where the database cannot be opened, [`Error::Internal`] where a step fails; that step is undone.
pub fn run(address: &Address) -> Result<Vec<String>, Error> {
    let mut conn = address.connect(Use::Writing)?;
    let steps: Vec<String> = match conn.link() {
        Link::Sqlite(conn) => {
            refuse_old_sqlite()?;
            conn.run_pending_migrations(SQLITE)
        }
        Link::Postgres(conn) => {
            diesel::connection::SimpleConnection::batch_execute(&mut conn.connection, POSTGRES_LOCK)?;
            // The lock ends with the connection.
            conn.connection.run_pending_migrations(POSTGRES)
        }
    }
    .map_err(Error::internal)?
    .iter()
    .map(ToString::to_string)
    .collect();
    search::index_queued(&mut conn)?;
    Ok(steps)
}

fn refuse_old_sqlite() -> Result<(), Error> {
    // SAFETY: takes nothing, returns a constant of the linked library.
    #[allow(unsafe_code, reason = "a call into C that has no safe wrapper among our dependencies")]
    let version = unsafe { libsqlite3_sys::sqlite3_libversion_number() };
    if version < SQLITE_VERSION_MIN {
        return Err(Error::Internal { cause: format!("SQLite {version} can lose commits; at least {SQLITE_VERSION_MIN} is needed") });
    }
    Ok(())
}
