//! What happens when PostgreSQL takes its connections away.

use crate::postgres;
use actix_web::rt::System;
use diesel::connection::SimpleConnection;
use masthead_domain::time::Timestamp;
use masthead_store::db::{Address, Db, Limits, Use};
use masthead_store::error::Error;
use masthead_store::{migrate, on_each, site};

/// Ends every other connection to the database.
const TERMINATE: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";

#[test]
fn reads_go_on_after_all_connections_were_ended() {
    let url = postgres::new_database();
    let address = Address::parse(&url).unwrap();
    migrate::run(&address).unwrap();
    let db = Db::open(&address, &[], Limits { readers: 2, queue: 16, ..Limits::default() }).unwrap();
    let mut other = address.connect(Use::Writing).unwrap();
    let now = Timestamp::parse("2026-11-26T09:00:00Z").unwrap();
    let system = System::new();
    system.block_on(db.write(move |conn| site::insert(conn, &site::Site::new(now)))).unwrap();
    for _ in 0..3 {
        let conn = &mut other;
        on_each!(conn => conn.batch_execute(TERMINATE)).unwrap();
        // Each of the two connections may fail one statement that was on its way; after that there are new ones.
        let mut failures = 0;
        let mut successes = 0;
        while successes < 4 {
            match system.block_on(db.read(site::find)) {
                Ok(_) => successes += 1,
                Err(Error::Unavailable { .. }) => failures += 1,
                Err(error) => panic!("{error}"),
            }
            assert!(failures <= 2, "{failures} reads failed");
        }
    }
    drop((db, other));
    postgres::drop_database(&url);
}
