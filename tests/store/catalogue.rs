//! What a database says about its own tables, in one form for both. The full-text index (`search_index`) is left out: it is
//! what each has of its own.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Text};
use masthead_store::dialect::{Conn, Link};

/// A column, in the order of its table.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, QueryableByName)]
pub struct Column {
    #[diesel(sql_type = Text)]
    pub table_name: String,
    #[diesel(sql_type = Text)]
    pub column_name: String,
    #[diesel(sql_type = Text)]
    pub data_type: String,
    #[diesel(sql_type = Bool)]
    pub is_required: bool,
}

/// An index of ours; those that the database makes for primary keys have no name of their own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, QueryableByName)]
pub struct Index {
    #[diesel(sql_type = Text)]
    pub table_name: String,
    #[diesel(sql_type = Text)]
    pub index_name: String,
    #[diesel(sql_type = Text)]
    pub columns: String,
    #[diesel(sql_type = Bool)]
    pub is_unique: bool,
    #[diesel(sql_type = Bool)]
    pub is_partial: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, QueryableByName)]
pub struct PrimaryKey {
    #[diesel(sql_type = Text)]
    pub table_name: String,
    #[diesel(sql_type = Text)]
    pub columns: String,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, QueryableByName)]
pub struct ForeignKey {
    #[diesel(sql_type = Text)]
    pub table_name: String,
    #[diesel(sql_type = Text)]
    pub columns: String,
    #[diesel(sql_type = Text)]
    pub target: String,
    #[diesel(sql_type = Text)]
    pub on_delete: String,
}

