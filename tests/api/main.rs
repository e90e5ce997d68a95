//! Black-box tests of the whole API, on SQLite and on PostgreSQL: a list of modules. One binary, since linking the
//! server takes longer than most of its tests.

#[macro_use]
mod harness;

mod bad_input;
mod health;
mod meetings;
mod records;
mod site;
mod smoke;
