//! A database for one test, on either kind.

use super::{postgres, scratch};
use masthead_store::db::{Address, Use};
use masthead_store::dialect::Conn;
use std::path::PathBuf;
use std::sync::LazyLock;

/// Which of the two databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    Postgres,
}

impl Backend {
    pub const BOTH: [Self; 2] = [Self::Sqlite, Self::Postgres];
}

#[derive(diesel::QueryableByName)]
struct Counted {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    rows: i64,
}

/// A database that nothing else uses, thrown away when dropped.
pub struct Database {
    address: Address,
    /// The folder of the SQLite file; its neighbours (`-wal`, `-shm`) go with it.
    folder: Option<PathBuf>,
}

/// A SQLite file with all tables in it. Copying a file is a hundred times faster than migrating.
static SQLITE_TEMPLATE: LazyLock<PathBuf> = LazyLock::new(|| {
    let path = scratch::new_folder("sqlite-template").join("masthead.db");
    let address = Address::Sqlite(path.to_str().expect("a temporary folder with a name in UTF-8").to_owned());
    masthead_store::migrate::run(&address).unwrap_or_else(|error| panic!("the template's tables: {error}"));
    // Closing the last connection has moved the write-ahead log into the file, or the copy would be empty.
    assert!(!path.with_extension("db-wal").exists(), "the template still has a write-ahead log");
    path
});

impl Database {
    /// One with all tables in it.
    pub fn new(backend: Backend) -> Self {
        match backend {
            Backend::Sqlite => {
                let database = Self::empty(backend);
                let Address::Sqlite(path) = &database.address else { unreachable!() };
                std::fs::copy(&*SQLITE_TEMPLATE, path).unwrap_or_else(|error| panic!("{path}: {error}"));
                database
            }
            Backend::Postgres => Self { address: Address::Postgres(postgres::new_database()), folder: None },
        }
    }

    /// One with all tables in it that was made elsewhere, at a URL.
    pub fn at(url: String) -> Self {
        Self { address: Address::Postgres(url), folder: None }
    }

    /// One with nothing in it.
    pub fn empty(backend: Backend) -> Self {
        match backend {
            Backend::Sqlite => {
                let folder = scratch::new_folder("sqlite");
                let path = folder.join("masthead.db").to_str().expect("a temporary folder with a name in UTF-8").to_owned();
                Self { address: Address::Sqlite(path), folder: Some(folder) }
            }
            Backend::Postgres => Self { address: Address::Postgres(postgres::new_empty_database()), folder: None },
        }
    }

    pub fn address(&self) -> &Address {
        &self.address
    }

    /// Whether a text stands in any of these columns of a table.
    pub fn contains(&self, table: &str, columns: &[&str], text: &str) -> bool {
        use diesel::RunQueryDsl;
        let all: Vec<String> = columns.iter().map(|column| format!("coalesce(CAST({column} AS text), '')")).collect();
        let query = format!("SELECT count(*) AS rows FROM {table} WHERE {} LIKE '%{text}%'", all.join(" || ' ' || "));
        let mut conn = self.connect();
        let conn = &mut conn;
        let counted: Counted = masthead_store::on_each!(conn => diesel::sql_query(query).get_result(conn)).unwrap_or_else(|error| panic!("{error}"));
        counted.rows > 0
    }

    /// A connection that writes, on this thread.
    pub fn connect(&self) -> Conn {
        self.address.connect(Use::Writing).unwrap_or_else(|error| panic!("{error}"))
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // What cannot be removed now goes with the whole scratch folder.
        match (&self.address, &self.folder) {
            (Address::Postgres(url), _) => postgres::drop_database(url),
            (Address::Sqlite(_), Some(folder)) => std::fs::remove_dir_all(folder).unwrap_or_default(),
            (Address::Sqlite(_), None) => {}
        }
    }
}
