//! What happens when PostgreSQL takes its connections away.

use crate::postgres;
use actix_web::rt::System;
use diesel::connection::SimpleConnection;
use masthead_domain::time::Timestamp;
use masthead_store::db::{Address, Db, Limits, Use};
use masthead_store::error::Error;
use masthead_store::{migrate, on_each, site};
use std::net::TcpListener;

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

#[test]
fn a_copy_that_hangs_holds_one_read_up_and_not_all() {
    let url = postgres::new_database();
    let address = Address::parse(&url).unwrap();
    migrate::run(&address).unwrap();
    // The system takes the connections, and nobody ever reads them.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let copy = Address::Postgres(format!("postgres://reader@{}/copy?connect_timeout=1", silent.local_addr().unwrap()));
    let db = Db::open(&address, &[copy], Limits { readers: 1, queue: 16, ..Limits::default() }).unwrap();
    System::new().block_on(async {
        for _ in 0..20 {
            assert!(matches!(db.read_public(0, site::find).await, Err(Error::NotFound)));
        }
    });
    let pools = db.pools();
    let copy = pools.iter().find(|pool| pool.name == "replica-0").expect("its pool");
    // The first read had its connection; a second one would have waited behind it, and been given up.
    assert_eq!((copy.waiting, copy.forsaken, copy.refused_late, copy.waits.classes.iter().sum::<u64>()), (0, 0, 0, 1));
    drop((db, silent));
    postgres::drop_database(&url);
}

#[test]
fn a_server_that_takes_a_connection_and_says_nothing_is_given_up() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = Address::Postgres(format!("postgres://reader@{}/paper?connect_timeout=1", silent.local_addr().unwrap()));
    let Err(error) = address.connect(Use::Reading) else { panic!("a connection to nobody") };
    assert!(error.to_string().contains("says nothing for 1 s"), "{error}");
}