/// A table with the statement that made it, which PostgreSQL does not keep.
#[derive(QueryableByName)]
struct Statement {
    #[diesel(sql_type = Text)]
    text: String,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// Runs the query of the database that it is.
macro_rules! load {
    ($conn:expr, $row:ty, $sqlite:expr, $postgres:expr) => {
        match $conn.link() {
            Link::Sqlite(conn) => diesel::sql_query($sqlite).load::<$row>(&mut **conn),
            Link::Postgres(conn) => diesel::sql_query($postgres).load::<$row>(&mut conn.connection),
        }
        .unwrap_or_else(|error| panic!("{error}"))
    };
}

/// The columns of all tables, by table and in their order.
pub fn columns(conn: &mut Conn) -> Vec<Column> {
    load!(
        conn,
        Column,
        "SELECT tables.name AS table_name, columns.name AS column_name, columns.type AS data_type,
                columns.\"notnull\" <> 0 OR columns.pk <> 0 AS is_required
         FROM sqlite_schema AS tables JOIN pragma_table_info(tables.name) AS columns
         WHERE tables.type = 'table' AND tables.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND tables.name NOT LIKE '\\_\\_diesel%' ESCAPE '\\' AND tables.name NOT LIKE 'search\\_index%' ESCAPE '\\'
         ORDER BY tables.name, columns.cid",
        "SELECT table_name::text COLLATE \"C\" AS table_name, column_name::text, data_type::text, is_nullable = 'NO' AS is_required
         FROM information_schema.columns
         WHERE table_schema = 'public' AND table_name NOT LIKE '\\_\\_diesel%' AND table_name NOT LIKE 'search\\_index%'
         ORDER BY 1, ordinal_position"
    )
}

/// The indexes, by name.
pub fn indexes(conn: &mut Conn) -> Vec<Index> {
    let mut indexes = load!(
        conn,
        Index,
        "SELECT tables.name AS table_name, indexes.name AS index_name, indexes.\"unique\" <> 0 AS is_unique, indexes.partial <> 0 AS is_partial,
                (SELECT group_concat(name, ', ') FROM (SELECT name FROM pragma_index_info(indexes.name) ORDER BY seqno)) AS columns
         FROM sqlite_schema AS tables JOIN pragma_index_list(tables.name) AS indexes
         WHERE tables.type = 'table' AND indexes.origin <> 'pk' AND tables.name NOT LIKE '\\_\\_diesel%' ESCAPE '\\' AND tables.name NOT LIKE 'search\\_index%' ESCAPE '\\'",
        "SELECT tables.relname::text AS table_name, indexes.relname::text AS index_name, indisunique AS is_unique, indpred IS NOT NULL AS is_partial,
                (SELECT string_agg(attname, ', ' ORDER BY place) FROM unnest(indkey) WITH ORDINALITY AS parts (number, place)
                 JOIN pg_attribute ON attrelid = indrelid AND attnum = number)::text AS columns
         FROM pg_index
         JOIN pg_class AS indexes ON indexes.oid = indexrelid
         JOIN pg_class AS tables ON tables.oid = indrelid
         WHERE tables.relnamespace = 'public'::regnamespace AND NOT indisprimary AND tables.relname NOT LIKE '\\_\\_diesel%' AND tables.relname NOT LIKE 'search\\_index%'"
    );
    indexes.sort();
    indexes
}

/// The primary keys, by table.
pub fn primary_keys(conn: &mut Conn) -> Vec<PrimaryKey> {
    let mut keys = load!(
        conn,
        PrimaryKey,
        "SELECT tables.name AS table_name,
                (SELECT group_concat(name, ', ') FROM (SELECT name FROM pragma_table_info(tables.name) WHERE pk > 0 ORDER BY pk)) AS columns
         FROM sqlite_schema AS tables
         WHERE tables.type = 'table' AND tables.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND tables.name NOT LIKE '\\_\\_diesel%' ESCAPE '\\' AND tables.name NOT LIKE 'search\\_index%' ESCAPE '\\'",
        "SELECT relname::text AS table_name,
                (SELECT string_agg(attname, ', ' ORDER BY place) FROM unnest(indkey) WITH ORDINALITY AS parts (number, place)
                 JOIN pg_attribute ON attrelid = indrelid AND attnum = number)::text AS columns
         FROM pg_index JOIN pg_class ON pg_class.oid = indrelid
         WHERE relnamespace = 'public'::regnamespace AND indisprimary AND relname NOT LIKE '\\_\\_diesel%' AND relname NOT LIKE 'search\\_index%'"
    );
    keys.sort();
    keys
}

/// The foreign keys, by table and columns.
pub fn foreign_keys(conn: &mut Conn) -> Vec<ForeignKey> {
    let mut keys = load!(
        conn,
        ForeignKey,
        "SELECT tables.name AS table_name, group_concat(keys.\"from\", ', ') AS columns,
                keys.\"table\" || ' (' || group_concat(keys.\"to\", ', ') || ')' AS target, keys.on_delete
         FROM sqlite_schema AS tables JOIN pragma_foreign_key_list(tables.name) AS keys
         WHERE tables.type = 'table'
         GROUP BY tables.name, keys.id",
        "SELECT tables.relname::text AS table_name,
                (SELECT string_agg(attname, ', ' ORDER BY place) FROM unnest(conkey) WITH ORDINALITY AS parts (number, place)
                 JOIN pg_attribute ON attrelid = conrelid AND attnum = number)::text AS columns,
                (targets.relname || ' (' ||
                 (SELECT string_agg(attname, ', ' ORDER BY place) FROM unnest(confkey) WITH ORDINALITY AS parts (number, place)
                  JOIN pg_attribute ON attrelid = confrelid AND attnum = number) || ')')::text AS target,
                CASE confdeltype WHEN 'a' THEN 'NO ACTION' WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' WHEN 'r' THEN 'RESTRICT' ELSE 'SET DEFAULT' END AS on_delete
         FROM pg_constraint
         JOIN pg_class AS tables ON tables.oid = conrelid
         JOIN pg_class AS targets ON targets.oid = confrelid
         WHERE contype = 'f' AND connamespace = 'public'::regnamespace"
    );
    keys.sort();
    keys
}

/// The names of the checks. SQLite knows them only as words of the statement that made the table; one without a name
/// is `unnamed`.
pub fn checks(conn: &mut Conn) -> Vec<String> {
    let statements = load!(
        conn,
        Statement,
        "SELECT sql AS text FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '\\_\\_diesel%' ESCAPE '\\'",
        "SELECT 'CONSTRAINT ' || conname || ' CHECK' AS text FROM pg_constraint WHERE contype = 'c' AND connamespace = 'public'::regnamespace"
    );
    let mut names = Vec::new();
    for Statement { text } in statements {
        let words: Vec<&str> = text.split(|letter: char| letter.is_whitespace() || letter == '(').filter(|word| !word.is_empty()).collect();
        for (place, _) in words.iter().enumerate().filter(|(_, word)| **word == "CHECK") {
            let is_named = place >= 2 && words[place - 2] == "CONSTRAINT";
            names.push(if is_named { words[place - 1].to_owned() } else { "unnamed".to_owned() });
        }
    }
    names.sort();
    names
}

/// How many rows a table has.
pub fn count(conn: &mut Conn, table: &str) -> i64 {
    let sql = format!("SELECT count(*) AS count FROM {table}");
    load!(conn, Count, &sql, &sql)[0].count
}
