//! The store on real databases: that the two sets of migrations make the same tables and agree with `schema.rs`, and
//! that what the two databases do differently does not show.

#[allow(dead_code, reason = "shared with the tests of the API, which use the rest")]
#[path = "../api/harness/database.rs"]
mod database;
#[allow(dead_code, reason = "shared with the tests of the API, which use the rest")]
#[path = "../api/harness/postgres.rs"]
mod postgres;
#[allow(dead_code, reason = "shared with the tests of the API, which use the rest")]
#[path = "../api/harness/scratch.rs"]
mod scratch;

mod catalogue;
mod differences;
mod migrations;
mod outage;
mod planning;
mod postgres_tls;
mod pressure;
