//! The two sets of migrations, beside each other and beside `schema.rs`.

use crate::catalogue::{self, Column};
use crate::database::{Backend, Database};
use masthead_store::dialect::Conn;
use std::path::{Path, PathBuf};

fn folder(backend: Backend) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(match backend {
        Backend::Sqlite => "sqlite",
        Backend::Postgres => "postgres",
    })
}

/// The names of the steps, in order.
fn steps(backend: Backend) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder(backend)).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn run(conn: &mut Conn, backend: Backend, step: &str, file: &str) {
    let path = folder(backend).join(step).join(file);
    let sql = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    conn.batch_execute(&sql).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}

/// The word that the SQLite set has to use for a type of the PostgreSQL set.
fn sqlite_type(postgres_type: &str) -> &'static str {
    match postgres_type {
        "uuid" | "text" | "jsonb" | "timestamp with time zone" => "TEXT",
        "integer" | "bigint" => "INTEGER",
        "double precision" => "REAL",
        "bytea" => "BLOB",
        other => panic!("no type of SQLite has been agreed on for {other}"),
    }
}

#[test]
fn both_sets_have_the_same_steps() {
    assert_eq!(steps(Backend::Sqlite), steps(Backend::Postgres));
    assert!(!steps(Backend::Sqlite).is_empty());
}

#[test]
fn both_sets_make_the_same_columns() {
    let [sqlite, postgres] = Backend::BOTH.map(|backend| catalogue::columns(&mut Database::new(backend).connect()));
    let translated: Vec<Column> =
        postgres.into_iter().map(|column| Column { data_type: sqlite_type(&column.data_type).to_owned(), ..column }).collect();
    assert_eq!(sqlite, translated);
    assert!(sqlite.len() > 100, "only {} columns were seen", sqlite.len());
}

#[test]
fn both_sets_make_the_same_indexes_under_the_same_names() {
    let [sqlite, postgres] = Backend::BOTH.map(|backend| catalogue::indexes(&mut Database::new(backend).connect()));
    assert_eq!(sqlite, postgres);
    assert!(sqlite.iter().any(|index| index.index_name == "articles_slug_key" && index.is_unique && index.is_partial));
}

#[test]
fn both_sets_make_the_same_keys_and_checks() {
    let [sqlite, postgres] = Backend::BOTH.map(|backend| {
        let database = Database::new(backend);
        let mut conn = database.connect();
        (catalogue::primary_keys(&mut conn), catalogue::foreign_keys(&mut conn), catalogue::checks(&mut conn))
    });
    assert_eq!(sqlite, postgres);
    let (primary_keys, foreign_keys, checks) = sqlite;
    assert!(!primary_keys.is_empty() && !foreign_keys.is_empty() && !checks.is_empty());
    assert!(!checks.contains(&"unnamed".to_owned()), "a check without a name cannot be told in an error");
}

/// SQLite names no unique rule in its error, so the store makes the name from the table and the first column.
#[test]
fn unique_indexes_are_named_after_their_first_column() {
    for index in catalogue::indexes(&mut Database::new(Backend::Sqlite).connect()) {
        if index.is_unique {
            let first = index.columns.split(", ").next().unwrap();
            assert_eq!(index.index_name, format!("{}_{first}_key", index.table_name));
        }
    }
}

/// Otherwise deleting one row reads the whole table that refers to it.
#[test]
fn what_is_deleted_along_is_found_by_an_index() {
    let database = Database::new(Backend::Sqlite);
    let mut conn = database.connect();
    let mut leading: Vec<(String, String)> = catalogue::indexes(&mut conn).into_iter().map(|index| (index.table_name, index.columns)).collect();
    leading.extend(catalogue::primary_keys(&mut conn).into_iter().map(|key| (key.table_name, key.columns)));
    for key in catalogue::foreign_keys(&mut conn) {
        if key.on_delete == "CASCADE" {
            let is_indexed = leading
                .iter()
                .any(|(table, columns)| *table == key.table_name && (*columns == key.columns || columns.starts_with(&format!("{}, ", key.columns))));
            assert!(is_indexed, "no index begins with {} of {}", key.columns, key.table_name);
        }
    }
}

#[test]
fn every_step_can_be_undone_and_done_again() {
    for backend in Backend::BOTH {
        let database = Database::new(backend);
        let mut conn = database.connect();
        let before = (catalogue::columns(&mut conn), catalogue::indexes(&mut conn));
        for step in steps(backend).iter().rev() {
            run(&mut conn, backend, step, "down.sql");
        }
        assert_eq!((catalogue::columns(&mut conn), catalogue::indexes(&mut conn)), (vec![], vec![]), "{backend:?}");
        for step in steps(backend) {
            run(&mut conn, backend, &step, "up.sql");
        }
        assert_eq!((catalogue::columns(&mut conn), catalogue::indexes(&mut conn)), before, "{backend:?}");
    }
}

#[test]
fn migrating_a_second_time_does_nothing() {
    for backend in Backend::BOTH {
        let database = Database::empty(backend);
        assert_eq!(masthead_store::migrate::run(database.address()).unwrap().len(), steps(backend).len());
        assert_eq!(masthead_store::migrate::run(database.address()).unwrap(), Vec::<String>::new());
    }
}

/// Two nodes that start at once are both to come up.
#[test]
fn two_migrations_of_one_postgres_database_at_once_both_succeed() {
    let database = Database::empty(Backend::Postgres);
    let done: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..2).map(|_| scope.spawn(|| masthead_store::migrate::run(database.address()).unwrap().len())).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert_eq!(done, steps(Backend::Postgres).len());
}

/// The file that Diesel believes, read as text: one line is one column.
fn schema() -> Vec<Column> {
    let mut columns = Vec::new();
    let mut table_name = String::new();
    for line in include_str!("../../crates/store/src/schema.rs").lines().map(str::trim) {
        if let Some((column_name, kind)) = line.strip_suffix(',').and_then(|line| line.split_once(" -> ")) {
            let optional = kind.strip_prefix("Nullable<").and_then(|kind| kind.strip_suffix('>'));
            let data_type = match optional.unwrap_or(kind) {
                "Id" => "uuid",
                "Instant" => "timestamp with time zone",
                "Document" => "jsonb",
                "Word" | "Text" => "text",
                "Integer" => "integer",
                "BigInt" => "bigint",
                "Double" => "double precision",
                other => panic!("{table_name}.{column_name}: no type of PostgreSQL has been agreed on for {other}"),
            };
            columns.push(Column {
                table_name: table_name.clone(),
                column_name: column_name.to_owned(),
                data_type: data_type.to_owned(),
                is_required: optional.is_none(),
            });
        } else if let Some((name, _)) = line.strip_suffix(") {").and_then(|line| line.split_once(" (")) {
            name.clone_into(&mut table_name);
        }
    }
    // The order within a table matters, that of the tables does not.
    columns.sort_by(|one, other| one.table_name.cmp(&other.table_name));
    columns
}

#[test]
fn the_schema_of_diesel_is_that_of_the_database() {
    assert_eq!(schema(), catalogue::columns(&mut Database::new(Backend::Postgres).connect()));
}
