//! Black-box tests of the whole API, on SQLite and on PostgreSQL: a list of modules.
